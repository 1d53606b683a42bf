/* SPDX-License-Identifier: MIT */
/*
 * Where datagrams go in a simulated world. Every node has a home, where it lets
 * others in; and whoever dials does it from a berth of its own, one for each
 * tie, so that everybody can tell by an address which tie it is about. The port
 * there is the one by which others see it, which may change.
 *
 * The address looks like one of IPv6, since QUIC asks of which family it is.
 */
#ifndef NETSIM_BERTH_H
#define NETSIM_BERTH_H

#include "ref/quic/address.h"

#define BERTH_HOME 1u  /* the port of a home */
#define BERTH_FIRST 2u /* of a tie at first */

struct berth {
    uint32_t node; /* whose it is */
    uint32_t tie;  /* of which tie; of a home: 0, and it means nothing */
    uint16_t port; /* BERTH_HOME, or another */
};

static inline struct berth berth_home(uint32_t node)
{
    return (struct berth){.node = node, .port = BERTH_HOME};
}

struct address berth_address(struct berth p);

/* Of an address that was made of one. */
struct berth berth_of(const struct address *a);

#endif
