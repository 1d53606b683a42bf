/* SPDX-License-Identifier: MIT */
/*
 * The calls and subscriptions we made on one connection and still wait for:
 * who waits, how they are found, until when. Wire section 11.
 *
 * The one promise of this file: every waiter is told its end exactly once,
 * whatever ends: an answer, an abort, the time, the stream, the connection. An
 * entry is gone before its waiter is told, so a waiter may do anything, also
 * call again.
 */
#ifndef REF_STATE_PENDING_H
#define REF_STATE_PENDING_H

#include "ref/base/table.h"
#include "ref/model/call_error.h"

#define PENDING_NO_STREAM (-1)

/* [PM-2] what was asked for, by whoever asked. */
enum pending_kind { PENDING_CALL, PENDING_SUBSCRIPTION };

/* How a request ended. [PM-14] a subscription that was completed is told apart
 * from one that was aborted. */
struct pending_outcome {
    bool is_ok;              /* a call: output counts; a subscription: it is
                                complete, and output is empty. Else error */
    bool is_aborted;         /* not ok: by either side, error is INTERNAL */
    struct slice output;     /* borrowed JSON text */
    struct call_error error; /* borrowed */
};

/* Who is told. A seam. */
struct pending_waiter {
    /* The end, once. */
    void (*tell)(void *self, const struct pending_outcome *outcome);
    /* One item of a subscription, a borrowed JSON text, which counts as taken.
     * False: no more of them for now. NULL where there are none. */
    bool (*item)(void *self, struct slice output);
    void *self; /* the waiter's own */
};

/* One call. */
struct pending_entry {
    struct slice id;              /* owned; ours, random */
    struct pending_waiter waiter; /* told once */
    uint64_t deadline_ns;         /* when it becomes a TIMEOUT, or NEVER */
    int64_t stream;               /* it was sent on, or PENDING_NO_STREAM */
    struct buf frame;             /* the request, until there is a stream */
    struct pending_entry *next;   /* later in order of making */
    struct pending_entry *previous;
};

/* Zeroed is empty and open. */
struct pending {
    struct table by_id;          /* entries that were sent */
    struct pending_entry *first; /* all entries, in order of making */
    struct pending_entry *last;
    size_t count;         /* of all entries */
    size_t unsent;        /* of those without a stream */
    uint64_t deadline_ns; /* the earliest, when not is_stale */
    bool is_stale;        /* the earliest has to be looked for again */
    bool is_closed;       /* the connection is gone: nothing is added */
};

/* Adds a call that has no stream yet; `frame` (the request as it will be sent)
 * is taken. The connection must be open. */
void pending_add(struct pending *p, struct slice id,
                 struct pending_waiter waiter, uint64_t deadline_ns,
                 struct buf *frame);

/* The oldest call without a stream, or NULL. */
struct pending_entry *pending_next_unsent(const struct pending *p);

/* The call has a stream now; from here on an answer finds it. Its frame is
 * handed over: the caller clears it. */
struct buf pending_send(struct pending *p, struct pending_entry *e,
                        int64_t stream);

/* An answer came for `id`. False, and nothing happened, when nobody waits
 * under that id [SM-16]. */
bool pending_answer(struct pending *p, struct slice id,
                    const struct pending_outcome *outcome);

/* Everybody whose time is up gets TIMEOUT. */
void pending_expire(struct pending *p, uint64_t now_ns);

/* When that will next be, or NEVER. */
uint64_t pending_deadline(struct pending *p);

/* Is anybody waiting for something on that stream? */
bool pending_has_stream(const struct pending *p, int64_t stream);

/* Everybody whose request went out on that stream gets INTERNAL. */
void pending_fail_stream(struct pending *p, int64_t stream,
                         struct slice message);

/* Everybody gets INTERNAL, and nothing can be added any more. */
void pending_close(struct pending *p, struct slice message);

/* Gives the memory back. Asserts that nobody is left waiting. */
void pending_clear(struct pending *p);

#endif
