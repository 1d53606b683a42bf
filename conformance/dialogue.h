/* SPDX-License-Identifier: MIT */
/*
 * The dialogues of the vectors as cases of L1: whole conversations that stand
 * in vectors/dialogue.json, for whoever has a protocol machine and no testee,
 * and that are played here against the testee's. We are the peer; what the
 * node does of itself is a verb.
 *
 * A dialogue with a twin asks for something not to happen, and counts only
 * where the twin passes.
 */
#ifndef CONFORMANCE_DIALOGUE_H
#define CONFORMANCE_DIALOGUE_H

#include "conformance/arena.h"
#include "conformance/case.h"

/* The cases of all dialogues, in the arena. */
struct case_list dialogue_cases(struct arena *arena);

#endif
