/* SPDX-License-Identifier: MIT */
/* See importing.h. */
#include "fuzz/peers/importing.h"

#include <stdio.h>

#include "fuzz/broken.h"
#include "ref/base/bounds.h"

#define HEAD_MAX 120 /* bytes before a payload, and "}" behind it */

/* ------------------------------------------------------------- the peer */

void importing_hear(struct port *p, struct port_stream *s, uint32_t which,
                    const char *type, struct slice payload, bool fin)
{
    char head[HEAD_MAX];
    const int len =
        snprintf(head, sizeof head,
                 "    {\"type\":\"call.%s\",\"id\":\"%.*s\",\"payload\":", type,
                 UUID_LEN, p->ours[which]);
    const size_t body = (size_t)len - 4 + payload.len + 1;

    for (int i = 0; i < 4; i++)
        head[i] = (char)(body >> (24 - 8 * i));
    port_hear(s, slice_make(head, (size_t)len), false);
    port_hear(s, payload, false);
    port_hear(s, slice_of("}"), fin);
    port_arrive(p, s, SIZE_MAX);
}

void importing_said(struct importing *i, struct port_stream *s,
                    const struct event *e)
{
    if (!event_is(e, "requested"))
        return;
    i->question = catalogue_ask(&i->said, e);
    i->asked = s;
}

static void say(struct importing *i, struct port_stream *s, const char *type,
                const char *payload)
{
    importing_hear(i->port, s, i->port->ours_count - 1, type, slice_of(payload),
                   true);
}

static void answer_well(struct importing *i, struct port_stream *s)
{
    importing_hear(i->port, s, i->port->ours_count - 1, "responded",
                   catalogue_answer(&i->said, i->question), true);
}

static void lose(struct importing *i)
{
    i->is_lost = true;
    port_close(i->port);
}

static void end(struct importing *i, struct port_stream *s)
{
    port_hear(s, slice_make(NULL, 0), true);
    port_arrive(i->port, s, 0);
}

#define ERROR(code)                                                            \
    "{\"code\":\"" code "\",\"message\":\"\",\"retryable\":true}"

static void answer(struct importing *i)
{
    struct port_stream *s = i->asked;

    i->asked = NULL;
    switch (i->question == i->said.at ? i->said.fault : CATALOGUE_FINE) {
    case CATALOGUE_FORBIDDEN:
        say(i, s, "error", ERROR("FORBIDDEN"));
        break;
    case CATALOGUE_TIMEOUT:
        say(i, s, "error", ERROR("TIMEOUT"));
        break;
    case CATALOGUE_NOT_FOUND:
        say(i, s, "error", ERROR("NOT_FOUND"));
        break;
    case CATALOGUE_ABORTED:
        say(i, s, "aborted", "{}");
        break;
    case CATALOGUE_LATE:
        party_wait(i->party, BOUNDS_TIMEOUT_NS);
        break;
    case CATALOGUE_RESET:
        port_reset(i->port, s);
        break;
    case CATALOGUE_ENDED:
        end(i, s);
        break;
    case CATALOGUE_LOST:
        lose(i);
        break;
    default:
        answer_well(i, s);
    }
}

/* ------------------------------------------------------------- our side */

/* [AD-3] */
static void told(void *self, const struct operation_adapter_outcome *outcome)
{
    struct importing *i = self;
    enum operation_adapter_error due;
    const bool is_ok = catalogue_end(&i->said, &due) && !i->is_lost;

    due = i->is_lost ? OPERATION_ADAPTER_TRANSPORT : due;
    i->party->talks--;
    broken_unless(!i->is_told, "AD-1", "an import is told twice");
    i->is_told = true;
    broken_unless(is_ok == outcome->is_ok, "AD-3", "an import %s that is %s",
                  outcome->is_ok ? "succeeds" : "fails",
                  is_ok ? "good" : "not");
    broken_unless(is_ok || outcome->error == due, "AD-3",
                  "an import fails as %s, and %s is due",
                  operation_adapter_name(outcome->error),
                  operation_adapter_name(due));
    if (is_ok)
        i->served = i->said;
}

static void ask(struct importing *i)
{
    struct strings wanted = {.count = 0};
    const struct from_call_terms terms = {.prefix = slice_of(i->said.prefix),
                                          .filter = i->said.has_filter ? &wanted
                                                                       : NULL};

    for (uint32_t n = 0; n < CATALOGUE_NAMES; n++)
        if (i->said.filter >> n & 1)
            strings_add(&wanted, catalogue_name(n));
    from_call_import(i->port->c, &terms,
                     (struct operation_adapter_waiter){told, i});
    strings_clear(&wanted);
}

void importing_begin(struct importing *i, struct party *party,
                     struct port *port)
{
    memset(i, 0, sizeof *i);
    i->party = party;
    i->port = port;
}

void importing_run(struct importing *i)
{
    i->is_told = false;
    i->party->talks++;
    ask(i);
    do {
        if (i->asked)
            answer(i);
        while (port_poll(i->port, SIZE_MAX, true))
            ;
    } while (i->asked);
    broken_unless(i->is_told, "AD-1", "an import is not told of");
    if (!i->is_lost)
        catalogue_judge(&i->served, &i->port->c->imported);
}
