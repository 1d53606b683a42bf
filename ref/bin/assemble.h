/* SPDX-License-Identifier: MIT */
/* From the description of an operation, in JSON, to a registration: what the
 * test contract's `register` says, and what every conformance run begins with.
 */
#ifndef REF_BIN_ASSEMBLE_H
#define REF_BIN_ASSEMBLE_H

#include "ref/bin/stage.h"

/* Adds the operation that `description` (an object; CONTRACT.md, `register`)
 * tells of, its handler playing on `stage`. False with a sentence naming the
 * member and what was expected. */
bool assemble_operation(const json_t *description, struct stage *stage,
                        struct registry *registry, struct failure *ret_failure);

/* Adds the conformance operations and discovery, each as a run expects them.
 * False with a sentence when a name is taken. */
bool assemble_all(struct stage *stage, struct registry *registry,
                  struct failure *ret_failure);

#endif
