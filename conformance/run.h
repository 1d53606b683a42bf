/* SPDX-License-Identifier: MIT */
/* `callspec run`: from a command line to an exit status. */
#ifndef CONFORMANCE_RUN_H
#define CONFORMANCE_RUN_H

#include <stdio.h>

#include "conformance/options.h"
#include "reports/terminal.h"

#define RUN_SUITE "callspec 1.0.0"
#define RUN_SPEC "2026-07"

struct run_place {
    FILE *out;                   /* where people read */
    FILE *err;                   /* where complaints go */
    struct terminal_style style; /* how it is to look */
    const char *cmdline;         /* as it was typed */
    const char *started;         /* when, as text */
};

/* Runs, writes the reports, and returns the exit status. */
int run(const struct options *o, const struct run_place *place);

#endif
