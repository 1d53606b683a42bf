/* SPDX-License-Identifier: MIT */
/*
 * The simulator's weather between two real UDP sockets: clients talk to the
 * relay, the relay talks to the upstream, each client through a socket of its
 * own so that upstream sees as many addresses as there are clients.
 */
#ifndef NETSIM_RELAY_H
#define NETSIM_RELAY_H

#include "netsim/link.h"
#include "ref/base/failure.h"
#include "ref/host/loop.h"
#include "ref/quic/address.h"

struct relay;

struct relay_config {
    struct address upstream;    /* whom it relays to */
    struct link_config weather; /* on both ways alike */
    uint64_t seed;              /* of the weather */
};

struct relay_counts {
    uint64_t forwarded; /* datagrams sent on, doubles counted twice */
    uint64_t dropped;   /* datagrams lost to the weather or to our limits */
};

/* A relay on a loopback port of its own. NULL and a sentence when the system
 * refuses. The loop is borrowed and must live longer. */
struct relay *relay_new(struct loop *l, const struct relay_config *config,
                        struct failure *ret_failure);

/* Closes its sockets; datagrams still on the way are lost. NULL is fine. */
void relay_free(struct relay *r);

/* Where clients find it. Borrowed. */
const struct address *relay_address(const struct relay *r);

/* Changes the weather for the datagrams that come from now on. */
void relay_set_weather(struct relay *r, const struct link_config *weather);

/* What it has done so far. */
struct relay_counts relay_counts(const struct relay *r);

#endif
