/* SPDX-License-Identifier: MIT */
/*
 * How long a query or mutation may run in the testee. Handlers that are held
 * past their deadline are stopped and answered by TIMEOUT, at the deadline or
 * at most ten seconds later, and everything they have composed goes with them;
 * subscriptions have none.
 */
#include "conformance/cases/sequences.h"

extern const struct case_list deadlines_cases;

#define LATEST (10 * SHAPES_S)
#define HOLD_T "{\"tag\":\"t\"}"

/* Nothing comes until a moment before that time, which is so far away; then
 * the time passes, and ten seconds more. */
static void pass_limit(struct conn *c, uint64_t in_ns)
{
    struct scene *s = conn_scene(c);

    scene_settle(s);
    scene_advance(s, in_ns - 1);
    scene_settle(s);
    verify_that(s, scene_count_events(s, "handler_stopped", NULL, NULL) == 0,
                "handlers that run until their deadline", "one was stopped");
    scene_advance(s, LATEST + 1);
}

/* Nothing has come for that id. */
static void verify_waits(struct conn *c, const char *id)
{
    verify_that(conn_scene(c), sub_seen(c, id) == 0,
                "no answer before the deadline", "one");
}

static void verify_timeout(struct conn *c, const char *id)
{
    verify_error(conn_scene(c), sub_error(c, id), "TIMEOUT", true);
}

/* Whoever is released then has nobody to answer. */
static void release_late(struct conn *c, const char *tag)
{
    struct scene *s = conn_scene(c);

    (void)scene_try_verb(s, "release", scene_text(s, "\"tag\":\"%s\"", tag));
    verify_conn_silence(c);
    verify_open(c);
    verify_alive(c);
}

/* --- one request */

static const uint64_t by_default = 0; /* not said: 30000 */
static const uint64_t short_ms = 2000;
static const uint64_t long_ms = 120000;

static void limit(struct scene *s)
{
    const uint64_t *serve_ms = scene_data(s);
    struct conn *c;
    const char *id;

    if (*serve_ms)
        stage_serve_timeout(s, *serve_ms);
    c = scene_conn(s);
    id = ask_send(c, "conf/hold", HOLD_T, "");
    pass_limit(c, (*serve_ms ? *serve_ms : 30000) * SHAPES_MS);
    verify_timeout(c, id);
    verify_stopped(s, "conf/hold", 1);
    verify_entered(s, "conf/hold", 1);
    release_late(c, "t");
}

static void waits_till_then(struct scene *s)
{
    struct conn *c;
    const char *id;

    stage_serve_timeout(s, 5000);
    c = scene_conn(s);
    id = ask_send(c, "conf/hold", HOLD_T, "");
    shapes_wait_held(s, 1);
    scene_advance(s, 5 * SHAPES_S - 1);
    verify_waits(c, id);
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, id), HOLD_T);
    scene_advance(s, 60 * SHAPES_S);
    verify_stopped(s, "conf/hold", 0);
    verify_conn_silence(c);
}

/* What it was going to do it does not do. */
static void stops_a_mutation(struct scene *s)
{
    struct conn *c;
    const char *id;

    stage_serve_timeout(s, 1000);
    c = scene_conn(s);
    id = ask_send(c, "conf/count", "{\"key\":\"k\",\"tag\":\"t\"}", "");
    pass_limit(c, SHAPES_S);
    verify_timeout(c, id);
    verify_stopped(s, "conf/count", 1);
    release_late(c, "t");
    verify_output(s, ask_them(c, "conf/count", "{\"key\":\"k\"}"),
                  "{\"count\":1}");
}

static void each_its_own(struct scene *s)
{
    struct conn *c;
    const char *first;
    const char *second;

    stage_serve_timeout(s, 40000);
    c = scene_conn(s);
    first = ask_send(c, "conf/hold", "{\"tag\":\"a\"}", "");
    shapes_wait_held(s, 1);
    scene_advance(s, 20 * SHAPES_S);
    second = ask_send(c, "conf/hold", "{\"tag\":\"b\"}", "");
    shapes_wait_held(s, 2);
    pass_limit(c, 20 * SHAPES_S);
    verify_timeout(c, first);
    verify_waits(c, second);
    verify_stopped(s, "conf/hold", 1);
    scene_advance(s, 20 * SHAPES_S);
    verify_timeout(c, second);
    verify_stopped(s, "conf/hold", 2);
    verify_conn_silence(c);
}

/* All on one stream, with one among them that is answered in time. */
static void several(struct scene *s)
{
    enum { COUNT = 20 };
    const char *ids[COUNT];
    const char *fast;
    struct stream *st;
    struct conn *c;

    stage_serve_timeout(s, 3000);
    c = scene_conn(s);
    for (size_t i = 0; i < COUNT; i++)
        ids[i] = ask_send(c, "conf/hold", HOLD_T, "");
    st = stream_open(c);
    fast = ask_send_on(st, "conf/echo", "1", "");
    verify_output(s, ask_answer(c, fast), "1");
    pass_limit(c, 3 * SHAPES_S);
    for (size_t i = 0; i < COUNT; i++)
        verify_timeout(c, ids[i]);
    verify_stopped(s, "conf/hold", COUNT);
    verify_output(s, ask_answer(c, ask_send_on(st, "conf/echo", "2", "")), "2");
    release_late(c, "t");
}

/* In real time nobody can say when, only that it comes: other calls are made
 * until then. */
static void in_real_time(struct scene *s)
{
    enum { CALLS = 20000 };
    struct conn *c;
    const char *id;

    stage_serve_timeout(s, 100);
    c = scene_conn(s);
    id = ask_send(c, "conf/hold", HOLD_T, "");
    shapes_wait_held(s, 1);
    for (size_t i = 0; i < CALLS && !sub_seen(c, id); i++)
        verify_output(s, ask_them(c, "conf/echo", "1"), "1");
    verify_timeout(c, id);
    verify_stopped(s, "conf/hold", 1);
    release_late(c, "t");
}

/* --- subscriptions */

static void subscription_has_none(struct scene *s)
{
    struct conn *c;
    const char *id;

    stage_serve_timeout(s, 1000);
    c = scene_conn(s);
    id = sub_send(c, "conf/source", sequences_input(s, 5, "\"tag\":\"t\""));
    for (size_t i = 0; i < 5; i++) {
        scene_advance(s, 60 * 60 * SHAPES_S);
        verify_waits(c, id);
        sequences_step(s, "t", 1);
        sequences_take(c, id, i, 1, 0);
    }
    scene_advance(s, 60 * 60 * SHAPES_S);
    sequences_step(s, "t", 1);
    sub_completed(c, id);
    verify_stopped(s, "conf/source", 0);
}

/* --- what is composed */

struct chain {
    const char *input; /* of conf/compose */
    const char *child; /* what it composes in the end */
    size_t composers;  /* how many compose on the way to it */
};

#define OF_HOLD "{\"operation\":\"conf/hold\",\"input\":" HOLD_T "}"

static const struct chain child = {OF_HOLD, "conf/hold", 1};
static const struct chain grandchild = {
    "{\"operation\":\"conf/compose\",\"input\":" OF_HOLD "}", "conf/hold", 2};
static const struct chain running = {
    "{\"operation\":\"conf/hold\",\"input\":" HOLD_T
    ",\"policy\":\"continue-running\"}",
    "conf/hold", 1};

/* The root fails with TIMEOUT, or tells of the child that did. */
static void verify_root_timeout(struct conn *c, const char *id)
{
    struct scene *s = conn_scene(c);
    const struct ask_outcome *o = ask_answer(c, id);

    if (o->is_ok)
        shapes_told_error(s, o, "TIMEOUT", true);
    else
        verify_error(s, o, "TIMEOUT", true);
}

static void composed(struct scene *s)
{
    const struct chain *chain = scene_data(s);
    struct conn *c;
    const char *id;

    stage_serve_timeout(s, 4000);
    c = scene_conn(s);
    id = ask_send(c, "conf/compose", chain->input, "");
    verify_entered(s, chain->child, 1);
    verify_entered(s, "conf/compose", chain->composers);
    pass_limit(c, 4 * SHAPES_S);
    verify_root_timeout(c, id);
    verify_stopped(s, chain->child, 1);
    release_late(c, "t");
}

/* The child begins when half of its parent's time is over, and has the other
 * half. */
static void no_fresh_time(struct scene *s)
{
    struct conn *c;
    const char *id;

    stage_serve_timeout(s, 60000);
    c = scene_conn(s);
    id = ask_send(c, "conf/compose",
                  "{\"operation\":\"conf/hold\",\"input\":" HOLD_T
                  ",\"tag\":\"late\"}",
                  "");
    scene_settle(s);
    scene_advance(s, 40 * SHAPES_S);
    shapes_release(s, "late", 1);
    verify_entered(s, "conf/hold", 1);
    pass_limit(c, 20 * SHAPES_S);
    verify_root_timeout(c, id);
    verify_stopped(s, "conf/hold", 1);
    release_late(c, "t");
}

static void child_in_time(struct scene *s)
{
    struct conn *c;
    const char *id;

    stage_serve_timeout(s, 4000);
    c = scene_conn(s);
    id = ask_send(c, "conf/compose", OF_HOLD, "");
    verify_entered(s, "conf/hold", 1);
    scene_advance(s, 4 * SHAPES_S - 1);
    verify_waits(c, id);
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, id), "{\"output\":" HOLD_T "}");
    scene_advance(s, 60 * SHAPES_S);
    verify_conn_silence(c);
    verify_stopped(s, "conf/hold", 0);
}

/* A handler that waits for us is stopped as well, and what we answer then is
 * for nobody. */
static void calls_back(struct scene *s)
{
    const struct ask_request *r;
    struct conn *c;
    const char *id;

    stage_serve_timeout(s, 4000);
    c = scene_conn(s);
    id = ask_send(c, "conf/callback",
                  "{\"operation\":\"conf/echo\",\"input\":1}", "");
    r = ask_take(c);
    pass_limit(c, 4 * SHAPES_S);
    verify_timeout(c, id);
    verify_stopped(s, "conf/callback", 1);
    if (sub_seen(c, r->id))
        sub_aborted(c, r->id);
    ask_serve(r);
    verify_conn_silence(c);
    verify_alive(c);
}

#define L1                                                                     \
    {                                                                          \
        .lvl = LVL_L1                                                          \
    }

#define LIMIT(slug, what, limit_ms)                                            \
    {                                                                          \
        .id = slug, .rules = "TO-8 TO-7 TO-6 CX-12 OC-7 EC-2",                 \
        .needs = "deadlines hold", .claim = what,                              \
        .twin = "deadline.limit.in-time", .is_negative = true, .axes = L1,     \
        .run = limit, .data = limit_ms                                         \
    }

#define ENDS(slug, rule, need, other, what, body)                              \
    {                                                                          \
        .id = slug, .rules = rule, .needs = "deadlines hold" need,             \
        .claim = what, .twin = other, .is_negative = true, .axes = L1,         \
        .run = body                                                            \
    }

#define COMPOSED(slug, what, chain)                                            \
    {                                                                          \
        .id = slug, .rules = "TO-6a TO-6 CX-5 OC-7",                           \
        .needs = "deadlines hold compose", .claim = what,                      \
        .twin = "deadline.composed.in-time", .is_negative = true, .axes = L1,  \
        .run = composed, .data = chain                                         \
    }

static const struct conf_case cases[] = {
    LIMIT("deadline.limit.default",
          "A query that runs for 30 seconds is stopped and answered by a "
          "retryable TIMEOUT when nothing else was said.",
          &by_default),
    LIMIT("deadline.limit.short",
          "A query that passes a deadline of two seconds is stopped and "
          "answered by a retryable TIMEOUT.",
          &short_ms),
    LIMIT("deadline.limit.long",
          "A query with a deadline of two minutes is stopped then, and not "
          "before.",
          &long_ms),
    {
        .id = "deadline.limit.in-time",
        .rules = "TO-8 TO-6 CL-1",
        .needs = "deadlines hold",
        .claim = "A query that is answered a moment before its deadline is "
                 "answered, and time changes nothing of it.",
        .axes = L1,
        .run = waits_till_then,
    },
    ENDS("deadline.limit.mutation", "TO-8 TO-7 OC-7", "",
         "deadline.limit.in-time",
         "A mutation that is stopped at its deadline does not do its work "
         "later.",
         stops_a_mutation),
    ENDS("deadline.limit.each-its-own", "TO-7 TO-6 CX-12", "",
         "deadline.limit.in-time",
         "The deadline of a request is counted from its own beginning.",
         each_its_own),
    ENDS("deadline.limit.several", "TO-7 TO-8", "", "deadline.limit.in-time",
         "Twenty queries with one deadline all end at it, and others do not "
         "notice.",
         several),
    {
        .id = "deadline.limit.in-real-time",
        .rules = "TO-8 TO-7 OC-7",
        .needs = "deadlines hold",
        .claim = "A query that passes its deadline is stopped in real time, "
                 "too.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .axes = {.lvl = LVL_L2},
        .run = in_real_time,
    },
    {
        .id = "deadline.subscription.none",
        .rules = "CX-12 TO-9",
        .needs = "deadlines hold subscriptions",
        .claim = "A subscription outlives the deadline of queries for hours.",
        .axes = L1,
        .run = subscription_has_none,
    },
    COMPOSED("deadline.composed.child",
             "What a query composes is stopped at the query's deadline.",
             &child),
    COMPOSED("deadline.composed.grandchild",
             "The deadline of a query bounds what is composed two levels "
             "below it.",
             &grandchild),
    COMPOSED("deadline.composed.continue-running",
             "The deadline of a query bounds also what would outlive its "
             "abort.",
             &running),
    ENDS("deadline.composed.no-fresh-time", "CX-5 TO-6a TO-6", " compose",
         "deadline.composed.in-time",
         "What a query composes late has only the time that is left to the "
         "query.",
         no_fresh_time),
    {
        .id = "deadline.composed.in-time",
        .rules = "CX-5 TO-6a",
        .needs = "deadlines hold compose",
        .claim = "A composed call that is answered before the deadline is "
                 "answered.",
        .axes = L1,
        .run = child_in_time,
    },
    {
        .id = "deadline.composed.callback",
        .rules = "TO-8 TO-7 PM-8",
        .needs = "deadlines callback",
        .claim = "A handler that waits for its caller's answer is stopped at "
                 "its deadline.",
        .twin = "calls.callback.over-the-same-connection",
        .is_negative = true,
        .axes = L1,
        .run = calls_back,
    },
};

const struct case_list deadlines_cases = {cases,
                                          sizeof cases / sizeof cases[0]};
