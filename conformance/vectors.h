/* SPDX-License-Identifier: MIT */
/* `callspec vectors`: the vectors against the codec of any testee. */
#ifndef CONFORMANCE_VECTORS_H
#define CONFORMANCE_VECTORS_H

#include "conformance/run.h"

/* A run of everything at L0, which ends with counts by group; groups that L0
 * has no verb for are named with their counts. The exit status is run()'s. */
int vectors(const struct options *o, const struct run_place *place);

#endif
