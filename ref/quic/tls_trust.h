/* SPDX-License-Identifier: MIT */
/*
 * Authorities, and what is believed because they signed it: that a certificate
 * belongs to a name, for a time.
 */
#ifndef REF_QUIC_TLS_TRUST_H
#define REF_QUIC_TLS_TRUST_H

#include "ref/base/failure.h"
#include "ref/base/slice.h"

#define TLS_NAME_MAX 253 /* bytes of a host name */
#define TLS_CHAIN_MAX 10 /* certificates; the longest in the wild have five */

/* The authorities that are believed. */
struct tls_roots;

/* The certificates of a PEM text, or the one of a DER. NULL and a sentence when
 * there are none. The caller owns it, and keeps it for as long as any
 * connection made with it. */
struct tls_roots *tls_roots_new(struct slice certificates,
                                struct failure *ret_failure);

/* NULL is fine. */
void tls_roots_free(struct tls_roots *roots);

/* What a server's certificate has to be. */
struct tls_trust {
    const struct tls_roots *roots; /* borrowed; NULL: nobody is asked */
    struct slice server_name;      /* the name it is for; nothing is for none */
    int64_t today_s;               /* the date, in seconds since 1970 */
};

/* Could a host have that name? Not empty, not too long, no NUL in it. */
bool tls_trust_is_name(struct slice name);

/* Does a chain of certificates (DER, the leaf first) lead from a server of that
 * name to one of the roots, all of it valid today? */
bool tls_trust_accepts(const struct tls_trust *trust, const struct slice *chain,
                       size_t count);

#endif
