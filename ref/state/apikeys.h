/* SPDX-License-Identifier: MIT */
/*
 * Callers that are no peers: whoever says a token that begins with "alk_" may
 * be known by an API key [PI-5]. What such a caller is called is the prefix of
 * its key, so it is renamed when the key is, deliberately. Registry section 11.
 */
#ifndef REF_STATE_APIKEYS_H
#define REF_STATE_APIKEYS_H

#include "ref/model/identity.h"

/* [PI-5] */
struct apikeys_entry {
    struct identity identity; /* owned; the prefix, its scopes, no resources */
    struct slice hash;        /* owned; "sha256:…" of the whole token */
    uint64_t expires_at_s;    /* Unix time in seconds, or NEVER */
};

/* Zeroed knows nobody. */
struct apikeys {
    struct apikeys_entry *entries; /* owned, in the order of the list */
    size_t count;                  /* entries */
};

/* Reads a list of keys. False with a sentence naming entry, member and what
 * was expected, and `ret` is untouched. */
bool apikeys_read(const json_t *list, struct apikeys *ret,
                  struct failure *ret_failure);

/* Who says this token at `now_s` (Unix time, seconds), or NULL. Borrowed. */
const struct identity *apikeys_by_token(const struct apikeys *k,
                                        struct slice token, uint64_t now_s);

/* Gives the memory back; it knows nobody. */
void apikeys_clear(struct apikeys *k);

#endif
