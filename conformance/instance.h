/* SPDX-License-Identifier: MIT */
/*
 * A case with all its axes fixed. Its name prints every axis, so that a name
 * alone says what is run again:
 *
 *     framing.length.zero@dial=them,caller=us,lvl=L1,profile=remote-safe
 *
 * At L2 the weather may be one of them, `net=loss2`; when nobody names one it
 * is clean, and no axis.
 */
#ifndef CONFORMANCE_INSTANCE_H
#define CONFORMANCE_INSTANCE_H

#include "conformance/arena.h"
#include "conformance/case.h"
#include "netsim/weather.h"

struct instance {
    const struct conf_case *of; /* borrowed */
    struct case_axes axes;      /* one value each; only `lvl` at L0 */
    const struct weather *net;  /* static; L2, when one was named; or NULL */
    const char *name;           /* case, and axes */
};

/* Writes the instances of a case into `arena`: all combinations of its axes,
 * in a fixed order. How many: `*ret_count`. */
const struct instance *instance_expand(struct arena *arena,
                                       const struct conf_case *c,
                                       size_t *ret_count);

/* The same at L2 in that weather. */
const struct instance *instance_in(struct arena *arena,
                                   const struct instance *i,
                                   const struct weather *net);

/* The value of the axis of that name, or NULL. */
const char *instance_axis(const struct instance *i, struct slice axis);

/* The names of all axes, in the order of the name; NULL behind the last. */
extern const char *const instance_axes[];

#endif
