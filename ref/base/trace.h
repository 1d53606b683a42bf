/* SPDX-License-Identifier: MIT */
/*
 * One line per thing that happened, to whatever sink was given. The protocol
 * never prints; it tells a sink, and a program, a test or the simulator
 * decides what becomes of the line. A line is the same live and simulated:
 *
 *     12.004000000 a s3 < call.requested r1 fs/readFile
 *
 * No secret is ever traced: callers pass names, ids and counts.
 */
#ifndef REF_BASE_TRACE_H
#define REF_BASE_TRACE_H

#include "ref/base/slice.h"

/* A seam. `line` is borrowed for the call and has no newline. */
struct trace_sink {
    void (*line)(void *self, struct slice line); /* NULL: nobody listens */
    void *self;                                  /* the sink's own */
};

/* Formats and hands over one line stamped `now_ns`; does nothing, cheaply,
 * when nobody listens. `%.*s` prints slices; control bytes become '?'. */
__attribute__((format(printf, 3, 4))) void
trace(const struct trace_sink *sink, uint64_t now_ns, const char *format, ...);

#endif
