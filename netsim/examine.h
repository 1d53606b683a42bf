/* SPDX-License-Identifier: MIT */
/*
 * From a life that failed to a finding: it is lived again with an open ear,
 * and what is not needed for its failure is taken away.
 */
#ifndef NETSIM_EXAMINE_H
#define NETSIM_EXAMINE_H

#include "netsim/cell.h"

struct examine_terms {
    const char *commit;    /* what was built */
    uint64_t patience_s;   /* of the processor, for each life */
    uint64_t lives_max;    /* that shrinking may take; 0: it is not shrunk */
    bool (*is_over)(void); /* somebody wants us to stop; NULL: nobody will */
};

/* The finding of a life that ended so; the caller clears it. False and a
 * sentence when the machine refuses, or when the life ends otherwise if it is
 * lived again. */
bool examine(const struct cell_outcome *o, bool has_canary,
             const struct examine_terms *terms, struct finding *ret,
             struct failure *ret_failure);

/* Makes a finding as small as it gets; it needs a script for that. False and a
 * sentence when the machine refuses, or when it does not fail any more. */
bool examine_shrink(struct finding *f, const struct examine_terms *terms,
                    struct failure *ret_failure);

#endif
