/* SPDX-License-Identifier: MIT */
/* Peers and API keys as one policy [PI-5]: who is asked first, what is read
 * and what is refused. The parts have tests of their own. */
#include "ref/state/auth_policy.h"
#include "ref/model/token.h"
#include "ref/test/t.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct auth_policy policy;
static struct failure failure;

static int clear(void **state)
{
    (void)state;
    auth_policy_clear(&policy);
    return 0;
}

static bool read_text(const char *text)
{
    json_t *tree = t_tree(text);
    bool is_good = auth_policy_read(tree, &policy, &failure);

    json_decref(tree);
    return is_good;
}

/* alice by key, bob by `peer_token`, and the key alk_1 whose token is
 * `key_token`, until second 10. */
static void read_all(const char *peer_token, const char *key_token,
                     bool is_enabled)
{
    const struct token_hash peer = token_hash_of(slice_of(peer_token));
    const struct token_hash key = token_hash_of(slice_of(key_token));
    const char *enabled = is_enabled ? "true" : "false";
    char text[700];

    (void)snprintf(text, sizeof text,
                   "{\"peers\":[{\"peer_id\":\"alice\",\"enabled\":%s,"
                   "\"fingerprints\":[\"ed25519:" HEX64 "\"]},"
                   "{\"peer_id\":\"bob\",\"auth_token_hash\":\"%s\","
                   "\"enabled\":%s}],\"api_keys\":[{\"prefix\":\"alk_1\","
                   "\"hash\":\"%s\",\"scopes\":[\"s\"],\"expires_at\":10}]}",
                   enabled, peer.text, enabled, key.text);
    if (!read_text(text))
        fail_msg("%s: %s", text, failure.sentence);
}

/* The id behind an identity, or "nobody". */
static const char *id_of(const struct identity *who)
{
    return who ? (const char *)who->id.data : "nobody";
}

static const char *by_key(const char *fingerprint)
{
    return id_of(auth_policy_by_fingerprint(&policy, slice_of(fingerprint)));
}

static const char *by_token(const char *token, uint64_t now_s)
{
    return id_of(auth_policy_by_token(&policy, slice_of(token), now_s));
}

/* [IP-1] */
static void peers_and_keys_are_known_by_what_they_show(void **state)
{
    (void)state;
    read_all("open sesame", "alk_1.secret", true);
    assert_string_equal(by_key("ed25519:" HEX64), "alice");
    assert_string_equal(by_key("SHA256:" HEX64), "nobody");
    assert_string_equal(by_key(""), "nobody");
    assert_string_equal(by_token("open sesame", 9), "bob");
    assert_string_equal(by_token("alk_1.secret", 9), "alk_1");
    assert_string_equal(by_token("alk_1", 9), "nobody");
    assert_string_equal(by_token("", 9), "nobody");
}

/* [IP-3] */
static void a_peer_comes_before_an_api_key(void **state)
{
    (void)state;
    read_all("alk_1.secret", "alk_1.secret", true);
    assert_string_equal(by_token("alk_1.secret", 9), "bob");
    assert_string_equal(by_token("alk_1.secret", 10), "bob");
}

/* [IP-6] A peer that is disabled is nobody, and no more than that: a key of the
 * same token still stands. */
static void a_disabled_peer_hides_no_api_key(void **state)
{
    (void)state;
    read_all("alk_1.secret", "alk_1.secret", false);
    assert_string_equal(by_key("ed25519:" HEX64), "nobody");
    assert_string_equal(by_token("alk_1.secret", 9), "alk_1");
    assert_string_equal(by_token("alk_1.secret", 10), "nobody");
}

/* [IP-4] Time is for API keys alone. */
static void time_ends_an_api_key_and_no_peer(void **state)
{
    (void)state;
    read_all("open sesame", "alk_1.secret", true);
    assert_string_equal(by_token("alk_1.secret", 0), "alk_1");
    assert_string_equal(by_token("alk_1.secret", 10), "nobody");
    assert_string_equal(by_token("open sesame", NEVER), "bob");
}

static void api_keys_may_be_left_out(void **state)
{
    (void)state;
    assert_true(read_text("{\"peers\":[]}"));
    assert_int_equal(policy.peers.count, 0);
    assert_int_equal(policy.keys.count, 0);
    assert_string_equal(by_token("alk_1.secret", 0), "nobody");
}

/* What was known before is not touched by it. */
static void anything_else_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"[]", "expected an object"},
        {"{}", "peers: missing"},
        {"{\"peers\":{}}", "peers: expected a list"},
        {"{\"peers\":[],\"api_keys\":null}", "api_keys: expected a list"},
        {"{\"peers\":[],\"keys\":[]}", "keys: no such member"},
        {"{\"peers\":[{}]}", "peer 0: peer_id: missing"},
        {"{\"peers\":[{\"peer_id\":\"a\"}],\"api_keys\":[{}]}",
         "api_keys: key 0: prefix: missing"},
    };

    (void)state;
    read_all("open sesame", "alk_1.secret", true);
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        assert_false(read_text(cases[i].text));
        t_says(failure.sentence, cases[i].words);
    }
    assert_string_equal(by_token("open sesame", 9), "bob");
}

static void who_knows_nobody_is_no_special_case(void **state)
{
    (void)state;
    assert_string_equal(by_key("ed25519:" HEX64), "nobody");
    assert_string_equal(by_token("alk_1.secret", 0), "nobody");
    auth_policy_clear(&policy);
    auth_policy_clear(&policy);
}

#define WITH_POLICY(test) cmocka_unit_test_teardown(test, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_POLICY(peers_and_keys_are_known_by_what_they_show),
        WITH_POLICY(a_peer_comes_before_an_api_key),
        WITH_POLICY(a_disabled_peer_hides_no_api_key),
        WITH_POLICY(time_ends_an_api_key_and_no_peer),
        WITH_POLICY(api_keys_may_be_left_out),
        WITH_POLICY(anything_else_is_refused_with_its_place),
        WITH_POLICY(who_knows_nobody_is_no_special_case),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
