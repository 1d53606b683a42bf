/* SPDX-License-Identifier: MIT */
/*
 * An entry is the same text in `configure` and in `reload`; the former are kept
 * until the stage is sent.
 */
#include "conformance/book.h"

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/json_out.h"
#include "conformance/stage.h"

#define ENTRIES_MAX (1024u * 1024)
#define PEERS_MAX 3u

/* --- one text of members, without braces */

struct page {
    struct json_out out;
    struct buf b;
};

static struct json_out *begin(struct page *page)
{
    buf_init(&page->b, ENTRIES_MAX);
    json_out_begin(&page->out, &page->b);
    return &page->out;
}

static const char *end(struct scene *s, struct page *page)
{
    struct slice text;

    json_out_end(&page->out);
    text = arena_copy(&s->arena, slice_make(page->b.data + 1, page->b.len - 2));
    buf_clear(&page->b);
    return (const char *)text.data;
}

/* --- entries */

static void put_words(struct json_out *out, const char *name, const char *text)
{
    struct slice words = slice_of(text ? text : "");
    struct slice word;

    json_out_array(out, name);
    while ((word = case_word(&words)).len > 0)
        json_out_text(out, NULL, word);
    json_out_end(out);
}

static void put_fingerprints(struct scene *s, struct json_out *out,
                             const struct stage_peer *peer)
{
    json_out_array(out, "fingerprints");
    if (peer->key != STAGE_KEY_NONE)
        json_out_text(out, NULL,
                      slice_of(peer->is_certificate
                                   ? stage_certificate_fingerprint(s, peer->key)
                                   : stage_fingerprint(s, peer->key)));
    json_out_end(out);
}

static void put_hash(struct scene *s, struct json_out *out, const char *name,
                     const char *secret)
{
    char hash[TRANSCRIPT_HASH_LEN];

    transcript_digest(slice_of(secret), hash);
    json_out_text(out, name, slice_of(scene_text(s, "sha256:%s", hash)));
}

static void put_peer(struct scene *s, struct json_out *out,
                     const struct stage_peer *peer)
{
    json_out_text(out, "peer_id", slice_of(peer->peer_id));
    put_fingerprints(s, out, peer);
    if (peer->token)
        put_hash(s, out, "auth_token_hash", peer->token);
    put_words(out, "scopes", peer->scopes);
    json_out_raw(out, "resources",
                 slice_of(peer->resources ? peer->resources : "{}"));
    json_out_bool(out, "enabled", !peer->is_disabled);
}

static void put_api_key(struct scene *s, struct json_out *out,
                        const struct stage_api_key *key)
{
    json_out_text(out, "prefix", slice_of(key->prefix));
    put_hash(s, out, "hash", key->key);
    put_words(out, "scopes", key->scopes);
    if (key->expires_s)
        json_out_u64(out, "expires_at", key->expires_s);
}

/* --- beforehand */

static void keep(struct scene *s, struct stage_line **list, struct page *page)
{
    stage_add(s, list, NULL, scene_text(s, "{%s}", end(s, page)));
}

void stage_peer(struct scene *s, const struct stage_peer *peer)
{
    struct page page;

    stage_must_be_open(s, "peers");
    put_peer(s, begin(&page), peer);
    keep(s, &s->stage.peers, &page);
}

void stage_peers(struct scene *s, size_t count, const char *scopes)
{
    static const struct stage_peer peers[PEERS_MAX] = {
        {.peer_id = "peer-a", .key = STAGE_KEY_A},
        {.peer_id = "peer-b", .key = STAGE_KEY_B},
        {.peer_id = "peer-c", .key = STAGE_KEY_C},
    };

    if (count > PEERS_MAX)
        scene_stop(s, VERDICT_HARNESS, "at most three peers", "more");
    for (size_t i = 0; i < count; i++) {
        struct stage_peer peer = peers[i];

        peer.scopes = scopes;
        stage_peer(s, &peer);
    }
}

void stage_api_key(struct scene *s, const struct stage_api_key *key)
{
    struct page page;

    stage_must_be_open(s, "api_keys");
    put_api_key(s, begin(&page), key);
    keep(s, &s->stage.api_keys, &page);
}

void stage_unix_time(struct scene *s, uint64_t now_s)
{
    stage_must_be_open(s, "api_keys");
    s->stage.unix_s = now_s;
}

void stage_ownership(struct scene *s)
{
    stage_must_be_open(s, "ownership");
    s->stage.has_ownership = true;
}

/* --- later */

static void put_peers(struct scene *s, struct json_out *out,
                      const struct stage_peer *peers)
{
    json_out_array(out, "peers");
    for (; peers->peer_id; peers++) {
        json_out_object(out, NULL);
        put_peer(s, out, peers);
        json_out_end(out);
    }
    json_out_end(out);
}

static void put_api_keys(struct scene *s, struct json_out *out,
                         const struct stage_api_key *keys)
{
    json_out_array(out, "api_keys");
    for (; keys->prefix; keys++) {
        json_out_object(out, NULL);
        put_api_key(s, out, keys);
        json_out_end(out);
    }
    json_out_end(out);
}

void stage_reload(struct scene *s, const struct stage_peer *peers,
                  const struct stage_api_key *keys)
{
    struct page page;
    struct json_out *out = begin(&page);

    put_peers(s, out, peers);
    if (keys)
        put_api_keys(s, out, keys);
    stage_send(s);
    (void)scene_verb(s, "reload", end(s, &page));
}

void stage_grant(struct scene *s, const char *owner, const char *resource_type,
                 const char *resource_id)
{
    stage_send(s);
    (void)scene_verb(s, "grant",
                     scene_text(s,
                                "\"owner\":\"%s\",\"resource_type\":\"%s\","
                                "\"resource_id\":\"%s\"",
                                owner, resource_type, resource_id));
}

void stage_revoke(struct scene *s, const char *resource_type,
                  const char *resource_id)
{
    stage_send(s);
    (void)scene_verb(
        s, "revoke",
        scene_text(s, "\"resource_type\":\"%s\",\"resource_id\":\"%s\"",
                   resource_type, resource_id));
}
