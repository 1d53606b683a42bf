/* SPDX-License-Identifier: MIT */
/*
 * What a campaign comes to: sums over lives, which can be added up over runs
 * and machines, and what they prove. A sum says what was looked at and how
 * often; a zero there is told, because a check that never ran proves nothing.
 */
#ifndef NETSIM_ACCOUNT_H
#define NETSIM_ACCOUNT_H

#include "netsim/finding.h"

/* So many seeds have to look at every invariant at least once. */
#define ACCOUNT_ENOUGH 1000u

/* Why a campaign ended. */
enum account_ending {
    ACCOUNT_COMPLETE,    /* every seed was lived */
    ACCOUNT_TIME_UP,     /* as many as there was time for */
    ACCOUNT_FIRST,       /* at the first failure, as was asked for */
    ACCOUNT_INTERRUPTED, /* somebody stopped it */
    ACCOUNT_REFUSED,     /* the machine did */
    ACCOUNT_ENDINGS
};

/* Exit statuses of campaigns, those of callspec. */
enum {
    ACCOUNT_GREEN = 0,
    ACCOUNT_FAILURES = 1,
    ACCOUNT_NOT_ALL = 3, /* nothing was lived, or a check never ran */
    ACCOUNT_MACHINE = 5, /* the machine refused, or the alarm is broken */
    ACCOUNT_USAGE = 64,
    ACCOUNT_STOPPED = 130
};

enum account_sum {
    ACCOUNT_SEEDS,      /* that were lived, to whatever end */
    ACCOUNT_DIED,       /* of them: their processes did */
    ACCOUNT_HUNG,       /* they used up their time */
    ACCOUNT_LINES,      /* of trace */
    ACCOUNT_VIRTUAL_US, /* of all worlds together */
    ACCOUNT_WALL_US,    /* by the clock, of all runs together */
    ACCOUNT_SUMS
};

#define ACCOUNT_FLOORS 2 /* from LIFE_STREAMS on */

/* Zeroed: nothing was lived. */
struct account {
    uint64_t of[ACCOUNT_SUMS];
    uint64_t floors[ACCOUNT_FLOORS]; /* lives there that came to an end */
    uint64_t evaluated[INVARIANTS];  /* looked at */
    uint64_t broken[INVARIANTS];     /* lives that broke it first */
    struct tally tally;
    bool has_canary; /* they had to fail */
    enum account_ending ending;
};

/* A life that was lived, to whatever end; of one that came to none the report
 * says nothing. */
void account_add(struct account *a, enum finding_kind kind,
                 const struct life_report *report);

/* The sums of two, and the later of their endings as they stand above. */
void account_join(struct account *sum, const struct account *more);

/* Lives that failed. */
uint64_t account_failures(const struct account *a);

/* Rules that were looked at so far, and those there are. Each counts once. */
size_t account_rules(const struct account *a, size_t *ret_all);

/* The exit status of a campaign that came to this. */
int account_status(const struct account *a);

/* Sums that belong together. */
struct account_group {
    const char *name; /* in files */
    uint64_t *sums;
    size_t count;
    const char *(*name_of)(size_t i);
};

enum account_groups {
    ACCOUNT_TOTALS,
    ACCOUNT_WORLDS,
    ACCOUNT_TALLY,
    ACCOUNT_HARMED,
    ACCOUNT_EVALUATED,
    ACCOUNT_BROKEN,
    ACCOUNT_GROUPS
};

/* All sums there are; they point into `a`. */
void account_group(struct account *a, struct account_group ret[ACCOUNT_GROUPS]);

/* A check that had every chance to run, and never did? */
bool account_is_unseen(const struct account *a, enum invariant i);

/* The JSON form: sums by name. Owned by the caller. */
json_t *account_tree(const struct account *a);

/* Reads it. False with a sentence, and `ret` is untouched. */
bool account_read(const json_t *tree, struct account *ret,
                  struct failure *ret_failure);

#endif
