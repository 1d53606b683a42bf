/* SPDX-License-Identifier: MIT */
/*
 * What the body of a case can do. One body serves streams in virtual time (L1)
 * and real QUIC (L2), whoever dialled; it reads like the requirement:
 *
 *     static void byte_by_byte(struct scene *s)
 *     {
 *         struct stream *st = stream_open(scene_conn(s));
 *         const char *id = scene_id(s);
 *         struct slice frame = ask_frame(s, id, "conf/echo", "{\"n\":1}");
 *
 *         for (size_t i = 0; i < frame.len; i++)
 *             stream_send(st, slice_make(frame.data + i, 1));
 *         verify_output(s, ask_answer(scene_conn(s), id), "{\"n\":1}");
 *     }
 *
 * The parts, each in its own header:
 *
 *     stage.h   what the testee knows: peers, operations, timeouts, secrets
 *     conn.h    connections
 *     stream.h  streams of bytes and frames
 *     ask.h     whole calls in either direction
 *     verify.h  the checks
 *
 * A check that does not hold ends the body at once, by a jump out of it: never
 * keep anything that has to be given back. All memory comes from the scene's
 * arena (scene_arena), so there is nothing to give back. What the body
 * leaves open is cleaned up, and then every scene must end in balance: no call
 * pending, none being served, once we have gone no stream and no byte held for
 * us, and no secret seen anywhere.
 *
 * Nothing here sleeps. At L1 a verb's answer says all that happens without
 * more input, so waiting for what does not come fails at once; at L2 waiting
 * is bounded.
 */
#ifndef CONFORMANCE_SCENE_H
#define CONFORMANCE_SCENE_H

#include "conformance/ask.h"
#include "conformance/case.h"
#include "conformance/conn.h"
#include "conformance/json.h"
#include "conformance/raw.h"
#include "conformance/stage.h"
#include "conformance/stream.h"
#include "conformance/verify.h"

/* The instance's axes: one value each, as in case.h. */
struct case_axes scene_axes(const struct scene *s);

/* The case's own data. */
const void *scene_data(const struct scene *s);

/* Where everything lives until the scene is over. */
struct arena *scene_arena(struct scene *s);

/* A fresh request id of ours, from the run's seed. */
const char *scene_id(struct scene *s);

/* Formatted text from the arena; JSON text as a tree (an error in it is the
 * harness's own fault). */
__attribute__((format(printf, 2, 3))) const char *
scene_text(struct scene *s, const char *format, ...);
const struct json *scene_json(struct scene *s, const char *text);

/* The first connection, opened when it is first asked for: in the direction
 * of the axis, nobody's key shown, not trusted. */
struct conn *scene_conn(struct scene *s);

/* True when the testee has declared the capability. */
bool scene_can(const struct scene *s, const char *capability);

/* The case cannot be asked of this testee after all: ends the body as not
 * applicable. For what only the run can tell. */
_Noreturn void scene_not_applicable(struct scene *s, const char *why);

/* Records which of the behaviours left open was seen: `name` is the question,
 * `taken` the answer, both slugs. */
void scene_choice(struct scene *s, const char *name, const char *taken);

/* Waits until the testee has done all it can do: everything we sent has
 * arrived and is processed, every handler that runs is a held one, and what
 * came of it has reached us. */
void scene_settle(struct scene *s);

/* Any verb, for what has no function here: `members` is JSON members without
 * braces ("\"tag\":\"t\""), or empty. Its answer; a refusal fails the case. */
const struct json *scene_verb(struct scene *s, const char *op,
                              const char *members);

/* The same, and a `fail` is an answer like any other. */
const struct json *scene_try_verb(struct scene *s, const char *op,
                                  const char *members);

/* An event that was reported, or NULL: the `nth` from 0 of that kind (see
 * CONTRACT.md, 6.1) whose member `key` is the text `value`; a NULL key matches
 * any. scene_wait_event() waits for it, and fails the case if it never
 * comes. Streams are not events here. */
const struct json *scene_find_event(struct scene *s, const char *ev,
                                    const char *key, const char *value,
                                    size_t nth);
const struct json *scene_wait_event(struct scene *s, const char *ev,
                                    const char *key, const char *value,
                                    size_t nth);

/* How many such events there have been so far. */
size_t scene_count_events(struct scene *s, const char *ev, const char *key,
                          const char *value);

/* L1 only: virtual time. scene_now_ns() is what it is, scene_advance() lets
 * so much pass, scene_next() is when the testee alone would act, or NEVER.
 * On another level they are the harness's own fault: restrict the axis. */
uint64_t scene_now_ns(const struct scene *s);
void scene_advance(struct scene *s, uint64_t by_ns);
uint64_t scene_next_ns(struct scene *s);

#endif
