/* SPDX-License-Identifier: MIT */
/*
 * The testee's consumer has enough for now, and more than its own items lies on
 * the stream, or they lie on more than one. Nothing is lost in silence, and
 * nobody waits for it any longer than it lasts.
 */
#include "conformance/cases/sequences.h"

extern const struct case_list paused_cases;

/* The same request, answered on another stream. */
static struct sequence moved(struct scene *s, const struct sequence *q,
                             struct stream *to)
{
    struct ask_request *r = arena_new(scene_arena(s), sizeof *r, 8);

    *r = *q->request;
    r->stream = to;
    return (struct sequence){q->sub, r};
}

static void respond_on(struct stream *st, const struct ask_request *r,
                       const char *output)
{
    stream_send_frame(
        st, "call.responded", r->id,
        scene_text(conn_scene(stream_conn(st)), "{\"output\":%s}", output));
}

/* All the items and the end, or an error behind the first of them. */
static void verify_in_sight(struct scene *s, const struct sequence *q,
                            size_t count)
{
    const struct sub_end *end = sub_ended(s, q->sub);
    bool is_whole = end->how == SUB_COMPLETED;

    verify_that(s, is_whole || end->how == SUB_ERROR,
                "all items and the end, or an error", "another end");
    sequences_received(s, q->sub, is_whole ? count : sub_count(s, q->sub), 0);
    shapes_ended_once(s, q->sub);
}

static void take_if_there(struct scene *s, const struct sequence *q)
{
    scene_settle(s);
    if (!ask_has_result(s, q->sub))
        sub_take(s, stream_conn(q->request->stream), q->sub, 5);
    scene_settle(s);
}

/* --- items and end on two streams */

/* The first item comes on its stream, the second on one of ours. */
static void item_elsewhere(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "\"items\":1");
    struct sequence there = moved(s, &q, stream_open(c));

    sequences_give(&q, 0, 1);
    sequences_received(s, q.sub, 1, 0);
    sequences_give(&there, 1, 1);
    take_if_there(s, &q);
    sequences_give(&q, 2, 1);
    sub_complete(q.request);
    verify_in_sight(s, &q, 3);
    stream_fin(there.request->stream);
    verify_alive(c);
}

/* Items lie unread on its stream, and the end comes on one of ours. */
static void end_elsewhere(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "\"items\":1");
    struct sequence there = moved(s, &q, stream_open(c));

    sequences_give(&q, 0, 3);
    sequences_received(s, q.sub, 1, 0);
    sub_complete(there.request);
    take_if_there(s, &q);
    verify_in_sight(s, &q, 3);
    stream_fin(q.request->stream);
    verify_alive(c);
}

/* --- an answer behind its items */

/* Two items of a subscription that takes one come on a stream, and behind them
 * the answer to a call, which has to wait for them or not. */
struct behind {
    struct sequence paused;
    const char *call;
    const struct ask_request *request; /* of the call */
    struct stream *stream;
};

static struct behind begin_behind(struct conn *c, const char *more)
{
    struct scene *s = conn_scene(c);
    struct behind b = {.paused = sequences_begin(c, more)};
    struct sequence there;

    b.call = ask_begin(c, "conf/echo", "\"b\"", "");
    b.request = ask_take(c);
    b.stream = stream_open(c);
    there = moved(s, &b.paused, b.stream);
    sequences_give(&there, 0, 2);
    respond_on(b.stream, b.request, "\"b\"");
    sequences_received(s, b.paused.sub, 1, 0);
    return b;
}

static void verify_answered(struct scene *s, const struct behind *b)
{
    verify_output(s, ask_result(s, b->call), "\"b\"");
    shapes_ended_once(s, b->call);
    stream_fin(b->request->stream);
    verify_alive(stream_conn(b->stream));
}

static void they_abort(const struct behind *b)
{
    sub_abort_theirs(stream_conn(b->stream), b->paused.sub);
    sub_aborted(stream_conn(b->stream), b->paused.request->id);
}

static void they_drop(const struct behind *b)
{
    sub_drop(stream_conn(b->stream), b->paused.sub);
    sub_aborted(stream_conn(b->stream), b->paused.request->id);
}

static void time_passes(const struct behind *b)
{
    struct scene *s = conn_scene(stream_conn(b->stream));

    scene_advance(s, 15 * SHAPES_S);
    (void)sequences_failed(s, b->paused.sub, "TIMEOUT", true);
}

static void we_fail(const struct behind *b)
{
    sub_fail(b->paused.request, "CONF_DRY", true, NULL);
}

static void we_abort(const struct behind *b)
{
    stream_send_frame(b->paused.request->stream, "call.aborted",
                      b->paused.request->id, "{}");
}

static void we_reset(const struct behind *b)
{
    struct scene *s = conn_scene(stream_conn(b->stream));

    stream_reset(b->paused.request->stream, 9);
    sequences_soon(s, b->paused.sub);
}

/* How the pause comes to its end. */
struct relief {
    void (*end)(const struct behind *b);
    const char *more; /* in the subscription */
};

static const struct relief by_abort = {they_abort, "\"items\":1"};
static const struct relief by_drop = {they_drop, "\"items\":1"};
static const struct relief by_limit = {time_passes,
                                       "\"items\":1,\"timeout_ms\":5000"};
static const struct relief by_failure = {we_fail, "\"items\":1"};
static const struct relief by_callee = {we_abort, "\"items\":1"};
static const struct relief by_reset = {we_reset, "\"items\":1"};

static void paused_then_over(struct scene *s)
{
    const struct relief *relief = scene_data(s);
    struct conn *c = scene_conn(s);
    struct behind b = begin_behind(c, relief->more);

    relief->end(&b);
    verify_answered(s, &b);
}

static void paused_then_taken(struct scene *s)
{
    struct behind b = begin_behind(scene_conn(s), "\"items\":1");

    sub_take(s, scene_conn(s), b.paused.sub, 5);
    sequences_received(s, b.paused.sub, 2, 0);
    verify_answered(s, &b);
    sub_complete(b.paused.request);
    sequences_completed(s, b.paused.sub);
}

/* Two that are paused, one behind the other, and then the answer. */
static void two_paused(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q[2] = {sequences_begin(c, "\"items\":1"),
                            sequences_begin(c, "\"items\":1")};
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);
    struct stream *st = stream_open(c);
    struct sequence there[2] = {moved(s, &q[0], st), moved(s, &q[1], st)};

    for (size_t i = 0; i < 2; i++)
        sequences_give(&there[i], 0, 2);
    respond_on(st, r, "1");
    scene_settle(s);
    sub_abort_theirs(c, q[0].sub);
    sequences_received(s, q[0].sub, 1, 0);
    sequences_received(s, q[1].sub, 1, 0);
    sub_take(s, c, q[1].sub, 9);
    sequences_received(s, q[1].sub, 2, 0);
    verify_output(s, ask_result(s, call), "1");
    sub_aborted(c, q[0].request->id);
    stream_fin(r->stream);
    sub_complete(q[1].request);
    sequences_completed(s, q[1].sub);
    verify_alive(c);
}

#define THEM                                                                   \
    {                                                                          \
        .caller = CALLER_THEM                                                  \
    }

#define PAUSED(slug, rule, need, what, body, how)                              \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "subscriptions serve" need, .axes = THEM, .run = body,        \
        .data = how                                                            \
    }

static const struct conf_case cases[] = {
    PAUSED("shared.pause.item-elsewhere", "PM-10 PM-13 SU-7 SM-7", "",
           "A slow consumer whose items come on two streams gets all of them "
           "in order, or an error.",
           item_elsewhere, NULL),
    PAUSED("shared.pause.end-elsewhere", "PM-10 SU-2 SM-7", "",
           "A slow consumer whose completion overtakes its items on another "
           "stream gets all of them, or an error.",
           end_elsewhere, NULL),
    PAUSED("shared.pause.taken", "SM-7 PM-10 SU-7", "",
           "An answer behind the items of a slow consumer comes when they are "
           "taken.",
           paused_then_taken, NULL),
    PAUSED("shared.pause.aborted", "SM-7 AB-3 PM-10", " abort",
           "An answer behind the items of a slow consumer comes when that "
           "aborts.",
           paused_then_over, &by_abort),
    PAUSED("shared.pause.dropped", "SM-7 AB-3 PM-12", " abort",
           "An answer behind the items of a slow consumer comes when that goes "
           "away.",
           paused_then_over, &by_drop),
    {
        .id = "shared.pause.timed-out",
        .rules = "SM-7 TO-9 TO-5",
        .claim = "An answer behind the items of a slow consumer comes when "
                 "that one's limit has passed.",
        .needs = "subscriptions serve timeouts",
        .axes = {.caller = CALLER_THEM, .lvl = LVL_L1},
        .run = paused_then_over,
        .data = &by_limit,
    },
    PAUSED("shared.pause.failed", "SM-7 PM-11 PM-8", "",
           "An answer behind the items of a slow consumer comes when that one "
           "fails.",
           paused_then_over, &by_failure),
    PAUSED("shared.pause.given-up", "SM-7 AB-31 PM-8", "",
           "An answer behind the items of a slow consumer comes when their "
           "source gives up.",
           paused_then_over, &by_callee),
    PAUSED("shared.pause.reset", "SM-7 SM-27 SM-18", "",
           "An answer behind the items of a slow consumer comes when the "
           "stream of that one's request is reset.",
           paused_then_over, &by_reset),
    PAUSED("shared.pause.two", "SM-7 AB-3 SU-7 PM-10", " abort",
           "An answer behind the items of two slow consumers comes when one "
           "aborts and the other takes its own.",
           two_paused, NULL),
};

const struct case_list paused_cases = {cases, sizeof cases / sizeof cases[0]};
