/* SPDX-License-Identifier: MIT */
/*
 * What a failure looks like: its code, whether it may be tried again, its
 * details, and whose words are passed on.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list errors_cases;

struct failing {
    const char *code;    /* JSON text of each */
    const char *message; /* of any length */
    bool is_retryable;   /* as raised */
    const char *details; /* NULL: none */
};

/* conf/fail raises it, here or there; it has to arrive as it was raised. */
static void raised(struct scene *s)
{
    const struct failing *f = scene_data(s);
    const struct ask_outcome *o = ask(
        s, "conf/fail",
        scene_text(s, "{\"code\":\"%s\",\"message\":%s,\"retryable\":%s%s%s}",
                   f->code, f->message, f->is_retryable ? "true" : "false",
                   f->details ? ",\"details\":" : "",
                   f->details ? f->details : ""));

    verify_error(s, o, f->code, f->is_retryable);
    verify_details(s, o, f->details);
}

static const struct failing plain = {"CONF_PLAIN", "\"no\"", false, NULL};
static const struct failing again = {"CONF_AGAIN", "\"later\"", true, NULL};
static const struct failing own_code = {"a code of ours", "\"\"", false, NULL};
static const struct failing no_words = {"CONF_MUTE", "\"\"", true, NULL};
static const struct failing odd_words = {
    "CONF_WORDS", "\"\\u0000\\n\\\"\\ud83d\\ude00 {}\"", false, NULL};
static const struct failing with_object = {
    "CONF_OBJECT", "\"x\"", true,
    "{\"field\":\"a\",\"list\":[1,null,{\"b\":0.1}]}"};
static const struct failing with_array = {"CONF_ARRAY", "\"x\"", false, "[]"};
static const struct failing with_false = {"CONF_FALSE", "\"x\"", false,
                                          "false"};
static const struct failing with_text = {"CONF_TEXT", "\"x\"", false,
                                         "\"text\""};

static void details_left_out(struct scene *s)
{
    struct stream *st = stream_open(scene_conn(s));
    const struct stream_frame *f;
    const char *id = ask_send_on(
        st, "conf/fail",
        "{\"code\":\"X\",\"message\":\"m\",\"retryable\":true}", "");

    f = stream_next(st);
    verify_frame(s, f, "call.error", id, NULL);
    verify_same(s, "the code", json_find(f->payload, "code"), "\"X\"");
    verify_that(s, json_count(f->payload, "details") == 0, "no member details",
                "one");
    verify_silence(st);
}

/* Errors of every origin are read by the judge, which wants all members. */
static void members_always(struct scene *s)
{
    struct conn *c = scene_conn(s);

    verify_error(s, ask_them(c, "conf/absent", "1"), "NOT_FOUND", false);
    verify_error(s, ask_them(c, "conf/hidden", "1"), "NOT_FOUND", false);
    verify_error(s, ask_them(c, "conf/sink", "{\"data\":5}"), "INVALID_INPUT",
                 false);
    if (scene_can(s, "access"))
        verify_error(s, ask_them(c, "conf/guarded", "1"), "FORBIDDEN", false);
}

static void unfit_input(struct scene *s)
{
    const char *const *pair = scene_data(s);

    verify_error(s, ask_them(scene_conn(s), pair[0], pair[1]), "INVALID_INPUT",
                 false);
    verify_alive(scene_conn(s));
}

static const char *const unfit_fail[] = {"conf/fail", "{\"code\":\"X\"}"};
static const char *const unfit_sink[] = {"conf/sink", "{\"data\":5}"};
static const char *const unfit_count[] = {"conf/count", "[]"};
static const char *const unfit_hold[] = {"conf/hold", "{\"tag\":null}"};

/* An output that looks like an error is still an output. */
static void looks_like_error(struct scene *s)
{
    const char *text = "{\"code\":\"INTERNAL\",\"message\":\"m\","
                       "\"retryable\":false,\"error\":{\"code\":\"X\"}}";

    verify_output(s, ask(s, "conf/echo", text), text);
}

static void failure_is_no_response(struct scene *s)
{
    struct stream *st = stream_open(scene_conn(s));
    const char *id = ask_send_on(
        st, "conf/fail",
        "{\"code\":\"X\",\"message\":\"m\",\"retryable\":false}", "");

    verify_frame(s, stream_next(st), "call.error", id, NULL);
    verify_silence(st);
    verify_entered(s, "conf/fail", 1);
}

/* --- codes that an operation declares */

#define DECLARED                                                               \
    "\"remote_safe\":true,\"error_schemas\":[{\"code\":\"CONF_DECLARED\","     \
    "\"description\":\"d\",\"schema\":{},\"http_status\":null}]"

static const struct ask_outcome *fail_declared(struct scene *s,
                                               const char *code)
{
    stage_register(s, "conf/declares", "conf/fail", DECLARED);
    return ask_them(scene_conn(s), "conf/declares",
                    scene_text(s,
                               "{\"code\":\"%s\",\"message\":\"m\","
                               "\"retryable\":true,\"details\":{\"n\":1}}",
                               code));
}

static void declared_code(struct scene *s)
{
    const struct ask_outcome *o = fail_declared(s, "CONF_DECLARED");

    verify_error(s, o, "CONF_DECLARED", true);
    verify_details(s, o, "{\"n\":1}");
}

static void undeclared_code(struct scene *s)
{
    const struct ask_outcome *o = fail_declared(s, "CONF_OTHER");
    bool is_kept = slice_equal(o->code, slice_of("CONF_OTHER"));

    if (!is_kept)
        verify_error(s, o, "INTERNAL", false);
    scene_choice(s, "undeclared-code", is_kept ? "passed-on" : "internal");
}

/* --- errors that we send */

/* What the testee reports of an error with that payload. */
static const struct ask_outcome *reported(struct scene *s, const char *payload)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);

    stream_send_frame(r->stream, "call.error", r->id, payload);
    return ask_result(s, call);
}

static void unknown_code(struct scene *s)
{
    const struct ask_outcome *o =
        reported(s, "{\"code\":\"NEVER_HEARD_OF\",\"message\":\"m\","
                    "\"retryable\":true,\"details\":{\"n\":1}}");
    bool is_kept = slice_equal(o->code, slice_of("NEVER_HEARD_OF"));

    verify_error(s, o, is_kept ? "NEVER_HEARD_OF" : "INTERNAL", true);
    scene_choice(s, "unknown-code", is_kept ? "kept" : "internal");
}

static void message_decides_nothing(struct scene *s)
{
    verify_error(s,
                 reported(s, "{\"code\":\"FORBIDDEN\",\"message\":\"TIMEOUT: "
                             "request timed out\",\"retryable\":false}"),
                 "FORBIDDEN", false);
}

static void more_members(struct scene *s)
{
    verify_error(s,
                 reported(s, "{\"retryable\":true,\"output\":1,\"message\":"
                             "\"\",\"status\":500,\"code\":\"X\"}"),
                 "X", true);
}

static void null_details(struct scene *s)
{
    const struct ask_outcome *o =
        reported(s, "{\"code\":\"X\",\"message\":\"m\",\"retryable\":false,"
                    "\"details\":null}");

    verify_error(s, o, "X", false);
    verify_details(s, o, o->details ? "null" : NULL);
    scene_choice(s, "null-details", o->details ? "kept" : "absent");
}

/* Also a code of the protocol's may come with details. */
static void reserved_details(struct scene *s)
{
    static const char *const codes[] = {
        "NOT_FOUND", "FORBIDDEN", "INVALID_INPUT", "INVALID_OPERATION_TYPE",
        "INTERNAL",  "TIMEOUT"};
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        bool is_retryable = strcmp(codes[i], "TIMEOUT") == 0;
        const char *call = ask_begin(c, "conf/echo", "1", "");
        const char *details = scene_text(s, "{\"n\":[%zu]}", i);
        const struct ask_outcome *o;

        ask_fail(ask_take(c), codes[i], is_retryable, details);
        o = ask_result(s, call);
        verify_error(s, o, codes[i], is_retryable);
        verify_details(s, o, details);
        shapes_ended_once(s, call);
    }
}

static void malformed(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);
    bool has_ended;

    stream_send_frame(r->stream, "call.error", r->id, scene_data(s));
    has_ended = ask_has_result(s, call);
    scene_choice(s, "malformed-error", has_ended ? "internal" : "dropped");
    if (!has_ended)
        ask_fail(r, "INTERNAL", false, NULL);
    verify_error(s, ask_result(s, call), "INTERNAL", false);
    shapes_ended_once(s, call);
    verify_alive(c);
}

#define BOTH                                                                   \
    {                                                                          \
        .caller = CALLER_US | CALLER_THEM                                      \
    }

#define RAISED(slug, rule, what, failing)                                      \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what, .axes = BOTH, .run = raised, \
        .data = failing                                                        \
    }

#define UNFIT(slug, what, need, pair)                                          \
    {                                                                          \
        .id = slug, .rules = "EC-1 EC-2 HF-1",                                 \
        .claim = "A handler that refuses " what                                \
                 " answers INVALID_INPUT, not retryable.",                     \
        .twin = "calls.query.echo", .is_negative = true, .needs = need,        \
        .run = unfit_input, .data = pair                                       \
    }

#define MALFORMED(slug, what, payload)                                         \
    {                                                                          \
        .id = slug, .rules = "ER-3", .level = CASE_CHOICE,                     \
        .claim = "An error " what                                              \
                 " fails its call with INTERNAL or is dropped, and harms "     \
                 "nothing else.",                                              \
        .twin = "errors.retryable.false", .is_negative = true,                 \
        .axes = {.caller = CALLER_THEM}, .run = malformed, .data = payload     \
    }

static const struct conf_case cases[] = {
    RAISED("errors.retryable.false", "HF-1 EC-6 ER-1",
           "An error that is not retryable arrives as one.", &plain),
    RAISED("errors.retryable.true", "HF-1 EC-6 ER-1",
           "An error that is retryable arrives as one.", &again),
    RAISED("errors.code.of-any-text", "HF-1 EC-1",
           "A code of an operation's own, whatever its text, is passed on "
           "unchanged.",
           &own_code),
    RAISED("errors.message.empty", "HF-1 ER-1",
           "An error with an empty message is an error like any other.",
           &no_words),
    RAISED("errors.message.of-any-text", "HF-1 ER-1",
           "An error with a message of any text is an error like any other.",
           &odd_words),
    RAISED("errors.details.object", "HF-1 ER-1",
           "Details that are an object arrive as they were raised.",
           &with_object),
    RAISED("errors.details.empty-array", "HF-1 ER-1",
           "Details that are an empty array arrive as they were raised.",
           &with_array),
    RAISED("errors.details.false", "HF-1 ER-1",
           "Details that are false arrive as they were raised.", &with_false),
    RAISED("errors.details.text", "HF-1 ER-1",
           "Details that are a string arrive as they were raised.", &with_text),
    {
        .id = "errors.details.left-out",
        .rules = "ER-1",
        .claim = "An error without details is sent without that member.",
        .run = details_left_out,
    },
    {
        .id = "errors.members.always",
        .rules = "ER-1 ER-4 EC-2 ES-2",
        .claim = "Errors of every origin carry code, message and retryable, "
                 "and the reserved ones are not retryable.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .run = members_always,
    },
    UNFIT("errors.input.of-fail", "an input without all members", NULL,
          unfit_fail),
    UNFIT("errors.input.of-sink", "a member of the wrong kind", NULL,
          unfit_sink),
    UNFIT("errors.input.of-count", "an array for an object", NULL, unfit_count),
    UNFIT("errors.input.of-hold", "null for a string", "hold", unfit_hold),
    {
        .id = "errors.output.looks-like-an-error",
        .rules = "RS-1 RS-5",
        .claim = "An output with the members of an error is an output.",
        .axes = {.caller = CALLER_US | CALLER_THEM | CALLER_BOTH},
        .run = looks_like_error,
    },
    {
        .id = "errors.event.not-a-response",
        .rules = "RS-5 HF-1 CL-1",
        .claim = "A handler that fails is reported by exactly one error event "
                 "and by no response.",
        .run = failure_is_no_response,
    },
    {
        .id = "errors.declared.passed-on",
        .rules = "HF-1 EC-6 ES-1",
        .claim = "A code that its operation declares arrives with its "
                 "retryable flag and its details.",
        .run = declared_code,
    },
    {
        .id = "errors.declared.undeclared",
        .rules = "HF-1 EC-7 OC-4 ES-3",
        .level = CASE_CHOICE,
        .claim = "A code that its operation does not declare is passed on, or "
                 "becomes INTERNAL.",
        .run = undeclared_code,
    },
    {
        .id = "errors.reported.details-of-reserved",
        .rules = "ER-1 EC-1 EC-2",
        .claim = "An error with a reserved code reaches the caller with its "
                 "details.",
        .axes = {.caller = CALLER_THEM},
        .run = reserved_details,
    },
    {
        .id = "errors.reported.unknown-code",
        .rules = "ER-8 EC-6 ER-9",
        .level = CASE_SHOULD,
        .claim = "An unknown code reaches the caller as it is or as INTERNAL, "
                 "and retryable as its sender said.",
        .axes = {.caller = CALLER_THEM},
        .run = unknown_code,
    },
    {
        .id = "errors.reported.message-decides-nothing",
        .rules = "ER-7 ES-5",
        .claim = "An error is what its code says, whatever stands in its "
                 "message.",
        .axes = {.caller = CALLER_THEM},
        .run = message_decides_nothing,
    },
    {
        .id = "errors.reported.unknown-members",
        .rules = "ER-2",
        .level = CASE_CHOICE,
        .claim = "Members of an error that nobody knows are ignored.",
        .axes = {.caller = CALLER_THEM},
        .run = more_members,
    },
    {
        .id = "errors.reported.null-details",
        .rules = "ER-2",
        .level = CASE_CHOICE,
        .claim = "Details that are null are none, or are null.",
        .axes = {.caller = CALLER_THEM},
        .run = null_details,
    },
    MALFORMED("errors.malformed.no-retryable", "without retryable",
              "{\"code\":\"X\",\"message\":\"m\"}"),
    MALFORMED("errors.malformed.no-code", "without a code",
              "{\"message\":\"m\",\"retryable\":true}"),
    MALFORMED("errors.malformed.retryable-text",
              "whose retryable is no boolean",
              "{\"code\":\"X\",\"message\":\"m\",\"retryable\":\"true\"}"),
    MALFORMED("errors.malformed.no-object", "whose payload is null", "null"),
};

const struct case_list errors_cases = {cases, sizeof cases / sizeof cases[0]};
