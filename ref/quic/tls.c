/* SPDX-License-Identifier: MIT */
/*
 * GnuTLS behind a small door: a session per connection, driven by ngtcp2.
 *
 * Decided here, and nowhere else:
 * - TLS 1.3, X25519, Ed25519 raw public keys and nothing besides.
 * - The one ALPN protocol is mandatory on both sides (alert 120 otherwise).
 * - A server asks for the dialler's key and lets those in who show none; so it
 *   must never "require", only "request".
 * - No tickets and no early data: a resumed session shows no key, so that a
 *   verifier would have nothing to judge.
 * - Every session has a keylog function that does nothing. Without one, GnuTLS
 *   would write the session's secrets to a file that the environment names.
 *
 * The session's user pointer belongs to ngtcp2's helper (a reference to the
 * connection); ours hangs on that reference.
 */
#include "ref/quic/tls.h"
#include "ref/base/buf.h"
#include "ref/base/xalloc.h"
#include "ref/quic/compat.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <ngtcp2/ngtcp2_crypto.h>
#include <ngtcp2/ngtcp2_crypto_gnutls.h>

#define KEY_LEN 32               /* an Ed25519 key, public or secret */
#define PEER_DER_MAX (64 * 1024) /* a certificate; a raw key needs 44 */

#define PRIORITY                                                               \
    "NORMAL:-VERS-ALL:+VERS-TLS1.3"                                            \
    ":-CIPHER-ALL:+AES-128-GCM:+CHACHA20-POLY1305"                             \
    ":-GROUP-ALL:+GROUP-X25519:-SIGN-ALL:+SIGN-EDDSA-ED25519"                  \
    ":-CTYPE-ALL:+CTYPE-SRV-RAWPK:+CTYPE-CLI-RAWPK"                            \
    ":%DISABLE_TLS13_COMPAT_MODE"

/* What stands before the key in a PKCS #8 secret key (RFC 8410, 7) … */
static const uint8_t pkcs8_head[] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30,
                                     0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
                                     0x04, 0x22, 0x04, 0x20};
/* … and in a SubjectPublicKeyInfo (RFC 8410, 4). */
static const uint8_t spki_head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

static_assert(sizeof spki_head + KEY_LEN == TLS_SPKI_LEN, "RFC 8410");

struct tls_key {
    uint8_t spki[TLS_SPKI_LEN];                /* what is shown */
    gnutls_certificate_credentials_t holdings; /* owned: both halves */
};

struct tls {
    gnutls_session_t session;                   /* owned */
    gnutls_certificate_credentials_t anonymous; /* owned; NULL with a key */
    ngtcp2_crypto_conn_ref ref;                 /* what the session points to */
    ngtcp2_conn *conn;            /* borrowed, after the wedding */
    struct tls_verifier verifier; /* asked about the peer */
    enum tls_peer_kind peer_kind; /* what the peer showed */
    struct buf peer_der;          /* its bytes */
    bool is_server;               /* who may be anonymous */
};

/* A volatile pointer, so that the compiler does not think it pointless. */
static void wipe(void *bytes, size_t len)
{
    volatile uint8_t *at = bytes;

    while (len--)
        *at++ = 0;
}

/* ------------------------------------------------------------ the verdict */

static struct tls *tls_of(gnutls_session_t session)
{
    ngtcp2_crypto_conn_ref *ref = gnutls_session_get_ptr(session);

    return ref->user_data;
}

static enum tls_peer_kind kind_of(gnutls_session_t session)
{
    return gnutls_certificate_type_get2(session, GNUTLS_CTYPE_PEERS) ==
                   GNUTLS_CRT_RAWPK
               ? TLS_PEER_RAW_KEY
               : TLS_PEER_X509;
}

/* GnuTLS's question: 0 lets the peer in, anything else is alert 42. */
static int verify(gnutls_session_t session)
{
    struct tls *tls = tls_of(session);
    unsigned count = 0;
    const gnutls_datum_t *shown = gnutls_certificate_get_peers(session, &count);

    if (!shown || !count)
        return tls->is_server ? 0 : -1;
    tls->peer_kind = kind_of(session);
    buf_reset(&tls->peer_der);
    if (!buf_add(&tls->peer_der, slice_make(shown->data, shown->size)))
        return -1;
    if (!tls->verifier.accept)
        return 0;
    return tls->verifier.accept(tls->verifier.self, tls->peer_kind,
                                buf_slice(&tls->peer_der))
               ? 0
               : -1;
}

/* ---------------------------------------------------------------- the key */

static bool say(struct failure *ret_failure, const char *what, int code)
{
    return failure_say(ret_failure, "TLS: %s: %s", what, gnutls_strerror(code));
}

static void pkcs8_write(uint8_t der[sizeof pkcs8_head + KEY_LEN],
                        const uint8_t seed[TLS_SEED_LEN])
{
    memcpy(der, pkcs8_head, sizeof pkcs8_head);
    memcpy(der + sizeof pkcs8_head, seed, KEY_LEN);
}

/* The public half that belongs to the secret one. */
static int spki_derive(uint8_t spki[TLS_SPKI_LEN], const gnutls_datum_t *pkcs8)
{
    gnutls_x509_privkey_t secret;
    gnutls_ecc_curve_t curve;
    gnutls_datum_t x = {0}, k = {0};
    int code = gnutls_x509_privkey_init(&secret);

    if (code < 0)
        return code;
    code = gnutls_x509_privkey_import_pkcs8(secret, pkcs8, GNUTLS_X509_FMT_DER,
                                            NULL, GNUTLS_PKCS_PLAIN);
    if (code >= 0)
        code = gnutls_x509_privkey_export_ecc_raw(secret, &curve, &x, NULL, &k);
    if (code >= 0) {
        assert(x.size == KEY_LEN);
        memcpy(spki, spki_head, sizeof spki_head);
        memcpy(spki + sizeof spki_head, x.data, KEY_LEN);
        wipe(k.data, k.size);
    }
    gnutls_free(x.data);
    gnutls_free(k.data);
    gnutls_x509_privkey_deinit(secret);
    return code;
}

static int holdings_make(struct tls_key *key, const gnutls_datum_t *pkcs8)
{
    gnutls_datum_t spki = {key->spki, TLS_SPKI_LEN};
    int code = gnutls_certificate_allocate_credentials(&key->holdings);

    if (code < 0)
        return code;
    gnutls_certificate_set_verify_function(key->holdings, verify);
    return gnutls_certificate_set_rawpk_key_mem(
        key->holdings, &spki, pkcs8, GNUTLS_X509_FMT_DER, NULL,
        GNUTLS_KEY_DIGITAL_SIGNATURE, NULL, 0, GNUTLS_PKCS_PLAIN);
}

static struct tls_key *key_make(const uint8_t seed[TLS_SEED_LEN],
                                const uint8_t *spki,
                                struct failure *ret_failure)
{
    struct tls_key *key = xalloc(1, sizeof *key);
    uint8_t der[sizeof pkcs8_head + KEY_LEN];
    gnutls_datum_t pkcs8 = {der, sizeof der};
    int code;

    pkcs8_write(der, seed);
    code = spki_derive(key->spki, &pkcs8);
    if (spki)
        memcpy(key->spki, spki, TLS_SPKI_LEN);
    if (code >= 0)
        code = holdings_make(key, &pkcs8);
    wipe(der, sizeof der);
    if (code >= 0)
        return key;
    (void)say(ret_failure, "the key", code);
    tls_key_free(key);
    return NULL;
}

struct tls_key *tls_key_new(const uint8_t seed[TLS_SEED_LEN],
                            struct failure *ret_failure)
{
    return key_make(seed, NULL, ret_failure);
}

struct tls_key *tls_key_new_mismatched(const uint8_t seed[TLS_SEED_LEN],
                                       const uint8_t spki[TLS_SPKI_LEN],
                                       struct failure *ret_failure)
{
    return key_make(seed, spki, ret_failure);
}

void tls_key_free(struct tls_key *key)
{
    if (!key)
        return;
    if (key->holdings)
        gnutls_certificate_free_credentials(key->holdings);
    wipe(key, sizeof *key);
    xalloc_free(key);
}

struct slice tls_key_spki(const struct tls_key *key)
{
    return slice_make(key->spki, TLS_SPKI_LEN);
}

/* ------------------------------------------------------------ the session */

static int keylog_nothing(gnutls_session_t session, const char *label,
                          const gnutls_datum_t *secret)
{
    (void)session, (void)label, (void)secret;
    return 0;
}

static ngtcp2_conn *conn_of(ngtcp2_crypto_conn_ref *ref)
{
    struct tls *tls = ref->user_data;

    return tls->conn;
}

static unsigned flags_of(bool is_server)
{
    unsigned role = is_server ? GNUTLS_SERVER | GNUTLS_NO_AUTO_SEND_TICKET
                              : GNUTLS_CLIENT | GNUTLS_NO_TICKETS;

    return role | GNUTLS_ENABLE_RAWPK | GNUTLS_NO_END_OF_EARLY_DATA;
}

/* The key's holdings, or empty ones that only know whom to ask. */
static int holdings_set(struct tls *tls, const struct tls_key *key)
{
    int code;

    if (key)
        return gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE,
                                      key->holdings);
    code = gnutls_certificate_allocate_credentials(&tls->anonymous);
    if (code < 0)
        return code;
    gnutls_certificate_set_verify_function(tls->anonymous, verify);
    return gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE,
                                  tls->anonymous);
}

static int alpn_set(struct tls *tls, struct slice alpn)
{
    gnutls_datum_t name = {(uint8_t *)xalloc_copy(alpn), (unsigned)alpn.len};
    int code = gnutls_alpn_set_protocols(tls->session, &name, 1,
                                         GNUTLS_ALPN_MANDATORY);

    xalloc_free(name.data);
    return code;
}

static int session_set(struct tls *tls, const struct tls_config *config)
{
    int code = gnutls_priority_set_direct(tls->session, PRIORITY, NULL);

    if (code >= 0)
        code =
            config->is_server
                ? ngtcp2_crypto_gnutls_configure_server_session(tls->session)
                : ngtcp2_crypto_gnutls_configure_client_session(tls->session);
    if (code >= 0)
        code = alpn_set(tls, config->alpn);
    if (code >= 0)
        code = holdings_set(tls, config->key);
    if (config->is_server)
        gnutls_certificate_server_set_request(tls->session,
                                              GNUTLS_CERT_REQUEST);
    gnutls_session_set_keylog_function(tls->session, keylog_nothing);
    gnutls_session_set_ptr(tls->session, &tls->ref);
    return code;
}

struct tls *tls_new(const struct tls_config *config,
                    struct failure *ret_failure)
{
    struct tls *tls = xalloc(1, sizeof *tls);
    int code = gnutls_init(&tls->session, flags_of(config->is_server));

    assert(config->key || !config->is_server);
    buf_init(&tls->peer_der, PEER_DER_MAX);
    tls->verifier = config->verifier;
    tls->is_server = config->is_server;
    tls->ref = (ngtcp2_crypto_conn_ref){conn_of, tls};
    if (code >= 0)
        code = session_set(tls, config);
    if (code >= 0)
        return tls;
    (void)say(ret_failure, "a new session", code);
    tls_free(tls);
    return NULL;
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    if (tls->session)
        gnutls_deinit(tls->session);
    if (tls->anonymous)
        gnutls_certificate_free_credentials(tls->anonymous);
    buf_clear(&tls->peer_der);
    xalloc_free(tls);
}

void tls_attach(struct tls *tls, struct ngtcp2_conn *conn)
{
    assert(!tls->conn);
    tls->conn = conn;
    ngtcp2_conn_set_tls_native_handle(conn, tls->session);
}

enum tls_peer_kind tls_peer_kind(const struct tls *tls)
{
    return tls->peer_kind;
}

struct slice tls_peer_der(const struct tls *tls)
{
    return buf_slice(&tls->peer_der);
}
