/* SPDX-License-Identifier: MIT */
/*
 * What an input breaks, in one line by which it is known again: the rule and
 * its sentence, or the sort of crash and the first place of ours in it.
 * Numbers and quoted text in a sentence are masked, since they change with the
 * input.
 */
#ifndef FUZZ_SYMPTOM_H
#define FUZZ_SYMPTOM_H

#include "fuzz/target.h"

#define SYMPTOM_LEN_MAX 256

struct symptom {
    char text[SYMPTOM_LEN_MAX]; /* empty: nothing breaks */
};

/* Runs the input in a child, whose end is waited for. More than ten seconds
 * are a symptom, too. */
struct symptom symptom_of(const struct target *t, struct slice input);

static inline bool symptom_is_same(const struct symptom *a,
                                   const struct symptom *b)
{
    return strcmp(a->text, b->text) == 0;
}

#endif
