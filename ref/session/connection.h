/* SPDX-License-Identifier: MIT */
/*
 * One connection between two nodes: bytes from streams in, actions out. It is
 * the whole protocol machine for both roles, because a connection has no
 * roles: either side opens streams, either side asks, either side answers
 * [SY-1, SY-2, CC-1, CC-3]. Who dialled is not known here.
 *
 * In:  bytes arrived; a stream was reset, stopped, is gone; the connection is
 *      gone; we may open streams; there is room to write again.
 * Out: the next action. Time is the node's: what is due when stands in its
 *      agenda.
 *
 * Nothing is called back but handlers and waiters, and neither may free the
 * connection; streams and finished calls are freed while actions are polled.
 */
#ifndef REF_SESSION_CONNECTION_H
#define REF_SESSION_CONNECTION_H

#include "ref/session/asking.h"
#include "ref/session/serving.h"

struct connection {
    struct commons *commons;  /* borrowed */
    uint64_t serial;          /* never used for another connection */
    struct queue_entry turn;  /* its place among those of the node with
                                 something to do */
    struct streams streams;   /* all of them */
    struct serving serving;   /* requests of the peer's */
    struct asking asking;     /* requests of ours */
    struct registry imported; /* what the peer serves us [FC-11] */
    struct buf token;         /* said with every request that says no other */
    uint64_t open_credit;     /* streams we may open now */
    bool is_opening;          /* an ACTION_OPEN waits for its answer */
    bool must_close;          /* ACTION_CLOSE is to be said */
    bool is_closed;           /* over: nothing comes in any more */
    struct buf scratch;       /* for decoding one body */
    void *user;               /* the transport's own */
};

/* A connection to a peer that has proven `fingerprint` (empty for nothing).
 * Owned by the caller, given back with connection_free(). */
struct connection *connection_new(struct commons *commons,
                                  struct slice fingerprint,
                                  struct peer_filter filter);

/* [FF-9] `token` is ours, and goes along with every request of ours that has
 * none of its own. Copied. */
void connection_set_token(struct connection *c, struct slice token);

/* [FC-10, PE-7] These are what the peer serves us from now on, all at once;
 * `fresh` is taken and empty afterwards. [PE-8, CC-16] Whoever has no id serves
 * nobody but by this connection. */
void connection_import_take(struct connection *c, struct registry *fresh);

/* Ends it if it has not ended, and gives it back. */
void connection_free(struct connection *c);

/* Bytes came on a stream, and with `fin` its end. A number that is new is a
 * stream that the peer opened. */
void connection_on_data(struct connection *c, int64_t stream,
                        struct slice bytes, bool fin);

/* The peer ended its half at once. */
void connection_on_reset(struct connection *c, int64_t stream);

/* The peer wants no more from us there. */
void connection_on_stop(struct connection *c, int64_t stream);

/* Both halves are gone, however it came about. */
void connection_on_gone(struct connection *c, int64_t stream);

/* We may open `count` more streams. */
void connection_on_credit(struct connection *c, uint64_t count);

/* There is room again on a stream that was blocked. */
void connection_on_writable(struct connection *c, int64_t stream);

/* The connection is gone. Every waiter is told, every handler stopped. */
void connection_on_closed(struct connection *c);

/* The next thing the transport has to do; false when there is none for now:
 * then it is not stirred (node_stirred) until something happens to it. */
bool connection_poll(struct connection *c, struct action *ret);

/* The answers to ACTION_OPEN (`stream` is the transport's number, or negative
 * when it could not be done: there is no credit after all) and to
 * ACTION_WRITE (how many of the bytes were taken). */
void connection_opened(struct connection *c, int64_t stream);
void connection_wrote(struct connection *c, int64_t stream, size_t len);

/* Closes it: waiters are told, handlers stopped, ACTION_CLOSE comes last. */
void connection_close(struct connection *c);

/* For keeping books. */
struct connection_stats {
    size_t streams; /* kept */
    size_t pending; /* calls and subscriptions of ours */
    size_t served;  /* calls of the peer's, and composed ones */
    size_t bytes;   /* half-read, unread and unsent */
    size_t passed;  /* served by peers; node_count() alone knows */
};

/* Adds what this connection holds to `sum`. */
void connection_count(const struct connection *c, struct connection_stats *sum);

#endif
