/* SPDX-License-Identifier: MIT */
/* The keys that we show in a scene over real QUIC, made when they are needed.
 */
#ifndef CONFORMANCE_KEYRING_H
#define CONFORMANCE_KEYRING_H

#include "conformance/conn.h"
#include "ref/quic/tls.h"

struct keyring {
    struct tls_key *keys[STAGE_KEYS]; /* owned; NULL until needed */
    struct tls_key *stolen;           /* owned: of an impostor, or NULL */
    struct tls_key *given;            /* owned: for a node, or NULL */
};

/* One of ours. Borrowed until keyring_clear(), like those below. */
const struct tls_key *keyring_key(struct keyring *ring, struct scene *s,
                                  enum stage_key key);

/* What we show where we dial; NULL for nothing. To a node that is nobody's
 * testee we may have been given a key to come with. */
const struct tls_key *keyring_identity(struct keyring *ring, struct scene *s,
                                       const struct conn_how *how);

/* Gives them back. */
void keyring_clear(struct keyring *ring);

#endif
