/* SPDX-License-Identifier: MIT */
/*
 * alksim: whole worlds of reference nodes in virtual time, each from one seed.
 * This is the only file here that looks at the environment (NO_COLOR and TERM)
 * and the terminal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "netsim/campaign.h"
#include "netsim/commit.h"
#include "netsim/merge.h"
#include "netsim/numeral.h"
#include "netsim/page.h"
#include "netsim/replay.h"
#include "netsim/summary.h"
#include "netsim/telling.h"
#include "ref/bin/options.h"

#define PATIENCE_S 120 /* of the processor, a life */
#define PATIENCE_MAX_S 86400u
#define LIVES_MOST 1000000u
#define LIVES_MAX 500                         /* to shorten one failure */
#define SEEDS_MAX UINT64_C(1000000000000)     /* of one campaign */
#define JOBS_MAX 1024u                        /* at a time */
#define HOUR_NS (3600 * UINT64_C(1000000000)) /* by the clock */
#define HOURS_MAX 10000u                      /* of one campaign */

static int usage(const struct failure *f)
{
    (void)fprintf(stderr, "alksim: %s\nTry `alksim --help`.\n", f->sentence);
    return ACCOUNT_USAGE;
}

static int complain(const struct failure *f, int status)
{
    (void)fprintf(stderr, "alksim: %s\n", f->sentence);
    return status;
}

/* --- the terminal */

static struct screen screen_of_ours(void)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool is_tty = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
    struct winsize size = {0};

    if (is_tty)
        (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    return (struct screen){
        .out = stdout,
        .is_tty = is_tty,
        .has_colour = is_tty && !(no_color && *no_color),
        .columns = size.ws_col,
    };
}

/* --- words */

/* A number that may be absent: then what stands in `ret` stays. */
static bool read_count(const char *name, const char *text, uint64_t max,
                       uint64_t *ret, struct failure *f)
{
    uint64_t number;

    if (!text)
        return true;
    if (!numeral_read(slice_of(text), &number) || number < 1 || number > max)
        return failure_say(f, "%s: expected a number from 1 to %ju", name,
                           (uintmax_t)max);
    *ret = number;
    return true;
}

static bool read_floor(const char *text, enum life_floor *ret,
                       struct failure *f)
{
    uint32_t floor = LIFE_DRAWN;

    if (text && !script_floor_find(slice_of(text), &floor))
        return failure_say(f, "--floor: expected streams, quic or drawn");
    *ret = (enum life_floor)floor;
    return true;
}

/* "A..B", or one seed. */
static bool read_seeds(const char *text, struct journal_plan *plan,
                       struct failure *f)
{
    struct slice seeds = slice_of(text), first, last;
    size_t at = slice_find(seeds, slice_of(".."));

    first = slice_head(seeds, at);
    last = at < seeds.len ? slice_skip(seeds, at + 2) : first;
    if (!numeral_read(first, &plan->first) || !numeral_read(last, &plan->last))
        return failure_say(f, "--seeds: expected A..B, two numbers");
    if (plan->last < plan->first || plan->last - plan->first >= SEEDS_MAX)
        return failure_say(f,
                           "--seeds: expected at least one seed, and at "
                           "most %ju",
                           (uintmax_t)SEEDS_MAX);
    return true;
}

/* A seed or a file. Of a seed all follows from it and the other words. */
static bool read_subject(const char *text, const char *floor, bool has_canary,
                         struct finding *ret, struct failure *f)
{
    *ret = (struct finding){.has_canary = has_canary};
    (void)snprintf(ret->commit, sizeof ret->commit, "%s", commit_name);
    if (numeral_read(slice_of(text), &ret->report.seed))
        return read_floor(floor, &ret->report.floor, f);
    if (floor || has_canary)
        return failure_say(f,
                           "--floor and --canary are for seeds: %s says "
                           "itself what it is",
                           text);
    return finding_load(text, ret, f);
}

static int bad_subject(const char *text, const struct failure *f)
{
    uint64_t seed;

    return strncmp(f->sentence, "--", 2) == 0 ||
                   numeral_read(slice_of(text), &seed)
               ? usage(f)
               : complain(f, ACCOUNT_NOT_ALL);
}

/* --- the commands */

static uint64_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);

    return count < 1 ? 1 : count > JOBS_MAX ? JOBS_MAX : (uint64_t)count;
}

static int do_run(int argc, char **argv, struct screen *screen)
{
    const char *seeds = NULL, *jobs = NULL, *hours = NULL, *floor = NULL,
               *patience = NULL, *lives = NULL;
    uint64_t hours_max = 0;
    struct campaign_terms t = {.jobs = processors(),
                               .time_ns = NEVER,
                               .patience_s = PATIENCE_S,
                               .lives_max = LIVES_MAX};
    const struct options_word words[] = {
        {"--seeds", OPTIONS_MAYBE, NULL, &seeds},
        {"--jobs", OPTIONS_MAYBE, NULL, &jobs},
        {"--hours", OPTIONS_MAYBE, NULL, &hours},
        {"--floor", OPTIONS_MAYBE, NULL, &floor},
        {"--log", OPTIONS_MAYBE, NULL, &t.log},
        {"--out", OPTIONS_MAYBE, NULL, &t.dir},
        {"--patience", OPTIONS_MAYBE, NULL, &patience},
        {"--lives", OPTIONS_MAYBE, NULL, &lives},
        {"--stop-on-first", OPTIONS_MAYBE, &t.is_first_only, NULL},
        {"--canary", OPTIONS_MAYBE, &t.plan.has_canary, NULL},
    };
    struct failure f;

    if (!options_read(argc, argv, 2, words, sizeof words / sizeof *words, &f) ||
        !read_seeds(seeds ? seeds : "1..100", &t.plan, &f) ||
        !read_floor(floor, &t.plan.floor, &f) ||
        !read_count("--jobs", jobs, JOBS_MAX, &t.jobs, &f) ||
        !read_count("--hours", hours, HOURS_MAX, &hours_max, &f) ||
        !read_count("--patience", patience, PATIENCE_MAX_S, &t.patience_s,
                    &f) ||
        !read_count("--lives", lives, LIVES_MOST, &t.lives_max, &f))
        return usage(&f);
    if (hours_max)
        t.time_ns = hours_max * HOUR_NS;
    (void)snprintf(t.plan.commit, sizeof t.plan.commit, "%s", commit_name);
    campaign_catch();
    return campaign_run(&t, screen);
}

static int do_replay(int argc, char **argv, struct screen *screen)
{
    const char *subject = NULL, *floor = NULL, *patience = NULL;
    bool has_canary = false;
    struct replay_terms t = {.commit = commit_name, .patience_s = PATIENCE_S};
    const struct options_word words[] = {
        {"SEED or FILE", OPTIONS_ONCE, NULL, &subject},
        {"--floor", OPTIONS_MAYBE, NULL, &floor},
        {"--patience", OPTIONS_MAYBE, NULL, &patience},
        {"--canary", OPTIONS_MAYBE, &has_canary, NULL},
        {"--trace", OPTIONS_MAYBE, &t.has_trace, NULL},
    };
    struct failure f;
    int status;

    if (!options_read(argc, argv, 2, words, sizeof words / sizeof *words, &f) ||
        !read_count("--patience", patience, PATIENCE_MAX_S, &t.patience_s, &f))
        return usage(&f);
    if (!read_subject(subject, floor, has_canary, &t.finding, &f))
        return bad_subject(subject, &f);
    t.path = t.finding.kind == FINDING_NONE ? NULL : subject;
    status = replay(&t, screen);
    finding_clear(&t.finding);
    return status;
}

/* What a seed comes to. False and a sentence when it does not fail. */
static bool find(struct finding *f, const struct examine_terms *terms,
                 struct failure *ret_failure)
{
    struct life_terms life = finding_terms(f);
    struct cell_outcome o;

    if (!cell_live(&life, terms->patience_s, terms->is_over, &o, ret_failure))
        return false;
    if (o.kind == FINDING_NONE)
        return failure_say(ret_failure, "seed %ju does not fail",
                           (uintmax_t)life.seed);
    return examine(&o, life.has_canary, terms, f, ret_failure);
}

static void tell(const struct finding *f, const char *path,
                 struct screen *screen)
{
    struct buf text;

    buf_init(&text, SIZE_MAX / 2);
    telling_print(f, path, 10, &text);
    screen_say(screen, buf_slice(&text));
    buf_clear(&text);
}

static int do_shrink(int argc, char **argv, struct screen *screen)
{
    const char *subject = NULL, *floor = NULL, *out = NULL, *lives = NULL;
    bool has_canary = false, is_good;
    struct examine_terms t = {.commit = commit_name,
                              .patience_s = PATIENCE_S,
                              .lives_max = LIVES_MAX,
                              .is_over = campaign_is_over};
    const struct options_word words[] = {
        {"SEED or FILE", OPTIONS_ONCE, NULL, &subject},
        {"--floor", OPTIONS_MAYBE, NULL, &floor},
        {"--out", OPTIONS_MAYBE, NULL, &out},
        {"--lives", OPTIONS_MAYBE, NULL, &lives},
        {"--canary", OPTIONS_MAYBE, &has_canary, NULL},
    };
    struct finding found;
    struct failure f;

    if (!options_read(argc, argv, 2, words, sizeof words / sizeof *words, &f) ||
        !read_count("--lives", lives, LIVES_MOST, &t.lives_max, &f))
        return usage(&f);
    if (!read_subject(subject, floor, has_canary, &found, &f))
        return bad_subject(subject, &f);
    campaign_catch();
    is_good = (found.kind == FINDING_NONE ? find(&found, &t, &f)
                                          : examine_shrink(&found, &t, &f)) &&
              (!out || finding_save(&found, out, &f));
    if (is_good)
        tell(&found, out, screen);
    finding_clear(&found);
    return is_good ? 0 : complain(&f, ACCOUNT_NOT_ALL);
}

/* Any number of logs, and behind them one option. The logs are argv[2] to
 * argv[*ret_end - 1]. */
static bool read_logs(int argc, char **argv, const struct options_word *word,
                      int *ret_end, struct failure *f)
{
    int end = 2;

    while (end < argc && argv[end][0] != '-')
        end++;
    *ret_end = end;
    return options_read(argc, argv, end, word, 1, f) &&
           (end > 2 ||
            failure_say(f, "%s: expected the logs of runs", argv[1]));
}

static int do_merge(int argc, char **argv, struct screen *screen)
{
    const char *out = NULL;
    const struct options_word word = {"--log", OPTIONS_MAYBE, NULL, &out};
    struct failure f;
    int end;

    if (!read_logs(argc, argv, &word, &end, &f))
        return usage(&f);
    return merge((const char *const *)argv + 2, (size_t)(end - 2), out, screen);
}

static int do_report(int argc, char **argv, struct screen *screen)
{
    const char *out = NULL;
    const struct options_word word = {"--html", OPTIONS_ONCE, NULL, &out};
    struct failure f;
    int end, status;

    (void)screen;
    if (!read_logs(argc, argv, &word, &end, &f))
        return usage(&f);
    status =
        page_write((const char *const *)argv + 2, (size_t)(end - 2), out, &f);
    return status == 0 ? 0 : complain(&f, status);
}

static int do_seeds(int argc, char **argv, struct screen *screen)
{
    const char *dir = NULL, *patience = NULL;
    struct replay_terms t = {.commit = commit_name, .patience_s = PATIENCE_S};
    const struct options_word words[] = {
        {"DIR", OPTIONS_ONCE, NULL, &dir},
        {"--patience", OPTIONS_MAYBE, NULL, &patience},
    };
    struct failure f;

    if (!options_read(argc, argv, 2, words, sizeof words / sizeof *words, &f) ||
        !read_count("--patience", patience, PATIENCE_MAX_S, &t.patience_s, &f))
        return usage(&f);
    return replay_kept(dir, &t, screen);
}

static int do_list(int argc, char **argv, struct screen *screen)
{
    struct failure f;

    if (!options_read(argc, argv, 2, NULL, 0, &f))
        return usage(&f);
    for (enum invariant i = 0; i < INVARIANTS; i++) {
        const struct invariant_text *text = invariant_text(i);

        (void)fprintf(screen->out, "%-14s %s\n%-14s %s\n", text->name,
                      text->says, "", text->rules);
    }
    return 0;
}

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv, struct screen *screen);
    const char *words; /* for help */
    const char *claim; /* likewise */
} commands[] = {
    {"run", do_run,
     "[--seeds A..B] [--jobs N] [--hours H] [--floor streams|quic|drawn]\n"
     "      [--log FILE] [--out DIR] [--stop-on-first] [--canary]\n"
     "      [--patience S] [--lives N]",
     "live each of these seeds; what fails is shortened and kept in DIR"},
    {"replay", do_replay,
     "FILE | SEED [--floor F] [--canary] [--trace] [--patience S]",
     "live a failure or a seed again; exit 0: it does not fail, 1: it does"},
    {"shrink", do_shrink,
     "FILE | SEED [--floor F] [--canary] [--lives N] [--out FILE]",
     "take away what a failure does not need; exit 0: done, 3: it does not "
     "fail"},
    {"merge", do_merge, "LOG... [--log FILE]",
     "join the logs of runs over seeds that follow one another; exits as one "
     "run"},
    {"report", do_report, "LOG... --html FILE",
     "make a page of the logs of runs over seeds that follow one another"},
    {"seeds", do_seeds, "DIR [--patience S]",
     "live all failures that are kept there: none may fail any more"},
    {"list", do_list, "", "what must be true, and the rules that say so"},
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void help(void)
{
    (void)puts("alksim lives whole worlds of alknet/call nodes in virtual "
               "time, each from one seed.\n");
    for (size_t i = 0; i < COMMANDS; i++)
        (void)printf("  alksim %s %s\n      %s\n", commands[i].name,
                     commands[i].words, commands[i].claim);
    (void)puts("\nExit status: 0 no life failed, 1 one did, 3 nothing was "
               "lived, or something was never\n  looked at in 1000 seeds, or a "
               "file is not what it should be, 5 the machine refused, or\n  "
               "the canary was not noticed, 64 usage, 130 interrupted. When "
               "several hold, the order\n  is 64, 5, 130, 3, 1.");
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return argc > 1 && strcmp(argv[1], "help") == 0;
}

static int dispatch(int argc, char **argv)
{
    struct screen screen = screen_of_ours();
    struct failure f;

    if (wants_help(argc, argv)) {
        help();
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "--version") == 0)
        return printf("alksim, commit %s\n", commit_name) < 0;
    for (size_t i = 0; argc > 1 && i < COMMANDS; i++)
        if (strcmp(commands[i].name, argv[1]) == 0)
            return commands[i].run(argc, argv, &screen);
    failure_say(&f, argc > 1 ? "%.80s: no such command" : "what shall it do?",
                argc > 1 ? argv[1] : "");
    return usage(&f);
}

int main(int argc, char **argv)
{
    int status;

    life_setup();
    status = dispatch(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    (void)fprintf(stderr, "alksim: standard output cannot be written\n");
    return ACCOUNT_MACHINE;
}
