/* SPDX-License-Identifier: MIT */
/*
 * The calls of the peer's that run on one connection: taken on, checked,
 * started, and ended exactly once: by an answer on the stream they came on, or
 * without one when nobody is left to hear it or wants to.
 */
#ifndef REF_SESSION_SERVING_H
#define REF_SESSION_SERVING_H

#include "ref/model/envelope.h"
#include "ref/session/roll.h"
#include "ref/session/streams.h"
#include "ref/state/overtaken.h"

struct serving {
    struct commons *commons;      /* borrowed */
    struct streams *streams;      /* borrowed: where answers go */
    struct context_origin origin; /* what handlers are told they came from */
    struct identity *identity;    /* owned: who the connection belongs to, as
                                     it was when it was made [IP-7], or NULL */
    struct peer_filter filter;    /* what this peer may see */
    struct overtaken overtaken;   /* aborts that came before their requests */
    struct roll roll;             /* who runs, by id */
    size_t count;                 /* running */
    size_t kept;                  /* bytes of names, ids and claims of those */
};

/* Takes a request on: it is checked, and then either its handler is started or
 * its refusal is written. */
void serving_request(struct serving *v, struct stream *s,
                     const struct envelope *e);

/* The peer aborts its request of that id: it ends without an answer, with all
 * that hangs on it. */
void serving_abort(struct serving *v, struct slice id);

/* There is room on the stream: its streaming handlers are asked for more. */
void serving_pull(struct serving *v, struct stream *s);

/* The calls that came on this stream, the subscriptions alone among them, or
 * all of the connection, end without an answer; each handler is told once. */
void serving_stop_stream(struct serving *v, const struct stream *s);
void serving_stop_subscriptions(struct serving *v, const struct stream *s);
void serving_stop_all(struct serving *v);

/* Gives back what it holds; nothing may run any more. */
void serving_clear(struct serving *v);

#endif
