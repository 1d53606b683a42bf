/* SPDX-License-Identifier: MIT */
/* `callspec run`: from a command line to an exit status. */
#ifndef CONFORMANCE_RUN_H
#define CONFORMANCE_RUN_H

#include <stdio.h>

#include "conformance/options.h"
#include "conformance/plan.h"
#include "reports/terminal.h"

/* A seam: what became of the first `said` instances of the plan. */
typedef void run_tally(FILE *out, const struct plan *p,
                       const enum verdict *verdicts, size_t said);

struct run_place {
    FILE *out;                   /* where people read */
    FILE *err;                   /* where complaints go */
    struct terminal_style style; /* how it is to look */
    const char *cmdline;         /* as it was typed */
    const char *started;         /* when, as text */
    run_tally *tally;            /* the last word but one; NULL: none */
};

/* Runs, writes the reports, and returns the exit status. */
int run(const struct options *o, const struct run_place *place);

#endif
