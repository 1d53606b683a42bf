/* SPDX-License-Identifier: MIT */
/* What all connections of one node have in common: what is offered, who is
 * known, the time, and where handlers answer. A node owns it. */
#ifndef REF_SESSION_COMMONS_H
#define REF_SESSION_COMMONS_H

#include "ref/base/entropy.h"
#include "ref/base/trace.h"
#include "ref/state/peerbook.h"
#include "ref/state/registry.h"

struct commons {
    const struct registry *registry; /* borrowed: what we offer */
    const struct peerbook *peers;    /* borrowed: who we know */
    struct entropy_source entropy;   /* for request ids */
    struct trace_sink trace;         /* where lines go */
    struct handler_desk desk;        /* where handlers answer */
    struct table served;             /* serial -> struct served, borrowed */
    void *owner;                     /* the node, for context_origin */
    uint64_t serial_last;            /* of calls and connections */
    uint64_t now_ns;                 /* the time we were last told */
    uint64_t call_timeout_ns;        /* of a call that does not say */
    size_t body_max;                 /* largest frame body, either way */
};

/* One line about something that happened now. */
#define COMMONS_TRACE(commons, ...)                                            \
    trace(&(commons)->trace, (commons)->now_ns, __VA_ARGS__)

/* A slice for "%.*s", cut to what a line has room for. */
#define COMMONS_TEXT(s)                                                        \
    (int)((s).len < 100 ? (s).len : 100), (const char *)(s).data

#endif
