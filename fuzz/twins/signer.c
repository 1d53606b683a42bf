/* SPDX-License-Identifier: MIT */
/* See signer.h. */
#include "fuzz/twins/signer.h"

#include <stdlib.h>

const uint8_t *signer_seed(uint8_t who)
{
    static uint8_t seeds[256][TLS_SEED_LEN];

    return memset(seeds[who], who, TLS_SEED_LEN);
}

static struct tls_key *made(struct tls_key *key)
{
    if (!key)
        abort();
    return key;
}

struct tls_key *signer_key(uint8_t who)
{
    struct failure why;

    return made(tls_key_new(signer_seed(who), &why));
}

struct tls_key *signer_stolen_key(uint8_t thief, uint8_t whose)
{
    struct tls_key *honest = signer_key(whose), *stolen;
    struct failure why;

    stolen = made(tls_key_new_mismatched(signer_seed(thief),
                                         tls_key_spki(honest).data, &why));
    tls_key_free(honest);
    return stolen;
}
