/* SPDX-License-Identifier: MIT */
/*
 * The one who asks: calls, subscriptions and their abort over a connection,
 * whoever dialled it.
 *
 * A ticket is how whoever asked speaks of a request later: a number, never 0
 * and never used again. It may be kept for ever; what is said of a request
 * that has ended is not heard.
 */
#ifndef REF_SESSION_CLIENT_H
#define REF_SESSION_CLIENT_H

#include "ref/session/connection.h"

/* What to ask. All borrowed for the call; JSON texts must be valid. */
struct client_request {
    struct slice operation;     /* with or without its leading slash */
    struct slice input;         /* JSON text */
    struct slice auth_token;    /* data NULL: none */
    struct slice forwarded_for; /* JSON text; data NULL: none */
    uint64_t timeout_ns;        /* how long to wait; 0: the node's default for
                                   a call, without end for a subscription */
};

/* Calls. `waiter.tell` is told exactly once, however it ends; at once, before
 * this returns, when the connection is gone, the request is too long or too
 * many wait. The
 * ticket of the request, at once [AB-16]. */
uint64_t client_call(struct connection *c, const struct client_request *request,
                     struct pending_waiter waiter);

/* Subscribes. `waiter.item` gets every item, in order; then `waiter.tell` is
 * told exactly once. A waiter whose item() said that it has enough for now
 * gets no more until client_resume(): meanwhile the stream is not read, and so
 * the peer stops sending [SU-9, SU-10, PM-13]. */
uint64_t client_subscribe(struct connection *c,
                          const struct client_request *request,
                          struct pending_waiter waiter);

/* Goes on after item() was false. Items may be told before this returns. */
void client_resume(struct connection *c, uint64_t ticket);

/* Ends a request of ours: the waiter is told so at once (AB-3), and the peer
 * by call.aborted, unless the request was not sent yet. Also how interest in a
 * subscription is dropped. */
void client_abort(struct connection *c, uint64_t ticket);

#endif
