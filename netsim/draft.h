/* SPDX-License-Identifier: MIT */
/* A script drawn from a seed: what the features of a world allow, at random
 * moments, each step with a number of its own. */
#ifndef NETSIM_DRAFT_H
#define NETSIM_DRAFT_H

#include "netsim/cast.h"
#include "netsim/script.h"

/* Appends the steps to `ret`. */
void draft_steps(const struct cast *cast, struct script *ret);

#endif
