/* SPDX-License-Identifier: MIT */
/*
 * An input as a sequence of decisions: targets that are driven by a program
 * take its steps from the front of the bytes. At the end of them every number
 * is 0 and every piece empty, so that a shorter input is a shorter program.
 */
#ifndef FUZZ_FEED_H
#define FUZZ_FEED_H

#include "ref/base/slice.h"

struct feed {
    struct slice rest; /* borrowed: what was not taken yet */
};

static inline bool feed_is_over(const struct feed *f)
{
    return f->rest.len == 0;
}

/* The next byte, or 0. */
uint8_t feed_byte(struct feed *f);

/* A number below `bound`, which is not 0; of one byte when that is enough. */
uint32_t feed_below(struct feed *f, uint32_t bound);

/* True once in `n` bytes. */
bool feed_once_in(struct feed *f, uint32_t n);

/* The next `len` bytes, or as many as there are. Borrowed from the input. */
struct slice feed_bytes(struct feed *f, size_t len);

/* A piece that says its own length: one byte, or two for long ones. */
struct slice feed_piece(struct feed *f);

#endif
