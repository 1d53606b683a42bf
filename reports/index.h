/* SPDX-License-Identifier: MIT */
/*
 * Texts, numbered from 0 in the order in which they are first met. It owns no
 * text: whoever adds one keeps it until index_clear().
 */
#ifndef REPORTS_INDEX_H
#define REPORTS_INDEX_H

#include "ref/base/slice.h"

struct index {
    struct slice *texts; /* owned; by number */
    size_t count;        /* how many */
    size_t *slots;       /* owned: number + 1 by digest, 0 where free */
    size_t slots_count;  /* a power of two above twice `count`, or 0 */
};

/* An empty index; nothing is allocated. */
void index_init(struct index *x);
void index_clear(struct index *x);

/* The number of that text, which is new when `count` has grown. */
size_t index_add(struct index *x, struct slice text);

#endif
