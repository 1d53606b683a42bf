/* SPDX-License-Identifier: MIT */
/*
 * Streams on which the testee calls: a stream that ends without its answer
 * fails the call soon, and the transport's credit and windows are kept.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list callers_cases;

/* --- the stream ends, the answer never comes */

typedef void give_up(struct scene *s, const struct ask_request *r);

static void by_fin(struct scene *s, const struct ask_request *r)
{
    (void)s;
    stream_fin(r->stream);
}

static void by_reset(struct scene *s, const struct ask_request *r)
{
    (void)s;
    stream_reset(r->stream, 9);
}

static void by_half_a_frame(struct scene *s, const struct ask_request *r)
{
    struct slice frame = shapes_frame(
        s, shapes_body(s, "{\"type\":@T,\"id\":@I,\"payload\":@P}", r->id, ""));

    stream_send_fin(r->stream, slice_head(frame, frame.len - 1));
}

static void by_others_answer(struct scene *s, const struct ask_request *r)
{
    stream_send_frame(r->stream, "call.responded", scene_id(s),
                      "{\"output\":1}");
    stream_fin(r->stream);
}

struct way {
    give_up *go; /* how the stream ends */
};

static const struct way fin = {by_fin};
static const struct way reset = {by_reset};
static const struct way half_a_frame = {by_half_a_frame};
static const struct way others_answer = {by_others_answer};

/* The call fails soon; one that waits on another stream lives. */
static void unanswered(struct scene *s)
{
    const struct way *way = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *first = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *a = ask_take(c);
    const char *second = ask_begin(c, "conf/echo", "2", "");
    const struct ask_request *b = ask_take(c);

    if (a->stream == b->stream)
        scene_not_applicable(s, "both requests came on one stream");
    way->go(s, a);
    verify_error(s, shapes_ended_soon(s, first), "INTERNAL", false);
    shapes_ended_once(s, first);
    verify_that(s, !ask_has_result(s, second), "the other call still waiting",
                "it has ended");
    verify_conn_silence(c);
    ask_serve(b);
    verify_output(s, ask_result(s, second), "2");
    verify_open(c);
    verify_alive(c);
}

static void reset_behind_answer(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);

    stream_send_frame(r->stream, "call.responded", r->id, "{\"output\":1}");
    stream_reset(r->stream, 9);
    verify_output(s, ask_result(s, call), "1");
    shapes_ended_once(s, call);
    verify_alive(c);
}

/* Its request has been sent whole; we only want no more of that stream. */
static void stopped_behind_request(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);

    stream_stop(r->stream, 9);
    scene_settle(s);
    if (!ask_has_result(s, call))
        ask_serve(r);
    (void)ask_result(s, call);
    shapes_ended_once(s, call);
    verify_open(c);
    verify_alive(c);
}

/* --- credit and windows */

/* At most so many streams are open at once; the calls that wait are made when
 * there is room again. */
static void credit_is_kept(struct scene *s)
{
    enum { COUNT = 103, CREDIT = 100 };
    struct conn *c = scene_conn(s);
    const char *calls[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        calls[i] = ask_begin(c, "conf/echo", scene_text(s, "%zu", i), "");
    scene_settle(s);
    verify_that(s, conn_opened_count(c) <= CREDIT, "at most 100 streams",
                "%zu streams", conn_opened_count(c));
    for (size_t i = 0; i < COUNT; i++)
        verify_that(s, !ask_has_result(s, calls[i]), "every call waiting",
                    "call %zu has ended", i);
    conn_credit(c, COUNT - CREDIT);
    for (size_t i = 0; i < COUNT; i++)
        ask_serve(ask_take(c));
    for (size_t i = 0; i < COUNT; i++) {
        verify_output(s, ask_result(s, calls[i]), scene_text(s, "%zu", i));
        shapes_ended_once(s, calls[i]);
    }
    verify_that(s, conn_opened_count(c) <= COUNT, "at most 103 streams",
                "%zu streams", conn_opened_count(c));
}

/* Nothing is written that was not allowed, and nothing is lost. */
static void window_is_kept(struct scene *s)
{
    enum { BYTES = 10000, STEP = 1000 };
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *text = shapes_string(s, BYTES);
    const char *id = scene_id(s);
    struct slice frame = ask_frame(s, id, "conf/echo", text);
    const struct stream_frame *f = NULL;
    size_t allowed = 0;

    stream_send(st, slice_head(frame, 10));
    stream_window(st, 0);
    stream_send(st, slice_skip(frame, 10));
    for (; allowed < (size_t)2 * BYTES; allowed += STEP) {
        scene_settle(s);
        f = stream_poll(st);
        if (f)
            break;
        stream_window(st, STEP);
    }
    verify_that(s, f != NULL, "the whole answer in the window",
                "none within %zu bytes", allowed);
    verify_frame(s, f, "call.responded", id,
                 scene_text(s, "{\"output\":%s}", text));
    verify_that(s, f->raw.body.len + RAW_PREFIX_LEN <= allowed,
                "no more bytes than the window had", "%zu bytes of %zu",
                f->raw.body.len + RAW_PREFIX_LEN, allowed);
    verify_silence(st);
}

static void stalled_elsewhere(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = scene_id(s);
    struct slice frame = ask_frame(s, id, "conf/echo", "\"stalled\"");

    stream_send(st, slice_head(frame, 10));
    stream_window(st, 5);
    stream_send(st, slice_skip(frame, 10));
    verify_silence(st);
    verify_alive(c);
    stream_window(st, 100000);
    verify_output(s, ask_answer(c, id), "\"stalled\"");
}

#define UNANSWERED(slug, what, way)                                            \
    {                                                                          \
        .id = slug, .rules = "SM-17 SM-18 SM-19 CN-8",                         \
        .claim = "A call whose stream " what                                   \
                 " fails with INTERNAL within two seconds, and no other.",     \
        .twin = "calls.query.echo", .is_negative = true,                       \
        .axes = {.caller = CALLER_THEM}, .run = unanswered, .data = way        \
    }

static const struct conf_case cases[] = {
    UNANSWERED("streams.caller.fin-without-answer",
               "is ended by the callee without an answer", &fin),
    UNANSWERED("streams.caller.reset-without-answer", "is reset by the callee",
               &reset),
    UNANSWERED("streams.caller.half-an-answer", "ends within the answer",
               &half_a_frame),
    UNANSWERED("streams.caller.only-anothers-answer",
               "ends behind the answer to something else", &others_answer),
    {
        .id = "streams.caller.reset-behind-answer",
        .rules = "PM-8 SM-27",
        .claim = "A reset behind the answer takes nothing back.",
        .axes = {.caller = CALLER_THEM, .lvl = LVL_L1},
        .run = reset_behind_answer,
    },
    {
        .id = "streams.caller.stopped-behind-request",
        .rules = "SM-27 PM-8",
        .claim = "A callee that stops the stream of a request it has read does "
                 "no harm beyond that call.",
        .axes = {.caller = CALLER_THEM},
        .run = stopped_behind_request,
    },
    {
        .id = "streams.credit.is-kept",
        .rules = "PM-1 SM-3",
        .claim = "Calls beyond the streams that a caller may open wait for "
                 "room, and every one of them is then made.",
        .axes = {.caller = CALLER_THEM, .lvl = LVL_L1},
        .run = credit_is_kept,
    },
    {
        .id = "streams.window.is-kept",
        .rules = "FR-8 SM-9",
        .claim = "An answer larger than the window of its stream is sent as "
                 "far as that goes, and complete when it has been opened.",
        .axes = {.lvl = LVL_L1},
        .run = window_is_kept,
    },
    {
        .id = "streams.window.stalled-elsewhere",
        .rules = "SM-3",
        .claim = "An answer that waits for its window holds up no other "
                 "stream.",
        .axes = {.lvl = LVL_L1},
        .run = stalled_elsewhere,
    },
};

const struct case_list callers_cases = {cases, sizeof cases / sizeof cases[0]};
