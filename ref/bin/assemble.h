/* SPDX-License-Identifier: MIT */
/* From the description of an operation, in JSON, to a registration: what the
 * test contract's `register` says, and what every conformance run begins with.
 */
#ifndef REF_BIN_ASSEMBLE_H
#define REF_BIN_ASSEMBLE_H

#include "ref/bin/stage.h"

/* Reads everything of a description but its behaviour, which is borrowed from
 * it. False with a sentence naming the member and what was expected; else
 * `ret` is the caller's. */
bool assemble_registration(const json_t *description,
                           const json_t **ret_behaviour,
                           struct registration *ret,
                           struct failure *ret_failure);

/* The handler of the behaviour of that name, playing on `stage`. False with a
 * sentence: it is none of the closed list (acts.h). */
bool assemble_behaviour(const json_t *name, struct stage *stage,
                        const struct registry *registry, struct handler *ret,
                        struct failure *ret_failure);

/* Adds the operation that `description` (an object; CONTRACT.md, `register`)
 * tells of, its handler playing on `stage`. False with a sentence naming the
 * member and what was expected. */
bool assemble_operation(const json_t *description, struct stage *stage,
                        struct registry *registry, struct failure *ret_failure);

/* Adds services/list and services/schema. False with a sentence when a name
 * is taken. */
bool assemble_discovery(struct stage *stage, struct registry *registry,
                        struct failure *ret_failure);

/* Adds the conformance operations and discovery, each as a run expects them.
 * False with a sentence when a name is taken. */
bool assemble_all(struct stage *stage, struct registry *registry,
                  struct failure *ret_failure);

#endif
