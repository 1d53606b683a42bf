/* SPDX-License-Identifier: MIT */
/*
 * What becomes of one datagram on its way: when it is delivered, and how many
 * times. A pure function of the weather, the key and the packet's number; it
 * holds no datagram and knows no clock.
 */
#ifndef NETSIM_LINK_H
#define NETSIM_LINK_H

#include "netsim/prng.h"

#define LINK_PPM 1000000u     /* "always", in parts per million */
#define LINK_DELIVERIES_MAX 2 /* a datagram, and its double */

/* All zero is clean weather: everything arrives, at once, once. */
struct link_config {
    uint64_t delay_ns;      /* every datagram takes at least so long */
    uint64_t jitter_ns;     /* and up to so much longer, evenly spread */
    uint32_t loss_ppm;      /* so many in a million are lost */
    uint32_t duplicate_ppm; /* so many of the others come twice */
};

/* When a datagram arrives; `count` is 0 when it is lost. */
struct link_fate {
    uint64_t at_ns[LINK_DELIVERIES_MAX]; /* absolute; in no order */
    size_t count;                        /* deliveries */
};

/* The fate of datagram number `packet`, handed in at `now_ns`. */
struct link_fate link_fate(const struct link_config *config,
                           const struct prng_key *key, uint64_t packet,
                           uint64_t now_ns);

#endif
