/* SPDX-License-Identifier: MIT */
/*
 * Many requests: on one stream or on many, at once or one after the other,
 * small ones and the largest. Each stands alone and ends by itself.
 */
#include "conformance/cases/shapes.h"
#include "conformance/transcript.h"

extern const struct case_list batch_cases;

#define MIB (1024u * 1024)
#define HOLD_T "{\"tag\":\"t\"}"

enum { MANY = 1000, SOME = 16 };

struct batch {
    size_t count;     /* requests */
    bool is_together; /* all of them on one stream */
};

static const struct batch one = {1, true};
static const struct batch some_together = {SOME, true};
static const struct batch many_together = {MANY, true};
static const struct batch some_apart = {SOME, false};
static const struct batch many_apart = {MANY, false};

/* The stream of the batch's next request: always that one, or a new one. */
static struct stream *stream_for(struct conn *c, const struct batch *b,
                                 struct stream *shared)
{
    return b->is_together && shared ? shared : stream_open(c);
}

static void end_request(const struct batch *b, struct stream *st, size_t i)
{
    if (!b->is_together || i + 1 == b->count)
        stream_fin(st);
}

/* --- all of them succeed */

static void all_answered(struct scene *s)
{
    const struct batch *b = scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *st = NULL;
    const char *ids[MANY];

    for (size_t i = 0; i < b->count; i++) {
        st = stream_for(c, b, st);
        ids[i] = ask_send_on(st, "conf/echo", scene_text(s, "%zu", i), "");
        end_request(b, st, i);
    }
    for (size_t i = b->count; i-- > 0;)
        verify_output(s, ask_answer(c, ids[i]), scene_text(s, "%zu", i));
    verify_conn_silence(c);
    verify_entered(s, "conf/echo", b->count);
}

/* The testee's batch, answered from the last to the first: each answer on the
 * stream of another request, or all on one of ours. */
static void all_told(struct scene *s)
{
    const struct batch *b = scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *ours = stream_open(c);
    const struct ask_request *r[SOME];
    const char *calls[SOME];

    for (size_t i = 0; i < b->count; i++)
        calls[i] = ask_begin(c, "conf/echo", scene_text(s, "%zu", i), "");
    for (size_t i = 0; i < b->count; i++)
        r[i] = ask_take(c);
    for (size_t i = b->count; i-- > 0;)
        stream_send_frame(b->is_together ? ours : r[(i + 5) % b->count]->stream,
                          "call.responded", r[i]->id,
                          scene_text(s, "{\"output\":%s}",
                                     shapes_text(s, r[i]->input->source)));
    for (size_t i = 0; i < b->count; i++) {
        verify_output(s, ask_result(s, calls[i]), scene_text(s, "%zu", i));
        stream_fin(r[i]->stream);
        shapes_ended_once(s, calls[i]);
    }
}

/* --- some of them fail */

static const char *const failing[] = {"conf/absent", "conf/hidden",
                                      "conf/sink"};
static const char *const codes[] = {"NOT_FOUND", "NOT_FOUND", "INVALID_INPUT"};

static void some_fail(struct scene *s)
{
    const struct batch *b = scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *st = NULL;
    const char *ids[SOME];

    for (size_t i = 0; i < b->count; i++) {
        st = stream_for(c, b, st);
        ids[i] = ask_send_on(st, i % 5 == 2 ? failing[i / 5 % 3] : "conf/echo",
                             scene_text(s, "%zu", i), "");
        end_request(b, st, i);
    }
    for (size_t i = 0; i < b->count; i++) {
        const struct ask_outcome *o = ask_answer(c, ids[i]);

        if (i % 5 == 2)
            verify_error(s, o, codes[i / 5 % 3], false);
        else
            verify_output(s, o, scene_text(s, "%zu", i));
    }
    verify_conn_silence(c);
}

static void some_told_of_failure(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const struct ask_request *r[SOME];
    const char *calls[SOME];

    for (size_t i = 0; i < SOME; i++)
        calls[i] = ask_begin(c, "conf/echo", scene_text(s, "%zu", i), "");
    for (size_t i = 0; i < SOME; i++)
        r[i] = ask_take(c);
    ask_fail(r[3], "BUSY", true, "[3]");
    stream_reset(r[7]->stream, 9);
    for (size_t i = SOME; i-- > 0;) {
        if (i != 3 && i != 7)
            ask_serve(r[i]);
    }
    for (size_t i = 0; i < SOME; i++) {
        const struct ask_outcome *o = ask_result(s, calls[i]);

        if (o->is_ok)
            verify_output(s, o, scene_text(s, "%zu", i));
        else
            verify_error(s, o,
                         slice_equal(o->code, slice_of("BUSY")) ? "BUSY"
                                                                : "INTERNAL",
                         slice_equal(o->code, slice_of("BUSY")));
        shapes_ended_once(s, calls[i]);
    }
    verify_that(s, scene_count_events(s, "error", NULL, NULL) == 2,
                "two calls that failed", "%zu",
                scene_count_events(s, "error", NULL, NULL));
}

/* --- slow ones and fast ones */

/* Those that are held go on one by one where a stream's requests wait for each
 * other, and all at once where they do not. */
static void release_all(struct conn *c, const char *const *ids, size_t count)
{
    struct scene *s = conn_scene(c);

    for (size_t i = 0; i < count; i += 2) {
        scene_settle(s);
        if (!sub_seen(c, ids[i]))
            (void)scene_try_verb(s, "release", "\"tag\":\"t\"");
        verify_output(s, ask_answer(c, ids[i]), HOLD_T);
    }
}

static void mixed(struct scene *s)
{
    const struct batch *b = scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *st = NULL;
    const char *ids[SOME];

    for (size_t i = 0; i < b->count; i++) {
        st = stream_for(c, b, st);
        ids[i] = ask_send_on(st, i % 2 ? "conf/echo" : "conf/hold", HOLD_T, "");
        end_request(b, st, i);
    }
    for (size_t i = 1; i < b->count && !b->is_together; i += 2)
        verify_output(s, ask_answer(c, ids[i]), HOLD_T);
    if (!b->is_together)
        verify_conn_silence(c);
    release_all(c, ids, b->count);
    for (size_t i = 1; i < b->count && b->is_together; i += 2)
        verify_output(s, ask_answer(c, ids[i]), HOLD_T);
    verify_conn_silence(c);
    verify_entered(s, "conf/hold", b->count / 2);
}

/* --- streams without end */

struct series {
    size_t count; /* calls, one after the other */
    bool fin;     /* we end our half */
};

static const struct series with_fin = {MANY, true};
static const struct series never_fin = {MANY, false};
static const struct series few_never_fin = {150, false};

static void ours_in_turn(struct scene *s)
{
    const struct series *series = scene_data(s);
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < series->count; i++) {
        const char *input = scene_text(s, "%zu", i);
        struct stream *st = stream_open(c);
        const char *id = ask_send_on(st, "conf/echo", input, "");

        if (series->fin)
            stream_fin(st);
        verify_output(s, ask_answer(c, id), input);
    }
}

/* At L1 we say how many streams there may be; at L2 a stream that has ended
 * gives room for the next. */
static void theirs_in_turn(struct scene *s)
{
    const struct series *series = scene_data(s);
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < series->count; i++) {
        const char *input = scene_text(s, "%zu", i);
        const char *call = ask_begin(c, "conf/echo", input, "");
        const struct ask_request *r = ask_take(c);

        stream_send_frame(r->stream, "call.responded", r->id,
                          scene_text(s, "{\"output\":%zu}", i));
        if (series->fin)
            stream_fin(r->stream);
        verify_output(s, ask_result(s, call), input);
        if (scene_axes(s).lvl == LVL_L1)
            conn_credit(c, 1);
    }
}

/* --- large ones */

/* A request to conf/sink whose body has exactly that many bytes; the data in
 * it. */
static struct slice sink_frame(struct scene *s, const char *id, size_t body,
                               struct slice *ret_data)
{
    const char *head =
        scene_text(s,
                   "{\"type\":\"call.requested\",\"id\":\"%s\",\"payload\":"
                   "{\"operationId\":\"/conf/sink\",\"input\":{\"data\":",
                   id);
    size_t len = body - strlen(head) - 5;
    const char *data = shapes_string(s, len);

    *ret_data = slice_make(data + 1, len);
    return shapes_frame(s, slice_of(scene_text(s, "%s%s}}}", head, data)));
}

/* The largest body that it promises to take, if that is more than everybody
 * has to. */
static size_t promised(struct scene *s)
{
    uint64_t max = scene_frame_max(s);

    if (max <= MIB || max > RAW_BODY_MAX)
        scene_not_applicable(s, "it promises no more than 1 MiB");
    return (size_t)max;
}

/* In pieces, each of which has arrived before the next one goes. */
static void send_slowly(struct stream *st, struct slice frame)
{
    while (frame.len > 0) {
        size_t n = frame.len < MIB / 2 ? frame.len : MIB / 2;

        stream_send(st, slice_head(frame, n));
        frame = slice_skip(frame, n);
        scene_settle(conn_scene(stream_conn(st)));
    }
    stream_fin(st);
}

static void largest_request(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = scene_id(s);
    struct slice data;
    struct slice frame = sink_frame(s, id, promised(s), &data);
    char hash[TRANSCRIPT_HASH_LEN];

    send_slowly(stream_open(c), frame);
    transcript_digest(data, hash);
    verify_output(
        s, ask_answer(c, id),
        scene_text(s, "{\"length\":%zu,\"sha256\":\"%s\"}", data.len, hash));
}

/* Who takes as much gives as much. */
static void largest_answer(struct scene *s)
{
    struct conn *c = scene_conn(s);
    size_t size = promised(s) - 4096;
    const char *id = sub_send(
        c, "conf/source", scene_text(s, "{\"items\":1,\"size\":%zu}", size));
    struct slice data = {0};

    for (size_t i = 0; i < 10; i++)
        verify_output(s, ask_them(c, "conf/echo", "1"), "1");
    (void)json_get_text(json_find(sub_item(c, id), "data"), &data);
    verify_that(s, data.len == size, "all of the data", "%zu bytes", data.len);
    sub_completed(c, id);
}

/* --- half read */

struct halves {
    size_t count; /* streams with a request on each … */
    size_t data;  /* … and so many bytes in it */
    size_t left;  /* of which so many come later */
};

static const struct halves forty = {40, 64 * 1024, 32 * 1024};
static const struct halves eighty = {80, MIB - 4096, 64 * 1024};

/* The oldest first: who is short of memory for all of them may keep back the
 * younger ones, but then it has to let the oldest be finished. */
static void finished_later(struct scene *s)
{
    const struct halves *h = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *input =
        scene_text(s, "{\"data\":%s}", shapes_string(s, h->data));
    struct stream *st[80];
    struct slice rest[80];
    const char *ids[80];
    const struct json *first = NULL;

    for (size_t i = 0; i < h->count; i++) {
        struct slice frame;

        ids[i] = scene_id(s);
        frame = ask_frame(s, ids[i], "conf/sink", input);
        st[i] = stream_open(c);
        rest[i] = slice_skip(frame, frame.len - h->left);
        stream_send(st[i], slice_head(frame, frame.len - h->left));
        scene_settle(s);
        verify_output(s, ask_them(c, "conf/echo", "1"), "1");
    }
    verify_entered(s, "conf/sink", 0);
    for (size_t i = 0; i < h->count; i++) {
        const struct ask_outcome *o;

        stream_send_fin(st[i], rest[i]);
        o = ask_answer(c, ids[i]);
        verify_that(s, o->is_ok, "an answer to each", "an error");
        first = first ? first : o->output;
        verify_that(s, json_same(o->output, first), "the same answer to each",
                    "another one");
    }
    verify_entered(s, "conf/sink", h->count);
}

static void holds_what_came(struct scene *s)
{
    enum { STREAMS = 8, CAME = 10000 };
    struct conn *c = scene_conn(s);
    struct stream *st[STREAMS];
    uint64_t held = 0;

    for (size_t i = 0; i < STREAMS; i++) {
        st[i] = stream_open(c);
        stream_send(st[i],
                    shapes_lie(s, MIB, slice_of(shapes_string(s, CAME))));
    }
    scene_settle(s);
    (void)json_get_u64(json_find(scene_verb(s, "stats", ""), "bytes"), &held);
    verify_that(s, held <= (uint64_t)4 * STREAMS * CAME,
                "about as much held as has come", "%u bytes", (unsigned)held);
    for (size_t i = 0; i < STREAMS; i++)
        stream_reset(st[i], 0);
    verify_alive(c);
}

#define THEM                                                                   \
    {                                                                          \
        .caller = CALLER_THEM                                                  \
    }
#define THEM_L1                                                                \
    {                                                                          \
        .caller = CALLER_THEM, .lvl = LVL_L1                                   \
    }
#define THEM_L2                                                                \
    {                                                                          \
        .caller = CALLER_THEM, .lvl = LVL_L2                                   \
    }
#define L2                                                                     \
    {                                                                          \
        .lvl = LVL_L2                                                          \
    }

#define ANSWERED(slug, what, batch)                                            \
    {                                                                          \
        .id = slug, .rules = "BA-1 BA-2 SM-3 SM-12",                           \
        .claim = what " are all answered, each by itself.",                    \
        .run = all_answered, .data = batch                                     \
    }

#define TOLD(slug, what, batch)                                                \
    {                                                                          \
        .id = slug, .rules = "SM-7 ID-7 BA-2 BA-1",                            \
        .claim = "Sixteen calls whose answers come in reverse, " what          \
                 ", each get their own.",                                      \
        .axes = THEM, .run = all_told, .data = batch                           \
    }

#define SERIES(slug, how_binding, what, where, body, series)                   \
    {                                                                          \
        .id = slug, .rules = "SM-25 SM-20 SY-1", .level = how_binding,         \
        .claim = what, .axes = where, .run = body, .data = series              \
    }

static const struct conf_case cases[] = {
    ANSWERED("batch.together.one", "One request on one stream", &one),
    ANSWERED("batch.together.sixteen", "Sixteen requests on one stream",
             &some_together),
    ANSWERED("batch.together.thousand", "A thousand requests on one stream",
             &many_together),
    ANSWERED("batch.apart.sixteen", "Sixteen requests on as many streams",
             &some_apart),
    ANSWERED("batch.apart.thousand", "A thousand requests on as many streams",
             &many_apart),
    TOLD("batch.answers.on-one-of-ours", "all on a stream of the callee's",
         &some_together),
    TOLD("batch.answers.rotated", "each on the stream of another", &some_apart),
    {
        .id = "batch.failing.together",
        .rules = "BA-3 BA-2 SM-12",
        .claim = "Requests that fail leave the others of their stream alone.",
        .run = some_fail,
        .data = &some_together,
    },
    {
        .id = "batch.failing.apart",
        .rules = "BA-3 BA-2 SM-3",
        .claim = "Requests that fail leave those on other streams alone.",
        .run = some_fail,
        .data = &some_apart,
    },
    {
        .id = "batch.failing.theirs",
        .rules = "BA-3 BA-2 PM-1",
        .claim = "Of sixteen calls one fails and one loses its stream, and the "
                 "others do not notice.",
        .axes = THEM,
        .run = some_told_of_failure,
    },
    {
        .id = "batch.mixed.together",
        .rules = "SM-12 SM-11 BA-2",
        .claim = "Slow and fast requests on one stream are all answered, "
                 "whoever waits for whom.",
        .needs = "hold",
        .run = mixed,
        .data = &some_together,
    },
    {
        .id = "batch.mixed.apart",
        .rules = "SM-3 BA-2",
        .claim = "Fast requests do not wait for slow ones on other streams.",
        .needs = "hold",
        .run = mixed,
        .data = &some_apart,
    },
    SERIES("batch.credit.ours-with-fin", CASE_MUST,
           "A connection serves a thousand calls one after the other whose "
           "caller ends each stream.",
           L2, ours_in_turn, &with_fin),
    SERIES("batch.credit.ours-never-fin", CASE_SHOULD,
           "A connection serves a thousand calls one after the other whose "
           "caller ends no stream.",
           L2, ours_in_turn, &never_fin),
    SERIES("batch.credit.theirs-with-fin", CASE_MUST,
           "A node makes a thousand calls one after the other to a callee that "
           "ends each stream.",
           THEM, theirs_in_turn, &with_fin),
    SERIES("batch.credit.theirs-never-fin", CASE_MUST,
           "A node makes a thousand calls one after the other to a callee that "
           "ends no stream, as long as there is room for more.",
           THEM_L1, theirs_in_turn, &never_fin),
    SERIES("batch.credit.theirs-for-ever", CASE_SHOULD,
           "A node that has used up its streams gives up those on which "
           "nothing more is due.",
           THEM_L2, theirs_in_turn, &few_never_fin),
    {
        .id = "batch.body.largest-request",
        .rules = "FL-1 FL-15 FR-6",
        .level = CASE_SHOULD,
        .claim = "A request as large as the testee says it takes is answered.",
        .axes = {.dial = DIAL_US, .lvl = LVL_L2},
        .run = largest_request,
    },
    {
        .id = "batch.body.largest-answer",
        .rules = "FL-1 FR-6 SU-9",
        .level = CASE_SHOULD,
        .claim = "An item nearly as large as the testee says it takes arrives "
                 "whole, and other calls do not wait for it.",
        .needs = "subscriptions",
        .axes = {.dial = DIAL_US, .lvl = LVL_L2},
        .run = largest_answer,
    },
    {
        .id = "batch.body.finished-later",
        .rules = "FR-6 SM-3 FR-7",
        .claim = "Forty requests that were half read at the same time are all "
                 "answered once they are complete.",
        .run = finished_later,
        .data = &forty,
    },
    {
        .id = "batch.body.eighty-mebibytes",
        .rules = "FR-6 SM-3 FL-1",
        .claim = "Eighty requests of almost 1 MiB that were half read at the "
                 "same time are all answered once they are complete.",
        .axes = L2,
        .run = finished_later,
        .data = &eighty,
    },
    {
        .id = "batch.body.holds-what-came",
        .rules = "FL-13",
        .level = CASE_SHOULD,
        .claim = "Of bodies that are half read about as much is held as has "
                 "come, and not what was announced.",
        .needs = "stats",
        .run = holds_what_came,
    },
};

const struct case_list batch_cases = {cases, sizeof cases / sizeof cases[0]};
