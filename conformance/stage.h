/* SPDX-License-Identifier: MIT */
/*
 * What the testee is told before anybody connects. Nothing has to be: every
 * behaviour of the contract is registered under its own name (CONTRACT.md, 7),
 * the peer book (book.h) is empty, the profile is the axis'. All this comes
 * before the first connection; all of it, defaults and the case's own, is sent
 * in one go when that is opened.
 */
#ifndef CONFORMANCE_STAGE_H
#define CONFORMANCE_STAGE_H

#include "conformance/book.h"
#include "conformance/secrets.h"

struct scene;

/* True when an operation of that name is among those of CONTRACT.md, 7. All
 * their names, NULL behind the last. */
bool stage_is_default(struct slice name);
const char *const *stage_defaults(void);

/* One more operation. `members` is further JSON members of the verb `register`
 * ("\"remote_safe\":true"), or empty. Takes the place of the default
 * registration of the same name. */
void stage_register(struct scene *s, const char *name, const char *behaviour,
                    const char *members);

/* Tells the testee all of that now, if it was not told, and of one more
 * operation that it may refuse. Did it take it? There may be several tries,
 * and behind them nothing else of this kind; no connection was opened before.
 */
bool stage_try_register(struct scene *s, const char *name,
                        const char *behaviour, const char *members);

/* One more that hands its calls on (conf/forward): to the peer of that id, or
 * with NULL to the first one that serves `operation`. That is all its reach;
 * another one, or none, is for stage_register(). */
void stage_forward(struct scene *s, const char *name, const char *peer_id,
                   const char *operation, const char *members);

/* Leaves out a default registration, or all of them. */
void stage_leave_out(struct scene *s, const char *name);
void stage_nothing(struct scene *s);

/* True when the testee has what we registered, as we registered it; false for
 * a node that was there before us, whose schemas are its own affair. */
bool stage_is_ours(const struct scene *s);

/* How long the testee's calls wait. */
void stage_timeout(struct scene *s, uint64_t call_ms);

/* How long a query or mutation may run in the testee (needs `deadlines`). */
void stage_serve_timeout(struct scene *s, uint64_t serve_ms);

/* The testee gets a certificate beside its raw key (needs `x509`). */
void stage_certify(struct scene *s);

/* The fingerprint of one of our keys ("ed25519:…"), and of the certificate by
 * which it signs for itself ("SHA256:…"). */
const char *stage_fingerprint(struct scene *s, enum stage_key key);
const char *stage_certificate_fingerprint(struct scene *s, enum stage_key key);

/* The testee's own, and of the certificate that it is given. */
const char *stage_testee_fingerprint(struct scene *s);
const char *stage_testee_certificate(struct scene *s);

#endif
