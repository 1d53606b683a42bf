/* SPDX-License-Identifier: MIT */
/*
 * Lives behind a wall: lived one after the other in a process of their own,
 * whose death is told and not shared. Lines of the trace come through the
 * wall, and so does what is said on standard error.
 */
#ifndef NETSIM_CELL_H
#define NETSIM_CELL_H

#include "netsim/finding.h"

#include <sys/types.h>

struct cell_terms {
    struct life_terms first; /* the trace is told in our process; the script is
                                borrowed until the cell is over; ret_script is
                                NULL */
    uint64_t lives;          /* so many, with one seed after the other */
    uint64_t patience_s;     /* of the processor, for each; then it hangs */
};

enum cell_pipe { CELL_REPORTS, CELL_WORDS, CELL_TRACE, CELL_PIPES };

struct cell {
    struct cell_terms terms;     /* of what is left */
    pid_t pid;                   /* 0: the cell is over */
    int pipes[CELL_PIPES];       /* our ends; -1: at its end */
    struct buf read[CELL_PIPES]; /* owned: what came and was not yet used */
};

/* How one life ended. Of one that came to no end the report has the seed, the
 * floor as it was asked for, and in its ledger what was said on the way. */
struct cell_outcome {
    enum finding_kind kind;
    struct life_report report;
};

/* Begins. Standard streams are flushed. False and a sentence when the machine
 * refuses; the cell is over, then. */
bool cell_begin(struct cell *c, const struct cell_terms *terms,
                struct failure *ret_failure);

/* The next life that has ended, without waiting for it. False: none has. When
 * the cell is over and `terms.lives` is not 0, these were not lived, because
 * the one before them died. */
bool cell_next(struct cell *c, struct cell_outcome *ret);

/* Ends it at once; no outcome of it is told any more. */
void cell_kill(struct cell *c);

/* Lives once, and waits for it. `is_over` is asked meanwhile, unless it is
 * NULL: when it says so, the life is ended at once. False and a sentence then,
 * and when the machine refuses. */
bool cell_live(const struct life_terms *terms, uint64_t patience_s,
               bool (*is_over)(void), struct cell_outcome *ret,
               struct failure *ret_failure);

#endif
