/* SPDX-License-Identifier: MIT */
/*
 * The life of one world, from its seed to its end: it is made, things are done
 * in it and happen to it, then the weather clears, and at last everything has
 * to have come to its end. One seed is one life, to the last byte.
 *
 * What is done and what happens is a script (script.h): drawn from the seed, or
 * handed in, so that a life can be lived again with less in it.
 */
#ifndef NETSIM_LIFE_H
#define NETSIM_LIFE_H

#include "netsim/invariant.h"
#include "netsim/tally.h"
#include "ref/base/trace.h"

struct script;

enum life_floor {
    LIFE_DRAWN,   /* the seed decides */
    LIFE_STREAMS, /* modelled streams: the first line */
    LIFE_QUIC     /* real QUIC and TLS: the second line */
};

struct life_terms {
    uint64_t seed; /* everything follows from it */
    enum life_floor floor;
    const struct script *script; /* borrowed; NULL: drawn from the seed */
    struct trace_sink trace;     /* every line; zeroed: nobody listens */
    struct script *ret_script;   /* when not NULL: an empty script, which gets
                                    what was lived, decisions of the links
                                    included, and is sealed; given back by
                                    script_clear() */
    bool has_canary;             /* break INVARIANT_CANARY on the way */
};

/* Plain data. */
struct life_report {
    uint64_t seed;
    enum life_floor floor; /* which one it was */
    struct ledger ledger;  /* what was looked at, and what is broken */
    struct tally tally;    /* what happened */
    uint64_t virtual_ns;   /* how long it took, in the world */
    uint64_t lines;        /* of its trace */
    uint64_t hash;         /* of all lines, and of all bytes that passed */
};

/* Lives. The process has to be set up for it: life_setup(). */
struct life_report life_run(const struct life_terms *terms);

/* The script of that seed, as a life would draw it, without decisions: chance
 * makes the same again. Owned by the caller. */
struct script life_draw(uint64_t seed, enum life_floor floor);

/* Once, before anything else: JSON and TLS take their chances from seeds. */
void life_setup(void);

#endif
