/* SPDX-License-Identifier: MIT */
/* All vectors there are, of whatever type, group by group. */
#ifndef CONFORMANCE_CATALOGUE_H
#define CONFORMANCE_CATALOGUE_H

#include "conformance/json.h"

/* Called for each test; `groups` are all groups of its file. */
typedef void catalogue_visit(void *self, const struct json *groups,
                             const struct json *group, const struct json *test);

/* Visits every test of every file, in order. The trees live in the arena. */
void catalogue_walk(struct arena *arena, catalogue_visit *visit, void *self);

/* True when its tests can be asked of a testee: they are one stream's bytes,
 * which `decode` takes. What other tests are about is inside a testee. */
bool catalogue_is_decode(const struct json *group);

#endif
