/* SPDX-License-Identifier: MIT */
/*
 * [PI-5] Whom a node knows: its peers, by key or token, and the callers that
 * are no peers, by API key. Read as a whole and replaced as a whole.
 */
#ifndef REF_STATE_AUTH_POLICY_H
#define REF_STATE_AUTH_POLICY_H

#include "ref/state/apikeys.h"
#include "ref/state/peerbook.h"

/* Zeroed knows nobody. */
struct auth_policy {
    struct peerbook peers; /* owned */
    struct apikeys keys;   /* owned */
};

/* Reads {"peers":[…],"api_keys":[…]}, of which the latter may be left out.
 * False with a sentence, and `ret` is untouched. */
bool auth_policy_read(const json_t *object, struct auth_policy *ret,
                      struct failure *ret_failure);

/* [IP-1] Who has shown that key, or says that token at `now_s` (Unix time,
 * seconds); NULL for nobody. Borrowed. */
const struct identity *auth_policy_by_fingerprint(const struct auth_policy *p,
                                                  struct slice fingerprint);
const struct identity *auth_policy_by_token(const struct auth_policy *p,
                                            struct slice token, uint64_t now_s);

/* Gives the memory back; it knows nobody. */
void auth_policy_clear(struct auth_policy *p);

#endif
