/* SPDX-License-Identifier: MIT */
/*
 * The checks. Each is a step: it has a number, and when it does not hold it
 * says what was expected and what was observed, and the body is over.
 */
#ifndef CONFORMANCE_VERIFY_H
#define CONFORMANCE_VERIFY_H

#include "conformance/ask.h"

/* Anything else: what was expected, as a noun phrase, and what was observed
 * instead, which is only made when it is wanted. */
__attribute__((format(printf, 4, 5))) void
verify_that(struct scene *s, bool holds, const char *expected,
            const char *observed, ...);

/* The call succeeded, with that output. */
void verify_output(struct scene *s, const struct ask_outcome *o,
                   const char *json);

/* It failed with that code; `is_retryable` as said. */
void verify_error(struct scene *s, const struct ask_outcome *o,
                  const char *code, bool is_retryable);

/* An error's details: that value, or none when NULL. */
void verify_details(struct scene *s, const struct ask_outcome *o,
                    const char *json);

/* Two values are equal; `what` is a noun phrase. */
void verify_same(struct scene *s, const char *what, const struct json *got,
                 const char *json);

/* A frame is of that type, with that id and (unless NULL) that payload. */
void verify_frame(struct scene *s, const struct stream_frame *f,
                  const char *type, const char *id, const char *payload);

/* The witness: after settling, the operation's handler was entered so often
 * since the scene began; by the events and, where there is `stats`, by it. Of a
 * node that reports nothing only conf/count can tell; what else is asked of its
 * witness is left out, and a case in which nothing else was proven does not
 * apply. */
void verify_entered(struct scene *s, const char *operation, size_t times);

/* The other witness: after settling, so many handlers of that operation were
 * told to stop since the scene began. */
void verify_stopped(struct scene *s, const char *operation, size_t times);

/* After settling, nothing came that was not taken: on the stream, or anywhere
 * on the connection. A FIN or a reset is no frame. At L1 this is proven, time
 * that would pass within a second included; at L2 by the fence (without one it
 * is not applicable). Of a node that has none it is bounded: a later request on
 * the same connection was answered before anything else came. */
void verify_silence(struct stream *st);
void verify_conn_silence(struct conn *c);

/* The liveness probe behind every negative: a conf/echo answers on that
 * connection (we call, or they do, as the axis has it), and on a new one. */
void verify_alive(struct conn *c);

/* The connection stayed open. */
void verify_open(struct conn *c);

#endif
