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

#include "ref/base/reminder.h"
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

/* One request. */
struct pending_entry {
    struct slice id;              /* owned; ours, random */
    uint64_t ticket;              /* what whoever asked knows it by */
    enum pending_kind kind;       /* one result, or many items */
    struct pending_waiter waiter; /* told the end once */
    struct reminder limit;        /* when it becomes a TIMEOUT [PM-3] */
    struct pending *pending;      /* borrowed: where it stands */
    int64_t stream;               /* it was sent on, or PENDING_NO_STREAM */
    int64_t full;                 /* the stream on which items lie that its
                                     waiter has no room for, likewise */
    struct buf frame;             /* the request, until there is a stream */
    struct pending_entry *next;   /* later in order of making */
    struct pending_entry *previous;
};

/* All of one connection. Zeroed but for the first three it is empty and open.
 */
struct pending {
    void *owner;           /* whoever has it */
    struct agenda *agenda; /* borrowed: where the limits stand */
    /* Told of an entry whose limit has come; has to end it. */
    void (*expire)(struct pending *p, struct pending_entry *e);
    struct table by_id;          /* entries that were sent */
    struct table by_ticket;      /* all entries */
    struct pending_entry *first; /* all entries, in order of making */
    struct pending_entry *last;
    struct pending_entry *unsent_first; /* the oldest without a stream */
    size_t count;                       /* of all entries */
    size_t unsent;  /* bytes of the frames of those without a stream */
    bool is_closed; /* the connection is gone: nothing is added */
};

/* What is added. */
struct pending_request {
    struct slice id;              /* copied */
    uint64_t ticket;              /* never used before */
    enum pending_kind kind;       /* call or subscription */
    struct pending_waiter waiter; /* copied */
    uint64_t deadline_ns;         /* its limit, or NEVER */
    struct buf *frame;            /* the request as it will be sent; taken */
};

/* Adds a request that has no stream yet. The connection must be open. */
void pending_add(struct pending *p, const struct pending_request *r);

/* The oldest request without a stream, or NULL. */
struct pending_entry *pending_next_unsent(const struct pending *p);

/* The request has a stream now; from here on an answer finds it. Its frame is
 * handed over: the caller clears it. */
struct buf pending_send(struct pending *p, struct pending_entry *e,
                        int64_t stream);

/* Who waits under that id, or under that ticket; NULL for nobody [SM-16]. */
struct pending_entry *pending_find(const struct pending *p, struct slice id);
struct pending_entry *pending_find_ticket(const struct pending *p,
                                          uint64_t ticket);

/* The request has ended: its waiter is told, and it is gone. */
void pending_end(struct pending *p, struct pending_entry *e,
                 const struct pending_outcome *outcome);

/* The same with an error of the protocol's. */
void pending_fail(struct pending *p, struct pending_entry *e,
                  enum call_error_code code, const char *message);

/* What a waiter is told of an abort, by whichever side. */
struct pending_outcome pending_aborted(void);

/* Everybody gets INTERNAL, and nothing can be added any more. */
void pending_close(struct pending *p, const char *message);

/* Gives the memory back. Asserts that nobody is left waiting. */
void pending_clear(struct pending *p);

#endif
