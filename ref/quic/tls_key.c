/* SPDX-License-Identifier: MIT */
/* See tls_key.h. Both kinds lie in one GnuTLS credential; which of them is
 * shown, the handshake decides. */
#include "ref/quic/tls_key.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define KEY_LEN 32 /* an Ed25519 key, public or secret */

/* What stands before the key in a PKCS #8 secret key (RFC 8410, 7) … */
static const uint8_t pkcs8_head[] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30,
                                     0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
                                     0x04, 0x22, 0x04, 0x20};
/* … and in a SubjectPublicKeyInfo (RFC 8410, 4). */
static const uint8_t spki_head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

#define PKCS8_LEN (sizeof pkcs8_head + KEY_LEN)

static_assert(sizeof spki_head + KEY_LEN == TLS_SPKI_LEN, "RFC 8410");

struct tls_key {
    uint8_t spki[TLS_SPKI_LEN];                /* what is shown of it */
    bool has_spki;                             /* is there a raw key? */
    gnutls_datum_t leaf;                       /* owned; empty: none */
    gnutls_certificate_credentials_t holdings; /* owned: both halves */
};

/* A volatile pointer, so that the compiler does not think it pointless. */
static void wipe(void *bytes, size_t len)
{
    volatile uint8_t *at = bytes;

    while (len--)
        *at++ = 0;
}

static struct tls_key *give_up(struct tls_key *key, int code,
                               struct failure *ret_failure)
{
    failure_say(ret_failure, "TLS: the key: %s", gnutls_strerror(code));
    tls_key_free(key);
    return NULL;
}

/* ------------------------------------------------------------- the secret */

bool tls_key_is_der(struct slice bytes)
{
    return bytes.len > 0 && bytes.data[0] == pkcs8_head[0];
}

static void pkcs8_write(uint8_t der[PKCS8_LEN], const uint8_t *seed)
{
    memcpy(der, pkcs8_head, sizeof pkcs8_head);
    memcpy(der + sizeof pkcs8_head, seed, KEY_LEN);
}

static int read_pkcs8(struct slice bytes, gnutls_x509_privkey_t *ret_secret)
{
    const gnutls_datum_t text = {(uint8_t *)bytes.data, (unsigned)bytes.len};
    int code = gnutls_x509_privkey_init(ret_secret);

    if (code < 0)
        return code;
    code = gnutls_x509_privkey_import2(
        *ret_secret, &text,
        tls_key_is_der(bytes) ? GNUTLS_X509_FMT_DER : GNUTLS_X509_FMT_PEM, NULL,
        GNUTLS_PKCS_PLAIN);
    if (code < 0)
        gnutls_x509_privkey_deinit(*ret_secret);
    return code;
}

int tls_key_read_secret(struct slice secret, gnutls_x509_privkey_t *ret_secret)
{
    uint8_t der[PKCS8_LEN];
    int code;

    if (secret.len > BOUNDS_FILE_MAX)
        return GNUTLS_E_INVALID_REQUEST;
    if (secret.len != TLS_SEED_LEN)
        return read_pkcs8(secret, ret_secret);
    pkcs8_write(der, secret.data);
    code = read_pkcs8(slice_make(der, sizeof der), ret_secret);
    wipe(der, sizeof der);
    return code;
}

/* ------------------------------------------------------------ the raw key */

/* The public half that belongs to the secret one. */
static int spki_derive(uint8_t spki[TLS_SPKI_LEN], const uint8_t *seed)
{
    gnutls_x509_privkey_t secret;
    gnutls_ecc_curve_t curve;
    gnutls_datum_t x = {0}, k = {0};
    int code = tls_key_read_secret(slice_make(seed, TLS_SEED_LEN), &secret);

    if (code < 0)
        return code;
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

static int hold_raw_key(struct tls_key *key, const uint8_t *seed)
{
    const gnutls_datum_t spki = {key->spki, TLS_SPKI_LEN};
    uint8_t der[PKCS8_LEN];
    const gnutls_datum_t pkcs8 = {der, sizeof der};
    int code;

    pkcs8_write(der, seed);
    code = gnutls_certificate_set_rawpk_key_mem(
        key->holdings, &spki, &pkcs8, GNUTLS_X509_FMT_DER, NULL,
        GNUTLS_KEY_DIGITAL_SIGNATURE, NULL, 0, GNUTLS_PKCS_PLAIN);
    wipe(der, sizeof der);
    return code;
}

static struct tls_key *make_raw(const uint8_t seed[TLS_SEED_LEN],
                                const uint8_t *spki,
                                struct failure *ret_failure)
{
    struct tls_key *key = xalloc(1, sizeof *key);
    int code = spki_derive(key->spki, seed);

    key->has_spki = true;
    if (spki)
        memcpy(key->spki, spki, TLS_SPKI_LEN);
    if (code >= 0)
        code = gnutls_certificate_allocate_credentials(&key->holdings);
    if (code >= 0)
        code = hold_raw_key(key, seed);
    return code >= 0 ? key : give_up(key, code, ret_failure);
}

/* [CC-15] a raw key is an identity as good as a certificate */
struct tls_key *tls_key_new(const uint8_t seed[TLS_SEED_LEN],
                            struct failure *ret_failure)
{
    return make_raw(seed, NULL, ret_failure);
}

struct tls_key *tls_key_new_mismatched(const uint8_t seed[TLS_SEED_LEN],
                                       const uint8_t spki[TLS_SPKI_LEN],
                                       struct failure *ret_failure)
{
    return make_raw(seed, spki, ret_failure);
}

/* -------------------------------------------------------- the certificate */

/* GnuTLS looks at that itself, but not with Ed25519 (3.7.9). */
static int check_match(gnutls_x509_crt_t leaf, gnutls_x509_privkey_t secret)
{
    uint8_t shown[64], held[64];
    size_t shown_len = sizeof shown, held_len = sizeof held;
    int code = gnutls_x509_crt_get_key_id(leaf, 0, shown, &shown_len);

    if (code >= 0)
        code = gnutls_x509_privkey_get_key_id(secret, 0, held, &held_len);
    if (code < 0)
        return code;
    return slice_equal(slice_make(shown, shown_len), slice_make(held, held_len))
               ? 0
               : GNUTLS_E_CERTIFICATE_KEY_MISMATCH;
}

static int hold_chain(struct tls_key *key, gnutls_x509_crt_t *chain,
                      unsigned count, const struct tls_certificate *c)
{
    gnutls_x509_privkey_t secret;
    int code = tls_key_read_secret(c->secret, &secret);

    if (code < 0)
        return code;
    gnutls_certificate_set_flags(key->holdings,
                                 GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH);
    if (!c->is_stolen)
        code = check_match(chain[0], secret);
    if (code >= 0)
        code = gnutls_certificate_set_x509_key(key->holdings, chain, (int)count,
                                               secret);
    gnutls_x509_privkey_deinit(secret);
    if (code >= 0)
        code =
            gnutls_x509_crt_export2(chain[0], GNUTLS_X509_FMT_DER, &key->leaf);
    return code;
}

static int hold_certificate(struct tls_key *key,
                            const struct tls_certificate *c)
{
    const gnutls_datum_t text = {(uint8_t *)c->chain.data,
                                 (unsigned)c->chain.len};
    gnutls_x509_crt_t *chain;
    unsigned count;
    int code;

    if (c->chain.len > BOUNDS_FILE_MAX)
        return GNUTLS_E_INVALID_REQUEST;
    code = gnutls_x509_crt_list_import2(
        &chain, &count, &text,
        tls_key_is_der(c->chain) ? GNUTLS_X509_FMT_DER : GNUTLS_X509_FMT_PEM,
        0);
    if (code < 0)
        return code;
    code = hold_chain(key, chain, count, c);
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(chain[i]);
    gnutls_free(chain);
    return code;
}

bool tls_key_add_x509(struct tls_key *key,
                      const struct tls_certificate *certificate,
                      struct failure *ret_failure)
{
    int code = hold_certificate(key, certificate);

    return code >= 0 || failure_say(ret_failure, "TLS: the certificate: %s",
                                    gnutls_strerror(code));
}

struct tls_key *tls_key_new_x509(const struct tls_certificate *certificate,
                                 struct failure *ret_failure)
{
    struct tls_key *key = xalloc(1, sizeof *key);
    int code = gnutls_certificate_allocate_credentials(&key->holdings);

    if (code < 0)
        return give_up(key, code, ret_failure);
    if (tls_key_add_x509(key, certificate, ret_failure))
        return key;
    tls_key_free(key);
    return NULL;
}

/* ------------------------------------------------------------- what it is */

void tls_key_free(struct tls_key *key)
{
    if (!key)
        return;
    if (key->holdings)
        gnutls_certificate_free_credentials(key->holdings);
    gnutls_free(key->leaf.data);
    wipe(key, sizeof *key);
    xalloc_free(key);
}

struct slice tls_key_spki(const struct tls_key *key)
{
    return slice_make(key->spki, key->has_spki ? TLS_SPKI_LEN : 0);
}

struct slice tls_key_leaf(const struct tls_key *key)
{
    return slice_make(key->leaf.data, key->leaf.size);
}

struct gnutls_certificate_credentials_st *
tls_key_holdings(const struct tls_key *key)
{
    return key->holdings;
}
