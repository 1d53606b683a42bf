/* SPDX-License-Identifier: MIT */
/*
 * What stands in a request: how operations are named, what becomes of a
 * request without a usable name, and what a testee puts into its own.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list requests_cases;

/* Sends that payload; the stream, on which nothing else is. */
static struct stream *send_payload(struct scene *s, const char *id,
                                   const char *payload)
{
    struct stream *st = stream_open(scene_conn(s));

    stream_send_frame(st, "call.requested", id, payload);
    return st;
}

/* --- names */

static void name_found(struct scene *s)
{
    const char *id = scene_id(s);
    struct stream *st =
        send_payload(s, id,
                     scene_text(s, "{\"operationId\":\"%s\",\"input\":1}",
                                (const char *)scene_data(s)));

    verify_frame(s, stream_next(st), "call.responded", id, "{\"output\":1}");
    verify_entered(s, "conf/echo", 1);
}

static void name_unknown(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = scene_id(s);
    struct stream *st =
        send_payload(s, id,
                     scene_text(s, "{\"operationId\":\"%s\",\"input\":1}",
                                (const char *)scene_data(s)));

    verify_error(s, ask_answer(c, id), "NOT_FOUND", false);
    verify_silence(st);
    verify_entered(s, "conf/echo", 0);
    verify_alive(c);
}

static void more_segments(struct scene *s)
{
    stage_register(s, "conf/deep/er/echo", "conf/echo", "\"remote_safe\":true");
    stage_register(s, "echo", "conf/echo", "\"remote_safe\":true");
    verify_output(s, ask_them(scene_conn(s), "conf/deep/er/echo", "1"), "1");
    verify_output(s, ask_them(scene_conn(s), "echo", "2"), "2");
    verify_entered(s, "conf/echo", 0);
}

/* --- requests without a usable name */

struct odd {
    const char *payload; /* what is sent */
    const char *choice;  /* under what the code is recorded */
};

static void odd_request(struct scene *s)
{
    const struct odd *odd = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *id = scene_id(s);
    struct stream *st = send_payload(s, id, odd->payload);
    const struct ask_outcome *o = ask_answer(c, id);
    bool is_unknown = slice_equal(o->code, slice_of("NOT_FOUND"));

    verify_error(s, o, is_unknown ? "NOT_FOUND" : "INVALID_INPUT", false);
    scene_choice(s, odd->choice, is_unknown ? "not-found" : "invalid-input");
    verify_silence(st);
    verify_entered(s, "conf/echo", 0);
    verify_alive(c);
}

#define NO_NAME "request-without-a-name"
#define NO_TEXT "request-with-an-empty-name"
#define NO_OBJECT "request-payload-that-is-no-object"

static const struct odd name_empty = {"{\"operationId\":\"\",\"input\":1}",
                                      NO_TEXT};
static const struct odd name_slash = {"{\"operationId\":\"/\",\"input\":1}",
                                      NO_TEXT};
static const struct odd name_missing = {"{\"input\":1}", NO_NAME};
static const struct odd name_number = {"{\"operationId\":5,\"input\":1}",
                                       NO_NAME};
static const struct odd name_null = {"{\"operationId\":null}", NO_NAME};
static const struct odd name_array = {
    "{\"operationId\":[\"/conf/echo\"],\"input\":1}", NO_NAME};
static const struct odd name_snake = {
    "{\"operation_id\":\"/conf/echo\",\"operation\":\"/conf/echo\"}", NO_NAME};
static const struct odd payload_null = {"null", NO_OBJECT};
static const struct odd payload_array = {"[\"/conf/echo\",1]", NO_OBJECT};
static const struct odd payload_text = {"\"/conf/echo\"", NO_OBJECT};
static const struct odd payload_number = {"1", NO_OBJECT};

static void name_beside_payload(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = scene_id(s);
    const char *body =
        scene_text(s,
                   "{\"type\":\"call.requested\",\"id\":\"%s\",\"operationId\":"
                   "\"/conf/echo\",\"input\":1,\"payload\":{}}",
                   id);

    stream_send(stream_open(c), shapes_frame(s, slice_of(body)));
    verify_that(s, !ask_answer(c, id)->is_ok, "an error", "a result");
    verify_entered(s, "conf/echo", 0);
    verify_alive(c);
}

static void input_absent(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = scene_id(s);
    const struct ask_outcome *o;

    (void)send_payload(s, id, "{\"operationId\":\"/conf/echo\"}");
    o = ask_answer(c, id);
    if (o->is_ok)
        verify_output(s, o, "null");
    else
        verify_error(s, o, "INVALID_INPUT", false);
    verify_output(s, ask_them(c, "conf/echo", "{\"n\":1}"), "{\"n\":1}");
    scene_choice(s, "input-absent", o->is_ok ? "null" : "invalid-input");
}

static void asks_for_more(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = ask_send(
        c, "conf/echo", "1",
        "\"stream\":true,\"subscribe\":true,\"op_type\":\"subscription\","
        "\"deadline\":0,\"timeout_ms\":0,\"abort_policy\":\"continue-running\","
        "\"parent_id\":\"p\",\"operation_id\":\"/conf/fail\"");

    verify_output(s, ask_answer(c, id), "1");
    verify_conn_silence(c);
}

/* --- what the testee sends */

/* The request of a call with these further members of the verb; answered. */
static const struct ask_request *their_request(struct scene *s,
                                               const char *more)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "{\"n\":1}", more);
    const struct ask_request *r = ask_take(c);

    ask_serve(r);
    verify_output(s, ask_result(s, call), "{\"n\":1}");
    return r;
}

static void sends_slash(struct scene *s)
{
    const struct ask_request *r = their_request(s, "");

    verify_that(s, slice_equal(r->operation, slice_of("/conf/echo")),
                "/conf/echo", "%.*s", (int)r->operation.len,
                (const char *)r->operation.data);
}

static void sends_members(struct scene *s)
{
    const struct ask_request *r = their_request(s, "");

    verify_same(s, "the input", json_find(r->payload, "input"), "{\"n\":1}");
    verify_that(s, json_count(r->payload, "operationId") == 1,
                "one member operationId", "%zu",
                json_count(r->payload, "operationId"));
}

/* None of these names, with blanks between, is a member of the payload. */
static void sends_none_of(struct scene *s)
{
    const struct ask_request *r = their_request(s, "\"timeout_ms\":9000");
    struct slice names = slice_of((const char *)scene_data(s));
    struct slice name;

    while ((name = case_word(&names)).len > 0)
        verify_that(s, !json_find_slice(r->payload, name),
                    "no such member in the payload", "%.*s", (int)name.len,
                    (const char *)name.data);
}

static void sends_token(struct scene *s)
{
    const char *token = stage_secret(s, "token");
    const struct ask_request *r =
        their_request(s, scene_text(s, "\"auth_token\":\"%s\"", token));

    verify_that(s, json_is_text(json_find(r->payload, "auth_token"), token),
                "the token as the member auth_token", "another value or none");
    r = their_request(s, "");
    verify_that(s, json_count(r->payload, "auth_token") == 0,
                "no auth_token in the next request", "one");
}

static void sends_forwarded_for(struct scene *s)
{
    const char *claim = "{\"id\":\"end-user\",\"scopes\":[\"a\",\"b\"],"
                        "\"resources\":{\"file\":[\"read\"]}}";
    const struct ask_request *r =
        their_request(s, scene_text(s, "\"forwarded_for\":%s", claim));

    verify_same(s, "forwarded_for", json_find(r->payload, "forwarded_for"),
                claim);
    r = their_request(s, "");
    verify_that(s, json_count(r->payload, "forwarded_for") == 0,
                "no forwarded_for in the next request", "one");
}

#define UNKNOWN(slug, rule, what, name)                                        \
    {                                                                          \
        .id = slug, .rules = rule,                                             \
        .claim = "A request for " what " is answered with NOT_FOUND.",         \
        .twin = "requests.name.with-slash", .is_negative = true,               \
        .run = name_unknown, .data = name                                      \
    }

#define ODD(slug, what, odd)                                                   \
    {                                                                          \
        .id = slug, .rules = "RQ-4 OC-5",                                      \
        .claim = "A request " what                                             \
                 " is answered by exactly one error with its id.",             \
        .twin = "requests.name.with-slash", .is_negative = true,               \
        .run = odd_request, .data = odd                                        \
    }

#define SENDS_NONE(slug, rule, what, names)                                    \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .axes = {.caller = CALLER_THEM}, .run = sends_none_of, .data = names   \
    }

static const struct conf_case cases[] = {
    {
        .id = "requests.name.with-slash",
        .rules = "OP-1 OS-6",
        .claim = "An operation is found by its name with one slash before it.",
        .run = name_found,
        .data = "/conf/echo",
    },
    {
        .id = "requests.name.without-slash",
        .rules = "OP-2 OP-4 OS-6",
        .claim = "An operation is found by its name without a slash before it.",
        .run = name_found,
        .data = "conf/echo",
    },
    {
        .id = "requests.name.more-segments",
        .rules = "OP-7",
        .claim = "Operations of one segment and of four are found by their "
                 "whole names.",
        .run = more_segments,
    },
    UNKNOWN("requests.name.two-slashes", "OP-5",
            "a name with two slashes before it", "//conf/echo"),
    UNKNOWN("requests.name.trailing-slash", "OP-5",
            "a name with a slash behind it", "/conf/echo/"),
    UNKNOWN("requests.name.other-case", "OP-1 OP-8", "a name in another case",
            "/conf/Echo"),
    UNKNOWN("requests.name.percent", "OP-8",
            "a name with a percent escape in it", "/conf/%65cho"),
    UNKNOWN("requests.name.dots", "OP-8", "a name with dot segments in it",
            "/conf/../conf/./echo"),
    UNKNOWN("requests.name.blank", "OP-1", "a name with a blank behind it",
            "/conf/echo "),
    UNKNOWN("requests.name.nul", "OP-1", "a name with a NUL behind it",
            "/conf/echo\\u0000"),
    UNKNOWN("requests.name.prefix", "OP-1", "the beginning of a name",
            "/conf/ech"),
    ODD("requests.odd.name-empty", "whose operationId is empty", &name_empty),
    ODD("requests.odd.name-slash", "whose operationId is a single slash",
        &name_slash),
    ODD("requests.odd.name-missing", "without operationId", &name_missing),
    ODD("requests.odd.name-number", "whose operationId is a number",
        &name_number),
    ODD("requests.odd.name-null", "whose operationId is null", &name_null),
    ODD("requests.odd.name-array", "whose operationId is an array",
        &name_array),
    ODD("requests.odd.payload-null", "whose payload is null", &payload_null),
    ODD("requests.odd.payload-array", "whose payload is an array",
        &payload_array),
    ODD("requests.odd.payload-text", "whose payload is a string",
        &payload_text),
    ODD("requests.odd.payload-number", "whose payload is a number",
        &payload_number),
    {
        .id = "requests.odd.other-spelling",
        .rules = "RQ-1 RQ-4",
        .claim = "A request that spells operationId otherwise names no "
                 "operation.",
        .twin = "requests.name.with-slash",
        .is_negative = true,
        .run = odd_request,
        .data = &name_snake,
    },
    {
        .id = "requests.odd.beside-payload",
        .rules = "RQ-2 EN-19",
        .claim = "A name that stands beside the payload names no operation.",
        .twin = "requests.name.with-slash",
        .is_negative = true,
        .run = name_beside_payload,
    },
    {
        .id = "requests.input.absent",
        .rules = "RQ-1 RQ-4 RQ-3",
        .level = CASE_CHOICE,
        .claim = "A request without input is handled as if it were null, or "
                 "refused with INVALID_INPUT.",
        .run = input_absent,
    },
    {
        .id = "requests.members.unknown",
        .rules = "RQ-5 RQ-10 RQ-11 CL-2",
        .claim = "Members that ask for a sequence, a deadline, a policy or a "
                 "parent change nothing.",
        .run = asks_for_more,
    },
    {
        .id = "requests.sent.leading-slash",
        .rules = "OP-3",
        .level = CASE_SHOULD,
        .claim = "A request is sent with the leading slash.",
        .axes = {.caller = CALLER_THEM},
        .run = sends_slash,
    },
    {
        .id = "requests.sent.all-members",
        .rules = "EN-3 RQ-1 RQ-2",
        .claim = "A request is sent with all three members, its name and its "
                 "input inside the payload.",
        .axes = {.caller = CALLER_THEM},
        .run = sends_members,
    },
    SENDS_NONE("requests.sent.no-other-spelling", "RQ-1",
               "A request is sent without other spellings of its members.",
               "operation_id operationID operation authToken authtoken "
               "forwardedFor params arguments"),
    SENDS_NONE("requests.sent.no-deadline", "RQ-10",
               "A request is sent without an abort policy and a deadline, "
               "also when its call has a limit of its own.",
               "deadline deadline_ms timeout timeout_ms expires abort_policy "
               "abortPolicy"),
    SENDS_NONE("requests.sent.no-parent", "RQ-11",
               "A request is sent without the id of a parent.",
               "parent parent_id parentId parent_request_id "
               "parentRequestId"),
    {
        .id = "requests.sent.token",
        .rules = "AU-6 RQ-1 AU-5",
        .claim = "A token that a call is made with is sent in the payload of "
                 "its request and of no other.",
        .needs = "tokens",
        .axes = {.caller = CALLER_THEM},
        .run = sends_token,
    },
    {
        .id = "requests.sent.forwarded-for",
        .rules = "FF-1 RQ-6 PI-1 AU-9",
        .claim = "A claimed identity is sent with the request it was given "
                 "for, and the member is left out of all others.",
        .needs = "forwarded_for",
        .axes = {.caller = CALLER_THEM},
        .run = sends_forwarded_for,
    },
};

const struct case_list requests_cases = {cases, sizeof cases / sizeof cases[0]};
