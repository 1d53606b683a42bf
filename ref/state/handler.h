/* SPDX-License-Identifier: MIT */
/*
 * The seam on which everything an application does hangs.
 *
 * A handler is started with a context and an input and gets a call, through
 * which it answers once: at once or later, from anywhere in the thread of the
 * node. Nobody acts on the answer inside start(); it is noted, and what it
 * leads to happens when the node is next asked. A call may be copied and kept
 * for as long as one likes: an answer to a call that is over is dropped.
 *
 * stop() is told at most once, when the call ends without the handler's
 * answer: the stream or connection is gone. Nothing may follow.
 */
#ifndef REF_STATE_HANDLER_H
#define REF_STATE_HANDLER_H

#include "ref/model/call_error.h"

struct context; /* rules/context.h: what a handler is told */

/* Who takes what handlers say. A node is one; it outlives its handlers. */
struct handler_desk {
    void (*respond)(void *self, uint64_t serial, struct slice output);
    void (*fail)(void *self, uint64_t serial, const struct call_error *error);
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
    void (*stop)(void *self, struct handler_call call); /* may be NULL */
    void *self;                                         /* the handler's own */
};

/* Answers the call with `output`, a valid JSON text, copied. */
void handler_respond(struct handler_call call, struct slice output);

/* Ends the call with an error, copied. */
void handler_fail(struct handler_call call, const struct call_error *error);

#endif
