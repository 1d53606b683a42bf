/* SPDX-License-Identifier: MIT */
/*
 * An input taken apart where its lengths say: frames with four bytes before
 * them, pieces of a program as feed.h has them, a JSON text, and whatever is
 * between. Put together again, every length is right.
 */
#ifndef FUZZ_MUTATOR_PARTS_H
#define FUZZ_MUTATOR_PARTS_H

#include "ref/base/buf.h"

#define PARTS_MAX 256 /* what comes behind them is one part */

enum part_kind {
    PART_BYTES, /* as they are */
    PART_BODY,  /* a JSON text without a length */
    PART_FRAME, /* one behind its length */
    PART_PIECE  /* a JSON text or frames, behind a length of a program */
};

struct part {
    enum part_kind kind;
    struct slice inside; /* borrowed, without the length */
};

/* Writes at least one part and returns how many. */
size_t parts_read(struct slice input, struct part parts[static PARTS_MAX]);

/* Appends it with its length; a piece that is too long for one is cut. */
void parts_write(const struct part *part, struct buf *out);

#endif
