/* SPDX-License-Identifier: MIT */
/* Whoever can sign, known by one byte: his seed and his key are always the
 * same. What goes wrong while a key is made ends the program. */
#ifndef FUZZ_TWINS_SIGNER_H
#define FUZZ_TWINS_SIGNER_H

#include "ref/quic/tls_key.h"

/* TLS_SEED_LEN bytes; static. */
const uint8_t *signer_seed(uint8_t who);

/* His raw key. The caller's. */
struct tls_key *signer_key(uint8_t who);

/* What a thief shows: the raw key of `whose`, and can only sign as himself.
 * The caller's. */
struct tls_key *signer_stolen_key(uint8_t thief, uint8_t whose);

#endif
