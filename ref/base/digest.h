/* SPDX-License-Identifier: MIT */
/* SHA-256, and comparison that takes the same time whatever differs. The only
 * file in the protocol that knows which cryptographic library there is. */
#ifndef REF_BASE_DIGEST_H
#define REF_BASE_DIGEST_H

#include "ref/base/slice.h"

#define DIGEST_LEN 32 /* bytes of a SHA-256 */

/* The SHA-256 of `bytes`. */
void digest_sha256(struct slice bytes, uint8_t ret[DIGEST_LEN]);

/* Are they the same? The time tells nothing but the lengths. */
bool digest_equal(struct slice a, struct slice b);

#endif
