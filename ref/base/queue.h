/* SPDX-License-Identifier: MIT */
/*
 * Who is next: things that wait for their turn, in the order they came. The
 * entry is a field of the thing that waits, so nothing is allocated; it stands
 * in its queue once at most, and may leave from any place in it at once.
 */
#ifndef REF_BASE_QUEUE_H
#define REF_BASE_QUEUE_H

#include "ref/base/slice.h"

/* Must stay at its address while it is in. */
struct queue_entry {
    struct queue *queue;        /* borrowed: where it waits; NULL: nowhere */
    void *owner;                /* borrowed: the thing that waits */
    struct queue_entry *before; /* while it is in: who is sooner … */
    struct queue_entry *behind; /* … and who is later */
    bool is_in;                 /* does it wait? */
};

/* All-zero is an empty queue. It owns nothing. */
struct queue {
    struct queue_entry *first; /* borrowed: whose turn it is */
    struct queue_entry *last;  /* borrowed: who came last */
};

/* Comes in as the last, unless it is in already or waits nowhere. */
void queue_enter(struct queue_entry *e);

/* Is out, whether it was in or not. */
void queue_leave(struct queue_entry *e);

/* Whose turn it is, or NULL: nobody waits. */
static inline void *queue_first(const struct queue *q)
{
    return q->first ? q->first->owner : NULL;
}

#endif
