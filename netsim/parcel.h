/* SPDX-License-Identifier: MIT */
/*
 * What one end of a tie tells the other, in one piece of at most a datagram's
 * length: bytes of a stream, a reset, a stop, credit, a farewell. It goes over
 * its link like a datagram, and what the link loses or breaks is sent again a
 * while later, as QUIC would.
 */
#ifndef NETSIM_PARCEL_H
#define NETSIM_PARCEL_H

#include "netsim/link.h"
#include "ref/base/queue.h"
#include "ref/base/reminder.h"

enum parcel_kind {
    PARCEL_HELLO,   /* may I? */
    PARCEL_WELCOME, /* you may */
    PARCEL_DATA,
    PARCEL_RESET,
    PARCEL_STOP,
    PARCEL_ARRIVED, /* all of your half is here */
    PARCEL_CONSUMED,
    PARCEL_CREDIT,
    PARCEL_BYE
};

struct parcel;

/* The way that parcels take from one end. */
struct parcel_road {
    struct link way;
    struct agenda *agenda;  /* borrowed: where they wait */
    const uint64_t *now_ns; /* borrowed */
    /* It is there, once; whoever is told decides when it is given back. */
    void (*arrived)(void *self, struct parcel *p);
    void *self; /* the road's own */
};

struct parcel {
    struct reminder due;      /* it arrives, or is sent again */
    struct parcel_road *road; /* borrowed */
    struct queue_entry place; /* among those that were made before and after */
    enum parcel_kind kind;
    int64_t stream;
    uint64_t count;   /* CONSUMED, CREDIT */
    uint32_t tries;   /* so often it was sent in vain */
    bool is_lost;     /* and waits to be sent again */
    bool is_fin;      /* DATA: nothing comes behind it */
    bool has_arrived; /* DATA: but what is before it has not */
    size_t len;
    uint8_t bytes[];
};

/* With a copy of these bytes, the last in `list`, which owns it. */
struct parcel *parcel_new(struct parcel_road *road, struct queue *list,
                          enum parcel_kind kind, struct slice bytes);

/* Off it goes, until it arrives. */
void parcel_send(struct parcel *p);

/* Nobody has taken it: it is sent again a while later. BYE is given back after
 * a few times: whoever is gone does not stay to say so. */
void parcel_lose(struct parcel *p);

/* Gives it back, wherever it is. */
void parcel_free(struct parcel *p);

/* Gives back all. */
void parcel_free_all(struct queue *list);

/* Nobody is there to send again: gives back what waits for that, farewells
 * aside. */
void parcel_free_lost(struct queue *list);

#endif
