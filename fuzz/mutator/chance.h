/* SPDX-License-Identifier: MIT */
/* Choices one after the other, all of them following from a seed. */
#ifndef FUZZ_MUTATOR_CHANCE_H
#define FUZZ_MUTATOR_CHANCE_H

#include "netsim/prng.h"

struct chance {
    struct prng_key key; /* whose numbers these are */
    uint64_t drawn;      /* so many were taken */
};

static inline struct chance chance_of(uint64_t seed)
{
    return (struct chance){.key = {.seed = seed}};
}

static inline uint64_t chance_number(struct chance *c)
{
    return prng_draw(&c->key, c->drawn++, 0);
}

/* A number below `bound`, which is not 0. */
static inline size_t chance_below(struct chance *c, size_t bound)
{
    return (size_t)prng_below(chance_number(c), bound);
}

static inline bool chance_once_in(struct chance *c, size_t n)
{
    return chance_below(c, n) == 0;
}

/* One of an array. */
#define chance_pick(c, array)                                                  \
    ((array)[chance_below((c), sizeof(array) / sizeof *(array))])

#endif
