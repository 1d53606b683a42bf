/* SPDX-License-Identifier: MIT */
/*
 * What a program shows of itself, out of --key and --cert. A key file that
 * `keygen` made is a raw key, and with a certificate of the same key both; a
 * PEM file is the secret of a certificate alone. Who listens shows all there
 * is, for others to choose from; who dials the certificate, if there is one.
 */
#ifndef REF_BIN_PAPERS_H
#define REF_BIN_PAPERS_H

#include "ref/bin/options.h"
#include "ref/model/fingerprint.h"
#include "ref/quic/tls_key.h"

struct papers {
    const char *key, *cert; /* words, or NULL */
    struct tls_key *shown;  /* owned; NULL: nothing */
};

/* Its words, for options_read(). */
#define PAPERS_WORDS 2
void papers_words(struct papers *p, struct options_word ret[PAPERS_WORDS]);

/* Reads the files and makes what is shown. Without --key a dialler shows
 * nothing, and a listener a raw key that nobody will know tomorrow. False with
 * a sentence. What is in `p` is the caller's either way. */
bool papers_read(struct papers *p, bool is_listening,
                 struct failure *ret_failure);

/* Writes a certificate of the key that signs itself, as PEM, into a new file,
 * and says its fingerprint. False with a sentence. */
bool papers_make_certificate(const char *path, const uint8_t *seed,
                             struct fingerprint *ret_fingerprint,
                             struct failure *ret_failure);

/* Wipes and gives everything back. No connection may be left. */
void papers_clear(struct papers *p);

#endif
