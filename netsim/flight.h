/* SPDX-License-Identifier: MIT */
/*
 * Datagrams on their way: a link decides what becomes of one, and this is where
 * it becomes so. Each flight has one arrival in somebody's agenda, whole or
 * harmed; a datagram that is lost has no flight, one that is doubled has two.
 */
#ifndef NETSIM_FLIGHT_H
#define NETSIM_FLIGHT_H

#include "netsim/link.h"
#include "ref/base/queue.h"
#include "ref/base/reminder.h"
#include "ref/quic/endpoint.h"

/* All flights of a world. The first two are filled in by its owner. */
struct flights {
    struct agenda *agenda; /* borrowed: where they arrive */
    void (*arrived)(void *self, const struct datagram *d); /* borrowed for the
                                                              call */
    void *self;                                            /* the owner's own */
    struct queue all;                                      /* owned */
};

/* Sends a copy of the datagram on that way. */
void flight_send(struct flights *f, struct link *way, const struct datagram *d,
                 uint64_t now_ns);

/* What is on its way is lost. */
void flight_clear(struct flights *f);

#endif
