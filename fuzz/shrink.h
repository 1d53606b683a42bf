/* SPDX-License-Identifier: MIT */
/*
 * Less of an input that breaks the same. Three things are tried, over and over
 * until none of them helps: runs of bytes are left out, long ones first; a byte
 * that says the length of what stands behind it loses some of it and says so; a
 * byte becomes 0.
 */
#ifndef FUZZ_SHRINK_H
#define FUZZ_SHRINK_H

#include "fuzz/symptom.h"
#include "ref/base/buf.h"

struct shrink_result {
    struct symptom symptom; /* of what is left, as of the input */
    unsigned tries;         /* inputs that were run, each in a child */
    bool is_minimal;        /* none of the three helps any more; false when
                               the bound was reached before that was known */
};

/* Shrinks the bytes, unless they break nothing, with at most `tries_max`
 * tries. */
struct shrink_result shrink(const struct target *t, struct buf *bytes,
                            unsigned tries_max);

#endif
