/* SPDX-License-Identifier: MIT */
/*
 * The inputs that one connection has lived through. What breaks in a later one
 * may not break in it alone: when FUZZ_LIVES is in the environment, the path of
 * a folder, a broken promise writes all of them there before the program ends,
 * into a folder that is called as the process, as files whose names say their
 * order. `fuzz-replay TARGET FOLDER` tells them again.
 */
#ifndef FUZZ_TWINS_LIFE_H
#define FUZZ_TWINS_LIFE_H

#include "ref/base/slice.h"

#define LIFE_MAX 512 /* inputs; a life does not go on behind them */

/* A new one. */
void life_begin(void);

/* This input is next. The bytes are copied. */
void life_goes_on(struct slice input);

/* How many there were. */
size_t life_age(void);

#endif
