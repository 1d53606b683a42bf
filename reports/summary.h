/* SPDX-License-Identifier: MIT */
/*
 * A log, read back: what ran, what became of it, and how many of what. All
 * other reports are made from this and read no JSON themselves.
 *
 * Texts are C strings that live as long as the summary; one that the log did
 * not have is "", never NULL. A log without a footer is read as far as it
 * goes, and is not complete: the run died, and the report says so.
 */
#ifndef REPORTS_SUMMARY_H
#define REPORTS_SUMMARY_H

#include <stdio.h>

#include "ref/base/failure.h"
#include "reports/log.h"

struct summary_note {
    enum log_lane lane; /* who */
    uint64_t at_ns;     /* when, in the instance's world */
    const char *text;   /* what */
};

/* As struct log_requirement. */
struct summary_requirement {
    const char *id, *level, *sentence, *source, *status, *reason;
};

struct summary_rule {
    const char *id;       /* "AC-5" */
    const char *level;    /* "must" */
    const char *sentence; /* what it demands */
};

struct summary_axis {
    const char *name;  /* "dial" */
    const char *value; /* "them" */
};

/* As struct log_case. */
struct summary_case {
    const char *instance, *id, *area, *claim, *level;
    const char *signature, *expected, *observed, *choice, *excuse;
    const char *repro, *trace_hash, *seed;
    enum verdict verdict;               /* what became of it */
    uint64_t step, virtual_ns, wall_ns; /* as in the log */
    struct summary_axis *axes;          /* owned, in the log's order */
    size_t axes_count;                  /* how many */
    struct summary_rule *rules;         /* owned */
    size_t rules_count;                 /* how many */
    struct summary_note *notes;         /* owned */
    size_t notes_count;                 /* how many */
};

/* Instances that have something in common. */
struct summary_group {
    const char *name;             /* an area, a level, a rule's id */
    struct verdict_counts counts; /* of its instances */
};

/* Groups in the order in which they were first met. */
struct summary_groups {
    struct summary_group *groups; /* owned */
    size_t count;                 /* how many */
};

struct summary {
    const char *suite, *spec, *started, *cmdline, *seed; /* the header */
    const char *testee, *version, *language;             /* the testee's own */
    const char *level, *profile;                         /* what was run */
    uint64_t planned, floor;                  /* instances; 0 without a plan */
    struct summary_requirement *requirements; /* owned; none in an old log */
    size_t requirements_count;                /* how many */
    struct summary_case *cases;   /* owned, in the order of the log */
    size_t cases_count;           /* how many */
    struct verdict_counts counts; /* of all cases */
    struct summary_groups areas;  /* by area */
    struct summary_groups levels; /* by level */
    struct summary_groups rules;  /* by rule; a case counts for each of its */
    const char *unfinished;       /* the instance begun but not ended, or "" */
    bool is_complete;             /* there is a footer, and it says so */
    int exit;                     /* as the footer says; 130 without one */
    const char *reason;           /* of that exit, in words */
    struct summary_keep *keep;    /* owned: what the texts are borrowed from */
};

/* Reads a log from a file, or from a stream that has its name for sentences.
 * False and one sentence, with the line's number, when it is no log;
 * `*ret` needs summary_clear() only when true. */
bool summary_read(struct summary *ret, const char *path,
                  struct failure *ret_failure);
bool summary_load(struct summary *ret, FILE *file, const char *name,
                  struct failure *ret_failure);

/* Gives everything back. */
void summary_clear(struct summary *s);

/* The value of that axis of a case, or "". */
const char *summary_axis(const struct summary_case *c, const char *name);

/* Appends the sentence of verdict.h about the whole run. */
void summary_sentence(struct buf *b, const struct summary *s);

#endif
