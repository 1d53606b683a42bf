/* SPDX-License-Identifier: MIT */
/*
 * The name of a key: "ed25519:" and 64 hex digits of a raw public key, or
 * "SHA256:" and 64 hex digits of the hash of whatever else was shown. Compared
 * as exact text [FP-4].
 */
#ifndef REF_MODEL_FINGERPRINT_H
#define REF_MODEL_FINGERPRINT_H

#include "ref/base/buf.h"

#define FINGERPRINT_MAX                                                        \
    72 /* "ed25519:" and 64 digits; "SHA256:" is shorter                       \
        */

struct fingerprint {
    char text[FINGERPRINT_MAX + 1]; /* NUL-terminated; empty: none */
};

/* The fingerprint of what a peer showed: the DER of a raw public key
 * (SubjectPublicKeyInfo) or of a leaf certificate. */
struct fingerprint fingerprint_of(struct slice der);

/* Is it one of the two forms, exactly? */
bool fingerprint_is_valid(struct slice text);

/* The text, borrowed. */
static inline struct slice fingerprint_slice(const struct fingerprint *f)
{
    return slice_of(f->text);
}

#endif
