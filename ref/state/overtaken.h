/* SPDX-License-Identifier: MIT */
/*
 * [AB-14, AB-15] An abort travels on a stream of its own and may arrive before
 * the request it is about. So the last few ids that were aborted and meant
 * nothing are remembered; a request that then comes under one is not started,
 * once.
 */
#ifndef REF_STATE_OVERTAKEN_H
#define REF_STATE_OVERTAKEN_H

#include "ref/base/bounds.h"
#include "ref/base/slice.h"

/* Zeroed remembers nothing. */
struct overtaken {
    struct slice ids[BOUNDS_OVERTAKEN_MAX]; /* owned; data NULL: free */
    size_t next;                            /* where the next one goes */
};

/* Remembers the id, and forgets the oldest. One that is too long is not
 * remembered. */
void overtaken_add(struct overtaken *o, struct slice id);

/* Was it remembered? Then it is not any more. */
bool overtaken_take(struct overtaken *o, struct slice id);

/* Forgets all. */
void overtaken_clear(struct overtaken *o);

#endif
