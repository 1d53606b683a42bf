/* SPDX-License-Identifier: MIT */
/*
 * Which call made which: the calls a node serves, each below the one whose
 * handler composed it. It knows families and nothing else: who dies when one
 * is aborted is asked in rules/abort.h, and how one dies is the session's.
 * Wire section 16.
 */
#ifndef REF_STATE_CALLTREE_H
#define REF_STATE_CALLTREE_H

#include "ref/base/slice.h"

/* [AB-5] What becomes of a composed call when one above it is aborted. */
enum calltree_policy {
    CALLTREE_ABORT_DEPENDENTS, /* it ends too; the default */
    CALLTREE_CONTINUE_RUNNING  /* once started it goes on */
};

/* A call in the tree, a field of what serves it. Zeroed is a root without
 * children; whoever is in a tree stays at its address. */
struct calltree {
    struct calltree *parent;      /* borrowed; NULL: a root, or an orphan */
    struct calltree *first;       /* borrowed: its children, oldest first */
    struct calltree *last;        /* the youngest */
    struct calltree *previous;    /* elder of the same parent */
    struct calltree *next;        /* younger */
    enum calltree_policy policy;  /* as its composer chose */
    size_t depth;                 /* calls above it when it was made */
    bool is_started;              /* has its handler been started? */
    bool is_barren;               /* it may not compose any more */
    bool is_doomed;               /* found to end, see rules/abort.h */
    struct calltree *next_doomed; /* behind it in the order of ending */
};

/* [AB-21] Adds a child to a call that may have some. */
void calltree_add(struct calltree *parent, struct calltree *child,
                  enum calltree_policy policy);

/* Takes a call out: its children become orphans, nobody else is touched. */
void calltree_remove(struct calltree *call);

/* The call after `at` in the tree below `root`, parents before children and
 * elder before younger; begin with `at` = root. NULL at the end. */
struct calltree *calltree_next(const struct calltree *root,
                               const struct calltree *at);

#endif
