/* SPDX-License-Identifier: MIT */
/*
 * What the testee has from its peers: it imports what they serve, composes it
 * of a peer, and hands calls on to them.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list imports_cases;

#define ERRORS                                                                 \
    "[{\"code\":\"BUSY\",\"description\":\"\",\"schema\":{},"                  \
    "\"http_status\":503}]"

static const struct import_operation ours[] = {
    {.name = "conf/echo", .error_schemas = ERRORS},
    {.name = "conf/sink", .op_type = "mutation"},
    {.name = "conf/source", .op_type = "subscription"},
    {0}};

static const char *echo_of(struct scene *s, const char *peer_id)
{
    return shapes_compose(s, "conf/echo", "1",
                          scene_text(s, ",\"peer\":\"%s\"", peer_id));
}

/* The next request that reaches us there is for conf/echo, and is answered. */
static void serve_echo(struct conn *c, const char *output)
{
    ask_respond(ask_take_of(c, "conf/echo"), output);
}

/* --- composing what was imported */

static void composed_of_a_peer(struct scene *s)
{
    struct conn *a;
    struct conn *b;
    const char *id;

    stage_peers(s, 2, NULL);
    a = conn_open_as(s, STAGE_KEY_A);
    b = conn_open_as(s, STAGE_KEY_B);
    import_all(a, ours);
    import_all(b, ours);
    id = ask_send(a, "conf/compose", echo_of(s, "peer-b"), "");
    serve_echo(b, "\"of b\"");
    verify_output(s, ask_answer(a, id), "{\"output\":\"of b\"}");
    id = ask_send(b, "conf/compose", echo_of(s, "peer-a"), "");
    serve_echo(a, "\"of a\"");
    verify_output(s, ask_answer(b, id), "{\"output\":\"of a\"}");
    verify_conn_silence(a);
    verify_conn_silence(b);
    verify_entered(s, "conf/echo", 0);
}

/* --- handing on */

/* Both declare the error: whether one that only the peer declares is passed on
 * is open [FW-6]. */
static void handed_on(struct scene *s)
{
    struct conn *a;
    struct conn *b;
    const char *id;

    stage_peers(s, 2, NULL);
    stage_forward(s, "conf/relay", "peer-b", "conf/echo",
                  "\"remote_safe\":true,\"error_schemas\":" ERRORS);
    a = conn_open_as(s, STAGE_KEY_A);
    b = conn_open_as(s, STAGE_KEY_B);
    import_all(b, ours);
    id = ask_send(a, "conf/relay", "{\"n\":1}", "");
    ask_serve(ask_take_of(b, "conf/echo"));
    verify_output(s, ask_answer(a, id), "{\"n\":1}");
    id = ask_send(a, "conf/relay", "2", "");
    ask_fail(ask_take_of(b, "conf/echo"), "BUSY", true, "{\"after\":3}");
    verify_error(s, ask_answer(a, id), "BUSY", true);
    verify_conn_silence(a);
    verify_conn_silence(b);
}

static void items_handed_on(struct scene *s)
{
    const struct ask_request *r;
    struct conn *a;
    struct conn *b;
    const char *id;

    stage_peers(s, 2, NULL);
    stage_forward(s, "conf/feed", "peer-b", "conf/source",
                  "\"remote_safe\":true,\"op_type\":\"subscription\"");
    a = conn_open_as(s, STAGE_KEY_A);
    b = conn_open_as(s, STAGE_KEY_B);
    import_all(b, ours);
    id = sub_send(a, "conf/feed", "{\"items\":2}");
    r = ask_take_of(b, "conf/source");
    sub_give(r, "{\"i\":0}");
    verify_same(s, "the first item", sub_item(a, id), "{\"i\":0}");
    sub_give(r, "{\"i\":1}");
    verify_same(s, "the second item", sub_item(a, id), "{\"i\":1}");
    sub_complete(r);
    sub_completed(a, id);
    verify_conn_silence(a);
    verify_conn_silence(b);
}

/* --- an import that comes to nothing */

static void list_refused(struct scene *s)
{
    struct import *i;
    struct conn *c;

    stage_peers(s, 1, NULL);
    c = conn_open_as(s, STAGE_KEY_A);
    i = import_begin(c, "");
    ask_fail(ask_take_of(c, "services/list"), "BUSY", true, NULL);
    verify_import_failed(i, "discovery_failed");
    verify_conn_silence(c);
    verify_alive(c);
}

static const struct conf_case cases[] = {
    {
        .id = "peers.compose.of-that-peer",
        .rules = "PE-3 PE-4",
        .claim = "What is composed of a peer by its id is called of that peer "
                 "and of no other that serves the same.",
        .needs = "import",
        .axes = {.profile = PROFILE_PEER_GRAPH},
        .run = composed_of_a_peer,
    },
    {
        .id = "peers.forward.answer",
        .rules = "OC-6 FW-1",
        .claim = "An operation that hands on answers as the peer does, with "
                 "its error as well.",
        .needs = "import",
        .axes = {.profile = PROFILE_PEER_GRAPH},
        .run = handed_on,
    },
    {
        .id = "peers.forward.items",
        .rules = "FW-10 FW-11",
        .claim = "A subscription is handed on item by item, in order, and "
                 "ends as it ends at the peer.",
        .needs = "import subscriptions",
        .axes = {.profile = PROFILE_PEER_GRAPH},
        .run = items_handed_on,
    },
    {
        .id = "peers.import.list-refused",
        .rules = "AD-3",
        .claim = "An import whose list is refused says discovery_failed, and "
                 "asks for nothing more.",
        .needs = "import",
        .axes = {.profile = PROFILE_PEER_GRAPH},
        .run = list_refused,
        .is_negative = true,
        .twin = "peers.compose.of-that-peer",
    },
};

const struct case_list imports_cases = {cases, sizeof cases / sizeof cases[0]};
