/* SPDX-License-Identifier: MIT */
/*
 * One node with two connections at the same time, one that it accepted and one
 * that it dialled: ids, identities, the filter and losses are each
 * connection's own.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list both_cases;

#define BACK(n) "{\"operation\":\"conf/echo\",\"input\":" #n "}"
#define COUNT_K "{\"key\":\"k\"}"

/* Who dialled which, as the testee sees it; another peer is behind each. */
struct both {
    struct conn *accepted;
    struct conn *dialled;
};

static struct both open_both(struct scene *s)
{
    struct both b;

    b.accepted =
        conn_open(s, &(struct conn_how){.dial = DIAL_US, .key = STAGE_KEY_A});
    b.dialled =
        conn_open(s, &(struct conn_how){.dial = DIAL_THEM, .key = STAGE_KEY_B});
    return b;
}

/* --- ids */

/* The same id on both; the one begun first is answered last. */
static void same_id_served(struct scene *s)
{
    struct both b = open_both(s);
    struct stream *first = stream_open(b.accepted);
    struct stream *second = stream_open(b.dialled);
    const char *id = scene_id(s);

    stream_send_fin(first, ask_frame(s, id, "conf/hold", "{\"tag\":\"1\"}"));
    shapes_wait_held(s, 1);
    stream_send_fin(second, ask_frame(s, id, "conf/hold", "{\"tag\":\"2\"}"));
    shapes_wait_held(s, 2);
    shapes_release(s, "2", 1);
    verify_frame(s, stream_next(second), "call.responded", id,
                 "{\"output\":{\"tag\":\"2\"}}");
    verify_conn_silence(b.accepted);
    shapes_release(s, "1", 1);
    verify_frame(s, stream_next(first), "call.responded", id,
                 "{\"output\":{\"tag\":\"1\"}}");
    verify_conn_silence(b.dialled);
}

/* What answers a call on one connection means nothing on the other. */
static void answer_elsewhere(struct scene *s)
{
    struct both b = open_both(s);
    const char *first = ask_begin(b.accepted, "conf/echo", "1", "");
    const char *second = ask_begin(b.dialled, "conf/echo", "2", "");
    const struct ask_request *one = ask_take(b.accepted);
    const struct ask_request *two = ask_take(b.dialled);

    verify_that(s, strcmp(one->id, two->id) != 0, "two ids", "%s twice",
                one->id);
    stream_send_frame(two->stream, "call.responded", one->id,
                      "{\"output\":\"wrong\"}");
    stream_send_frame(one->stream, "call.error", two->id,
                      "{\"code\":\"WRONG\",\"message\":\"\",\"retryable\":"
                      "false}");
    scene_settle(s);
    verify_that(s, !ask_has_result(s, first) && !ask_has_result(s, second),
                "both calls still waiting", "one has ended");
    ask_serve(two);
    ask_serve(one);
    verify_output(s, ask_result(s, first), "1");
    verify_output(s, ask_result(s, second), "2");
    shapes_ended_once(s, first);
    shapes_ended_once(s, second);
}

static void calls_back(struct scene *s)
{
    struct both b = open_both(s);
    const char *second = ask_send(b.dialled, "conf/callback", BACK(2), "");
    const char *first = ask_send(b.accepted, "conf/callback", BACK(1), "");

    ask_serve(ask_take(b.accepted));
    ask_serve(ask_take(b.dialled));
    verify_output(s, ask_answer(b.accepted, first), "{\"output\":1}");
    verify_output(s, ask_answer(b.dialled, second), "{\"output\":2}");
    verify_conn_silence(b.accepted);
    verify_conn_silence(b.dialled);
}

/* --- who may what */

static void verify_told(struct conn *c, const char *id, const char *scope)
{
    struct scene *s = conn_scene(c);

    verify_output(s, ask_them(c, "conf/identity", "1"),
                  scene_text(s,
                             "{\"identity\":{\"id\":\"%s\",\"scopes\":"
                             "[\"%s\"]},\"forwarded_for\":null}",
                             id, scope));
}

static void own_identity(struct scene *s)
{
    struct both b;

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-a",
                                       .key = STAGE_KEY_A,
                                       .scopes = "conf:other"});
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-b",
                                       .key = STAGE_KEY_B,
                                       .scopes = "conf:guarded"});
    b = open_both(s);
    for (size_t i = 0; i < 2; i++) {
        verify_told(b.accepted, "peer-a", "conf:other");
        verify_told(b.dialled, "peer-b", "conf:guarded");
        verify_error(s, ask_them(b.accepted, "conf/guarded", "1"), "FORBIDDEN",
                     false);
        verify_output(s, ask_them(b.dialled, "conf/guarded", "1"), "1");
    }
    verify_entered(s, "conf/guarded", 2);
}

static bool is_described(struct conn *c, const char *name)
{
    return ask_them(c, "services/schema",
                    scene_text(conn_scene(c), "{\"name\":\"%s\"}", name))
        ->is_ok;
}

static bool is_shown(struct scene *s, struct conn *c, const char *name)
{
    bool is_listed = shapes_listed(shapes_listing(c, ""), name) != NULL;

    verify_that(s, is_described(c, name) == is_listed,
                "a schema of exactly what is listed", "%s is %slisted", name,
                is_listed ? "" : "not ");
    return is_listed;
}

/* Trusted is one connection, and not the node. */
static void own_filter(struct scene *s)
{
    struct both b = open_both(s);
    struct conn *trusted =
        conn_open(s, &(struct conn_how){.dial = DIAL_THEM, .is_trusted = true});

    for (size_t i = 0; i < 2; i++) {
        verify_that(s, is_shown(s, b.accepted, "conf/unsafe"),
                    "conf/unsafe shown to who was accepted", "it is missing");
        verify_that(s, !is_shown(s, b.dialled, "conf/unsafe"),
                    "conf/unsafe hidden from who was dialled", "it is listed");
        verify_that(s, is_shown(s, trusted, "conf/unsafe"),
                    "conf/unsafe shown to who is trusted", "it is missing");
        verify_error(s, ask_them(b.dialled, "conf/unsafe", COUNT_K),
                     "NOT_FOUND", false);
    }
    verify_output(s, ask_them(trusted, "conf/unsafe", COUNT_K),
                  "{\"count\":1}");
    verify_output(s, ask_them(b.accepted, "conf/unsafe", COUNT_K),
                  "{\"count\":2}");
    verify_entered(s, "conf/unsafe", 2);
}

/* --- losses */

typedef void ending(struct conn *c);

static void they_close(struct conn *c)
{
    conn_close(c, 0);
}

struct loss {
    ending *end;
};

static const struct loss dropped = {conn_drop};
static const struct loss closed = {they_close};

/* Calls wait in both directions on both; the axis says which one goes. */
static void one_lost(struct scene *s)
{
    const struct loss *loss = scene_data(s);
    struct both b = open_both(s);
    bool is_accepted = scene_axes(s).dial == DIAL_US;
    struct conn *gone = is_accepted ? b.accepted : b.dialled;
    struct conn *kept = is_accepted ? b.dialled : b.accepted;
    const char *lost = ask_begin(gone, "conf/echo", "1", "");
    const char *call = ask_begin(kept, "conf/echo", "2", "");
    const struct ask_request *r = ask_take(kept);
    const char *held;

    (void)ask_take(gone);
    (void)ask_send(gone, "conf/hold", "{\"tag\":\"gone\"}", "");
    held = ask_send(kept, "conf/hold", "{\"tag\":\"kept\"}", "");
    shapes_wait_held(s, 2);
    loss->end(gone);
    verify_error(s, ask_result(s, lost), "INTERNAL", false);
    verify_that(s, !ask_has_result(s, call), "the other call still waiting",
                "it has ended");
    (void)scene_try_verb(s, "release", "\"tag\":\"gone\"");
    verify_conn_silence(kept);
    shapes_release(s, "kept", 1);
    verify_output(s, ask_answer(kept, held), "{\"tag\":\"kept\"}");
    ask_serve(r);
    verify_output(s, ask_result(s, call), "2");
    shapes_ended_once(s, lost);
    shapes_ended_once(s, call);
    verify_open(kept);
}

#define ONE                                                                    \
    {                                                                          \
        .dial = DIAL_US                                                        \
    }

static const struct conf_case cases[] = {
    {
        .id = "both.ids.served",
        .rules = "ID-4 ID-1 ID-9",
        .claim = "One id may be in use on an accepted and a dialled "
                 "connection at the same time.",
        .needs = "hold",
        .axes = ONE,
        .run = same_id_served,
    },
    {
        .id = "both.ids.answers",
        .rules = "PM-1 SM-16 ID-4",
        .claim = "An answer ends a call of its own connection and none of "
                 "another.",
        .axes = {.dial = DIAL_US, .caller = CALLER_THEM},
        .run = answer_elsewhere,
    },
    {
        .id = "both.ids.callback",
        .rules = "SY-11 SY-1",
        .claim = "A handler calls back over the connection its call came on, "
                 "accepted or dialled.",
        .needs = "callback",
        .axes = ONE,
        .run = calls_back,
    },
    {
        .id = "both.rights.identity",
        .rules = "AU-1 AU-2",
        .claim = "Each connection has the identity of its own peer.",
        .needs = "access",
        .axes = {.dial = DIAL_US, .profile = PROFILE_PEER_GRAPH},
        .run = own_identity,
    },
    {
        .id = "both.rights.filter",
        .rules = "LG-2 LG-4 LG-7 LG-8",
        .claim = "What is not remote-safe is shown to the accepted and to the "
                 "trusted peer, and hidden from the dialled one, at the same "
                 "time.",
        .needs = "discovery",
        .axes = ONE,
        .run = own_filter,
    },
    {
        .id = "both.loss.dropped",
        .rules = "CN-6 CN-8",
        .claim = "A connection that is lost ends its own calls and touches "
                 "none of the other.",
        .needs = "hold call",
        .run = one_lost,
        .data = &dropped,
    },
    {
        .id = "both.loss.closed",
        .rules = "CN-6 CN-8",
        .claim = "A connection that the node closes ends its own calls and "
                 "touches none of the other.",
        .needs = "hold call",
        .run = one_lost,
        .data = &closed,
    },
};

const struct case_list both_cases = {cases, sizeof cases / sizeof cases[0]};
