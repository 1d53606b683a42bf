/* SPDX-License-Identifier: MIT */
/*
 * Calls that handlers of this node compose: another operation of the node,
 * invoked on behalf of the call that is served. They belong to the node and not
 * to a connection, since one may go on when its ancestor is gone [AB-5].
 */
#ifndef REF_SESSION_COMPOSING_H
#define REF_SESSION_COMPOSING_H

#include "ref/session/served.h"

/* [PE-1] What is to be done. All borrowed. */
struct composing_request {
    struct slice operation;      /* registry form */
    struct peer_ref peer;        /* whose; zeroed: any's, or our own */
    struct slice input;          /* JSON text */
    enum calltree_policy policy; /* when `has_policy`, else its parent's */
    bool has_policy;
};

/* The handler of the call with that serial invokes an operation. `waiter` is
 * told exactly once: at once when it may not, or when the composing call is
 * over. What may run is started by composing_run(). */
void composing_invoke(struct commons *commons, uint64_t serial,
                      const struct composing_request *request,
                      struct pending_waiter waiter);

/* Starts what was not started yet. Not to be called from inside a handler. */
void composing_run(struct commons *commons);

/* All of them end. */
void composing_stop_all(struct commons *commons);

#endif
