/* SPDX-License-Identifier: MIT */
/*
 * Envelopes that are good in an unusual way, values that have to survive, ids
 * of any text, and events that are ignored.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list envelope_cases;

/* --- unusual but good */

/* The pattern as a request of ours, or as our answer; both say {"n":1}. */
static void accepted(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *pattern = scene_data(s);
    const struct ask_request *r;
    const struct json *output;
    const char *id;

    if (scene_axes(s).caller == CALLER_THEM) {
        id = ask_begin(c, "conf/echo", "{\"n\":1}", "");
        r = ask_take(c);
        stream_send_fin(
            r->stream,
            shapes_frame(s, shapes_body(s, pattern, r->id, "conf/echo")));
        verify_output(s, ask_result(s, id), "{\"n\":1}");
        return;
    }
    id = scene_id(s);
    stream_send_fin(stream_open(c),
                    shapes_frame(s, shapes_body(s, pattern, id, "conf/echo")));
    output = ask_answer(c, id)->output;
    verify_same(s, "the number", json_find(output, "n"), "1");
}

/* --- values */

static void value(struct scene *s)
{
    verify_output(s, ask(s, "conf/echo", scene_data(s)), scene_data(s));
}

/* Thirty-two levels, of which the envelope and the payload are two. */
static void depth_32(struct scene *s)
{
    const char *text =
        scene_text(s, "%.30s7%.30s", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                   "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");

    verify_output(s, ask(s, "conf/echo", text), text);
}

/* --- ids */

static void id_kept(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = scene_data(s);
    struct stream *st = stream_open(c);

    stream_send_frame(st, "call.requested", id,
                      ask_payload(s, "conf/echo", "1", ""));
    verify_frame(s, stream_next(st), "call.responded", id, "{\"output\":1}");
    stream_send_frame(st, "call.requested", id,
                      ask_payload(s, "conf/absent", "1", ""));
    verify_frame(s, stream_next(st), "call.error", id, NULL);
    verify_silence(st);
}

static void id_of_256_bytes(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct slice text = slice_of(shapes_string(s, 256));
    const char *id = shapes_text(s, slice_make(text.data + 1, 256));
    struct stream *st = stream_open(c);

    stream_send_frame(st, "call.requested", id,
                      ask_payload(s, "conf/echo", "1", ""));
    verify_frame(s, stream_next(st), "call.responded", id, "{\"output\":1}");
    stream_send_frame(st, "call.requested", id,
                      ask_payload(s, "conf/absent", "1", ""));
    verify_frame(s, stream_next(st), "call.error", id, NULL);
}

static void id_with_nul(struct scene *s)
{
    struct stream *st = stream_open(scene_conn(s));
    const struct stream_frame *f;

    stream_send(st, shapes_frame(s, shapes_body(s,
                                                "{\"type\":@T,\"id\":"
                                                "\"a\\u0000b\","
                                                "\"payload\":@P}",
                                                "", "conf/echo")));
    f = stream_next(st);
    verify_that(s, slice_equal(f->raw.id, slice_make("a\0b", 3)),
                "the id with its NUL", "an id of %zu bytes", f->raw.id.len);
    verify_same(s, "the output", json_find(f->payload, "output"),
                "{\"n\":1,\"key\":\"k\"}");
}

static void empty_id(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const struct stream_frame *f;

    stream_send_frame(st, "call.requested", "",
                      ask_payload(s, "conf/echo", "1", ""));
    scene_settle(s);
    f = stream_poll(st);
    if (f)
        verify_frame(s, f, "call.responded", "", "{\"output\":1}");
    scene_choice(s, "empty-id", f ? "taken" : "refused");
    verify_alive(c);
}

/* --- ignored */

/* An event of that type, then what is good, on the same stream. */
static void ignored_type(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *type = scene_data(s);
    struct stream *st;
    const struct ask_request *r;
    const char *id;

    if (scene_axes(s).caller == CALLER_THEM) {
        id = ask_begin(c, "conf/echo", "1", "");
        r = ask_take(c);
        stream_send_frame(r->stream, type, r->id, "{\"output\":2}");
        verify_that(s, !ask_has_result(s, id), "the call still waiting",
                    "it has ended");
        ask_serve(r);
        verify_output(s, ask_result(s, id), "1");
        return;
    }
    st = stream_open(c);
    stream_send_frame(st, type, scene_id(s),
                      ask_payload(s, "conf/count", "{\"key\":\"k\"}", ""));
    id = ask_send_on(st, "conf/echo", "1", "");
    verify_output(s, ask_answer(c, id), "1");
    verify_silence(st);
    verify_entered(s, "conf/count", 0);
}

/* Answers, completions and aborts of what nobody asked. */
static void unasked(struct scene *s)
{
    static const char *const events[][2] = {
        {"call.responded", "{\"output\":1}"},
        {"call.error",
         "{\"code\":\"INTERNAL\",\"message\":\"\",\"retryable\":false}"},
        {"call.completed", "{}"},
        {"call.aborted", "{}"},
    };
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id;

    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        stream_send_frame(st, events[i][0], scene_id(s), events[i][1]);
    verify_conn_silence(c);
    id = ask_send_on(st, "conf/echo", "1", "");
    verify_output(s, ask_answer(c, id), "1");
}

#define GOOD(slug, rule, what, pattern)                                        \
    {                                                                          \
        .id = slug, .rules = rule,                                             \
        .claim = "An envelope " what " is taken like any other.",              \
        .axes = {.caller = CALLER_US | CALLER_THEM}, .run = accepted,          \
        .data = pattern                                                        \
    }

#define VALUE(slug, rule, what, json)                                          \
    {                                                                          \
        .id = slug, .rules = rule,                                             \
        .claim = what " arrives as it was sent, in both directions.",          \
        .axes = {.caller = CALLER_US | CALLER_THEM | CALLER_BOTH},             \
        .run = value, .data = json                                             \
    }

#define ID(slug, what, text)                                                   \
    {                                                                          \
        .id = slug, .rules = "EN-20 ID-1 ID-9 EV-2",                           \
        .claim = "An id " what " is repeated as it is in results and errors.", \
        .run = id_kept, .data = text                                           \
    }

#define IGNORED(slug, rule, what, type)                                        \
    {                                                                          \
        .id = slug, .rules = rule,                                             \
        .claim = "An event whose type is " what                                \
                 " is ignored, and what follows on its stream is not.",        \
        .axes = {.caller = CALLER_US | CALLER_THEM}, .run = ignored_type,      \
        .data = type                                                           \
    }

static const struct conf_case cases[] = {
    GOOD("envelope.accepted.whitespace", "FR-9",
         "with whitespace wherever JSON allows it",
         " \t\r\n{ \"type\" : @T ,\n \"id\"\t:\r@I , \"payload\" : @P } \n"),
    GOOD("envelope.accepted.reversed-members", "FR-10",
         "with its members in reverse order",
         "{\"payload\":@P,\"id\":@I,\"type\":@T}"),
    GOOD("envelope.accepted.escaped-names", "EN-1 EN-2",
         "whose member names are written with escapes",
         "{\"\\u0074ype\":@T,\"\\u0069\\u0064\":@I,\"pay\\u006coad\":@P}"),
    GOOD("envelope.accepted.escaped-id", "ID-1 ID-7",
         "whose id is written with escapes",
         "{\"type\":@T,\"id\":@E,\"payload\":@P}"),
    GOOD("envelope.accepted.unknown-members", "EN-6",
         "with members that nobody knows, one of them repeated",
         "{\"x\":1,\"type\":@T,\"x\":[2],\"id\":@I,\"payload\":@P,\"y\":{}}"),
    GOOD("envelope.accepted.meaningless-members", "EN-19 RQ-11",
         "with a version, a number and a parent id",
         "{\"version\":9,\"seq\":7,\"parent_id\":\"p\",\"timestamp\":0,"
         "\"type\":@T,\"id\":@I,\"payload\":@P}"),
    GOOD("envelope.accepted.unknown-payload-members", "RQ-5 RS-3",
         "with members in its payload that nobody knows",
         "{\"type\":@T,\"id\":@I,\"payload\":{\"a\":null,@M,"
         "\"final\":true,\"seq\":3,\"code\":\"X\"}}"),
    VALUE("envelope.value.largest-integer", "EN-15", "The integer 2^53",
          "{\"n\":9007199254740992}"),
    VALUE("envelope.value.smallest-integer", "EN-15", "The integer -2^53",
          "{\"n\":-9007199254740992}"),
    VALUE("envelope.value.odd-integer", "EN-15", "The integer 2^53-1",
          "[9007199254740991,-9007199254740991]"),
    VALUE("envelope.value.tenth", "EN-15", "The number 0.1",
          "[0.1,-0.1,1e-7,1.5e300]"),
    VALUE("envelope.value.nul", "EN-14", "A string with a NUL in it",
          "{\"n\":\"a\\u0000b\",\"m\":\"\\u0000\"}"),
    {
        .id = "envelope.value.nul-in-name",
        .rules = "EN-14",
        .claim = "A member name with a NUL in it comes back as it was sent.",
        .run = value,
        .data = "{\"a\\u0000b\":1,\"a\":2}",
    },
    VALUE("envelope.value.unicode", "EN-14",
          "Text beyond ASCII, raw and in escapes,",
          "\"\\ud83d\\ude00 \xf0\x9f\x98\x80 \xc3\xbc \\u00fc \\u2028\""),
    VALUE("envelope.value.controls", "EN-14",
          "A string of quotes, backslashes and control characters",
          "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u001f\\u007f\""),
    VALUE("envelope.value.null", "RS-1", "Null", "null"),
    VALUE("envelope.value.scalar", "RS-1", "A boolean by itself", "false"),
    VALUE("envelope.value.empty-containers", "RS-1",
          "A tree of empty arrays, objects, strings and names",
          "[[],{},\"\",{\"\":[{}]}]"),
    {
        .id = "envelope.value.depth-32",
        .rules = "EN-16",
        .claim = "A value that makes the body 32 levels deep arrives as it was "
                 "sent.",
        .axes = {.caller = CALLER_US | CALLER_THEM},
        .run = depth_32,
    },
    ID("envelope.id.quotes", "with quotes and backslashes",
       "\"a\\\"b\\\\ 'c' {}"),
    ID("envelope.id.newlines", "with newlines and control characters",
       "a\nb\r\tc\x01\x1f\x7f"),
    ID("envelope.id.unicode", "beyond ASCII",
       "\xc3\xbc\xe6\x97\xa5\xf0\x9f\x98\x80\xcc\x88"),
    ID("envelope.id.blank", "of blanks only", "   "),
    ID("envelope.id.number-like", "that looks like a number", "01"),
    {
        .id = "envelope.id.256-bytes",
        .rules = "EN-20 ID-1",
        .claim = "An id of 256 bytes is repeated as it is, by a result and "
                 "by an error.",
        .run = id_of_256_bytes,
    },
    {
        .id = "envelope.id.nul",
        .rules = "EN-14 EN-20 ID-1",
        .claim = "An id with a NUL in it is repeated as it is.",
        .run = id_with_nul,
    },
    {
        .id = "envelope.id.empty",
        .rules = "EN-9",
        .level = CASE_CHOICE,
        .claim = "A request with an empty id is answered with that id, or "
                 "refused.",
        .run = empty_id,
    },
    IGNORED("envelope.ignored.unknown-type", "EN-18", "unknown", "call.paused"),
    IGNORED("envelope.ignored.upper-case", "EN-17 EN-18",
            "a known one in capitals", "CALL.REQUESTED"),
    IGNORED("envelope.ignored.blank-before", "EN-17 EN-18",
            "a known one with a blank before it", " call.responded"),
    IGNORED("envelope.ignored.blank-behind", "EN-17 EN-18",
            "a known one with a blank behind it", "call.requested "),
    IGNORED("envelope.ignored.empty-type", "EN-18", "empty", ""),
    IGNORED("envelope.ignored.ping", "EN-18 CN-1",
            "a sign of life of some other protocol", "ping"),
    {
        .id = "envelope.ignored.unasked",
        .rules = "SM-16 EV-1 EV-3 EV-4",
        .claim = "Answers, completions and aborts of what nobody asked are "
                 "dropped without a frame in return, and the stream goes on.",
        .run = unasked,
    },
};

const struct case_list envelope_cases = {cases, sizeof cases / sizeof cases[0]};
