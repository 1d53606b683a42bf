/* SPDX-License-Identifier: MIT */
/* A list of owned strings in the order they were added: scopes, fingerprints,
 * ids. Short lists; finding is a walk. */
#ifndef REF_BASE_STRINGS_H
#define REF_BASE_STRINGS_H

#include "ref/base/slice.h"

/* Zeroed is empty. */
struct strings {
    struct slice *items; /* owned, and so is what they point at */
    size_t count;
};

/* Appends a copy. */
void strings_add(struct strings *s, struct slice text);

/* Is exactly this text in the list? [AC-7] no case folding, no patterns. */
bool strings_has(const struct strings *s, struct slice text);

/* A copy that shares nothing with `from`. */
struct strings strings_copy(const struct strings *from);

/* Gives the memory back; the list is empty. */
void strings_clear(struct strings *s);

#endif
