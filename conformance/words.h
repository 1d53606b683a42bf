/* SPDX-License-Identifier: MIT */
/* A command line as one text, split into words as a person expects. */
#ifndef CONFORMANCE_WORDS_H
#define CONFORMANCE_WORDS_H

#include "conformance/arena.h"
#include "ref/base/failure.h"

/* Splits at blanks; '…' keeps everything as it is, "…" all but \" and \\, and
 * a backslash elsewhere keeps the next character. No variables, no patterns.
 * The words end with NULL and live in the arena. NULL and a sentence when a
 * quote is left open or there is no word. */
char **words_split(struct arena *arena, const char *text,
                   struct failure *ret_failure);

#endif
