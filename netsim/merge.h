/* SPDX-License-Identifier: MIT */
/*
 * The logs of several machines as one: each lived some of the seeds, all built
 * from one commit, and together they are a campaign without a hole.
 */
#ifndef NETSIM_MERGE_H
#define NETSIM_MERGE_H

#include "netsim/journal.h"
#include "netsim/screen.h"

struct shard {
    const char *path;       /* borrowed */
    struct journal journal; /* owned */
};

struct merged {
    struct journal_plan plan; /* of the whole */
    struct account sum;       /* likewise */
    struct shard *shards;     /* owned; in the order of their seeds */
    size_t count;             /* not 0 */
};

/* Reads `count` logs, which are not none. False and a sentence when one cannot
 * be read, or when together they are no campaign. */
bool merge_read(const char *const *paths, size_t count, struct merged *ret,
                struct failure *ret_failure);

/* Gives the memory back. */
void merge_clear(struct merged *m);

/* Reads `count` logs, writes one to `out` unless that is NULL, and tells what
 * they come to. Returns what one run over all seeds would have returned;
 * complaints go to standard error. */
int merge(const char *const *paths, size_t count, const char *out,
          struct screen *screen);

#endif
