/* SPDX-License-Identifier: MIT */
/*
 * Whose turn it is: nodes that were touched, by the world, by an arrival or by
 * time, wait for their turn in the order they were touched. When nobody waits
 * time goes on to the next moment in the agenda, where arrivals stand as well.
 */
#ifndef NETSIM_ROTA_H
#define NETSIM_ROTA_H

#include "ref/base/queue.h"
#include "ref/base/reminder.h"

/* All-zero but for `turn` is a rota with nobody on it. */
struct rota {
    void (*turn)(void *owner); /* does what that node has to do now */
    struct agenda agenda;      /* moments of nodes, and of all else */
    struct queue touched;      /* of places */
    uint64_t now_ns;           /* never goes back */
};

/* The place of a node on a rota, a field of it. */
struct rota_place {
    struct rota *rota;        /* borrowed */
    void *owner;              /* borrowed: the node */
    struct reminder due;      /* when time alone makes it act */
    struct queue_entry waits; /* among those that were touched */
    uint64_t held_until_ns;   /* it neither reads nor says anything */
};

/* A place for `owner`; both stay where they are until the rota is cleared. */
void rota_enter(struct rota *r, struct rota_place *p, void *owner);

/* It has a turn, and one only, however often it was touched. */
void rota_touch(struct rota_place *p);

/* It is to keep still until then: rota_is_held(). */
void rota_hold(struct rota_place *p, uint64_t until_ns);
bool rota_is_held(const struct rota_place *p);

/* Time alone makes it act at that moment, or when it is not held any more. */
void rota_wake(struct rota_place *p, uint64_t at_ns);

/* It is not held any more, and time alone does not make it act. */
void rota_rest(struct rota_place *p);

/* When something is next to be done: now, while anybody waits; or NEVER. */
uint64_t rota_next_ns(const struct rota *r);

/* Does all that is to be done until then. */
void rota_run(struct rota *r, uint64_t now_ns);

/* Gives the memory back, and forgets all places. */
void rota_clear(struct rota *r);

#endif
