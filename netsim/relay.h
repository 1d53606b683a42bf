/* SPDX-License-Identifier: MIT */
/*
 * The simulator's weather between two real UDP sockets: clients talk to the
 * relay, the relay talks to the upstream, each client through a socket of its
 * own so that upstream sees as many addresses as there are clients; and other
 * ones in time, when the weather is such that a client is seen elsewhere.
 */
#ifndef NETSIM_RELAY_H
#define NETSIM_RELAY_H

#include "netsim/weather.h"
#include "ref/base/failure.h"
#include "ref/host/loop.h"
#include "ref/quic/address.h"

struct relay;

struct relay_config {
    struct address upstream;       /* whom it relays to */
    const struct weather *weather; /* borrowed */
    uint64_t seed;                 /* of the weather */
};

/* Plain data, which may be added up. */
struct relay_counts {
    uint64_t forwarded;          /* datagrams sent on, doubles counted twice */
    uint64_t dropped;            /* lost to the weather or to our limits */
    uint64_t harmed[LINK_HARMS]; /* by the weather, by harm */
    uint64_t rebinds;            /* clients that were seen elsewhere */
    uint64_t strayed;            /* to where a client was long ago */
    uint64_t prompt;             /* datagrams sent on as they came … */
    uint64_t prompt_ns;          /* … and the time from receive to sent, of
                                    all of them … */
    uint64_t prompt_max_ns;      /* … and of the slowest */
};

/* Adds one to the other. */
void relay_counts_add(struct relay_counts *sum, const struct relay_counts *c);

/* A relay on a port of its own, on the loopback of the upstream's family. NULL
 * and a sentence when the system refuses. The loop is borrowed and must live
 * longer. */
struct relay *relay_new(struct loop *l, const struct relay_config *config,
                        struct failure *ret_failure);

/* Closes its sockets; datagrams still on the way are lost. NULL is fine. */
void relay_free(struct relay *r);

/* Where clients find it. Borrowed. */
const struct address *relay_address(const struct relay *r);

/* Changes the weather for the datagrams that come from now on. */
void relay_set_weather(struct relay *r, const struct weather *weather);

/* What it has done so far. */
struct relay_counts relay_counts(const struct relay *r);

#endif
