/* SPDX-License-Identifier: MIT */
/*
 * Calls that are handed on: peer a calls an operation of the testee's, which
 * has peer b do it. What b is asked, what a is answered, under which ids, for
 * whom, and who may.
 */
#include "conformance/cases/hub.h"

extern const struct case_list forwarding_cases;

#define READ "fs/read"

/* Peers a and b, and a relay from one to the other. */
static struct hub begin(struct scene *s)
{
    struct hub h;

    hub_relay(s, "");
    h = hub_begin(s, 2);
    import_all(h.b, hub_files);
    return h;
}

/* A request of c's that is served by `worker`, whatever it composes on the
 * way: what came there. */
static const struct ask_request *handed_on(struct conn *c, const char *by,
                                           const char *input, const char *more,
                                           struct conn *worker)
{
    struct scene *s = conn_scene(c);
    const char *id = ask_send(c, by, input, more);
    const struct ask_request *r = ask_take_of(worker, READ);

    ask_respond(r, "2");
    verify_that(s, ask_answer(c, id)->is_ok, "an output", "an error");
    return r;
}

/* --- what is asked, and what is answered */

#define ERRORS                                                                 \
    "[{\"code\":\"BUSY\",\"description\":\"\",\"schema\":{},"                  \
    "\"http_status\":503}]"

/* Both declare the error: whether one that only the peer declares is passed on
 * is open [FW-6]. */
static void answer(struct scene *s)
{
    static const struct import_operation busy[] = {
        {.name = READ, .error_schemas = ERRORS}, {0}};
    struct hub h;
    const char *id;

    hub_relay(s, "\"error_schemas\":" ERRORS);
    h = hub_open(s, 2);
    import_all(h.b, busy);
    id = ask_send(h.a, RELAY, HUB_INPUT, "");
    ask_respond(ask_take_of(h.b, READ), "{\"text\":\"\"}");
    verify_output(s, ask_answer(h.a, id), "{\"text\":\"\"}");
    id = ask_send(h.a, RELAY, "2", "");
    ask_fail(ask_take_of(h.b, READ), "BUSY", true, "{\"after\":3}");
    verify_error(s, ask_answer(h.a, id), "BUSY", true);
    hub_silence(&h);
}

static void undeclared_error(struct scene *s)
{
    static const struct import_operation busy[] = {
        {.name = READ, .error_schemas = ERRORS}, {0}};
    const struct ask_outcome *o;
    struct hub h;
    const char *id;
    bool is_kept;

    hub_relay(s, "\"error_schemas\":[{\"code\":\"FULL\",\"description\":\"\","
                 "\"schema\":{},\"http_status\":507}]");
    h = hub_open(s, 2);
    import_all(h.b, busy);
    id = ask_send(h.a, RELAY, HUB_INPUT, "");
    ask_fail(ask_take_of(h.b, READ), "BUSY", true, NULL);
    o = ask_answer(h.a, id);
    is_kept = !o->is_ok && slice_equal(o->code, slice_of("BUSY"));
    if (!is_kept)
        verify_error(s, o, "INTERNAL", false);
    scene_choice(s, "error-that-only-the-peer-declares",
                 is_kept ? "passed-on" : "internal");
    hub_silence(&h);
}

/* Nothing is added to it and nothing left out, in either direction. */
static void as_it_was_given(struct scene *s)
{
    static const char *const values[] = {
        "null",
        "false",
        "\"\"",
        "[]",
        "{}",
        "-9007199254740992",
        "[0,[1,{\"a\":null}],\"\\u0000\\n\\ud83d\\ude00\"]",
        "{\"operationId\":\"/conf/echo\",\"peer\":\"peer-a\",\"output\":1}",
    };
    struct hub h = begin(s);

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const char *id = ask_send(h.a, RELAY, values[i], "");
        const struct ask_request *r = ask_take_of(h.b, READ);

        verify_same(s, "the input at the peer", r->input, values[i]);
        ask_respond(r, values[i]);
        verify_output(s, ask_answer(h.a, id), values[i]);
    }
    hub_silence(&h);
}

static void under_the_peers_name(struct scene *s)
{
    struct hub h;
    struct import *i;

    stage_forward(s, RELAY, "peer-b", "far/fs/read", "");
    h = hub_open(s, 2);
    i = import_begin(h.b, "\"prefix\":\"far\"");
    import_serve(i, hub_files);
    (void)handed_on(h.a, RELAY, HUB_INPUT, "", h.b);
    hub_silence(&h);
}

/* --- ids */

static void ids(struct scene *s)
{
    struct hub h = begin(s);
    struct stream *st = stream_open(h.a);
    const struct ask_request *r[2];
    const char *id[2];

    for (size_t i = 0; i < 2; i++) {
        id[i] = ask_send_on(st, RELAY, HUB_INPUT, "");
        r[i] = ask_take_of(h.b, READ);
    }
    verify_that(s,
                strcmp(r[0]->id, r[1]->id) && strcmp(r[0]->id, id[0]) &&
                    strcmp(r[1]->id, id[1]),
                "an id of its own for each call that goes out", "%s and %s",
                r[0]->id, r[1]->id);
    for (size_t i = 2; i-- > 0;) {
        const char *output = scene_text(s, "{\"i\":%zu}", i);

        ask_respond(r[i], output);
        verify_frame(s, stream_next(st), "call.responded", id[i],
                     scene_text(s, "{\"output\":%s}", output));
    }
    hub_silence(&h);
}

/* Each calls the other through us, with the same id. */
static void one_id_from_both(struct scene *s)
{
    struct hub h;
    const char *id = scene_id(s);
    const struct ask_request *at_a;
    const struct ask_request *at_b;
    struct stream *a;
    struct stream *b;

    stage_forward(s, "conf/back", "peer-a", READ, "");
    h = begin(s);
    import_all(h.a, hub_files);
    a = stream_open(h.a);
    b = stream_open(h.b);
    stream_send_fin(a, ask_frame(s, id, RELAY, "\"of a\""));
    stream_send_fin(b, ask_frame(s, id, "conf/back", "\"of b\""));
    at_b = ask_take_of(h.b, READ);
    at_a = ask_take_of(h.a, READ);
    verify_same(s, "the input at b", at_b->input, "\"of a\"");
    verify_same(s, "the input at a", at_a->input, "\"of b\"");
    ask_respond(at_a, "\"by a\"");
    verify_frame(s, stream_next(b), "call.responded", id,
                 "{\"output\":\"by a\"}");
    ask_respond(at_b, "\"by b\"");
    verify_frame(s, stream_next(a), "call.responded", id,
                 "{\"output\":\"by b\"}");
    hub_silence(&h);
}

/* The peer calls us under the id of the call that it is working on. */
static void id_of_the_peers_own(struct scene *s)
{
    struct hub h = begin(s);
    const char *id = ask_send(h.a, RELAY, HUB_INPUT, "");
    const struct ask_request *r = ask_take_of(h.b, READ);
    struct stream *st = stream_open(h.b);

    stream_send_fin(st, ask_frame(s, r->id, "conf/hold", "{\"tag\":\"t\"}"));
    shapes_wait_held(s, 1);
    ask_respond(r, "2");
    verify_output(s, ask_answer(h.a, id), "2");
    shapes_release(s, "t", 1);
    verify_frame(s, stream_next(st), "call.responded", r->id,
                 "{\"output\":{\"tag\":\"t\"}}");
    hub_silence(&h);
}

static void back_to_the_caller(struct scene *s)
{
    struct hub h = begin(s);

    (void)handed_on(h.b, RELAY, HUB_INPUT, "", h.b);
    hub_silence(&h);
}

/* --- to whom, and when there is nobody */

static void first_that_serves(struct scene *s)
{
    struct hub h;

    stage_forward(s, RELAY, NULL, READ, "");
    h = hub_open(s, 3);
    verify_error(s, ask_them(h.c, RELAY, "1"), "NOT_FOUND", false);
    import_all(h.a, hub_files);
    (void)handed_on(h.c, RELAY, "1", "", h.a);
    import_all(h.b, hub_files);
    (void)handed_on(h.c, RELAY, "1", "", h.a);
    conn_drop(h.a);
    h.a = NULL;
    (void)handed_on(h.c, RELAY, "1", "", h.b);
    hub_silence(&h);
}

/* Another has it, which is no help. */
static void not_imported(struct scene *s)
{
    struct hub h;

    hub_relay(s, "");
    h = hub_open(s, 2);
    verify_error(s, ask_them(h.a, RELAY, "1"), "NOT_FOUND", false);
    import_all(h.a, hub_files);
    verify_error(s, ask_them(h.a, RELAY, "1"), "NOT_FOUND", false);
    hub_silence(&h);
    import_all(h.b, hub_files);
    verify_error(s, ask_them(h.a, READ, "1"), "NOT_FOUND", false);
    (void)handed_on(h.a, RELAY, "1", "", h.b);
    conn_drop(h.b);
    h.b = NULL;
    verify_error(s, ask_them(h.a, RELAY, "1"), "NOT_FOUND", false);
    hub_silence(&h);
}

/* --- who may */

#define GUARDED "\"required_scopes\":[\"conf:guarded\"]"
#define CLAIM                                                                  \
    "\"forwarded_for\":{\"id\":\"end-user\",\"scopes\":[\"conf:guarded\"],"    \
    "\"resources\":{}}"

/* Peer a has the scope and peer b has not, whatever it claims. */
static void own_access(struct scene *s)
{
    struct hub h = {0};

    hub_relay(s, "\"access\":{" GUARDED "}");
    shapes_peer_a(s, "conf:guarded");
    stage_peer(s,
               &(struct stage_peer){.peer_id = "peer-b", .key = STAGE_KEY_B});
    h.a = conn_open_as(s, STAGE_KEY_A);
    h.b = conn_open_as(s, STAGE_KEY_B);
    import_all(h.b, hub_files);
    verify_error(s, ask_them(h.b, RELAY, "1"), "FORBIDDEN", false);
    verify_error(s, ask_answer(h.b, ask_send(h.b, RELAY, "1", CLAIM)),
                 "FORBIDDEN", false);
    verify_entered(s, RELAY, 0);
    hub_silence(&h);
    (void)handed_on(h.a, RELAY, "1", "", h.b);
    verify_entered(s, RELAY, 1);
    hub_silence(&h);
}

/* Neither the caller's scopes nor its claim are held against it. */
static void mirrored_access(struct scene *s)
{
    static const struct import_operation guarded[] = {
        {.name = READ, .access_control = "{" GUARDED "}"}, {0}};
    struct hub h = {0};

    hub_relay(s, "");
    stage_forward(s, "conf/steward", "peer-b", READ,
                  "\"authority\":{\"label\":\"steward\",\"scopes\":["
                  "\"conf:guarded\"]}");
    shapes_peer_a(s, "conf:guarded");
    stage_peer(s,
               &(struct stage_peer){.peer_id = "peer-b", .key = STAGE_KEY_B});
    h.a = conn_open_as(s, STAGE_KEY_A);
    h.b = conn_open_as(s, STAGE_KEY_B);
    import_all(h.b, guarded);
    verify_error(s, ask_them(h.a, RELAY, "1"), "FORBIDDEN", false);
    verify_error(s, ask_answer(h.a, ask_send(h.a, RELAY, "1", CLAIM)),
                 "FORBIDDEN", false);
    hub_silence(&h);
    (void)handed_on(h.a, "conf/steward", "1", "", h.b);
    (void)handed_on(h.b, "conf/steward", "1", "", h.b);
    hub_silence(&h);
}

static void out_of_reach(struct scene *s)
{
    struct hub h;

    stage_register(s, "conf/helpless", "conf/forward",
                   "\"forward\":{\"peer\":\"peer-b\",\"operation\":\"" READ
                   "\"}");
    stage_register(s, "conf/pinned", "conf/forward",
                   "\"forward\":{\"peer\":null,\"operation\":\"" READ "\"},"
                   "\"scoped_env\":{\"pinned\":[\"peer-b/" READ "\"]}");
    h = begin(s);
    verify_error(s, ask_them(h.a, "conf/helpless", "1"), "NOT_FOUND", false);
    verify_error(s, ask_them(h.a, "conf/pinned", "1"), "NOT_FOUND", false);
    hub_silence(&h);
    (void)handed_on(h.a, RELAY, "1", "", h.b);
}

/* --- for whom */

#define A_USER                                                                 \
    "{\"id\":\"peer-a\",\"scopes\":[\"conf:one\",\"conf:two\"],"               \
    "\"resources\":{\"disk\":[\"erase\",\"look\"]}}"
#define STEWARD "{\"label\":\"steward\",\"scopes\":[\"conf:guarded\"]}"

/* Peer a is somebody; whoever composes has an authority, too. */
static struct hub begin_for_somebody(struct scene *s)
{
    struct hub h = {0};

    hub_relay(s, "\"authority\":" STEWARD);
    hub_composer(s, HUB, "\"fs/read\",\"conf/relay\",\"conf/hub\"", NULL,
                 STEWARD);
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-a",
                                       .key = STAGE_KEY_A,
                                       .scopes = "conf:one conf:two",
                                       .resources = "{\"disk\":[\"erase\","
                                                    "\"look\"]}"});
    stage_peer(s,
               &(struct stage_peer){.peer_id = "peer-b", .key = STAGE_KEY_B});
    h.a = conn_open_as(s, STAGE_KEY_A);
    h.b = conn_open_as(s, STAGE_KEY_B);
    import_all(h.b, hub_files);
    return h;
}

/* The ways from the wire to the peer: handed on, composed, composed twice, and
 * handed on below one that composes. */
enum { WAYS = 4 };

static const struct ask_request *by_way(struct conn *c, size_t way,
                                        const char *more, struct conn *worker)
{
    struct scene *s = conn_scene(c);
    const char *inputs[WAYS] = {
        HUB_INPUT, hub_input(s, READ, "peer-b"),
        shapes_compose(s, HUB, hub_input(s, READ, NULL), ""),
        hub_input(s, RELAY, NULL)};

    return handed_on(c, way ? HUB : RELAY, inputs[way], more, worker);
}

/* A node may keep to itself for whom it asks, and then always does [FW-3]. */
static void end_user(struct scene *s)
{
    struct hub h = begin_for_somebody(s);
    const struct json *claim;

    for (size_t i = 0; i < WAYS; i++) {
        claim = by_way(h.a, i, "", h.b)->forwarded_for;
        scene_choice(s, "end-user-of-a-forwarded-call",
                     claim ? "named" : "kept");
        if (claim)
            verify_same(s, "the end user", claim, A_USER);
    }
    hub_silence(&h);
}

static void by_token(struct scene *s)
{
    const char *token = stage_secret(s, "token-d");
    const char *more = scene_text(s, "\"auth_token\":\"%s\"", token);
    struct hub h;

    stage_peer(s, &(struct stage_peer){
                      .peer_id = "peer-d", .token = token, .scopes = "conf:d"});
    h = begin_for_somebody(s);
    for (size_t i = 0; i < WAYS; i++) {
        const struct ask_request *r = by_way(h.a, i, more, h.b);

        if (r->forwarded_for)
            verify_same(s, "the end user", r->forwarded_for,
                        "{\"id\":\"peer-d\",\"scopes\":[\"conf:d\"],"
                        "\"resources\":{}}");
    }
    hub_silence(&h);
}

static void not_its_token(struct scene *s)
{
    const char *token = stage_secret(s, "token-d");
    const char *more = scene_text(s, "\"auth_token\":\"%s\"", token);
    struct hub h;

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-d", .token = token});
    h = begin_for_somebody(s);
    for (size_t i = 0; i < WAYS; i++) {
        const struct ask_request *r = by_way(h.a, i, more, h.b);

        verify_that(s,
                    !json_is_text(json_find(r->payload, "auth_token"), token),
                    "no token of the end user's", "its token");
    }
    hub_silence(&h);
}

/* Not even null. */
static void for_nobody(struct scene *s)
{
    struct hub h = begin_for_somebody(s);
    struct conn *stranger = conn_open_as(s, STAGE_KEY_NONE);

    for (size_t i = 0; i < WAYS; i++)
        verify_that(
            s,
            !json_find(by_way(stranger, i, "", h.b)->payload, "forwarded_for"),
            "no claim where there is no end user", "one");
    hub_silence(&h);
}

/* Peer a speaks for somebody else itself. */
static void claim_upon_claim(struct scene *s)
{
    struct hub h = begin_for_somebody(s);
    const struct json *claim = by_way(h.a, 0, CLAIM, h.b)->forwarded_for;
    const struct json *id = json_find(claim, "id");

    verify_that(
        s, !claim || json_is_text(id, "peer-a") || json_is_text(id, "end-user"),
        "the end user, the one it claims, or none", "%s",
        claim ? shapes_text(s, claim->source) : "");
    scene_choice(s, "claim-of-a-forwarding-caller",
                 !claim                       ? "dropped"
                 : json_is_text(id, "peer-a") ? "replaced"
                                              : "handed-on");
    hub_silence(&h);
}

#define FORWARD(slug, rule, what, need, body)                                  \
    {                                                                          \
        .id = "peers.forward." slug, .rules = rule, .claim = what,             \
        .needs = need, .axes = HUB_AXES, .run = body                           \
    }

#define FORWARD_NOT(slug, rule, what, need, body)                              \
    {                                                                          \
        .id = "peers.forward." slug, .rules = rule, .claim = what,             \
        .needs = need, .axes = HUB_AXES, .run = body, .is_negative = true,     \
        .twin = "peers.forward.answer"                                         \
    }

static const struct conf_case cases[] = {
    FORWARD("answer", "OC-6 FW-1",
            "An operation that hands on answers as the peer does, with its "
            "error as well.",
            "import", answer),
    {
        .id = "peers.forward.undeclared-error",
        .rules = "FW-6",
        .level = CASE_CHOICE,
        .claim = "An error that only the peer declares is passed on or becomes "
                 "INTERNAL.",
        .needs = "import",
        .axes = HUB_AXES,
        .run = undeclared_error,
    },
    FORWARD("as-given", "FW-1",
            "The peer gets the input as it was given, and the caller the "
            "output.",
            "import", as_it_was_given),
    FORWARD("prefix", "FW-1 FC-4",
            "What was imported under a prefix is asked for under the peer's "
            "name.",
            "import", under_the_peers_name),
    FORWARD("ids", "ID-8 ID-9 ID-10",
            "A forwarded call has an id of its own, and its answer that of the "
            "caller.",
            "import", ids),
    FORWARD("one-id-from-both", "ID-4 ID-9 ID-10",
            "Two peers that call each other through a node with one id get "
            "their own answers.",
            "import", one_id_from_both),
    FORWARD("id-of-the-peers-own", "ID-4 ID-9",
            "A call of the peer's under the id of the forwarded one is another "
            "call.",
            "import hold", id_of_the_peers_own),
    FORWARD("back-to-the-caller", "ID-10 FW-1",
            "A call can be handed on to the peer that made it.", "import",
            back_to_the_caller),
    FORWARD("first-that-serves", "OC-6 LY-2 LY-5",
            "What is handed on to anybody goes to the first peer that serves "
            "it.",
            "import", first_that_serves),
    FORWARD_NOT("not-imported", "OC-6 PE-4 FC-11",
                "What was not imported of a peer cannot be handed on to it, "
                "nor any longer when it is gone.",
                "import", not_imported),
    FORWARD_NOT("own-access", "OC-6 FF-2 CK-3",
                "An operation that hands on refuses whom its own access "
                "control refuses, whatever it claims, and the peer hears "
                "nothing.",
                "import access forwarded_for", own_access),
    FORWARD_NOT("mirrored-access", "FW-13 CA-3 FF-2",
                "The access control that was imported is held against the "
                "authority of the operation that hands on, and not against "
                "its caller.",
                "import access forwarded_for", mirrored_access),
    FORWARD_NOT("out-of-reach", "SE-2 SE-4 SE-6 PE-6",
                "What is out of the reach of an operation cannot be handed on "
                "by it.",
                "import", out_of_reach),
    FORWARD("end-user", "FW-2 FF-6 FF-7 FF-8 FF-1",
            "A forwarded call claims its end user with id, scopes and "
            "resources, however it was composed, and never an authority.",
            "import access forwarded_for", end_user),
    FORWARD("end-user-by-token", "FF-7 FW-2",
            "The end user is who the token of the request says.",
            "import access tokens forwarded_for", by_token),
    {
        .id = "peers.forward.token-stays",
        .rules = "FF-9",
        .level = CASE_SHOULD,
        .claim = "The token of an end user is not handed on.",
        .needs = "import tokens forwarded_for",
        .axes = HUB_AXES,
        .run = not_its_token,
    },
    FORWARD("for-nobody", "FW-2 FF-1 FF-6",
            "A forwarded call of somebody unknown claims nobody.",
            "import forwarded_for", for_nobody),
    {
        .id = "peers.forward.claim-upon-claim",
        .rules = "FW-5",
        .level = CASE_CHOICE,
        .claim = "A claim of the caller's is replaced by the caller, dropped, "
                 "or handed on.",
        .needs = "import forwarded_for",
        .axes = HUB_AXES,
        .run = claim_upon_claim,
    },
};

const struct case_list forwarding_cases = {cases,
                                           sizeof cases / sizeof cases[0]};
