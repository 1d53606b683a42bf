/* SPDX-License-Identifier: MIT */
/*
 * The calls of the peer's that run on one connection: taken on, checked,
 * started, and ended exactly once: by an answer, or by a stop when nobody is
 * left to hear one.
 */
#ifndef REF_SESSION_SERVING_H
#define REF_SESSION_SERVING_H

#include "ref/model/envelope.h"
#include "ref/session/commons.h"
#include "ref/session/served.h"
#include "ref/session/streams.h"

struct serving {
    struct commons *commons;      /* borrowed */
    struct streams *streams;      /* borrowed: where answers go */
    struct context_origin origin; /* what handlers are told they came from */
    struct identity *identity;    /* owned: who the connection belongs to, as
                                     it was when it was made [IP-7], or NULL */
    struct peer_filter filter;    /* what this peer may see */
    struct served *first;         /* owned, in the order they came */
    struct served *last;          /* the latest */
    struct served *retired;       /* owned: over, to be freed by sweep */
    size_t count;                 /* running */
};

/* Takes a request on: it is checked, and then either its handler is started or
 * its refusal is written. */
void serving_request(struct serving *v, struct stream *s,
                     const struct envelope *e);

/* The calls that came on this stream, or all of them, end without an answer;
 * each handler is told once. */
void serving_stop_stream(struct serving *v, const struct stream *s);
void serving_stop_all(struct serving *v);

/* Frees what is over. Not to be called from inside a handler. */
void serving_sweep(struct serving *v);

/* What the handler of the call with that serial says. Nothing happens when
 * there is no such call any more. */
void serving_respond(struct commons *commons, uint64_t serial,
                     struct slice output);
void serving_fail(struct commons *commons, uint64_t serial,
                  const struct call_error *error);

#endif
