/* SPDX-License-Identifier: MIT */
/*
 * How calls end when nobody answers them: by time, by the stream, by the
 * connection.
 */
#include "conformance/scene.h"

extern const struct case_list endings_cases;

#define MS 1000000ull
#define S (1000 * MS)

static void timeout(struct scene *s)
{
    const char *call;

    stage_timeout(s, 5000);
    call = ask_begin(scene_conn(s), "conf/echo", "1", "");
    (void)ask_take(scene_conn(s));
    scene_advance(s, 5 * S - 1);
    verify_that(s, !ask_has_result(s, call),
                "the call still waiting a moment before its limit",
                "the call over");
    scene_advance(s, 10 * S + 1);
    verify_error(s, ask_result(s, call), "TIMEOUT", true);
}

static void connection_lost(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");

    (void)ask_take(c);
    conn_drop(c);
    verify_error(s, ask_result(s, call), "INTERNAL", false);
}

static void stream_reset_under_call(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);

    stream_reset(r->stream, 7);
    verify_error(s, ask_result(s, call), "INTERNAL", false);
    verify_alive(c);
}

static void fin_is_no_abort(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = ask_send(c, "conf/hold", "{\"tag\":\"t\"}", "");

    verify_entered(s, "conf/hold", 1);
    scene_verb(s, "release", "\"tag\":\"t\"");
    verify_output(s, ask_answer(c, id), "{\"tag\":\"t\"}");
}

static const struct conf_case cases[] = {
    {
        .id = "endings.timeout.code",
        .rules = "TO-5 EC-2",
        .claim = "A call that nobody answers ends with TIMEOUT, retryable, not "
                 "before its limit and at most ten seconds after it.",
        .needs = "timeouts",
        .axes = {.caller = CALLER_THEM, .lvl = LVL_L1},
        .run = timeout,
    },
    {
        .id = "endings.connection.lost",
        .rules = "CN-6",
        .claim = "When the connection is gone, a call that waits for its "
                 "answer ends with INTERNAL.",
        .axes = {.caller = CALLER_THEM},
        .run = connection_lost,
    },
    {
        .id = "endings.stream.reset-under-call",
        .rules = "SM-18 SM-27",
        .claim = "When the callee resets the stream of a request, the call "
                 "fails at once with INTERNAL and the connection goes on.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .axes = {.caller = CALLER_THEM},
        .run = stream_reset_under_call,
    },
    {
        .id = "endings.fin.is-no-abort",
        .rules = "SM-20 SM-21",
        .claim = "A caller that finishes its half behind the request is still "
                 "answered.",
        .needs = "hold",
        .run = fin_is_no_abort,
    },
};

const struct case_list endings_cases = {cases, sizeof cases / sizeof cases[0]};
