/* SPDX-License-Identifier: MIT */
/*
 * What the sections about subscriptions do alike: a sequence is the items
 * {"i":0}, {"i":1} … that conf/source gives, each with a member `data` of so
 * many bytes where a size was asked for, whichever side has the source.
 */
#ifndef CONFORMANCE_CASES_SEQUENCES_H
#define CONFORMANCE_CASES_SEQUENCES_H

#include "conformance/cases/shapes.h"

#define SEQUENCES_ERROR                                                        \
    "\"error\":{\"code\":\"CONF_DRY\",\"message\":\"m\",\"retryable\":true,"   \
    "\"details\":{\"left\":[0,null]}}"
#define SEQUENCES_DETAILS "{\"left\":[0,null]}"

/* The input of conf/source: so many items, and further members of it, or "". */
const char *sequences_input(struct scene *s, size_t items, const char *more);

/* --- we subscribe */

/* The next items with that id are those from `from` on, with that much data. */
void sequences_take(struct conn *c, const char *id, size_t from, size_t count,
                    size_t size);

/* It fails as SEQUENCES_ERROR says. */
void sequences_take_error(struct conn *c, const char *id);

/* Each of so many that wait under the tag goes on by one step. */
void sequences_step(struct scene *s, const char *tag, size_t held);

/* --- they subscribe */

/* A subscription of the testee's at our conf/source, and its request. */
struct sequence {
    const char *sub;                   /* our word for it */
    const struct ask_request *request; /* what came of it */
};
struct sequence sequences_begin(struct conn *c, const char *more);

/* We give the items from `from` on, on the stream of the request. */
void sequences_give(const struct sequence *q, size_t from, size_t count);

/* The testee's consumer was given exactly so many items, in order. */
void sequences_received(struct scene *s, const char *sub, size_t count,
                        size_t size);

/* How the testee says that it ended, once: complete; or with an error. */
void sequences_completed(struct scene *s, const char *sub);
const struct ask_outcome *sequences_failed(struct scene *s, const char *sub,
                                           const char *code, bool is_retryable);

/* What happened must end it by itself: it has two seconds for it. */
void sequences_soon(struct scene *s, const char *sub);

/* It has not ended. */
void sequences_goes_on(struct scene *s, const char *sub);

#endif
