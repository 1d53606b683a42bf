/* SPDX-License-Identifier: MIT */
/* From the description of an operation, in JSON, to a registration: what the
 * test contract's `register` says, and what every conformance run begins with.
 */
#ifndef REF_BIN_ASSEMBLE_H
#define REF_BIN_ASSEMBLE_H

#include "ref/bin/stage.h"

/* What a description says of its handler; borrowed from it. */
struct assemble_behaviour {
    const json_t *name;    /* a behaviour's; what else it may be is for the
                              reader to know */
    const json_t *forward; /* what conf/forward needs, or NULL */
};

/* Reads everything of a description but its behaviour. False with a sentence
 * naming the member and what was expected; else `ret` is the caller's. */
bool assemble_registration(const json_t *description,
                           struct assemble_behaviour *ret_behaviour,
                           struct registration *ret,
                           struct failure *ret_failure);

/* Its handler, one of the closed list (acts.h) or conf/forward, playing on
 * `stage`, goes into the registration. False with a sentence: it is neither, or
 * is not described as it has to be. */
bool assemble_handler(const struct assemble_behaviour *behaviour,
                      struct stage *stage, const struct registry *registry,
                      struct registration *r, struct failure *ret_failure);

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
