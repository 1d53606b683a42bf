/* SPDX-License-Identifier: MIT */
/*
 * Handlers that break down, as one does that has a bug: what their callers are
 * told, and that nobody else notices.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list breakdowns_cases;

/* How the caller of that request learns of it: an error, which is INTERNAL, or
 * the end of the stream and no frame. */
static const char *learn(struct stream *st, const char *id)
{
    struct scene *s = conn_scene(stream_conn(st));
    const struct stream_frame *f;

    scene_settle(s);
    f = stream_poll(st);
    if (!f) {
        verify_that(s, stream_has_fin(st) || stream_was_reset(st),
                    "an error or the end of the stream", "nothing");
        return "end-of-stream";
    }
    verify_frame(s, f, "call.error", id, NULL);
    verify_same(s, "the code", json_find(f->payload, "code"), "\"INTERNAL\"");
    verify_same(s, "retryable", json_find(f->payload, "retryable"), "false");
    return "internal";
}

static const char *break_down(struct conn *c, const char *operation,
                              const char *input)
{
    struct scene *s = conn_scene(c);
    struct stream *st = stream_open(c);
    const char *id = scene_id(s);
    const char *how;

    stream_send_fin(st, ask_frame(s, id, operation, input));
    how = learn(st, id);
    verify_silence(st);
    return how;
}

static void is_told(struct scene *s)
{
    struct conn *c = scene_conn(s);

    scene_choice(s, "handler-broke-down", break_down(c, "conf/panic", "{}"));
    verify_entered(s, "conf/panic", 1);
    verify_open(c);
    verify_alive(c);
}

static void again_and_again(struct scene *s)
{
    enum { COUNT = 50 };
    static const char *const inputs[] = {"null", "{\"n\":[1]}", "\"text\"",
                                         "[]"};
    struct conn *c = scene_conn(s);
    const char *first = NULL;

    for (size_t i = 0; i < COUNT; i++) {
        const char *how = break_down(c, "conf/panic", inputs[i % 4]);

        if (!first)
            first = how;
        verify_that(s, strcmp(how, first) == 0, first, "%s", how);
    }
    verify_entered(s, "conf/panic", COUNT);
    verify_alive(c);
}

/* Calls on other streams, in both directions, that wait all the while. */
static void costs_nobody_else(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *held = ask_send(c, "conf/hold", "{\"tag\":\"t\"}", "");
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);

    shapes_wait_held(s, 1);
    (void)break_down(c, "conf/panic", "1");
    verify_that(s, !ask_has_result(s, call), "the other call still waiting",
                "it has ended");
    verify_conn_silence(c);
    ask_serve(r);
    verify_output(s, ask_result(s, call), "1");
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, held), "{\"tag\":\"t\"}");
    verify_alive(c);
}

/* The engine looks for the secret in all that comes. */
static void gives_nothing_away(struct scene *s)
{
    stage_register(s, "conf/frail", "conf/panic",
                   scene_text(s,
                              "\"remote_safe\":true,"
                              "\"capabilities\":{\"upstream\":\"%s\"}",
                              stage_secret(s, "frail")));
    (void)break_down(scene_conn(s), "conf/frail", "1");
    verify_alive(scene_conn(s));
}

static void under_composition(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const struct ask_outcome *o = ask_them(
        c, "conf/compose", "{\"operation\":\"conf/panic\",\"input\":{}}");

    shapes_told_error(s, o, "INTERNAL", false);
    verify_entered(s, "conf/panic", 1);
    verify_entered(s, "conf/compose", 1);
    verify_alive(c);
}

#define NEGATIVE .twin = "calls.query.echo", .is_negative = true

static const struct conf_case cases[] = {
    {
        .id = "breakdown.call.is-told",
        .rules = "HF-2 HF-4 OC-8",
        .claim = "The caller of a handler that breaks down is told INTERNAL, "
                 "or sees its stream end; the connection lives.",
        .needs = "panic",
        NEGATIVE,
        .run = is_told,
    },
    {
        .id = "breakdown.call.again-and-again",
        .rules = "HF-4 OC-8",
        .claim = "Fifty handlers that break down one after the other are told "
                 "of alike, and the connection lives.",
        .needs = "panic",
        NEGATIVE,
        .run = again_and_again,
    },
    {
        .id = "breakdown.call.costs-nobody-else",
        .rules = "HF-4 CN-6",
        .claim = "A handler that breaks down leaves all calls on other streams "
                 "alone.",
        .needs = "panic hold call",
        NEGATIVE,
        .run = costs_nobody_else,
    },
    {
        .id = "breakdown.call.gives-nothing-away",
        .rules = "HF-5 HF-4 FR-14",
        .claim = "What is told of a handler that broke down has no secret of "
                 "it.",
        .needs = "panic",
        NEGATIVE,
        .run = gives_nothing_away,
    },
    {
        .id = "breakdown.composed.is-told",
        .rules = "HF-4 OC-8 EC-2",
        .claim = "A handler learns of a composed call that broke down as "
                 "INTERNAL, and goes on.",
        .needs = "panic compose",
        NEGATIVE,
        .run = under_composition,
    },
};

const struct case_list breakdowns_cases = {cases,
                                           sizeof cases / sizeof cases[0]};
