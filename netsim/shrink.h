/* SPDX-License-Identifier: MIT */
/*
 * Less of a script that still fails the same way: steps and decisions are
 * taken away, many at a time and then fewer, for as long as that leaves it
 * failing (delta debugging). It lives nothing itself; somebody tries for it.
 */
#ifndef NETSIM_SHRINK_H
#define NETSIM_SHRINK_H

#include "netsim/script.h"

/* A seam. Does it still fail, and in the same way? Asked of scripts that are
 * sealed if the first one was; `s` is borrowed for the call. */
struct shrink_trial {
    bool (*fails)(void *self, const struct script *s);
    void *self; /* whose trial it is */
};

struct shrink_result {
    uint64_t lives;  /* scripts that were tried */
    bool is_minimal; /* none of what is left can be taken away alone; false
                        when the bound was reached before that was known */
};

/* Takes away from `s`, which is known to fail, what is not needed for that,
 * trying at most `lives_max` scripts. What is left fails as `s` did. */
struct shrink_result shrink(struct script *s, const struct shrink_trial *trial,
                            uint64_t lives_max);

#endif
