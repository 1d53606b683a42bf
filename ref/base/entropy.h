/* SPDX-License-Identifier: MIT */
/*
 * Where random bytes come from. Nothing in the protocol or the transport makes
 * its own: a program hands in the system's source, a test or the simulator
 * hands in a seeded one, and the same seed gives the same run.
 */
#ifndef REF_BASE_ENTROPY_H
#define REF_BASE_ENTROPY_H

#include "ref/base/slice.h"

/* A seam. `fill` writes exactly `len` bytes and cannot fail. */
struct entropy_source {
    void (*fill)(void *self, uint8_t *bytes, size_t len);
    void *self; /* the source's own */
};

/* Asks the source for `len` bytes. */
static inline void entropy_fill(const struct entropy_source *source,
                                uint8_t *bytes, size_t len)
{
    assert(source->fill);
    source->fill(source->self, bytes, len);
}

#endif
