/* SPDX-License-Identifier: MIT */
/*
 * A token is kept as its hash, never as itself: "sha256:" and 64 lower-case
 * hex digits [PI-6]. Two hashes are compared with digest_equal(), so that the
 * time tells nothing of how close a guess was.
 */
#ifndef REF_MODEL_TOKEN_H
#define REF_MODEL_TOKEN_H

#include "ref/base/digest.h"

#define TOKEN_HASH_LEN 71 /* "sha256:" and 64 digits */

struct token_hash {
    char text[TOKEN_HASH_LEN + 1]; /* NUL-terminated */
};

/* The hash of a token: of its bytes as they came [PI-3], nothing trimmed. */
struct token_hash token_hash_of(struct slice token);

/* Is it a hash in this form, exactly? */
bool token_hash_is_valid(struct slice text);

/* The text, borrowed. */
static inline struct slice token_hash_slice(const struct token_hash *h)
{
    return slice_make(h->text, TOKEN_HASH_LEN);
}

#endif
