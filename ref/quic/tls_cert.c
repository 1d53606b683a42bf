/* SPDX-License-Identifier: MIT */
/* See tls_cert.h. The serial number is the key's identifier, so nothing here is
 * left to chance. */
#include "ref/quic/tls_cert.h"
#include "ref/quic/tls_key.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define SERIAL_LEN 16 /* bytes */

static time_t end_of(const struct tls_cert_form *form)
{
    return form->ends_s == TLS_CERT_NEVER
               ? GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION
               : (time_t)form->ends_s;
}

/* A serial number is positive and not 0. */
static int number(gnutls_x509_crt_t crt)
{
    uint8_t id[64];
    size_t len = sizeof id;
    int code = gnutls_x509_crt_get_key_id(crt, 0, id, &len);

    if (code < 0)
        return code;
    id[0] = (uint8_t)((id[0] & 0x3f) | 0x40);
    return gnutls_x509_crt_set_serial(crt, id, SERIAL_LEN);
}

/* What it says about its key. */
static int describe(gnutls_x509_crt_t crt, const struct tls_cert_form *form)
{
    unsigned len = (unsigned)strlen(form->name);
    int code = gnutls_x509_crt_set_version(crt, 3);

    if (code >= 0)
        code = number(crt);
    if (code >= 0)
        code = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME,
                                             0, form->name, len);
    if (code >= 0 && !form->is_authority)
        code = gnutls_x509_crt_set_subject_alt_name(
            crt, GNUTLS_SAN_DNSNAME, form->name, len, GNUTLS_FSAN_SET);
    if (code >= 0)
        code =
            gnutls_x509_crt_set_basic_constraints(crt, form->is_authority, -1);
    if (code >= 0)
        code = gnutls_x509_crt_set_key_usage(
            crt, form->is_authority ? GNUTLS_KEY_KEY_CERT_SIGN
                                    : GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (code >= 0)
        code = gnutls_x509_crt_set_activation_time(crt, (time_t)form->begins_s);
    if (code >= 0)
        code = gnutls_x509_crt_set_expiration_time(crt, end_of(form));
    return code;
}

static int sign_by(gnutls_x509_crt_t crt, gnutls_x509_crt_t issuer,
                   const struct tls_cert_form *form)
{
    const gnutls_datum_t der = {(uint8_t *)form->issuer.data,
                                (unsigned)form->issuer.len};
    gnutls_x509_privkey_t secret;
    int code = gnutls_x509_crt_import(issuer, &der, GNUTLS_X509_FMT_DER);

    if (code >= 0)
        code = tls_key_read_secret(slice_make(form->issuer_seed, TLS_SEED_LEN),
                                   &secret);
    if (code < 0)
        return code;
    code = gnutls_x509_crt_sign2(crt, issuer, secret, GNUTLS_DIG_SHA512, 0);
    gnutls_x509_privkey_deinit(secret);
    return code;
}

static int sign(gnutls_x509_crt_t crt, gnutls_x509_privkey_t own,
                const struct tls_cert_form *form)
{
    gnutls_x509_crt_t issuer;
    int code;

    if (!form->issuer.len)
        return gnutls_x509_crt_sign2(crt, crt, own, GNUTLS_DIG_SHA512, 0);
    code = gnutls_x509_crt_init(&issuer);
    if (code < 0)
        return code;
    code = sign_by(crt, issuer, form);
    gnutls_x509_crt_deinit(issuer);
    return code;
}

static int export(gnutls_x509_crt_t crt, gnutls_x509_crt_fmt_t format,
                  struct buf *ret)
{
    gnutls_datum_t text;
    int code = gnutls_x509_crt_export2(crt, format, &text);

    if (code < 0)
        return code;
    if (!buf_add(ret, slice_make(text.data, text.size)))
        code = GNUTLS_E_SHORT_MEMORY_BUFFER;
    gnutls_free(text.data);
    return code;
}

static int make(gnutls_x509_crt_t crt, const struct tls_cert_form *form,
                struct buf *ret_der)
{
    gnutls_x509_privkey_t own;
    int code = tls_key_read_secret(slice_make(form->seed, TLS_SEED_LEN), &own);

    if (code < 0)
        return code;
    code = gnutls_x509_crt_set_key(crt, own);
    if (code >= 0)
        code = describe(crt, form);
    if (code >= 0)
        code = sign(crt, own, form);
    if (code >= 0)
        code = export(crt, GNUTLS_X509_FMT_DER, ret_der);
    gnutls_x509_privkey_deinit(own);
    return code;
}

static bool is_done(int code, struct failure *ret_failure)
{
    return code >= 0 ||
           failure_say(ret_failure, "a certificate: %s", gnutls_strerror(code));
}

bool tls_cert_make(const struct tls_cert_form *form, struct buf *ret_der,
                   struct failure *ret_failure)
{
    gnutls_x509_crt_t crt;
    int code = gnutls_x509_crt_init(&crt);

    if (code < 0)
        return is_done(code, ret_failure);
    code = make(crt, form, ret_der);
    gnutls_x509_crt_deinit(crt);
    return is_done(code, ret_failure);
}

bool tls_cert_print(struct slice der, struct buf *ret_pem,
                    struct failure *ret_failure)
{
    const gnutls_datum_t text = {(uint8_t *)der.data, (unsigned)der.len};
    gnutls_x509_crt_t crt;
    int code = gnutls_x509_crt_init(&crt);

    if (code < 0)
        return is_done(code, ret_failure);
    code = gnutls_x509_crt_import(crt, &text, GNUTLS_X509_FMT_DER);
    if (code >= 0)
        code = export(crt, GNUTLS_X509_FMT_PEM, ret_pem);
    gnutls_x509_crt_deinit(crt);
    return is_done(code, ret_failure);
}
