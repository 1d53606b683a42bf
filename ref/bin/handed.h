/* SPDX-License-Identifier: MIT */
/*
 * Calls that were handed on to a handler which is none of the stage's: what to
 * say about each if it is stopped. Nobody tells us of its end, since such a
 * handler answers by itself; so those that are over go when the next one comes.
 */
#ifndef REF_BIN_HANDED_H
#define REF_BIN_HANDED_H

#include "ref/base/table.h"
#include "ref/base/value.h"
#include "ref/state/handler.h"

/* Zeroed is empty. */
struct handed {
    struct table witnesses; /* serial of the call -> json_t, owned */
};

/* A call of a node's is about to be handed on. `witness` is taken. */
void handed_add(struct handed *h, struct handler_call call, json_t *witness);

/* Its witness, which is forgotten here; NULL when there is none. Owned by the
 * caller. */
json_t *handed_take(struct handed *h, struct handler_call call);

/* Gives everything back. */
void handed_clear(struct handed *h);

#endif
