/* SPDX-License-Identifier: MIT */
/*
 * One node: what it offers, whom it knows, its connections, the time. It
 * belongs to one thread and shares nothing with other nodes.
 *
 * Ownership: node -> connections -> streams, served calls, pending calls. The
 * registry and the peer book are borrowed and outlive the node.
 */
#ifndef REF_SESSION_NODE_H
#define REF_SESSION_NODE_H

#include "ref/session/client.h"
#include "ref/session/composing.h"

struct node_config {
    struct registry *registry;     /* borrowed; sealed by the first connection
                                      [RG-7] */
    const struct peerbook *peers;  /* borrowed; may be empty, not NULL */
    struct entropy_source entropy; /* copied; for request ids */
    struct trace_sink trace;       /* copied; zeroed: nobody listens */
    uint64_t call_timeout_ns;      /* how long our calls wait; 0:
                                      BOUNDS_TIMEOUT_NS */
    uint64_t serve_timeout_ns;     /* how long a query or mutation of a peer's
                                      may run; 0: the same [TO-6] */
    size_t body_max;               /* 0: BOUNDS_BODY_MAX */
};

struct node;

/* A node without connections, at time 0. Owned by the caller. */
struct node *node_new(const struct node_config *config);

/* Ends all connections and gives it back. NULL is fine. */
void node_free(struct node *n);

/* A new connection to a peer that has proven `fingerprint` (empty: nothing),
 * which may see what `filter` lets it. Borrowed; given back by node_remove().
 */
struct connection *node_add(struct node *n, struct slice fingerprint,
                            struct peer_filter filter);

/* The connection ends, if it has not ended, and is freed. */
void node_remove(struct node *n, struct connection *c);

/* From now on these are the peers we know; what was resolved before stays. */
void node_set_peers(struct node *n, const struct peerbook *peers);

/* Calls back over the connection a served call came on: as client_call() and
 * the others. `waiter` is told exactly once, at once when that connection is
 * gone. */
uint64_t node_call(struct context_origin origin,
                   const struct client_request *request,
                   struct pending_waiter waiter);
void node_abort(struct context_origin origin, uint64_t ticket);

/* A handler invokes another operation of this node on behalf of the call it
 * serves: as composing_invoke(). [AB-6, CX-10] the policy is said here and
 * nowhere on the wire. */
void node_invoke(struct handler_call parent,
                 const struct composing_request *request,
                 struct pending_waiter waiter);

/* Time is `now_ns`, never less than before: what is due happens. */
void node_advance(struct node *n, uint64_t now_ns);

/* When time alone will next make something happen, or NEVER. */
uint64_t node_deadline(const struct node *n);

/* What all its connections hold together. */
struct connection_stats node_count(const struct node *n);

#endif
