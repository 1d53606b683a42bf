/* SPDX-License-Identifier: MIT */
/*
 * Who takes no more, and what that costs: a subscription is held back by the
 * flow control of its stream, nothing of it is lost, and nobody else waits.
 *
 * The testee is the source first, and we hold its stream. Then it is the
 * consumer, which takes no more, and we send as far as its window admits.
 */
#include "conformance/cases/sequences.h"

extern const struct case_list backpressure_cases;

#define KIB 1024u

enum {
    ITEMS = 256,           /* of a long sequence */
    SIZE = 16 * KIB,       /* data in each of its items */
    WHOLE = ITEMS * SIZE,  /* all of it */
    HELD_MAX = WHOLE / 2,  /* what may lie about of it */
    ROOM = SIZE + 4 * KIB, /* for one item */
    STALLED = 20,          /* of many shorter ones … */
    SHORT = 50,            /* items */
    SMALLER = 4 * KIB,     /* of that size */
};

static uint64_t bytes_held(struct scene *s)
{
    uint64_t held = 0;

    scene_settle(s);
    (void)json_get_u64(json_find(scene_verb(s, "stats", ""), "bytes"), &held);
    return held;
}

/* --- the testee is the source */

/* Nothing of an answer is taken on that stream from the beginning. */
static const char *ask_held(struct stream *st, const char *operation,
                            const char *input)
{
    struct scene *s = conn_scene(stream_conn(st));
    const char *id = scene_id(s);
    struct slice frame = ask_frame(s, id, operation, input);

    stream_send(st, slice_head(frame, 10));
    stream_hold(st);
    stream_send(st, slice_skip(frame, 10));
    return id;
}

static const char *long_input(struct scene *s)
{
    return sequences_input(s, ITEMS,
                           scene_text(s, "\"size\":%u", (unsigned)SIZE));
}

static void verify_held_back(struct scene *s, const struct stream *st)
{
    uint64_t made = stream_written(st) + bytes_held(s);

    verify_that(s, made <= HELD_MAX, "a source that is held back",
                "%u bytes sent or held of %u", (unsigned)made, (unsigned)WHOLE);
}

static void take_all(struct conn *c, const char *id)
{
    sequences_take(c, id, 0, ITEMS, SIZE);
    sub_completed(c, id);
}

static void source_waits(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = ask_held(st, "conf/source", long_input(s));

    verify_held_back(s, st);
    if (scene_axes(s).lvl == LVL_L1)
        scene_advance(s, 60 * 60 * SHAPES_S);
    verify_held_back(s, st);
    stream_go_on(st);
    take_all(c, id);
    verify_silence(st);
    verify_alive(c);
}

/* Its items are taken a few at a time, and held again each time. */
static void stop_and_go(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = ask_held(st, "conf/source", long_input(s));

    for (size_t i = 0; i < ITEMS; i += ITEMS / 4) {
        stream_go_on(st);
        sequences_take(c, id, i, ITEMS / 4, SIZE);
        stream_hold(st);
        verify_output(s, ask_them(c, "conf/echo", "1"), "1");
    }
    stream_go_on(st);
    sub_completed(c, id);
    verify_silence(st);
}

static void others_are_served(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st[2] = {stream_open(c), stream_open(c)};
    const char *ids[2];
    const char *other;

    for (size_t i = 0; i < 2; i++)
        ids[i] = ask_held(st[i], "conf/source", long_input(s));
    scene_settle(s);
    verify_output(s, ask_them(c, "conf/echo", "1"), "1");
    verify_output(s, ask_us(c, "conf/echo", "2"), "2");
    other = sub_send(c, "conf/source", "{\"items\":100}");
    sequences_take(c, other, 0, 100, 0);
    sub_completed(c, other);
    for (size_t i = 2; i-- > 0;) {
        stream_go_on(st[i]);
        take_all(c, ids[i]);
    }
    verify_conn_silence(c);
}

/* What they make is less than half of what they have. */
static void many_wait(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st[STALLED];
    const char *ids[STALLED];
    uint64_t made = 0;

    for (size_t i = 0; i < STALLED; i++) {
        st[i] = stream_open(c);
        ids[i] = ask_held(
            st[i], "conf/source",
            sequences_input(s, SHORT,
                            scene_text(s, "\"size\":%u", (unsigned)SMALLER)));
    }
    scene_settle(s);
    made = bytes_held(s);
    verify_that(s, made <= (uint64_t)STALLED * SHORT * SMALLER / 2,
                "sources that are held back", "%u bytes held", (unsigned)made);
    verify_alive(c);
    for (size_t i = STALLED; i-- > 0;) {
        stream_go_on(st[i]);
        sequences_take(c, ids[i], 0, SHORT, SMALLER);
        sub_completed(c, ids[i]);
    }
    verify_conn_silence(c);
}

/* On one stream what is stalled stalls all, and then all of it comes. */
static void one_stream(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *ids[2] = {ask_held(st, "conf/source", long_input(s))};
    const char *echo;

    ids[1] = ask_send_on(st, "conf/source", "{\"items\":50}", "");
    echo = ask_send_on(st, "conf/echo", "1", "");
    stream_fin(st);
    verify_held_back(s, st);
    stream_go_on(st);
    sequences_take(c, ids[0], 0, ITEMS, SIZE);
    sequences_take(c, ids[1], 0, 50, 0);
    sub_completed(c, ids[0]);
    sub_completed(c, ids[1]);
    verify_output(s, ask_answer(c, echo), "1");
    verify_silence(st);
}

/* One that fails is held back like any other, and its error is not lost. */
static void error_behind_items(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id =
        ask_held(st, "conf/source",
                 sequences_input(s, 40, "\"size\":10000," SEQUENCES_ERROR));

    scene_settle(s);
    stream_go_on(st);
    sequences_take(c, id, 0, 40, 10000);
    sequences_take_error(c, id);
    verify_silence(st);
}

typedef void leaving(struct stream *st, const char *id);

struct way {
    leaving *leave; /* how we give it up */
};

static void by_abort(struct stream *st, const char *id)
{
    sub_abort(stream_conn(st), id);
}

static void by_stop(struct stream *st, const char *id)
{
    (void)id;
    stream_stop(st, 9);
    stream_fin(st);
}

static void by_reset_too(struct stream *st, const char *id)
{
    (void)id;
    stream_stop(st, 9);
    stream_reset(st, 9);
}

static const struct way aborted = {by_abort};
static const struct way stopped = {by_stop};
static const struct way reset_too = {by_reset_too};

/* The other one, on a stream of its own, comes to its end. */
static void given_up(struct scene *s)
{
    const struct way *way = scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = ask_held(st, "conf/source", long_input(s));
    struct stream *other = stream_open(c);
    const char *kept = ask_held(other, "conf/source", long_input(s));

    scene_settle(s);
    way->leave(st, id);
    verify_stopped(s, "conf/source", 1);
    stream_go_on(other);
    take_all(c, kept);
    verify_stopped(s, "conf/source", 1);
    verify_open(c);
    verify_alive(c);
}

static void lost(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct conn *next;
    uint64_t held;

    for (size_t i = 0; i < 5; i++)
        (void)ask_held(stream_open(c), "conf/source", long_input(s));
    scene_settle(s);
    conn_drop(c);
    verify_stopped(s, "conf/source", 5);
    next = conn_open(s, NULL);
    verify_output(s, ask_them(next, "conf/echo", "1"), "1");
    held = bytes_held(s);
    verify_that(s, held == 0, "nothing held for who has gone", "%u bytes",
                (unsigned)held);
}

/* --- the testee is the consumer */

static void give_large(const struct sequence *q, size_t i)
{
    struct scene *s = conn_scene(stream_conn(q->request->stream));
    char *data = arena_new(scene_arena(s), SIZE + 1, 1);

    memset(data, 'x', SIZE);
    sub_give(q->request, scene_text(s, "{\"i\":%zu,\"data\":\"%s\"}", i, data));
}

/* We give from `from` on, as far as the testee lets us: the next that was not
 * given. Calls go both ways all the while. */
static size_t give_what_goes(const struct sequence *q, size_t from)
{
    const struct ask_request *r = q->request;
    struct conn *c = stream_conn(r->stream);
    struct scene *s = conn_scene(c);

    for (; from < ITEMS; from++) {
        scene_settle(s);
        if (stream_room(r->stream) < ROOM)
            break;
        give_large(q, from);
    }
    verify_output(s, ask_them(c, "conf/echo", "1"), "1");
    verify_output(s, ask_us(c, "conf/echo", "2"), "2");
    return from;
}

static bool has_failed(struct scene *s, const char *sub)
{
    return scene_find_event(s, "error", "id", sub, 0) != NULL;
}

/* All of them have been received, in order, and the completion behind them; or
 * the end is an error, and what came before it is in order. */
static void verify_nothing_lost(struct scene *s, const struct sequence *q,
                                size_t count, size_t size)
{
    bool is_short = has_failed(s, q->sub);

    scene_choice(s, "slow-consumer", is_short ? "gets-an-error" : "waits");
    if (is_short)
        shapes_ended_once(s, q->sub);
    else
        sequences_completed(s, q->sub);
    sequences_received(s, q->sub, is_short ? sub_count(s, q->sub) : count,
                       size);
}

/* Its consumer takes two, and a long time later all the others. */
static void consumer_waits(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "\"items\":2");
    size_t given = give_what_goes(&q, 0);

    while (given < ITEMS && !has_failed(s, q.sub)) {
        sub_take(s, c, q.sub, 16);
        given = give_what_goes(&q, given);
    }
    if (!has_failed(s, q.sub))
        sub_take(s, c, q.sub, ITEMS);
    sub_complete(q.request);
    (void)sub_ended(s, q.sub);
    verify_nothing_lost(s, &q, ITEMS, SIZE);
    verify_alive(c);
}

/* It takes none of them for itself to keep. */
static void consumer_hoards(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "\"items\":1");
    size_t given = give_what_goes(&q, 0);
    uint64_t held = bytes_held(s);

    verify_that(s, given < ITEMS, "a consumer that holds its source back",
                "all %zu items were admitted", given);
    verify_that(s, held <= HELD_MAX, "little held of what is not taken",
                "%u bytes", (unsigned)held);
    stream_reset(q.request->stream, 9);
    sequences_soon(s, q.sub);
    (void)sequences_failed(s, q.sub, "INTERNAL", false);
}

static void others_go_on(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q[2] = {sequences_begin(c, "\"items\":1"),
                            sequences_begin(c, "\"items\":1")};
    struct sequence other;

    for (size_t i = 0; i < 2; i++)
        (void)give_what_goes(&q[i], 0);
    other = sequences_begin(c, "");
    sequences_give(&other, 0, 100);
    sub_complete(other.request);
    sequences_completed(s, other.sub);
    sequences_received(s, other.sub, 100, 0);
    for (size_t i = 0; i < 2; i++) {
        sequences_received(s, q[i].sub, 1, SIZE);
        stream_reset(q[i].request->stream, 9);
        sequences_soon(s, q[i].sub);
        (void)sequences_failed(s, q[i].sub, "INTERNAL", false);
    }
    verify_alive(c);
}

/* Far more small items than it takes at first, and then its end. */
enum { SMALL = 100 };

static struct sequence give_small(struct conn *c)
{
    struct sequence q = sequences_begin(c, "\"items\":2");

    sequences_give(&q, 0, SMALL);
    sequences_received(conn_scene(c), q.sub, 2, 0);
    return q;
}

/* In two steps, unless it has heard of an error already. */
static void take_small(struct scene *s, const struct sequence *q)
{
    struct conn *c = stream_conn(q->request->stream);

    for (size_t i = 0; i < 2 && !ask_has_result(s, q->sub); i++)
        sub_take(s, c, q->sub, SMALL / 2 + 1);
    (void)sub_ended(s, q->sub);
}

static void completion_behind(struct scene *s)
{
    struct sequence q = give_small(scene_conn(s));

    sub_complete(q.request);
    take_small(s, &q);
    verify_nothing_lost(s, &q, SMALL, 0);
}

/* An error is heard, at the latest behind the last item. */
static void error_behind(struct scene *s)
{
    struct sequence q = give_small(scene_conn(s));
    const struct sub_end *end;

    sub_fail(q.request, "CONF_DRY", true, SEQUENCES_DETAILS);
    take_small(s, &q);
    end = sub_ended(s, q.sub);
    verify_that(s, end->how == SUB_ERROR, "an error", "another end");
    if (sub_count(s, q.sub) == SMALL)
        verify_details(s, sequences_failed(s, q.sub, "CONF_DRY", true),
                       SEQUENCES_DETAILS);
    sequences_received(s, q.sub, sub_count(s, q.sub), 0);
    shapes_ended_once(s, q.sub);
}

static void takes_in_steps(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "\"items\":1");

    sequences_give(&q, 0, 6);
    sequences_received(s, q.sub, 1, 0);
    sub_take(s, c, q.sub, 2);
    sequences_received(s, q.sub, 3, 0);
    sub_take(s, c, q.sub, 1);
    sub_take(s, c, q.sub, 1);
    sequences_received(s, q.sub, 5, 0);
    sub_take(s, c, q.sub, 100);
    sequences_received(s, q.sub, 6, 0);
    sequences_give(&q, 6, 2);
    sub_complete(q.request);
    sequences_completed(s, q.sub);
    sequences_received(s, q.sub, 8, 0);
}

static void consumer_for_hours(struct scene *s)
{
    struct conn *c;
    struct sequence q;

    stage_timeout(s, 1000);
    c = scene_conn(s);
    q = sequences_begin(c, "\"items\":1");
    sequences_give(&q, 0, 3);
    scene_advance(s, 10 * 60 * 60 * SHAPES_S);
    sequences_received(s, q.sub, 1, 0);
    sequences_goes_on(s, q.sub);
    sub_take(s, c, q.sub, 10);
    sub_complete(q.request);
    sequences_completed(s, q.sub);
    sequences_received(s, q.sub, 3, 0);
}

static void consumer_aborts(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q = sequences_begin(c, "\"items\":1");
    const struct sub_end *end;

    (void)give_what_goes(&q, 0);
    if (has_failed(s, q.sub))
        scene_not_applicable(s, "a slow consumer of it gets an error");
    sub_abort_theirs(c, q.sub);
    end = sub_ended(s, q.sub);
    verify_that(s, end->how == SUB_ABORTED || end->how == SUB_ERROR,
                "a subscription that was aborted", "another end");
    sub_aborted(c, q.request->id);
    sequences_received(s, q.sub, 1, SIZE);
    shapes_ended_once(s, q.sub);
    verify_alive(c);
}

static void consumer_loses(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct sequence q[2] = {sequences_begin(c, "\"items\":1"),
                            sequences_begin(c, "\"items\":2")};

    sequences_give(&q[0], 0, 20);
    (void)give_what_goes(&q[1], 0);
    conn_drop(c);
    for (size_t i = 0; i < 2; i++) {
        (void)sequences_failed(s, q[i].sub, "INTERNAL", false);
        shapes_ended_once(s, q[i].sub);
    }
    verify_output(s, ask_us(conn_open(s, NULL), "conf/echo", "1"), "1");
}

#define THEM                                                                   \
    {                                                                          \
        .caller = CALLER_THEM                                                  \
    }

#define SOURCE(slug, rule, what, need, body)                                   \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "subscriptions" need, .run = body                             \
    }

#define LEFT(slug, rule, what, need, way)                                      \
    {                                                                          \
        .id = slug, .rules = rule, .needs = "subscriptions" need,              \
        .claim = "A source that is held back is stopped when its caller " what \
                 ", and no other.",                                            \
        .run = given_up, .data = way                                           \
    }

#define CONSUMER(slug, rule, what, need, body, how)                            \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "subscriptions" need, .axes = THEM, .run = body, .data = how  \
    }

static const struct conf_case cases[] = {
    SOURCE("backpressure.source.waits", "SU-9 SU-7 PM-10",
           "A source whose caller takes nothing is held back, and all of it "
           "comes in order when the caller goes on.",
           " stats", source_waits),
    SOURCE("backpressure.source.stop-and-go", "SU-9 SU-7 PM-10",
           "A source whose caller takes its items a few at a time loses none "
           "of them.",
           "", stop_and_go),
    SOURCE("backpressure.source.others", "SU-9 SM-3 SU-7",
           "Sources that are held back hold up no call and no other "
           "subscription on their connection.",
           " call", others_are_served),
    SOURCE("backpressure.source.many", "SU-9 SM-3 SU-7",
           "Twenty sources that are held back cost little, and go on one after "
           "the other.",
           " stats", many_wait),
    SOURCE("backpressure.source.one-stream", "SU-9 SM-12 SU-7",
           "Subscriptions and calls that share a stream are held back "
           "together, and none of them loses anything.",
           " stats", one_stream),
    SOURCE("backpressure.source.error-behind", "SU-9 SU-4 PM-11",
           "The error behind the items of a source that is held back comes "
           "behind them.",
           "", error_behind_items),
    LEFT("backpressure.source.aborted", "SU-11 SU-14 AB-27 AB-9", "aborts it",
         " abort", &aborted),
    LEFT("backpressure.source.stopped", "SM-28 AB-9b", "stops its stream", "",
         &stopped),
    LEFT("backpressure.source.reset", "SM-28 AB-9b SM-27",
         "gives up both halves of its stream", "", &reset_too),
    SOURCE("backpressure.source.lost", "CN-6 CN-15 AB-9b",
           "When the connection is lost, sources that are held back are "
           "stopped, and nothing is kept for them.",
           " stats", lost),
    CONSUMER("backpressure.consumer.loses-nothing",
             "PM-10 PM-13 SU-7 SU-9 SU-10",
             "A consumer that takes its time gets all items in order, or an "
             "error; and no call waits for it.",
             " serve", consumer_waits, NULL),
    {
        .id = "backpressure.consumer.hoards-nothing",
        .rules = "PM-13 FL-13 SU-9",
        .level = CASE_SHOULD,
        .claim = "A consumer that takes nothing holds its source back, and "
                 "little is kept of what it did not take.",
        .needs = "subscriptions stats serve",
        .axes = THEM,
        .run = consumer_hoards,
    },
    CONSUMER("backpressure.consumer.others", "SU-9 SM-3 SU-7",
             "Subscriptions whose consumers take nothing hold up no call and "
             "no other subscription on their connection.",
             " serve", others_go_on, NULL),
    CONSUMER("backpressure.consumer.error-behind", "PM-11 PM-10 SU-4",
             "A slow consumer gets the error of its sequence, behind every "
             "item.",
             "", error_behind, NULL),
    CONSUMER("backpressure.consumer.completion-behind", "PM-10 SU-2 SU-7",
             "A slow consumer learns of the completion behind the last item.",
             "", completion_behind, NULL),
    CONSUMER("backpressure.consumer.in-steps", "SU-7 SU-9 PM-10 SU-10",
             "A consumer gets as many items as it takes, and the others when "
             "it takes more.",
             "", takes_in_steps, NULL),
    CONSUMER("backpressure.consumer.aborts", "SU-11 SU-9 AB-1 AB-3",
             "A consumer that takes nothing can end its subscription: the "
             "abort reaches the source.",
             " abort serve", consumer_aborts, NULL),
    CONSUMER("backpressure.consumer.lost", "CN-6 CN-7 PM-8",
             "A consumer that takes nothing learns once that its connection is "
             "lost.",
             " serve", consumer_loses, NULL),
    {
        .id = "backpressure.consumer.hours",
        .rules = "TO-9 PM-10",
        .claim = "A consumer may take its time for hours.",
        .needs = "subscriptions timeouts",
        .axes = {.caller = CALLER_THEM, .lvl = LVL_L1},
        .run = consumer_for_hours,
    },
};

const struct case_list backpressure_cases = {cases,
                                             sizeof cases / sizeof cases[0]};
