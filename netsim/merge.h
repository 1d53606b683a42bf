/* SPDX-License-Identifier: MIT */
/*
 * The logs of several machines as one: each lived some of the seeds, all built
 * from one commit, and together they are a campaign without a hole.
 */
#ifndef NETSIM_MERGE_H
#define NETSIM_MERGE_H

#include "netsim/screen.h"

/* Reads `count` logs, writes one to `out` unless that is NULL, and tells what
 * they come to. Returns what one run over all seeds would have returned;
 * complaints go to standard error. */
int merge(const char *const *paths, size_t count, const char *out,
          struct screen *screen);

#endif
