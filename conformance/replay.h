/* SPDX-License-Identifier: MIT */
/* `callspec replay`: a failure that was kept, once more. */
#ifndef CONFORMANCE_REPLAY_H
#define CONFORMANCE_REPLAY_H

#include <stdio.h>

#include "conformance/options.h"

/* Runs the bundle's instance with its seed against the testee of the options,
 * and compares; without a testee says what is recorded. The exit status: 0 the
 * same verdict and trace, 1 another verdict, 6 another trace, 3 there is
 * nothing that could be run, 4 the testee could not be started. */
int replay(const char *path, const struct options *o, FILE *out, FILE *err);

#endif
