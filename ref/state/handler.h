/* SPDX-License-Identifier: MIT */
/*
 * The seam on which everything an application does hangs.
 *
 * A handler is started with a context and an input and gets a call, through
 * which it answers: at once or later, from anywhere in the thread of the node.
 * Inside start() and pull() as well: what goes to the wire is written down
 * and leaves when the node is next asked. Whoever composed the call is told at
 * once, and an item that cannot be taken ends the call at once, stop()
 * included; so an answer is the last thing that a handler does. A call may be
 * copied and kept as long as its node is there: an answer to a call that is
 * over is dropped.
 *
 * [RG-2, OT-2, SU-16] There are two kinds. Without pull() a handler answers
 * once: handler_respond() or handler_fail(). With pull() it streams: each
 * pull() asks for one step more, since the peer can take it, and is answered
 * by one handler_item(), or by the end: handler_complete() or handler_fail().
 * The next pull() comes when that item is under way, so whoever does nothing
 * without being asked can never flood anybody [SU-9].
 *
 * stop() is told at most once, when the call ends without the handler's
 * answer: it was aborted, its time is up, its stream or connection is gone.
 * Nothing may follow.
 */
#ifndef REF_STATE_HANDLER_H
#define REF_STATE_HANDLER_H

#include "ref/model/call_error.h"

struct context; /* rules/context.h: what a handler is told */

/* What a handler can say. */
enum handler_saying {
    HANDLER_OUTPUT,   /* the one answer */
    HANDLER_ITEM,     /* one of many */
    HANDLER_COMPLETE, /* there are no more */
    HANDLER_ERROR     /* it failed; terminal for either kind */
};

struct handler_answer {
    enum handler_saying saying;
    struct slice output;            /* OUTPUT, ITEM: JSON text, borrowed */
    const struct call_error *error; /* ERROR: borrowed; NULL: it broke down
                                       and cannot say why [HF-4] */
};

/* Who takes what handlers say. A node is one. */
struct handler_desk {
    void (*take)(void *self, uint64_t serial,
                 const struct handler_answer *answer);
    void *self; /* the desk's own */
};

/* One served call in the eyes of its handler. Passed by value. */
struct handler_call {
    const struct handler_desk *desk; /* borrowed */
    uint64_t serial;                 /* never used for another call */
};

struct handler {
    /* `context` is good until the call is over, `input` (a JSON text) until
     * start() returns. */
    void (*start)(void *self, const struct context *context, struct slice input,
                  struct handler_call call);
    void (*pull)(void *self, struct handler_call call); /* NULL: answers once */
    void (*stop)(void *self, struct handler_call call); /* may be NULL */
    void *self;                                         /* the handler's own */
    void (*drop)(void *self); /* its last registration is gone, and no call of
                                 it runs; NULL: `self` is somebody else's */
};

/* Answers the call with `output`, a valid JSON text, copied. */
void handler_respond(struct handler_call call, struct slice output);

/* Gives the item that was asked for, a valid JSON text, copied. */
void handler_item(struct handler_call call, struct slice output);

/* Ends a stream of items: there are no more. */
void handler_complete(struct handler_call call);

/* Ends the call with an error, copied. */
void handler_fail(struct handler_call call, const struct call_error *error);

/* Ends the call of a handler that broke down and has nothing to say about it:
 * the caller learns that much and no more [HF-4, HF-5]. */
void handler_break_down(struct handler_call call);

#endif
