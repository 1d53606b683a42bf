/* SPDX-License-Identifier: MIT */
/*
 * The vectors as cases of L0: each decode vector is fed to the testee whole,
 * cut as listed, and byte by byte where that is not silly; all three must
 * agree with what the vector expects. Of vectors that leave it open any
 * behaviour passes, and is recorded as a choice.
 */
#ifndef CONFORMANCE_CODEC_H
#define CONFORMANCE_CODEC_H

#include "conformance/arena.h"
#include "conformance/case.h"

/* The cases of all decode vectors, in the arena. */
struct case_list codec_cases(struct arena *arena);

#endif
