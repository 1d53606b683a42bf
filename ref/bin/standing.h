/* SPDX-License-Identifier: MIT */
/*
 * A connection that is to last: dialled, and when it is lost dialled again, as
 * often as redial.h says. What becomes of it is told in lines on standard
 * output: {"event":"connected",…} and {"event":"lost",…}. How to dial is for
 * whoever keeps it.
 */
#ifndef REF_BIN_STANDING_H
#define REF_BIN_STANDING_H

#include "ref/bin/redial.h"
#include "ref/bin/target.h"
#include "ref/host/loop.h"

struct standing {
    const struct target *target; /* borrowed: whom */
    struct loop_timer *again;    /* owned: the next attempt */
    struct redial redial;        /* when that is */
    bool is_open;                /* connected now */
};

/* Nothing was tried yet. `attempt` is what is done with `self` whenever it is
 * time to try again. To be ended. */
void standing_begin(struct standing *s, const struct target *target,
                    struct loop *loop, void (*attempt)(void *self), void *self);

/* The attempt has led to a connection. */
void standing_opened(struct standing *s, const struct adapter_link *link);

/* The connection is over, or it never came to be one. */
void standing_closed(struct standing *s, const struct adapter_end *end);

/* It could not even be tried. */
void standing_failed(struct standing *s, const struct failure *why);

/* Nothing is tried any more. */
void standing_end(struct standing *s);

#endif
