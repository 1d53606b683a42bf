/* SPDX-License-Identifier: MIT */
/*
 * The testee gives up what it asked us for, or we give up answering it. Either
 * way its request has ended once and at once, and what still comes is dropped.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list giving_up_cases;

#define ROOM 100 /* streams that the testee may open to begin with */

/* A call or a subscription of the testee's, of which we have read the request;
 * a subscription has been given its first item. */
struct theirs {
    const char *call;
    const struct ask_request *request;
    bool is_sub;
};

static struct theirs begin(struct scene *s, bool is_sub, const char *more)
{
    struct conn *c = scene_conn(s);
    struct theirs t = {.is_sub = is_sub};

    t.call = is_sub ? sub_begin(c, "conf/source", "{\"items\":9}", more)
                    : ask_begin(c, "conf/echo", "1", more);
    t.request = ask_take(c);
    if (is_sub) {
        sub_give(t.request, "{\"i\":0}");
        (void)sub_received(s, t.call, 0);
    }
    return t;
}

static bool is_sub(const struct scene *s)
{
    return scene_data(s) != NULL;
}

static const char subscription[] = "a subscription";

/* Everything that could still come, on its stream and on one of ours. */
static void send_late(struct conn *c, const struct ask_request *r)
{
    static const char *const late[][2] = {
        {"call.responded", "{\"output\":\"late\"}"},
        {"call.error",
         "{\"code\":\"LATE\",\"message\":\"\",\"retryable\":true}"},
        {"call.completed", "{}"},
        {"call.aborted", "{}"}};
    struct stream *st = stream_open(c);

    for (size_t i = 0; i < sizeof late / sizeof late[0]; i++) {
        stream_send_frame(r->stream, late[i][0], r->id, late[i][1]);
        if (i < 3) /* an abort on a stream of ours is about one of ours */
            stream_send_frame(st, late[i][0], r->id, late[i][1]);
    }
    stream_fin(r->stream);
    stream_fin(st);
}

/* It has ended, not well, and only once; the items are those it had. */
static void verify_given_up(struct scene *s, const struct theirs *t)
{
    const struct sub_end *end = sub_ended(s, t->call);

    verify_that(s, end->how == SUB_ABORTED || end->how == SUB_ERROR,
                "an end `aborted` or an error", "another end");
    shapes_ended_once(s, t->call);
    verify_that(s, sub_count(s, t->call) == (t->is_sub ? 1 : 0),
                "no more items than before", "%zu items",
                sub_count(s, t->call));
}

/* Another call of the testee's, which is none the worse for it. */
static struct theirs begin_other(struct scene *s)
{
    return begin(s, false, "");
}

static void verify_other(struct scene *s, const struct theirs *t)
{
    verify_that(s, !ask_has_result(s, t->call), "the other call still waiting",
                "it has ended");
    ask_serve(t->request);
    verify_output(s, ask_result(s, t->call), "1");
    shapes_ended_once(s, t->call);
}

/* --- the caller gives up */

static void caller_aborts(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs other = begin_other(s);
    struct theirs t = begin(s, is_sub(s), "");

    sub_abort_theirs(c, t.call);
    verify_given_up(s, &t);
    sub_aborted(c, t.request->id);
    verify_conn_silence(c);
    send_late(c, t.request);
    verify_given_up(s, &t);
    verify_other(s, &other);
    verify_conn_silence(c);
    verify_alive(c);
}

static void left_alone(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs other = begin_other(s);
    struct theirs t = begin(s, is_sub(s), "");

    if (t.is_sub) {
        sub_complete(t.request);
        verify_that(s, sub_ended(s, t.call)->how == SUB_COMPLETED,
                    "a subscription that is complete", "another end");
    } else {
        ask_serve(t.request);
        verify_output(s, ask_result(s, t.call), "1");
    }
    shapes_ended_once(s, t.call);
    verify_other(s, &other);
    verify_conn_silence(c);
}

/* Its consumer takes no more than the first item. */
static void consumer_stalls(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs t = begin(s, true, "\"items\":1");

    for (size_t i = 1; i < 5; i++)
        sub_give(t.request, scene_text(s, "{\"i\":%zu}", i));
    scene_settle(s);
    sub_abort_theirs(c, t.call);
    verify_given_up(s, &t);
    sub_aborted(c, t.request->id);
    send_late(c, t.request);
    verify_given_up(s, &t);
    verify_conn_silence(c);
    verify_alive(c);
}

static void consumer_leaves(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs other = begin_other(s);
    struct theirs t = begin(s, true, scene_data(s));

    sub_give(t.request, "{\"i\":1}");
    scene_settle(s);
    sub_drop(c, t.call);
    sub_aborted(c, t.request->id);
    send_late(c, t.request);
    verify_conn_silence(c);
    verify_that(s,
                scene_count_events(s, "end", "id", t.call) +
                        scene_count_events(s, "error", "id", t.call) ==
                    0,
                "no word about it", "an end is reported");
    verify_other(s, &other);
    verify_alive(c);
}

static void many(struct scene *s)
{
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < 150; i++) {
        struct theirs t;

        if (scene_axes(s).lvl == LVL_L1)
            conn_credit(c, 2);
        t = begin(s, false, "");
        sub_abort_theirs(c, t.call);
        verify_given_up(s, &t);
        sub_aborted(c, t.request->id);
        stream_fin(t.request->stream);
    }
    verify_conn_silence(c);
    verify_alive(c);
}

/* --- without room for a stream */

static void use_up_room(struct scene *s, struct theirs *all)
{
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < ROOM; i++)
        all[i].call = ask_begin(c, "conf/echo", "1", "");
    for (size_t i = 0; i < ROOM; i++)
        all[i].request = ask_take(c);
    verify_conn_silence(c);
}

/* Nothing of it has been sent, and nothing of it will be. */
static void unsent(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs all[ROOM] = {{.call = NULL}};
    struct theirs t = {.call = NULL};

    use_up_room(s, all);
    t.call = ask_begin(c, "conf/echo", "\"unsent\"", "");
    sub_abort_theirs(c, t.call);
    verify_given_up(s, &t);
    conn_credit(c, 5);
    verify_conn_silence(c);
    verify_output(s, ask_us(c, "conf/echo", "2"), "2");
    for (size_t i = 0; i < ROOM; i++)
        verify_other(s, &all[i]);
    verify_conn_silence(c);
}

/* Its request has been sent; the abort follows when it can, at the latest when
 * there is room. */
static void sent_without_room(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs all[ROOM] = {{.call = NULL}};

    use_up_room(s, all);
    sub_abort_theirs(c, all[0].call);
    verify_given_up(s, &all[0]);
    conn_credit(c, 1);
    sub_aborted(c, all[0].request->id);
    for (size_t i = 1; i < ROOM; i++)
        verify_other(s, &all[i]);
    verify_conn_silence(c);
}

/* --- the callee gives up */

static void abort_it(const struct theirs *t)
{
    stream_send_frame(t->request->stream, "call.aborted", t->request->id, "{}");
}

static void callee_aborts(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs other = begin_other(s);
    struct theirs t = begin(s, false, "");

    abort_it(&t);
    verify_given_up(s, &t);
    send_late(c, t.request);
    verify_given_up(s, &t);
    verify_conn_silence(c);
    verify_other(s, &other);
    verify_alive(c);
}

/* How it ends is open, but not that it does. */
static const char *end_of(struct scene *s, const struct theirs *t)
{
    const struct sub_end *end = sub_ended(s, t->call);

    shapes_ended_once(s, t->call);
    return end->how == SUB_COMPLETED ? "completed"
           : end->how == SUB_ABORTED ? "aborted"
                                     : "error";
}

static void callee_aborts_subscription(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs other = begin_other(s);
    struct theirs t = begin(s, true, "");

    abort_it(&t);
    (void)end_of(s, &t);
    send_late(c, t.request);
    (void)end_of(s, &t);
    verify_that(s, sub_count(s, t.call) == 1, "the one item there was",
                "%zu items", sub_count(s, t.call));
    verify_conn_silence(c);
    verify_other(s, &other);
    verify_alive(c);
}

static void told_apart(struct scene *s)
{
    struct theirs t = begin(s, true, "");

    abort_it(&t);
    stream_fin(t.request->stream);
    scene_choice(s, "aborted-subscription-ends-as", end_of(s, &t));
    verify_alive(scene_conn(s));
}

static void unknown_id(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs t = begin(s, is_sub(s), "");
    const char *unknown = scene_id(s);

    stream_send_frame(t.request->stream, "call.aborted", unknown, "{}");
    sub_abort(c, unknown);
    verify_that(s, !ask_has_result(s, t.call), "the request still waiting",
                "it has ended");
    if (t.is_sub)
        sub_complete(t.request);
    else
        ask_serve(t.request);
    verify_that(
        s, sub_ended(s, t.call)->how == (t.is_sub ? SUB_COMPLETED : SUB_RESULT),
        "its own end", "another end");
    shapes_ended_once(s, t.call);
    verify_conn_silence(c);
}

static void behind_answer(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs t = begin(s, false, "");

    stream_send_frame(t.request->stream, "call.responded", t.request->id,
                      "{\"output\":7}");
    abort_it(&t);
    stream_fin(t.request->stream);
    verify_output(s, ask_result(s, t.call), "7");
    shapes_ended_once(s, t.call);
    verify_conn_silence(c);
    verify_alive(c);
}

/* --- the same id both ways */

/* A call of theirs waits, and a held one of ours runs under its id. */
static struct stream *hold_same(struct scene *s, const struct theirs *t)
{
    struct stream *st = stream_open(scene_conn(s));

    stream_send_fin(
        st, ask_frame(s, t->request->id, "conf/hold", "{\"tag\":\"t\"}"));
    shapes_wait_entered(s, t->request->id);
    return st;
}

static void verify_held(struct scene *s, const struct theirs *t)
{
    verify_stopped(s, "conf/hold", 0);
    verify_conn_silence(scene_conn(s));
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(scene_conn(s), t->request->id),
                  "{\"tag\":\"t\"}");
}

static void same_id_ours(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs t = begin(s, is_sub(s), "");

    (void)hold_same(s, &t);
    sub_abort(c, t.request->id);
    verify_stopped(s, "conf/hold", 1);
    shapes_none_held(s, "t");
    verify_that(s, !ask_has_result(s, t.call), "their request still waiting",
                "it has ended");
    if (t.is_sub)
        sub_complete(t.request);
    else
        ask_serve(t.request);
    verify_that(
        s, sub_ended(s, t.call)->how == (t.is_sub ? SUB_COMPLETED : SUB_RESULT),
        "its own end", "another end");
    shapes_ended_once(s, t.call);
    verify_conn_silence(c);
}

static void same_id_caller(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs t = begin(s, is_sub(s), "");

    (void)hold_same(s, &t);
    sub_abort_theirs(c, t.call);
    verify_given_up(s, &t);
    sub_aborted(c, t.request->id);
    verify_held(s, &t);
    verify_alive(c);
}

static void same_id_callee(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct theirs t = begin(s, is_sub(s), "");

    (void)hold_same(s, &t);
    abort_it(&t);
    (void)end_of(s, &t);
    verify_held(s, &t);
    verify_alive(c);
}

#define THEM                                                                   \
    {                                                                          \
        .caller = CALLER_THEM                                                  \
    }

/* Its twin is the same request without an abort. */
#define CALL(slug, rule, what, body)                                           \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what, .needs = "abort",            \
        .axes = THEM, .twin = "abort.caller.call-left-alone",                  \
        .is_negative = true, .run = body                                       \
    }

#define SUB(slug, rule, what, body)                                            \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "abort subscriptions", .axes = THEM,                          \
        .twin = "abort.caller.subscription-left-alone", .is_negative = true,   \
        .run = body, .data = subscription                                      \
    }

#define SAME(slug, rule, what, need, body, which)                              \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what, .needs = need,               \
        .axes = {.caller = CALLER_BOTH}, .run = body, .data = which            \
    }

static const struct conf_case cases[] = {
    {
        .id = "abort.caller.call-left-alone",
        .rules = "CL-1 PM-8",
        .claim = "A call that nobody aborts gets its answer.",
        .needs = "abort",
        .axes = THEM,
        .run = left_alone,
    },
    {
        .id = "abort.caller.subscription-left-alone",
        .rules = "SU-2 PM-8",
        .claim = "A subscription that nobody aborts is completed.",
        .needs = "abort subscriptions",
        .axes = THEM,
        .run = left_alone,
        .data = subscription,
    },
    CALL("abort.caller.call", "AB-1 AB-3 AB-16 PM-8",
         "Who aborts a call sends its id in one abort, has ended it at once, "
         "and drops what still comes.",
         caller_aborts),
    SUB("abort.caller.subscription", "AB-1 AB-3 AB-16 SU-11 SU-14",
        "Who aborts a subscription sends its id in one abort, has ended it at "
        "once, and drops what still comes.",
        caller_aborts),
    SUB("abort.caller.stalled", "AB-3 SU-11 SU-14 AB-16",
        "A subscription whose consumer takes nothing can be aborted like any "
        "other.",
        consumer_stalls),
    {
        .id = "abort.caller.dropped",
        .rules = "PM-12 SU-11 SU-14 SU-12",
        .claim = "A consumer that goes away without a word aborts its "
                 "subscription.",
        .needs = "abort subscriptions",
        .axes = THEM,
        .run = consumer_leaves,
        .data = "",
    },
    {
        .id = "abort.caller.dropped-while-stalled",
        .rules = "PM-12 SU-11 SU-14 SU-12",
        .claim = "A consumer that takes nothing and then goes away without a "
                 "word aborts its subscription.",
        .needs = "abort subscriptions",
        .axes = THEM,
        .run = consumer_leaves,
        .data = "\"items\":1",
    },
    CALL("abort.caller.many", "AB-3 SM-25",
         "A connection bears 150 calls that their caller aborts one after the "
         "other.",
         many),
    {
        .id = "abort.caller.unsent",
        .rules = "AB-3 AB-32",
        .claim = "Of a call that is aborted before its request could be sent "
                 "nothing is sent.",
        .needs = "abort",
        .axes = {.caller = CALLER_THEM, .lvl = LVL_L1},
        .twin = "abort.caller.call-left-alone",
        .is_negative = true,
        .run = unsent,
    },
    {
        .id = "abort.caller.without-room",
        .rules = "AB-1 AB-3 AB-14",
        .claim = "A call that is aborted while there is no room for another "
                 "stream has ended at once, and its abort is sent when there "
                 "is.",
        .needs = "abort",
        .axes = {.caller = CALLER_THEM, .lvl = LVL_L1},
        .run = sent_without_room,
    },
    CALL("abort.callee.call", "AB-1 AB-31 AB-3 PM-8",
         "A call that its callee aborts ends once without a result, and what "
         "still comes is dropped.",
         callee_aborts),
    SUB("abort.callee.subscription", "AB-1 AB-31 AB-3 SU-2",
        "A subscription that its callee aborts ends once, and what still comes "
        "is dropped.",
        callee_aborts_subscription),
    {
        .id = "abort.callee.told-apart",
        .rules = "PM-14 AB-31",
        .level = CASE_CHOICE,
        .claim = "A consumer whose subscription was aborted by the callee is "
                 "told so, or sees it end.",
        .needs = "subscriptions",
        .axes = THEM,
        .run = told_apart,
    },
    {
        .id = "abort.callee.unknown-call",
        .rules = "AB-2 SM-16",
        .claim = "An abort of an unknown id on the stream of a call is dropped "
                 "and does not end it.",
        .axes = THEM,
        .run = unknown_id,
    },
    {
        .id = "abort.callee.unknown-subscription",
        .rules = "AB-2 SM-16",
        .claim = "An abort of an unknown id on the stream of a subscription is "
                 "dropped and does not end it.",
        .needs = "subscriptions",
        .axes = THEM,
        .run = unknown_id,
        .data = subscription,
    },
    {
        .id = "abort.callee.behind-answer",
        .rules = "AB-2 PM-8",
        .claim = "An abort behind the answer to a call is dropped.",
        .axes = THEM,
        .run = behind_answer,
    },
    SAME("abort.same-id.ours-against-call", "AB-29 ID-4 SY-11 AB-17",
         "An abort of our call stops that, and not a call of theirs that has "
         "the same id.",
         "hold abort", same_id_ours, NULL),
    SAME("abort.same-id.ours-against-subscription", "AB-29 ID-4 SY-11 AB-17",
         "An abort of our call stops that, and not a subscription of theirs "
         "that has the same id.",
         "hold abort subscriptions", same_id_ours, subscription),
    SAME("abort.same-id.their-call", "AB-29 ID-4 SY-11",
         "A caller that aborts its call goes on serving ours that has the same "
         "id.",
         "hold abort", same_id_caller, NULL),
    SAME("abort.same-id.their-subscription", "AB-29 ID-4 SY-11",
         "A caller that aborts its subscription goes on serving our call that "
         "has the same id.",
         "hold abort subscriptions", same_id_caller, subscription),
    SAME("abort.same-id.callee-of-call", "AB-31 ID-4 SY-11",
         "A call that its callee aborts ends, and one of the callee's that has "
         "the same id is served on.",
         "hold abort", same_id_callee, NULL),
    SAME("abort.same-id.callee-of-subscription", "AB-31 ID-4 SY-11",
         "A subscription that its callee aborts ends, and a call of the "
         "callee's that has the same id is served on.",
         "hold abort subscriptions", same_id_callee, subscription),
};

const struct case_list giving_up_cases = {cases,
                                          sizeof cases / sizeof cases[0]};
