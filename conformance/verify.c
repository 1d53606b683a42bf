/* SPDX-License-Identifier: MIT */
/* The checks: a step each, and two sentences when it does not hold. */
#include "conformance/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/conn.h"
#include "conformance/json_out.h"

#define SECOND 1000000000ull
#define SHOWN_MAX 300
#define TURNS_MAX 1000u /* of a testee that never rests */

static const char *shown(struct scene *s, struct slice text)
{
    bool is_cut = text.len > SHOWN_MAX;
    int len = is_cut ? SHOWN_MAX : (int)text.len;

    return scene_text(s, "%.*s%s", len, len ? (const char *)text.data : "",
                      is_cut ? " …" : "");
}

static const char *shown_value(struct scene *s, const struct json *v)
{
    return v ? shown(s, v->source) : "nothing";
}

static const char *shown_outcome(struct scene *s, const struct ask_outcome *o)
{
    if (o->is_ok)
        return scene_text(s, "output %s", shown_value(s, o->output));
    return scene_text(s, "error %s, %sretryable", shown(s, o->code),
                      o->is_retryable ? "" : "not ");
}

void verify_that(struct scene *s, bool holds, const char *expected,
                 const char *observed, ...)
{
    char text[512];
    va_list args;

    scene_step(s);
    va_start(args, observed);
    (void)vsnprintf(text, sizeof text, observed, args);
    va_end(args);
    scene_require(s, holds, expected, scene_text(s, "%s", text));
}

void verify_output(struct scene *s, const struct ask_outcome *o,
                   const char *json)
{
    const struct json *wanted = scene_json(s, json);

    scene_step(s);
    if (!o->is_ok)
        s->outcome.code = shown(s, o->code);
    scene_require(s, o->is_ok && json_same(o->output, wanted),
                  scene_text(s, "output %s", shown(s, slice_of(json))),
                  shown_outcome(s, o));
}

void verify_error(struct scene *s, const struct ask_outcome *o,
                  const char *code, bool is_retryable)
{
    scene_step(s);
    s->outcome.code = o->is_ok ? "ok" : shown(s, o->code);
    scene_require(s,
                  !o->is_ok && slice_equal(o->code, slice_of(code)) &&
                      o->is_retryable == is_retryable,
                  scene_text(s, "error %s, %sretryable", code,
                             is_retryable ? "" : "not "),
                  shown_outcome(s, o));
}

void verify_details(struct scene *s, const struct ask_outcome *o,
                    const char *json)
{
    const struct json *wanted = json ? scene_json(s, json) : NULL;
    bool holds = wanted ? json_same(o->details, wanted) : o->details == NULL;

    scene_step(s);
    scene_require(s, holds, scene_text(s, "details: %s", json ? json : "none"),
                  scene_text(s, "details: %s", shown_value(s, o->details)));
}

void verify_same(struct scene *s, const char *what, const struct json *got,
                 const char *json)
{
    scene_step(s);
    scene_require(s, json_same(got, scene_json(s, json)),
                  scene_text(s, "%s: %s", what, shown(s, slice_of(json))),
                  scene_text(s, "%s: %s", what, shown_value(s, got)));
}

void verify_frame(struct scene *s, const struct stream_frame *f,
                  const char *type, const char *id, const char *payload)
{
    bool holds = slice_equal(f->raw.type, slice_of(type)) &&
                 slice_equal(f->raw.id, slice_of(id)) &&
                 (!payload || json_same(f->payload, scene_json(s, payload)));

    scene_step(s);
    scene_require(
        s, holds,
        scene_text(s, "%s of %s %s", type, id, payload ? payload : ""),
        shown(s, f->raw.body));
}

/* --- the witness */

static const char *how_often(struct scene *s, uint64_t times)
{
    return times == 0   ? "not at all"
           : times == 1 ? "once"
                        : scene_text(s, "%" PRIu64 " times", times);
}

/* Nobody reports who entered a handler. conf/count knows about itself; what
 * else was to be witnessed is left out, and the pass says so. */
static void entered_by_count(struct scene *s, const char *operation,
                             size_t times)
{
    uint64_t counted;

    if (strcmp(operation, "conf/count") != 0 || !ask_counted(s, &counted)) {
        s->outcome.reserve = "the witness of its handler was left out";
        return;
    }
    scene_require(s, counted == times,
                  scene_text(s, "a key counted %s", how_often(s, times)),
                  scene_text(s, "counted %s", how_often(s, counted)));
}

void verify_entered(struct scene *s, const char *operation, size_t times)
{
    size_t seen;
    uint64_t counted = times;

    scene_settle(s);
    scene_step(s);
    if (scene_lacks(s, "witness")) {
        entered_by_count(s, operation, times);
        return;
    }
    seen = scene_count_events(s, "handler_entered", "operation", operation);
    scene_require(s, seen == times,
                  scene_text(s, "the handler of %s entered %s", operation,
                             how_often(s, times)),
                  scene_text(s, "entered %s", how_often(s, seen)));
    if (!scene_can(s, "stats"))
        return;
    counted = 0;
    (void)json_get_u64(
        json_find(json_find(scene_verb(s, "stats", ""), "runs"), operation),
        &counted);
    scene_require(s, counted == times,
                  scene_text(s, "%zu runs of %s counted", times, operation),
                  scene_text(s, "%" PRIu64 " counted", counted));
}

void verify_stopped(struct scene *s, const char *operation, size_t times)
{
    size_t seen;

    scene_settle(s);
    scene_step(s);
    seen = scene_count_events(s, "handler_stopped", "operation", operation);
    scene_require(s, seen == times,
                  scene_text(s, "the handler of %s stopped %s", operation,
                             how_often(s, times)),
                  scene_text(s, "stopped %s", how_often(s, seen)));
}

/* --- silence and life */

/* Time that would make the testee act within a second is let pass. */
static void let_time_pass(struct scene *s)
{
    uint64_t until = s->now_ns + SECOND;

    if (s->instance->axes.lvl != LVL_L1)
        return;
    for (unsigned turns = 0; s->next_ns <= until; turns++) {
        scene_require(s, turns < TURNS_MAX, "a testee that comes to rest",
                      "it wants to act again and again");
        scene_advance(s, s->next_ns > s->now_ns ? s->next_ns - s->now_ns : 1);
    }
}

static void be_quiet(struct conn *c)
{
    struct scene *s = c->scene;

    if (s->instance->axes.lvl == LVL_L2 && !scene_can(s, "fence") &&
        !scene_lacks(s, "absence"))
        scene_not_applicable(s, "silence at L2 needs the fence");
    scene_settle(s);
    let_time_pass(s);
    scene_step(s);
}

void verify_silence(struct stream *st)
{
    struct scene *s = st->conn->scene;
    const struct stream_frame *f;

    be_quiet(st->conn);
    f = stream_poll(st);
    scene_require(s, !f, "no frame on the stream",
                  f ? shown(s, f->raw.body) : "none");
}

void verify_conn_silence(struct conn *c)
{
    struct scene *s = c->scene;

    be_quiet(c);
    for (struct stream *st = c->streams; st; st = st->next) {
        const struct stream_frame *f = stream_poll(st);

        scene_require(s, !f, "no frame on the connection",
                      f ? shown(s, f->raw.body) : "none");
    }
}

/* Life proves nothing of what a case claims. */
static void probe(struct conn *c)
{
    struct scene *s = c->scene;
    unsigned proofs = s->proofs;
    const char *text = scene_text(s, "\"alive %u\"", s->outcome.step);
    bool they_call = s->instance->axes.caller == CALLER_THEM;

    verify_output(s,
                  they_call ? ask_us(c, "conf/echo", text)
                            : ask_them(c, "conf/echo", text),
                  text);
    s->proofs = proofs;
}

void verify_alive(struct conn *c)
{
    struct scene *s = c->scene;
    const struct conn_how same = {.key = c->key, .dial = c->dial};

    probe(c);
    probe(conn_open(s, &same));
}

void verify_open(struct conn *c)
{
    unsigned proofs = c->scene->proofs;

    scene_settle(c->scene);
    scene_step(c->scene);
    scene_require(c->scene, !c->closed, "an open connection", "it was closed");
    c->scene->proofs = proofs;
}
