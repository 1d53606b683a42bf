/* SPDX-License-Identifier: MIT */
/*
 * A command line as one text: split into words as a person expects, and put
 * together so that it can be pasted.
 */
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

/* The word between quotes, so that both words_split() and a shell read it as
 * one; and words with blanks between, each quoted where it has to be. */
const char *words_quote(struct arena *arena, const char *word);
const char *words_join(struct arena *arena, char *const *words);

#endif
