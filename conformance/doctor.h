/* SPDX-License-Identifier: MIT */
/* `callspec doctor`: what a porter has to fix next. */
#ifndef CONFORMANCE_DOCTOR_H
#define CONFORMANCE_DOCTOR_H

#include <stdio.h>

#include "conformance/options.h"

/* Looks at the testee of the options from the first line of the contract to
 * a call over real QUIC, and prints what to fix, in order, up to the first
 * thing that makes the rest meaningless. The exit status: 0 all is well, 1
 * there is something to fix, 4 it could not be started, 64 its command was not
 * understood. */
int doctor(const struct options *o, FILE *out, FILE *err);

#endif
