/* SPDX-License-Identifier: MIT */
/*
 * Subscriptions, in either direction, and how calls of any kind end. A request
 * that subscribes is a request like any other; what differs is what comes back:
 * items, and then one end.
 *
 * Beside ask.h, and in its terms: `id` is an id of ours on the wire, `sub` and
 * `call` are our words for what the testee began, outputs are JSON texts.
 */
#ifndef CONFORMANCE_SUB_H
#define CONFORMANCE_SUB_H

#include "conformance/ask.h"

/* --- we subscribe */

/* Sends the request of a new id on a new stream, FIN behind it; the id. */
const char *sub_send(struct conn *c, const char *operation, const char *input);

/* The next frame with that id, waited for, on whatever stream it comes. It must
 * be an item (its output, as in struct ask_outcome), the completion with the
 * payload {}, or an error; anything else fails the case. */
const struct json *sub_item(struct conn *c, const char *id);
void sub_completed(struct conn *c, const char *id);
const struct ask_outcome *sub_error(struct conn *c, const char *id);

/* Frames with that id that are there already and were not taken. */
size_t sub_seen(struct conn *c, const char *id);

/* We abort it: call.aborted on a new stream of ours, FIN behind it. With the id
 * of a request of theirs (ask_request.id) we give up answering it. */
void sub_abort(struct conn *c, const char *id);

/* Their call.aborted of an id, ours or theirs, waited for on whatever stream it
 * comes; taken. Its payload must be {}. */
void sub_aborted(struct conn *c, const char *id);

/* --- they subscribe */

/* The testee begins a subscription (verb `subscribe`, further members of it in
 * `more`). Our word for it; ask_take() gives the request that comes of it. */
const char *sub_begin(struct conn *c, const char *operation, const char *input,
                      const char *more);

/* We give an item; the rest also finish the stream: it is complete, or failed
 * as ask_fail() says. */
void sub_give(const struct ask_request *r, const char *output);
void sub_complete(const struct ask_request *r);
void sub_fail(const struct ask_request *r, const char *code, bool is_retryable,
              const char *details);

/* What the testee's consumer was given: the output of the nth item (from 0),
 * waited for; and how many there are so far. */
const struct json *sub_received(struct scene *s, const char *sub, size_t nth);
size_t sub_count(struct scene *s, const char *sub);

/* The testee is told: its consumer takes so many items more; it aborts a call
 * or subscription of its own; its consumer goes away without a word. */
void sub_take(struct scene *s, struct conn *c, const char *sub, size_t items);
void sub_abort_theirs(struct conn *c, const char *call);
void sub_drop(struct conn *c, const char *sub);

/* --- how it ended, calls and subscriptions alike */

enum sub_how {
    SUB_COMPLETED, /* a subscription came to its end */
    SUB_ABORTED,   /* by either side */
    SUB_ERROR,     /* with an error */
    SUB_RESULT,    /* a call, with its output */
};

struct sub_end {
    enum sub_how how;
    const struct ask_outcome *outcome; /* of ERROR and RESULT; else NULL */
};

/* How the testee says that it ended: waits for `result`, `error` or `end`. That
 * it is the only end is for shapes_ended_once() to say. */
const struct sub_end *sub_ended(struct scene *s, const char *call);

#endif
