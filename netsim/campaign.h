/* SPDX-License-Identifier: MIT */
/*
 * Many lives, several at a time: each job is a process that is handed a few
 * seeds and hands their reports over. What fails is examined, told and kept,
 * and the campaign goes on.
 */
#ifndef NETSIM_CAMPAIGN_H
#define NETSIM_CAMPAIGN_H

#include "netsim/journal.h"
#include "netsim/screen.h"

struct campaign_terms {
    struct journal_plan plan; /* what is to be lived */
    uint64_t jobs;            /* at a time; not 0 */
    uint64_t time_ns;         /* by the clock, then no more begin; NEVER */
    uint64_t patience_s;      /* of the processor, for each life */
    uint64_t lives_max;       /* that shrinking one failure may take */
    const char *log;          /* where the log goes; NULL: nowhere */
    const char *dir;          /* where findings go; NULL: nowhere */
    bool is_first_only;       /* it ends at the first failure */
};

/* Catches SIGINT and SIGTERM from now on: they end what is going on here, and
 * the program soon after. Whoever sends one to a whole group sends two to us,
 * so that a second one must not do more than the first. */
void campaign_catch(void);

/* Was one of them caught? */
bool campaign_is_over(void);

/* Lives them all and tells about it. Returns the exit status (account.h);
 * complaints go to standard error. */
int campaign_run(const struct campaign_terms *terms, struct screen *screen);

#endif
