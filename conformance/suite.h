/* SPDX-License-Identifier: MIT */
/* Which suite this is: its name, and digests of what it asks. */
#ifndef CONFORMANCE_SUITE_H
#define CONFORMANCE_SUITE_H

#include "conformance/plan.h"
#include "conformance/transcript.h"

#define SUITE_NAME "callspec 1.0.0"
#define SUITE_SPEC "2026-07"

/* The digest of all cases with what they claim, and of all vectors. */
void suite_digest(const struct plan *p, char ret_hash[TRANSCRIPT_HASH_LEN]);

/* The digest of the requirements. */
void suite_spec_digest(char ret_hash[TRANSCRIPT_HASH_LEN]);

#endif
