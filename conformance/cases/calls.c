/* SPDX-License-Identifier: MIT */
/*
 * Calls from beginning to end, in both directions.
 */
#include "conformance/scene.h"

extern const struct case_list calls_cases;

static void echo(struct scene *s)
{
    verify_output(s, ask(s, "conf/echo", "{\"a\":[1,null,\"x\"]}"),
                  "{\"a\":[1,null,\"x\"]}");
}

static void error_with_details(struct scene *s)
{
    const struct ask_outcome *o =
        ask(s, "conf/fail",
            "{\"code\":\"RATE_LIMITED\",\"message\":\"later\","
            "\"retryable\":true,\"details\":{\"after\":5}}");

    verify_error(s, o, "RATE_LIMITED", true);
    verify_details(s, o, "{\"after\":5}");
}

static void unknown_operation(struct scene *s)
{
    verify_error(s, ask(s, "conf/no-such-operation", "{}"), "NOT_FOUND", false);
    verify_alive(scene_conn(s));
}

/* Both sides use the same id at the same time; each gets its own answer. */
static void same_id_both_ways(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "\"theirs\"", "");
    const struct ask_request *r = ask_take(c);
    struct stream *st = stream_open(c);

    stream_send_frame(st, "call.requested", r->id,
                      ask_payload(s, "conf/echo", "\"ours\"", ""));
    stream_fin(st);
    verify_output(s, ask_answer(c, r->id), "\"ours\"");
    ask_serve(r);
    verify_output(s, ask_result(s, call), "\"theirs\"");
}

static void callback(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id =
        ask_send(c, "conf/callback",
                 "{\"operation\":\"conf/echo\",\"input\":{\"deep\":true}}", "");
    const struct ask_request *r = ask_take(c);

    verify_that(s, strcmp(r->name, "conf/echo") == 0,
                "a request for conf/echo from the handler", "a request for %s",
                r->name);
    ask_serve(r);
    verify_output(s, ask_answer(c, id), "{\"output\":{\"deep\":true}}");
}

static const struct conf_case cases[] = {
    {
        .id = "calls.query.echo",
        .rules = "CL-1 RS-1 SY-1",
        .claim = "A query is answered with exactly one response that carries "
                 "its output, whoever dialled and whoever calls.",
        .axes = {.caller = CALLER_US | CALLER_THEM | CALLER_BOTH},
        .run = echo,
    },
    {
        .id = "calls.error.with-details",
        .rules = "HF-1 ER-1 EC-6",
        .claim = "An error that a handler raises arrives with its code, its "
                 "retryable flag and its details.",
        .axes = {.caller = CALLER_US | CALLER_THEM},
        .run = error_with_details,
    },
    {
        .id = "calls.unknown.not-found",
        .rules = "CK-2 EC-1 EC-2",
        .claim = "A call of an operation that does not exist fails with "
                 "NOT_FOUND, not retryable, and harms nothing else.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .axes = {.caller = CALLER_US | CALLER_THEM},
        .run = unknown_operation,
    },
    {
        .id = "calls.both.same-id",
        .rules = "ID-4 SY-1",
        .claim = "Requests with the same id that run in both directions at the "
                 "same time each get their own answer.",
        .axes = {.caller = CALLER_BOTH},
        .run = same_id_both_ways,
    },
    {
        .id = "calls.callback.over-the-same-connection",
        .rules = "SY-1 SY-2",
        .claim = "A handler calls the caller back over the connection the call "
                 "came on before it answers.",
        .needs = "callback",
        .run = callback,
    },
};

const struct case_list calls_cases = {cases, sizeof cases / sizeof cases[0]};
