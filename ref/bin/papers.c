/* SPDX-License-Identifier: MIT */
/* See papers.h. */
#include "ref/bin/papers.h"
#include "ref/base/bounds.h"
#include "ref/host/entropy.h"
#include "ref/host/files.h"
#include "ref/model/secret.h"
#include "ref/quic/tls_cert.h"

#define CERTIFICATE_NAME "alknet" /* nobody looks: it is pinned [CC-10] */

static bool is_json(struct slice text)
{
    size_t at = 0;

    while (at < text.len && strchr(" \t\r\n", text.data[at]))
        at++;
    return at < text.len && text.data[at] == '{';
}

/* What the files hold, while it is needed. */
struct contents {
    struct buf chain, secret;   /* owned; texts, empty: none */
    uint8_t seed[TLS_SEED_LEN]; /* of the raw key */
    bool has_seed;              /* is there one? */
};

void papers_words(struct papers *p, struct options_word ret[PAPERS_WORDS])
{
    ret[0] = (struct options_word){"--key", OPTIONS_MAYBE, NULL, &p->key};
    ret[1] = (struct options_word){"--cert", OPTIONS_MAYBE, NULL, &p->cert};
}

static bool read_key(const struct papers *p, struct contents *c,
                     struct failure *f)
{
    if (!files_read(p->key, &c->secret, f))
        return false;
    if (!secret_check(buf_slice(&c->secret), f))
        return failure_wrap(f, "%s: ", p->key);
    c->has_seed = !p->cert || is_json(buf_slice(&c->secret));
    return !c->has_seed || files_read_key(p->key, c->seed, f);
}

static bool read_all(const struct papers *p, bool is_listening,
                     struct contents *c, struct failure *f)
{
    struct entropy_source entropy = entropy_system();

    if (p->cert && !p->key)
        return failure_say(f, "--cert: expected --key beside it");
    if (p->cert && !files_read(p->cert, &c->chain, f))
        return failure_wrap(f, "--cert: ");
    if (p->key)
        return read_key(p, c, f) || failure_wrap(f, "--key: ");
    c->has_seed = is_listening;
    entropy_fill(&entropy, c->seed, sizeof c->seed);
    return true;
}

/* [CC-12] */
static bool make_shown(struct papers *p, bool is_listening,
                       const struct contents *c, struct failure *f)
{
    const struct tls_certificate certificate = {
        .chain = buf_slice(&c->chain),
        .secret = c->has_seed ? slice_make(c->seed, sizeof c->seed)
                              : buf_slice(&c->secret),
    };
    bool shows_raw = c->has_seed && (is_listening || !p->cert);

    if (shows_raw)
        p->shown = tls_key_new(c->seed, f);
    else if (p->cert)
        p->shown = tls_key_new_x509(&certificate, f);
    else
        return true;
    return p->shown && (!shows_raw || !p->cert ||
                        tls_key_add_x509(p->shown, &certificate, f));
}

/* Clears a seed so that the compiler cannot leave it out. */
static void wipe(struct contents *c)
{
    volatile uint8_t *seed = c->seed;

    for (size_t i = 0; i < sizeof c->seed; i++)
        seed[i] = 0;
    buf_wipe(&c->secret);
    buf_clear(&c->chain);
}

bool papers_read(struct papers *p, bool is_listening,
                 struct failure *ret_failure)
{
    struct contents c = {.has_seed = false};
    bool is_good = read_all(p, is_listening, &c, ret_failure) &&
                   make_shown(p, is_listening, &c, ret_failure);

    wipe(&c);
    return is_good;
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
    tls_key_free(p->shown);
}
