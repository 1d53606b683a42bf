/* SPDX-License-Identifier: MIT */
/*
 * The vectors of decisions that can be asked of a testee, as cases of L1: an
 * operation is registered with what a vector declares, and called with its
 * input. Schemas stand in vectors/validation.json, owners in
 * vectors/ownership.json, for whoever has something that decides and no testee.
 */
#ifndef CONFORMANCE_DECISION_H
#define CONFORMANCE_DECISION_H

#include "conformance/arena.h"
#include "conformance/case.h"
#include "conformance/json.h"

/* Can the tests of that group be asked? */
bool decision_is_asked(const struct json *group);

/* The cases of all of them, in the arena. */
struct case_list decision_cases(struct arena *arena);

#endif
