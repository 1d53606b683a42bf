/* SPDX-License-Identifier: MIT */
/*
 * A world of operations, peers and rights as bits, made at random, and an
 * oracle that foretells where a call in it gets to. It states the rules of
 * reach and authority once more, from the specification and in the fewest
 * words, and shares no code with those that it judges. For authority_test.c.
 */
#ifndef REF_TEST_ORACLE_H
#define REF_TEST_ORACLE_H

#include "ref/test/t.h"

#define NAMES 8
#define SCOPES 4
#define TYPES 2   /* of resources */
#define ACTIONS 2 /* and as many ids of each type */
#define HOLDERS 6 /* labels; the caller from the wire is one of them */
#define PEERS 3
#define ANY (-1)
#define STRANGER PEERS /* a peer that is not there */

enum set { SESSION = PEERS, BASE, SETS }; /* 0 … PEERS-1: what each serves */

/* ------------------------------------------------------------- the world */

/* What somebody holds. */
struct rights {
    int holder;                /* whose label it has */
    unsigned scopes;           /* bits */
    unsigned resources[TYPES]; /* bits: actions */
};

struct op {
    bool exists;
    enum set set;
    int name;
    unsigned required, any; /* scopes, bits */
    bool has_any;
    int type, action; /* that its access asks for, or ANY */
    bool is_named;    /* it says where the id of a resource stands */
    bool is_internal, is_safe, is_stream, has_authority;
    struct rights authority;
    unsigned allowed;       /* names within reach, bits … */
    unsigned pinned[PEERS]; /* … and at one peer */
    bool is_offer;          /* its handler passes it on to … */
    int offer_peer, offer_name;
};

static struct op ops[SETS][NAMES];
static struct rights user; /* who calls from the wire */
static bool is_known;      /* or nobody does */
static bool is_open;       /* the filter of its connection */
static bool has_owners;
static int owner_of[TYPES][ACTIONS];
static int order[PEERS]; /* in which peers came */
static bool is_alive[PEERS];
static uint64_t seed;

static inline size_t chance(size_t n)
{
    return t_below(&seed, n);
}

/* ------------------------------------------------------- made at random */

static inline unsigned bits(int n, size_t one_in)
{
    unsigned mask = 0;

    for (int i = 0; i < n; i++)
        mask |= (unsigned)(chance(one_in) == 0) << i;
    return mask;
}

static inline struct rights some_rights(void)
{
    struct rights r = {.holder = (int)chance(HOLDERS),
                       .scopes = bits(SCOPES, 2)};

    for (int t = 0; t < TYPES; t++)
        r.resources[t] = bits(ACTIONS, 2);
    return r;
}

static inline void think_of_access(struct op *op)
{
    op->required = chance(3) == 0 ? bits(SCOPES, 3) : 0;
    op->has_any = chance(6) == 0;
    op->any = op->has_any ? bits(SCOPES, 2) : 0;
    op->type = chance(6) == 0 ? (int)chance(TYPES) : ANY;
    op->action = chance(6) == 0 ? (int)chance(ACTIONS) : ANY;
    op->is_named = op->set >= SESSION && chance(2) == 0;
}

static inline void think_of_composing(struct op *op)
{
    op->has_authority = chance(4) != 0;
    op->authority = some_rights();
    op->allowed = bits(NAMES, 2) | bits(NAMES, 3);
    for (int p = 0; p < PEERS; p++)
        op->pinned[p] = bits(NAMES, 2);
    op->is_offer = op->set == BASE && chance(3) == 0;
    op->offer_peer = (int)chance(PEERS + 2) - 1; /* also ANY and STRANGER */
    op->offer_name = (int)chance(NAMES);
    op->allowed |= op->is_offer ? 1u << op->offer_name : 0;
}

static inline void think_of_op(enum set set, int name)
{
    struct op *op = &ops[set][name];

    *op = (struct op){
        .exists = chance(10) < (set == BASE ? 9 : 5), .set = set, .name = name};
    think_of_access(op);
    op->is_internal = set != BASE || chance(4) == 0;
    op->is_safe = chance(2) == 0;
    op->is_stream = chance(8) == 0;
    if (set >= SESSION)
        think_of_composing(op);
}

/* Everything but who is alive is thought of anew. */
static inline void think_of_world(void)
{
    for (int set = 0; set < SETS; set++)
        for (int name = 0; name < NAMES; name++)
            think_of_op((enum set)set, name);
    user = some_rights();
    is_known = chance(5) != 0;
    is_open = chance(3) != 0;
    has_owners = chance(2) == 0;
    for (int t = 0; t < TYPES; t++)
        for (int i = 0; i < ACTIONS; i++)
            owner_of[t][i] = (int)chance(HOLDERS);
    for (int p = 0; p < PEERS; p++) {
        int place = (int)chance((size_t)p + 1);

        order[p] = order[place];
        order[place] = p;
    }
}

/* ------------------------------------------------------------- the oracle */

enum outcome { RUNS, NOT_FOUND, FORBIDDEN, WRONG_TYPE, OUTCOMES };

static const char *const codes[] = {"", "NOT_FOUND", "FORBIDDEN",
                                    "INVALID_OPERATION_TYPE"};

/* What the input of a call says about a resource: an id, or ANY for none. */
static inline bool owns(const struct rights *r, const struct op *op, int id)
{
    bool owns_some = false;

    for (int i = 0; i < ACTIONS; i++)
        owns_some = owns_some || owner_of[op->type][i] == r->holder;
    if (!op->is_named)
        return owns_some;
    return id != ANY && owner_of[op->type][id] == r->holder;
}

static inline bool may_use(const struct rights *r, const struct op *op, int id)
{
    unsigned acts = 0;

    if (op->type != ANY && has_owners && op->set >= SESSION)
        return owns(r, op, id);
    if (op->type == ANY && op->action == ANY)
        return true;
    for (int t = 0; t < TYPES; t++)
        if (op->type == ANY || op->type == t)
            acts |= r->resources[t];
    return op->action == ANY ? acts != 0 : (acts >> op->action & 1) != 0;
}

/* The gate: does whoever holds `r` (NULL: nobody) meet what `op` asks for? */
static inline bool passes(const struct rights *r, const struct op *op, int id)
{
    if (!op->required && !op->has_any && op->type == ANY && op->action == ANY)
        return true;
    return r && !(op->required & ~r->scopes) &&
           (!op->has_any || (op->any & r->scopes)) && may_use(r, op, id);
}

static inline bool reaches(const struct op *op, int peer, int name)
{
    unsigned pins = peer >= 0 && peer < PEERS ? op->pinned[peer] : 0;

    return ((op->allowed | pins) >> name & 1) != 0;
}

static inline const struct rights *authority(const struct op *op)
{
    return op->has_authority ? &op->authority : NULL;
}

static inline const struct op *find_served(int peer, int name)
{
    for (int i = 0; i < PEERS; i++)
        if ((peer == ANY || peer == order[i]) && is_alive[order[i]] &&
            ops[order[i]][name].exists)
            return &ops[order[i]][name];
    return NULL;
}

static inline const struct op *find(int peer, int name, bool has_session)
{
    const struct op *served;

    if (peer == ANY && has_session && ops[SESSION][name].exists)
        return &ops[SESSION][name];
    served = find_served(peer, name);
    if (served || peer != ANY)
        return served;
    return ops[BASE][name].exists ? &ops[BASE][name] : NULL;
}

/* Where a call gets to: `target` is what was called, `ran` whose handler runs,
 * another one when that offers what a peer serves. */
struct fate {
    enum outcome outcome;
    const struct op *target, *ran;
    const struct rights *before; /* who stood at the last gate */
};

static inline struct fate refused(enum outcome outcome)
{
    return (struct fate){.outcome = outcome};
}

/* An offer is a gate of its own, with its own authority, to peers alone. */
static inline struct fate run(const struct op *op, const struct rights *before)
{
    const struct op *served;

    if (!op->is_offer)
        return (struct fate){RUNS, op, op, before};
    served = reaches(op, op->offer_peer, op->offer_name)
                 ? find_served(op->offer_peer, op->offer_name)
                 : NULL;
    if (!served)
        return refused(NOT_FOUND);
    if (!passes(authority(op), served, ANY))
        return refused(FORBIDDEN);
    if (served->is_stream != op->is_stream)
        return refused(WRONG_TYPE);
    return (struct fate){RUNS, op, served, authority(op)};
}

static inline struct fate foretell_wire(int name, int id)
{
    const struct op *op = &ops[BASE][name];
    const struct rights *who = is_known ? &user : NULL;

    if (!op->exists || op->is_internal || !(is_open || op->is_safe))
        return refused(NOT_FOUND);
    return passes(who, op, id) ? run(op, who) : refused(FORBIDDEN);
}

static inline struct fate foretell(const struct op *by, bool has_session,
                                   int peer, int name, int id)
{
    const struct op *op =
        reaches(by, peer, name) ? find(peer, name, has_session) : NULL;

    if (!op)
        return refused(NOT_FOUND);
    if (!passes(authority(by), op, id))
        return refused(FORBIDDEN);
    return op->is_stream ? refused(WRONG_TYPE) : run(op, authority(by));
}

#endif
