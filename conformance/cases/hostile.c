/* SPDX-License-Identifier: MIT */
/*
 * Peers that mean no good, or are merely broken: slow ones, greedy ones, and
 * such as give up anywhere. Whatever they do, they spoil nothing but their own
 * request: a call that waits on the same connection goes on waiting and ends
 * once, the next one is served, and what is held for them stays small.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list hostile_cases;

#define KIB 1024u
#define COUNT_K "{\"key\":\"k\"}"

struct attack {
    void (*go)(struct conn *c);
    size_t held_max; /* bytes the testee may hold for it then */
};

static void verify_held(struct scene *s, size_t at_most)
{
    uint64_t held = 0;

    scene_settle(s);
    (void)json_get_u64(json_find(scene_verb(s, "stats", ""), "bytes"), &held);
    verify_that(s, held <= at_most, "little held for such a peer",
                "%u bytes, and not at most %zu", (unsigned)held, at_most);
}

/* A call of the testee's waits through all of it. */
static void survive(struct scene *s)
{
    const struct attack *attack = scene_data(s);
    struct conn *c;
    const char *call;
    const struct ask_request *r;

    stage_timeout(s, 24ull * 60 * 60 * 1000);
    c = scene_conn(s);
    call = ask_begin(c, "conf/echo", "1", "");
    r = ask_take(c);
    attack->go(c);
    verify_held(s, attack->held_max);
    verify_that(s, !ask_has_result(s, call), "a call that still waits",
                "it has ended");
    ask_serve(r);
    verify_output(s, ask_result(s, call), "1");
    shapes_ended_once(s, call);
    verify_open(c);
    verify_alive(c);
}

/* --- slow */

static void send_slowly(struct stream *st, struct slice frame)
{
    struct conn *c = stream_conn(st);
    struct scene *s = conn_scene(c);

    for (size_t i = 0; i < frame.len; i++) {
        stream_send(st, slice_make(frame.data + i, 1));
        scene_advance(s, 10 * SHAPES_S);
        if (i % 16 == 0)
            verify_output(s, ask_them(c, "conf/echo", "0"), "0");
    }
}

static void slow_request(struct conn *c)
{
    struct scene *s = conn_scene(c);
    const char *id = scene_id(s);

    send_slowly(stream_open(c), ask_frame(s, id, "conf/echo", "2"));
    verify_output(s, ask_answer(c, id), "2");
}

/* Its answer drips for longer than a call waits; we may be told that nobody
 * does any more. */
static void slow_answer(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);

    send_slowly(r->stream, shapes_frame(s, shapes_body(s,
                                                       "{\"type\":@T,\"id\":@I,"
                                                       "\"payload\":@P}",
                                                       r->id, "")));
    verify_error(s, ask_result(s, call), "TIMEOUT", true);
    shapes_ended_once(s, call);
    if (sub_seen(c, r->id))
        sub_aborted(c, r->id);
    verify_conn_silence(c);
    verify_alive(c);
}

/* --- greedy: nothing of what is asked for is ever read */

enum { FLOOD = 500, FLOOD_BYTES = 1024, LARGE = 200 * 1024 };

/* A request whose answer may not be written. */
static void ask_unread(struct conn *c, struct slice frame)
{
    struct stream *st = stream_open(c);

    stream_send(st, slice_head(frame, 10));
    stream_window(st, 0);
    stream_send_fin(st, slice_skip(frame, 10));
}

static void flood_streams(struct conn *c)
{
    struct scene *s = conn_scene(c);
    const char *text = shapes_string(s, FLOOD_BYTES);

    for (size_t i = 0; i < FLOOD; i++)
        ask_unread(c, ask_frame(s, scene_id(s), "conf/echo", text));
    verify_conn_silence(c);
    verify_entered(s, "conf/echo", FLOOD);
}

/* So many requests, one behind the other. */
static struct slice flood(struct scene *s)
{
    const char *text = shapes_string(s, FLOOD_BYTES);
    uint8_t *all = arena_new(scene_arena(s), FLOOD, FLOOD_BYTES + 256);
    size_t len = 0;

    for (size_t i = 0; i < FLOOD; i++) {
        struct slice one = ask_frame(s, scene_id(s), "conf/echo", text);

        memcpy(all + len, one.data, one.len);
        len += one.len;
    }
    return slice_make(all, len);
}

static void flood_stream(struct conn *c)
{
    ask_unread(c, flood(conn_scene(c)));
    verify_conn_silence(c);
}

static void never_read(struct conn *c)
{
    struct scene *s = conn_scene(c);

    ask_unread(c,
               ask_frame(s, scene_id(s), "conf/echo", shapes_string(s, LARGE)));
    scene_advance(s, 60 * 60 * SHAPES_S);
    verify_conn_silence(c);
}

/* Answers that are given up before they can come: the requests of one half run
 * still. */
static void stop_answers(struct conn *c)
{
    struct scene *s = conn_scene(c);

    for (size_t i = 0; i < 80; i++) {
        struct stream *st = stream_open(c);

        (void)ask_send_on(st, i % 2 ? "conf/echo" : "conf/hold",
                          "{\"tag\":\"t\"}", "");
        if (i % 2 == 0)
            shapes_wait_held(s, i / 2 + 1);
        stream_stop(st, 1);
        stream_fin(st);
    }
    scene_settle(s);
    (void)scene_try_verb(s, "release", "\"tag\":\"t\"");
}

/* --- silent, or saying nothing that means anything */

static void open_streams(struct conn *c)
{
    struct scene *s = conn_scene(c);
    bool is_virtual = scene_axes(s).lvl == LVL_L1;

    for (size_t i = 0; i < 90; i++) {
        struct stream *st = stream_open(c);

        stream_send(st, slice_make("\0", is_virtual ? 0 : 1));
    }
    verify_conn_silence(c);
}

static struct slice noise(struct scene *s)
{
    struct slice event = shapes_frame(
        s, slice_of("{\"type\":\"x\",\"id\":\"\",\"payload\":{}}"));
    uint8_t *all = arena_new(scene_arena(s), 5000, event.len);

    for (size_t i = 0; i < 5000; i++)
        memcpy(all + i * event.len, event.data, event.len);
    return slice_make(all, 5000 * event.len);
}

static void make_noise(struct conn *c)
{
    struct scene *s = conn_scene(c);
    struct stream *st = stream_open(c);
    const char *id = scene_id(s);

    stream_send(st, noise(s));
    verify_silence(st);
    stream_send_fin(st, ask_frame(s, id, "conf/echo", "2"));
    verify_output(s, ask_answer(c, id), "2");
    verify_silence(st);
}

static void noise_before_answer(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);

    stream_send(r->stream, noise(s));
    scene_settle(s);
    verify_that(s, !ask_has_result(s, call), "a call that still waits",
                "it has ended");
    ask_serve(r);
    verify_output(s, ask_result(s, call), "1");
    shapes_ended_once(s, call);
    verify_conn_silence(c);
    verify_alive(c);
}

/* --- giving up anywhere */

typedef void end_at(struct stream *st, struct slice head);

static void by_fin(struct stream *st, struct slice head)
{
    stream_send_fin(st, head);
}

static void by_reset(struct stream *st, struct slice head)
{
    stream_send(st, head);
    stream_reset(st, 5);
}

static void by_fin_and_stop(struct stream *st, struct slice head)
{
    stream_send_fin(st, head);
    stream_stop(st, 5);
}

static void cut_requests(struct conn *c, end_at *end)
{
    struct scene *s = conn_scene(c);
    size_t len = ask_frame(s, scene_id(s), "conf/count", COUNT_K).len;

    for (size_t cut = 1; cut < len; cut++) {
        struct slice frame = ask_frame(s, scene_id(s), "conf/count", COUNT_K);

        end(stream_open(c), slice_head(frame, cut < frame.len ? cut : 1));
        if (cut % 32 == 0)
            verify_alive(c);
    }
    verify_conn_silence(c);
    verify_entered(s, "conf/count", 0);
}

static void fin_in_requests(struct conn *c)
{
    cut_requests(c, by_fin);
}

static void reset_in_requests(struct conn *c)
{
    cut_requests(c, by_reset);
}

static void stop_in_requests(struct conn *c)
{
    cut_requests(c, by_fin_and_stop);
}

struct way {
    end_at *end;
};

static const struct way fin = {by_fin};
static const struct way reset = {by_reset};

static struct slice answer_to(struct scene *s, const struct ask_request *r)
{
    return shapes_frame(
        s, shapes_body(s, "{\"type\":@T,\"id\":@I,\"payload\":@P}", r->id, ""));
}

/* Each call fails at once and is told once; another waits all the while. */
static void cut_answers(struct scene *s)
{
    const struct way *way = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *other =
        ask_begin(c, "conf/echo", "1", "\"timeout_ms\":3600000");
    const struct ask_request *waiting = ask_take(c);
    size_t len = answer_to(s, waiting).len;

    if (scene_axes(s).lvl == LVL_L1)
        conn_credit(c, len);
    for (size_t cut = 0; cut < len; cut++) {
        const char *call = ask_begin(c, "conf/echo", "2", "");
        const struct ask_request *r = ask_take(c);

        way->end(r->stream, slice_head(answer_to(s, r), cut));
        verify_error(s, shapes_ended_soon(s, call), "INTERNAL", false);
        shapes_ended_once(s, call);
    }
    verify_that(s, !ask_has_result(s, other), "the other call still waiting",
                "it has ended");
    ask_serve(waiting);
    verify_output(s, ask_result(s, other), "1");
    verify_conn_silence(c);
    verify_alive(c);
}

static const struct attack slow = {slow_request, 0};
static const struct attack many_unread = {flood_streams,
                                          2 * FLOOD *(FLOOD_BYTES + 256)};
static const struct attack one_unread = {flood_stream,
                                         2 * FLOOD *(FLOOD_BYTES + 256)};
static const struct attack large_unread = {never_read, 2 * LARGE};
static const struct attack stopping = {stop_answers, 64 * KIB};
static const struct attack opening = {open_streams, 64 * KIB};
static const struct attack noisy = {make_noise, 4 * KIB};
static const struct attack finishing = {fin_in_requests, 4 * KIB};
static const struct attack resetting = {reset_in_requests, 4 * KIB};
static const struct attack leaving = {stop_in_requests, 4 * KIB};

#define L1                                                                     \
    {                                                                          \
        .lvl = LVL_L1                                                          \
    }
#define THEM                                                                   \
    {                                                                          \
        .caller = CALLER_THEM                                                  \
    }
#define THEM_L1                                                                \
    {                                                                          \
        .caller = CALLER_THEM, .lvl = LVL_L1                                   \
    }
#define ANY                                                                    \
    {                                                                          \
        .lvl = LVL_L1 | LVL_L2                                                 \
    }

#define ATTACK(slug, rule, who, need, where, what)                             \
    {                                                                          \
        .id = slug, .rules = rule,                                             \
        .claim = "A peer that " who                                            \
                 " harms nothing else on its connection and costs little.",    \
        .needs = "call timeouts stats" need, .axes = where, .run = survive,    \
        .data = what                                                           \
    }

#define CUT(slug, how, way)                                                    \
    {                                                                          \
        .id = slug, .rules = "SM-17 SM-18 SM-19 FL-6 PM-8",                    \
        .claim = "Calls whose answers " how                                    \
                 " at any byte fail with INTERNAL, once each.",                \
        .twin = "calls.query.echo", .is_negative = true, .axes = THEM,         \
        .run = cut_answers, .data = way                                        \
    }

static const struct conf_case cases[] = {
    ATTACK("hostile.slow.request", "FR-6 SM-3",
           "sends a request a byte every ten seconds", "", L1, &slow),
    {
        .id = "hostile.slow.answer",
        .rules = "FR-6 TO-4 PM-8",
        .claim = "A call whose answer drips beyond its limit ends with TIMEOUT "
                 "once, and the rest of the answer is dropped.",
        .needs = "timeouts",
        .axes = THEM_L1,
        .run = slow_answer,
    },
    ATTACK("hostile.greedy.streams", "SM-3 SM-27",
           "asks on five hundred streams and reads none of the answers", "", L1,
           &many_unread),
    ATTACK("hostile.greedy.one-stream", "SM-3 SM-12",
           "asks five hundred times on one stream and reads no answer", "", L1,
           &one_unread),
    ATTACK("hostile.greedy.one-answer", "SM-3",
           "does not read an answer for an hour", "", L1, &large_unread),
    ATTACK("hostile.greedy.stopped", "SM-27 SM-3",
           "stops the answers to eighty requests", " hold", ANY, &stopping),
    ATTACK("hostile.silent.streams", "SM-2 SM-3 SM-29",
           "opens ninety streams and sends nothing to speak of", "", ANY,
           &opening),
    ATTACK("hostile.noise.before-request", "EN-18 FR-5",
           "sends five thousand unknown events before its request", "", ANY,
           &noisy),
    {
        .id = "hostile.noise.before-answer",
        .rules = "EN-18 FR-5",
        .claim = "Five thousand unknown events before an answer end no call "
                 "and keep none from ending.",
        .axes = THEM,
        .run = noise_before_answer,
    },
    ATTACK("hostile.cut.fin-in-request", "FL-6 SM-3",
           "ends its half at every byte of a request", "", ANY, &finishing),
    ATTACK("hostile.cut.reset-in-request", "SM-27 FL-6",
           "resets its stream at every byte of a request", "", ANY, &resetting),
    ATTACK("hostile.cut.leave-in-request", "SM-27 FL-6",
           "ends one half and stops the other at every byte of a request", "",
           ANY, &leaving),
    CUT("hostile.cut.fin-in-answer", "end", &fin),
    CUT("hostile.cut.reset-in-answer", "are reset", &reset),
};

const struct case_list hostile_cases = {cases, sizeof cases / sizeof cases[0]};
