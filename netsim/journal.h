/* SPDX-License-Identifier: MIT */
/*
 * The log of a campaign, JSON lines: the plan first, a small line for each
 * seed, one for each failure, the account last. A log without its last line was
 * cut short. reports/alksim_log.schema.json describes it.
 */
#ifndef NETSIM_JOURNAL_H
#define NETSIM_JOURNAL_H

#include <stdio.h>

#include "netsim/account.h"

#define JOURNAL_FORMAT "alksim-log/1"

/* What was to be done. */
struct journal_plan {
    char commit[FINDING_COMMIT_MAX];
    uint64_t first, last; /* seeds, both included */
    enum life_floor floor;
    bool has_canary;
};

/* Each writes one line; to NULL nothing. */
void journal_plan(FILE *log, const struct journal_plan *plan);
void journal_seed(FILE *log, enum finding_kind kind,
                  const struct life_report *report);
void journal_finding(FILE *log, const struct finding *f, const char *path);
void journal_account(FILE *log, const struct account *a);

/* What a log says. */
struct journal {
    struct journal_plan plan;
    struct account account; /* as it was written */
    uint64_t *seeds;        /* owned; lived, in increasing order */
    size_t count;           /* of them */
};

/* Reads one. False and a sentence that names the file when it cannot be read,
 * is no log, was cut short or does not agree with itself; `ret` is empty, then.
 */
bool journal_read(const char *path, struct journal *ret,
                  struct failure *ret_failure);

/* Copies its lines about seeds and failures. False with a sentence. */
bool journal_copy(const char *path, FILE *log, struct failure *ret_failure);

/* Adds its failures to a list, as the lines say them, but of those that broke
 * the same no more than `alike_max`. False with a sentence. */
bool journal_findings(const char *path, json_t *list, size_t alike_max,
                      struct failure *ret_failure);

/* Gives the memory back. */
void journal_clear(struct journal *j);

#endif
