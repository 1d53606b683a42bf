/* SPDX-License-Identifier: MIT */
/*
 * All streams of one connection: found by number, polled in the order in which
 * they got something to do, forgotten when they are over. And the two budgets
 * they share: of bytes half read, and of bytes not sent.
 */
#ifndef REF_SESSION_STREAMS_H
#define REF_SESSION_STREAMS_H

#include "ref/base/table.h"
#include "ref/session/stream.h"

struct streams {
    struct table by_id; /* id -> struct stream, owned */
    struct queue queues[STREAM_QUEUES];
    struct queue_entry *turn; /* borrowed: their connection's place among those
                                 with something to do; NULL: nobody asks */
    uint64_t grant;           /* streams the peer may open, to be told */
    size_t idle_count;        /* kept, though their credit was given */
    size_t body_max;          /* largest frame body */
    size_t half_read;         /* bytes of frames that are half read */
    size_t unsent;            /* bytes that have to go out */
    bool is_rationing;        /* some stream's window is kept back */
};

/* An empty set. */
void streams_init(struct streams *all, size_t body_max,
                  struct queue_entry *turn);

/* Gives all streams back. */
void streams_clear(struct streams *all);

/* The stream of that number, or NULL. Borrowed; good until the next poll. */
struct stream *streams_find(const struct streams *all, int64_t id);

/* A new one under a number that is not in use. Borrowed likewise. */
struct stream *streams_add(struct streams *all, int64_t id, bool is_ours);

/* To be said after every change to a stream: what follows from how far its
 * halves have come and what it owes, and that it is to be polled. */
void streams_settle(struct streams *all, struct stream *s);

/* There may be something to do for their connection. */
void streams_stir(struct streams *all);

/* The next thing to do on any stream, or credit to give. Streams that are over
 * are freed here and nowhere else. */
bool streams_poll(struct streams *all, struct action *ret);

/* The next stream with something for the session itself to do
 * (stream_may_read, stream_may_pull), or NULL. */
struct stream *streams_stirred(struct streams *all);

#endif
