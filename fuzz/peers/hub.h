/* SPDX-License-Identifier: MIT */
/*
 * The operations of a node that stands between others: some offer what a peer
 * serves, some compose whatever is wished for, one does its work itself. They
 * are the same for all inputs, and differ in everything that decides where a
 * question gets to.
 */
#ifndef FUZZ_PEERS_HUB_H
#define FUZZ_PEERS_HUB_H

#include "fuzz/peers/gate.h"
#include "ref/state/registry.h"

#define HUB_COMPOSERS 4
#define HUB_OFFERS 24
#define HUB_OPS (1 + HUB_COMPOSERS + HUB_OFFERS)

/* What is looked for by any of them: names as they are here. */
#define HUB_NAMES 4
/* From whom: 0 is anybody, then certain peers. */
#define HUB_PEERS 3

enum hub_kind { HUB_OWN, HUB_COMPOSES, HUB_OFFER };

struct hub_op {
    enum hub_kind kind;
    struct gate_op op;          /* who may, and as whom it composes */
    char name[8];               /* its own */
    uint32_t wanted;            /* an offer: which of the names … */
    uint32_t peer;              /* … from whom */
    uint32_t allowed;           /* within reach, from anybody: names, bits */
    uint32_t pinned[HUB_PEERS]; /* … and from that peer */
};

/* Static. */
const struct hub_op *hub_op(uint32_t which);
const char *hub_name(uint32_t name);

/* The number of that peer among those of gate.h. */
uint32_t hub_who(uint32_t peer);

/* May the handler of `op` reach that, from whom it is meant? */
bool hub_reaches(const struct hub_op *op, uint32_t name, uint32_t peer);

/* Who owns things of this node: nobody but one, who may do nothing with them by
 * his own rights. A peer's things are not this node's. [OW-4] */
const struct access_owners *hub_owners(void);

/* Once: all of them into `registry`, and discovery. What does its work here is
 * handled so. */
void hub_setup(struct registry *registry, struct handler own,
               struct handler composes);

#endif
