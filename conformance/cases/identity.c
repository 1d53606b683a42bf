/* SPDX-License-Identifier: MIT */
/*
 * Whose a request is: what the connection has proven, or for one request the
 * identity of its token.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list identity_cases;

/* A peer that is known by its token, and has one scope. */
static const char *peer_t(struct scene *s, const char *scope)
{
    const char *token = stage_secret(s, "token");

    stage_peer(s, &(struct stage_peer){
                      .peer_id = "peer-t", .token = token, .scopes = scope});
    return token;
}

#define PEER_A "{\"id\":\"peer-a\",\"scopes\":[\"x\",\"y\"]}"
#define PEER_T "{\"id\":\"peer-t\",\"scopes\":[\"conf:guarded\"]}"

/* --- keys */

static void key_known(struct scene *s)
{
    struct conn *c;

    shapes_peer_a(s, "x y");
    c = shapes_open_a(s);
    verify_same(s, "the identity of the connection", conn_identity(c), PEER_A);
    shapes_verify_told(c, "", PEER_A);
    shapes_verify_told(c, "", PEER_A);
}

static void key_unknown(struct scene *s)
{
    struct conn *c;

    shapes_peer_a(s, "x y");
    c = conn_open(s, &(struct conn_how){.key = STAGE_KEY_B});
    verify_same(s, "the identity of the connection", conn_identity(c), "null");
    shapes_verify_told(c, "", "null");
}

static void keys_side_by_side(struct scene *s)
{
    struct conn *a;
    struct conn *b;
    struct conn *nobody;

    shapes_peer_a(s, "x y");
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-b",
                                       .key = STAGE_KEY_B,
                                       .scopes = "conf:guarded"});
    a = shapes_open_a(s);
    b = conn_open(s, &(struct conn_how){.key = STAGE_KEY_B});
    nobody = conn_open(s, NULL);
    for (size_t i = 0; i < 2; i++) {
        verify_error(s, ask_them(a, "conf/guarded", "1"), "FORBIDDEN", false);
        verify_output(s, ask_them(b, "conf/guarded", "1"), "1");
        verify_error(s, ask_them(nobody, "conf/guarded", "1"), "FORBIDDEN",
                     false);
        shapes_verify_told(a, "", PEER_A);
        shapes_verify_told(nobody, "", "null");
    }
    verify_entered(s, "conf/guarded", 2);
}

static void key_disabled(struct scene *s)
{
    struct conn *c;

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-a",
                                       .key = STAGE_KEY_A,
                                       .scopes = "conf:guarded",
                                       .is_disabled = true});
    c = shapes_open_a(s);
    shapes_verify_told(c, "", "null");
    verify_error(s, ask_them(c, "conf/guarded", "1"), "FORBIDDEN", false);
    verify_entered(s, "conf/guarded", 0);
    verify_alive(c);
}

static void first_enabled_key(struct scene *s)
{
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-old",
                                       .key = STAGE_KEY_A,
                                       .scopes = "old",
                                       .is_disabled = true});
    shapes_peer_a(s, "x y");
    shapes_verify_told(shapes_open_a(s), "", PEER_A);
}

static void one_id(struct scene *s)
{
    const char *token = stage_secret(s, "token");

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-a",
                                       .key = STAGE_KEY_A,
                                       .token = token,
                                       .scopes = "x y"});
    shapes_verify_told(shapes_open_a(s), "", PEER_A);
    shapes_verify_told(conn_open(s, NULL), shapes_with_token(s, token), PEER_A);
}

/* --- tokens */

static void token_each_request(struct scene *s)
{
    const char *token = peer_t(s, "conf:guarded");
    struct conn *c;

    shapes_peer_a(s, "x y");
    c = shapes_open_a(s);
    shapes_verify_told(c, shapes_with_token(s, token), PEER_T);
    shapes_verify_told(c, "", PEER_A);
    shapes_verify_told(c, shapes_with_token(s, token), PEER_T);
    verify_same(s, "the identity of the connection", conn_identity(c), PEER_A);
}

static void token_of_less(struct scene *s)
{
    const char *token = peer_t(s, "conf:other");
    struct conn *c;
    const char *id;

    shapes_peer_a(s, "conf:guarded");
    c = shapes_open_a(s);
    id = ask_send(c, "conf/guarded", "1", shapes_with_token(s, token));
    verify_error(s, ask_answer(c, id), "FORBIDDEN", false);
    verify_entered(s, "conf/guarded", 0);
    verify_output(s, ask_them(c, "conf/guarded", "2"), "2");
}

static void token_on_one_stream(struct scene *s)
{
    const char *token = peer_t(s, "conf:guarded");
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id =
        ask_send_on(st, "conf/guarded", "1", shapes_with_token(s, token));

    verify_output(s, ask_answer(c, id), "1");
    id = ask_send_on(st, "conf/guarded", "2", "");
    verify_error(s, ask_answer(c, id), "FORBIDDEN", false);
    verify_entered(s, "conf/guarded", 1);
    verify_alive(c);
}

static void token_of_a_neighbour(struct scene *s)
{
    const char *token = peer_t(s, "conf:guarded");
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *held = ask_send_on(st, "conf/hold", "{\"tag\":\"t\"}",
                                   shapes_with_token(s, token));
    const char *id;

    shapes_wait_held(s, 1);
    id = ask_send_on(st, "conf/guarded", "1", "");
    verify_error(s, ask_answer(c, id), "FORBIDDEN", false);
    id = ask_send(c, "conf/guarded", "1", "");
    verify_error(s, ask_answer(c, id), "FORBIDDEN", false);
    verify_entered(s, "conf/guarded", 0);
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, held), "{\"tag\":\"t\"}");
    verify_alive(c);
}

/* What resolves to nobody leaves the connection's identity, or none. */
static void token_is_nobodys(struct scene *s)
{
    const char *more =
        scene_text(s, "\"auth_token\":%s", (const char *)scene_data(s));
    struct conn *c;
    const char *id;

    (void)peer_t(s, "conf:guarded");
    shapes_peer_a(s, "x y");
    c = shapes_open_a(s);
    shapes_verify_told(c, more, PEER_A);
    c = conn_open(s, NULL);
    shapes_verify_told(c, more, "null");
    id = ask_send(c, "conf/guarded", "1", more);
    verify_error(s, ask_answer(c, id), "FORBIDDEN", false);
    verify_entered(s, "conf/guarded", 0);
    verify_alive(c);
}

static void token_is_near(struct scene *s)
{
    const char *token = peer_t(s, "conf:guarded");
    const char *near[3];
    struct conn *c = scene_conn(s);

    near[0] = scene_text(s, "%.*s", (int)strlen(token) - 1, token);
    near[1] = scene_text(s, "S%s", token + 1);
    near[2] = scene_text(s, "%.*s0", (int)strlen(token) - 1, token);
    if (strcmp(near[2], token) == 0)
        near[2] = near[0];
    for (size_t i = 0; i < 3; i++)
        shapes_verify_told(c, shapes_with_token(s, near[i]), "null");
    shapes_verify_told(c, shapes_with_token(s, token), PEER_T);
}

static void token_in_utf8(struct scene *s)
{
    struct conn *c;

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-t",
                                       .token = "t\xc3\xb6k\xe2\x82\xacn",
                                       .scopes = "conf:guarded"});
    c = scene_conn(s);
    shapes_verify_told(c, "\"auth_token\":\"t\\u00f6k\\u20acn\"", PEER_T);
    shapes_verify_told(c, "\"auth_token\":\"t\xc3\xb6k\xe2\x82\xacn\"", PEER_T);
}

static void token_of_disabled(struct scene *s)
{
    const char *token = stage_secret(s, "token");
    struct conn *c;

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-off",
                                       .token = token,
                                       .scopes = "conf:guarded",
                                       .is_disabled = true});
    c = scene_conn(s);
    shapes_verify_told(c, shapes_with_token(s, token), "null");
    verify_alive(c);
}

static void first_enabled_token(struct scene *s)
{
    const char *token = stage_secret(s, "token");

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-off",
                                       .token = token,
                                       .scopes = "old",
                                       .is_disabled = true});
    (void)peer_t(s, "conf:guarded");
    shapes_verify_told(scene_conn(s), shapes_with_token(s, token), PEER_T);
}

/* --- secrets */

static void capabilities_reach(struct scene *s)
{
    struct conn *c;
    const char *id;

    shapes_peer_a(s, "conf:guarded");
    stage_register(
        s, "conf/armed", "conf/identity",
        scene_text(s,
                   "\"remote_safe\":true,\"capabilities\":{\"one\":\"%s\","
                   "\"two\":\"%s\"}",
                   stage_secret(s, "one"), stage_secret(s, "two")));
    c = shapes_open_a(s);
    id = ask_send(c, "conf/armed", "null", "");
    verify_that(s, ask_answer(c, id)->is_ok, "an output", "an error");
    verify_that(s,
                json_find(scene_wait_event(s, "handler_entered", "id", id, 0),
                          "capabilities")
                        ->count == 2,
                "the names of both capabilities", "another number");
    id = ask_send(c, "conf/echo", "1", "");
    verify_output(s, ask_answer(c, id), "1");
    verify_same(s, "capabilities of who has none",
                json_find(scene_wait_event(s, "handler_entered", "id", id, 0),
                          "capabilities"),
                "[]");
}

/* The judge looks for every secret in all that comes from the testee; here
 * are the answers in which one might stand. */
static void secrets_stay(struct scene *s)
{
    const char *token = peer_t(s, "conf:guarded");
    struct conn *c = scene_conn(s);
    static const char *const operations[] = {"conf/guarded",  "conf/absent",
                                             "conf/identity", "conf/hidden",
                                             "conf/sink",     "conf/fail"};

    shapes_verify_told(c, shapes_with_token(s, token), PEER_T);
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        const char *id =
            ask_send(c, operations[i], "{}", shapes_with_token(s, token));

        (void)ask_answer(c, id);
        id = ask_send(c, operations[i], "{}",
                      scene_text(s, "\"auth_token\":\"%s \"", token));
        (void)ask_answer(c, id);
    }
    if (scene_can(s, "discovery")) {
        (void)ask_them(c, "services/list", "{}");
        (void)ask_them(c, "services/schema", "{\"name\":\"conf/guarded\"}");
    }
    verify_conn_silence(c);
}

#define TOKEN_IS_NO_TEXT(slug, what, json)                                     \
    {                                                                          \
        .id = slug, .rules = "RQ-9 IR-4", .level = CASE_SHOULD,                \
        .needs = "access tokens",                                              \
        .claim = "A token that is " what " counts as absent.",                 \
        .twin = "identity.token.each-request", .is_negative = true,            \
        .run = token_is_nobodys, .data = json                                  \
    }

static const struct conf_case cases[] = {
    {
        .id = "identity.key.known",
        .rules = "AU-2 IR-1 IP-2 SY-6 FP-1 AU-9 IR-6",
        .needs = "access",
        .claim = "Requests on a connection whose peer has proven a known key "
                 "have that peer's identity, whoever dialled.",
        .run = key_known,
    },
    {
        .id = "identity.key.unknown",
        .rules = "AU-2 IR-1 IP-2 FP-4",
        .needs = "access",
        .claim = "A key that no peer lists is nobody's.",
        .run = key_unknown,
    },
    {
        .id = "identity.key.side-by-side",
        .rules = "IR-1 AU-1 AU-7",
        .needs = "access",
        .claim = "Connections that are open at the same time each have the "
                 "identity of their own peer.",
        .run = keys_side_by_side,
    },
    {
        .id = "identity.key.disabled",
        .rules = "IP-6",
        .needs = "access",
        .claim = "The key of a peer that is switched off is nobody's.",
        .twin = "access.scope.held",
        .is_negative = true,
        .run = key_disabled,
    },
    {
        .id = "identity.key.first-enabled",
        .rules = "IP-2 IP-6",
        .needs = "access",
        .claim = "A key belongs to the first peer that lists it and is not "
                 "switched off.",
        .run = first_enabled_key,
    },
    {
        .id = "identity.peer.one-id",
        .rules = "PI-8 PI-4 PI-6",
        .needs = "access tokens",
        .claim = "A peer has one id, whether it is known by its key or by its "
                 "token.",
        .run = one_id,
    },
    {
        .id = "identity.token.each-request",
        .rules = "AU-1 AU-3 AU-5 IR-2",
        .needs = "access tokens",
        .claim = "A token that resolves replaces the connection's identity for "
                 "its own request only.",
        .run = token_each_request,
    },
    {
        .id = "identity.token.of-less",
        .rules = "AU-3 IR-2 AC-5",
        .needs = "access tokens",
        .claim = "A token whose identity lacks a scope is refused, though the "
                 "connection's identity has it.",
        .twin = "access.token.one-request",
        .is_negative = true,
        .run = token_of_less,
    },
    {
        .id = "identity.token.on-one-stream",
        .rules = "AU-5 AU-6",
        .needs = "access tokens",
        .claim = "A token does not stick to the stream it was sent on.",
        .twin = "access.token.one-request",
        .is_negative = true,
        .run = token_on_one_stream,
    },
    {
        .id = "identity.token.of-a-neighbour",
        .rules = "AU-5 AU-1",
        .needs = "access tokens hold",
        .claim = "A request does not come from the identity of one that "
                 "still runs, on its stream or beside it.",
        .twin = "access.token.one-request",
        .is_negative = true,
        .run = token_of_a_neighbour,
    },
    {
        .id = "identity.token.unknown",
        .rules = "AU-4 IR-3",
        .needs = "access tokens",
        .claim = "A token that resolves to nobody changes nothing and is no "
                 "error.",
        .twin = "identity.token.each-request",
        .is_negative = true,
        .run = token_is_nobodys,
        .data = "\"no such token\"",
    },
    {
        .id = "identity.token.empty",
        .rules = "AU-4 IR-3",
        .needs = "access tokens",
        .claim = "An empty token changes nothing and is no error.",
        .twin = "identity.token.each-request",
        .is_negative = true,
        .run = token_is_nobodys,
        .data = "\"\"",
    },
    {
        .id = "identity.token.like-a-key",
        .rules = "AU-4 IR-3 IP-3",
        .needs = "access tokens",
        .claim = "A token in the form of an API key that does not exist "
                 "changes nothing and is no error.",
        .twin = "identity.token.each-request",
        .is_negative = true,
        .run = token_is_nobodys,
        .data = "\"alk_\xc3\xbc\xc3\xbc\xc3\xbc\"",
    },
    TOKEN_IS_NO_TEXT("identity.token.number", "a number", "5"),
    TOKEN_IS_NO_TEXT("identity.token.null", "null", "null"),
    TOKEN_IS_NO_TEXT("identity.token.object", "an object", "{\"token\":\"x\"}"),
    {
        .id = "identity.token.near",
        .rules = "PI-3 PI-6 IP-3",
        .needs = "access tokens",
        .claim = "A token that differs in one character is another token.",
        .run = token_is_near,
    },
    {
        .id = "identity.token.utf8",
        .rules = "PI-3 PI-6",
        .needs = "access tokens",
        .claim = "A token is the UTF-8 bytes of its text, however JSON writes "
                 "them.",
        .run = token_in_utf8,
    },
    {
        .id = "identity.token.disabled",
        .rules = "IP-6",
        .needs = "access tokens",
        .claim = "The token of a peer that is switched off is nobody's.",
        .twin = "identity.token.each-request",
        .is_negative = true,
        .run = token_of_disabled,
    },
    {
        .id = "identity.token.first-enabled",
        .rules = "IP-3 IP-6",
        .needs = "access tokens",
        .claim = "A token belongs to the first peer with its hash that is not "
                 "switched off.",
        .run = first_enabled_token,
    },
    {
        .id = "identity.secrets.capabilities",
        .rules = "CP-5 CK-3 NE-1 CP-2",
        .needs = "access",
        .claim = "A handler that is admitted gets the capabilities of its own "
                 "operation and no others.",
        .run = capabilities_reach,
    },
    {
        .id = "identity.secrets.stay",
        .rules = "FR-14 HF-5 CP-2 CP-7",
        .needs = "access tokens",
        .claim = "No token and no capability stands in any answer, event or "
                 "log.",
        .run = secrets_stay,
    },
};

const struct case_list identity_cases = {cases, sizeof cases / sizeof cases[0]};
