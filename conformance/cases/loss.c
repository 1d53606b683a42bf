/* SPDX-License-Identifier: MIT */
/*
 * Connections that end under calls: each call ends once, whoever ended the
 * connection, and nothing of it lives on in the next one.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list loss_cases;

typedef void ending(struct conn *c);

static void they_close(struct conn *c)
{
    conn_close(c, 0);
}

static void they_close_with_code(struct conn *c)
{
    conn_close(c, 4711);
}

struct loss {
    ending *end;  /* how the connection ends */
    size_t count; /* calls that wait then */
};

static const struct loss dropped = {conn_drop, 1};
static const struct loss dropped_ten = {conn_drop, 10};
static const struct loss closed = {they_close, 1};
static const struct loss closed_ten = {they_close_with_code, 10};

static void calls_end_once(struct scene *s)
{
    const struct loss *loss = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *calls[10];

    for (size_t i = 0; i < loss->count; i++)
        calls[i] = ask_begin(c, "conf/echo", scene_text(s, "%zu", i), "");
    for (size_t i = 0; i < loss->count; i++)
        (void)ask_take(c);
    loss->end(c);
    for (size_t i = 0; i < loss->count; i++) {
        verify_error(s, ask_result(s, calls[i]), "INTERNAL", false);
        shapes_ended_once(s, calls[i]);
    }
    verify_output(s, ask_us(conn_open(s, NULL), "conf/echo", "1"), "1");
}

/* More calls than there is credit for streams: the rest has not been sent. */
static void calls_wait_for_credit(struct scene *s)
{
    enum { COUNT = 103 };
    const struct loss *loss = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *calls[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        calls[i] = ask_begin(c, "conf/echo", scene_text(s, "%zu", i), "");
    scene_settle(s);
    loss->end(c);
    for (size_t i = 0; i < COUNT; i++) {
        verify_error(s, ask_result(s, calls[i]), "INTERNAL", false);
        shapes_ended_once(s, calls[i]);
    }
    verify_output(s, ask_us(conn_open(s, NULL), "conf/echo", "1"), "1");
}

static void handlers_run(struct scene *s)
{
    const struct loss *loss = scene_data(s);
    struct conn *c = scene_conn(s);
    struct conn *next;

    for (size_t i = 0; i < loss->count; i++)
        (void)ask_send(c, "conf/hold", "{\"tag\":\"t\"}", "");
    shapes_wait_held(s, loss->count);
    loss->end(c);
    next = conn_open(s, NULL);
    verify_output(s, ask_them(next, "conf/echo", "1"), "1");
    (void)scene_try_verb(s, "release", "\"tag\":\"t\"");
    verify_conn_silence(next);
    verify_output(s, ask_them(next, "conf/echo", "2"), "2");
    verify_output(s, ask_us(next, "conf/echo", "3"), "3");
}

/* Both directions wait, and a handler waits for us. */
static void everything_waits(struct scene *s)
{
    const struct loss *loss = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");

    (void)ask_take(c);
    (void)ask_send(c, "conf/callback",
                   "{\"operation\":\"conf/echo\",\"input\":1}", "");
    (void)ask_take(c);
    loss->end(c);
    verify_error(s, ask_result(s, call), "INTERNAL", false);
    shapes_ended_once(s, call);
    verify_output(s, ask_them(conn_open(s, NULL), "conf/echo", "1"), "1");
}

static void call_behind_loss(struct scene *s)
{
    const struct loss *loss = scene_data(s);
    struct conn *c = scene_conn(s);
    const struct json *answer;
    bool is_taken = false;

    verify_output(s, ask_us(c, "conf/echo", "1"), "1");
    loss->end(c);
    answer = scene_try_verb(
        s, "call",
        scene_text(s,
                   "\"conn\":\"%s\",\"id\":\"behind\",\"operation\":"
                   "\"conf/echo\",\"input\":1",
                   conn_name(c)));
    if (json_get_bool(json_find(answer, "ok"), &is_taken) && is_taken) {
        verify_error(s, ask_result(s, "behind"), "INTERNAL", false);
        shapes_ended_once(s, "behind");
    }
    verify_output(s, ask_us(conn_open(s, NULL), "conf/echo", "2"), "2");
}

/* What the old connection owed means nothing on the new one. */
static void old_ids(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);
    struct stream *st;

    conn_drop(c);
    verify_error(s, ask_result(s, call), "INTERNAL", false);
    c = conn_open(s, NULL);
    st = stream_open(c);
    stream_send_frame(st, "call.responded", r->id, "{\"output\":1}");
    verify_conn_silence(c);
    shapes_ended_once(s, call);
    verify_output(s, ask_us(c, "conf/echo", "2"), "2");
    verify_output(s, ask_answer(c, ask_send_on(st, "conf/echo", "3", "")), "3");
}

static void others_live(struct scene *s)
{
    struct conn *first = scene_conn(s);
    struct conn *second = conn_open(s, NULL);
    const char *lost = ask_begin(first, "conf/echo", "1", "");
    const char *kept = ask_begin(second, "conf/echo", "2", "");
    const struct ask_request *r;

    (void)ask_take(first);
    r = ask_take(second);
    conn_drop(first);
    verify_error(s, ask_result(s, lost), "INTERNAL", false);
    verify_that(s, !ask_has_result(s, kept),
                "the call of the other connection still waiting",
                "it has ended");
    verify_open(second);
    ask_serve(r);
    verify_output(s, ask_result(s, kept), "2");
}

static void no_farewell(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");

    (void)ask_take(c);
    (void)ask_send(c, "conf/hold", "{\"tag\":\"t\"}", "");
    shapes_wait_held(s, 1);
    conn_close(c, 0);
    verify_conn_silence(c);
    verify_error(s, ask_result(s, call), "INTERNAL", false);
    (void)scene_try_verb(s, "release", "\"tag\":\"t\"");
}

#define THEM                                                                   \
    {                                                                          \
        .caller = CALLER_THEM                                                  \
    }

static const struct conf_case cases[] = {
    {
        .id = "loss.calls.one-dropped",
        .rules = "CN-6 PM-8",
        .claim = "When the connection is lost, a call that waits ends exactly "
                 "once, with INTERNAL.",
        .axes = THEM,
        .run = calls_end_once,
        .data = &dropped,
    },
    {
        .id = "loss.calls.ten-dropped",
        .rules = "CN-6 PM-8",
        .claim = "When the connection is lost, each of ten calls that wait "
                 "ends exactly once, with INTERNAL.",
        .axes = THEM,
        .run = calls_end_once,
        .data = &dropped_ten,
    },
    {
        .id = "loss.calls.one-closed",
        .rules = "CN-6 PM-8",
        .claim = "When a node closes the connection itself, its call that "
                 "waits ends exactly once, with INTERNAL.",
        .axes = THEM,
        .run = calls_end_once,
        .data = &closed,
    },
    {
        .id = "loss.calls.ten-closed",
        .rules = "CN-6 PM-8",
        .claim = "When a node closes the connection itself, each of its ten "
                 "calls that wait ends exactly once, with INTERNAL.",
        .axes = THEM,
        .run = calls_end_once,
        .data = &closed_ten,
    },
    {
        .id = "loss.calls.unsent-dropped",
        .rules = "CN-6",
        .claim = "When the connection is lost, calls that still wait for a "
                 "stream each end once with INTERNAL.",
        .axes = {.caller = CALLER_THEM, .lvl = LVL_L1},
        .run = calls_wait_for_credit,
        .data = &dropped,
    },
    {
        .id = "loss.calls.unsent-closed",
        .rules = "CN-6",
        .claim = "When the testee closes the connection, calls that still "
                 "wait for a stream each end once with INTERNAL.",
        .axes = {.caller = CALLER_THEM, .lvl = LVL_L1},
        .run = calls_wait_for_credit,
        .data = &closed,
    },
    {
        .id = "loss.handlers.dropped",
        .rules = "CN-6 CN-15",
        .needs = "hold",
        .claim = "A connection that is lost under ten running handlers leaves "
                 "a node that serves the next one.",
        .run = handlers_run,
        .data = &dropped_ten,
    },
    {
        .id = "loss.handlers.closed",
        .rules = "CN-6 CN-14 CN-15",
        .needs = "hold",
        .claim = "A node that closes a connection under ten running handlers "
                 "serves the next one.",
        .run = handlers_run,
        .data = &closed_ten,
    },
    {
        .id = "loss.both.dropped",
        .rules = "CN-6 SY-2",
        .needs = "callback",
        .claim = "When the connection is lost with requests waiting in both "
                 "directions, one of them inside a handler, all of them end.",
        .run = everything_waits,
        .data = &dropped,
    },
    {
        .id = "loss.both.closed",
        .rules = "CN-6 SY-2",
        .needs = "callback",
        .claim = "When a node closes the connection with requests waiting in "
                 "both directions, one of them inside a handler, all of them "
                 "end.",
        .run = everything_waits,
        .data = &closed,
    },
    {
        .id = "loss.behind.dropped",
        .rules = "CN-10 PM-6",
        .claim = "A call over a connection that was lost is refused or fails "
                 "at once with INTERNAL.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .axes = THEM,
        .run = call_behind_loss,
        .data = &dropped,
    },
    {
        .id = "loss.behind.closed",
        .rules = "CN-10 PM-6",
        .claim = "A call over a connection that the node has closed is refused "
                 "or fails at once with INTERNAL.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .axes = THEM,
        .run = call_behind_loss,
        .data = &closed,
    },
    {
        .id = "loss.next.old-ids",
        .rules = "CN-15 PM-1",
        .claim = "An answer to a request of the old connection means nothing "
                 "on the new one.",
        .axes = THEM,
        .run = old_ids,
    },
    {
        .id = "loss.next.others-live",
        .rules = "PM-1 CN-6",
        .claim = "The loss of one connection ends the calls of that one only.",
        .axes = THEM,
        .run = others_live,
    },
    {
        .id = "loss.close.no-farewell",
        .rules = "CN-8 CN-14",
        .needs = "hold",
        .claim = "A node that closes a connection sends no frame about it.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .axes = THEM,
        .run = no_farewell,
    },
};

const struct case_list loss_cases = {cases, sizeof cases / sizeof cases[0]};
