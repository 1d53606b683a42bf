/* SPDX-License-Identifier: MIT */
/*
 * Whole calls. ask() makes one in the direction of the caller axis: we send
 * the request and read the answer off the wire, or the testee is made to
 * call us and we answer as the behaviour of that name would (ask_serve), so
 * that a mirrored case is written once. The rest is the same in pieces.
 *
 * Inputs and outputs are JSON texts. Operations are named without the leading
 * slash and travel with it.
 */
#ifndef CONFORMANCE_ASK_H
#define CONFORMANCE_ASK_H

#include "conformance/stream.h"

/* How a call ended, whoever made it. */
struct ask_outcome {
    bool is_ok;                 /* call.responded, or `result` */
    const struct json *output;  /* ok: what came; NULL when absent */
    struct slice code;          /* error: its code */
    bool is_retryable;          /* error: whether it says so */
    const struct json *details; /* error: NULL when absent */
    struct slice message;       /* error: for people; never compared */
};

/* One call on the scene's first connection, with a stream of its own and FIN,
 * from beginning to end. With CALLER_BOTH both sides make it at the same time,
 * and the two must end alike. */
const struct ask_outcome *ask(struct scene *s, const char *operation,
                              const char *input);

/* The same from one side: we call them, or they call us. */
const struct ask_outcome *ask_them(struct conn *c, const char *operation,
                                   const char *input);
const struct ask_outcome *ask_us(struct conn *c, const char *operation,
                                 const char *input);

/* --- we call */

/* The payload of a call.requested, and its whole frame. `more` is further
 * JSON members of the payload ("\"auth_token\":\"…\""), or empty. */
const char *ask_payload(struct scene *s, const char *operation,
                        const char *input, const char *more);
struct slice ask_frame(struct scene *s, const char *id, const char *operation,
                       const char *input);

/* Sends the request of a new id on a new stream, FIN behind it; the id. */
const char *ask_send(struct conn *c, const char *operation, const char *input,
                     const char *more);

/* The same on a stream that is there, without FIN. */
const char *ask_send_on(struct stream *st, const char *operation,
                        const char *input, const char *more);

/* The answer to a request of ours, waited for, on whatever stream of the
 * connection it comes: answers are told apart by id. call.responded is ok,
 * call.error is not, and anything else with that id fails the case. */
const struct ask_outcome *ask_answer(struct conn *c, const char *id);

/* --- they call */

/* The testee begins a call (verb `call`); `more` is further members of the
 * verb. Our word for it, for ask_result(). */
const char *ask_begin(struct conn *c, const char *operation, const char *input,
                      const char *more);

/* The request that comes of it: the next call.requested on any stream that the
 * testee opened, waited for. */
struct ask_request {
    struct stream *stream;            /* where it came, and where answers go */
    const char *id;                   /* on the wire */
    struct slice operation;           /* as sent */
    const char *name;                 /* the same without one leading slash */
    const struct json *input;         /* NULL when absent */
    const struct json *payload;       /* all of it */
    const struct json *forwarded_for; /* of it; NULL when absent */
};
const struct ask_request *ask_take(struct conn *c);

/* The same, and it must be for that operation; and from whichever connection
 * one comes first (ask_conn tells which). */
const struct ask_request *ask_take_of(struct conn *c, const char *operation);
const struct ask_request *ask_take_anywhere(struct scene *s);
struct conn *ask_conn(const struct ask_request *r);

/* True when one is there that was not taken; nothing is waited for. */
bool ask_is_called(struct conn *c);

/* We answer it: with an output, or with an error (details NULL: none). The
 * stream is finished behind it. */
void ask_respond(const struct ask_request *r, const char *output);
void ask_fail(const struct ask_request *r, const char *code, bool is_retryable,
              const char *details);

/* The same as the behaviour of that name does: conf/echo, conf/fail, conf/sink,
 * conf/source (all its items, as fast as the testee takes them; there is no
 * `tag`) and conf/callback, which serves what comes until it is answered.
 * Anything else is NOT_FOUND. */
void ask_serve(const struct ask_request *r);

/* How the testee says its call ended: waits for `result` or `error`; an `end`
 * instead fails the case (sub_ended() takes any). */
const struct ask_outcome *ask_result(struct scene *s, const char *call);

/* True when it has ended already, with `result`, `error` or `end`. */
bool ask_has_result(struct scene *s, const char *call);

#endif
