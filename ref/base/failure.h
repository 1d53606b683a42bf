/* SPDX-License-Identifier: MIT */
/*
 * Why the machine refused: one sentence for a person. Made where it happened,
 * wrapped outwards by whoever knows more ("peers.json: " before "no such
 * file"). Programs print it; the protocol never sends it.
 */
#ifndef REF_BASE_FAILURE_H
#define REF_BASE_FAILURE_H

#include <stdbool.h>

struct failure {
    char sentence[256]; /* NUL-terminated, cut when too long; one line
                           of UTF-8, with "?" for what would be none */
};

/* Writes the sentence; returns false, so that a refusal is one line. */
__attribute__((format(printf, 2, 3))) bool failure_say(struct failure *f,
                                                       const char *format, ...);

/* Puts words before the sentence that is there; returns false. */
__attribute__((format(printf, 2, 3))) bool
failure_wrap(struct failure *f, const char *format, ...);

#endif
