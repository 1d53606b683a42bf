/* SPDX-License-Identifier: MIT */
/*
 * What a run turns into: one JSON object a line, in the order in which things
 * happened, flushed line by line. It is the only thing a run writes by itself;
 * every report is made from it, now or years later. README.md has the format
 * field by field.
 *
 * Texts are slices, borrowed for the call, and may hold anything: they are
 * cleaned and capped (text.h) on their way in. An empty text is left out.
 */
#ifndef REPORTS_LOG_H
#define REPORTS_LOG_H

#include <stdio.h>

#include "ref/base/failure.h"
#include "reports/verdict.h"

#define LOG_FORMAT "callspec-log/1"

/* Notes of one case that are kept; what comes beyond is counted. */
#define LOG_NOTES_MAX 2000u

struct log_header {
    struct slice suite;    /* name and version of the suite */
    struct slice spec;     /* revision of the specification */
    struct slice cmdline;  /* how callspec was started */
    struct slice started;  /* when, as text; the log reads no clock */
    uint64_t seed;         /* of the run */
    struct slice testee;   /* the testee's name, as it says itself */
    struct slice version;  /* likewise */
    struct slice language; /* likewise */
    struct slice level;    /* which of its levels are run: "L0 L1" */
    struct slice profile;  /* which of its profiles */
};

/* A requirement of the specification, whether a case asks for it or not. */
struct log_requirement {
    struct slice id;       /* "AC-5" */
    struct slice level;    /* "must", "should", "choice" */
    struct slice sentence; /* what it demands */
    struct slice source;   /* where it is written */
    struct slice status;   /* who looks after it: "case", "vector", nobody */
    struct slice reason;   /* why nobody does */
};

/* A requirement that a case asks for. */
struct log_rule {
    struct slice id;       /* "AC-5" */
    struct slice level;    /* "must", "should", "choice" */
    struct slice sentence; /* what it demands */
};

/* One axis of an instance. */
struct log_axis {
    struct slice name;  /* "dial" */
    struct slice value; /* "them" */
};

/* An instance with its outcome. */
struct log_case {
    struct slice instance;        /* id@axis=value,… */
    struct slice id;              /* area.topic.case */
    struct slice claim;           /* what it demands, in one sentence */
    struct slice level;           /* "must", "should", "choice" */
    const struct log_axis *axes;  /* borrowed */
    size_t axes_count;            /* how many */
    const struct log_rule *rules; /* borrowed */
    size_t rules_count;           /* how many */
    enum verdict verdict;         /* what became of it */
    struct slice signature;       /* verdict, step and code; no foreign text */
    struct slice expected;        /* for people; empty when it passed */
    struct slice observed;        /* for people; why, when not applicable */
    struct slice choice;          /* the choice taken, if there was one */
    struct slice excuse;          /* why the failure is expected, if it is */
    struct slice repro;           /* the command that runs it alone */
    struct slice bundle;          /* the file that keeps it, if there is one */
    struct slice trace_hash;      /* digest of all that was seen */
    uint64_t step;                /* the last step begun */
    uint64_t seed;                /* of this instance */
    uint64_t virtual_ns;          /* time that passed in its world */
    uint64_t wall_ns;             /* and in ours */
};

/* Who says a note. */
enum log_lane { LOG_US, LOG_THEM, LOG_ASIDE };

struct log_footer {
    int exit;            /* the program's status */
    bool is_complete;    /* everything planned was run */
    struct slice reason; /* empty: the status's own words */
};

struct log {
    FILE *file;                   /* owned when log_open() made it */
    struct verdict_counts counts; /* of the cases written so far */
    size_t notes;                 /* of the current case */
    bool has_failed;              /* something could not be written */
};

/* A log in a new file. False and a sentence when it cannot be made. */
bool log_open(struct log *l, const char *path, struct failure *ret_failure);

/* A log into a file that is somebody's already and is closed by
 * log_close(). */
void log_attach(struct log *l, FILE *file);

/* The events, in this order: a header, a plan, all requirements, then for each
 * instance a start, notes and the case, and at the end the footer. */
void log_header(struct log *l, const struct log_header *header);
void log_plan(struct log *l, uint64_t n, uint64_t floor);
void log_requirement(struct log *l, const struct log_requirement *r);
void log_case_start(struct log *l, struct slice instance);
void log_note(struct log *l, enum log_lane lane, uint64_t at_ns,
              struct slice text);
void log_case(struct log *l, const struct log_case *c);
void log_footer(struct log *l, const struct log_footer *footer);

/* Closes the file. False when any line since the beginning could not be
 * written. */
bool log_close(struct log *l, struct failure *ret_failure);

/* "us", "them", "aside". */
const char *log_lane_name(enum log_lane lane);

#endif
