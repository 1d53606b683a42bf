/* SPDX-License-Identifier: MIT */
/*
 * A failure in one file, a JSON object: how it was made, what is broken, the
 * end of the trace, and the script that brings it about again. Whoever has the
 * program and the file needs nothing else.
 */
#ifndef NETSIM_FINDING_H
#define NETSIM_FINDING_H

#include "netsim/life.h"
#include "netsim/script.h"

#define FINDING_FORMAT "alksim-finding/1"
#define FINDING_COMMIT_MAX 64 /* bytes of the name of a commit */

/* How a life ended. */
enum finding_kind {
    FINDING_NONE,   /* as it should */
    FINDING_BROKEN, /* an invariant was */
    FINDING_DIED,   /* its process did */
    FINDING_HUNG,   /* it used up its time and was stopped */
    FINDING_KINDS
};

struct finding {
    char commit[FINDING_COMMIT_MAX]; /* what was built */
    enum finding_kind kind;          /* never FINDING_NONE */
    struct life_report report;       /* of what is told only the seed, the
                                        floor, what is broken and how, the time,
                                        the lines and the hash; of a life that
                                        did not end only the first two */
    bool has_canary;                 /* it was broken on purpose */
    struct strings trace;            /* owned: its last lines */
    bool has_script;                 /* else all follows from the seed */
    struct script script;            /* owned */
    uint64_t steps_before;           /* of the script, shrinking */
    uint64_t decisions_before;       /* likewise */
    uint64_t lives;                  /* that were lived for that; 0: none */
    bool is_minimal;                 /* nothing more can be taken away */
};

/* The name of the invariant, or "died" or "hung". Static. */
const char *finding_name(const struct finding *f);

/* The terms to live it again; they borrow from it. */
struct life_terms finding_terms(const struct finding *f);

/* Does a life that ended so fail in the same way? */
bool finding_is_same(const struct finding *f, enum finding_kind kind,
                     const struct life_report *report);

/* Its JSON form. Owned by the caller. */
json_t *finding_tree(const struct finding *f);

/* Reads it. False with a sentence, and `ret` is untouched. */
bool finding_read(const json_t *tree, struct finding *ret,
                  struct failure *ret_failure);

/* The same from and to a file. */
bool finding_load(const char *path, struct finding *ret,
                  struct failure *ret_failure);
bool finding_save(const struct finding *f, const char *path,
                  struct failure *ret_failure);

/* Gives the memory back. */
void finding_clear(struct finding *f);

#endif
