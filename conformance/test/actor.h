/* SPDX-License-Identifier: MIT */
/*
 * A testee that says what stands in a script, for tests of the judge's own
 * functions at L1: to a verb it answers with the next line of that verb, and to
 * one that is not in the script with nothing at all but `ok`.
 */
#ifndef CONFORMANCE_TEST_ACTOR_H
#define CONFORMANCE_TEST_ACTOR_H

#include <stdio.h>
#include <stdlib.h>

#include "conformance/json_out.h"
#include "conformance/play.h"
#include "conformance/raw.h"

#define ACTOR_CONN "\"conn\":\"us-1\""
#define ACTOR_SEED 1
#define ACTOR_LINES_MAX 64
#define ACTOR_ID_1 "us-0000000000000001-1" /* the first id of a scene */

struct actor_line {
    const char *op;      /* the verb, the nth of that name for the nth line */
    const char *events;  /* JSON objects with commas between, or NULL */
    const char *type;    /* a frame on `stream`; NULL: none */
    const char *id;      /* its id */
    const char *payload; /* its payload */
    int stream;          /* where it goes */
    const char *conn;    /* likewise; NULL: us-1 */
    const char *before;  /* a line before the answer; NULL: none */
};

/* Everything there is to be declared, but no `stats`: nothing is weighed. */
static void actor_put_hello(struct json_out *out)
{
    json_out_raw(out, "contract", slice_of("[1,1]"));
    json_out_raw(out, "levels", slice_of("[\"L1\"]"));
    json_out_raw(out, "profiles", slice_of("[\"remote-safe\"]"));
    json_out_text(out, "name", slice_of("actor"));
    json_out_text(out, "version", slice_of("1"));
    json_out_text(out, "language", slice_of("C"));
    json_out_text(out, "runtime", slice_of("none"));
    json_out_raw(out, "capabilities",
                 slice_of("[\"serve\",\"call\",\"callback\",\"subscriptions\","
                          "\"abort\",\"compose\",\"deadlines\",\"panic\","
                          "\"import\",\"list_peers\",\"ownership\","
                          "\"api_keys\",\"reload\"]"));
}

static void actor_put_frame(struct json_out *out, const struct actor_line *line)
{
    struct buf frame;

    buf_init(&frame, RAW_BODY_MAX);
    raw_put(&frame, slice_of(line->type), slice_of(line->id),
            slice_of(line->payload));
    json_out_object(out, NULL);
    json_out_text(out, "ev", slice_of("stream_data"));
    json_out_text(out, "conn", slice_of(line->conn ? line->conn : "us-1"));
    json_out_u64(out, "stream", (uint64_t)line->stream);
    json_out_hex(out, "hex", buf_slice(&frame));
    json_out_bool(out, "fin", false);
    json_out_end(out);
    buf_clear(&frame);
}

static void actor_put_line(struct json_out *out, const struct actor_line *line)
{
    json_out_array(out, "out");
    if (line && line->events)
        json_out_raw(out, NULL, slice_of(line->events));
    if (line && line->type)
        actor_put_frame(out, line);
    json_out_end(out);
    json_out_null(out, "next");
}

/* The line for this verb, which is then used up. Whom nothing is written for
 * opens a connection all the same, the first one. */
static const struct actor_line *actor_find(const struct actor_line *script,
                                           bool *used, const struct json *op)
{
    static const struct actor_line opening = {
        .op = "open_conn",
        .events =
            "{\"ev\":\"conn_open\"," ACTOR_CONN ",\"peer_identity\":null}"};

    for (size_t i = 0; script[i].op; i++) {
        if (!used[i] && json_is_text(op, script[i].op)) {
            used[i] = true;
            return &script[i];
        }
    }
    return json_is_text(op, "open_conn") ? &opening : NULL;
}

static void actor_answer(const struct actor_line *script, bool *used,
                         const struct json *verb)
{
    const struct json *op = json_find(verb, "op");
    const struct actor_line *line = NULL;
    struct json_out out;
    uint64_t seq = 0;
    struct buf b;

    (void)json_get_u64(json_find(verb, "seq"), &seq);
    buf_init(&b, RAW_BODY_MAX);
    json_out_begin(&out, &b);
    json_out_u64(&out, "seq", seq);
    json_out_bool(&out, "ok", true);
    if (json_is_text(op, "hello"))
        actor_put_hello(&out);
    else
        actor_put_line(&out, line = actor_find(script, used, op));
    json_out_end(&out);
    if (line && line->before)
        (void)printf("%s\n", line->before);
    (void)printf("%.*s\n", (int)b.len, (const char *)b.data);
    (void)fflush(stdout);
    buf_clear(&b);
}

/* The part (struct driver_program): `self` is the script, and behind its last
 * line one whose `op` is NULL. */
static int actor_play(const void *self)
{
    bool used[ACTOR_LINES_MAX] = {false};
    const struct json *verb = NULL;
    struct arena arena;
    bool goes_on = true;
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    arena_init(&arena);
    while (goes_on && (len = getline(&line, &room, stdin)) > 0) {
        goes_on = json_parse(&arena, slice_make(line, (size_t)len),
                             JSON_DEPTH_MAX, &verb, NULL);
        if (goes_on)
            actor_answer(self, used, verb);
        goes_on = goes_on && !json_is_text(json_find(verb, "op"), "quit");
    }
    arena_clear(&arena);
    free(line);
    return 0;
}

struct actor_house {
    struct testee testee;
    struct conf_case act;
    struct instance instance;
    struct scene scene;
};

/* Plays the body against the script; what came of it stays until actor_end().
 */
static void actor_run(struct actor_house *h, const struct actor_line *script,
                      void (*body)(struct scene *s))
{
    const struct driver_program program = {.play = actor_play, .self = script};
    struct failure failure;

    if (!testee_start(&h->testee, &program, LVL_L1, ACTOR_SEED, 5000000000ull,
                      &failure))
        fail_msg("%s", failure.sentence);
    h->act = (struct conf_case){
        .id = "a.b.c", .rules = "", .claim = "It is so.", .run = body};
    h->instance = (struct instance){
        .of = &h->act,
        .axes = {DIAL_US, CALLER_US, LVL_L1, PROFILE_REMOTE_SAFE},
        .name = "a.b.c"};
    scene_run(&h->scene, &h->instance, &h->testee, ACTOR_SEED);
}

static void actor_end(struct actor_house *h)
{
    scene_end(&h->scene);
    (void)testee_end(&h->testee);
}

/* --- what came of it */

/* The judge has said this. */
static bool actor_heard(const struct scene *s, const char *text)
{
    for (const struct transcript_line *l = s->transcript.first; l;
         l = l->next) {
        if (l->is_ours && slice_find(l->text, slice_of(text)) < l->text.len)
            return true;
    }
    return false;
}

/* The body passes, and the judge has said this, unless NULL. */
static inline void actor_passes(const struct actor_line *script,
                                void (*body)(struct scene *s), const char *said)
{
    struct actor_house h;

    actor_run(&h, script, body);
    if (h.scene.outcome.verdict != VERDICT_PASS)
        fail_msg("expected: %s, observed: %s", h.scene.outcome.expected,
                 h.scene.outcome.observed);
    if (said && !actor_heard(&h.scene, said))
        fail_msg("never said: %s", said);
    actor_end(&h);
}

/* It fails, with this for what was expected, and that for what was observed. */
static inline void actor_fails(const struct actor_line *script,
                               void (*body)(struct scene *s),
                               const char *expected, const char *observed)
{
    struct actor_house h;

    actor_run(&h, script, body);
    assert_int_equal(h.scene.outcome.verdict, VERDICT_FAIL);
    assert_string_equal(h.scene.outcome.expected, expected);
    assert_string_equal(h.scene.outcome.observed, observed);
    actor_end(&h);
}

/* What we write is hex in the verbs: the frame that must be among it. */
static inline const char *actor_frame_hex(struct arena *arena, const char *type,
                                          const char *id, const char *payload)
{
    struct buf frame;
    struct buf hex;
    const char *text;

    buf_init(&frame, RAW_BODY_MAX);
    buf_init(&hex, RAW_BODY_MAX);
    raw_put(&frame, slice_of(type), slice_of(id), slice_of(payload));
    buf_put_hex(&hex, buf_slice(&frame));
    text = arena_text(arena, "%.*s", (int)hex.len, (const char *)hex.data);
    buf_clear(&frame);
    buf_clear(&hex);
    return text;
}

#endif
