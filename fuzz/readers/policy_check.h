/* SPDX-License-Identifier: MIT */
/*
 * Peer books and API keys once more: who somebody is, looked up in the policy
 * as it was written, each time anew.
 */
#ifndef FUZZ_READERS_POLICY_CHECK_H
#define FUZZ_READERS_POLICY_CHECK_H

#include "ref/base/value.h"
#include "ref/state/auth_policy.h"

/* A policy was read from that tree: is everybody in it who he is there, by
 * every key that the book lists? */
void policy_check_peers(const struct auth_policy *p, const json_t *tree);

/* And who comes with that word, as a fingerprint and as a token, then? */
void policy_check_word(const struct auth_policy *p, const json_t *tree,
                       struct slice word, uint64_t now_s);

#endif
