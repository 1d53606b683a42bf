/* SPDX-License-Identifier: MIT */
/*
 * Which answer belongs to which request: by id and by nothing else, the first
 * one only, in any order and on any stream.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list correlation_cases;

#define ERROR_PAYLOAD "{\"code\":\"LATE\",\"message\":\"\",\"retryable\":true}"

/* Two calls of the testee's, both of which we have read. */
struct two {
    const char *calls[2];
    const struct ask_request *requests[2];
};

static struct two two_calls(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct two two;

    for (size_t i = 0; i < 2; i++)
        two.calls[i] =
            ask_begin(c, "conf/echo", scene_text(s, "\"call %zu\"", i), "");
    for (size_t i = 0; i < 2; i++)
        two.requests[i] = ask_take(c);
    return two;
}

/* The requests may have come in another order than the calls were made. */
static void verify_two(struct scene *s, const struct two *two)
{
    for (size_t i = 0; i < 2; i++) {
        verify_output(s, ask_result(s, two->calls[i]),
                      scene_text(s, "\"call %zu\"", i));
        shapes_ended_once(s, two->calls[i]);
    }
}

static const char *output_of(struct scene *s, const struct ask_request *r)
{
    return scene_text(s, "{\"output\":%s}", shapes_text(s, r->input->source));
}

static void streams_crossed(struct scene *s)
{
    struct two two = two_calls(s);
    const struct ask_request *const *r = two.requests;

    for (size_t i = 0; i < 2; i++)
        stream_send_frame(r[1 - i]->stream, "call.responded", r[i]->id,
                          output_of(s, r[i]));
    verify_two(s, &two);
    for (size_t i = 0; i < 2; i++)
        stream_fin(r[i]->stream);
}

static void stream_of_ours(struct scene *s)
{
    struct two two = two_calls(s);
    struct stream *st = stream_open(scene_conn(s));

    for (size_t i = 0; i < 2; i++)
        stream_send_frame(st, "call.responded", two.requests[i]->id,
                          output_of(s, two.requests[i]));
    verify_two(s, &two);
}

/* The same of errors, which are heard wherever a result would be. */
static void error_on_ours(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);
    struct stream *st = stream_open(c);

    stream_send_frame(st, "call.error", r->id,
                      "{\"code\":\"NOT_FOUND\",\"message\":\"\","
                      "\"retryable\":false}");
    verify_error(s, ask_result(s, call), "NOT_FOUND", false);
    stream_fin(r->stream);
    shapes_ended_once(s, call);
    verify_output(s, ask_them(c, "conf/echo", "2"), "2");
}

static void swapped_order(struct scene *s)
{
    struct two two = two_calls(s);

    ask_serve(two.requests[1]);
    ask_serve(two.requests[0]);
    verify_two(s, &two);
}

/* An error of one is no error of the other. */
static void one_fails(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *bad = ask_begin(c, "conf/absent", "1", "");
    const char *good = ask_begin(c, "conf/echo", "1", "");

    ask_serve(ask_take(c));
    ask_serve(ask_take(c));
    verify_error(s, ask_result(s, bad), "NOT_FOUND", false);
    verify_output(s, ask_result(s, good), "1");
}

static void unknown_id(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);

    stream_send_frame(r->stream, "call.responded", scene_id(s),
                      "{\"output\":2}");
    stream_send_frame(r->stream, "call.error", scene_text(s, "%s ", r->id),
                      ERROR_PAYLOAD);
    verify_that(s, !ask_has_result(s, call), "the call still waiting",
                "it has ended");
    ask_serve(r);
    verify_output(s, ask_result(s, call), "1");
    verify_conn_silence(c);
}

/* --- the first end counts */

struct ends {
    const char *first_type; /* with `first`, the one that counts */
    const char *first;
    const char *second_type;
    const char *second;
};

static const struct ends result_result = {"call.responded", "{\"output\":1}",
                                          "call.responded", "{\"output\":2}"};
static const struct ends result_error = {"call.responded", "{\"output\":1}",
                                         "call.error", ERROR_PAYLOAD};
static const struct ends error_result = {"call.error", ERROR_PAYLOAD,
                                         "call.responded", "{\"output\":2}"};

static void second_end(struct scene *s)
{
    const struct ends *ends = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);

    stream_send_frame(r->stream, ends->first_type, r->id, ends->first);
    stream_send_frame(r->stream, ends->second_type, r->id, ends->second);
    stream_send_frame(stream_open(c), ends->second_type, r->id, ends->second);
    if (ends->first_type[5] == 'r')
        verify_output(s, ask_result(s, call), "1");
    else
        verify_error(s, ask_result(s, call), "LATE", true);
    shapes_ended_once(s, call);
    verify_alive(c);
}

static void completed_on_a_call(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);
    bool has_ended;

    stream_send_frame(r->stream, "call.completed", r->id, "{}");
    has_ended = ask_has_result(s, call);
    scene_choice(s, "completed-on-a-call", has_ended ? "error" : "ignored");
    if (!has_ended)
        ask_fail(r, "INTERNAL", false, NULL);
    verify_that(s, !ask_result(s, call)->is_ok, "no success", "a result");
    shapes_ended_once(s, call);
    verify_alive(c);
}

/* --- ids that come again */

static void used_again(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = scene_id(s);

    for (size_t i = 0; i < 3; i++) {
        const char *input = scene_text(s, "%zu", i);

        stream_send_fin(stream_open(c), ask_frame(s, id, "conf/echo", input));
        verify_output(s, ask_answer(c, id), input);
    }
    verify_entered(s, "conf/echo", 3);
}

static void twice_at_once(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = scene_id(s);
    struct stream *st[2];
    size_t answers = 0;

    for (size_t i = 0; i < 2; i++) {
        st[i] = stream_open(c);
        stream_send_fin(st[i],
                        ask_frame(s, id, "conf/hold", "{\"tag\":\"t\"}"));
        scene_settle(s);
    }
    (void)scene_try_verb(s, "release", "\"tag\":\"t\"");
    scene_settle(s);
    for (size_t i = 0; i < 2; i++) {
        const struct stream_frame *f = stream_poll(st[i]);

        if (f)
            verify_frame(
                s, f, f->raw.type.len == 14 ? "call.responded" : "call.error",
                id, NULL);
        answers += f != NULL;
    }
    scene_choice(s, "same-id-at-once",
                 answers == 2   ? "both-answered"
                 : answers == 1 ? "one-answered"
                                : "none-answered");
    verify_alive(c);
}

static void fifty_ids(struct scene *s)
{
    enum { COUNT = 50 };
    struct conn *c = scene_conn(s);
    const char *calls[COUNT];
    const struct ask_request *r[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        calls[i] = ask_begin(c, "conf/echo", scene_text(s, "%zu", i), "");
    for (size_t i = 0; i < COUNT; i++) {
        r[i] = ask_take(c);
        for (size_t k = 0; k < i; k++)
            verify_that(s, strcmp(r[i]->id, r[k]->id) != 0,
                        "an id that no waiting request has", "%s again",
                        r[i]->id);
    }
    for (size_t i = COUNT; i-- > 0;)
        ask_serve(r[i]);
    for (size_t i = 0; i < COUNT; i++) {
        verify_output(s, ask_result(s, calls[i]), scene_text(s, "%zu", i));
        shapes_ended_once(s, calls[i]);
    }
}

/* --- the form of answers */

static void query_like_mutation(struct scene *s)
{
    struct conn *c = NULL;
    const char *id = scene_id(s);
    const char *names[2] = {"conf/echo", "conf/change"};
    const struct stream_frame *f;

    stage_register(s, "conf/change", "conf/echo",
                   "\"op_type\":\"mutation\",\"remote_safe\":true");
    c = scene_conn(s);
    for (size_t i = 0; i < 2; i++) {
        struct stream *st = stream_open(c);

        stream_send_fin(st, ask_frame(s, id, names[i], "{\"n\":1}"));
        f = stream_next(st);
        verify_frame(s, f, "call.responded", id, "{\"output\":{\"n\":1}}");
        verify_silence(st);
    }
}

static void only_known_types(struct scene *s)
{
    struct conn *c = scene_conn(s);

    verify_output(s, ask(s, "conf/echo", "1"), "1");
    verify_error(s, ask(s, "conf/absent", "1"), "NOT_FOUND", false);
    verify_error(s,
                 ask(s, "conf/fail",
                     "{\"code\":\"X\",\"message\":\"\",\"retryable\":true}"),
                 "X", true);
    verify_conn_silence(c);
}

static const struct conf_case cases[] = {
    {
        .id = "correlation.stream.crossed",
        .rules = "ID-7 SM-7",
        .claim = "Two answers that come on each other's streams reach the "
                 "calls whose ids they carry.",
        .axes = {.caller = CALLER_THEM},
        .run = streams_crossed,
    },
    {
        .id = "correlation.stream.of-the-callee",
        .rules = "SM-7 SM-13 SM-14 ID-7",
        .claim = "An answer on a stream that the callee opened reaches the "
                 "call that waits for it.",
        .axes = {.caller = CALLER_THEM},
        .run = stream_of_ours,
    },
    {
        .id = "correlation.stream.error-of-the-callee",
        .rules = "SM-7 SM-13 SM-14 ID-7",
        .claim = "An error on a stream that the callee opened ends the call "
                 "that waits for it.",
        .axes = {.caller = CALLER_THEM},
        .run = error_on_ours,
    },
    {
        .id = "correlation.order.swapped",
        .rules = "ID-7 PM-1 SM-6",
        .claim = "Two calls that are answered in reverse order each get their "
                 "own answer.",
        .axes = {.caller = CALLER_THEM},
        .run = swapped_order,
    },
    {
        .id = "correlation.order.one-fails",
        .rules = "ID-7 PM-1 BA-3",
        .claim = "A call that fails does not touch another that waits.",
        .axes = {.caller = CALLER_THEM},
        .run = one_fails,
    },
    {
        .id = "correlation.unknown.dropped",
        .rules = "SM-16",
        .claim = "An answer with an unknown id is dropped without a word, and "
                 "the stream goes on.",
        .axes = {.caller = CALLER_THEM},
        .run = unknown_id,
    },
    {
        .id = "correlation.second.result-behind-result",
        .rules = "PM-8 PM-9",
        .claim = "A second response to a call is dropped.",
        .axes = {.caller = CALLER_THEM},
        .run = second_end,
        .data = &result_result,
    },
    {
        .id = "correlation.second.error-behind-result",
        .rules = "PM-8",
        .claim = "An error behind the response to a call is dropped.",
        .axes = {.caller = CALLER_THEM},
        .run = second_end,
        .data = &result_error,
    },
    {
        .id = "correlation.second.result-behind-error",
        .rules = "PM-8",
        .claim = "A response behind the error of a call is dropped.",
        .axes = {.caller = CALLER_THEM},
        .run = second_end,
        .data = &error_result,
    },
    {
        .id = "correlation.second.completed-on-a-call",
        .rules = "PM-8 CL-1 CL-5",
        .level = CASE_CHOICE,
        .claim = "A completion where a response is due fails the call or is "
                 "ignored, and is no success.",
        .axes = {.caller = CALLER_THEM},
        .run = completed_on_a_call,
    },
    {
        .id = "correlation.id.used-again",
        .rules = "ID-11",
        .claim = "An id that is used again when its request is over is "
                 "answered each time.",
        .run = used_again,
    },
    {
        .id = "correlation.id.twice-at-once",
        .rules = "ID-1 ID-2 ID-5",
        .level = CASE_CHOICE,
        .claim = "Two running requests with one id are both served or one of "
                 "them is refused, and nothing else is harmed.",
        .needs = "hold",
        .run = twice_at_once,
    },
    {
        .id = "correlation.id.fifty-differ",
        .rules = "ID-2 PM-1 PM-5",
        .claim = "Fifty calls that wait at the same time have fifty ids, and "
                 "each ends exactly once.",
        .axes = {.caller = CALLER_THEM},
        .run = fifty_ids,
    },
    {
        .id = "correlation.form.query-like-mutation",
        .rules = "CL-3 RS-4 CL-1",
        .claim = "Queries and mutations are answered alike, by one response "
                 "that holds the output alone.",
        .run = query_like_mutation,
    },
    {
        .id = "correlation.form.only-known-types",
        .rules = "EV-1 EV-3 CL-1",
        .claim = "Calls that succeed and calls that fail bring the events they "
                 "need and no others.",
        .axes = {.caller = CALLER_US | CALLER_THEM},
        .run = only_known_types,
    },
};

const struct case_list correlation_cases = {cases,
                                            sizeof cases / sizeof cases[0]};
