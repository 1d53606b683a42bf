/* SPDX-License-Identifier: MIT */
/*
 * Which peer a question gets to, once more: peers in the order in which they
 * came, several connections of one, and what each serves. It knows the rules in
 * its own words and shares no line with what it judges.
 */
#ifndef FUZZ_PEERS_ROUTE_H
#define FUZZ_PEERS_ROUTE_H

#include "fuzz/peers/catalogue.h"
#include "fuzz/peers/hub.h"

#define ROUTE_PLACES 4 /* connections to those who serve */

struct route_place {
    uint32_t who;                  /* one of gate.h's */
    const struct catalogue *sells; /* borrowed: what was imported over it */
    uint32_t since;                /* when it first served; 0: it does not */
};

struct route {
    struct route_place places[ROUTE_PLACES];
    uint32_t came[GATE_KNOWN]; /* when each peer did, that is there */
    uint32_t clock;
};

/* Where a question ends. */
struct route_end {
    enum gate_end end;
    const char *rule;      /* by which rule it is refused */
    bool is_own;           /* it runs here, or else: */
    uint32_t place, entry; /* of its catalogue */
};

/* Over that connection something was imported; or it is gone. */
void route_serve(struct route *r, uint32_t place);
void route_lose(struct route *r, uint32_t place);

/* The next peer behind `who` (GATE_NOBODY: the first) in the order, and the
 * place from which it serves; false: there is none. */
bool route_next(const struct route *r, uint32_t *who, uint32_t *ret_place);

/* What that entry is called here. Static, until it is asked for again. */
const char *route_name(const struct catalogue *c, uint32_t entry);

/* What becomes of an offer once its caller was let in; and of what a composer
 * asks for. */
struct route_end route_offered(const struct route *r, const struct hub_op *op);
struct route_end route_composed(const struct route *r, const struct hub_op *op,
                                uint32_t name, uint32_t peer);

/* How a list of all peers has to end, for `who`: behind its own operations, and
 * with nobody but these peers. */
void route_list(const struct route *r, bool is_open, uint32_t who, char *text,
                size_t room);

#endif
