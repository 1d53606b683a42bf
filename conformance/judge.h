/* SPDX-License-Identifier: MIT */
/*
 * What the results amount to. The judge takes them as they come, speaks in the
 * order of the plan, and is the only writer of log and terminal. It adds what
 * a single scene cannot know: whether the twin passed, whether a choice was
 * the same all along, whether the canary failed; and the exit status.
 */
#ifndef CONFORMANCE_JUDGE_H
#define CONFORMANCE_JUDGE_H

#include "conformance/plan.h"
#include "conformance/result.h"
#include "reports/terminal.h"

struct judge_config {
    const struct plan *plan;   /* borrowed */
    struct log *log;           /* borrowed */
    struct terminal *terminal; /* borrowed */
    const char *target;        /* options that name it, for the line that
                                  repeats */
    const char *manner;        /* further options of that line, or "" */
    enum case_level counted;   /* what weighs: must, or should as well, … */
    uint64_t seed;             /* of the run */
    uint64_t fails_max;        /* stop after so many; 0: never */
    uint64_t tests_min;        /* so many have to be run */
    uint64_t rules_min;        /* about so many requirements */
    bool is_outside;           /* asked without a driver: the end says so */
    uint64_t begun_ns;         /* when the run began */
};

struct judge {
    struct judge_config config;   /* as given */
    struct arena arena;           /* owned: results */
    struct result *results;       /* by place; the canary's is the last */
    bool *has_come;               /* likewise */
    enum verdict *verdicts;       /* what was said of each */
    size_t said;                  /* so many were said */
    struct judge_choice *choices; /* taken so far */
    struct verdict_counts counts; /* of what was said */
    uint64_t bad;                 /* of these, what makes a run red */
    bool has_harness_fault;       /* ours */
    bool was_stopped;             /* `fails_max` was reached */
};

void judge_init(struct judge *j, const struct judge_config *config);
void judge_clear(struct judge *j);

/* One line of a worker's. */
void judge_take(struct judge *j, struct slice line);

/* The exit status and, in the arena, why. `is_interrupted`: 130. */
int judge_status(struct judge *j, bool is_interrupted, const char **ret_reason);

/* Why what did not apply did not, a line each with its number, those that are
 * the most first; empty when all did. */
const char *judge_reasons(struct judge *j);

/* One digest of all conversations, in the order of the plan. */
void judge_hash(const struct judge *j, char *ret_hash);

/* The rules that were asked for by instances that did not apply only, as text
 * with blanks between; empty when there are none. */
const char *judge_not_exercised(struct judge *j);

/* What the relays did in the weathers that were named; empty when none was. */
const char *judge_traffic(struct judge *j);

/* How many instances a second each level made, with so many workers:
 * "L1 1,900/s, L2 240/s". For people; nothing is decided by it. Empty when
 * nothing was run. */
const char *judge_speed(struct judge *j, size_t workers);

#endif
