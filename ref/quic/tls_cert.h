/* SPDX-License-Identifier: MIT */
/*
 * Makes certificates of Ed25519 keys: those that sign themselves and are
 * pinned, and for tests those of an authority. The same form gives the same
 * bytes.
 */
#ifndef REF_QUIC_TLS_CERT_H
#define REF_QUIC_TLS_CERT_H

#include "ref/base/buf.h"
#include "ref/base/failure.h"

#define TLS_CERT_NEVER INT64_MAX /* as its end: there is none */

struct tls_cert_form {
    const uint8_t *seed;        /* of the key it is for: TLS_SEED_LEN bytes */
    const char *name;           /* the host's, or the authority's */
    bool is_authority;          /* may it sign others? */
    int64_t begins_s;           /* valid from then on, seconds since 1970 */
    int64_t ends_s;             /* until then; TLS_CERT_NEVER */
    struct slice issuer;        /* DER of who signs it; empty: it does itself */
    const uint8_t *issuer_seed; /* of the issuer's key, or NULL */
};

/* Appends the DER of the certificate. False and a sentence when GnuTLS refuses
 * the form. */
bool tls_cert_make(const struct tls_cert_form *form, struct buf *ret_der,
                   struct failure *ret_failure);

/* Appends the PEM text of a certificate. False and a sentence when it is none.
 */
bool tls_cert_print(struct slice der, struct buf *ret_pem,
                    struct failure *ret_failure);

#endif
