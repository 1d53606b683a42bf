/* SPDX-License-Identifier: MIT */
/*
 * Frames that are refused. As a request such a frame gets no answer and ends
 * the reading of its stream; as an answer it fails the calls of its stream;
 * in both directions the rest of the connection goes on.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list malformed_cases;

#define CALLERS                                                                \
    {                                                                          \
        .caller = CALLER_US | CALLER_THEM                                      \
    }
#define CLAIM(what)                                                            \
    what " is refused: nothing answers it, a call that waits on its stream "   \
         "fails with INTERNAL, and the connection goes on."

/* --- lengths */

struct length {
    uint32_t announced; /* what the prefix says */
};

static struct slice make_length(struct scene *s, const char *id)
{
    const struct length *length = scene_data(s);

    (void)id;
    return shapes_lie(s, length->announced, slice_of(""));
}

static void bad_length(struct scene *s)
{
    shapes_refused(s, make_length);
}

static const struct length zero = {0};
static const struct length one_beyond = {RAW_BODY_MAX + 1};
static const struct length sign_bit = {0x80000000u};
static const struct length all_ones = {0xffffffffu};

/* --- bodies */

static struct slice make_body(struct scene *s, const char *id)
{
    return shapes_frame(s, shapes_body(s, scene_data(s), id, "conf/count"));
}

static void bad_body(struct scene *s)
{
    shapes_refused(s, make_body);
}

/* --- where it stands */

static struct slice not_json(struct scene *s)
{
    return shapes_frame(s, slice_of("{\"type\""));
}

static void earlier_answers_stand(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = ask_send_on(st, "conf/echo", "1", "");

    verify_output(s, ask_answer(c, id), "1");
    id = ask_send_on(st, "conf/echo", "2", "");
    verify_output(s, ask_answer(c, id), "2");
    stream_send(st, not_json(s));
    (void)ask_send_on(st, "conf/count", "{\"key\":\"k\"}", "");
    verify_silence(st);
    verify_entered(s, "conf/count", 0);
    verify_alive(c);
}

static void same_write(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = scene_id(s);
    const struct stream_frame *f;

    stream_send(
        st, shapes_join(s, ask_frame(s, id, "conf/echo", "1"), not_json(s)));
    scene_settle(s);
    f = stream_poll(st);
    if (f)
        verify_frame(s, f, "call.responded", id, "{\"output\":1}");
    scene_choice(s, "answer-owed-when-a-frame-is-refused",
                 f ? "sent" : "dropped");
    verify_silence(st);
    verify_alive(c);
}

static void others_go_on(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *held = ask_send(c, "conf/hold", "{\"tag\":\"t\"}", "");
    struct stream *half = stream_open(c);
    const char *id = scene_id(s);
    struct slice frame = ask_frame(s, id, "conf/echo", "1");

    shapes_wait_held(s, 1);
    stream_send(half, slice_head(frame, 20));
    for (size_t i = 0; i < 5; i++)
        stream_send(stream_open(c), not_json(s));
    scene_settle(s);
    stream_send(half, slice_skip(frame, 20));
    verify_output(s, ask_answer(c, id), "1");
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, held), "{\"tag\":\"t\"}");
}

/* The call on the other stream still gets its answer. */
static void other_calls_go_on(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *first = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *a = ask_take(c);
    const char *second = ask_begin(c, "conf/echo", "2", "");
    const struct ask_request *b = ask_take(c);

    if (a->stream == b->stream)
        scene_not_applicable(s, "both requests came on one stream");
    stream_send(a->stream, not_json(s));
    verify_error(s, shapes_ended_soon(s, first), "INTERNAL", false);
    verify_that(s, !ask_has_result(s, second), "the other call still waiting",
                "it has ended");
    ask_serve(b);
    verify_output(s, ask_result(s, second), "2");
    verify_alive(c);
}

#define REFUSED(slug, rule, what, run_, data_)                                 \
    {                                                                          \
        .id = slug, .rules = rule " FL-8 FL-10 FL-12", .claim = CLAIM(what),   \
        .twin = "calls.query.echo", .is_negative = true, .axes = CALLERS,      \
        .run = run_, .data = data_                                             \
    }

static const struct conf_case cases[] = {
    REFUSED("framing.refused.length-zero", "FL-4", "A frame of length zero",
            bad_length, &zero),
    REFUSED("framing.refused.one-byte-beyond", "FL-1 FL-2 FL-15",
            "A length of 64 MiB and one byte", bad_length, &one_beyond),
    REFUSED("framing.refused.sign-bit", "FL-1 FL-2", "A length of 2^31 bytes",
            bad_length, &sign_bit),
    REFUSED("framing.refused.all-ones", "FL-1 FL-2", "A length of 2^32-1 bytes",
            bad_length, &all_ones),
    REFUSED("envelope.refused.not-json", "FL-7",
            "A body that is cut off within its JSON text", bad_body,
            "{\"type\":@T,\"id\":@I,\"payload\":@P"),
    REFUSED("envelope.refused.not-utf8", "FL-7 EN-14",
            "A body with a byte that is no UTF-8", bad_body,
            "{\"type\":@T,\"id\":@I,\"payload\":{\"operationId\":"
            "\"/conf/count\",\"input\":{\"key\":\"k\xff\"},"
            "\"output\":\"\xff\"}}"),
    REFUSED("envelope.refused.lone-surrogate", "EN-14",
            "A body with half a surrogate pair in a string", bad_body,
            "{\"type\":@T,\"id\":@I,\"payload\":{\"operationId\":"
            "\"/conf/count\",\"input\":{\"key\":\"\\ud800\"},"
            "\"output\":\"\\ud800\"}}"),
    REFUSED("envelope.refused.trailing-garbage", "EN-13",
            "A body with more than blanks behind its JSON text", bad_body,
            "{\"type\":@T,\"id\":@I,\"payload\":@P} x"),
    REFUSED("envelope.refused.two-envelopes", "EN-13",
            "A body that holds two envelopes", bad_body,
            "{\"type\":@T,\"id\":@I,\"payload\":@P}"
            "{\"type\":@T,\"id\":@I,\"payload\":@P}"),
    REFUSED("envelope.refused.byte-order-mark", "EN-12",
            "A body that begins with a byte-order mark", bad_body,
            "\xef\xbb\xbf{\"type\":@T,\"id\":@I,\"payload\":@P}"),
    REFUSED("envelope.refused.type-missing", "EN-4 EN-2",
            "An envelope that calls its type something else", bad_body,
            "{\"event\":@T,\"id\":@I,\"payload\":@P}"),
    REFUSED("envelope.refused.type-number", "EN-4",
            "An envelope whose type is a number", bad_body,
            "{\"type\":1,\"id\":@I,\"payload\":@P}"),
    REFUSED("envelope.refused.id-missing", "EN-4", "An envelope without an id",
            bad_body, "{\"type\":@T,\"payload\":@P}"),
    REFUSED("envelope.refused.id-number", "EN-4",
            "An envelope whose id is a number", bad_body,
            "{\"type\":@T,\"id\":7,\"payload\":@P}"),
    REFUSED("envelope.refused.id-null", "EN-4", "An envelope whose id is null",
            bad_body, "{\"type\":@T,\"id\":null,\"payload\":@P}"),
    REFUSED("envelope.refused.array", "EN-1 FL-7",
            "A body that is an array of two numbers", bad_body, "[1,2]"),
    REFUSED("envelope.refused.scalar", "EN-11", "A body that is a number",
            bad_body, "7"),
    REFUSED("envelope.refused.null", "EN-11", "A body that is null", bad_body,
            "null"),
    REFUSED("envelope.refused.empty-object", "EN-11",
            "A body that is an empty object", bad_body, "{}"),
    REFUSED("envelope.refused.infinity", "EN-15",
            "A body with a number that JSON does not know", bad_body,
            "{\"type\":@T,\"id\":@I,\"payload\":{\"operationId\":"
            "\"/conf/count\",\"input\":{\"key\":\"k\",\"n\":Infinity},"
            "\"output\":NaN}}"),
    {
        .id = "framing.refused.earlier-answers-stand",
        .rules = "FL-8 FL-10 FL-11",
        .claim = "A refused frame takes back no answer given before it on its "
                 "stream, and nothing behind it is looked at.",
        .twin = "streams.end.without-fin",
        .is_negative = true,
        .run = earlier_answers_stand,
    },
    {
        .id = "framing.refused.in-the-same-write",
        .rules = "FL-8",
        .level = CASE_CHOICE,
        .claim = "A request right before a refused frame is answered or lost "
                 "with its stream.",
        .twin = "framing.stream.two-in-one-write",
        .is_negative = true,
        .axes = {.lvl = LVL_L1},
        .run = same_write,
    },
    {
        .id = "framing.refused.others-go-on",
        .rules = "FL-10",
        .claim = "Refused frames harm neither a running request nor one that "
                 "is still arriving on other streams.",
        .needs = "hold",
        .run = others_go_on,
    },
    {
        .id = "framing.refused.other-calls-go-on",
        .rules = "FL-10 FL-12",
        .claim = "A refused answer fails the call of its own stream only.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .axes = {.caller = CALLER_THEM},
        .run = other_calls_go_on,
    },
};

const struct case_list malformed_cases = {cases,
                                          sizeof cases / sizeof cases[0]};
