/* SPDX-License-Identifier: MIT */
/*
 * Aborts that mean nothing any more, or not yet: of ids that nobody used, of
 * what is over, twice, and ahead of their request. They get no answer and do no
 * harm.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list strays_cases;

#define HOLD "{\"tag\":\"t\"}"

static void twice(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = ask_send_on(st, "conf/hold", HOLD, "");

    shapes_wait_entered(s, id);
    for (size_t i = 0; i < 2; i++) {
        stream_send_frame(st, "call.aborted", id, "{}");
        verify_stopped(s, "conf/hold", 1);
    }
    sub_abort(c, id);
    verify_conn_silence(c);
    verify_output(s, ask_answer(c, ask_send_on(st, "conf/echo", "1", "")), "1");
    verify_stopped(s, "conf/hold", 1);
}

static void unknown_ids(struct scene *s)
{
    size_t count = *(const size_t *)scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id;

    for (size_t i = 0; i < count; i++)
        stream_send_frame(st, "call.aborted", scene_id(s), "{}");
    id = ask_send_on(st, "conf/echo", "1", "");
    verify_output(s, ask_answer(c, id), "1");
    sub_abort(c, scene_id(s));
    verify_conn_silence(c);
    verify_output(s, ask_answer(c, ask_send_on(st, "conf/echo", "2", "")), "2");
    verify_open(c);
    verify_alive(c);
}

static const size_t one_id = 1;
static const size_t thousand_ids = 1000;

/* What comes behind its own abort is open; what comes behind that is not. */
static void before_request(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = scene_id(s);
    struct slice frame = ask_frame(s, id, "conf/echo", "1");
    size_t answers;

    sub_abort(c, id);
    scene_settle(s);
    stream_send_fin(stream_open(c), frame);
    scene_settle(s);
    answers = sub_seen(c, id);
    if (answers)
        verify_output(s, ask_answer(c, id), "1");
    verify_entered(s, "conf/echo", answers);
    scene_choice(s, "request-behind-its-abort",
                 answers ? "served" : "not-started");
    stream_send_fin(stream_open(c), frame);
    verify_output(s, ask_answer(c, id), "1");
    verify_output(s, ask_them(c, "conf/echo", "2"), "2");
    verify_conn_silence(c);
}

struct past {
    const char *operation;
    const char *input;
    size_t items; /* of a subscription, which then is complete */
    bool is_call; /* ends with an answer instead */
};

static const struct past past_result = {"conf/echo", "1", 0, true};
static const struct past past_error = {
    "conf/fail", "{\"code\":\"X\",\"message\":\"\",\"retryable\":false}", 0,
    true};
static const struct past past_stream = {"conf/source", "{\"items\":2}", 2,
                                        false};

static void finished(struct scene *s)
{
    const struct past *p = scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = ask_send_on(st, p->operation, p->input, "");

    for (size_t i = 0; i < p->items; i++)
        (void)sub_item(c, id);
    if (p->is_call)
        (void)ask_answer(c, id);
    else
        sub_completed(c, id);
    stream_send_frame(st, "call.aborted", id, "{}");
    sub_abort(c, id);
    verify_conn_silence(c);
    verify_stopped(s, p->operation, 0);
    verify_output(s, ask_answer(c, ask_send_on(st, "conf/echo", "2", "")), "2");
    verify_alive(c);
}

static const struct conf_case cases[] = {
    {
        .id = "abort.call.twice",
        .rules = "AB-2 AB-26 AB-13",
        .claim = "A second abort of a call is dropped, and its stream goes on.",
        .needs = "hold abort",
        .twin = "abort.call.left-alone",
        .is_negative = true,
        .run = twice,
    },
    {
        .id = "abort.unknown.dropped",
        .rules = "AB-2 AB-25",
        .claim = "An abort of an id that was never used gets no answer, and "
                 "its stream serves on.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .run = unknown_ids,
        .data = &one_id,
    },
    {
        .id = "abort.unknown.thousand",
        .rules = "AB-2 AB-25",
        .claim = "A thousand aborts of ids that were never used get no answer, "
                 "and their stream serves on.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .run = unknown_ids,
        .data = &thousand_ids,
    },
    {
        .id = "abort.unknown.before-request",
        .rules = "AB-15 AB-14 ID-11",
        .level = CASE_CHOICE,
        .claim = "A request behind its own abort is served or is not started, "
                 "and the next one with that id is served.",
        .run = before_request,
    },
    {
        .id = "abort.finished.result",
        .rules = "AB-2 AB-26 PM-8",
        .claim = "An abort of a call that was answered is dropped, and its "
                 "stream serves on.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .run = finished,
        .data = &past_result,
    },
    {
        .id = "abort.finished.error",
        .rules = "AB-2 AB-26 PM-8",
        .claim = "An abort of a call that failed is dropped, and its stream "
                 "serves on.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .run = finished,
        .data = &past_error,
    },
    {
        .id = "abort.finished.subscription",
        .rules = "AB-2 AB-26 PM-8",
        .claim = "An abort of a subscription that was completed is dropped, "
                 "and its stream serves on.",
        .needs = "subscriptions",
        .twin = "calls.query.echo",
        .is_negative = true,
        .run = finished,
        .data = &past_stream,
    },
};

const struct case_list strays_cases = {cases, sizeof cases / sizeof cases[0]};
