/* SPDX-License-Identifier: MIT */
/*
 * One bidirectional stream: the frame that is half read, the bytes that are
 * not sent yet, and how far each half has come to its end.
 */
#ifndef REF_SESSION_STREAM_H
#define REF_SESSION_STREAM_H

#include "ref/model/frame.h"
#include "ref/session/action.h"

struct stream {
    int64_t id;                 /* the transport's number */
    bool is_ours;               /* did we open it? */
    struct frame_reader reader; /* what comes in */
    struct buf unsent;          /* what has to go out */
    uint64_t consumed;          /* bytes taken in and not yet reported */
    size_t owed;                /* requests from here that are not answered */
    bool has_served;            /* did a frame come from here? */
    bool is_read_over;          /* the peer's half ended, by FIN or reset */
    bool is_refused;            /* we read no more, whatever comes */
    bool must_stop;             /* the peer has to be asked to stop */
    bool must_reset;            /* our half has to be ended at once */
    bool must_finish;           /* FIN goes behind the last unsent byte */
    bool is_write_over;         /* our half ended, by FIN or reset */
    bool is_blocked;            /* the transport has no room for now */
    bool is_credit_given;       /* the peer may already open another for it */
    bool is_ready;              /* it stands in the list of the ready */
    struct stream *next_ready;  /* behind it in that list */
};

/* A new stream with nothing read or written. Owned by the caller. */
struct stream *stream_new(int64_t id, bool is_ours, size_t body_max);

/* Gives it back. NULL is fine. */
void stream_free(struct stream *s);

/* The next thing its transport has to do, if any. WRITE comes again until
 * stream_wrote() was told. */
bool stream_poll(struct stream *s, struct action *ret);

/* The transport took the first `len` bytes of the last WRITE, and FIN if it
 * was asked for and all was taken. Less than all: it is blocked until it is
 * said otherwise. */
void stream_wrote(struct stream *s, size_t len);

/* Our half is over: what was unsent will never be sent. */
void stream_drop_unsent(struct stream *s);

/* Are both halves over? Then nothing more can happen on it. */
bool stream_is_over(const struct stream *s);

#endif
