/* SPDX-License-Identifier: MIT */
/*
 * What the key or certificate that a testee showed is called. The judge reads
 * the DER for itself, structure by structure, so that it does not repeat what
 * it judges.
 */
#ifndef CONFORMANCE_FINGERPRINT_H
#define CONFORMANCE_FINGERPRINT_H

#include "conformance/arena.h"

/* "ed25519:" and the digits of a raw key, "SHA256:" and those of the hash of
 * anything else. In the arena. */
const char *fingerprint_text(struct arena *arena, struct slice der);

#endif
