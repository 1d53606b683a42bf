/* SPDX-License-Identifier: MIT */
/* See papers.h. */
#include "ref/bin/papers.h"
#include "ref/base/bounds.h"
#include "ref/host/files.h"
#include "ref/quic/tls_cert.h"

#define CERTIFICATE_NAME "alknet" /* nobody looks: it is pinned [CC-10] */

static bool is_json(struct slice text)
{
    size_t at = 0;

    while (at < text.len && strchr(" \t\r\n", text.data[at]))
        at++;
    return at < text.len && text.data[at] == '{';
}

static bool read_key(struct papers *p, struct failure *f)
{
    if (!files_read(p->key, &p->secret, f))
        return failure_wrap(f, "--key: ");
    p->has_seed = is_json(buf_slice(&p->secret));
    if (p->has_seed)
        return files_read_key(p->key, p->seed, f) || failure_wrap(f, "--key: ");
    return p->cert || files_read_key(p->key, p->seed, f) ||
           failure_wrap(f, "--key: ");
}

bool papers_read(struct papers *p, struct failure *ret_failure)
{
    buf_init(&p->chain, BOUNDS_FILE_MAX);
    buf_init(&p->secret, BOUNDS_FILE_MAX);
    if (p->cert && !p->key)
        return failure_say(ret_failure, "--cert: expected --key beside it");
    if (p->cert && !files_read(p->cert, &p->chain, ret_failure))
        return failure_wrap(ret_failure, "--cert: ");
    return !p->key || read_key(p, ret_failure);
}

struct tls_key *papers_key(const struct papers *p, bool is_listening,
                           bool *ret_is_good, struct failure *ret_failure)
{
    const struct tls_certificate certificate = {
        .chain = buf_slice(&p->chain),
        .secret = p->has_seed ? slice_make(p->seed, sizeof p->seed)
                              : buf_slice(&p->secret),
    };
    bool shows_raw = p->has_seed && (is_listening || !p->cert);
    struct tls_key *key = NULL;

    *ret_is_good = true;
    if (shows_raw)
        key = tls_key_new(p->seed, ret_failure);
    else if (p->cert)
        key = tls_key_new_x509(&certificate, ret_failure);
    else
        return NULL;
    *ret_is_good = key && (!shows_raw || !p->cert ||
                           tls_key_add_x509(key, &certificate, ret_failure));
    if (*ret_is_good)
        return key;
    tls_key_free(key);
    return NULL;
}

bool papers_make_certificate(const char *path, const uint8_t *seed,
                             struct fingerprint *ret_fingerprint,
                             struct failure *ret_failure)
{
    const struct tls_cert_form form = {
        .seed = seed, .name = CERTIFICATE_NAME, .ends_s = TLS_CERT_NEVER};
    struct buf der, pem;
    bool is_made;

    buf_init(&der, BOUNDS_FILE_MAX);
    buf_init(&pem, BOUNDS_FILE_MAX);
    is_made = tls_cert_make(&form, &der, ret_failure) &&
              tls_cert_print(buf_slice(&der), &pem, ret_failure) &&
              files_make(path, buf_slice(&pem), ret_failure);
    *ret_fingerprint = fingerprint_of(buf_slice(&der));
    buf_clear(&der);
    buf_clear(&pem);
    return is_made;
}

void papers_clear(struct papers *p)
{
    volatile uint8_t *seed = p->seed;

    for (size_t i = 0; i < sizeof p->seed; i++)
        seed[i] = 0;
    buf_clear(&p->chain);
    files_wipe(&p->secret);
}
