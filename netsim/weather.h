/* SPDX-License-Identifier: MIT */
/*
 * Weathers that have a name, so that two people mean the same by one: what is
 * done to every datagram, both ways alike, and what else happens on the way.
 */
#ifndef NETSIM_WEATHER_H
#define NETSIM_WEATHER_H

#include "netsim/link.h"

struct weather {
    const char *name;        /* a slug */
    const char *says;        /* one sentence: what it is like */
    struct link_config link; /* of both ways */
    uint32_t rebind_after;   /* the client is seen at another address after so
                                many of its datagrams in a row that are of no
                                handshake; 0: never */
    uint64_t late_ns;        /* what was sent may come so much later than what
                                was sent behind it, lost and sent again
                                included; 0: everything keeps its order */
};

/* All of them. */
#define WEATHERS 9
extern const struct weather weathers[WEATHERS];

/* The one of that name, or NULL; and the one that needs no name. Static. */
const struct weather *weather_find(struct slice name);
const struct weather *weather_clean(void);

#endif
