/* SPDX-License-Identifier: MIT */
/*
 * The testee's books: whom it knows, by which of our keys, tokens or API keys,
 * and who owns what. Its peer book is empty and nobody owns anything where
 * nothing is said. What is here to be said beforehand comes before the first
 * connection, as all of stage.h; reloading, granting and revoking are for later
 * (and send the stage, if that has not been sent).
 */
#ifndef CONFORMANCE_BOOK_H
#define CONFORMANCE_BOOK_H

#include <stddef.h>
#include <stdint.h>

#include "conformance/keys.h"

struct scene;

/* An entry of the peer book. */
struct stage_peer {
    const char *peer_id;   /* what its identity is called */
    enum stage_key key;    /* whose key; NONE: no fingerprint */
    bool is_certificate;   /* known by the key's certificate, not the key */
    const char *token;     /* accepted as auth_token; NULL: none */
    const char *scopes;    /* words with blanks between; NULL: none */
    const char *resources; /* JSON object; NULL: {} */
    bool is_disabled;      /* the entry is switched off */
};

/* An API key: the identity of whoever shows it is called as its prefix is. */
struct stage_api_key {
    const char *prefix; /* "alk_" and up to four characters, if it is to fit */
    const char *key;    /* all of it (stage_api_secret) */
    const char *scopes; /* words with blanks between; NULL: none */
    uint64_t expires_s; /* seconds since 1970; 0: never */
};

void stage_peer(struct scene *s, const struct stage_peer *peer);

/* The peers `peer-a`, `peer-b` and `peer-c`, the first `count` of them, with
 * our keys of those letters and all with the same scopes (NULL: none). */
void stage_peers(struct scene *s, size_t count, const char *scopes);

/* API keys, and the time by which they expire (both need `api_keys`): in
 * seconds since 1970, at L1 when the clock stands at 0, at L2 at the start. */
void stage_api_key(struct scene *s, const struct stage_api_key *key);
void stage_unix_time(struct scene *s, uint64_t now_s);

/* The testee keeps who owns what (needs `ownership`). */
void stage_ownership(struct scene *s);

/* From now on these are all whom it knows (needs `reload`). Behind the last
 * entry of either list stands one that is all zero; where `keys` is NULL
 * nothing is said of API keys. */
void stage_reload(struct scene *s, const struct stage_peer *peers,
                  const struct stage_api_key *keys);

/* From now on the identity `owner` owns that resource and nobody else does, or
 * nobody does (both need `ownership`). */
void stage_grant(struct scene *s, const char *owner, const char *resource_type,
                 const char *resource_id);
void stage_revoke(struct scene *s, const char *resource_type,
                  const char *resource_id);

#endif
