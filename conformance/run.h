/* SPDX-License-Identifier: MIT */
/* `callspec run`: from a command line to an exit status. */
#ifndef CONFORMANCE_RUN_H
#define CONFORMANCE_RUN_H

#include <stdio.h>

#include "conformance/options.h"
#include "reports/terminal.h"

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
