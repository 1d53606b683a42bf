/* SPDX-License-Identifier: MIT */
/*
 * One bidirectional stream: the frame that is half read, the bytes that are
 * not read or not sent yet, who waits on it, and how far each half has come to
 * its end.
 */
#ifndef REF_SESSION_STREAM_H
#define REF_SESSION_STREAM_H

#include "ref/base/queue.h"
#include "ref/base/uuid.h"
#include "ref/model/frame.h"
#include "ref/session/action.h"

struct served;

/* The two queues a stream may stand in, once each. */
enum stream_queue {
    STREAM_OUTWARD, /* of those with something for the transport */
    STREAM_INWARD,  /* of those with something for the session itself */
    STREAM_QUEUES
};

struct stream {
    int64_t id;                 /* the transport's number */
    bool is_ours;               /* did we open it? */
    struct frame_reader reader; /* what comes in */
    struct buf held;            /* came in, and is not read yet */
    size_t full;                /* subscribers who have enough for now: while
                                   there are any, nothing is read */
    bool is_fin_held;           /* the peer's FIN comes behind what is held */
    struct buf unsent;          /* what has to go out */
    uint64_t consumed;          /* bytes taken in and not yet reported */
    struct served *calls;       /* borrowed: of the peer's, not answered yet, */
    struct served *calls_last;  /* in the order in which they are pulled */
    size_t owed;                /* how many they are */
    size_t streaming;           /* how many of them give items */
    uint64_t ticket;            /* of the request of ours that went out here,
                                   or 0 */
    char asked[UUID_LEN];       /* and its id */
    bool is_answered;           /* was that a call, and did its result come? */
    bool has_served;            /* did a frame come from here? */
    bool is_shared;             /* and one that was not about that request? */
    bool is_read_over;          /* the peer's half ended, by FIN or reset */
    bool is_refused;            /* we read no more, whatever comes */
    bool must_stop;             /* the peer has to be asked to stop */
    bool must_reset;            /* our half has to be ended at once */
    bool must_finish;           /* FIN goes behind the last unsent byte */
    bool is_write_over;         /* our half ended, by FIN or reset */
    bool is_blocked;            /* the transport has no room for now */
    bool is_credit_given;       /* the peer may already open another for it */
    bool is_rationed;           /* what it consumed is not to be told now */
    size_t half_counted;        /* half-read bytes and … */
    size_t unsent_counted; /* … unsent ones, as the set has counted them */
    struct queue_entry in[STREAM_QUEUES]; /* its places in those queues */
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

/* Keeps bytes for later. False when that is more than may be held. */
bool stream_hold(struct stream *s, struct slice bytes);

/* Passes over the first `len` bytes that are held, which counts as taking them
 * in. */
void stream_pass(struct stream *s, size_t len);

/* The peer's half is over: what was half read and what was held is dropped. */
void stream_end_reading(struct stream *s);

/* What the session itself may have to do here: is there something to read on,
 * that nobody has too much of; and is there room for an item? */
bool stream_may_read(const struct stream *s);
bool stream_may_pull(const struct stream *s);

/* Did the request of that id go out here, and is it ours? */
bool stream_asked(const struct stream *s, struct slice id);

/* Are both halves over? Then nothing more can happen on it. */
bool stream_is_over(const struct stream *s);

#endif
