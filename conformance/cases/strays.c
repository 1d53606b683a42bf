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
    size_t items;  /* of a subscription, which then is complete */
    bool is_call;  /* ends with an answer instead */
    size_t aborts; /* behind its end */
};

static const struct past past_result = {"conf/echo", "1", 0, true, 1};
static const struct past past_error = {
    "conf/fail", "{\"code\":\"X\",\"message\":\"\",\"retryable\":false}", 0,
    true, 1};
static const struct past past_stream = {"conf/source", "{\"items\":2}", 2,
                                        false, 1};
static const struct past result_twice = {"conf/echo", "1", 0, true, 2};
static const struct past stream_twice = {"conf/source", "{\"items\":2}", 2,
                                         false, 2};

static void take_end(struct conn *c, const char *id, const struct past *p)
{
    for (size_t i = 0; i < p->items; i++)
        (void)sub_item(c, id);
    if (p->is_call)
        (void)ask_answer(c, id);
    else
        sub_completed(c, id);
}

static void finished(struct scene *s)
{
    const struct past *p = scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = ask_send_on(st, p->operation, p->input, "");

    take_end(c, id, p);
    stream_send_frame(st, "call.aborted", id, "{}");
    sub_abort(c, id);
    verify_conn_silence(c);
    verify_stopped(s, p->operation, 0);
    verify_output(s, ask_answer(c, ask_send_on(st, "conf/echo", "2", "")), "2");
    verify_alive(c);
}

/* Its id is used again, and once more, each time on a stream of its own; the
 * aborts have arrived by then. */
static void used_again(struct scene *s)
{
    const struct past *p = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *id = scene_id(s);

    for (size_t i = 1; i <= 3; i++) {
        stream_send_fin(stream_open(c),
                        ask_frame(s, id, p->operation, p->input));
        take_end(c, id, p);
        verify_entered(s, p->operation, i);
        for (size_t k = 0; k < p->aborts; k++)
            sub_abort(c, id);
        verify_conn_silence(c);
    }
    verify_stopped(s, p->operation, 0);
    verify_alive(c);
}

/* The abort did stop it, and is not kept for the next one. */
static void stopped_and_used_again(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = scene_id(s);
    struct slice frame = ask_frame(s, id, "conf/hold", HOLD);

    stream_send_fin(stream_open(c), frame);
    shapes_wait_entered(s, id);
    sub_abort(c, id);
    verify_stopped(s, "conf/hold", 1);
    shapes_none_held(s, "t");
    stream_send_fin(stream_open(c), frame);
    verify_entered(s, "conf/hold", 2);
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, id), HOLD);
    verify_conn_silence(c);
}

#define AGAIN(slug, need, what, body, which)                                   \
    {                                                                          \
        .id = slug, .rules = "ID-11 AB-2 AB-26", .needs = need,                \
        .claim = "The id of a " what " serves another request.", .run = body,  \
        .data = which                                                          \
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
    AGAIN("abort.again.result", NULL, "call that was answered and then aborted",
          used_again, &past_result),
    AGAIN("abort.again.result-twice", NULL,
          "call that was answered and then aborted twice", used_again,
          &result_twice),
    AGAIN("abort.again.error", NULL, "call that failed and then was aborted",
          used_again, &past_error),
    AGAIN("abort.again.subscription", "subscriptions",
          "subscription that was completed and then aborted", used_again,
          &past_stream),
    AGAIN("abort.again.subscription-twice", "subscriptions",
          "subscription that was completed and then aborted twice", used_again,
          &stream_twice),
    AGAIN("abort.again.stopped", "hold abort", "call that an abort has stopped",
          stopped_and_used_again, NULL),
};

const struct case_list strays_cases = {cases, sizeof cases / sizeof cases[0]};
