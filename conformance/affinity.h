/* SPDX-License-Identifier: MIT */
/* Which processors we run on. */
#ifndef CONFORMANCE_AFFINITY_H
#define CONFORMANCE_AFFINITY_H

/* Binds this process, and what it starts, to the `n`-th of its processors,
 * counted around. What cannot be bound stays free. */
void affinity_bind(unsigned n);

/* How many processors we may use; at least 1. */
unsigned affinity_count(void);

#endif
