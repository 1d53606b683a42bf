/* SPDX-License-Identifier: MIT */
/*
 * Both sides call: at once, with the same ids, and out of each other's
 * handlers.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list symmetric_cases;

static void at_once(struct scene *s)
{
    enum { COUNT = 20 };
    struct conn *c = scene_conn(s);
    const char *ids[COUNT];
    const char *calls[COUNT];

    for (size_t i = 0; i < COUNT; i++) {
        calls[i] = ask_begin(c, "conf/echo", scene_text(s, "[%zu]", i), "");
        ids[i] = ask_send(c, "conf/echo", scene_text(s, "%zu", i), "");
    }
    for (size_t i = 0; i < COUNT; i++)
        verify_output(s, ask_answer(c, ids[i]), scene_text(s, "%zu", i));
    for (size_t i = 0; i < COUNT; i++)
        ask_serve(ask_take(c));
    for (size_t i = 0; i < COUNT; i++) {
        verify_output(s, ask_result(s, calls[i]), scene_text(s, "[%zu]", i));
        shapes_ended_once(s, calls[i]);
    }
}

static void each_in_turn(struct scene *s)
{
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < 10; i++) {
        const char *text = scene_text(s, "%zu", i);

        verify_output(s, ask_us(c, "conf/echo", text), text);
        verify_output(s, ask_them(c, "conf/echo", text), text);
    }
    verify_conn_silence(c);
}

static void additions(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id;

    stream_send_frame(st, "call.progress", scene_id(s), "{\"done\":0.5}");
    id = ask_send_on(st, "conf/echo", "1", "\"priority\":3");
    verify_output(s, ask_answer(c, id), "1");
    verify_silence(st);
}

/* Ours runs under the id of theirs; theirs ends first, in that way. */
static void same_id_held(struct scene *s)
{
    bool fails = scene_data(s) != NULL;
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "\"theirs\"", "");
    const struct ask_request *r = ask_take(c);
    struct stream *st = stream_open(c);

    stream_send_fin(st, ask_frame(s, r->id, "conf/hold", "{\"tag\":\"t\"}"));
    shapes_wait_held(s, 1);
    if (fails)
        ask_fail(r, "NOT_FOUND", false, NULL);
    else
        ask_serve(r);
    if (fails)
        verify_error(s, ask_result(s, call), "NOT_FOUND", false);
    else
        verify_output(s, ask_result(s, call), "\"theirs\"");
    verify_silence(st);
    shapes_release(s, "t", 1);
    verify_frame(s, stream_next(st), "call.responded", r->id,
                 "{\"output\":{\"tag\":\"t\"}}");
    shapes_ended_once(s, call);
    verify_entered(s, "conf/hold", 1);
}

/* Ours is refused under the id of theirs, which goes on waiting. */
static void same_id_refused(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "\"theirs\"", "");
    const struct ask_request *r = ask_take(c);
    struct stream *st = stream_open(c);

    stream_send_fin(st, ask_frame(s, r->id, "conf/absent", "1"));
    verify_frame(s, stream_next(st), "call.error", r->id, NULL);
    verify_that(s, !ask_has_result(s, call), "their call still waiting",
                "it has ended");
    ask_serve(r);
    verify_output(s, ask_result(s, call), "\"theirs\"");
}

/* --- out of handlers */

static const char *send_callback(struct conn *c, const char *operation,
                                 const char *input)
{
    return ask_send(c, "conf/callback",
                    scene_text(conn_scene(c),
                               "{\"operation\":\"%s\",\"input\":%s}", operation,
                               input),
                    "");
}

static void callback_fails(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = send_callback(c, "conf/absent", "1");

    ask_serve(ask_take(c));
    shapes_told_error(s, ask_answer(c, id), "NOT_FOUND", false);
    id = send_callback(c, "conf/echo", "1");
    ask_fail(ask_take(c), "BUSY", true, NULL);
    shapes_told_error(s, ask_answer(c, id), "BUSY", true);
}

/* We answer each of its calls back only when the next one, deeper in, is
 * there; then all of them from the inside out. (A handler that waits for us is
 * not at rest, so at L2 there is no fence until the last has ended.) */
static void nested(struct scene *s)
{
    enum { DEPTH = 8 };
    struct conn *c = scene_conn(s);
    const char *ids[DEPTH];
    const struct ask_request *r[DEPTH];

    for (size_t i = 0; i < DEPTH; i++) {
        ids[i] = send_callback(c, "conf/echo", scene_text(s, "%zu", i));
        r[i] = ask_take(c);
    }
    for (size_t i = DEPTH; i-- > 0;) {
        if (scene_axes(s).lvl == LVL_L1)
            verify_conn_silence(c);
        ask_serve(r[i]);
        verify_output(s, ask_answer(c, ids[i]),
                      scene_text(s, "{\"output\":%zu}", i));
    }
    verify_conn_silence(c);
    verify_entered(s, "conf/callback", DEPTH);
}

static void several_back(struct scene *s)
{
    enum { COUNT = 10 };
    struct conn *c = scene_conn(s);
    const char *ids[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        ids[i] = send_callback(c, "conf/echo", scene_text(s, "%zu", i));
    for (size_t i = 0; i < COUNT; i++)
        ask_serve(ask_take(c));
    for (size_t i = COUNT; i-- > 0;)
        verify_output(s, ask_answer(c, ids[i]),
                      scene_text(s, "{\"output\":%zu}", i));
}

/* Its call back goes over a stream of its own, with an id of its own. */
static void own_request(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = ask_send_on(
        st, "conf/callback", "{\"operation\":\"conf/echo\",\"input\":1}", "");
    const struct ask_request *r = ask_take(c);

    verify_that(s, r->stream != st, "a stream that the testee opened",
                "the stream of our request");
    ask_serve(r);
    verify_frame(s, stream_next(st), "call.responded", id,
                 "{\"output\":{\"output\":1}}");
    verify_silence(st);
}

/* It comes over the connection that the call came on, not over another. */
static void right_connection(struct scene *s)
{
    struct conn *first = scene_conn(s);
    struct conn *second = conn_open(s, NULL);
    const char *b = send_callback(second, "conf/echo", "2");
    const char *a = send_callback(first, "conf/echo", "1");

    ask_serve(ask_take(first));
    ask_serve(ask_take(second));
    verify_output(s, ask_answer(first, a), "{\"output\":1}");
    verify_output(s, ask_answer(second, b), "{\"output\":2}");
    verify_conn_silence(first);
    verify_conn_silence(second);
}

static void empty_registry(struct scene *s)
{
    static const char *const names[] = {"conf/echo", "conf/hidden",
                                        "services/list", "services/schema"};
    struct conn *c;

    stage_nothing(s);
    c = scene_conn(s);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        verify_error(s, ask_them(c, names[i], "{}"), "NOT_FOUND", false);
    verify_output(s, ask_us(c, "conf/echo", "1"), "1");
    verify_open(c);
}

static const struct conf_case cases[] = {
    {
        .id = "symmetric.calls.at-once",
        .rules = "SY-1 SY-2 SY-11 CC-3",
        .claim = "Twenty calls in each direction at the same time all get "
                 "their own answers.",
        .axes = {.caller = CALLER_BOTH},
        .run = at_once,
    },
    {
        .id = "symmetric.calls.in-turn",
        .rules = "SY-1 SY-2 SY-4 CC-1",
        .claim = "Both sides call in turn over one connection.",
        .axes = {.caller = CALLER_BOTH},
        .run = each_in_turn,
    },
    {
        .id = "symmetric.alpn.both-ways",
        .rules = "AL-1 AL-2 AL-3 SY-4 CC-2",
        .claim = "A connection made with the ALPN alknet/call alone carries "
                 "calls in both directions, whoever dialled.",
        .axes = {.caller = CALLER_BOTH, .lvl = LVL_L2},
        .run = each_in_turn,
    },
    {
        .id = "symmetric.alpn.additions",
        .rules = "AL-5 EN-6 EN-18",
        .claim = "Events and members that were added are taken over the same "
                 "ALPN and change nothing.",
        .axes = {.lvl = LVL_L2},
        .run = additions,
    },
    {
        .id = "symmetric.same-id.theirs-succeeds",
        .rules = "ID-4 SY-11",
        .needs = "hold",
        .claim = "The answer to their request does not end a request of ours "
                 "that runs under the same id.",
        .axes = {.caller = CALLER_BOTH},
        .run = same_id_held,
    },
    {
        .id = "symmetric.same-id.theirs-fails",
        .rules = "ID-4 SY-11",
        .needs = "hold",
        .claim = "The error of their request does not end a request of ours "
                 "that runs under the same id.",
        .axes = {.caller = CALLER_BOTH},
        .run = same_id_held,
        .data = "fails",
    },
    {
        .id = "symmetric.same-id.ours-refused",
        .rules = "ID-4 SY-11",
        .claim = "The refusal of our request does not end a request of theirs "
                 "that waits under the same id.",
        .axes = {.caller = CALLER_BOTH},
        .run = same_id_refused,
    },
    {
        .id = "symmetric.callback.fails",
        .rules = "SY-2 ER-7",
        .needs = "callback",
        .claim = "A handler learns code and retryable flag of the error that "
                 "its call back met.",
        .run = callback_fails,
    },
    {
        .id = "symmetric.callback.nested",
        .rules = "SY-11 SY-1",
        .needs = "callback",
        .claim = "Calls that wait for each other eight deep in both directions "
                 "all end, from the inside out.",
        .run = nested,
    },
    {
        .id = "symmetric.callback.several",
        .rules = "SY-11 PM-1",
        .needs = "callback",
        .claim = "Ten handlers that call back at the same time each get their "
                 "own answer.",
        .run = several_back,
    },
    {
        .id = "symmetric.callback.own-request",
        .rules = "EV-4 SY-1 SM-2",
        .needs = "callback",
        .claim = "A call back is a request on a stream that its caller opened, "
                 "never on the return side of another.",
        .run = own_request,
    },
    {
        .id = "symmetric.callback.right-connection",
        .rules = "PM-1 SY-11",
        .needs = "callback",
        .claim = "A call back goes over the connection that the call came on.",
        .run = right_connection,
    },
    {
        .id = "symmetric.registry.empty",
        .rules = "SY-3 SD-2",
        .claim = "A node without operations answers every call with NOT_FOUND "
                 "and can still call.",
        .twin = "calls.query.echo",
        .is_negative = true,
        .run = empty_registry,
    },
};

const struct case_list symmetric_cases = {cases,
                                          sizeof cases / sizeof cases[0]};
