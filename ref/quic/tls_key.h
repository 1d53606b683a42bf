/* SPDX-License-Identifier: MIT */
/*
 * What we show of ourselves: an Ed25519 raw public key (RFC 7250), an X.509
 * certificate, or both, for a peer to choose from.
 */
#ifndef REF_QUIC_TLS_KEY_H
#define REF_QUIC_TLS_KEY_H

#include "ref/base/failure.h"
#include "ref/base/slice.h"

#define TLS_SEED_LEN 32 /* bytes of an Ed25519 secret */
#define TLS_SPKI_LEN 44 /* bytes of an Ed25519 SubjectPublicKeyInfo */

/* An identity. */
struct tls_key;

/* A certificate with the secret it stands for. All borrowed. */
struct tls_certificate {
    struct slice chain;  /* PEM, the leaf first; or the DER of the leaf */
    struct slice secret; /* PEM; or the DER of a PKCS #8; or TLS_SEED_LEN
                            bytes, the seed of an Ed25519 key */
    bool is_stolen;      /* for tests of other people's honesty: the secret
                            need not fit */
};

/* The raw key of that seed. NULL and a sentence when TLS refuses it. The
 * caller owns it, and keeps it for as long as any connection made with it. */
struct tls_key *tls_key_new(const uint8_t seed[TLS_SEED_LEN],
                            struct failure *ret_failure);

/* For tests of other people's honesty: shows the public key `spki` but signs
 * with the key of `seed`. Otherwise as tls_key_new(). */
struct tls_key *tls_key_new_mismatched(const uint8_t seed[TLS_SEED_LEN],
                                       const uint8_t spki[TLS_SPKI_LEN],
                                       struct failure *ret_failure);

/* A certificate and no raw key. NULL and a sentence when it cannot be read, or
 * the secret is not that of its leaf. */
struct tls_key *tls_key_new_x509(const struct tls_certificate *certificate,
                                 struct failure *ret_failure);

/* Shows this certificate, too, to those who ask for one. Once, and before any
 * connection is made with the key. False and a sentence as above. */
bool tls_key_add_x509(struct tls_key *key,
                      const struct tls_certificate *certificate,
                      struct failure *ret_failure);

/* Wipes the secret and gives the memory back. NULL is fine. */
void tls_key_free(struct tls_key *key);

/* The public half, as the DER of a SubjectPublicKeyInfo: TLS_SPKI_LEN bytes,
 * of which the last 32 are the key itself; empty without a raw key. The DER of
 * the leaf certificate; empty without one. Borrowed from `key`. */
struct slice tls_key_spki(const struct tls_key *key);
struct slice tls_key_leaf(const struct tls_key *key);

/* What GnuTLS is to be given. For tls.c alone. Borrowed. */
struct gnutls_certificate_credentials_st;
struct gnutls_certificate_credentials_st *
tls_key_holdings(const struct tls_key *key);

/* GnuTLS's form of a secret in any of the three forms above; the caller gives
 * it back with gnutls_x509_privkey_deinit(). 0 or GnuTLS's error. For tls_*.c
 * alone. */
struct gnutls_x509_privkey_int;
int tls_key_read_secret(struct slice secret,
                        struct gnutls_x509_privkey_int **ret_secret);

/* Is it DER? If not, it has to be PEM. */
bool tls_key_is_der(struct slice bytes);

#endif
