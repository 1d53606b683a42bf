/* SPDX-License-Identifier: MIT */
/*
 * The vectors of validation as cases of L1: an operation is registered with the
 * schema of a vector and called with its input, or is refused with it. They
 * stand in vectors/validation.json, for whoever has a validator and no testee.
 * Which keyword was not understood is for people, and nobody asks for it.
 */
#ifndef CONFORMANCE_VALIDATION_H
#define CONFORMANCE_VALIDATION_H

#include "conformance/arena.h"
#include "conformance/case.h"

/* The cases of all inputs and schemas, in the arena. */
struct case_list validation_cases(struct arena *arena);

#endif
