/* SPDX-License-Identifier: MIT */
/* How often, by name. */
#ifndef REF_BIN_TALLY_H
#define REF_BIN_TALLY_H

#include "ref/base/table.h"
#include "ref/base/value.h"

/* Zeroed is empty. */
struct tally {
    struct table counts; /* name -> size_t, owned */
};

/* Counts that name once more; returns how often that makes. */
size_t tally_count(struct tally *t, struct slice name);

/* {name: how often}, in order of first mention. Owned by the caller. */
json_t *tally_tree(const struct tally *t);

/* Gives the memory back; the tally is empty. */
void tally_clear(struct tally *t);

#endif
