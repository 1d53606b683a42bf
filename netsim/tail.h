/* SPDX-License-Identifier: MIT */
/* The last lines of a trace, kept while it is being told. */
#ifndef NETSIM_TAIL_H
#define NETSIM_TAIL_H

#include "ref/base/strings.h"
#include "ref/base/trace.h"

#define TAIL_LINES 60u /* so many are kept */
#define TAIL_BYTES 400 /* of each, at most */

/* Zeroed is empty. */
struct tail {
    uint64_t told; /* lines so far; line n stands in place n % TAIL_LINES */
    char lines[TAIL_LINES][TAIL_BYTES + 1];
};

/* The sink that adds to it. `t` is borrowed and must stay where it is. */
struct trace_sink tail_sink(struct tail *t);

/* Adds a line. */
void tail_add(struct tail *t, struct slice line);

/* The lines, the earliest first, as good UTF-8. Owned by the caller. */
struct strings tail_lines(const struct tail *t);

#endif
