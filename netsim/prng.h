/* SPDX-License-Identifier: MIT */
/*
 * Chance without a state: a number for every (seed, link, direction, packet,
 * draw), the same on every machine. What befalls packet 17 does not depend on
 * whether packet 16 was sent, so a run can be shrunk one packet at a time and
 * the rest keeps its weather. Integers only.
 */
#ifndef NETSIM_PRNG_H
#define NETSIM_PRNG_H

#include "ref/base/entropy.h"

struct prng_key {
    uint64_t seed;      /* of the whole run */
    uint32_t link;      /* which link */
    uint32_t direction; /* 0 there, 1 back */
};

/* The `draw`-th number about packet `packet`: 64 evenly spread bits. */
uint64_t prng_draw(const struct prng_key *key, uint64_t packet, uint32_t draw);

/* `number` brought down to 0 … bound-1; `bound` is not 0. */
uint64_t prng_below(uint64_t number, uint64_t bound);

/* A seeded stream of bytes, for tests and simulators to hand out as entropy.
 * The struct is the caller's and must stay where it is. */
struct prng_stream {
    struct prng_key key; /* whose numbers these are */
    uint64_t drawn;      /* so many were taken */
};
struct entropy_source prng_entropy(struct prng_stream *stream);

#endif
