/* SPDX-License-Identifier: MIT */
/*
 * What happens in a world, as a list that can be written down, shortened and
 * lived again: what is done (asked, aborted, imported …), what goes wrong, and
 * what chance said of datagrams. Steps do not depend on one another: one that
 * has nothing to act on does nothing, so any of them may be taken away.
 *
 * Who is there, and what each may, follows from the seed and a few numbers at
 * the head of the script (cast.h).
 */
#ifndef NETSIM_SCRIPT_H
#define NETSIM_SCRIPT_H

#include "netsim/link.h"
#include "ref/base/failure.h"
#include "ref/base/value.h"

enum step_kind {
    /* what is done */
    STEP_CALL, /* node `who` asks over its tie `tie` for operation `what` */
    STEP_SUBSCRIBE, /* likewise */
    STEP_ABORT,     /* who asked in step `what` gives up */
    STEP_RESUME,    /* the subscriber of step `what` goes on reading */
    STEP_LIST,      /* node `who` asks for services/list and /schema */
    STEP_PROBE,     /* node `who` asks for something hidden, and for something
                       that is not there */
    STEP_IMPORT,    /* node `who` imports over its tie `tie` */
    STEP_DIAL,      /* node `who` dials node `tie` */
    /* what goes wrong; `what` is for how long, in ms, where it passes */
    STEP_CUT,       /* node `who` closes its tie `tie` */
    STEP_CRASH,     /* node `who` is gone, and comes back */
    STEP_BLACKHOLE, /* nothing comes through over tie `tie`, either way */
    STEP_PARTITION, /* one way */
    STEP_PAUSE,     /* one way is held up */
    STEP_WEATHER,   /* other weather over tie `tie` */
    STEP_NARROW,    /* another MTU over tie `tie` */
    STEP_REBIND,    /* side 0 of tie `tie` is seen at another address */
    STEP_ROTATE,    /* node `who` gets another key, and others learn of it */
    STEP_RELOAD,    /* node `who` knows others from now on */
    STEP_RESET,     /* a stream of tie `tie` is lost */
    STEP_MISCHIEF,  /* hostile node `who` does something bad */
    STEPS
};

/* "call", "subscribe" and so on. Static. */
const char *step_name(enum step_kind kind);

/* The latest moment of a step in a file, and the longest that a datagram is
 * late there: a life is to have an end. */
#define SCRIPT_TIME_MAX_NS (3600 * UINT64_C(1000000000))

struct step {
    uint64_t at_ns;          /* when */
    enum step_kind kind;     /* what */
    uint32_t number;         /* its own, from 1; behaviour is drawn by it */
    uint32_t who, tie, what; /* see above, modulo what there is */
};

/* "streams", "quic" or "drawn", of an enum life_floor. Static. */
const char *script_floor_name(uint32_t floor);

/* The one of that name. False when there is none. */
bool script_floor_find(struct slice name, uint32_t *ret);

/* Zeroed is empty: nothing happens, chance decides about datagrams. */
struct script {
    uint64_t seed;      /* of whoever is there */
    uint32_t floor;     /* enum life_floor; never LIFE_DRAWN */
    struct step *steps; /* owned; by time */
    size_t step_count;
    struct link_decision *decisions; /* owned; by link, direction, packet */
    size_t decision_count;
    bool has_decisions; /* they replace chance, even when there are none */
};

/* Puts a step where its time is, behind those of the same time. */
void script_add(struct script *s, const struct step *step);

/* Writes a decision down; each datagram at most once, in any order. */
void script_decide(struct script *s, const struct link_decision *d);

/* All decisions are there: from now on they replace chance. */
void script_seal(struct script *s);

/* The almanac that looks datagrams up in `s`, which is borrowed and sealed;
 * without decisions it leaves them to chance. */
struct link_almanac script_almanac(const struct script *s);

/* The almanac that writes into `s`, which is borrowed and not sealed. */
struct link_almanac script_recorder(struct script *s);

/* The JSON form. Owned by the caller. */
json_t *script_tree(const struct script *s);

/* Reads it. False with a sentence, and `ret` is untouched. */
bool script_read(const json_t *tree, struct script *ret,
                 struct failure *ret_failure);

/* A copy that shares nothing with `from`. Owned by the caller. */
struct script script_copy(const struct script *from);

/* Gives the memory back. */
void script_clear(struct script *s);

#endif
