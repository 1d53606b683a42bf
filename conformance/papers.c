/* SPDX-License-Identifier: MIT */
/*
 * See papers.h. What is valid is so from 1970 on and without an end, and what
 * has expired did so in 1971: whatever day it is, for whoever looks at a
 * calendar, a run is the same.
 */
#include "conformance/papers.h"

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/secrets.h"
#include "ref/quic/tls_cert.h"

#define DER_MAX 4096u
#define YEAR_S (365 * 86400)

/* What stands before the seed in a PKCS #8 Ed25519 secret (RFC 8410, 7). */
static const uint8_t pkcs8_head[] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30,
                                     0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
                                     0x04, 0x22, 0x04, 0x20};

/* ----------------------------------------------------------- certificates */

static struct slice make(struct scene *s, const struct tls_cert_form *form)
{
    struct failure failure;
    struct slice der;
    struct buf b;

    buf_init(&b, DER_MAX);
    if (!tls_cert_make(form, &b, &failure)) {
        buf_clear(&b);
        scene_stop(s, VERDICT_HARNESS, "a certificate",
                   scene_text(s, "%s", failure.sentence));
    }
    der = arena_copy(&s->arena, buf_slice(&b));
    buf_clear(&b);
    return der;
}

struct slice papers_authority(struct scene *s)
{
    return make(s, &(struct tls_cert_form){
                       .seed = stage_seed(s, "key-authority"),
                       .name = "callspec authority",
                       .is_authority = true,
                       .ends_s = TLS_CERT_NEVER,
                   });
}

static struct slice self_signed(struct scene *s, const uint8_t *seed)
{
    return make(s, &(struct tls_cert_form){
                       .seed = seed,
                       .name = STAGE_NAME,
                       .ends_s = TLS_CERT_NEVER,
                   });
}

struct slice papers_leaf(struct scene *s, enum stage_key key,
                         enum conn_paper paper)
{
    if (paper == CONN_RAW_KEY || paper == CONN_CERTIFICATE)
        return self_signed(s, stage_key_seed(s, key));
    return make(s,
                &(struct tls_cert_form){
                    .seed = stage_key_seed(s, key),
                    .name = STAGE_NAME,
                    .ends_s = paper == CONN_EXPIRED ? YEAR_S : TLS_CERT_NEVER,
                    .issuer = papers_authority(s),
                    .issuer_seed = stage_seed(s, "key-authority"),
                });
}

struct slice papers_testee_leaf(struct scene *s)
{
    return self_signed(s, stage_seed(s, "testee-key"));
}

struct slice papers_testee_key(struct scene *s)
{
    uint8_t *der = arena_new(&s->arena, sizeof pkcs8_head + TLS_SEED_LEN, 1);

    memcpy(der, pkcs8_head, sizeof pkcs8_head);
    memcpy(der + sizeof pkcs8_head, stage_seed(s, "testee-key"), TLS_SEED_LEN);
    return slice_make(der, sizeof pkcs8_head + TLS_SEED_LEN);
}

const char *papers_hex(struct scene *s, struct slice bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_new(&s->arena, 2 * bytes.len + 1, 1);

    for (size_t i = 0; i < bytes.len; i++) {
        text[2 * i] = digits[bytes.data[i] >> 4];
        text[2 * i + 1] = digits[bytes.data[i] & 15];
    }
    return text;
}

/* ------------------------------------------------------------- identities */

size_t papers_kind(const struct conn_how *how)
{
    return ((size_t)how->is_impostor * STAGE_KEYS + how->key) * CONN_PAPERS +
           how->paper;
}

static struct tls_key *make_raw(struct scene *s, const struct conn_how *how,
                                struct failure *failure)
{
    struct tls_key *honest = tls_key_new(stage_key_seed(s, how->key), failure);
    struct tls_key *stolen;

    if (!honest || !how->is_impostor)
        return honest;
    stolen = tls_key_new_mismatched(stage_seed(s, "key-thief"),
                                    tls_key_spki(honest).data, failure);
    tls_key_free(honest);
    return stolen;
}

static struct tls_key *make_identity(struct scene *s,
                                     const struct conn_how *how,
                                     struct failure *failure)
{
    const uint8_t *seed = how->is_impostor ? stage_seed(s, "key-thief")
                                           : stage_key_seed(s, how->key);
    const struct tls_certificate certificate = {
        .chain = papers_leaf(s, how->key, how->paper),
        .secret = slice_make(seed, TLS_SEED_LEN),
        .is_stolen = how->is_impostor,
    };

    return how->paper == CONN_RAW_KEY ? make_raw(s, how, failure)
                                      : tls_key_new_x509(&certificate, failure);
}

static struct tls_key *must(struct scene *s, struct tls_key *made,
                            const struct failure *failure)
{
    if (!made)
        scene_stop(s, VERDICT_HARNESS, "an identity",
                   scene_text(s, "%s", failure->sentence));
    return made;
}

const struct tls_key *papers_take(struct scene *s, struct papers *p,
                                  const struct conn_how *how)
{
    struct tls_key **key = &p->made[papers_kind(how)];
    struct failure failure;

    if (!*key)
        *key = must(s, make_identity(s, how, &failure), &failure);
    return *key;
}

static const struct tls_key *given(struct scene *s, struct papers *p)
{
    struct slice hex = s->testee->hello.key;
    struct failure failure;

    if (hex.len && !p->given)
        p->given =
            must(s, tls_key_new(stage_unhex(s, hex), &failure), &failure);
    return p->given;
}

const struct tls_key *papers_shown(struct scene *s, struct papers *p,
                                   const struct conn_how *how)
{
    return how->key == STAGE_KEY_NONE ? given(s, p) : papers_take(s, p, how);
}

void papers_clear(struct papers *p)
{
    for (size_t i = 0; i < PAPERS_KINDS; i++)
        tls_key_free(p->made[i]);
    tls_key_free(p->given);
}
