/* SPDX-License-Identifier: MIT */
/*
 * What must be true in every world, whatever the weather: each sentence once,
 * with the rules it stands for. Whoever can see that it holds, or does not,
 * says so to a ledger, which counts and keeps the first that was broken.
 *
 * A person adding one adds a line here and one in invariant.c, and a lie to
 * netsim/mutants/ that it finds.
 */
#ifndef NETSIM_INVARIANT_H
#define NETSIM_INVARIANT_H

#include "ref/base/slice.h"

enum invariant {
    INVARIANT_TOLD_ONCE,     /* who asked is told the end, once */
    INVARIANT_ENDED_ONCE,    /* a handler answers or is stopped, once */
    INVARIANT_REFUSED_UNRUN, /* what was refused never ran */
    INVARIANT_FORETOLD,      /* allowed and refused as the model says */
    INVARIANT_IDENTITY,      /* a handler is told who asks, and for whom */
    INVARIANT_SECRET,        /* capabilities come after the last check, and
                                are the operation's own; none travels */
    INVARIANT_ALIKE,         /* hidden looks like absent */
    INVARIANT_LISTED,        /* listed is what may be called, and all of it */
    INVARIANT_OWN_ANSWER,    /* an answer is the answer to that question,
                                though both sides use the same ids */
    INVARIANT_ORDER,         /* items come in order, and all of them before
                                completion */
    INVARIANT_CASCADE,       /* what depends on an aborted call ends, and
                                nothing new begins below it */
    INVARIANT_CONTINUES,     /* what was told to go on goes on */
    INVARIANT_DEADLINE,      /* nobody waits or works beyond his time */
    INVARIANT_IMPORT,        /* an import is told once, and is what the peer
                                lists for us */
    INVARIANT_BOUNDED,       /* memory, streams and entries stay bounded */
    INVARIANT_GIVEN_BACK,    /* and come back to nothing */
    INVARIANT_LIVE,          /* after the weather clears, all is answered */
    INVARIANT_HARMLESS,      /* a peer that lies harms nobody else */
    INVARIANT_CANARY,        /* never true: does the alarm work? */
    INVARIANTS
};

struct invariant_text {
    const char *name;  /* one word or two, with hyphens */
    const char *says;  /* a sentence */
    const char *rules; /* ids with blanks between */
};

/* Static. */
const struct invariant_text *invariant_text(enum invariant i);

/* Its rules one by one, from 0; empty behind the last. Static. */
struct slice invariant_rule(enum invariant i, size_t n);

/* The one of that name; INVARIANTS when there is none. */
enum invariant invariant_find(const char *name);

#define INVARIANT_WHAT_MAX 400

/* Zeroed: nothing was looked at, nothing is broken. */
struct ledger {
    uint64_t evaluated[INVARIANTS]; /* how often each was looked at */
    bool is_broken;                 /* and from there on nothing else counts */
    enum invariant broken;          /* the first one … */
    char what[INVARIANT_WHAT_MAX];  /* … and how, NUL-terminated */
};

/* `holds`, or it is broken as the words say. Returns `holds`. */
__attribute__((format(printf, 4, 5))) bool
invariant_holds(struct ledger *l, enum invariant i, bool holds,
                const char *format, ...);

#endif
