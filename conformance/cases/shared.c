/* SPDX-License-Identifier: MIT */
/*
 * Several requests of ours share one stream, and something befalls one of them
 * or all: it is aborted, reset or late. The others lose nothing by it, and what
 * is over is over for each of them. (paused.c does this for the testee's own.)
 */
#include "conformance/cases/sequences.h"

extern const struct case_list shared_cases;

/* --- sources of the testee's, and calls beside them */

#define GATED "{\"items\":3,\"tag\":\"t\"}"
#define HOLD "{\"tag\":\"h\"}"

/* A stream with one request of each letter: a query that is held, a
 * subscription that waits, or an answer that is given at once. */
struct mix {
    const char *letters; /* h, s, e */
    size_t sources;      /* of them */
    bool in_one_piece;
};

static const struct mix query_first = {"hs", 1, false};
static const struct mix source_first = {"sh", 1, false};
static const struct mix batch = {"hsehsse", 3, true};
static const struct mix source_last = {"ehhhes", 1, true};

static struct slice request_of(struct scene *s, char letter, const char *id)
{
    switch (letter) {
    case 'h':
        return ask_frame(s, id, "conf/hold", HOLD);
    case 's':
        return ask_frame(s, id, "conf/source", GATED);
    default:
        return ask_frame(s, id, "conf/echo", "1");
    }
}

enum { LETTERS_MAX = 16 };

static void send_mix(struct stream *st, const struct mix *mix, const char **ids)
{
    struct scene *s = conn_scene(stream_conn(st));
    struct slice all = slice_of("");

    for (size_t i = 0; mix->letters[i]; i++) {
        struct slice frame;

        ids[i] = scene_id(s);
        frame = request_of(s, mix->letters[i], ids[i]);
        if (mix->in_one_piece)
            all = shapes_join(s, all, frame);
        else
            stream_send(st, frame);
    }
    if (all.len)
        stream_send(st, all);
    for (size_t i = 0; mix->letters[i]; i++)
        shapes_wait_entered(s, ids[i]);
}

/* Whether its queries go on is open; its subscriptions do not. */
static void reset_mix(struct scene *s)
{
    const struct mix *mix = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *other = shapes_begin_bystander(c);
    struct stream *st = stream_open(c);
    const char *ids[LETTERS_MAX];

    send_mix(st, mix, ids);
    scene_settle(s);
    stream_reset(st, 7);
    verify_stopped(s, "conf/source", mix->sources);
    shapes_none_held(s, "t");
    (void)scene_try_verb(s, "release", "\"tag\":\"h\"");
    scene_settle(s);
    for (size_t i = 0; mix->letters[i]; i++)
        verify_that(s, mix->letters[i] != 's' || sub_seen(c, ids[i]) == 0,
                    "nothing of a subscription", "a frame");
    while (stream_poll(st))
        continue;
    shapes_verify_bystander(c, other);
    verify_alive(c);
}

static void they_close(struct conn *c)
{
    conn_close(c, 0);
}

/* How a connection ends. */
struct ending {
    void (*end)(struct conn *c);
};

static const struct ending by_loss = {conn_drop};
static const struct ending by_closing = {they_close};

/* All that runs on the stream is stopped, and not only the first of it. */
static void lose_mix(struct scene *s)
{
    const struct ending *ending = scene_data(s);
    struct conn *c = scene_conn(s);
    struct conn *kept = conn_open(s, NULL);
    const char *other = shapes_begin_bystander(kept);
    const char *ids[LETTERS_MAX];

    send_mix(stream_open(c), &batch, ids);
    ending->end(c);
    for (size_t i = 0; batch.letters[i]; i++)
        if (batch.letters[i] != 'e')
            (void)scene_wait_event(s, "handler_stopped", "id", ids[i], 0);
    verify_stopped(s, "conf/hold", 2);
    verify_stopped(s, "conf/source", batch.sources);
    shapes_none_held(s, "h");
    shapes_none_held(s, "t");
    shapes_verify_bystander(kept, other);
}

static void mix_left_alone(struct scene *s)
{
    const struct mix *mix = scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *ids[LETTERS_MAX];
    size_t left = strlen(mix->letters) - mix->sources;

    send_mix(st, mix, ids);
    for (size_t step = 0; step < 4; step++)
        sequences_step(s, "t", mix->sources);
    (void)scene_verb(s, "release", "\"tag\":\"h\"");
    for (size_t i = 0; mix->letters[i]; i++) {
        if (mix->letters[i] == 's') {
            sequences_take(c, ids[i], 0, 3, 0);
            sub_completed(c, ids[i]);
        } else {
            verify_output(s, ask_answer(c, ids[i]),
                          mix->letters[i] == 'h' ? HOLD : "1");
            left--;
        }
    }
    verify_that(s, left == 0, "an answer to each", "%zu short", left);
    verify_silence(st);
}

/* A source that stalls, and behind it on its stream a call, a short
 * subscription and one more call. */
struct queue {
    struct stream *stream;
    const char *stalled;
    const char *first;
    const char *source;
    const char *last;
};

static struct queue begin_queue(struct conn *c)
{
    struct queue q = {.stream = stream_open(c)};

    q.stalled = shapes_stall(q.stream);
    q.first = ask_send_on(q.stream, "conf/echo", "1", "");
    q.source = ask_send_on(q.stream, "conf/source", "{\"items\":5}", "");
    q.last = ask_send_on(q.stream, "conf/echo", "2", "");
    shapes_wait_entered(conn_scene(c), q.last);
    scene_settle(conn_scene(c));
    return q;
}

/* The others lose nothing; of what is aborted only what was under way comes. */
static void verify_queue(struct scene *s, const struct queue *q)
{
    struct conn *c = stream_conn(q->stream);
    size_t rest;

    scene_settle(s);
    verify_output(s, ask_answer(c, q->first), "1");
    sequences_take(c, q->source, 0, 5, 0);
    sub_completed(c, q->source);
    verify_output(s, ask_answer(c, q->last), "2");
    rest = shapes_take_rest(q->stream, q->stalled);
    verify_that(s, rest < SHAPES_STALLED, "fewer items than there were to be",
                "%zu items", rest);
    verify_stopped(s, "conf/source", 1);
    verify_output(
        s, ask_answer(c, ask_send_on(q->stream, "conf/echo", "3", "")), "3");
    verify_silence(q->stream);
    verify_alive(c);
}

static void abort_in_front(struct scene *s)
{
    bool on_own_stream = scene_data(s) != NULL;
    struct conn *c = scene_conn(s);
    struct queue q = begin_queue(c);

    if (on_own_stream)
        stream_send_frame(q.stream, "call.aborted", q.stalled, "{}");
    else
        sub_abort(c, q.stalled);
    scene_settle(s);
    stream_go_on(q.stream);
    verify_queue(s, &q);
}

static const char own_stream[] = "on its own stream";

/* A frame is cut in two by the window, and its request aborted then; later one
 * of those behind it is cut. */
static void abort_half_sent(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct queue q = begin_queue(c);

    stream_window(q.stream, 20);
    scene_settle(s);
    sub_abort(c, q.stalled);
    for (size_t i = 0; i < 40; i++) {
        stream_window(q.stream, 1 + i);
        scene_settle(s);
    }
    stream_go_on(q.stream);
    verify_queue(s, &q);
}

static void queue_left_alone(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct queue q = begin_queue(c);

    stream_go_on(q.stream);
    sequences_take(c, q.stalled, 0, SHAPES_STALLED, 10000);
    sub_completed(c, q.stalled);
    sequences_take(c, q.source, 0, 5, 0);
    sub_completed(c, q.source);
    verify_output(s, ask_answer(c, q.first), "1");
    verify_output(s, ask_answer(c, q.last), "2");
    verify_stopped(s, "conf/source", 0);
    verify_silence(q.stream);
}

/* --- a deadline among others */

enum { SERVE_S = 20 };

/* The queries end at it, what was answered was, and the subscription stays. */
static void deadline_in_mix(struct scene *s)
{
    static const struct mix mix = {"hseh", 1, true};
    const char *ids[LETTERS_MAX];
    struct stream *st;
    struct conn *c;

    stage_serve_timeout(s, SERVE_S * 1000);
    c = scene_conn(s);
    st = stream_open(c);
    send_mix(st, &mix, ids);
    verify_output(s, ask_answer(c, ids[2]), "1");
    shapes_give_item(c, ids[1], 0);
    verify_silence(st);
    scene_advance(s, (SERVE_S + 10) * SHAPES_S);
    verify_error(s, ask_answer(c, ids[0]), "TIMEOUT", true);
    verify_error(s, ask_answer(c, ids[3]), "TIMEOUT", true);
    verify_stopped(s, "conf/hold", 2);
    verify_stopped(s, "conf/source", 0);
    shapes_give_item(c, ids[1], 1);
    shapes_give_item(c, ids[1], 2);
    scene_settle(s);
    shapes_release(s, "t", 1);
    sub_completed(c, ids[1]);
    verify_silence(st);
}

/* It passes while nothing of the stream is taken. */
static void deadline_when_stalled(struct scene *s)
{
    struct stream *st;
    const char *hold;
    const char *id;
    struct conn *c;

    stage_serve_timeout(s, SERVE_S * 1000);
    c = scene_conn(s);
    st = stream_open(c);
    id = shapes_stall(st);
    hold = ask_send_on(st, "conf/hold", HOLD, "");
    shapes_wait_entered(s, hold);
    scene_advance(s, (SERVE_S + 10) * SHAPES_S);
    verify_stopped(s, "conf/hold", 1);
    shapes_none_held(s, "h");
    stream_go_on(st);
    sequences_take(c, id, 0, SHAPES_STALLED, 10000);
    sub_completed(c, id);
    verify_error(s, ask_answer(c, hold), "TIMEOUT", true);
    verify_silence(st);
    verify_alive(c);
}

#define RESET(slug, what, mix)                                                 \
    {                                                                          \
        .id = slug, .rules = "AB-9b SM-28 SM-27",                              \
        .needs = "subscriptions hold",                                         \
        .claim = "The reset of a stream stops " what,                          \
        .twin = "shared.reset.left-alone", .is_negative = true,                \
        .run = reset_mix, .data = mix                                          \
    }

#define LOST(slug, what, how)                                                  \
    {                                                                          \
        .id = slug, .rules = "CN-17 AB-24",                                    \
        .needs = "subscriptions abort hold",                                   \
        .claim = "A connection that is " what                                  \
                 " stops all that runs on one of its streams.",                \
        .twin = "shared.reset.left-alone", .is_negative = true,                \
        .run = lose_mix, .data = how                                           \
    }

#define QUEUE(slug, rule, levels, what, body, how)                             \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "subscriptions abort", .axes = {.lvl = levels}, .run = body,  \
        .data = how                                                            \
    }

#define DEADLINE(slug, rule, need, other, what, body)                          \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "deadlines hold subscriptions" need, .axes = {.lvl = LVL_L1}, \
        .twin = other, .is_negative = true, .run = body                        \
    }

static const struct conf_case cases[] = {
    {
        .id = "shared.reset.left-alone",
        .rules = "BA-1 BA-2 SU-7",
        .claim = "Calls and subscriptions that share a stream all come to "
                 "their end.",
        .needs = "subscriptions hold",
        .run = mix_left_alone,
        .data = &batch,
    },
    RESET("shared.reset.query-first", "the subscription behind a query.",
          &query_first),
    RESET("shared.reset.source-first", "the subscription before a query.",
          &source_first),
    RESET("shared.reset.batch", "every subscription of a mixed batch.", &batch),
    RESET("shared.reset.source-last",
          "the subscription behind many queries of a batch.", &source_last),
    LOST("shared.loss.dropped", "lost", &by_loss),
    LOST("shared.loss.closed", "closed", &by_closing),
    QUEUE("shared.abort.left-alone", "SU-9 SU-7 BA-2", 0,
          "Calls and subscriptions behind a source that stalled lose nothing "
          "when it goes on.",
          queue_left_alone, NULL),
    QUEUE("shared.abort.in-front", "BA-3 AB-7 SU-7", 0,
          "The abort of a source that stalled costs nobody behind it on its "
          "stream an answer or an item.",
          abort_in_front, NULL),
    QUEUE("shared.abort.in-front-own-stream", "BA-3 AB-7 SU-7 AB-28", 0,
          "The same where the abort comes on that stream.", abort_in_front,
          own_stream),
    QUEUE("shared.abort.half-sent", "BA-3 AB-7 SU-7 FR-1", LVL_L1,
          "A frame that was cut by the window when its request was aborted is "
          "finished, and those behind it are whole.",
          abort_half_sent, NULL),
    DEADLINE("shared.deadline.in-batch", "TO-8 BA-3 CX-12", "",
             "shared.reset.left-alone",
             "The deadline of a batch ends its queries and neither stops nor "
             "holds up its subscription.",
             deadline_in_mix),
    DEADLINE("shared.deadline.stalled", "TO-8 TO-7 SU-7", " abort",
             "shared.abort.left-alone",
             "A query whose deadline passes while its stream is stalled is "
             "answered by TIMEOUT when it goes on, and no item is lost.",
             deadline_when_stalled),
};

const struct case_list shared_cases = {cases, sizeof cases / sizeof cases[0]};
