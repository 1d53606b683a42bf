/* SPDX-License-Identifier: MIT */
/*
 * callspec, the judge of alknet/call implementations. This is the only file
 * that looks at the environment (NO_COLOR and TERM), the terminal and the
 * calendar.
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "conformance/listing.h"
#include "conformance/run.h"

static void print_help(FILE *out)
{
    (void)fprintf(out,
                  "callspec judges implementations of alknet/call.\n\n"
                  "  callspec run --testee CMD [options]   run the cases\n"
                  "  callspec list [options]               which there are "
                  "(--json, --count, --rules)\n"
                  "  callspec show ID                      all about one case\n"
                  "  callspec help | version\n\n%s\n"
                  "Exit status: 0 nothing unexpected, 1 something does not "
                  "conform, 3 not everything\n"
                  "  ran, 4 the testee could not be started, 5 the harness is "
                  "at fault, 6 not\n"
                  "  deterministic, 64 usage, 130 interrupted.\n",
                  options_help());
}

static int usage(const char *sentence)
{
    (void)fprintf(stderr, "callspec: %s\nTry `callspec help`.\n", sentence);
    return 64;
}

static const char *join(struct arena *arena, char *const *argv)
{
    const char *text = "";

    for (; *argv; argv++) {
        const char *quote = strchr(*argv, ' ') ? "'" : "";

        text = arena_text(arena, "%s%s%s%s%s", text, *text ? " " : "", quote,
                          *argv, quote);
    }
    return text;
}

static const char *now_as_text(struct arena *arena)
{
    char *text = arena_new(arena, 32, 1);
    time_t now = time(NULL);
    struct tm parts;

    if (gmtime_r(&now, &parts))
        (void)strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
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
    };
}

static int run_command(struct arena *arena, char *const *argv)
{
    struct failure failure;
    struct options o;
    enum options_got got = options_read(&o, arena, argv + 2, &failure);
    struct run_place place = {
        .out = stdout,
        .err = stderr,
        .cmdline = join(arena, argv),
        .started = now_as_text(arena),
    };

    if (got == OPTIONS_USAGE)
        return usage(failure.sentence);
    if (got == OPTIONS_NOTHING) {
        (void)fprintf(stderr, "callspec: %s\n", failure.sentence);
        return 3;
    }
    place.style = style_of(&o);
    if (strcmp(argv[1], "list") == 0)
        return listing_list(&o, stdout, stderr);
    return run(&o, &place);
}

static bool wants_help(char *const *argv)
{
    for (argv++; *argv; argv++) {
        if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0)
            return true;
    }
    return false;
}

static int dispatch(struct arena *arena, char *const *argv)
{
    const char *command = argv[1] ? argv[1] : "";

    if (strcmp(command, "help") == 0 || wants_help(argv)) {
        print_help(stdout);
        return 0;
    }
    if (strcmp(command, "run") == 0 || strcmp(command, "list") == 0)
        return run_command(arena, argv);
    if (strcmp(command, "show") == 0)
        return argv[2] && !argv[3] ? listing_show(argv[2], stdout, stderr)
                                   : usage("show wants one id");
    if (strcmp(command, "version") == 0 || strcmp(command, "--version") == 0)
        return printf("%s, specification %s\n", RUN_SUITE, RUN_SPEC) < 0;
    return usage(*command ? "the commands are run, list, show, help and version"
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
    return status;
}
