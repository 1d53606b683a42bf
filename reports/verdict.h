/* SPDX-License-Identifier: MIT */
/*
 * The closed list of what can become of an instance, how many of each there
 * were, and what that is called in words: for the log, and for everybody who
 * reads one.
 */
#ifndef REPORTS_VERDICT_H
#define REPORTS_VERDICT_H

#include "ref/base/buf.h"

enum verdict {
    VERDICT_PASS,       /* as demanded */
    VERDICT_FAIL,       /* not as demanded */
    VERDICT_WARN,       /* not as it should be; red only when asked for */
    VERDICT_CRASH,      /* the testee died */
    VERDICT_TIMEOUT,    /* it did not answer */
    VERDICT_UNTESTABLE, /* declared, but could not be exercised: a failure */
    VERDICT_NA,         /* not declared, so not exercised */
    VERDICT_NONDET,     /* passed and failed with the same seed */
    VERDICT_HARNESS,    /* our own fault */
};
#define VERDICT_COUNT 9

struct verdict_counts {
    uint64_t of[VERDICT_COUNT]; /* instances of each verdict */
    uint64_t excused;           /* of these, failures that were expected */
};

/* The verdict's name: "PASS", "N/A". */
const char *verdict_name(enum verdict v);

/* What sentences call it: "timed out". */
const char *verdict_words(enum verdict v);

/* One character that stands for it, and a name of letters only. */
const char *verdict_sign(enum verdict v);
const char *verdict_class(enum verdict v);

/* The verdict of that name. */
bool verdict_find(const char *name, enum verdict *ret);

/* Does the verdict make a run red? */
bool verdict_is_bad(enum verdict v);

/* Is that a failure which was expected? Our own fault never is. */
bool verdict_is_excused(enum verdict v, struct slice excuse);

/* Is it worth telling at once: all but what passed or does not apply? */
bool verdict_is_news(enum verdict v);

/* Counts one instance; `excuse` is empty unless there is one. */
void verdict_add(struct verdict_counts *counts, enum verdict v,
                 struct slice excuse);

/* All instances counted; and of these the bad ones that nobody excused. */
uint64_t verdict_total(const struct verdict_counts *counts);
uint64_t verdict_unexpected(const struct verdict_counts *counts);

/* What an exit status of callspec means. */
const char *verdict_exit_words(int status);

/* Appends `209 pass, 5 not applicable`. */
void verdict_list(struct buf *b, const struct verdict_counts *counts);

/* Appends the sentence at the end of a run: how many of the planned instances
 * ran, what was unexpected, the status and its reason; `reason` empty: the
 * status's own words. */
void verdict_sentence(struct buf *b, const struct verdict_counts *counts,
                      uint64_t planned, int status, struct slice reason);

#endif
