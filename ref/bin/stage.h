/* SPDX-License-Identifier: MIT */
/*
 * The behaviours that every conformance test talks to (conf/…), and the stage
 * they act on: what they count, whom they keep waiting, and to whom they
 * report that they were entered.
 */
#ifndef REF_BIN_STAGE_H
#define REF_BIN_STAGE_H

#include "ref/session/node.h"
#include "ref/state/ownership.h"

struct stage_report {
    /* Takes `event`: a handler was entered, its first act; or it was stopped
     * while it worked. NULL: nobody listens. */
    void (*tell)(void *self, json_t *event);
    /* The name of the connection with that serial, borrowed. */
    const char *(*connection)(void *self, uint64_t serial);
    void *self; /* the listener's own */
};

struct stage;

/* An empty stage. Owned by the caller. */
struct stage *stage_new(const struct stage_report *report);

/* Gives it back. The node it played for must be gone. NULL is fine. */
void stage_free(struct stage *s);

/* The handler of a behaviour, for one registration, which has to drop it. False
 * when there is no behaviour of that name. The stage outlives its calls. */
bool stage_handler(struct stage *s, struct slice behaviour,
                   const struct registry *registry, struct handler *ret);

/* `inner`, which is taken, as a handler of this stage: reported and counted
 * like a behaviour, and dropped like one. */
struct handler stage_play(struct stage *s, struct handler inner);

/* Who owns what is kept there from now on: conf/own writes it. Borrowed. */
void stage_keep(struct stage *s, struct ownership *ownership);

/* Lets every handler that waits under `tag` go on by one step; returns how
 * many. */
size_t stage_release(struct stage *s, struct slice tag);

/* Does none of them work? Each waits: to be released, for room to give an item,
 * or for the outcome of what it composed. */
bool stage_is_quiet(const struct stage *s);

/* How often each operation was entered, by name. Owned by the caller. */
json_t *stage_runs(const struct stage *s);

#endif
