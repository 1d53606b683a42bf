/* SPDX-License-Identifier: MIT */
/*
 * One node: what it offers, whom it knows, its connections, the time. It
 * belongs to one thread and shares nothing with other nodes.
 *
 * Ownership: node -> connections -> streams, served calls, pending calls. The
 * registry and the policy are borrowed and outlive the node.
 */
#ifndef REF_SESSION_NODE_H
#define REF_SESSION_NODE_H

#include "ref/session/client.h"
#include "ref/session/composing.h"
#include "ref/session/forward.h"
#include "ref/session/from_call.h"

struct node_config {
    struct registry *registry; /* borrowed; sealed by the first connection
                                  [RG-7] */
    const struct auth_policy *policy;   /* borrowed; may be empty, not NULL */
    const struct access_owners *owners; /* borrowed: who owns what; NULL:
                                           nobody keeps it [OW-5] */
    struct entropy_source entropy;      /* copied; for request ids */
    struct trace_sink trace;            /* copied; zeroed: nobody listens */
    uint64_t began_s;          /* Unix time at time 0, in seconds: API keys
                                  expire by it */
    uint64_t call_timeout_ns;  /* how long our calls wait; 0:
                                  BOUNDS_TIMEOUT_NS */
    uint64_t serve_timeout_ns; /* how long a query or mutation of a peer's
                                  may run; 0: the same [TO-6] */
    size_t body_max;           /* 0: BOUNDS_BODY_MAX */
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

/* [IP-7] From now on these are whom we know; what was resolved before stays. */
void node_set_policy(struct node *n, const struct auth_policy *policy);

/* From now on this was Unix time at time 0, in seconds: the world's clock was
 * set, or went on while ours stood still. */
void node_set_began(struct node *n, uint64_t began_s);

/* Calls back over the connection a served call came on, and aborts that: as
 * client_call() and client_abort(). `waiter` is told exactly once; at once, and
 * the ticket is 0, when that connection is gone. */
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

/* [LY-2] What the handler of that call composes from now on is looked for in
 * `session` first (NULL: no more), and so is what that composes in its turn.
 * Borrowed: it stays until all of them are over. Nothing happens when the call
 * is over. */
void node_set_session(struct handler_call call, const struct registry *session);

/* Time is `now_ns`, never less than before: what is due happens. */
void node_advance(struct node *n, uint64_t now_ns);

/* When time alone will next make something happen, or NEVER. */
uint64_t node_deadline(const struct node *n);

/* A connection that may have something to be polled, or NULL: the same one
 * again until it has been polled empty. Nobody else needs to be looked at. */
struct connection *node_stirred(struct node *n);

/* What all its connections hold together. */
struct connection_stats node_count(const struct node *n);

#endif
