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
    bool is_rough;           /* may lose what is sent, so that it has to come
                                again before anything can be said */
};

/* All of them, clean weather first; *ret_count says how many. Static. */
const struct weather *weather_all(size_t *ret_count);

/* The one of that name, or NULL. Static. */
const struct weather *weather_find(struct slice name);

#endif
