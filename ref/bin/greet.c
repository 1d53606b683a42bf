/* SPDX-License-Identifier: MIT */
/* See greet.h. */
#include "ref/bin/greet.h"
#include "ref/base/scan.h"
#include "ref/base/xalloc.h"
#include "ref/bin/lines.h"

/* Who waits for one of the answers. */
struct greeting {
    json_t *line; /* owned: operation and peer */
};

struct split {
    struct slice operation, input;
};

/* At the first '='; without one the input is null. */
static struct split split(const char *text)
{
    const char *equals = strchr(text, '=');

    if (!equals)
        return (struct split){slice_of(text), slice_of("null")};
    return (struct split){slice_make(text, (size_t)(equals - text)),
                          slice_of(equals + 1)};
}

bool greet_check(const struct greet *g, struct failure *ret_failure)
{
    const char *why;

    for (size_t i = 0; i < OPTIONS_MANY_MAX && g->texts[i]; i++) {
        struct split s = split(g->texts[i]);
        json_t *name =
            json_stringn((const char *)s.operation.data, s.operation.len);
        bool is_name = name && s.operation.len;

        json_decref(name);
        if (!is_name)
            return failure_say(ret_failure,
                               "--on-connect: expected OP or OP=JSON");
        if (!scan_text(s.input, &why))
            return failure_say(ret_failure,
                               "--on-connect: JSON behind \"=\": %s", why);
    }
    return true;
}

static void tell(void *self, const struct pending_outcome *outcome)
{
    struct greeting *g = self;

    if (outcome->is_ok)
        json_object_set_new(g->line, "output", lines_tree(outcome->output));
    else
        json_object_set_new(g->line, "error", lines_error(&outcome->error));
    lines_write_take(stdout, g->line);
    xalloc_free(g);
}

static void greet_once(const char *text, const struct adapter_link *link)
{
    struct greeting *waiting = xalloc(1, sizeof *waiting);
    struct split s = split(text);
    const struct client_request request = {.operation = s.operation,
                                           .input = s.input};

    waiting->line = json_object();
    json_object_set_new(waiting->line, "operation",
                        value_new_string(s.operation));
    json_object_set_new(waiting->line, "peer",
                        link->fingerprint.text[0]
                            ? json_string(link->fingerprint.text)
                            : json_null());
    client_call(link->connection, &request,
                (struct pending_waiter){.tell = tell, .self = waiting});
}

void greet_peer(const struct greet *g, const struct adapter_link *link)
{
    for (size_t i = 0; i < OPTIONS_MANY_MAX && g->texts[i]; i++)
        greet_once(g->texts[i], link);
}
