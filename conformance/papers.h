/* SPDX-License-Identifier: MIT */
/*
 * What we show of ourselves at L2: keys and certificates, all made from the
 * run's seed. For the engine, not for cases.
 */
#ifndef CONFORMANCE_PAPERS_H
#define CONFORMANCE_PAPERS_H

#include "conformance/keys.h"
#include "ref/base/slice.h"
#include "ref/quic/tls.h"

struct scene;

/* Every key on every paper, honest or not. */
#define PAPERS_KINDS (2 * STAGE_KEYS * CONN_PAPERS)

struct papers {
    struct tls_key *made[PAPERS_KINDS]; /* owned; NULL until needed */
    struct tls_key *given;              /* owned: for a node, or NULL */
};

/* Which of them a connection asks for, below PAPERS_KINDS. */
size_t papers_kind(const struct conn_how *how);

/* The identity itself; borrowed. */
const struct tls_key *papers_take(struct scene *s, struct papers *p,
                                  const struct conn_how *how);

/* The same where we dial; NULL for nothing. To a node that is nobody's testee
 * we may have been given a key to come with. */
const struct tls_key *papers_shown(struct scene *s, struct papers *p,
                                   const struct conn_how *how);

void papers_clear(struct papers *p);

/* Certificates as DER, in the arena: what a paper shows, our authority's, and
 * the one that the testee is given, with its key (PKCS #8). */
struct slice papers_leaf(struct scene *s, enum stage_key key,
                         enum conn_paper paper);
struct slice papers_authority(struct scene *s);
struct slice papers_testee_leaf(struct scene *s);
struct slice papers_testee_key(struct scene *s);

/* Bytes as lower-case hex. */
const char *papers_hex(struct scene *s, struct slice bytes);

#endif
