/* SPDX-License-Identifier: MIT */
/* See policy_check.h. An identity that is due is built as a tree, of the
 * members of the entry that it comes from. */
#include "fuzz/readers/policy_check.h"

#include "fuzz/broken.h"
#include "fuzz/readers/parser_tree.h"
#include "ref/model/token.h"

#define HEAD_LEN 8 /* bytes of a token in which a prefix is looked for */

static struct slice text_of(const json_t *entry, const char *name)
{
    return value_string(json_object_get(entry, name));
}

/* An entry that is switched off is nobody [IP-6]. */
static bool is_on(const json_t *peer)
{
    return !json_is_false(json_object_get(peer, "enabled"));
}

/* [PI-1, PI-8] Called as the entry says, whichever key he came with. */
static json_t *identity_due(const json_t *entry, const char *name_of_id)
{
    json_t *scopes = json_object_get(entry, "scopes"),
           *resources = json_object_get(entry, "resources"),
           *who = json_object();

    json_object_set(who, "id", json_object_get(entry, name_of_id));
    json_object_set_new(who, "scopes",
                        scopes ? json_incref(scopes) : json_array());
    json_object_set_new(who, "resources",
                        resources ? json_incref(resources) : json_object());
    return who;
}

/* [IP-2] The first who is there and lists it. NULL: nobody. New. */
static json_t *peer_by_key(const json_t *tree, struct slice fingerprint)
{
    const json_t *peers = json_object_get(tree, "peers");

    for (size_t i = 0; i < json_array_size(peers); i++) {
        const json_t *peer = json_array_get(peers, i),
                     *keys = json_object_get(peer, "fingerprints");

        for (size_t k = 0; k < json_array_size(keys); k++)
            if (is_on(peer) &&
                slice_equal(value_string(json_array_get(keys, k)), fingerprint))
                return identity_due(peer, "peer_id");
    }
    return NULL;
}

/* [IP-3] Whoever is there and has the token, before any API key. */
static json_t *peer_by_token(const json_t *tree, struct slice hash)
{
    const json_t *peers = json_object_get(tree, "peers");

    for (size_t i = 0; i < json_array_size(peers); i++) {
        const json_t *peer = json_array_get(peers, i);

        if (is_on(peer) && slice_equal(text_of(peer, "auth_token_hash"), hash))
            return identity_due(peer, "peer_id");
    }
    return NULL;
}

static bool begins(struct slice token, struct slice prefix)
{
    return prefix.len <= token.len &&
           memcmp(token.data, prefix.data, prefix.len) == 0;
}

/* [IP-4, IP-5] The first whose prefix fits decides, byte by byte. */
static json_t *key_by_token(const json_t *tree, struct slice token,
                            struct slice hash, uint64_t now_s)
{
    const json_t *keys = json_object_get(tree, "api_keys");

    for (size_t i = 0; i < json_array_size(keys); i++) {
        const json_t *key = json_array_get(keys, i),
                     *end = json_object_get(key, "expires_at");
        const struct slice prefix = text_of(key, "prefix");
        bool is_over =
            json_is_integer(end) && (uint64_t)json_integer_value(end) <= now_s;

        if (prefix.len > HEAD_LEN || !begins(token, prefix))
            continue;
        return begins(token, slice_of("alk_")) && !is_over &&
                       slice_equal(text_of(key, "hash"), hash)
                   ? identity_due(key, "prefix")
                   : NULL;
    }
    return NULL;
}

/* Takes who is due. */
static void expect(const struct identity *found, json_t *due, const char *rule,
                   const char *by)
{
    struct buf text;

    broken_unless(!found == !due, rule, "by his %s somebody is %s", by,
                  found ? "known whom nobody knows" : "not known");
    if (!found)
        return;
    buf_init(&text, SIZE_MAX);
    (void)identity_print(found, &text);
    parser_expect_same(due, parser_tree(buf_slice(&text)), rule, by);
    buf_clear(&text);
}

static void check_key(const struct auth_policy *p, const json_t *tree,
                      struct slice fingerprint)
{
    expect(auth_policy_by_fingerprint(p, fingerprint),
           peer_by_key(tree, fingerprint), "IP-2", "fingerprint");
}

void policy_check_peers(const struct auth_policy *p, const json_t *tree)
{
    const json_t *peers = json_object_get(tree, "peers");

    for (size_t i = 0; i < json_array_size(peers); i++) {
        const json_t *peer = json_array_get(peers, i),
                     *keys = json_object_get(peer, "fingerprints");

        for (size_t k = 0; k < json_array_size(keys); k++)
            check_key(p, tree, value_string(json_array_get(keys, k)));
        for (size_t k = 0; k < i; k++)
            broken_unless(
                !slice_equal(text_of(peer, "peer_id"),
                             text_of(json_array_get(peers, k), "peer_id")),
                "PI-7", "one id twice");
    }
}

void policy_check_word(const struct auth_policy *p, const json_t *tree,
                       struct slice word, uint64_t now_s)
{
    const struct token_hash hash = token_hash_of(word);
    const struct slice text = token_hash_slice(&hash);
    json_t *peer = peer_by_token(tree, text);

    check_key(p, tree, word);
    expect(auth_policy_by_token(p, word, now_s),
           peer ? peer : key_by_token(tree, word, text, now_s),
           peer ? "IP-3" : "IP-4", "token");
}
