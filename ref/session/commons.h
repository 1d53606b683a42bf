/* SPDX-License-Identifier: MIT */
/* What all connections of one node have in common: what is offered, who is
 * known, the time, the calls that run, and where handlers answer. A node owns
 * it. */
#ifndef REF_SESSION_COMMONS_H
#define REF_SESSION_COMMONS_H

#include "ref/base/entropy.h"
#include "ref/base/queue.h"
#include "ref/base/reminder.h"
#include "ref/base/trace.h"
#include "ref/state/auth_policy.h"
#include "ref/state/overlay.h"

struct connection;
struct served;

/* What every turn looks at comes first, and lies together. */
struct commons {
    struct queue stirred;             /* of connections: something to do */
    struct agenda agenda;             /* what is due when; of reminders */
    uint64_t now_ns;                  /* the time we were last told */
    struct served *retired;           /* owned: over, to be freed by a sweep */
    struct served *composed_first;    /* owned: those that handlers composed, */
    struct served *composed_last;     /* in the order they were made … */
    struct served *composed_next;     /* … from here on not started yet */
    const struct registry *registry;  /* borrowed: what we offer */
    const struct auth_policy *policy; /* borrowed: whom we know */
    const struct access_owners *owners; /* borrowed: who owns what, or NULL */
    struct overlays overlays;           /* what peers serve us */
    struct table connections;           /* serial -> struct connection, owned */
    struct table relays;           /* serial of a call -> struct relay: those
                                      that were passed on, see forward.c */
    size_t ahead;                  /* bytes of items that relays keep */
    struct entropy_source entropy; /* for request ids */
    struct trace_sink trace;       /* where lines go */
    struct handler_desk desk;      /* where handlers answer */
    struct table served;           /* serial -> struct served: all that run */
    size_t composed_count;         /* of them */
    uint64_t serial_last;          /* of calls, tickets and connections */
    uint64_t began_s;              /* Unix time when that was 0, seconds */
    uint64_t call_timeout_ns;      /* of a call that does not say */
    uint64_t serve_timeout_ns;     /* of a query or mutation of a peer's */
    size_t body_max;               /* largest frame body, either way */
};

/* `for_ns` from now; a time that cannot be said is NEVER. */
static inline uint64_t commons_in(const struct commons *commons,
                                  uint64_t for_ns)
{
    return for_ns < NEVER - commons->now_ns ? commons->now_ns + for_ns : NEVER;
}

/* The connection with that serial, or NULL when it is gone. Borrowed. */
static inline struct connection *
commons_connection(const struct commons *commons, uint64_t serial)
{
    return (struct connection *)table_find(&commons->connections,
                                           table_key(&serial));
}

/* Unix time now, in seconds. */
static inline uint64_t commons_unix_s(const struct commons *commons)
{
    return commons->began_s + commons->now_ns / 1000000000u;
}

/* One line about something that happened now. */
#define COMMONS_TRACE(commons, ...)                                            \
    trace(&(commons)->trace, (commons)->now_ns, __VA_ARGS__)

/* A slice for "%.*s", cut to what a line has room for. */
#define COMMONS_TEXT(s)                                                        \
    (int)((s).len < 100 ? (s).len : 100), (const char *)(s).data

#endif
