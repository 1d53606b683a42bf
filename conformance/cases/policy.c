/* SPDX-License-Identifier: MIT */
/*
 * The node's policy, its peers and its API keys, and what becomes of it when it
 * is replaced: keys, tokens and time change who a request or a new connection
 * belongs to, and never who an open connection belongs to.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list policy_cases;

#define GUARDED "conf/guarded"
#define SCOPE "conf:guarded"
#define TAG_T "{\"tag\":\"t\"}"

/* The identity of that id with the scope of conf/guarded. */
static const char *is_called(struct scene *s, const char *id)
{
    return scene_text(s, "{\"id\":\"%s\",\"scopes\":[\"" SCOPE "\"]}", id);
}

/* May the caller with these members call conf/guarded? */
static void may(struct conn *c, const char *more)
{
    verify_output(conn_scene(c), ask_answer(c, ask_send(c, GUARDED, "1", more)),
                  "1");
}

static void may_not(struct conn *c, const char *more)
{
    verify_error(conn_scene(c), ask_answer(c, ask_send(c, GUARDED, "1", more)),
                 "FORBIDDEN", false);
}

/* The request with that token is that identity's, or nobody's where it is
 * NULL. The connection is nobody's. */
static void verify_token(struct conn *c, const char *token, const char *id)
{
    struct scene *s = conn_scene(c);
    const char *with = shapes_with_token(s, token);

    shapes_verify_told(c, with, id ? is_called(s, id) : "null");
    if (id)
        may(c, with);
    else
        may_not(c, with);
}

/* --- API keys */

/* One more, with that prefix; the whole of it. `label` tells it from others. */
static const char *key_of(struct scene *s, const char *label,
                          const char *prefix, uint64_t expires_s)
{
    const char *key = stage_api_secret(s, label, prefix);

    stage_api_key(s, &(struct stage_api_key){.prefix = prefix,
                                             .key = key,
                                             .scopes = SCOPE,
                                             .expires_s = expires_s});
    return key;
}

static void key_found(struct scene *s)
{
    const char *key = key_of(s, "key", "alk_abcd", 0);
    const char *other = key_of(s, "other", "alk_x", 0);
    struct conn *a;

    shapes_peer_a(s, "x");
    a = shapes_open_a(s);
    verify_token(a, key, "alk_abcd");
    verify_token(a, other, "alk_x");
    shapes_verify_told(a, "", "{\"id\":\"peer-a\",\"scopes\":[\"x\"]}");
    may_not(a, "");
    verify_token(conn_open(s, NULL), key, "alk_abcd");
    verify_entered(s, GUARDED, 3);
}

static void key_behind_peers(struct scene *s)
{
    const char *key = key_of(s, "key", "alk_abcd", 0);
    const char *off = key_of(s, "off", "alk_offf", 0);
    struct conn *c;

    stage_peer(s, &(struct stage_peer){
                      .peer_id = "peer-t", .token = key, .scopes = SCOPE});
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-off",
                                       .token = off,
                                       .scopes = "x",
                                       .is_disabled = true});
    c = conn_open(s, NULL);
    verify_token(c, key, "peer-t");
    verify_token(c, off, "alk_offf");
}

static void key_is_near(struct scene *s)
{
    const char *key = key_of(s, "key", "alk_abcd", 0);
    struct conn *c = scene_conn(s);
    int len = (int)strlen(key);

    verify_token(c, scene_text(s, "%.*s", len - 1, key), NULL);
    verify_token(c, scene_text(s, "%s0", key), NULL);
    verify_token(c, scene_text(s, "ALK%s", key + 3), NULL);
    verify_token(c, "alk_abcd", NULL);
    verify_token(c, "alk_", NULL);
    verify_entered(s, GUARDED, 0);
    verify_token(c, key, "alk_abcd");
}

static void first_prefix_decides(struct scene *s)
{
    const char *first = key_of(s, "first", "alk_ab", 0);
    const char *second = key_of(s, "second", "alk_abcd", 0);
    const char *same = key_of(s, "same", "alk_ab", 0);
    struct conn *c = scene_conn(s);

    verify_token(c, second, NULL);
    verify_token(c, same, NULL);
    verify_entered(s, GUARDED, 0);
    verify_token(c, first, "alk_ab");
}

static void prefix_too_long(struct scene *s)
{
    const char *too_long = key_of(s, "long", "alk_abcde", 0);
    const char *longest = key_of(s, "longest", "alk_wxyz", 0);
    struct conn *c = scene_conn(s);

    verify_token(c, too_long, NULL);
    verify_entered(s, GUARDED, 0);
    verify_token(c, longest, "alk_wxyz");
}

/* The eighth byte is the first of two, and of three. */
static void character_cut(struct scene *s)
{
    const char *two = stage_api_secret(s, "two", "alk_abc\xc3\xbc");
    const char *three = stage_api_secret(s, "three", "alk_xyz\xe2\x82\xac");
    struct conn *c;

    stage_api_key(s, &(struct stage_api_key){
                         .prefix = "alk_abc", .key = two, .scopes = SCOPE});
    c = scene_conn(s);
    verify_token(c, three, NULL);
    verify_entered(s, GUARDED, 0);
    verify_token(c, two, "alk_abc");
}

#define NOW_S 1750000000

static void key_expired(struct scene *s)
{
    const char *over = key_of(s, "over", "alk_over", NOW_S - 1);
    const char *now = key_of(s, "now", "alk_now", NOW_S);
    const char *early = key_of(s, "early", "alk_1970", 1);
    const char *later = key_of(s, "later", "alk_late", NOW_S + 86400);
    const char *never = key_of(s, "never", "alk_ever", 0);
    struct conn *c;

    stage_unix_time(s, NOW_S);
    c = scene_conn(s);
    verify_token(c, over, NULL);
    verify_token(c, now, NULL);
    verify_token(c, early, NULL);
    verify_entered(s, GUARDED, 0);
    verify_token(c, later, "alk_late");
    verify_token(c, never, "alk_ever");
}

/* A request is looked at when it comes: what runs is let be. */
static void key_runs_out(struct scene *s)
{
    const char *key = key_of(s, "key", "alk_abcd", NOW_S + 10);
    struct conn *c;
    const char *held;

    stage_unix_time(s, NOW_S);
    c = scene_conn(s);
    verify_token(c, key, "alk_abcd");
    scene_advance(s, 9 * SHAPES_S);
    verify_token(c, key, "alk_abcd");
    held = ask_send(c, "conf/hold", TAG_T, shapes_with_token(s, key));
    shapes_wait_entered(s, held);
    scene_advance(s, SHAPES_S);
    verify_token(c, key, NULL);
    scene_advance(s, SHAPES_S);
    verify_token(c, key, NULL);
    verify_entered(s, GUARDED, 2);
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, held), TAG_T);
}

/* --- replaced */

#define PEER(id, ...)                                                          \
    {                                                                          \
        .peer_id = id, .scopes = SCOPE, __VA_ARGS__                            \
    }

/* Peer A as it is at first, and then with one thing changed. */
static const struct stage_peer by_key_b[] = {PEER("peer-a", .key = STAGE_KEY_B),
                                             {0}};
static const struct stage_peer nobody[] = {{0}};

static void key_rotated(struct scene *s)
{
    struct conn *old;
    struct conn *c;

    shapes_peer_a(s, SCOPE);
    old = shapes_open_a(s);
    c = conn_open_as(s, STAGE_KEY_B);
    may_not(c, "");
    stage_reload(s, by_key_b, NULL);
    c = conn_open_as(s, STAGE_KEY_B);
    verify_same(s, "the identity of the connection", conn_identity(c),
                is_called(s, "peer-a"));
    shapes_verify_told(c, "", is_called(s, "peer-a"));
    may(c, "");
    shapes_verify_told(old, "", is_called(s, "peer-a"));
    may(old, "");
    c = shapes_open_a(s);
    shapes_verify_told(c, "", "null");
    may_not(c, "");
    verify_entered(s, GUARDED, 2);
}

static void token_rotated(struct scene *s)
{
    const char *old = stage_secret(s, "old");
    const char *fresh = stage_secret(s, "fresh");
    const struct stage_peer before = PEER("peer-t", .token = old);
    const struct stage_peer after[] = {PEER("peer-t", .token = fresh), {0}};
    struct conn *c;

    stage_peer(s, &before);
    c = conn_open(s, NULL);
    verify_token(c, old, "peer-t");
    verify_token(c, fresh, NULL);
    stage_reload(s, after, NULL);
    verify_token(c, fresh, "peer-t");
    verify_token(c, old, NULL);
    verify_token(conn_open(s, NULL), fresh, "peer-t");
    verify_entered(s, GUARDED, 3);
}

static void peer_disabled(struct scene *s)
{
    const char *token = stage_secret(s, "token");
    struct stage_peer peer = PEER("peer-a", .key = STAGE_KEY_A, .token = token);
    struct conn *a;
    struct conn *c;

    stage_peer(s, &peer);
    a = shapes_open_a(s);
    c = conn_open(s, NULL);
    verify_token(c, token, "peer-a");
    peer.is_disabled = true;
    stage_reload(s, (const struct stage_peer[]){peer, {0}}, NULL);
    verify_token(c, token, NULL);
    verify_token(shapes_open_a(s), token, NULL);
    verify_entered(s, GUARDED, 1);
    shapes_verify_told(a, "", is_called(s, "peer-a"));
    may(a, "");
    peer.is_disabled = false;
    stage_reload(s, (const struct stage_peer[]){peer, {0}}, NULL);
    verify_token(c, token, "peer-a");
    may(shapes_open_a(s), "");
}

static void peer_learnt(struct scene *s)
{
    static const struct stage_peer both[] = {
        {.peer_id = "peer-a", .key = STAGE_KEY_A},
        PEER("peer-b", .key = STAGE_KEY_B),
        {0}};
    struct conn *before;
    struct conn *after;

    shapes_peer_a(s, NULL);
    before = conn_open_as(s, STAGE_KEY_B);
    shapes_verify_told(before, "", "null");
    stage_reload(s, both, NULL);
    shapes_verify_told(before, "", "null");
    may_not(before, "");
    verify_entered(s, GUARDED, 0);
    after = conn_open_as(s, STAGE_KEY_B);
    shapes_verify_told(after, "", is_called(s, "peer-b"));
    may(after, "");
}

static void peer_forgotten(struct scene *s)
{
    struct conn *a;

    shapes_peer_a(s, SCOPE);
    a = shapes_open_a(s);
    stage_reload(s, nobody, NULL);
    shapes_verify_told(a, "", is_called(s, "peer-a"));
    may(a, "");
    shapes_verify_told(shapes_open_a(s), "", "null");
}

static void scopes_changed(struct scene *s)
{
    const char *token = stage_secret(s, "token");
    const struct stage_peer after[] = {
        PEER("peer-a", .key = STAGE_KEY_A, .token = token), {0}};
    struct conn *c;

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-a",
                                       .key = STAGE_KEY_A,
                                       .token = token,
                                       .scopes = "x"});
    c = conn_open(s, NULL);
    may_not(c, shapes_with_token(s, token));
    may_not(shapes_open_a(s), "");
    verify_entered(s, GUARDED, 0);
    stage_reload(s, after, NULL);
    verify_token(c, token, "peer-a");
    may(shapes_open_a(s), "");
}

static void running_call(struct scene *s)
{
    const char *token = stage_secret(s, "token");
    const struct stage_peer before = PEER("peer-t", .token = token);
    struct conn *c;
    const char *held;

    stage_peer(s, &before);
    c = conn_open(s, NULL);
    held = ask_send(c, "conf/hold", TAG_T, shapes_with_token(s, token));
    shapes_wait_entered(s, held);
    stage_reload(s, nobody, NULL);
    verify_token(c, token, NULL);
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, held), TAG_T);
}

static void api_keys_replaced(struct scene *s)
{
    const char *old = key_of(s, "old", "alk_old", 0);
    const char *kept = key_of(s, "kept", "alk_kept", 0);
    const char *fresh = stage_api_secret(s, "fresh", "alk_new");
    const struct stage_api_key after[] = {
        {.prefix = "alk_new", .key = fresh, .scopes = SCOPE},
        {.prefix = "alk_kept", .key = kept, .scopes = SCOPE},
        {0}};
    struct conn *c = scene_conn(s);

    verify_token(c, old, "alk_old");
    verify_token(c, fresh, NULL);
    stage_reload(s, nobody, after);
    verify_token(c, old, NULL);
    verify_token(c, fresh, "alk_new");
    verify_token(c, kept, "alk_kept");
    stage_reload(s, nobody, NULL);
    verify_token(c, fresh, NULL);
    verify_token(c, kept, NULL);
    verify_entered(s, GUARDED, 3);
}

static void prefix_is_the_id(struct scene *s)
{
    const char *key = stage_api_secret(s, "key", "alk_abcd");
    const struct stage_api_key before = {
        .prefix = "alk_ab", .key = key, .scopes = SCOPE};
    const struct stage_api_key after[] = {
        {.prefix = "alk_abcd", .key = key, .scopes = SCOPE}, {0}};
    struct conn *c;

    stage_api_key(s, &before);
    c = scene_conn(s);
    verify_token(c, key, "alk_ab");
    stage_reload(s, nobody, after);
    verify_token(c, key, "alk_abcd");
}

/* --- what refers to a peer goes on doing so */

static void owns_as_before(struct scene *s)
{
    struct conn *c;

    shapes_peer_a(s, SCOPE);
    stage_ownership(s);
    stage_register(s, "conf/subject", "conf/echo",
                   "\"remote_safe\":true,\"access\":{\"resource_type\":"
                   "\"container\"},\"resource_id_path\":\"$.id\"");
    c = conn_open_as(s, STAGE_KEY_B);
    stage_grant(s, "peer-a", "container", "c1");
    verify_error(s, ask_them(c, "conf/subject", "{\"id\":\"c1\"}"), "FORBIDDEN",
                 false);
    stage_reload(s, by_key_b, NULL);
    c = conn_open_as(s, STAGE_KEY_B);
    verify_output(s, ask_them(c, "conf/subject", "{\"id\":\"c1\"}"),
                  "{\"id\":\"c1\"}");
    verify_error(s,
                 ask_them(shapes_open_a(s), "conf/subject", "{\"id\":\"c1\"}"),
                 "FORBIDDEN", false);
    verify_entered(s, "conf/subject", 1);
}

/* conf/echo of peer-a is composed for a caller, and comes to us there. */
static void verify_routed(struct conn *caller, struct conn *peer)
{
    struct scene *s = conn_scene(caller);
    const char *id = ask_send(
        caller, "conf/compose",
        shapes_compose(s, "conf/echo", "1", ",\"peer\":\"peer-a\""), "");

    ask_respond(ask_take_of(peer, "conf/echo"), "\"here\"");
    verify_output(s, ask_answer(caller, id), "{\"output\":\"here\"}");
}

static void routed_as_before(struct scene *s)
{
    static const struct import_operation ours[] = {{.name = "conf/echo"}, {0}};
    struct conn *caller;
    struct conn *old;
    struct conn *fresh;

    shapes_peer_a(s, NULL);
    caller = conn_open(s, NULL);
    old = shapes_open_a(s);
    import_all(old, ours);
    verify_routed(caller, old);
    stage_reload(s, by_key_b, NULL);
    verify_routed(caller, old);
    conn_drop(old);
    fresh = conn_open_as(s, STAGE_KEY_B);
    import_all(fresh, ours);
    verify_routed(caller, fresh);
    verify_entered(s, "conf/echo", 0);
}

#define KEYED(slug, rule, what, body)                                          \
    {                                                                          \
        .id = "policy.key." slug, .rules = rule,                               \
        .needs = "access tokens api_keys", .claim = what, .run = body          \
    }
#define NO_KEY(slug, rule, what, body)                                         \
    {                                                                          \
        .id = "policy.key." slug, .rules = rule,                               \
        .needs = "access tokens api_keys", .claim = what,                      \
        .twin = "policy.key.found", .is_negative = true, .run = body           \
    }
#define RELOADED(slug, rule, need, what, body)                                 \
    {                                                                          \
        .id = "policy.reload." slug, .rules = rule,                            \
        .needs = "access reload" need, .claim = what, .run = body              \
    }

static const struct conf_case cases[] = {
    KEYED("found", "PI-5 IP-3 IP-4 IR-2",
          "An API key makes its own request that of the identity that is "
          "called as its prefix.",
          key_found),
    KEYED("behind-peers", "IP-3 IP-6",
          "A token is a peer's before it is an API key, and that of a peer "
          "that is switched off may still be one.",
          key_behind_peers),
    NO_KEY("near", "IP-4",
           "What has the prefix of an API key and is not all of it is "
           "nobody's.",
           key_is_near),
    NO_KEY("first-prefix", "IP-4",
           "Where several prefixes fit, the first entry decides and no other "
           "is asked.",
           first_prefix_decides),
    NO_KEY("long-prefix", "IP-5",
           "A prefix of more than eight bytes fits nothing.", prefix_too_long),
    KEYED("character-cut", "IP-5",
          "A character that the eighth byte cuts in two does no harm.",
          character_cut),
    NO_KEY("expired", "IP-4",
           "An API key is nobody's from the second on in which it expires.",
           key_expired),
    {
        .id = "policy.key.runs-out",
        .rules = "IP-4 IR-2",
        .needs = "access tokens api_keys hold",
        .claim = "An API key expires while a connection is open, and what it "
                 "was let to do goes on.",
        .axes = {.lvl = LVL_L1},
        .run = key_runs_out,
    },
    RELOADED("key-rotated", "PI-8 IP-7", "",
             "A peer with another key is the same peer on new connections, and "
             "its old key nobody's, while the open connection stays its own.",
             key_rotated),
    RELOADED("token-rotated", "PI-8 IP-7", " tokens",
             "A peer with another token is the same peer at once, and its old "
             "token nobody's.",
             token_rotated),
    RELOADED("disabled", "IP-6 IP-7", " tokens",
             "A peer that is switched off is nobody by token and on new "
             "connections, and keeps the one that is open.",
             peer_disabled),
    RELOADED("learnt", "IP-7", "",
             "A peer that was unknown is itself on new connections, and stays "
             "nobody on the open one.",
             peer_learnt),
    RELOADED("forgotten", "IP-7", "",
             "A peer that is forgotten keeps its open connection and gets no "
             "new one.",
             peer_forgotten),
    RELOADED("scopes", "IP-7 PI-8", " tokens",
             "A peer with other scopes has them for new connections and for "
             "tokens at once.",
             scopes_changed),
    RELOADED("running", "IP-7 IR-2", " tokens hold",
             "A call that was let through goes on when its token is taken "
             "away.",
             running_call),
    RELOADED("api-keys", "PI-5 IP-7", " tokens api_keys",
             "API keys are replaced with the peers, all of them at once.",
             api_keys_replaced),
    RELOADED("prefix", "PI-5 IP-4", " tokens api_keys",
             "An API key under another prefix is another identity.",
             prefix_is_the_id),
    RELOADED("owner", "PI-8 OW-4", " ownership",
             "A peer with another key owns what it owned, and its old key "
             "owns nothing.",
             owns_as_before),
    {
        .id = "policy.reload.routed",
        .rules = "PI-8 PE-3",
        .needs = "access reload import",
        .claim = "What is composed of a peer goes to it by its id, before and "
                 "after its key has changed.",
        .axes = {.profile = PROFILE_PEER_GRAPH},
        .run = routed_as_before,
    },
};

const struct case_list policy_cases = {cases, sizeof cases / sizeof cases[0]};
