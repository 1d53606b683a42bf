/* SPDX-License-Identifier: MIT */
/*
 * Importing what a peer serves: its services/list and services/schema become
 * operations of our own node's Layer 2, each of which passes its calls on.
 * Registry section 9.
 */
#ifndef REF_SESSION_FROM_CALL_H
#define REF_SESSION_FROM_CALL_H

#include "ref/session/forward.h"
#include "ref/state/operation_adapter.h"

/* [FC-1] How. Everything is copied. */
struct from_call_terms {
    struct slice prefix;          /* stands before every name, with a slash;
                                     empty: nothing does [FC-3, FC-4] */
    const struct strings *filter; /* the peer's names for what is wanted; NULL:
                                     all of it [FC-2] */
};

/* Asks the peer what it serves this connection. The waiter is told once: that
 * all of it has taken the place of what was imported over this connection
 * before, and is attached to the peer's identity if it has one; or why nothing
 * has changed. The operations that it is told of stay where they are. */
void from_call_import(struct connection *c, const struct from_call_terms *terms,
                      struct operation_adapter_waiter waiter);

#endif
