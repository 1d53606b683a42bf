/* SPDX-License-Identifier: MIT */
/*
 * Who we are and who they are, as far as TLS 1.3 can prove it: raw Ed25519
 * public keys (RFC 7250) and X.509 certificates, on both sides. The dialler may
 * show nothing.
 *
 * This floor hands out what the peer showed as bytes and asks whether it will
 * do; it makes no fingerprints and knows no peers. It holds a certificate
 * against authorities where a dialler wants that.
 */
#ifndef REF_QUIC_TLS_H
#define REF_QUIC_TLS_H

#include "ref/quic/tls_key.h"
#include "ref/quic/tls_trust.h"

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

/* One handshake and what came of it. For quic.c alone. */
struct tls;

struct tls_config {
    const struct tls_key *key;    /* borrowed; NULL: show nothing */
    struct tls_verifier verifier; /* copied */
    struct tls_trust trust;       /* copied; with roots the peer has to show a
                                     certificate that leads to one */
    enum tls_peer_kind wanted;    /* what the peer is asked for; NONE: either */
    struct slice alpn;            /* the protocols spoken, the best first, with
                                     commas between; copied */
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
