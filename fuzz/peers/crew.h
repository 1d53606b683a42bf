/* SPDX-License-Identifier: MIT */
/*
 * Those who work for one another in a node: ten operations of its own, and
 * three that two peers serve it. What each asks of whoever asks it, what its
 * handler may compose, as whom, and with which secret: the same in every
 * story, so that all of it is made once. And where it gets to when one has
 * another do something: the rules once more as a few bits, which share nothing
 * with those that they judge.
 *
 * Things have owners: d1 belongs to a1, d2 to a2, and d3 to nobody.
 */
#ifndef FUZZ_PEERS_CREW_H
#define FUZZ_PEERS_CREW_H

#include "fuzz/peers/gate.h"
#include "ref/session/node.h"

#define CREW_OWN 10  /* operations of the node … */
#define CREW_OPS 14  /* … and of its peers, and one that is nowhere */
#define CREW_PEERS 2 /* they are called "n1" and "n2" */
#define CREW_ANYBODY CREW_PEERS
#define CREW_STRANGER (CREW_PEERS + 1) /* a peer that nobody knows */

/* What is to be done, by whom, and with what. */
enum crew_input { CREW_FITS, CREW_LACKS, CREW_NULL, CREW_ABSENT };
struct crew_request {
    uint32_t op, peer;
    enum crew_input input;
    uint32_t thing; /* that it is about: d1 to d3; 0: none is said */
};

/* One operation, as it asks and may. */
struct crew_op {
    const char *name;
    bool is_internal, is_feed;
    bool is_checked;           /* its input must have the member "must" */
    bool asks_scope;           /* "s0" */
    bool asks_thing;           /* here: to own it; of a peer's: a right */
    bool declares;             /* the error "OUCH" */
    bool is_shadowed;          /* the node has another one of this name */
    bool has_secret;           /* its handler gets one */
    uint32_t authority;        /* whom its handler composes as: a1 to a3; 0:
                                  nobody */
    uint32_t reach;            /* what it may compose, of anybody: bits */
    uint32_t pins[CREW_PEERS]; /* and of that peer alone */
    uint32_t served;           /* by these peers, bits; 0: by the node */
};

/* Who an operation is registered for: `self` of its handler. */
struct crew_place {
    uint32_t op, peer; /* CREW_ANYBODY: of the node itself */
};

/* Once, for a handler that serves them all: its `self` becomes the place of
 * each, and who answers once has no `pull`. */
void crew_setup(const struct handler *handler);

extern const struct crew_op crew_ops[CREW_OPS];

struct slice crew_name(uint32_t op);
struct slice crew_peer(uint32_t peer); /* data NULL: anybody */

/* What the node offers, and who owns what there. */
struct registry *crew_registry(void);
const struct access_owners *crew_owners(void);

/* The peers serve the node of that connection what they serve. */
void crew_serve(struct connection *c);

/* As whom its handler composes, and its secret; data NULL: nobody, none. */
struct slice crew_authority(uint32_t op);
struct slice crew_secret(uint32_t op);

/* [LY-2, PE-4] Whose handler has to run: the peer's that is meant, or of the
 * first one that serves it, or else the node's own. */
uint32_t crew_whose(const struct crew_request *r);

/* Where a request gets to: over the wire, of somebody in gate.h; and composed
 * by the handler of `by`, where somebody keeps who owns what, or nobody. */
enum gate_end crew_of_wire(const struct crew_request *r, uint32_t who);
enum gate_end crew_of_composing(uint32_t by, const struct crew_request *r,
                                bool has_owners);

#endif
