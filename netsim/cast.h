/* SPDX-License-Identifier: MIT */
/*
 * Who is in a world and what each may: nodes, what they offer, whom they know
 * and with which rights. Everything is drawn from the seed by counters, so that
 * any of it can be asked for at any time and in any order, and is the same.
 *
 * Nothing here is of the reference's: rights are bits, operations a few
 * numbers. furnish.c makes registries and peer books of them, model.c foretells
 * by them who may do what.
 *
 * Node 0 is a hub. Workers serve it, clients ask it; some dial, some are
 * dialled, and there are strangers whom nobody knows. With features that are
 * drawn for each world anew ("swarm"), most worlds lack something, and what is
 * there comes to the front.
 */
#ifndef NETSIM_CAST_H
#define NETSIM_CAST_H

#include "netsim/link.h"

#define CAST_NODES_MAX 52
#define CAST_NAMES 8 /* operations are called "o/0" to "o/7" */
#define CAST_SCOPES 4
#define CAST_ACTIONS 3
#define CAST_RESOURCES 4       /* that somebody may own, at each node */
#define CAST_ANY UINT32_MAX    /* of peers: whoever it is */
#define CAST_NOBODY UINT32_MAX /* in place of a node, or of a resource */

enum cast_feature {
    CAST_TOKENS,    /* requests say tokens */
    CAST_OFFERS,    /* the hub offers what workers serve */
    CAST_COMPOSING, /* handlers compose */
    CAST_CALLBACKS, /* handlers call their callers back */
    CAST_OWNERSHIP, /* nodes keep who owns what */
    CAST_SCHEMAS,   /* inputs are checked */
    CAST_STREAMING, /* there are subscriptions */
    CAST_SAME_IDS,  /* all nodes use the same request ids */
    CAST_ABORTS,    /* askers give up */
    CAST_DEADLINES, /* askers are in a hurry */
    CAST_PROBES,    /* somebody looks for what is hidden */
    CAST_BROKEN,    /* handlers fail and break down */
    CAST_CROWD,     /* there are many nodes */
    CAST_HOSTILE,   /* some of them lie */
    CAST_RELOADS,   /* peer books change */
    CAST_ROTATIONS, /* keys change */
    CAST_CRASHES,   /* nodes go and come back */
    CAST_CUTS,      /* connections are closed */
    CAST_OUTAGES,   /* ways are closed, or held up, for a while */
    CAST_LOSS,      /* datagrams are lost */
    CAST_BURSTS,    /* likewise, many in a row */
    CAST_DISORDER,  /* they come late, out of order, twice */
    CAST_DAMAGE,    /* they come broken */
    CAST_NARROW,    /* links are slow, and their queues short */
    CAST_FEATURES
};

enum cast_role { CAST_HUB, CAST_WORKER, CAST_CLIENT, CAST_LIAR };

struct cast_rights {
    uint32_t scopes;  /* bits */
    uint32_t actions; /* on things of the type "t", bits */
};

/* One operation of a node. */
struct cast_op {
    bool exists;
    bool is_internal, is_safe, is_stream;
    bool is_checked;    /* its input has to have the member "must" */
    uint32_t scopes;    /* all of them are asked for, bits */
    bool has_any;       /* and one of these: */
    uint32_t any;       /* bits */
    bool has_action;    /* and, on things of the type "t", */
    uint32_t action;    /* this one */
    bool is_named;      /* the thing is named by the input's "id" */
    bool has_authority; /* as whom it composes: */
    struct cast_rights authority;
    uint32_t reach;      /* names it may compose, bits */
    bool is_offer;       /* it passes calls on to … */
    uint32_t offer_peer; /* … this node, or CAST_ANY, … */
    uint32_t offer_name; /* … as this */
};

struct cast_node {
    enum cast_role role;
    bool shows_key;   /* else it is a stranger to whom it dials */
    bool is_dialled;  /* by the hub; else it dials the hub */
    bool is_trusting; /* whom it dials may see all it has */
    bool is_imported; /* the hub imports what it serves */
    bool has_owners;  /* it keeps who owns what */
    struct cast_op ops[CAST_NAMES];
};

struct cast {
    uint64_t seed;
    uint32_t features; /* bits */
    uint32_t node_count;
    struct cast_node nodes[CAST_NODES_MAX];
};

/* Everything about number `seed`. */
void cast_draw(struct cast *cast, uint64_t seed);

bool cast_has(const struct cast *cast, enum cast_feature feature);

/* Does nothing go wrong there but what nodes do to each other? */
bool cast_is_fair(const struct cast *cast);

/* Does `at` know `whom`, by the `version`-th peer book it has? With which
 * rights? */
bool cast_knows(const struct cast *cast, uint32_t at, uint32_t whom,
                uint32_t version, struct cast_rights *ret_rights);

/* Who owns that resource at `at`: a node, or CAST_NOBODY. */
uint32_t cast_owner(const struct cast *cast, uint32_t at, uint32_t resource);

/* The weather of its links; each number is another one. */
struct link_config cast_weather(const struct cast *cast, uint32_t which);

/* How much room its connections have; 0: as everybody has it. */
struct cast_room {
    uint64_t streams;   /* that a peer may open at first */
    uint64_t window;    /* bytes of a stream that nobody has consumed */
    uint32_t piece_max; /* bytes, when what is written is cut at random */
};
struct cast_room cast_room(const struct cast *cast);

/* A number below `bound` for whatever these stand for. */
uint64_t cast_number(uint64_t seed, uint32_t what, uint32_t who, uint64_t which,
                     uint64_t bound);

#endif
