/* SPDX-License-Identifier: MIT */
/*
 * What a worker tells the judge about one instance: a line of JSON through a
 * pipe. Nothing here decides anything; judge.h does.
 */
#ifndef CONFORMANCE_RESULT_H
#define CONFORMANCE_RESULT_H

#include "conformance/json.h"
#include "netsim/relay.h"
#include "ref/base/buf.h"
#include "reports/verdict.h"

#define RESULT_LINE_MAX (8u * 1024 * 1024)

struct result {
    uint64_t place;              /* in the plan */
    enum verdict verdict;        /* as the scene ended */
    uint64_t step;               /* the last one begun */
    uint64_t virtual_ns;         /* in its world */
    uint64_t wall_ns;            /* in ours */
    struct slice expected;       /* empty when it passed */
    struct slice observed;       /* why, when N/A; what a pass leaves out */
    struct slice code;           /* the error code seen last; empty: none */
    struct slice hash;           /* of the conversation; empty at L2 */
    struct slice again;          /* what came of repeating it; empty: was not */
    struct slice stderr_tail;    /* when it went wrong */
    struct slice bundle;         /* the file that keeps it; empty: none */
    struct slice trouble;        /* of ours with that file; empty: none */
    struct relay_counts traffic; /* L2 in a weather that was named; else 0 */
    const struct json *choices;  /* list of [question, answer]; or NULL */
    const struct json *dialogue; /* list of [is_ours, at_ns, line]; or NULL */
};

/* Appends the line, newline included. `choices` and `dialogue` as they are. */
void result_print(struct buf *b, const struct result *r);

/* Reads one into the arena; false when it is none. */
bool result_parse(struct arena *arena, struct slice line, struct result *ret);

/* Verdict, step and code: the same failure has the same signature. */
const char *result_signature(struct arena *arena, const struct result *r);

#endif
