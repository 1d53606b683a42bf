/* SPDX-License-Identifier: MIT */
/*
 * SHA-256, comparison that takes the same time whatever differs, and the form
 * in which keys and hashes are written: a word and 64 hex digits. The only
 * file in the protocol that knows which cryptographic library there is.
 */
#ifndef REF_BASE_DIGEST_H
#define REF_BASE_DIGEST_H

#include "ref/base/slice.h"

#define DIGEST_LEN 32 /* bytes of a SHA-256 */

/* The SHA-256 of `bytes`. */
void digest_sha256(struct slice bytes, uint8_t ret[DIGEST_LEN]);

/* The same of `secret` and then `bytes`: whoever does not know the secret
 * cannot find two texts whose digests begin alike. */
void digest_secretly(struct slice secret, struct slice bytes,
                     uint8_t ret[DIGEST_LEN]);

/* Writes `head`, 64 lower-case hex digits and a NUL; there is room for them. */
void digest_spell(const char *head, const uint8_t bytes[DIGEST_LEN], char *ret);

/* Is it that form with that head, exactly? */
bool digest_is_spelt(const char *head, struct slice text);

/* Are they the same? The time tells nothing but the lengths. */
bool digest_equal(struct slice a, struct slice b);

#endif
