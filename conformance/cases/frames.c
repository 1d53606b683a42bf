/* SPDX-License-Identifier: MIT */
/*
 * Frames that are good, however they are cut and however large, and streams
 * that end within one.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list frames_cases;

#define MIB (1024u * 1024)

static void cut_anywhere(struct scene *s)
{
    struct conn *c = scene_conn(s);
    size_t len = ask_frame(s, scene_id(s), "conf/echo", "{\"n\":1}").len;

    for (size_t cut = 0; cut <= len; cut++) {
        const char *id = scene_id(s);
        struct slice frame = ask_frame(s, id, "conf/echo", "{\"n\":1}");
        struct stream *st = stream_open(c);

        cut = cut < frame.len ? cut : frame.len;
        stream_send(st, slice_head(frame, cut));
        stream_send_fin(st, slice_skip(frame, cut));
        verify_output(s, ask_answer(c, id), "{\"n\":1}");
    }
}

static void answer_byte_by_byte(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "{\"n\":1}", "");
    const struct ask_request *r = ask_take(c);
    struct slice frame = shapes_frame(
        s, shapes_body(s, "{\"type\":@T,\"id\":@I,\"payload\":@P}", r->id, ""));

    for (size_t i = 0; i < frame.len; i++)
        stream_send(r->stream, slice_make(frame.data + i, 1));
    stream_fin(r->stream);
    verify_output(s, ask_result(s, call), "{\"n\":1}");
}

static void twenty_in_one_write(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct slice all = slice_of("");
    const char *ids[20];

    for (size_t i = 0; i < 20; i++) {
        ids[i] = scene_id(s);
        all = shapes_join(
            s, all,
            ask_frame(s, ids[i], "conf/echo", scene_text(s, "{\"i\":%zu}", i)));
    }
    stream_send_fin(stream_open(c), all);
    for (size_t i = 0; i < 20; i++)
        verify_output(s, ask_answer(c, ids[i]),
                      scene_text(s, "{\"i\":%zu}", i));
    verify_conn_silence(c);
}

static void answers_in_one_write(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *pattern = "{\"type\":@T,\"id\":@I,\"payload\":@P}";
    const char *calls[2];
    const struct ask_request *r[2];
    struct slice both;

    for (size_t i = 0; i < 2; i++)
        calls[i] = ask_begin(c, "conf/echo", "{\"n\":1}", "");
    for (size_t i = 0; i < 2; i++)
        r[i] = ask_take(c);
    both =
        shapes_join(s, shapes_frame(s, shapes_body(s, pattern, r[0]->id, "")),
                    shapes_frame(s, shapes_body(s, pattern, r[1]->id, "")));
    stream_send(r[0]->stream, both);
    for (size_t i = 0; i < 2; i++) {
        verify_output(s, ask_result(s, calls[i]), "{\"n\":1}");
        shapes_ended_once(s, calls[i]);
    }
}

/* --- sizes */

/* A string value that makes the body exactly so large; `rest` is what the
 * body has without it. */
static const char *filler(struct scene *s, size_t body, size_t rest)
{
    return shapes_string(s, body - rest - 2);
}

static void one_mib(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = scene_id(s);
    struct slice bare = ask_frame(s, id, "conf/echo", "");
    const char *text = filler(s, MIB, bare.len - RAW_PREFIX_LEN);

    stream_send_fin(stream_open(c), ask_frame(s, id, "conf/echo", text));
    verify_output(s, ask_answer(c, id), text);
}

static void one_mib_answer(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "0", "");
    const struct ask_request *r = ask_take(c);
    const char *bare = scene_text(s,
                                  "{\"type\":\"call.responded\",\"id\":\"%s\","
                                  "\"payload\":{\"output\":}}",
                                  r->id);
    const char *text = filler(s, MIB, strlen(bare));

    ask_respond(r, text);
    verify_output(s, ask_result(s, call), text);
}

/* The digest of a million letters a is a published test value. */
static void sink_a_million(struct scene *s)
{
    verify_output(
        s,
        ask_them(scene_conn(s), "conf/sink",
                 scene_text(s, "{\"data\":%s}", shapes_string(s, 1000000))),
        "{\"length\":1000000,\"sha256\":"
        "\"cdc76e5c9914fb9281a1c7e284d73e67"
        "f1809a48a497200e046d39ccc7112cd0\"}");
}

static void beyond_one_mib(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *text = shapes_string(s, MIB + MIB / 2);
    const char *id = ask_send_on(st, "conf/echo", text, "");
    bool is_taken;

    scene_settle(s);
    is_taken = scene_find_event(s, "handler_entered", "id", id, 0) != NULL;
    scene_choice(s, "frame-beyond-one-mib", is_taken ? "taken" : "refused");
    if (is_taken)
        verify_output(s, ask_answer(c, id), text);
    verify_silence(st);
    verify_alive(c);
}

static void announced_is_not_held(struct scene *s)
{
    struct conn *c = scene_conn(s);
    uint64_t held = 0;
    struct stream *st[4];

    for (size_t i = 0; i < 4; i++) {
        st[i] = stream_open(c);
        stream_send(st[i], shapes_lie(s, 60 * MIB, slice_of("{\"type\":")));
    }
    scene_settle(s);
    (void)json_get_u64(json_find(scene_verb(s, "stats", ""), "bytes"), &held);
    verify_that(s, held < MIB, "less than 1 MiB held for 32 bytes that came",
                "%u KiB held", (unsigned)(held / 1024));
    for (size_t i = 0; i < 4; i++)
        stream_reset(st[i], 0);
    verify_alive(c);
}

/* --- ends within a frame */

static void ends_within(struct scene *s, size_t cut_min, size_t cut_max)
{
    struct conn *c = scene_conn(s);

    for (size_t cut = cut_min; cut <= cut_max; cut++) {
        struct stream *st = stream_open(c);
        struct slice frame =
            ask_frame(s, scene_id(s), "conf/count", "{\"key\":\"k\"}");

        stream_send_fin(st, slice_head(frame, cut < 64 ? cut : frame.len - 1));
        verify_silence(st);
    }
    verify_entered(s, "conf/count", 0);
    verify_alive(c);
}

static void ends_in_prefix(struct scene *s)
{
    ends_within(s, 1, 3);
}

static void ends_behind_prefix(struct scene *s)
{
    ends_within(s, 4, 4);
}

static void ends_in_body(struct scene *s)
{
    ends_within(s, 64, 64);
}

static void reset_in_body(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    struct slice frame =
        ask_frame(s, scene_id(s), "conf/count", "{\"key\":\"k\"}");

    stream_send(st, slice_head(frame, frame.len - 1));
    scene_settle(s);
    stream_reset(st, 5);
    verify_silence(st);
    verify_entered(s, "conf/count", 0);
    verify_alive(c);
}

static const struct conf_case cases[] = {
    {
        .id = "framing.prefix.cut-anywhere",
        .rules = "FR-6 FR-1",
        .claim = "A request that arrives in two pieces is answered wherever "
                 "it was cut.",
        .axes = {.lvl = LVL_L1},
        .run = cut_anywhere,
    },
    {
        .id = "framing.answer.byte-by-byte",
        .rules = "FR-6 FR-11",
        .claim = "An answer that arrives one byte at a time reaches the call.",
        .axes = {.caller = CALLER_THEM},
        .run = answer_byte_by_byte,
    },
    {
        .id = "framing.stream.twenty-in-one-write",
        .rules = "FR-4 FR-5 FR-7 SM-3 SM-12 BA-1 BA-2",
        .claim = "Twenty requests written in one piece on one stream get one "
                 "answer each and nothing else.",
        .run = twenty_in_one_write,
    },
    {
        .id = "framing.answer.two-in-one-write",
        .rules = "FR-5 FR-7 FR-11 SM-7",
        .claim = "Two answers written in one piece on one stream both reach "
                 "their calls.",
        .axes = {.caller = CALLER_THEM},
        .run = answers_in_one_write,
    },
    {
        .id = "framing.size.one-mib-request",
        .rules = "FL-1",
        .claim = "A request whose body has exactly 1 MiB is answered.",
        .run = one_mib,
    },
    {
        .id = "framing.size.one-mib-answer",
        .rules = "FL-1 FR-11",
        .claim = "An answer whose body has exactly 1 MiB reaches the call.",
        .axes = {.caller = CALLER_THEM},
        .run = one_mib_answer,
    },
    {
        .id = "framing.size.a-million-bytes-in-order",
        .rules = "FL-1 FR-1 FR-6",
        .claim = "A million bytes of input reach the handler complete and in "
                 "order.",
        .run = sink_a_million,
    },
    {
        .id = "framing.size.beyond-one-mib",
        .rules = "FL-1 FL-15",
        .level = CASE_CHOICE,
        .claim = "A frame of more than 1 MiB is taken, or treated like any "
                 "other refused frame.",
        .run = beyond_one_mib,
    },
    {
        .id = "framing.memory.announced-is-not-held",
        .rules = "FL-13",
        .level = CASE_SHOULD,
        .claim = "Memory for a body grows with the bytes that arrive and not "
                 "with the length that was announced.",
        .needs = "stats",
        .run = announced_is_not_held,
    },
    {
        .id = "framing.end.in-prefix",
        .rules = "FL-6",
        .claim = "A stream that ends within the four bytes of a length is not "
                 "answered and does no harm.",
        .twin = "framing.prefix.byte-by-byte",
        .is_negative = true,
        .run = ends_in_prefix,
    },
    {
        .id = "framing.end.behind-prefix",
        .rules = "FL-6",
        .claim = "A stream that ends right behind a length is not answered "
                 "and does no harm.",
        .twin = "framing.prefix.byte-by-byte",
        .is_negative = true,
        .run = ends_behind_prefix,
    },
    {
        .id = "framing.end.in-body",
        .rules = "FL-6",
        .claim = "A request that lacks its last byte when the stream ends is "
                 "neither answered nor acted upon.",
        .twin = "framing.prefix.byte-by-byte",
        .is_negative = true,
        .run = ends_in_body,
    },
    {
        .id = "framing.end.reset-in-body",
        .rules = "FL-6 SM-27",
        .claim = "A request that lacks its last byte when the stream is reset "
                 "is neither answered nor acted upon, and nothing else is "
                 "harmed.",
        .twin = "framing.prefix.byte-by-byte",
        .is_negative = true,
        .run = reset_in_body,
    },
};

const struct case_list frames_cases = {cases, sizeof cases / sizeof cases[0]};
