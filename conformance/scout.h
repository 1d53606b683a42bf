/* SPDX-License-Identifier: MIT */
/* The first visit to a node: is it there, is it who it has to be, and which
 * of our operations does it list? */
#ifndef CONFORMANCE_SCOUT_H
#define CONFORMANCE_SCOUT_H

#include "conformance/card.h"

enum scout_found {
    SCOUT_MET,    /* the card is complete */
    SCOUT_NOBODY, /* nobody is there, or somebody else */
    SCOUT_MISLED, /* the command line named an operation that is not there */
};

/* Dials, asks services/list, and calls what there is of ours once, to complete
 * the card. A node that does not list anything is fine: what the command line
 * says of it stands. Unless it was met, a sentence. */
enum scout_found scout_visit(struct card *card, struct arena *arena,
                             uint64_t seed, struct failure *ret_failure);

#endif
