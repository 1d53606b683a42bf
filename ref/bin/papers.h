/* SPDX-License-Identifier: MIT */
/*
 * What a program shows of itself, out of --key and --cert. A key file that
 * `keygen` made is a raw key, and with a certificate of the same key both; a
 * PEM file is the secret of a certificate alone.
 */
#ifndef REF_BIN_PAPERS_H
#define REF_BIN_PAPERS_H

#include "ref/model/fingerprint.h"
#include "ref/quic/tls_key.h"

struct papers {
    const char *key, *cert;     /* options, or NULL; read by papers_read() */
    uint8_t seed[TLS_SEED_LEN]; /* of the raw key */
    bool has_seed;              /* is there one? */
    struct buf chain, secret;   /* owned; PEM texts, empty: none */
};

/* Reads the files. False with a sentence naming the option. The contents are
 * the caller's either way. */
bool papers_read(struct papers *p, struct failure *ret_failure);

/* The identity, owned by the caller: all there is where others choose, who
 * listens; the certificate alone, if there is one, where we dial. NULL when
 * nothing is shown (`ret_is_good` true), or when it cannot be (false, and a
 * sentence). */
struct tls_key *papers_key(const struct papers *p, bool is_listening,
                           bool *ret_is_good, struct failure *ret_failure);

/* Writes a certificate of the key that signs itself, as PEM, into a new file,
 * and says its fingerprint. False with a sentence. */
bool papers_make_certificate(const char *path, const uint8_t *seed,
                             struct fingerprint *ret_fingerprint,
                             struct failure *ret_failure);

/* Wipes and gives everything back. */
void papers_clear(struct papers *p);

#endif
