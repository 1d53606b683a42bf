/* SPDX-License-Identifier: MIT */
/*
 * The path is GnuTLS's to find. It asks what day it is through a function that
 * a program may replace: ours says what the one who verifies was told, so that
 * nothing down here reads a clock.
 */
#include "ref/quic/tls_trust.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"
#include "ref/quic/tls_key.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

struct tls_roots {
    gnutls_x509_trust_list_t list; /* owned */
};

/* What day it is for whoever verifies now. */
static _Thread_local time_t told_s;

static time_t today(time_t *ret)
{
    if (ret)
        *ret = told_s;
    return told_s;
}

struct tls_roots *tls_roots_new(struct slice certificates,
                                struct failure *ret_failure)
{
    const gnutls_datum_t text = {(uint8_t *)certificates.data,
                                 (unsigned)certificates.len};
    struct tls_roots *roots = xalloc(1, sizeof *roots);
    int code = gnutls_x509_trust_list_init(&roots->list, 0);

    if (code >= 0 && certificates.len <= BOUNDS_FILE_MAX)
        code = gnutls_x509_trust_list_add_trust_mem(roots->list, &text, NULL,
                                                    tls_key_is_der(certificates)
                                                        ? GNUTLS_X509_FMT_DER
                                                        : GNUTLS_X509_FMT_PEM,
                                                    0, 0);
    if (code > 0) {
        gnutls_global_set_time_function(today);
        return roots;
    }
    failure_say(ret_failure, "expected certificates of authorities%s%s",
                code < 0 ? ": " : "", code < 0 ? gnutls_strerror(code) : "");
    tls_roots_free(roots);
    return NULL;
}

void tls_roots_free(struct tls_roots *roots)
{
    if (roots && roots->list)
        gnutls_x509_trust_list_deinit(roots->list, 1);
    xalloc_free(roots);
}

bool tls_trust_is_name(struct slice name)
{
    return name.len > 0 && name.len <= TLS_NAME_MAX &&
           !memchr(name.data, 0, name.len);
}

/* May its key sign a handshake? Who does not say what it is for may; GnuTLS
 * only warns of the others (3.7.9). */
static bool may_sign(gnutls_x509_crt_t leaf)
{
    unsigned usage, is_critical;
    int code = gnutls_x509_crt_get_key_usage(leaf, &usage, &is_critical);

    return code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE ||
           (code >= 0 && usage & GNUTLS_KEY_DIGITAL_SIGNATURE);
}

/* [CC-9] a path to a root, the name, and a certificate meant for servers. */
static bool is_path(const struct tls_trust *trust, gnutls_x509_crt_t *chain,
                    unsigned count)
{
    char name[TLS_NAME_MAX + 1] = {0};
    gnutls_typed_vdata_st wanted[] = {
        {GNUTLS_DT_DNS_HOSTNAME, (uint8_t *)name, 0},
        {GNUTLS_DT_KEY_PURPOSE_OID, (uint8_t *)GNUTLS_KP_TLS_WWW_SERVER, 0},
    };
    unsigned wrong = 0;
    int code;

    memcpy(name, trust->server_name.data, trust->server_name.len);
    told_s = (time_t)trust->today_s;
    code = gnutls_x509_trust_list_verify_crt2(trust->roots->list, chain, count,
                                              wanted, 2, 0, &wrong, NULL);
    told_s = 0;
    return code >= 0 && wrong == 0;
}

static bool read_one(struct slice der, gnutls_x509_crt_t *ret)
{
    const gnutls_datum_t text = {(uint8_t *)der.data, (unsigned)der.len};

    if (gnutls_x509_crt_init(ret) < 0)
        return false;
    if (gnutls_x509_crt_import(*ret, &text, GNUTLS_X509_FMT_DER) >= 0)
        return true;
    gnutls_x509_crt_deinit(*ret);
    return false;
}

bool tls_trust_accepts(const struct tls_trust *trust, const struct slice *chain,
                       size_t count)
{
    gnutls_x509_crt_t read[TLS_CHAIN_MAX];
    unsigned n = 0;
    bool is_good;

    if (!tls_trust_is_name(trust->server_name) || count > TLS_CHAIN_MAX)
        return false;
    while (n < count && read_one(chain[n], &read[n]))
        n++;
    is_good =
        n == count && n > 0 && may_sign(read[0]) && is_path(trust, read, n);
    while (n > 0)
        gnutls_x509_crt_deinit(read[--n]);
    return is_good;
}
