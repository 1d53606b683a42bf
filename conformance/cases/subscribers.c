/* SPDX-License-Identifier: MIT */
/*
 * The testee as a subscriber: what its consumer is given, what is dropped, and
 * how its subscriptions end when nobody completes them.
 */
#include "conformance/cases/sequences.h"

extern const struct case_list subscribers_cases;

/* --- items */

static void every_kind(struct scene *s)
{
    static const char *const values[] = {
        "null",
        "false",
        "true",
        "0",
        "-9007199254740992",
        "0.1",
        "\"\"",
        "\"\\u0000 \\\" \\ud83d\\ude00\"",
        "[]",
        "[null,[1],{\"a\":[]}]",
        "{}",
        "{\"output\":1,\"code\":\"X\",\"type\":\"call.completed\"}",
    };
    const size_t count = sizeof values / sizeof values[0];
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "");

    for (size_t i = 0; i < count; i++)
        sub_give(q.request, values[i]);
    for (size_t i = 0; i < count; i++)
        verify_same(s, "the item", sub_received(s, q.sub, i), values[i]);
    sub_complete(q.request);
    sequences_completed(s, q.sub);
}

static void marked_as_last(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "");

    sub_give(q.request, "{\"terminal\":true,\"exit_code\":0}");
    sequences_goes_on(s, q.sub);
    sub_give(q.request, "2");
    verify_same(s, "the item behind it", sub_received(s, q.sub, 1), "2");
    sub_complete(q.request);
    sequences_completed(s, q.sub);
}

/* All of it on a stream that we have opened. */
static void elsewhere(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "");
    struct ask_request r = *q.request;
    struct sequence there = {q.sub, &r};

    r.stream = stream_open(c);
    sequences_give(&there, 0, 5);
    sequences_received(s, q.sub, 5, 0);
    sub_complete(&r);
    sequences_completed(s, q.sub);
    stream_fin(q.request->stream);
    shapes_ended_once(s, q.sub);
    verify_alive(c);
}

/* Two of them, each on the stream of the other's request. */
static void crossed(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q[2];
    struct ask_request r[2];

    for (size_t i = 0; i < 2; i++)
        q[i] = sequences_begin(c, "");
    for (size_t i = 0; i < 2; i++) {
        r[i] = *q[i].request;
        r[i].stream = q[1 - i].request->stream;
        q[i].request = &r[i];
    }
    for (size_t i = 0; i < 2; i++) {
        sequences_give(&q[i], 0, 3 + i);
        stream_send_frame(r[i].stream, "call.completed", r[i].id, "{}");
    }
    for (size_t i = 0; i < 2; i++) {
        sequences_completed(s, q[i].sub);
        sequences_received(s, q[i].sub, 3 + i, 0);
        stream_fin(r[i].stream);
    }
}

static void unknown_ids(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "");
    struct stream *st = q.request->stream;

    sequences_give(&q, 0, 1);
    stream_send_frame(st, "call.responded", scene_id(s), "{\"output\":1}");
    stream_send_frame(st, "call.completed", scene_id(s), "{}");
    stream_send_frame(st, "call.more", q.request->id, "{\"output\":1}");
    sequences_goes_on(s, q.sub);
    sequences_give(&q, 1, 1);
    sub_complete(q.request);
    sequences_completed(s, q.sub);
    sequences_received(s, q.sub, 2, 0);
}

/* --- behind the end */

/* What still comes on its stream and on one of ours. */
static void come_late(const struct ask_request *r)
{
    struct stream *const streams[] = {r->stream,
                                      stream_open(stream_conn(r->stream))};

    for (size_t i = 0; i < 2; i++) {
        stream_send_frame(streams[i], "call.responded", r->id,
                          "{\"output\":{\"i\":2}}");
        stream_send_frame(streams[i], "call.completed", r->id, "{}");
        stream_send_frame(streams[i], "call.error", r->id,
                          "{\"code\":\"LATE\",\"message\":\"\","
                          "\"retryable\":false}");
        stream_fin(streams[i]);
    }
}

static void behind_completion(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "");

    sequences_give(&q, 0, 2);
    stream_send_frame(q.request->stream, "call.completed", q.request->id, "{}");
    come_late(q.request);
    sequences_completed(s, q.sub);
    sequences_received(s, q.sub, 2, 0);
    shapes_ended_once(s, q.sub);
    verify_alive(c);
}

static void behind_error(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "");

    sequences_give(&q, 0, 2);
    stream_send_frame(q.request->stream, "call.error", q.request->id,
                      "{\"code\":\"FIRST\",\"message\":\"\","
                      "\"retryable\":true}");
    come_late(q.request);
    (void)sequences_failed(s, q.sub, "FIRST", true);
    sequences_received(s, q.sub, 2, 0);
    shapes_ended_once(s, q.sub);
    verify_alive(c);
}

/* --- the caller chose */

static void as_the_caller_chose(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *once = ask_take(c);
    struct sequence q = {sub_begin(c, "conf/echo", "1", ""), NULL};

    q.request = ask_take(c);
    verify_same(s, "the request of the subscription", q.request->payload,
                shapes_text(s, once->payload->source));
    stream_send_frame(once->stream, "call.responded", once->id,
                      "{\"output\":1}");
    sequences_give(&q, 0, 1);
    verify_output(s, ask_result(s, call), "1");
    sequences_received(s, q.sub, 1, 0);
    sequences_goes_on(s, q.sub);
    stream_fin(once->stream);
    sub_complete(q.request);
    sequences_completed(s, q.sub);
}

/* The abort that it may send then is no sign of anything else. */
static void call_of_a_subscription(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/source", "{\"items\":3}", "");
    const struct ask_request *r = ask_take(c);
    const struct ask_outcome *o;

    ask_serve(r);
    o = ask_result(s, call);
    if (o->is_ok)
        verify_output(s, o, "{\"i\":0}");
    scene_choice(s, "call-of-a-subscription",
                 o->is_ok ? "first-item" : "error");
    shapes_ended_once(s, call);
    if (sub_seen(c, r->id))
        sub_aborted(c, r->id);
    verify_open(c);
    verify_alive(c);
}

static void aborted_or_completed(struct scene *s)
{
    static const char *const names[] = {[SUB_COMPLETED] = "completed",
                                        [SUB_ABORTED] = "aborted",
                                        [SUB_ERROR] = "error"};
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "");
    const struct sub_end *end;

    sequences_give(&q, 0, 2);
    stream_send_frame(q.request->stream, "call.aborted", q.request->id, "{}");
    end = sub_ended(s, q.sub);
    verify_that(s, end->how != SUB_RESULT, "an end of a subscription",
                "a result");
    scene_choice(s, "aborted-by-the-callee", names[end->how]);
    shapes_ended_once(s, q.sub);
    sequences_received(s, q.sub, 2, 0);
    stream_fin(q.request->stream);
    verify_alive(c);
}

/* --- the end that nobody sends */

typedef void ending(const struct sequence *q);

struct loss {
    ending *end;  /* what happens */
    size_t count; /* subscriptions on the connection */
};

static struct conn *conn_of(const struct sequence *q)
{
    return stream_conn(q->request->stream);
}

static void by_fin(const struct sequence *q)
{
    stream_fin(q->request->stream);
}

static void by_reset(const struct sequence *q)
{
    stream_reset(q->request->stream, 9);
}

static void by_half_an_item(const struct sequence *q)
{
    stream_send_fin(q->request->stream, slice_make("\0\0\0\100{\"type\":", 12));
}

static void by_nonsense(const struct sequence *q)
{
    stream_send(q->request->stream, slice_make("\0\0\0\002[]", 6));
}

static void by_loss(const struct sequence *q)
{
    conn_drop(conn_of(q));
}

static void by_close(const struct sequence *q)
{
    conn_close(conn_of(q), 0);
}

static const struct loss fin = {by_fin, 1};
static const struct loss reset = {by_reset, 1};
static const struct loss half = {by_half_an_item, 1};
static const struct loss nonsense = {by_nonsense, 1};
static const struct loss dropped = {by_loss, 10};
static const struct loss closed = {by_close, 10};

/* Its stream ends; another subscription does not notice. */
static void stream_lost(struct scene *s)
{
    const struct loss *loss = scene_data(s);
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "");
    struct sequence other = sequences_begin(c, "");

    if (q.request->stream == other.request->stream)
        scene_not_applicable(s, "both requests came on one stream");
    loss->end(&q);
    sequences_soon(s, q.sub);
    (void)sequences_failed(s, q.sub, "INTERNAL", false);
    verify_conn_silence(c);
    sequences_give(&other, 0, 2);
    sub_complete(other.request);
    sequences_completed(s, other.sub);
    sequences_received(s, other.sub, 2, 0);
    verify_alive(c);
}

/* The items that came before are not taken back. */
static void reset_behind_items(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "");

    sequences_give(&q, 0, 2);
    sequences_received(s, q.sub, 2, 0);
    stream_reset(q.request->stream, 9);
    sequences_soon(s, q.sub);
    (void)sequences_failed(s, q.sub, "INTERNAL", false);
    sequences_received(s, q.sub, 2, 0);
    verify_alive(c);
}

static void fin_behind_item(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "");
    const struct sub_end *end;

    sequences_give(&q, 0, 1);
    stream_fin(q.request->stream);
    sequences_soon(s, q.sub);
    end = sub_ended(s, q.sub);
    if (end->how == SUB_ERROR)
        (void)sequences_failed(s, q.sub, "INTERNAL", false);
    else
        sequences_completed(s, q.sub);
    scene_choice(s, "end-of-stream-behind-an-item",
                 end->how == SUB_ERROR ? "error" : "completed");
    sequences_received(s, q.sub, 1, 0);
    verify_alive(c);
}

static void connection_lost(struct scene *s)
{
    const struct loss *loss = scene_data(s);
    struct conn *c = scene_conn(s);
    struct sequence q[10];

    for (size_t i = 0; i < loss->count; i++) {
        q[i] = sequences_begin(c, "");
        sequences_give(&q[i], 0, i % 3);
        sequences_received(s, q[i].sub, i % 3, 0);
    }
    loss->end(&q[0]);
    for (size_t i = 0; i < loss->count; i++) {
        (void)sequences_failed(s, q[i].sub, "INTERNAL", false);
        sequences_received(s, q[i].sub, i % 3, 0);
    }
    verify_output(s, ask_us(conn_open(s, NULL), "conf/echo", "1"), "1");
}

/* --- time */

static void for_hours(struct scene *s)
{
    struct conn *c;
    struct sequence q;

    stage_timeout(s, 1000);
    c = scene_conn(s);
    q = sequences_begin(c, "");
    for (size_t i = 0; i < 10; i++) {
        scene_advance(s, 60 * 60 * SHAPES_S);
        sequences_goes_on(s, q.sub);
        verify_conn_silence(c);
        sequences_give(&q, i, 1);
    }
    sub_complete(q.request);
    sequences_completed(s, q.sub);
    sequences_received(s, q.sub, 10, 0);
}

/* Its own limit is for all of it: items do not put it off. */
static void own_limit(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "\"timeout_ms\":5000");
    struct sequence other = sequences_begin(c, "");

    sequences_give(&q, 0, 1);
    scene_advance(s, 4 * SHAPES_S);
    sequences_give(&q, 1, 1);
    scene_advance(s, SHAPES_S - 1);
    sequences_goes_on(s, q.sub);
    scene_advance(s, 10 * SHAPES_S + 1);
    (void)sequences_failed(s, q.sub, "TIMEOUT", true);
    sequences_give(&q, 2, 1);
    sub_complete(q.request);
    sequences_received(s, q.sub, 2, 0);
    shapes_ended_once(s, q.sub);
    sub_complete(other.request);
    sequences_completed(s, other.sub);
}

/* Items come all the time, and each of them sooner than the limit is long. */
static void own_limit_among_items(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "\"timeout_ms\":5000");
    struct sequence other = sequences_begin(c, "");

    scene_advance(s, 4 * SHAPES_S);
    sequences_give(&q, 0, 1);
    scene_advance(s, SHAPES_S - 1);
    sequences_goes_on(s, q.sub);
    scene_advance(s, 3 * SHAPES_S + 1);
    for (size_t i = 1; i <= 2; i++) { /* at 8 and 12 seconds */
        sequences_give(&q, i, 1);
        scene_advance(s, (i == 1 ? 4 : 3) * SHAPES_S);
    }
    (void)sequences_failed(s, q.sub, "TIMEOUT", true);
    sequences_received(s, q.sub, sub_count(s, q.sub), 0);
    sub_complete(q.request);
    shapes_ended_once(s, q.sub);
    sub_complete(other.request);
    sequences_completed(s, other.sub);
}

static void in_time(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "\"timeout_ms\":5000");

    scene_advance(s, 5 * SHAPES_S - 1);
    sequences_give(&q, 0, 2);
    sub_complete(q.request);
    sequences_completed(s, q.sub);
    scene_advance(s, 60 * SHAPES_S);
    shapes_ended_once(s, q.sub);
    sequences_received(s, q.sub, 2, 0);
    verify_conn_silence(c);
}

#define THEM                                                                   \
    {                                                                          \
        .caller = CALLER_THEM                                                  \
    }
#define THEM_L1                                                                \
    {                                                                          \
        .caller = CALLER_THEM, .lvl = LVL_L1                                   \
    }

#define TAKES(slug, rule, what, body)                                          \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what, .needs = "subscriptions",    \
        .axes = THEM, .run = body                                              \
    }

#define LOST(slug, what, rule, body, loss)                                     \
    {                                                                          \
        .id = slug, .rules = rule, .claim = "A subscription whose " what,      \
        .needs = "subscriptions", .twin = "subscription.items.five",           \
        .is_negative = true, .axes = THEM, .run = body, .data = loss           \
    }

#define CHOOSES(slug, rule, how_binding, what, body)                           \
    {                                                                          \
        .id = slug, .rules = rule, .level = how_binding, .claim = what,        \
        .needs = "subscriptions", .axes = THEM, .run = body                    \
    }

#define STREAM_RULES "SM-17 SM-18 SM-19 CN-8 SU-2"

static const struct conf_case cases[] = {
    TAKES("subscription.values.every-kind", "RS-1 RS-4 SU-7",
          "Items of every kind of value reach the consumer as they are.",
          every_kind),
    TAKES("subscription.values.marked-as-last", "SU-15 SU-2 EV-5",
          "An item that says of itself that it is the last ends nothing.",
          marked_as_last),
    TAKES("subscription.routes.stream-of-the-callee", "SM-7 ID-7 SU-7",
          "Items and completion on a stream that the callee opened reach the "
          "subscription.",
          elsewhere),
    TAKES("subscription.routes.crossed", "SM-7 ID-7 SU-7",
          "Two subscriptions whose items come on each other's streams each get "
          "their own.",
          crossed),
    TAKES("subscription.routes.unknown-ids", "SM-16 EN-18 PM-1",
          "Items and completions of others, and events that nobody knows, do "
          "nothing to a subscription.",
          unknown_ids),
    TAKES("subscription.late.behind-completion", "PM-8 SU-2",
          "What comes behind the completion of a subscription is dropped.",
          behind_completion),
    TAKES("subscription.late.behind-error", "PM-8 SU-4",
          "What comes behind the error of a subscription is dropped.",
          behind_error),
    TAKES("subscription.caller.chooses", "PM-2 SU-1",
          "Whether a caller waits for one result or for a sequence is its own "
          "choice, and nothing of it is on the wire.",
          as_the_caller_chose),
    CHOOSES("subscription.caller.calls-it", "CL-4", CASE_CHOICE,
            "A call of a subscription ends with its first item or an error, "
            "and harms nothing else.",
            call_of_a_subscription),
    CHOOSES("subscription.caller.aborted-or-completed", "PM-14 AB-31",
            CASE_CHOICE,
            "A subscription that the callee aborts has ended, whatever its "
            "consumer is told.",
            aborted_or_completed),
    CHOOSES("subscription.lost.fin-behind-an-item", "CL-7 SM-18 SM-17",
            CASE_MUST,
            "A subscription whose stream ends behind an item ends within two "
            "seconds, with an error or as if it were completed.",
            fin_behind_item),
    LOST("subscription.lost.fin", "stream ends without a word fails soon.",
         STREAM_RULES, stream_lost, &fin),
    LOST("subscription.lost.reset", "stream is reset fails soon.", STREAM_RULES,
         stream_lost, &reset),
    LOST("subscription.lost.half-an-item",
         "stream ends within an item fails soon.", STREAM_RULES " FL-6",
         stream_lost, &half),
    LOST("subscription.lost.nonsense",
         "stream brings what is no frame fails soon.", "FL-12 SM-19 FL-10",
         stream_lost, &nonsense),
    LOST("subscription.lost.reset-behind-items",
         "stream is reset behind two items keeps them and fails soon.",
         STREAM_RULES, reset_behind_items, NULL),
    LOST("subscription.lost.connection-dropped",
         "connection is lost keeps its items and gets one error.",
         "CN-6 CN-7 PM-8", connection_lost, &dropped),
    LOST("subscription.lost.connection-closed",
         "connection its own node closes keeps its items and gets one error.",
         "CN-6 CN-7 PM-8", connection_lost, &closed),
    {
        .id = "subscription.time.hours",
        .rules = "TO-9",
        .claim = "A subscription that was not told to has no limit of time.",
        .needs = "subscriptions timeouts",
        .axes = THEM_L1,
        .run = for_hours,
    },
    {
        .id = "subscription.time.own-limit",
        .rules = "TO-9 TO-5 TO-1 TO-2 TO-4",
        .claim = "A subscription that was given a limit ends at it with "
                 "TIMEOUT, whatever it has got until then.",
        .needs = "subscriptions timeouts",
        .twin = "subscription.time.in-time",
        .is_negative = true,
        .axes = THEM_L1,
        .run = own_limit,
    },
    {
        .id = "subscription.time.among-items",
        .rules = "TO-9 TO-1 TO-2 TO-5",
        .claim = "The limit of a subscription is for all of it: an item every "
                 "four seconds does not put off one of five.",
        .needs = "subscriptions timeouts",
        .twin = "subscription.time.in-time",
        .is_negative = true,
        .axes = THEM_L1,
        .run = own_limit_among_items,
    },
    {
        .id = "subscription.time.in-time",
        .rules = "TO-9 TO-2 PM-8",
        .claim = "A subscription that is completed before its limit is "
                 "complete, and time changes it no more.",
        .needs = "subscriptions timeouts",
        .axes = THEM_L1,
        .run = in_time,
    },
};

const struct case_list subscribers_cases = {cases,
                                            sizeof cases / sizeof cases[0]};
