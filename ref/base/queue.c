/* SPDX-License-Identifier: MIT */
/* See queue.h. Linked both ways, so that nobody is looked for. */
#include "ref/base/queue.h"

void queue_enter(struct queue_entry *e)
{
    struct queue *q = e->queue;

    if (!q || e->is_in)
        return;
    e->is_in = true;
    e->before = q->last;
    e->behind = NULL;
    *(q->last ? &q->last->behind : &q->first) = e;
    q->last = e;
}

void queue_leave(struct queue_entry *e)
{
    struct queue *q = e->queue;

    if (!e->is_in)
        return;
    e->is_in = false;
    *(e->before ? &e->before->behind : &q->first) = e->behind;
    *(e->behind ? &e->behind->before : &q->last) = e->before;
}
