/* SPDX-License-Identifier: MIT */
/*
 * What askers see in a world, held against what must be true (invariant.h), and
 * what is to be seen of the whole; what handlers see is the business of
 * oversight.h. Those who see something come here with it; nothing is changed
 * here but the ledger, and the fate and end of a question.
 */
#ifndef NETSIM_VERDICT_H
#define NETSIM_VERDICT_H

#include "netsim/ask.h"

/* Whom some questions claim to be asked for; it gives no rights. */
#define VERDICT_CLAIM                                                          \
    "{\"id\":\"p0\",\"scopes\":[\"s0\",\"s1\",\"s2\",\"s3\"],"                 \
    "\"resources\":{\"t\":[\"x0\",\"x1\",\"x2\"]}}"
#define VERDICT_CLAIM_SCOPES 15
#define VERDICT_CLAIM_ACTIONS 7

/* A question is being asked: where will it get to? */
void verdict_foretell(struct ask *a);

/* An item of its answer; its end. */
void verdict_on_item(struct ask *a, struct slice output);
void verdict_on_end(struct ask *a, const struct pending_outcome *outcome);

void verdict_on_import(struct import *i, bool is_ok, uint32_t names);

/* Something happened at that place. */
void verdict_on_stir(struct place *p);

/* The weather has been clear for long enough: everybody has his answer. */
void verdict_on_calm(struct world *w);

/* And nothing is left of it, at nodes with connections on which nobody asks. */
void verdict_on_rest(struct world *w);

/* All nodes are gone. */
void verdict_on_ending(struct world *w);

#endif
