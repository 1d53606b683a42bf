/* SPDX-License-Identifier: MIT */
/*
 * What did not pass, once more at the end of a run, so that nobody has to
 * scroll: a few failures with all that was said of them, many as a line for
 * each case.
 */
#ifndef REPORTS_ROLL_H
#define REPORTS_ROLL_H

#include "reports/verdict.h"

/* Up to so many failures are repeated whole. */
#define ROLL_WHOLE_MAX 10u

struct roll {
    struct buf blocks;    /* owned: the first ones, as they were told */
    struct buf lines;     /* owned: a line for each case before `id` */
    struct buf id;        /* owned: the case of the newest failure */
    enum verdict verdict; /* of that one */
    uint64_t alike;       /* failures in a row with that case and verdict */
    uint64_t count;       /* failures in all */
};

void roll_init(struct roll *r);
void roll_clear(struct roll *r);

/* Adds a failure; `block` is what was told of it. */
void roll_add(struct roll *r, struct slice id, enum verdict verdict,
              struct slice block);

/* Appends it all with its heading; nothing when nothing failed. */
void roll_print(struct buf *b, struct roll *r);

#endif
