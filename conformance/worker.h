/* SPDX-License-Identifier: MIT */
/*
 * One of several processes that run instances, each with testees of its own.
 * Instance number `i` belongs to worker `i mod workers`; results go through a
 * pipe as soon as they are there.
 */
#ifndef CONFORMANCE_WORKER_H
#define CONFORMANCE_WORKER_H

#include <sys/types.h>

#include "conformance/driver.h"
#include "conformance/plan.h"

struct worker_job {
    const struct plan *plan;       /* borrowed */
    const struct instance *canary; /* borrowed; has to fail */
    struct driver_program program; /* the testee's */
    uint64_t seed;                 /* of the run */
    uint64_t patience_ns;          /* for a verb */
    unsigned offered;              /* the levels that the testee has */
    bool checks_determinism;       /* run what passed twice */
    uint64_t repeats;              /* run each so often; 0: once */
    const char *command;           /* `argv` as it was given */
    const char *bundle_dir;        /* for what goes wrong; NULL: nothing */
    unsigned workers;              /* how many there are */
    unsigned number;               /* which this is */
};

struct worker {
    pid_t pid; /* the process; 0: none */
    int fd;    /* where its results come from; -1: at its end */
};

/* Starts the process. False and a sentence when the system refuses. */
bool worker_start(struct worker *w, const struct worker_job *job,
                  struct failure *ret_failure);

/* Ends it and its testees, and collects it. False when it died by itself. */
bool worker_stop(struct worker *w);

#endif
