/* SPDX-License-Identifier: MIT */
/*
 * One instance from `reset` to the balance.
 */
#ifndef CONFORMANCE_PLAY_H
#define CONFORMANCE_PLAY_H

#include "conformance/backstage.h"

/* Runs one instance against a testee that is well, from `reset` to the balance.
 * What is left: the outcome and all it points to, until scene_end(). */
void scene_run(struct scene *s, const struct instance *instance,
               struct testee *testee, uint64_t seed);
void scene_end(struct scene *s);

#endif
