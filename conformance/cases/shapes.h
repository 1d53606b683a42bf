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

/* Nobody is held under that tag, or not any more. */
void shapes_none_held(struct scene *s, const char *tag);

/* Waits until `count` handlers of conf/hold are there; until the handler of
 * that request of ours is. */
void shapes_wait_held(struct scene *s, size_t count);
void shapes_wait_entered(struct scene *s, const char *id);

/* services/list, asked with further members of the payload or "": the list
 * that it answers; and the entry of that name in it, or NULL. */
const struct json *shapes_listing(struct conn *c, const char *more);
const struct json *shapes_listed(const struct json *list, const char *name);

/* The peer book has one peer, `peer-a`, with our key A and these scopes; then
 * the connection on which we are that peer. */
void shapes_peer_a(struct scene *s, const char *scopes);
struct conn *shapes_open_a(struct scene *s);

/* Members of a request or of a verb: with that token. */
const char *shapes_with_token(struct scene *s, const char *token);

/* The handler of a request there, with further members of its payload or "", is
 * told that identity: {"id","scopes"} or null, JSON. */
void shapes_verify_told(struct conn *c, const char *more, const char *identity);

/* A call that is held while something is done to others, and is answered
 * afterwards as if nothing had been; its id. */
const char *shapes_begin_bystander(struct conn *c);
void shapes_verify_bystander(struct conn *c, const char *id);

/* Lets a conf/source of ours that waits under the tag `t` give its item i. */
void shapes_give_item(struct conn *c, const char *id, size_t i);

/* A conf/source of so many items, three megabytes, of which we take none: it
 * stalls until stream_go_on(). Its id. */
enum { SHAPES_STALLED = 300 };
const char *shapes_stall(struct stream *st);

/* Takes the items of that id that were under way, and nothing else, until no
 * more come; how many that were. */
size_t shapes_take_rest(struct stream *st, const char *id);

/* An input of conf/compose: what it is to compose, and further members such as
 * ",\"policy\":…" or "". The same so many deep, the innermost composing that
 * operation. */
const char *shapes_compose(struct scene *s, const char *operation,
                           const char *input, const char *more);
const char *shapes_nest(struct scene *s, size_t depth, const char *operation,
                        const char *input);

#endif
