/* SPDX-License-Identifier: MIT */
/*
 * [AB-14, AB-15] An abort travels on a stream of its own and may arrive before
 * the request it is about. So the last few ids that were aborted and meant
 * nothing are remembered; a request that then comes under one is not started,
 * once. An abort that came too late means nothing either, but is no such one:
 * its id may be used again [ID-11]. So the ids that ended last are known, too,
 * by a number made of each, since there are many.
 */
#ifndef REF_STATE_OVERTAKEN_H
#define REF_STATE_OVERTAKEN_H

#include "ref/base/bounds.h"
#include "ref/base/slice.h"

/* Zeroed remembers nothing. */
struct overtaken {
    size_t count;                           /* of ids; mostly there are none */
    uint64_t ended[BOUNDS_ENDED_MAX];       /* of requests that are over */
    size_t ended_next;                      /* where the next one goes */
    struct slice ids[BOUNDS_OVERTAKEN_MAX]; /* owned; data NULL: free */
    size_t next;                            /* where the next one goes */
};

/* A request of that id is over. */
void overtaken_end(struct overtaken *o, struct slice id);

/* Remembers the id, and forgets the oldest. One that is too long is not
 * remembered, nor one of which a request has just ended. */
void overtaken_add(struct overtaken *o, struct slice id);

/* Was it remembered? Then it is not any more. */
bool overtaken_take(struct overtaken *o, struct slice id);

/* Forgets all. */
void overtaken_clear(struct overtaken *o);

#endif
