/* SPDX-License-Identifier: MIT */
/*
 * A world: places with nodes, ties between them, a carrier, and the time. It
 * keeps the books that the reference does not show: who is known as whom over
 * which tie, and what was imported from where.
 *
 * What is asked stands in ask.c, what handlers do in job.c, what a script makes
 * of it in deed.c; life.c begins and ends it.
 */
#ifndef NETSIM_WORLD_H
#define NETSIM_WORLD_H

#include "netsim/carrier.h"
#include "netsim/furnish.h"
#include "netsim/life.h"
#include "netsim/model.h"
#include "ref/base/reminder.h"
#include "ref/state/ownership.h"

#define WORLD_MS UINT64_C(1000000)
#define WORLD_S UINT64_C(1000000000)
#define WORLD_WINDOW                                                           \
    65536u               /* bytes of a stream that nobody consumed, mostly     \
                          */
#define WORLD_KEYS_MAX 8 /* that a node may have had */

struct world;
struct place;
struct ask;
struct job;
struct import;
struct spell;
struct ruse;

/* One end of a tie. */
struct end {
    struct tie *tie;     /* borrowed: whose */
    struct place *place; /* borrowed: where */
    uint32_t side;
    struct connection *c;    /* the node's; NULL: not there (yet, any more) */
    uint64_t serial;         /* of that connection */
    bool was_open;           /* it was there once; what follows still counts */
    struct model_asker peer; /* as whom the other end is known here */
    bool is_open;            /* what the other end may see: all */
    uint32_t imported;       /* names that came over it, bits */
    bool is_attached;        /* and are served by the peer */
    uint64_t attached;       /* later is larger */
};

struct tie {
    uint32_t number;
    struct end ends[2];
    struct reminder redial; /* side 0 wants it back */
    bool is_home;           /* between the hub and somebody: made anew, when it
                               is lost */
    bool is_over;           /* nothing comes of it any more */
    bool is_torn;           /* a stream of it was lost */
    bool is_moved;          /* side 0 was seen at another address */
    bool is_cut;            /* one side closed it, or crashed */
};

/* What a handler is given: which operation of which place it is. */
struct post {
    struct place *place; /* borrowed */
    uint32_t name;
};

struct place {
    struct world *world; /* borrowed */
    uint32_t at;
    struct node *node; /* owned; NULL: it has crashed */
    struct registry registry;
    struct auth_policy policy;
    struct ownership ownership;  /* owned: who owns what here … */
    struct access_owners owners; /* … as the node sees it */
    struct prng_stream chance;   /* of its request ids */
    struct post posts[CAST_NAMES];
    uint32_t version;              /* of its peer book */
    uint32_t key_count;            /* that it has had */
    uint64_t changes;              /* of what may change a model's answer */
    uint32_t came[CAST_NODES_MAX]; /* peers that serve it, in their order */
    uint32_t came_count;
    uint64_t ever_served; /* peers that have ever been there, bits */
    struct table jobs;    /* serial of a call -> struct job */
    struct table ends;    /* serial of a connection -> struct end */
    struct reminder back; /* when it comes back from a crash */
    uint64_t entered_ns;  /* its node was told that it is this late */
    bool is_crashing;     /* it is being given back */
    bool has_lied;        /* it is a liar, and has begun */
    uint64_t stirred;     /* so often */
};

struct world {
    const struct life_terms *terms; /* borrowed */
    struct cast cast;
    struct ledger ledger;
    struct tally tally;
    struct carrier carrier;
    struct link_almanac almanac; /* of all links */
    struct link_config weather;  /* of new links */
    bool is_legible;             /* what passes is not encrypted */
    struct agenda agenda;        /* of reminders */
    uint64_t now_ns;
    struct place places[CAST_NODES_MAX];
    struct strings keys[CAST_NODES_MAX]; /* fingerprints each has had */
    struct tie **ties;                   /* owned, by number */
    uint32_t tie_count;
    struct ask **asks; /* owned, by number */
    uint32_t ask_count;
    struct job *jobs; /* owned: all there were, latest first */
    uint32_t job_count;
    struct import *imports; /* owned: likewise */
    struct spell *spells;   /* owned: what will pass */
    struct ruse *ruses;     /* owned: what liars have begun */
    uint64_t lied;          /* bytes that liars have said */
    uint32_t import_count;
    uint64_t open_asks, open_imports, open_jobs;
    uint64_t attached; /* ends, ever */
    bool is_clear;     /* the weather has cleared: all ends */
    bool is_calm;      /* it did so long ago: nothing goes wrong any more */
    bool is_ending;    /* and now everything goes */
    uint64_t hash, lines;
};

/* The world of these terms, everybody there and dialling. It must not move. */
void world_init(struct world *w, const struct life_terms *terms,
                enum life_floor floor);

/* Whatever is due next happens, with all that follows from it at that moment.
 * False when nothing ever will, or not by `until_ns`: then it is that time. */
bool world_step(struct world *w, uint64_t until_ns);

/* Nodes are given back, connections end, everybody is told. */
void world_end(struct world *w);

/* And the rest of the memory. */
void world_clear(struct world *w);

/* One line, in the trace and in the hash. */
__attribute__((format(printf, 2, 3))) void world_trace(struct world *w,
                                                       const char *format, ...);

/* A number that stands for something that happened, in the hash alone. */
void world_note(struct world *w, uint64_t number);

/* And a line in the trace alone: its facts were noted. It costs nothing when
 * nobody listens. */
__attribute__((format(printf, 2, 3))) void world_say(struct world *w,
                                                     const char *format, ...);

/* Where the node of that place tells its lines. */
struct trace_sink world_trace_of(struct place *p);

/* Shorthand: the sentence of an invariant at this moment. */
#define WORLD_HOLDS(w, i, holds, ...)                                          \
    invariant_holds(&(w)->ledger, (i), (holds), __VA_ARGS__)

/* A number below `bound` for the `which`-th question about `key`: the same
 * whatever else happens. */
uint64_t world_number(const struct world *w, uint64_t key, uint32_t which,
                      uint64_t bound);

/* Dials; the new tie. */
struct tie *world_dial(struct world *w, uint32_t from, uint32_t to,
                       bool is_home);

/* The `which`-th end that is open at that place, modulo how many there are;
 * NULL: none. */
struct end *world_end_at(struct place *p, uint32_t which);

/* The `which`-th tie with an open end, likewise. */
struct tie *world_tie(struct world *w, uint32_t which);

/* The other end. */
static inline struct end *world_peer(struct end *e)
{
    return &e->tie->ends[!e->side];
}

/* Something is going to be done there, and something was. */
void world_enter(struct place *p);
void world_touch(struct place *p);

/* [IP-7] Its peer book is the next one; with everybody's keys as they are. */
void world_reload(struct place *p, bool is_next);

/* It has another key, and everybody hears of it. */
void world_rotate(struct place *p);

/* It is gone for so long. */
void world_crash(struct place *p, uint64_t for_ns);

/* A stream of that tie was lost, or will be. */
void world_tear(struct tie *t);

/* What came over that end serves from now on. */
void world_attach(struct end *e, uint32_t names);

/* What peers serve that place. */
struct model_view world_view(const struct place *p);

/* How long calls of peers may run there, and the least that may be anywhere. */
#define WORLD_PATIENCE_MIN_NS (2 * WORLD_S)
uint64_t world_patience_ns(const struct place *p);

/* Who says that token at that place, now? False: nobody known. */
bool world_by_token(const struct place *p, uint32_t owner,
                    struct model_asker *ret);

#endif
