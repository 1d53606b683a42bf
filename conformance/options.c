/* SPDX-License-Identifier: MIT */
/*
 * A table of options, each with the function that takes its value. Both
 * `--name value` and `--name=value` are understood.
 */
#include "conformance/options.h"

#include <stdlib.h>

struct reader {
    struct options *o;   /* what is filled */
    struct arena *arena; /* for patterns */
    const char *name;    /* of the present option */
    bool is_nothing;     /* a file of patterns has none */
    struct failure *why; /* the sentence */
};

typedef bool take_fn(struct reader *r, const char *value);

static bool refuse(struct reader *r, const char *value, const char *wanted)
{
    return failure_say(r->why, "%s wants %s, not \"%s\"", r->name, wanted,
                       value);
}

static bool take_number(struct reader *r, const char *value, uint64_t *ret)
{
    char *end;
    unsigned long long number = strtoull(value, &end, 10);

    if (!*value || *end || *value == '-')
        return refuse(r, value, "a number");
    *ret = number;
    return true;
}

/* A word, or words with commas between, of the names of a set's bits. */
static bool take_set(struct reader *r, const char *value,
                     const char *(*name)(unsigned), unsigned last,
                     const char *wanted, unsigned *ret)
{
    const char *rest = value;

    *ret = 0;
    while (*rest) {
        size_t len = strcspn(rest, ",");
        unsigned found = 0;

        for (unsigned bit = 1; bit <= last; bit <<= 1) {
            if (strlen(name(bit)) == len && !strncmp(rest, name(bit), len))
                found = bit;
        }
        if (!found)
            return refuse(r, value, wanted);
        *ret |= found;
        rest += len + (rest[len] == ',');
    }
    return *ret ? true : refuse(r, value, wanted);
}

static bool take_pattern(struct reader *r, const char *value,
                         struct pattern **list)
{
    r->is_nothing = !pattern_add(r->arena, list, value, r->why);
    return !r->is_nothing;
}

static bool take_testee(struct reader *r, const char *value)
{
    r->o->testee = value;
    return true;
}

static bool take_filter(struct reader *r, const char *value)
{
    return take_pattern(r, value, &r->o->filter);
}

static bool take_skip(struct reader *r, const char *value)
{
    return take_pattern(r, value, &r->o->skip);
}

static bool take_level(struct reader *r, const char *value)
{
    for (int level = CASE_MUST; level <= CASE_CHOICE; level++) {
        if (strcmp(value, case_level_name((enum case_level)level)) == 0) {
            r->o->level = (enum case_level)level;
            return true;
        }
    }
    return refuse(r, value, "must, should or choice");
}

static bool take_profile(struct reader *r, const char *value)
{
    return take_set(r, value, case_profile_name, PROFILE_PEER_GRAPH,
                    "remote-safe, peer-graph or both with a comma",
                    &r->o->profile);
}

static bool take_lvl(struct reader *r, const char *value)
{
    return take_set(r, value, case_lvl_name, LVL_L2,
                    "L0, L1, L2 or several with commas", &r->o->lvl);
}

static bool take_seed(struct reader *r, const char *value)
{
    return take_number(r, value, &r->o->seed);
}

static bool take_jobs(struct reader *r, const char *value)
{
    if (!take_number(r, value, &r->o->jobs))
        return false;
    if (r->o->jobs < 1 || r->o->jobs > 256)
        return refuse(r, value, "a number from 1 to 256");
    return true;
}

static bool take_min_tests(struct reader *r, const char *value)
{
    return take_number(r, value, &r->o->tests_min);
}

static bool take_max_fail(struct reader *r, const char *value)
{
    return take_number(r, value, &r->o->fails_max);
}

static bool take_verb_timeout(struct reader *r, const char *value)
{
    return take_number(r, value, &r->o->verb_timeout_ms);
}

static bool take_out(struct reader *r, const char *value)
{
    r->o->out = value;
    return true;
}

static bool take_junit(struct reader *r, const char *value)
{
    r->o->junit = value;
    return true;
}

static bool take_html(struct reader *r, const char *value)
{
    r->o->html = value;
    return true;
}

static bool take_color(struct reader *r, const char *value)
{
    static const char *const names[] = {"auto", "always", "never"};

    for (int i = OPTIONS_AUTO; i <= OPTIONS_NEVER; i++) {
        if (strcmp(value, names[i]) == 0) {
            r->o->color = (enum options_color)i;
            return true;
        }
    }
    return refuse(r, value, "auto, always or never");
}

static bool take_verbose(struct reader *r, const char *value)
{
    (void)value;
    r->o->is_verbose = true;
    return true;
}

static bool take_ascii(struct reader *r, const char *value)
{
    (void)value;
    r->o->is_ascii = true;
    return true;
}

static bool take_determinism(struct reader *r, const char *value)
{
    (void)value;
    r->o->checks_determinism = true;
    return true;
}

static bool take_json(struct reader *r, const char *value)
{
    (void)value;
    r->o->is_json = true;
    return true;
}

static bool take_count(struct reader *r, const char *value)
{
    (void)value;
    r->o->is_count = true;
    return true;
}

static bool take_rules(struct reader *r, const char *value)
{
    (void)value;
    r->o->is_rules = true;
    return true;
}

static const struct option {
    const char *name; /* as it is written */
    bool has_value;   /* a word follows */
    take_fn *take;    /* what it does */
} options[] = {
    {"--testee", true, take_testee},
    {"--filter", true, take_filter},
    {"--skip", true, take_skip},
    {"--level", true, take_level},
    {"--profile", true, take_profile},
    {"--lvl", true, take_lvl},
    {"--seed", true, take_seed},
    {"--jobs", true, take_jobs},
    {"--min-tests", true, take_min_tests},
    {"--max-fail", true, take_max_fail},
    {"--verb-timeout", true, take_verb_timeout},
    {"--out", true, take_out},
    {"--junit", true, take_junit},
    {"--html", true, take_html},
    {"--color", true, take_color},
    {"--ascii", false, take_ascii},
    {"--check-determinism", false, take_determinism},
    {"--verbose", false, take_verbose},
    {"-v", false, take_verbose},
    {"--json", false, take_json},
    {"--count", false, take_count},
    {"--rules", false, take_rules},
};

#define OPTIONS_COUNT (sizeof options / sizeof options[0])

const char *options_help(void)
{
    return "  --testee CMD         the program to be judged, with its "
           "arguments\n"
           "  --filter PATTERN     only these (may be repeated)\n"
           "  --skip PATTERN       not these (may be repeated)\n"
           "  --level LEVEL        what counts: must (default), should, "
           "choice\n"
           "  --lvl L0,L1,L2       only these levels of the contract\n"
           "  --profile PROFILE    remote-safe, peer-graph\n"
           "  --seed N             everything random comes from it (default "
           "1)\n"
           "  --jobs N             testees at the same time\n"
           "  --min-tests N        fail when fewer instances were exercised\n"
           "  --max-fail N         stop after so many failures\n"
           "  --verb-timeout MS    how long the testee may take for a verb "
           "(5000)\n"
           "  --check-determinism  run what passed twice and compare\n"
           "  --out FILE           the log of the run, one JSON object a line\n"
           "  --junit FILE         a report for continuous integration\n"
           "  --html FILE          a report for people\n"
           "  -v, --verbose        a line for every instance\n"
           "  --color WHEN         auto, always, never\n"
           "  --ascii              no signs beyond ASCII\n"
           "\n"
           "Patterns: an id (framing.length.zero), its beginning (framing),\n"
           "  * for a part of a segment, ** for any segments, axes behind an "
           "@\n"
           "  (calls.**@lvl=L1,dial=them), rule:AC-*, @FILE with patterns,\n"
           "  failed:LOG for what went wrong in an earlier run.\n";
}

static const char *nearest_option(const char *word)
{
    const char *nearest = options[0].name;
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < OPTIONS_COUNT; i++) {
        size_t distance = pattern_distance(word, options[i].name);

        if (distance < least) {
            least = distance;
            nearest = options[i].name;
        }
    }
    return nearest;
}

/* The option that `word` names, with its value when that follows an `=`. */
static const struct option *find_option(const char *word,
                                        const char **ret_value)
{
    size_t len = strcspn(word, "=");

    *ret_value = word[len] ? word + len + 1 : NULL;
    for (size_t i = 0; i < OPTIONS_COUNT; i++) {
        if (strlen(options[i].name) == len &&
            strncmp(options[i].name, word, len) == 0)
            return &options[i];
    }
    return NULL;
}

static bool read_one(struct reader *r, char *const **words)
{
    const char *word = *(*words)++;
    const char *value;
    const struct option *option = find_option(word, &value);

    r->name = word;
    if (!option)
        return failure_say(r->why, "there is no option %s; did you mean %s?",
                           word, nearest_option(word));
    r->name = option->name;
    if (option->has_value && !value)
        value = **words ? *(*words)++ : NULL;
    else if (!option->has_value && value)
        return failure_say(r->why, "%s takes no value", r->name);
    if (option->has_value && !value)
        return failure_say(r->why, "%s wants a value", r->name);
    return option->take(r, value ? value : "");
}

enum options_got options_read(struct options *o, struct arena *arena,
                              char *const *words, struct failure *ret_failure)
{
    struct reader r = {.o = o, .arena = arena, .why = ret_failure};

    *o = (struct options){
        .level = CASE_MUST,
        .profile = PROFILE_REMOTE_SAFE | PROFILE_PEER_GRAPH,
        .lvl = LVL_L0 | LVL_L1 | LVL_L2,
        .seed = 1,
        .verb_timeout_ms = 5000,
    };
    while (*words) {
        if (!read_one(&r, &words))
            return r.is_nothing ? OPTIONS_NOTHING : OPTIONS_USAGE;
    }
    return OPTIONS_FINE;
}
