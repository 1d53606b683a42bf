/* SPDX-License-Identifier: MIT */
/* That a key cannot be made is the harness's own fault. */
#include "conformance/keyring.h"

#include "conformance/backstage.h"

static struct tls_key *must(struct scene *s, struct tls_key *made,
                            const struct failure *failure)
{
    if (!made)
        scene_stop(s, VERDICT_HARNESS, "a key",
                   scene_text(s, "%s", failure->sentence));
    return made;
}

const struct tls_key *keyring_key(struct keyring *ring, struct scene *s,
                                  enum stage_key key)
{
    struct failure failure;

    if (!ring->keys[key])
        ring->keys[key] =
            must(s, tls_key_new(stage_key_seed(s, key), &failure), &failure);
    return ring->keys[key];
}

/* A connection borrows its key, so the one thief of a scene stays. */
static const struct tls_key *stolen(struct keyring *ring, struct scene *s,
                                    enum stage_key key)
{
    const uint8_t *spki = tls_key_spki(keyring_key(ring, s, key)).data;
    struct failure failure;

    if (!ring->stolen)
        ring->stolen =
            tls_key_new_mismatched(stage_seed(s, "key-thief"), spki, &failure);
    return must(s, ring->stolen, &failure);
}

static const struct tls_key *given(struct keyring *ring, struct scene *s)
{
    struct slice hex = s->testee->hello.key;
    struct failure failure;

    if (hex.len == 0 || ring->given)
        return ring->given;
    ring->given = tls_key_new(stage_unhex(s, hex), &failure);
    return must(s, ring->given, &failure);
}

const struct tls_key *keyring_identity(struct keyring *ring, struct scene *s,
                                       const struct conn_how *how)
{
    if (how->is_impostor)
        return stolen(ring, s, how->key);
    return how->key == STAGE_KEY_NONE ? given(ring, s)
                                      : keyring_key(ring, s, how->key);
}

void keyring_clear(struct keyring *ring)
{
    for (size_t i = 0; i < STAGE_KEYS; i++)
        tls_key_free(ring->keys[i]);
    tls_key_free(ring->stolen);
    tls_key_free(ring->given);
}
