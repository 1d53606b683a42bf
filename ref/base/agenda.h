/* SPDX-License-Identifier: MIT */
/*
 * Who has to be woken when: a heap of moments. The entry is a field of the
 * thing that waits, so nothing is allocated per appointment, and a thing has
 * one appointment at most. Equal moments come in the order they were made.
 */
#ifndef REF_BASE_AGENDA_H
#define REF_BASE_AGENDA_H

#include "ref/base/slice.h"

struct agenda_entry {
    void *owner;    /* borrowed: the thing that waits */
    uint64_t at_ns; /* when; meaningless while place is 0 */
    uint64_t order; /* later appointments have larger ones */
    size_t place;   /* in the heap, from 1; 0: no appointment */
};

/* What they are compared by lies in the heap itself, so that nobody looks at
 * things that are far away only to find out that they are not due. */
struct agenda_slot {
    uint64_t at_ns;             /* the entry's */
    uint64_t order;             /* the entry's */
    struct agenda_entry *entry; /* borrowed */
};

struct agenda {
    struct agenda_slot *heap; /* owned */
    size_t count;             /* appointments */
    size_t capacity;          /* room in the array */
    uint64_t order;           /* appointments ever made */
};

/* Gives the memory back. All-zero is an empty agenda. The entries that are
 * still in it must not be used again. */
void agenda_clear(struct agenda *a);

/* Makes, moves or (NEVER) cancels the appointment of `entry`, which must stay
 * at its address while it has one. Asking for the moment it has already keeps
 * its turn. */
void agenda_set(struct agenda *a, struct agenda_entry *entry, uint64_t at_ns);

/* The moment of the first appointment, or NEVER. */
uint64_t agenda_next_ns(const struct agenda *a);

/* Takes the first appointment off and returns whose it was, if it is due by
 * `now_ns`; NULL if none is. */
void *agenda_take(struct agenda *a, uint64_t now_ns);

#endif
