/* SPDX-License-Identifier: MIT */
/*
 * What the bodies of several sections do alike: bytes that no honest peer
 * writes, calls that end without our answer, and what is held back. A shape
 * that only one section needs stays in that section.
 */
#ifndef CONFORMANCE_CASES_SHAPES_H
#define CONFORMANCE_CASES_SHAPES_H

#include "conformance/scene.h"

#define SHAPES_MS 1000000ull
#define SHAPES_S (1000 * SHAPES_MS)

/* Two pieces of bytes as one. */
struct slice shapes_join(struct scene *s, struct slice a, struct slice b);

/* A frame around any body; one whose prefix says `len` whatever it has. */
struct slice shapes_frame(struct scene *s, struct slice body);
struct slice shapes_lie(struct scene *s, uint32_t len, struct slice body);

/* The bytes as a C string; so many times the same character, in quotes. */
const char *shapes_text(struct scene *s, struct slice bytes);
const char *shapes_string(struct scene *s, size_t len);

/* A body out of a pattern, for either side: as a request of `id` where we
 * call, as the answer to it where they do. @T is the type, @I the id, @E the
 * same with each character escaped, @P the payload and @M its members; types,
 * ids and payloads are whole JSON values. Both sides say {"n":1}. */
struct slice shapes_body(struct scene *s, const char *pattern, const char *id,
                         const char *operation);

/* How the testee's call ends by itself: it has two seconds for it. */
const struct ask_outcome *shapes_ended_soon(struct scene *s, const char *call);

/* [FL-8, FL-12] What is refused: as a request it gets no answer and nothing
 * behind it is looked at; as an answer it fails the call; nothing else is
 * harmed. The bytes come from `make` for the side that the axis names. */
typedef struct slice shapes_make(struct scene *s, const char *id);
void shapes_refused(struct scene *s, shapes_make *make);

/* A call or subscription of the testee's has ended once, and no more. */
void shapes_ended_once(struct scene *s, const char *call);

/* conf/callback and conf/compose say that what they called failed with that
 * error. */
void shapes_told_error(struct scene *s, const struct ask_outcome *o,
                       const char *code, bool is_retryable);

/* Releases a tag under which exactly so many are held. */
void shapes_release(struct scene *s, const char *tag, size_t held);

/* Waits until `count` handlers of conf/hold are there. */
void shapes_wait_held(struct scene *s, size_t count);

/* services/list, asked with further members of the payload or "": the list
 * that it answers; and the entry of that name in it, or NULL. */
const struct json *shapes_listing(struct conn *c, const char *more);
const struct json *shapes_listed(const struct json *list, const char *name);

/* The peer book has one peer, `peer-a`, with our key A and these scopes; then
 * the connection on which we are that peer. */
void shapes_peer_a(struct scene *s, const char *scopes);
struct conn *shapes_open_a(struct scene *s);

#endif
