/* SPDX-License-Identifier: MIT */
/*
 * What is asked in a world, and by whom: each question has a number, which its
 * input says and every answer repeats, and an end that the model foretells.
 * Whatever comes back is held against that here.
 */
#ifndef NETSIM_ASK_H
#define NETSIM_ASK_H

#include "netsim/world.h"

enum ask_kind {
    ASK_CALL,
    ASK_SUBSCRIPTION,
    ASK_LIST,   /* services/list */
    ASK_SCHEMA, /* services/schema of one operation */
    ASK_ABSENT  /* what is not there, beside what is hidden */
};

#define ASK_NO_STEP 0

struct ask {
    struct world *world; /* borrowed */
    uint32_t number;     /* from 1 */
    uint32_t step;       /* of the script, or ASK_NO_STEP */
    uint64_t act;        /* what its handlers do is drawn by it */
    enum ask_kind kind;
    struct place *from; /* borrowed: who asks */
    struct end *end;    /* borrowed: over which; NULL: composed */
    struct job *by;     /* borrowed: whose handler asks; NULL: nobody's */
    struct model_question q;
    uint32_t peer;  /* composed: from which, or CAST_ANY */
    uint32_t token; /* whose it says; nobody's, if there is none */
    bool has_token;
    bool has_claim;         /* it says that somebody else is the end user */
    bool goes_on;           /* composed: whatever becomes of its parent */
    struct model_fate fate; /* as it looked when it was asked … */
    uint64_t changes;       /* … and these were the changes there */
    uint64_t ticket, asked_ns, limit_ns;
    struct reminder resume; /* when a subscriber goes on reading */
    struct reminder whim;   /* when it gives up, just so … */
    bool is_whim;  /* … and whoever works for it, does so till then */
    uint32_t twin; /* ABSENT: the number of what is hidden */
    uint32_t told, started, running, items;
    uint32_t made;    /* items that its last handler gave */
    bool is_complete; /* and said that there are no more */
    bool is_aborted, is_paused, is_ok;
    bool is_spoilt;   /* its handler failed in a way that is told as INTERNAL */
    uint64_t told_ns; /* when */
    bool is_raw;      /* said behind a connection's back: nobody waits */
    bool is_late;     /* it was asked when the weather had cleared */
    char code[32];    /* the end, when it is not ok */
    char message[80];
};

/* What a peer serves was asked for. */
struct import {
    struct end *end;    /* borrowed: over which */
    uint32_t wanted;    /* names, bits: what is beside them is left out */
    const char *prefix; /* static; "": they are called here as there */
    uint32_t told;
    struct import *next; /* earlier */
};

/* What the caller of ask_wire() says; zeroed is a plain call. */
struct ask_terms {
    enum ask_kind kind;
    uint32_t step; /* of the script */
    uint64_t act;
    uint32_t name; /* of the operation */
    struct job *by;
    bool is_through_origin; /* of `by`: the end may be gone */
    uint32_t twin;
};

/* Asks over that end, which is open, or else through where `by` came from.
 * Everything else is drawn by `act`. */
struct ask *ask_wire(struct end *e, const struct ask_terms *terms);

/* The frame of a question that nobody waits for is appended to `ret`: it is
 * asked under that id, over that end, and without its connection. */
struct ask *ask_behind(struct end *e, uint64_t act, uint32_t name,
                       struct slice id, struct buf *ret);

/* The handler of that job composes. */
struct ask *ask_composed(struct job *by, uint64_t act, bool goes_on);

/* As whom its asker is known to the node that was asked over a connection, now.
 */
struct model_asker ask_asker(const struct ask *a);

/* The node that judges it, and may pass it on: that was asked, or composes. */
const struct place *ask_judge(const struct ask *a);

/* Has nothing changed there since that may change the answer? */
static inline bool ask_is_as_it_was(const struct ask *a)
{
    return a->changes == ask_judge(a)->changes;
}

/* [AB-3] Whoever asked gives up. */
void ask_abort(struct ask *a);

/* The one that was asked in that step; NULL: none. */
struct ask *ask_of_step(const struct world *w, uint32_t step);

/* The one of that number; NULL: none. */
struct ask *ask_find(const struct world *w, uint32_t number);

/* What peers list over that end is imported. */
void ask_import(struct end *e);

/* The weather has cleared: who has stopped reading goes on. */
void ask_clear_weather(struct world *w);

/* Is anybody waiting? */
bool ask_is_quiet(const struct world *w);

/* Gives the memory back. */
void ask_clear(struct world *w);

#endif
