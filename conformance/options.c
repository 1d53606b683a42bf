/* SPDX-License-Identifier: MIT */
/*
 * A table of options: the name, the kind of its value, and where it goes. A
 * new option is a row. Both `--name value` and `--name=value` are understood.
 */
#include "conformance/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

struct reader {
    struct options *o;   /* what is filled */
    struct arena *arena; /* for patterns */
    const char *name;    /* of the present option */
    bool is_nothing;     /* a file of patterns has none */
    struct failure *why; /* the sentence */
};

static bool refuse(struct reader *r, const char *value, const char *wanted)
{
    return failure_say(r->why, "%s wants %s, not \"%s\"", r->name, wanted,
                       value);
}

/* --- options that are like no other */

static bool take_map(struct reader *r, const char *value)
{
    return card_map(r->arena, &r->o->node.operations, value, r->why);
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

#define WEATHER_NAMES                                                          \
    "clean, delay, loss2, loss10-burst, reorder, dup, rebind, mtu, corrupt"

static bool take_weather(struct reader *r, const char *value)
{
    r->o->weather = weather_find(slice_of(value));
    return r->o->weather ? true : refuse(r, value, "one of " WEATHER_NAMES);
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

/* --- weathers by the bit, as in plan.h */

static const char *net_name(unsigned bit)
{
    const struct weather *w = weathers;

    while (bit >>= 1)
        w++;
    return w->name;
}

/* --- the table */

enum option_kind {
    FLAG,     /* no value: it is said, or it is not */
    TEXT,     /* any text */
    NUMBER,   /* from `least` to `most` */
    SET,      /* words of `name`, with commas between */
    PATTERNS, /* may be said again and again */
    SPECIAL,  /* `take` knows */
};

/* Where a value goes: the place of a member of struct options. */
#define AT(member) .at = offsetof(struct options, member)

static const struct option {
    const char *name;              /* as it is written */
    enum option_kind kind;         /* how its value is read */
    size_t at;                     /* where it goes; of no use when SPECIAL */
    uint64_t least;                /* NUMBER */
    uint64_t most;                 /* NUMBER; 0: any */
    const char *(*word)(unsigned); /* SET: of one bit */
    unsigned last;                 /* SET: the last bit */
    const char *wanted;            /* SET: in a sentence */
    bool (*take)(struct reader *r, const char *value); /* SPECIAL */
} options[] = {
    {"--testee", TEXT, AT(testee)},
    {"--addr", TEXT, AT(node.addr)},
    {"--pin", TEXT, AT(node.pin)},
    {"--key", TEXT, AT(node.key_file)},
    {"--token-file", TEXT, AT(node.token_file)},
    {"--map", SPECIAL, .take = take_map},
    {"--filter", PATTERNS, AT(filter)},
    {"--skip", PATTERNS, AT(skip)},
    {"--level", SPECIAL, .take = take_level},
    {"--profile", SET, AT(profile), .word = case_profile_name,
     .last = PROFILE_PEER_GRAPH,
     .wanted = "remote-safe, peer-graph or both with a comma"},
    {"--lvl", SET, AT(lvl), .word = case_lvl_name, .last = LVL_L2,
     .wanted = "L0, L1, L2 or several with commas"},
    {"--net", SET, AT(net), .word = net_name, .last = 1u << (WEATHERS - 1),
     .wanted = WEATHER_NAMES " or several with commas"},
    {"--weather", SPECIAL, .take = take_weather},
    {"--upstream", TEXT, AT(upstream)},
    {"--seed", NUMBER, AT(seed)},
    {"--jobs", NUMBER, AT(jobs), .least = 1, .most = 256},
    {"--min-tests", NUMBER, AT(tests_min)},
    {"--max-fail", NUMBER, AT(fails_max)},
    {"--verb-timeout", NUMBER, AT(verb_timeout_ms), .least = 1,
     .most = 3600000},
    {"--repeat", NUMBER, AT(repeats), .least = 1, .most = 1000000},
    {"--bundle-dir", TEXT, AT(bundle_dir)},
    {"--out", TEXT, AT(out)},
    {"--junit", TEXT, AT(junit)},
    {"--html", TEXT, AT(html)},
    {"--color", SPECIAL, .take = take_color},
    {"--ascii", FLAG, AT(is_ascii)},
    {"--check-determinism", FLAG, AT(checks_determinism)},
    {"--verbose", FLAG, AT(is_verbose)},
    {"-v", FLAG, AT(is_verbose)},
    {"--json", FLAG, AT(is_json)},
    {"--count", FLAG, AT(is_count)},
    {"--rules", FLAG, AT(is_rules)},
};

/* --- one value of each kind */

static bool take_number(struct reader *r, const struct option *option,
                        const char *value, uint64_t *ret)
{
    unsigned long long number;
    char range[64];

    errno = 0;
    number = strtoull(value, NULL, 10);
    if (!*value || value[strspn(value, "0123456789")] || errno)
        return refuse(r, value, "a number");
    (void)snprintf(range, sizeof range, "a number from %" PRIu64 " to %" PRIu64,
                   option->least, option->most);
    if (option->most && (number < option->least || number > option->most))
        return refuse(r, value, range);
    *ret = number;
    return true;
}

static unsigned bit_named(const struct option *option, struct slice word)
{
    for (unsigned bit = 1; bit <= option->last; bit <<= 1) {
        if (slice_equal(word, slice_of(option->word(bit))))
            return bit;
    }
    return 0;
}

static bool take_set(struct reader *r, const struct option *option,
                     const char *value, unsigned *ret)
{
    const char *rest = value;
    unsigned set = 0;

    while (*rest) {
        size_t len = strcspn(rest, ",");
        unsigned bit = bit_named(option, slice_make(rest, len));

        if (!bit)
            return refuse(r, value, option->wanted);
        set |= bit;
        rest += len + (rest[len] == ',');
    }
    *ret = set;
    return set ? true : refuse(r, value, option->wanted);
}

static bool take_pattern(struct reader *r, const char *value,
                         struct pattern **list)
{
    r->is_nothing =
        *value == '\0' || !pattern_add(r->arena, list, value, r->why);
    if (*value == '\0') /* a variable that somebody forgot to set */
        failure_say(r->why, "%s \"\": an empty pattern means nothing", r->name);
    return !r->is_nothing;
}

/* The kinds say which type lies at the place. */
static bool take(struct reader *r, const struct option *option,
                 const char *value)
{
    void *place = (char *)r->o + option->at;

    switch (option->kind) {
    case FLAG:
        *(bool *)place = true;
        return true;
    case TEXT:
        *(const char **)place = value;
        return true;
    case NUMBER:
        return take_number(r, option, value, place);
    case SET:
        return take_set(r, option, value, place);
    case PATTERNS:
        return take_pattern(r, value, place);
    default:
        return option->take(r, value);
    }
}

#define OPTIONS_COUNT (sizeof options / sizeof options[0])

uint64_t options_patience_ns(const struct options *o)
{
    uint64_t default_ms = o->net ? 30000 : 5000;

    return (o->verb_timeout_ms ? o->verb_timeout_ms : default_ms) * 1000000;
}

static const char *net_words(unsigned net, struct arena *arena)
{
    const char *text = "";

    for (unsigned bit = 1; bit <= net; bit <<= 1) {
        if (net & bit)
            text = arena_text(arena, "%s%s%s", text, *text ? "," : "",
                              net_name(bit));
    }
    return text;
}

const char *options_manner(const struct options *o, struct arena *arena)
{
    const char *text = o->checks_determinism ? " --check-determinism" : "";

    if (o->level != CASE_MUST)
        text =
            arena_text(arena, "%s --level %s", text, case_level_name(o->level));
    if (o->net)
        text = arena_text(arena, "%s --net %s", text, net_words(o->net, arena));
    if (o->repeats)
        text = arena_text(arena, "%s --repeat %" PRIu64, text, o->repeats);
    if (o->verb_timeout_ms)
        text = arena_text(arena, "%s --verb-timeout %" PRIu64, text,
                          o->verb_timeout_ms);
    return text;
}

const char *options_help(void)
{
    return "  --testee CMD         the program to be judged, with its "
           "arguments\n"
           "  --addr HOST:PORT     or a node that is running already, with\n"
           "  --pin ed25519:...    whom it has to be\n"
           "  --key FILE           who we are there (else nobody)\n"
           "  --token-file FILE    the auth_token of every request\n"
           "  --map conf/echo=NAME what it calls an operation (may be "
           "repeated)\n"
           "  --filter PATTERN     only these (may be repeated)\n"
           "  --skip PATTERN       not these (may be repeated)\n"
           "  --level LEVEL        what counts: must (default), should, "
           "choice\n"
           "  --lvl L0,L1,L2       only these levels of the contract\n"
           "  --profile PROFILE    remote-safe, peer-graph\n"
           "  --net WEATHER,...    L2 once in each of these weathers\n"
           "  --seed N             everything random comes from it (default "
           "1)\n"
           "  --jobs N             testees at the same time\n"
           "  --min-tests N        fail when fewer instances were exercised\n"
           "  --max-fail N         stop after so many failures\n"
           "  --verb-timeout MS    how long the testee may take for a verb "
           "(5000)\n"
           "  --check-determinism  run what passed twice and compare\n"
           "  --repeat N           run each N times; what differs is NONDET\n"
           "  --bundle-dir DIR     keep every failure in a file, for replay\n"
           "  --out FILE           the log of the run, one JSON object a line\n"
           "  --junit FILE         a report for continuous integration\n"
           "  --html FILE          a report for people\n"
           "  --upstream HOST:PORT netsim: whom it relays to\n"
           "  --weather WEATHER    netsim: the weather there (clean)\n"
           "  -v, --verbose        a line for every instance\n"
           "  --color WHEN         auto, always, never\n"
           "  --ascii              no signs beyond ASCII\n"
           "\n"
           "Weathers: clean, delay, loss2, loss10-burst, reorder, dup, "
           "rebind, mtu,\n"
           "  corrupt.\n"
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
    bool has_value = option && option->kind != FLAG;

    r->name = word;
    if (!option)
        return failure_say(r->why, "there is no option %s; did you mean %s?",
                           word, nearest_option(word));
    r->name = option->name;
    if (has_value && !value)
        value = **words ? *(*words)++ : NULL;
    else if (!has_value && value)
        return failure_say(r->why, "%s takes no value", r->name);
    if (has_value && !value)
        return failure_say(r->why, "%s wants a value", r->name);
    return take(r, option, value);
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
    };
    while (*words) {
        if (!read_one(&r, &words))
            return r.is_nothing ? OPTIONS_NOTHING : OPTIONS_USAGE;
    }
    return OPTIONS_FINE;
}
