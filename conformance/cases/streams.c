/* SPDX-License-Identifier: MIT */
/*
 * Streams on which we call: how they end, how many there may be, who waits for
 * whom, and what becomes of a request whose stream we give up.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list streams_cases;

#define HOLD_T "{\"tag\":\"t\"}"

/* --- ends */

static void without_fin(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);

    for (size_t i = 0; i < 3; i++) {
        const char *input = scene_text(s, "%zu", i);
        const char *id = ask_send_on(st, "conf/echo", input, "");

        verify_frame(s, stream_next(st), "call.responded", id,
                     scene_text(s, "{\"output\":%zu}", i));
    }
}

static void fin_behind_answer(struct scene *s)
{
    struct stream *st = stream_open(scene_conn(s));
    const char *id = ask_send_on(st, "conf/echo", "1", "");

    verify_frame(s, stream_next(st), "call.responded", id, NULL);
    stream_fin(st);
    stream_wait_fin(st);
}

static void fin_ends_stream(struct scene *s)
{
    struct stream *st = stream_open(scene_conn(s));
    const char *id = scene_id(s);

    stream_send_fin(st, ask_frame(s, id, "conf/echo", "1"));
    verify_frame(s, stream_next(st), "call.responded", id, NULL);
    stream_wait_fin(st);
}

static void fin_while_running(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = ask_send_on(st, "conf/hold", HOLD_T, "");

    shapes_wait_held(s, 1);
    stream_fin(st);
    verify_silence(st);
    verify_that(s, !stream_has_fin(st) && !stream_was_reset(st),
                "a stream that still owes its answer", "its end");
    shapes_release(s, "t", 1);
    verify_frame(s, stream_next(st), "call.responded", id,
                 "{\"output\":" HOLD_T "}");
}

static void empty_stream(struct scene *s)
{
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < 10; i++) {
        struct stream *st = stream_open(c);

        stream_fin(st);
        verify_silence(st);
    }
    verify_open(c);
    verify_alive(c);
}

/* --- how many */

static void one_after_the_other(struct scene *s, size_t count, bool fin)
{
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < count; i++) {
        const char *input = scene_text(s, "%zu", i);
        const char *id = scene_id(s);
        struct stream *st = stream_open(c);

        if (fin)
            stream_send_fin(st, ask_frame(s, id, "conf/echo", input));
        else
            stream_send(st, ask_frame(s, id, "conf/echo", input));
        verify_output(s, ask_answer(c, id), input);
    }
    verify_entered(s, "conf/echo", count);
}

static void with_fin_150(struct scene *s)
{
    one_after_the_other(s, 150, true);
}

static void never_fin_150(struct scene *s)
{
    one_after_the_other(s, 150, false);
}

/* Far beyond what any credit, table or counter begins with. */
static void ours_10000(struct scene *s)
{
    one_after_the_other(s, 10000, true);
}

static void theirs_10000(struct scene *s)
{
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < 10000; i++) {
        const char *input = scene_text(s, "%zu", i);

        conn_credit(c, 1);
        verify_output(s, ask_us(c, "conf/echo", input), input);
    }
}

/* A thousand at once: a hundred streams, ten requests on each. */
static void ours_1000_at_once(struct scene *s)
{
    enum { STREAMS = 90, EACH = 12, COUNT = STREAMS * EACH };
    struct conn *c = scene_conn(s);
    const char *ids[COUNT];

    for (size_t i = 0; i < STREAMS; i++) {
        struct stream *st = stream_open(c);

        for (size_t k = 0; k < EACH; k++)
            ids[i * EACH + k] = ask_send_on(st, "conf/hold", HOLD_T, "");
        stream_fin(st);
    }
    shapes_wait_held(s, COUNT);
    verify_conn_silence(c);
    shapes_release(s, "t", COUNT);
    for (size_t i = 0; i < COUNT; i++)
        verify_output(s, ask_answer(c, ids[i]), HOLD_T);
    verify_entered(s, "conf/hold", COUNT);
}

/* All are begun before any is answered, and then the last one first. At L2
 * only as many are under way as may be; the rest waits for room. */
static void theirs_1000_at_once(struct scene *s)
{
    enum { COUNT = 1000, ROOM = 100 };
    struct conn *c = scene_conn(s);
    size_t step = scene_axes(s).lvl == LVL_L1 ? COUNT : 50;
    const struct ask_request *r[COUNT];
    const char *calls[COUNT];

    if (step == COUNT)
        conn_credit(c, COUNT - ROOM);
    for (size_t i = 0; i < COUNT; i++)
        calls[i] = ask_begin(c, "conf/echo", scene_text(s, "%zu", i), "");
    for (size_t done = 0; done < COUNT; done += step) {
        for (size_t i = 0; i < step; i++)
            r[i] = ask_take(c);
        for (size_t i = step; i-- > 0;)
            ask_serve(r[i]);
    }
    for (size_t i = 0; i < COUNT; i++)
        verify_output(s, ask_result(s, calls[i]), scene_text(s, "%zu", i));
}

static void they_call_150(struct scene *s)
{
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < 150; i++) {
        const char *input = scene_text(s, "%zu", i);

        if (scene_axes(s).lvl == LVL_L1)
            conn_credit(c, 1);
        verify_output(s, ask_us(c, "conf/echo", input), input);
    }
}

static void held_64(struct scene *s)
{
    enum { COUNT = 64 };
    struct conn *c = scene_conn(s);
    const char *ids[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        ids[i] = ask_send(c, "conf/hold", HOLD_T, "");
    shapes_wait_held(s, COUNT);
    verify_conn_silence(c);
    shapes_release(s, "t", COUNT);
    for (size_t i = 0; i < COUNT; i++)
        verify_output(s, ask_answer(c, ids[i]), HOLD_T);
    verify_entered(s, "conf/hold", COUNT);
}

/* Large answers to twenty requests of one stream, all set free at once. */
static void answers_stay_whole(struct scene *s)
{
    enum { COUNT = 20, BYTES = 40000 };
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *text = shapes_string(s, BYTES);
    const char *ids[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        ids[i] = ask_send_on(st, "conf/echo",
                             scene_text(s, "[%zu,%s]", i, text), "");
    stream_fin(st);
    for (size_t i = 0; i < COUNT; i++)
        verify_output(s, ask_answer(c, ids[i]),
                      scene_text(s, "[%zu,%s]", i, text));
    verify_silence(st);
}

/* --- who waits for whom */

static void slow_elsewhere(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *slow = ask_send(c, "conf/hold", HOLD_T, "");
    const char *fast;

    shapes_wait_held(s, 1);
    fast = ask_send(c, "conf/echo", "1", "");
    verify_output(s, ask_answer(c, fast), "1");
    verify_conn_silence(c);
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, slow), HOLD_T);
}

static void slow_before(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *slow = ask_send_on(st, "conf/hold", HOLD_T, "");
    const char *fast = ask_send_on(st, "conf/echo", "1", "");
    const struct stream_frame *f;

    stream_fin(st);
    shapes_wait_held(s, 1);
    scene_settle(s);
    f = stream_poll(st);
    if (f)
        verify_frame(s, f, "call.responded", fast, "{\"output\":1}");
    scene_choice(s, "fast-request-behind-a-slow-one",
                 f ? "overtakes" : "waits");
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, slow), HOLD_T);
    if (!f)
        verify_output(s, ask_answer(c, fast), "1");
    verify_silence(st);
}

/* A request on the way back of a stream that the testee opened. */
static void return_side(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);
    const char *id = ask_send_on(r->stream, "conf/echo", "2", "");
    const struct stream_frame *f;

    scene_settle(s);
    f = stream_poll(r->stream);
    if (f)
        verify_frame(s, f, "call.responded", id, "{\"output\":2}");
    scene_choice(s, "request-on-the-return-side", f ? "served" : "ignored");
    ask_serve(r);
    verify_output(s, ask_result(s, call), "1");
    verify_alive(c);
}

/* --- giving a stream up */

static void reset_while_held(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *other = ask_send(c, "conf/hold", "{\"tag\":\"other\"}", "");

    (void)ask_send_on(st, "conf/hold", HOLD_T, "");
    shapes_wait_held(s, 2);
    stream_reset(st, 3);
    scene_settle(s);
    (void)scene_try_verb(s, "release", "\"tag\":\"t\"");
    shapes_release(s, "other", 1);
    verify_output(s, ask_answer(c, other), "{\"tag\":\"other\"}");
    verify_open(c);
    verify_alive(c);
}

static void stopped_while_held(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *other = ask_send(c, "conf/hold", "{\"tag\":\"other\"}", "");

    (void)ask_send_on(st, "conf/hold", HOLD_T, "");
    shapes_wait_held(s, 2);
    stream_stop(st, 3);
    scene_settle(s);
    (void)scene_try_verb(s, "release", "\"tag\":\"t\"");
    verify_silence(st);
    shapes_release(s, "other", 1);
    verify_output(s, ask_answer(c, other), "{\"tag\":\"other\"}");
    verify_open(c);
    verify_alive(c);
}

static void stopped_before_request(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    struct slice frame = ask_frame(s, scene_id(s), "conf/echo", "1");

    stream_send(st, slice_head(frame, 10));
    stream_stop(st, 4);
    stream_send_fin(st, slice_skip(frame, 10));
    verify_silence(st);
    verify_open(c);
    verify_alive(c);
}

static const struct conf_case cases[] = {
    {
        .id = "streams.end.without-fin",
        .rules = "SM-20 SM-3 SM-8",
        .claim = "Requests on a stream that stays open are answered on it one "
                 "by one, without waiting for its end.",
        .run = without_fin,
    },
    {
        .id = "streams.end.with-fin",
        .rules = "SM-21 SM-8 SM-25",
        .level = CASE_SHOULD,
        .claim = "A callee that has seen the end of the caller's half ends its "
                 "own behind the answer.",
        .run = fin_ends_stream,
    },
    {
        .id = "streams.end.fin-behind-answer",
        .rules = "SM-25",
        .level = CASE_SHOULD,
        .claim = "A callee that has answered ends its half when the caller "
                 "ends the other.",
        .run = fin_behind_answer,
    },
    {
        .id = "streams.end.fin-while-running",
        .rules = "SM-21",
        .claim = "A caller that ends its half while its request runs still "
                 "gets the answer.",
        .needs = "hold",
        .run = fin_while_running,
    },
    {
        .id = "streams.end.empty",
        .rules = "SM-29",
        .level = CASE_SHOULD,
        .claim = "A stream that is opened and ended without a frame gets no "
                 "answer and does no harm.",
        .twin = "streams.end.without-fin",
        .is_negative = true,
        .run = empty_stream,
    },
    {
        .id = "streams.many.sequential-with-fin",
        .rules = "SM-25",
        .claim = "A connection serves 150 calls one after the other, each on a "
                 "stream that its caller ends.",
        .run = with_fin_150,
    },
    {
        .id = "streams.many.sequential-never-fin",
        .rules = "SM-25 SM-20",
        .claim = "A connection serves 150 calls one after the other, each on a "
                 "stream that its caller never ends.",
        .axes = {.lvl = LVL_L2},
        .run = never_fin_150,
    },
    {
        .id = "streams.many.sequential-theirs",
        .rules = "SM-25 SY-1",
        .claim = "A connection carries 150 calls one after the other, whoever "
                 "dialled.",
        .axes = {.caller = CALLER_THEM},
        .run = they_call_150,
    },
    {
        .id = "streams.many.10000-ours",
        .rules = "SM-25 SM-3",
        .claim = "A connection serves ten thousand calls one after the other.",
        .axes = {.lvl = LVL_L1},
        .run = ours_10000,
    },
    {
        .id = "streams.many.10000-theirs",
        .rules = "SM-25 ID-2",
        .claim = "A connection carries ten thousand calls one after the other, "
                 "whoever dialled.",
        .axes = {.caller = CALLER_THEM, .lvl = LVL_L1},
        .run = theirs_10000,
    },
    {
        .id = "streams.many.1000-ours-at-once",
        .rules = "SM-12 SM-3",
        .claim = "More than a thousand requests that run at the same time are "
                 "all answered.",
        .needs = "hold",
        .run = ours_1000_at_once,
    },
    {
        .id = "streams.many.1000-theirs-at-once",
        .rules = "PM-1 ID-2 SM-3",
        .claim = "A thousand calls that are begun before any is answered all "
                 "get their own answers.",
        .axes = {.caller = CALLER_THEM},
        .run = theirs_1000_at_once,
    },
    {
        .id = "streams.many.64-at-once",
        .rules = "SM-2 SM-3",
        .claim = "Sixty-four requests that run at the same time on as many "
                 "streams are all answered.",
        .needs = "hold",
        .run = held_64,
    },
    {
        .id = "streams.many.answers-stay-whole",
        .rules = "FR-8 SM-12",
        .claim = "Twenty large answers on one stream are written whole, one "
                 "after the other.",
        .run = answers_stay_whole,
    },
    {
        .id = "streams.order.slow-elsewhere",
        .rules = "SM-3 SM-2",
        .claim = "A request that runs on one stream does not hold up a request "
                 "on another.",
        .needs = "hold",
        .run = slow_elsewhere,
    },
    {
        .id = "streams.order.slow-before",
        .rules = "SM-12 SM-11",
        .claim = "A slow and a fast request on one stream are both answered.",
        .needs = "hold",
        .run = slow_before,
    },
    {
        .id = "streams.order.return-side",
        .rules = "SM-3 EV-4 SM-15",
        .level = CASE_CHOICE,
        .claim = "A request on the return side of a stream is served or "
                 "ignored, and the call of that stream is not harmed.",
        .axes = {.caller = CALLER_THEM},
        .run = return_side,
    },
    {
        .id = "streams.lost.reset-while-held",
        .rules = "SM-27 FL-10",
        .claim = "A caller that resets the stream of a running request touches "
                 "no other stream.",
        .needs = "hold",
        .run = reset_while_held,
    },
    {
        .id = "streams.lost.stopped-while-held",
        .rules = "SM-27",
        .claim = "A caller that stops the answer of a running request touches "
                 "no other stream.",
        .needs = "hold",
        .run = stopped_while_held,
    },
    {
        .id = "streams.lost.stopped-before-request",
        .rules = "SM-27",
        .claim = "A caller that stops the answer before its request is "
                 "complete touches no other stream.",
        .twin = "framing.prefix.byte-by-byte",
        .is_negative = true,
        .run = stopped_before_request,
    },
};

const struct case_list streams_cases = {cases, sizeof cases / sizeof cases[0]};
