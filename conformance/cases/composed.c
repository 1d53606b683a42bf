/* SPDX-License-Identifier: MIT */
/*
 * What a handler composes: the answer is that of the request on the wire, who
 * may compose what is decided by the composing handler's own reach and
 * authority, and nothing of the caller's is handed down.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list composed_cases;

#define GUARDED "\"access\":{\"required_scopes\":[\"conf:guarded\"]}"
#define ANYBODY "{\"identity\":null,\"forwarded_for\":null}"
#define COUNT_K "{\"key\":\"k\"}"

/* One more composing operation: what it may compose, a list of JSON texts or
 * NULL, and as whom, a JSON object or NULL. */
static void composer(struct scene *s, const char *name, const char *allowed,
                     const char *authority)
{
    const char *members = "\"remote_safe\":true";

    if (allowed)
        members = scene_text(s, "%s,\"scoped_env\":{\"allowed\":[%s]}", members,
                             allowed);
    if (authority)
        members = scene_text(s, "%s,\"authority\":%s", members, authority);
    stage_register(s, name, "conf/compose", members);
}

/* The output of an operation that composes another with that input. */
static const struct json *composed(struct conn *c, const char *by,
                                   const char *operation, const char *input)
{
    struct scene *s = conn_scene(c);
    const struct ask_outcome *o =
        ask_them(c, by, shapes_compose(s, operation, input, ""));

    verify_that(s, o->is_ok, "an answer of the composing handler", "an error");
    return o->output;
}

static void verify_composed(struct conn *c, const char *by,
                            const char *operation, const char *input,
                            const char *output)
{
    verify_same(conn_scene(c), "what it composed",
                composed(c, by, operation, input),
                scene_text(conn_scene(c), "{\"output\":%s}", output));
}

static void verify_refused(struct conn *c, const char *by,
                           const char *operation, const char *input,
                           const char *code)
{
    struct scene *s = conn_scene(c);
    const struct json *error =
        json_find(composed(c, by, operation, input), "error");

    verify_that(s, json_is_text(json_find(error, "code"), code),
                scene_text(s, "the error %s in the handler", code), "%s",
                error ? shapes_text(s, error->source) : "an output");
    verify_same(s, "retryable in the handler", json_find(error, "retryable"),
                "false");
}

/* --- what comes back */

/* The id on the wire is the only one, however deep. */
static void output_passed_on(struct scene *s)
{
    size_t depth = *(const size_t *)scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = scene_id(s);
    const char *output = "{\"n\":1}";

    stream_send_fin(st, ask_frame(s, id, "conf/compose",
                                  shapes_nest(s, depth, "conf/echo", output)));
    for (size_t i = 0; i <= depth; i++)
        output = scene_text(s, "{\"output\":%s}", output);
    verify_frame(s, stream_next(st), "call.responded", id, output);
    verify_conn_silence(c);
    verify_that(s, conn_opened_count(c) == 0, "no stream of the testee's",
                "%zu streams", conn_opened_count(c));
    verify_entered(s, "conf/compose", depth);
    verify_entered(s, "conf/echo", 1);
}

static const size_t once = 1;
static const size_t deep = 2;
static const size_t deeper = 5;

static void error_passed_on(struct scene *s)
{
    struct conn *c;
    const struct json *error;

    stage_register(s, "conf/busy", "conf/fail",
                   "\"error_schemas\":[{\"code\":\"BUSY\",\"description\":"
                   "\"\",\"schema\":{},\"http_status\":503}]");
    composer(s, "conf/composer", "\"conf/busy\"", NULL);
    c = scene_conn(s);
    error = json_find(
        composed(c, "conf/composer", "conf/busy",
                 "{\"code\":\"BUSY\",\"message\":\"\",\"retryable\":true}"),
        "error");
    verify_same(s, "the code in the handler", json_find(error, "code"),
                "\"BUSY\"");
    verify_same(s, "retryable in the handler", json_find(error, "retryable"),
                "true");
    verify_conn_silence(c);
}

/* Two at once, each with an id of its own, the later one first. */
static void two_at_once(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *ids[2];

    for (size_t i = 0; i < 2; i++) {
        const char *tag = scene_text(s, "{\"tag\":\"%zu\"}", i);

        ids[i] = ask_send_on(st, "conf/compose",
                             shapes_compose(s, "conf/hold", tag, ""), "");
        shapes_wait_held(s, i + 1);
    }
    for (size_t i = 2; i-- > 0;) {
        shapes_release(s, scene_text(s, "%zu", i), 1);
        verify_output(s, ask_answer(c, ids[i]),
                      scene_text(s, "{\"output\":{\"tag\":\"%zu\"}}", i));
    }
    verify_conn_silence(c);
}

/* --- reach */

static void out_of_reach(struct scene *s)
{
    struct conn *c;
    const struct json *there;
    const struct json *absent;

    composer(s, "conf/narrow",
             "\"conf/echo\",\"conf/coun\",\"conf/counted\",\"CONF/COUNT\","
             "\"conf\",\"count\",\"conf/*\",\"*\"",
             NULL);
    c = scene_conn(s);
    verify_composed(c, "conf/narrow", "conf/echo", "1", "1");
    verify_refused(c, "conf/narrow", "conf/count", COUNT_K, "NOT_FOUND");
    there = composed(c, "conf/narrow", "conf/count", COUNT_K);
    absent = composed(c, "conf/narrow", "conf/absent", COUNT_K);
    verify_same(s, "what is told of an operation that is not there", absent,
                shapes_text(s, there->source));
    verify_entered(s, "conf/count", 0);
    verify_entered(s, "conf/echo", 1);
}

static void unknown_in_reach(struct scene *s)
{
    struct conn *c;

    composer(s, "conf/hopeful", "\"conf/absent\",\"conf/echo\"", NULL);
    c = scene_conn(s);
    verify_refused(c, "conf/hopeful", "conf/absent", "1", "NOT_FOUND");
    verify_composed(c, "conf/hopeful", "conf/echo", "1", "1");
}

static void nothing_in_reach(struct scene *s)
{
    struct conn *c;

    composer(s, "conf/helpless", NULL, NULL);
    composer(s, "conf/hopeless", "", NULL);
    c = scene_conn(s);
    verify_refused(c, "conf/helpless", "conf/echo", "1", "NOT_FOUND");
    verify_refused(c, "conf/hopeless", "conf/echo", "1", "NOT_FOUND");
    verify_entered(s, "conf/echo", 0);
    verify_output(s, ask_them(c, "conf/echo", "1"), "1");
}

/* Each has its own: it is neither widened nor narrowed from above. */
static void own_reach(struct scene *s)
{
    struct conn *c;

    composer(s, "conf/narrow", "\"conf/compose\"", NULL);
    composer(s, "conf/wide", "\"conf/narrow\",\"conf/count\"", NULL);
    c = scene_conn(s);
    verify_composed(c, "conf/narrow", "conf/compose",
                    shapes_compose(s, "conf/count", COUNT_K, ""),
                    "{\"output\":{\"count\":1}}");
    verify_refused(c, "conf/narrow", "conf/count", COUNT_K, "NOT_FOUND");
    verify_same(
        s, "the code below a wide one",
        json_find(json_find(json_find(composed(c, "conf/wide", "conf/narrow",
                                               shapes_compose(s, "conf/count",
                                                              COUNT_K, "")),
                                      "output"),
                            "error"),
                  "code"),
        "\"NOT_FOUND\"");
    verify_entered(s, "conf/count", 1);
}

static void hidden_in_reach(struct scene *s)
{
    struct conn *c = scene_conn(s);

    verify_error(s, ask_them(c, "conf/hidden", "1"), "NOT_FOUND", false);
    verify_composed(c, "conf/compose", "conf/hidden", "1", "1");
    verify_entered(s, "conf/hidden", 1);
}

/* The filter of a dialler looks at what comes from the wire. */
static void unsafe_in_reach(struct scene *s)
{
    struct conn *c = scene_conn(s);

    verify_error(s, ask_them(c, "conf/unsafe", COUNT_K), "NOT_FOUND", false);
    verify_composed(c, "conf/compose", "conf/unsafe", COUNT_K, "{\"count\":1}");
    verify_entered(s, "conf/unsafe", 1);
}

static void subscription(struct scene *s)
{
    struct conn *c = scene_conn(s);

    verify_refused(c, "conf/compose", "conf/source", "{\"items\":1}",
                   "INVALID_OPERATION_TYPE");
    verify_entered(s, "conf/source", 0);
    verify_conn_silence(c);
    verify_composed(c, "conf/compose", "conf/echo", "1", "1");
}

/* --- authority */

#define STEWARD "{\"label\":\"steward\",\"scopes\":[\"conf:guarded\"]}"
#define CLERK "{\"label\":\"clerk\",\"scopes\":[\"conf:other\"]}"
#define RESTRICTED "\"conf/guarded\",\"conf/identity\""

static void own_authority(struct scene *s)
{
    struct conn *c;

    composer(s, "conf/steward", RESTRICTED, STEWARD);
    c = scene_conn(s);
    verify_error(s, ask_them(c, "conf/guarded", "1"), "FORBIDDEN", false);
    verify_composed(c, "conf/steward", "conf/guarded", "1", "1");
    verify_entered(s, "conf/guarded", 1);
}

/* The caller may, and that helps nobody whom it calls. */
static void no_authority(struct scene *s)
{
    struct conn *c;

    composer(s, "conf/clerk", RESTRICTED, CLERK);
    composer(s, "conf/nobody", RESTRICTED, NULL);
    shapes_peer_a(s, "conf:guarded");
    c = shapes_open_a(s);
    verify_output(s, ask_them(c, "conf/guarded", "1"), "1");
    verify_refused(c, "conf/clerk", "conf/guarded", "1", "FORBIDDEN");
    verify_refused(c, "conf/nobody", "conf/guarded", "1", "FORBIDDEN");
    verify_entered(s, "conf/guarded", 1);
}

/* The one who composes counts, not who composed that one. */
static void nearest_authority(struct scene *s)
{
    struct conn *c;
    const struct json *output;

    composer(s, "conf/nobody", RESTRICTED ",\"conf/steward\"", NULL);
    composer(s, "conf/steward", RESTRICTED ",\"conf/nobody\"", STEWARD);
    c = scene_conn(s);
    verify_composed(c, "conf/nobody", "conf/steward",
                    shapes_compose(s, "conf/guarded", "1", ""),
                    "{\"output\":1}");
    output = json_find(composed(c, "conf/steward", "conf/nobody",
                                shapes_compose(s, "conf/guarded", "1", "")),
                       "output");
    verify_same(s, "the code below one who may",
                json_find(json_find(output, "error"), "code"), "\"FORBIDDEN\"");
    verify_entered(s, "conf/guarded", 1);
}

static void by_resource(struct scene *s)
{
    struct conn *c;

    stage_register(s, "conf/disk", "conf/echo",
                   "\"remote_safe\":true,\"access\":{\"resource_type\":"
                   "\"disk\",\"resource_action\":\"erase\"}");
    composer(s, "conf/owner", "\"conf/disk\"",
             "{\"label\":\"owner\",\"resources\":{\"disk\":[\"erase\"]}}");
    composer(s, "conf/guest", "\"conf/disk\"",
             "{\"label\":\"guest\",\"resources\":{\"disk\":[\"look\"]}}");
    c = scene_conn(s);
    verify_composed(c, "conf/owner", "conf/disk", "1", "1");
    verify_refused(c, "conf/guest", "conf/disk", "1", "FORBIDDEN");
    verify_entered(s, "conf/disk", 1);
}

/* --- who is told to ask */

static void label_as_identity(struct scene *s)
{
    struct conn *c;

    composer(s, "conf/steward", RESTRICTED, STEWARD);
    shapes_peer_a(s, "conf:other");
    c = shapes_open_a(s);
    verify_composed(c, "conf/steward", "conf/identity", "{}",
                    "{\"identity\":{\"id\":\"steward\",\"scopes\":["
                    "\"conf:guarded\"]},\"forwarded_for\":null}");
    verify_composed(c, "conf/compose", "conf/identity", "{}", ANYBODY);
}

static void nothing_of_the_caller(struct scene *s)
{
    struct conn *c;
    const char *id;

    shapes_peer_a(s, "conf:guarded");
    c = shapes_open_a(s);
    id = ask_send(
        c, "conf/compose", shapes_compose(s, "conf/identity", "{}", ""),
        "\"forwarded_for\":{\"id\":\"end-user\",\"scopes\":[\"conf:guarded\"],"
        "\"resources\":{}}");
    verify_output(s, ask_answer(c, id), "{\"output\":" ANYBODY "}");
}

#define COMPOSED(slug, rule, what, body)                                       \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what, .needs = "compose",          \
        .run = body                                                            \
    }

#define REFUSED(slug, rule, what, need, body)                                  \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what, .needs = need,               \
        .twin = "compose.result.output", .is_negative = true, .run = body      \
    }

#define DEPTH(slug, what, which)                                               \
    {                                                                          \
        .id = slug, .rules = "ID-8 ID-9 ID-10 AB-32", .claim = what,           \
        .needs = "compose", .run = output_passed_on, .data = which             \
    }

static const struct conf_case cases[] = {
    DEPTH("compose.result.output",
          "The answer to a request that composed another carries its own id "
          "and what was composed.",
          &once),
    DEPTH("compose.result.two-deep",
          "The answer to a request that composed two deep carries its own id, "
          "and no other is seen.",
          &deep),
    DEPTH("compose.result.five-deep",
          "The answer to a request that composed five deep carries its own id, "
          "and no other is seen.",
          &deeper),
    COMPOSED("compose.result.error", "HF-1 ID-8",
             "A composing handler learns code and retryable flag of the error "
             "that it met.",
             error_passed_on),
    {
        .id = "compose.result.two-at-once",
        .rules = "ID-9 ID-8 SM-12",
        .claim = "Two requests on one stream that compose at the same time get "
                 "their own answers.",
        .needs = "compose hold",
        .run = two_at_once,
    },
    REFUSED("compose.reach.outside", "SE-1 SE-3 SE-6 CK-3",
            "What a handler was not allowed to compose by exactly that name is "
            "NOT_FOUND like what does not exist, and does not run.",
            "compose", out_of_reach),
    REFUSED("compose.reach.unknown", "SE-3 SE-6",
            "A name that is allowed and does not exist is NOT_FOUND.",
            "compose", unknown_in_reach),
    REFUSED("compose.reach.nothing", "SE-2 SE-6",
            "A handler that was allowed nothing can compose nothing.",
            "compose", nothing_in_reach),
    COMPOSED("compose.reach.own", "CX-7 SE-1",
             "What a composed handler may compose is its own affair, whoever "
             "composed it.",
             own_reach),
    COMPOSED("compose.reach.hidden", "VI-1 VI-2",
             "An internal operation can be composed, and not called.",
             hidden_in_reach),
    {
        .id = "compose.reach.not-remote-safe",
        .rules = "LG-3 LG-5",
        .claim = "On a connection that the node dialled an operation that is "
                 "not remote-safe can be composed, and not called.",
        .needs = "compose",
        .axes = {.dial = DIAL_THEM},
        .run = unsafe_in_reach,
    },
    REFUSED("compose.reach.subscription", "SU-17 RG-8 CK-3",
            "To compose a subscription fails with INVALID_OPERATION_TYPE.",
            "compose subscriptions", subscription),
    {
        .id = "compose.authority.own",
        .rules = "CA-1 CA-2 CA-3 CO-2",
        .claim = "A handler composes a restricted operation by its own "
                 "authority, though its caller could not call it.",
        .needs = "compose access",
        .run = own_authority,
    },
    REFUSED("compose.authority.missing", "CA-1 CA-2 CA-3 CK-3",
            "A handler without the authority gets FORBIDDEN for a restricted "
            "operation, though its caller could call it.",
            "compose access", no_authority),
    {
        .id = "compose.authority.nearest",
        .rules = "CX-7 CA-3 CX-6",
        .claim = "The authority of the handler that composes counts, and not "
                 "that of one above it.",
        .needs = "compose access",
        .run = nearest_authority,
    },
    {
        .id = "compose.authority.resource",
        .rules = "CO-1 CO-2 CA-3",
        .claim = "An authority's resources open what they would open to a "
                 "peer.",
        .needs = "compose access",
        .run = by_resource,
    },
    {
        .id = "compose.identity.label",
        .rules = "CO-1 CO-2 CX-6",
        .claim = "A composed handler is told the label and scopes of the "
                 "authority that composed it, and nobody where there is none.",
        .needs = "compose access",
        .run = label_as_identity,
    },
    {
        .id = "compose.identity.not-the-callers",
        .rules = "CX-4 CX-6 FF-4",
        .claim = "A composed handler is told neither the identity of the "
                 "caller nor its claim.",
        .needs = "compose access forwarded_for",
        .run = nothing_of_the_caller,
    },
};

const struct case_list composed_cases = {cases, sizeof cases / sizeof cases[0]};
