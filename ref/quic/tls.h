/* SPDX-License-Identifier: MIT */
/*
 * Who we are and who they are, as far as TLS 1.3 can prove it: Ed25519 raw
 * public keys (RFC 7250) on both sides. The dialler may show none.
 *
 * This floor hands out the peer's key as bytes and asks whether it will do; it
 * makes no fingerprints and knows no peers.
 */
#ifndef REF_QUIC_TLS_H
#define REF_QUIC_TLS_H

#include "ref/base/failure.h"
#include "ref/base/slice.h"

#define TLS_SEED_LEN 32 /* bytes of an Ed25519 secret */
#define TLS_SPKI_LEN 44 /* bytes of an Ed25519 SubjectPublicKeyInfo */

/* What a peer has shown. */
enum tls_peer_kind { TLS_PEER_NONE, TLS_PEER_RAW_KEY, TLS_PEER_X509 };

/* A seam. Asked at most once in a handshake, about the key or certificate the
 * peer shows: `der` is the SubjectPublicKeyInfo of a raw key, the leaf of a
 * certificate, borrowed for the call. False refuses the peer (alert 42). A
 * dialler who shows nothing is let in unasked. To be asked proves nothing: the
 * signature may still turn out to be wrong; only QUIC_OPENED says it was
 * right. Must not call quic_* or endpoint_* functions. */
struct tls_verifier {
    bool (*accept)(void *self, enum tls_peer_kind kind, struct slice der);
    void *self; /* the verifier's own; an absent `accept` accepts anybody */
};

/* An Ed25519 identity. */
struct tls_key;

/* The identity of that seed. NULL and a sentence when TLS refuses it. The
 * caller owns it, and keeps it for as long as any connection made with it. */
struct tls_key *tls_key_new(const uint8_t seed[TLS_SEED_LEN],
                            struct failure *ret_failure);

/* For tests of other people's honesty: shows the public key `spki` but signs
 * with the key of `seed`. Otherwise as tls_key_new(). */
struct tls_key *tls_key_new_mismatched(const uint8_t seed[TLS_SEED_LEN],
                                       const uint8_t spki[TLS_SPKI_LEN],
                                       struct failure *ret_failure);

/* Wipes the secret and gives the memory back. NULL is fine. */
void tls_key_free(struct tls_key *key);

/* The public half, as the DER of a SubjectPublicKeyInfo: TLS_SPKI_LEN bytes,
 * of which the last 32 are the key itself. Borrowed from `key`. */
struct slice tls_key_spki(const struct tls_key *key);

/* One handshake and what came of it. For quic.c alone. */
struct tls;

struct tls_config {
    const struct tls_key *key;    /* borrowed; NULL: show nothing */
    struct tls_verifier verifier; /* copied */
    struct slice alpn;            /* the one protocol spoken; copied */
    bool is_server;               /* a server needs a key */
};

/* A session that has not begun. NULL and a sentence when TLS refuses. */
struct tls *tls_new(const struct tls_config *config,
                    struct failure *ret_failure);

/* Ends the session. NULL is fine. The connection must be gone already. */
void tls_free(struct tls *tls);

/* Marries the session to its connection; once, before the first packet. */
struct ngtcp2_conn;
void tls_attach(struct tls *tls, struct ngtcp2_conn *conn);

/* What the peer showed. The bytes are borrowed from the session; empty when
 * the kind is TLS_PEER_NONE. Proven only once the handshake is over. */
enum tls_peer_kind tls_peer_kind(const struct tls *tls);
struct slice tls_peer_der(const struct tls *tls);

#endif
