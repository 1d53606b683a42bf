/* SPDX-License-Identifier: MIT */
/*
 * GnuTLS behind a small door: a session per connection, driven by ngtcp2.
 *
 * Decided here, and nowhere else:
 * - TLS 1.3 and X25519. Raw public keys and certificates, as each side has and
 *   the other wants; a server shows the kind that is asked for.
 * - A common ALPN protocol is mandatory on both sides (alert 120 otherwise).
 * - A server asks for the dialler's key and lets those in who show none; so it
 *   must never "require", only "request". It asks no authority about it
 * [CC-13].
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

#include <gnutls/gnutls.h>
#include <ngtcp2/ngtcp2_crypto.h>
#include <ngtcp2/ngtcp2_crypto_gnutls.h>

#define PEER_DER_MAX (64 * 1024) /* a certificate; a raw key needs 44 */
#define ALPN_MAX 4               /* protocols spoken at once */

#define PRIORITY                                                               \
    "NORMAL:-VERS-ALL:+VERS-TLS1.3"                                            \
    ":-CIPHER-ALL:+AES-128-GCM:+CHACHA20-POLY1305"                             \
    ":-GROUP-ALL:+GROUP-X25519:%DISABLE_TLS13_COMPAT_MODE"                     \
    ":-SIGN-ALL:+SIGN-EDDSA-ED25519"                                           \
    ":+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SECP384R1-SHA384"               \
    ":+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-PSS-RSAE-SHA384"                     \
    ":+SIGN-RSA-PSS-RSAE-SHA512:+SIGN-RSA-SHA256:+SIGN-RSA-SHA384"             \
    ":+SIGN-RSA-SHA512"                                                        \
    ":-CTYPE-ALL:+CTYPE-CLI-RAWPK:+CTYPE-CLI-X509"

struct tls {
    gnutls_session_t session;                   /* owned */
    gnutls_certificate_credentials_t anonymous; /* owned; NULL with a key */
    ngtcp2_crypto_conn_ref ref;                 /* what the session points to */
    ngtcp2_conn *conn;            /* borrowed, after the wedding */
    struct tls_verifier verifier; /* asked about the peer */
    struct tls_trust trust;       /* its name points behind it */
    char server_name[TLS_NAME_MAX + 1];
    enum tls_peer_kind peer_kind; /* what the peer showed */
    struct buf peer_der;          /* its bytes */
    bool is_server;               /* who may be anonymous */
};

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

/* [CC-9] a raw key leads to no authority */
static bool is_trusted(const struct tls *tls, const gnutls_datum_t *shown,
                       unsigned count)
{
    struct slice chain[TLS_CHAIN_MAX];

    if (!tls->trust.roots)
        return true;
    if (tls->peer_kind != TLS_PEER_X509 || count > TLS_CHAIN_MAX)
        return false;
    for (unsigned i = 0; i < count; i++)
        chain[i] = slice_make(shown[i].data, shown[i].size);
    return tls_trust_accepts(&tls->trust, chain, count);
}

/* GnuTLS's question: 0 lets the peer in, anything else is alert 42. That the
 * peer can sign for what it shows GnuTLS has made sure of [AU-11]. */
static int verify(gnutls_session_t session)
{
    struct tls *tls = tls_of(session);
    unsigned count = 0;
    const gnutls_datum_t *shown = gnutls_certificate_get_peers(session, &count);

    if (!shown || !count)
        return tls->is_server ? 0 : -1;
    tls->peer_kind = kind_of(session);
    buf_reset(&tls->peer_der);
    if (!buf_add(&tls->peer_der, slice_make(shown->data, shown->size)) ||
        !is_trusted(tls, shown, count))
        return -1;
    if (!tls->verifier.accept)
        return 0;
    return tls->verifier.accept(tls->verifier.self, tls->peer_kind,
                                buf_slice(&tls->peer_der))
               ? 0
               : -1;
}

/* ------------------------------------------------------------ the session */

/* [NE-4] */
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

static int priority_set(struct tls *tls, enum tls_peer_kind wanted)
{
    static const char *const priorities[] = {
        [TLS_PEER_NONE] = PRIORITY ":+CTYPE-SRV-RAWPK:+CTYPE-SRV-X509",
        [TLS_PEER_RAW_KEY] = PRIORITY ":+CTYPE-SRV-RAWPK",
        [TLS_PEER_X509] = PRIORITY ":+CTYPE-SRV-X509",
    };

    return gnutls_priority_set_direct(tls->session, priorities[wanted], NULL);
}

/* [CC-12] The key's holdings, or empty ones. */
static int holdings_set(struct tls *tls, const struct tls_key *key)
{
    int code;

    if (key)
        return gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE,
                                      tls_key_holdings(key));
    code = gnutls_certificate_allocate_credentials(&tls->anonymous);
    if (code < 0)
        return code;
    return gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE,
                                  tls->anonymous);
}

static int alpn_set(struct tls *tls, struct slice alpn)
{
    gnutls_datum_t names[ALPN_MAX] = {{.size = 0}};
    uint8_t *text = (uint8_t *)xalloc_copy(alpn);
    unsigned count = 0;
    int code;

    names[0].data = text;
    for (size_t i = 0; i < alpn.len; i++) {
        if (text[i] != ',')
            names[count].size++;
        else if (++count < ALPN_MAX)
            names[count].data = text + i + 1;
        else
            break;
    }
    /* [AL-3, AL-4, AL-6, AL-7] one of them, or none is spoken at all */
    code = count < ALPN_MAX
               ? gnutls_alpn_set_protocols(tls->session, names, count + 1,
                                           GNUTLS_ALPN_MANDATORY)
               : GNUTLS_E_INVALID_REQUEST;
    xalloc_free(text);
    return code;
}

/* The name is told to the server as well, which may have several [CC-9]. */
static int trust_set(struct tls *tls, const struct tls_trust *trust)
{
    if (!trust->roots)
        return 0;
    if (!tls_trust_is_name(trust->server_name))
        return GNUTLS_E_INVALID_REQUEST;
    tls->trust = *trust;
    memcpy(tls->server_name, trust->server_name.data, trust->server_name.len);
    tls->trust.server_name = slice_of(tls->server_name);
    return gnutls_server_name_set(tls->session, GNUTLS_NAME_DNS,
                                  tls->server_name, trust->server_name.len);
}

static int session_set(struct tls *tls, const struct tls_config *config)
{
    int code = priority_set(tls, config->wanted);

    if (code >= 0)
        code =
            config->is_server
                ? ngtcp2_crypto_gnutls_configure_server_session(tls->session)
                : ngtcp2_crypto_gnutls_configure_client_session(tls->session);
    if (code >= 0)
        code = alpn_set(tls, config->alpn);
    if (code >= 0)
        code = holdings_set(tls, config->key);
    if (code >= 0)
        code = trust_set(tls, &config->trust);
    if (config->is_server) /* [CC-13] asked for, not required */
        gnutls_certificate_server_set_request(tls->session,
                                              GNUTLS_CERT_REQUEST);
    gnutls_session_set_verify_function(tls->session, verify);
    gnutls_session_set_keylog_function(tls->session, keylog_nothing);
    gnutls_session_set_ptr(tls->session, &tls->ref);
    return code;
}

static struct tls *give_up(struct tls *tls, int code,
                           struct failure *ret_failure)
{
    failure_say(ret_failure, "TLS: a new session: %s", gnutls_strerror(code));
    tls_free(tls);
    return NULL;
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
    return code >= 0 ? tls : give_up(tls, code, ret_failure);
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
