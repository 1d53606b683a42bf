/* SPDX-License-Identifier: MIT */
/*
 * Who ends when a call ends, in what order: the cascade. Wire section 16.1. Of
 * what a call composed nobody waits for the rest once it has answered, so that
 * ends with it like with an abort. It decides and touches nobody; the session
 * carries it out.
 */
#ifndef REF_RULES_ABORT_H
#define REF_RULES_ABORT_H

#include "ref/state/calltree.h"

/* The calls that have to end with `root`: itself first, parents before their
 * children, linked by next_doomed. Those below it that go on may not compose
 * any more; the caller takes the doomed out of the tree and ends them. */
struct calltree *abort_plan(struct calltree *root);

#endif
