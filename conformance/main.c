/* SPDX-License-Identifier: MIT */
/*
 * callspec, the judge of alknet/call implementations. This is the only file
 * that looks at the environment (NO_COLOR and TERM), the terminal and the
 * calendar.
 */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "conformance/doctor.h"
#include "conformance/explain.h"
#include "conformance/listing.h"
#include "conformance/netsim.h"
#include "conformance/replay.h"
#include "conformance/report.h"
#include "conformance/run.h"
#include "conformance/suite.h"
#include "conformance/vectors.h"
#include "conformance/words.h"

/* A command line that was understood. */
struct call {
    const char *word;        /* what stands behind the command, or NULL */
    const struct options *o; /* what was asked for */
    struct run_place *place; /* where to write */
};

static const char *now_as_text(struct arena *arena)
{
    char *text = arena_new(arena, 32, 1);
    time_t now = time(NULL);
    struct tm parts;

    if (gmtime_r(&now, &parts))
        (void)strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

/* How wide the terminal is; 0 when it does not say. */
static unsigned columns_of(int fd)
{
    struct winsize size;

    return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static struct terminal_style style_of(const struct options *o)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool is_tty = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
    bool wants_color = is_tty && !(no_color && *no_color);

    return (struct terminal_style){
        .is_tty = is_tty,
        .has_colour = o->color == OPTIONS_ALWAYS ||
                      (o->color == OPTIONS_AUTO && wants_color),
        .is_ascii = o->is_ascii,
        .is_verbose = o->is_verbose,
        .columns = is_tty ? columns_of(STDOUT_FILENO) : 0,
    };
}

/* --- the commands */

static int do_run(const struct call *c)
{
    return run(c->o, c->place);
}

static int do_doctor(const struct call *c)
{
    return doctor(c->o, stdout, stderr);
}

static int do_list(const struct call *c)
{
    return listing_list(c->o, stdout, stderr);
}

static int do_show(const struct call *c)
{
    return listing_show(c->word, stdout, stderr);
}

static int do_explain(const struct call *c)
{
    return explain(c->word, stdout, stderr);
}

static int do_vectors(const struct call *c)
{
    return vectors(c->o, c->place);
}

static int do_replay(const struct call *c)
{
    return replay(c->word, c->o, stdout, stderr);
}

static int do_report(const struct call *c)
{
    return report(c->word, c->o, stderr);
}

static int do_netsim(const struct call *c)
{
    return netsim(c->o, stdout, stderr);
}

static int do_version(const struct call *c)
{
    (void)c;
    return printf("%s, specification %s\n", SUITE_NAME, SUITE_SPEC) < 0;
}

enum whom { NOBODY, PROGRAM, ANYBODY, UPSTREAM };

/* What is missing from the line, or NULL. */
static const char *missing(enum whom whom, const struct options *o)
{
    if (whom == PROGRAM && !o->testee)
        return "--testee COMMAND";
    if (whom == UPSTREAM && !o->upstream)
        return "--upstream HOST:PORT";
    if (whom == ANYBODY && !o->testee && !o->node.addr)
        return "--testee COMMAND or --addr HOST:PORT";
    return NULL;
}

static const struct command {
    const char *name; /* as it is typed */
    const char *word; /* what has to follow; NULL: nothing */
    const char *rest; /* of the line, in the help */
    const char *help; /* what it does */
    bool has_options; /* it takes them */
    enum whom whom;   /* who has to be named */
    int (*run)(const struct call *c);
} commands[] = {
    {"run", NULL, "--testee CMD | --addr HOST:PORT --pin FP [options]",
     "run the cases", true, ANYBODY, do_run},
    {"doctor", NULL, "--testee CMD", "what a new testee has to fix next", true,
     PROGRAM, do_doctor},
    {"list", NULL, "[options]", "which there are (--json, --count, --rules)",
     true, NOBODY, do_list},
    {"show", "ID", "", "all about one case", false, NOBODY, do_show},
    {"explain", "ID", "", "a rule, case, verdict or exit status", false, NOBODY,
     do_explain},
    {"vectors", NULL, "--testee CMD [options]", "the vectors alone, by group",
     true, PROGRAM, do_vectors},
    {"replay", "BUNDLE", "[--testee CMD | --addr ...]",
     "a failure that was kept, again", true, NOBODY, do_replay},
    {"report", "LOG", "--html FILE, --junit FILE", "from the log of a run",
     true, NOBODY, do_report},
    {"netsim", NULL, "--upstream HOST:PORT [options]",
     "a relay with weather (--weather, --seed)", true, UPSTREAM, do_netsim},
    {"version", NULL, "", "which suite this is", false, NOBODY, do_version},
};

#define COMMANDS_COUNT (sizeof commands / sizeof commands[0])

static void print_help(void)
{
    (void)printf("callspec judges implementations of alknet/call.\n\n");
    for (size_t i = 0; i < COMMANDS_COUNT; i++) {
        const struct command *c = &commands[i];
        int len = printf("  callspec %s%s%s %s", c->name, c->word ? " " : "",
                         c->word ? c->word : "", c->rest);

        (void)printf("%*s %s\n", len < 45 ? 45 - len : 0, "", c->help);
    }
    (void)printf(
        "\n%s\n"
        "Exit status: 0 nothing unexpected, 1 something does not "
        "conform, 3 not everything\n"
        "  ran, 4 the testee could not be started or reached, 5 the harness is "
        "at fault, 6 not\n"
        "  deterministic, 64 usage, 130 interrupted.\n",
        options_help());
}

static int usage(const char *sentence)
{
    (void)fprintf(stderr, "callspec: %s\nTry `callspec help`.\n", sentence);
    return 64;
}

/* Reads what stands behind the command, and carries it out. */
static int obey(const struct command *command, struct arena *arena,
                char *const *argv)
{
    char *const *rest = argv + 2;
    struct run_place place = {.out = stdout, .err = stderr};
    struct options o = {0};
    struct call call = {.o = &o, .place = &place};
    enum options_got got;
    struct failure failure;

    if (command->word && (!*rest || **rest == '-'))
        return usage(
            arena_text(arena, "%s wants one %s", command->name, command->word));
    if (command->word)
        call.word = *rest++;
    if (!command->has_options && *rest)
        return usage(arena_text(arena, "%s does not know what to do with %s",
                                command->name, *rest));
    got = options_read(&o, arena, rest, &failure);
    if (got == OPTIONS_USAGE)
        return usage(failure.sentence);
    if (got == OPTIONS_NOTHING) {
        (void)fprintf(stderr, "callspec: %s\n", failure.sentence);
        return 3;
    }
    if (missing(command->whom, &o))
        return usage(arena_text(arena, "%s wants %s", command->name,
                                missing(command->whom, &o)));
    place.cmdline = words_join(arena, argv);
    place.started = now_as_text(arena);
    place.style = style_of(&o);
    return command->run(&call);
}

static bool wants_help(char *const *argv)
{
    if (argv[1] && strcmp(argv[1], "help") == 0)
        return true;
    for (; *argv; argv++) {
        if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0)
            return true;
    }
    return false;
}

static const char *names(struct arena *arena)
{
    const char *text = "";

    for (size_t i = 0; i < COMMANDS_COUNT; i++)
        text = arena_text(arena, "%s%s, ", text, commands[i].name);
    return text;
}

static int dispatch(struct arena *arena, char *const *argv)
{
    const char *name = argv[1] ? argv[1] : "";

    if (wants_help(argv)) {
        print_help();
        return 0;
    }
    if (strcmp(name, "--version") == 0)
        name = "version";
    for (size_t i = 0; i < COMMANDS_COUNT; i++) {
        if (strcmp(name, commands[i].name) == 0)
            return obey(&commands[i], arena, argv);
    }
    return usage(
        *name ? arena_text(arena, "the commands are %shelp", names(arena))
              : "what shall it do?");
}

int main(int argc, char **argv)
{
    struct arena arena;
    int status;

    (void)argc;
    arena_init(&arena);
    status = dispatch(&arena, argv);
    arena_clear(&arena);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    (void)fprintf(stderr, "callspec: standard output cannot be written\n");
    return 5;
}
