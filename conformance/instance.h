/* SPDX-License-Identifier: MIT */
/*
 * A case with all its axes fixed. Its name prints every axis, so that a name
 * alone says what is run again:
 *
 *     framing.length.zero@dial=them,caller=us,lvl=L1,profile=remote-safe
 */
#ifndef CONFORMANCE_INSTANCE_H
#define CONFORMANCE_INSTANCE_H

#include "conformance/arena.h"
#include "conformance/case.h"

struct instance {
    const struct conf_case *of; /* borrowed */
    struct case_axes axes;      /* one value each; only `lvl` at L0 */
    const char *name;           /* case, and axes */
};

/* Writes the instances of a case into `arena`: all combinations of its axes,
 * in a fixed order. How many: `*ret_count`. */
const struct instance *instance_expand(struct arena *arena,
                                       const struct conf_case *c,
                                       size_t *ret_count);

/* The value of the axis of that name, or NULL. */
const char *instance_axis(const struct instance *i, struct slice axis);

/* The names of all axes, in the order of the name; NULL behind the last. */
extern const char *const instance_axes[];

#endif
