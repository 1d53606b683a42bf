/* SPDX-License-Identifier: MIT */
/* See token.h. The word is in lower case here and in capitals in front of a
 * fingerprint, so that neither is ever taken for the other. */
#include "ref/model/token.h"

#define HEAD "sha256:"

struct token_hash token_hash_of(struct slice token)
{
    uint8_t digest[DIGEST_LEN];
    struct token_hash h;

    digest_sha256(token, digest);
    digest_spell(HEAD, digest, h.text);
    return h;
}

bool token_hash_is_valid(struct slice text)
{
    return digest_is_spelt(HEAD, text);
}
