/* SPDX-License-Identifier: MIT */
/*
 * The scene itself, as the body of a case sees it: what it is about, texts that
 * live as long as it, verbs, events, and time.
 */
#ifndef CONFORMANCE_BODY_H
#define CONFORMANCE_BODY_H

#include "conformance/case.h"
#include "conformance/json.h"

struct scene;

/* The instance's axes: one value each, as in case.h. */
struct case_axes scene_axes(const struct scene *s);

/* The case's own data. */
const void *scene_data(const struct scene *s);

/* Where everything lives until the scene is over. */
struct arena *scene_arena(struct scene *s);

/* A fresh request id of ours, from the run's seed. */
const char *scene_id(struct scene *s);

/* Formatted text from the arena; bytes as a C string; JSON text as a tree (an
 * error in it is the harness's own fault). */
__attribute__((format(printf, 2, 3))) const char *
scene_text(struct scene *s, const char *format, ...);
const char *scene_string(struct scene *s, struct slice bytes);
const struct json *scene_json(struct scene *s, const char *text);

/* True when the testee has declared the capability. */
bool scene_can(const struct scene *s, const char *capability);

/* The largest frame body that the testee says it takes; 0: it says nothing. */
uint64_t scene_frame_max(const struct scene *s);

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
