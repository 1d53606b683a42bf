/* SPDX-License-Identifier: MIT */
/*
 * Calls that nobody answers, in virtual time: each ends with TIMEOUT at its
 * own limit or up to ten seconds later, and time alone does nothing else.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list timeouts_cases;

#define LATEST (10 * SHAPES_S)

/* Not a moment before its limit, which is so far away, and at most ten seconds
 * behind it. */
static void verify_limit(struct scene *s, const char *call, uint64_t in_ns)
{
    scene_advance(s, in_ns - 1);
    verify_that(s, !ask_has_result(s, call),
                "the call still waiting a moment before its limit",
                "it has ended");
    scene_advance(s, LATEST + 1);
    verify_error(s, ask_result(s, call), "TIMEOUT", true);
    shapes_ended_once(s, call);
}

struct limits {
    uint64_t node_ms; /* 0: not said */
    uint64_t call_ms; /* 0: not said */
    uint64_t wanted_ms;
};

static const struct limits by_default = {0, 0, 30000};
static const struct limits by_node = {3000, 0, 3000};
static const struct limits by_call = {0, 1500, 1500};
static const struct limits shorter_call = {60000, 1500, 1500};
static const struct limits longer_call = {1000, 90000, 90000};

static void limit(struct scene *s)
{
    const struct limits *limits = scene_data(s);
    const char *more = "";
    const char *call;

    if (limits->node_ms)
        stage_timeout(s, limits->node_ms);
    if (limits->call_ms)
        more = scene_text(s, "\"timeout_ms\":%u", (unsigned)limits->call_ms);
    call = ask_begin(scene_conn(s), "conf/echo", "1", more);
    (void)ask_take(scene_conn(s));
    verify_limit(s, call, limits->wanted_ms * SHAPES_MS);
    verify_alive(scene_conn(s));
}

static void two_limits(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *late = ask_begin(c, "conf/echo", "1", "\"timeout_ms\":60000");
    const char *soon = ask_begin(c, "conf/echo", "2", "\"timeout_ms\":5000");

    (void)ask_take(c);
    (void)ask_take(c);
    verify_limit(s, soon, 5 * SHAPES_S);
    verify_that(s, !ask_has_result(s, late), "the other call still waiting",
                "it has ended");
    verify_limit(s, late, 60 * SHAPES_S - scene_now_ns(s));
}

static void begun_later(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *first;
    const char *second;

    scene_advance(s, 7 * SHAPES_S);
    first = ask_begin(c, "conf/echo", "1", "\"timeout_ms\":20000");
    (void)ask_take(c);
    scene_advance(s, 15 * SHAPES_S);
    second = ask_begin(c, "conf/echo", "2", "\"timeout_ms\":20000");
    (void)ask_take(c);
    verify_limit(s, first, 5 * SHAPES_S);
    verify_limit(s, second, 42 * SHAPES_S - scene_now_ns(s));
}

static void late_answer(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "\"timeout_ms\":1000");
    const struct ask_request *r = ask_take(c);

    verify_limit(s, call, SHAPES_S);
    stream_send_frame(r->stream, "call.responded", r->id, "{\"output\":1}");
    stream_send_frame(stream_open(c), "call.responded", r->id,
                      "{\"output\":1}");
    shapes_ended_once(s, call);
    verify_open(c);
    verify_alive(c);
}

static void answer_in_time(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "\"timeout_ms\":1000");
    const struct ask_request *r = ask_take(c);

    scene_advance(s, SHAPES_S - 1);
    ask_serve(r);
    verify_output(s, ask_result(s, call), "1");
    scene_advance(s, 20 * SHAPES_S);
    shapes_ended_once(s, call);
    verify_conn_silence(c);
}

static void tells_the_callee(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "\"timeout_ms\":1000");
    const struct ask_request *r = ask_take(c);
    const struct stream_frame *f;
    size_t opened = conn_opened_count(c);

    verify_limit(s, call, SHAPES_S);
    f = stream_poll(r->stream);
    if (!f && conn_opened_count(c) > opened)
        f = stream_poll(stream_accept(c));
    if (f)
        verify_frame(s, f, "call.aborted", r->id, NULL);
    scene_choice(s, "timed-out-caller", f ? "aborts" : "is-silent");
    verify_alive(c);
}

/* Calls that wait for room to open a stream wait no longer than others. */
static void no_room(struct scene *s)
{
    enum { COUNT = 101 };
    struct conn *c = scene_conn(s);
    const char *calls[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        calls[i] = ask_begin(c, "conf/echo", "1", "");
    verify_limit(s, calls[COUNT - 1], 30 * SHAPES_S);
    for (size_t i = 0; i < COUNT; i++) {
        verify_error(s, ask_result(s, calls[i]), "TIMEOUT", true);
        shapes_ended_once(s, calls[i]);
    }
}

static void several_at_once(struct scene *s)
{
    enum { COUNT = 20 };
    struct conn *c = scene_conn(s);
    const char *calls[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        calls[i] = ask_begin(c, "conf/echo", "1", "\"timeout_ms\":2000");
    for (size_t i = 0; i < COUNT; i++)
        (void)ask_take(c);
    verify_limit(s, calls[0], 2 * SHAPES_S);
    for (size_t i = 0; i < COUNT; i++) {
        verify_error(s, ask_result(s, calls[i]), "TIMEOUT", true);
        shapes_ended_once(s, calls[i]);
    }
    verify_alive(c);
}

static void idle(struct scene *s)
{
    struct conn *c = scene_conn(s);

    verify_output(s, ask_them(c, "conf/echo", "1"), "1");
    verify_output(s, ask_us(c, "conf/echo", "2"), "2");
    for (size_t i = 0; i < 60; i++)
        scene_advance(s, 60 * SHAPES_S);
    verify_conn_silence(c);
    verify_open(c);
    verify_alive(c);
}

/* Half a request waits as long as its sender likes. */
static void half_a_frame(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = scene_id(s);
    struct slice frame = ask_frame(s, id, "conf/echo", "1");

    stream_send(st, slice_head(frame, 7));
    scene_advance(s, 60 * SHAPES_S);
    verify_silence(st);
    stream_send_fin(st, slice_skip(frame, 7));
    verify_output(s, ask_answer(c, id), "1");
}

#define L1_THEM                                                                \
    {                                                                          \
        .caller = CALLER_THEM, .lvl = LVL_L1                                   \
    }

#define LIMIT(slug, rule, what, limits)                                        \
    {                                                                          \
        .id = slug, .rules = rule, .needs = "timeouts", .claim = what,         \
        .axes = L1_THEM, .run = limit, .data = limits                          \
    }

static const struct conf_case cases[] = {
    LIMIT("timeouts.limit.default", "PM-4 PM-3 TO-1 TO-2 TO-5",
          "A call waits 30 seconds when nothing else is said.", &by_default),
    LIMIT("timeouts.limit.of-the-node", "PM-4 TO-1 TO-2 TO-5 EC-2",
          "A call waits as long as its node was told.", &by_node),
    LIMIT("timeouts.limit.of-the-call", "PM-4 TO-1 TO-2 TO-5",
          "A call waits as long as it was told.", &by_call),
    LIMIT("timeouts.limit.call-beats-longer-node", "PM-4 TO-1 TO-5",
          "A call that was told to wait less than its node does so.",
          &shorter_call),
    LIMIT("timeouts.limit.call-beats-shorter-node", "PM-4 TO-2",
          "A call that was told to wait longer than its node does so.",
          &longer_call),
    {
        .id = "timeouts.limit.two-calls",
        .rules = "TO-1 TO-2 PM-1 PM-3",
        .needs = "timeouts",
        .claim = "Two calls with different limits each end at their own.",
        .axes = L1_THEM,
        .run = two_limits,
    },
    {
        .id = "timeouts.limit.begun-later",
        .rules = "TO-1 TO-2 PM-3",
        .needs = "timeouts",
        .claim = "The time of a call runs from its own beginning.",
        .axes = L1_THEM,
        .run = begun_later,
    },
    {
        .id = "timeouts.limit.several-at-once",
        .rules = "TO-1 TO-5",
        .needs = "timeouts",
        .claim = "Twenty calls with one limit all end at it, once each.",
        .axes = L1_THEM,
        .run = several_at_once,
    },
    {
        .id = "timeouts.limit.no-room",
        .rules = "PM-3 TO-1",
        .needs = "timeouts",
        .claim = "A call that cannot open its stream ends at its limit like "
                 "any other.",
        .axes = L1_THEM,
        .run = no_room,
    },
    {
        .id = "timeouts.answer.late",
        .rules = "TO-4 PM-8",
        .needs = "timeouts",
        .claim = "An answer behind the timeout is dropped, and the connection "
                 "goes on.",
        .axes = L1_THEM,
        .run = late_answer,
    },
    {
        .id = "timeouts.answer.in-time",
        .rules = "TO-2 PM-8",
        .needs = "timeouts",
        .claim = "An answer a moment before the limit is the result, and time "
                 "changes it no more.",
        .axes = L1_THEM,
        .run = answer_in_time,
    },
    {
        .id = "timeouts.answer.callee-is-told",
        .rules = "TO-5 EV-3 TO-3",
        .level = CASE_CHOICE,
        .needs = "timeouts",
        .claim = "A caller whose time is up aborts its request or says "
                 "nothing.",
        .axes = L1_THEM,
        .run = tells_the_callee,
    },
    {
        .id = "timeouts.time.idle",
        .rules = "CN-1 TO-2",
        .claim = "An hour without calls brings no frame and ends nothing.",
        .axes = {.lvl = LVL_L1},
        .run = idle,
    },
    {
        .id = "timeouts.time.half-a-frame",
        .rules = "FR-6",
        .claim = "A request that takes a minute to arrive is answered.",
        .axes = {.lvl = LVL_L1},
        .run = half_a_frame,
    },
};

const struct case_list timeouts_cases = {cases, sizeof cases / sizeof cases[0]};
