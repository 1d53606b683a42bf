/* SPDX-License-Identifier: MIT */
/* alkref call and alkref subscribe: any operation with any input. What comes
 * goes to standard output as it came: one output, or an item a line. */
#include "ref/base/scan.h"
#include "ref/bin/ask.h"
#include "ref/bin/commands.h"

static int ask_for(struct ask *a, int argc, char **argv, struct failure *f)
{
    const char *operation = NULL, *input = NULL, *why;
    const struct options_word more[] = {
        {"OP", OPTIONS_ONCE, NULL, &operation},
        {"JSON", OPTIONS_MAYBE, NULL, &input},
        {"--items", OPTIONS_MAYBE, NULL, &a->items},
    };
    int status = OPTIONS_EXIT_USAGE;

    if (!ask_read(a, argc, argv, more, a->is_subscription ? 3 : 2, f)) {
        commands_complain(f, status);
    } else if (input && !scan_text(slice_of(input), &why)) {
        failure_say(f, "JSON: %s", why);
        commands_complain(f, status);
    } else {
        a->operation = slice_of(operation);
        a->input = slice_of(input ? input : "null");
        status = ask_run(a, f);
    }
    ask_clear(a);
    return status;
}

int commands_call(int argc, char **argv, struct failure *f)
{
    struct ask a = {.print = ask_print_text};

    return ask_for(&a, argc, argv, f);
}

int commands_subscribe(int argc, char **argv, struct failure *f)
{
    struct ask a = {.is_subscription = true};

    return ask_for(&a, argc, argv, f);
}
