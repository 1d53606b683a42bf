/* SPDX-License-Identifier: MIT */
/*
 * The requests of ours that wait on one connection, from the moment somebody
 * asked until it is told the end: the stream each goes out on, the events that
 * answer it, and the aborts that go after it.
 */
#ifndef REF_SESSION_ASKING_H
#define REF_SESSION_ASKING_H

#include "ref/session/commons.h"
#include "ref/session/streams.h"
#include "ref/state/pending.h"

struct asking {
    struct commons *commons; /* borrowed */
    struct streams *streams; /* borrowed: where requests go out */
    struct pending pending;  /* who waits */
    struct buf aborts;       /* frames of call.aborted that wait for a stream */
    bool is_starved;         /* there was no credit for a request, and our idle
                                streams were asked to end */
};

void asking_init(struct asking *a, struct commons *commons,
                 struct streams *streams);

/* Adds a request, which must be allowed (not closed). Its ticket and limit are
 * in it. */
void asking_add(struct asking *a, const struct pending_request *request);

/* Bytes of requests and of all else that the peer has not let go out yet. */
size_t asking_unsent(const struct asking *a);

/* Is a stream wanted, and for what: connection_opened() brings one, on which
 * what waits goes out. asking_starve(): there is no credit for one. */
bool asking_wants_stream(const struct asking *a);
void asking_opened(struct asking *a, struct stream *s);
void asking_starve(struct asking *a);

/* What the peer says of the request with that id, on stream `s`: an answer or
 * item, a complete end, an error, an abort. Nothing happens when nobody waits
 * under it. */
void asking_responded(struct asking *a, struct stream *s, struct slice id,
                      struct slice output);
void asking_completed(struct asking *a, struct slice id);
void asking_failed(struct asking *a, struct slice id,
                   const struct call_error *error);
void asking_aborted(struct asking *a, struct slice id);

/* Nothing more can come on that stream: whoever waits for something there gets
 * INTERNAL. */
void asking_stream_over(struct asking *a, const struct stream *s,
                        const char *message);

/* See client_resume() and client_abort(). */
void asking_resume(struct asking *a, uint64_t ticket);
void asking_abort(struct asking *a, uint64_t ticket);

/* The connection is gone: everybody gets INTERNAL. */
void asking_close(struct asking *a, const char *message);

/* Gives back what it holds; nobody may wait any more. */
void asking_clear(struct asking *a);

#endif
