/* SPDX-License-Identifier: MIT */
/*
 * What is fuzzed: a target takes any bytes at all and keeps a promise. It is
 * written once, and three programs run it: libFuzzer's and AFL++'s (entry.c),
 * and a plain one that runs what was found before (replay.c).
 *
 * The bytes are the whole of an input: nothing else decides what happens, no
 * clock, no randomness, nothing left from the input before. A promise that is
 * not kept ends the program, see broken.h.
 */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include "ref/base/slice.h"

struct target {
    const char *name;    /* of its file, too */
    const char *promise; /* what it never does, one sentence */
    const char *rules;   /* ids that it may say are broken, blanks between */
    void (*setup)(void); /* once, before any input; NULL: nothing to do */
    void (*run)(struct slice input);
};

/* All of them; NULL behind the last. */
extern const struct target *const target_all[];

/* The one of that name; NULL: there is none. */
const struct target *target_find(const char *name);

#endif
