/* SPDX-License-Identifier: MIT */
/* The one who asks: making a call over a connection, whoever dialled it. */
#ifndef REF_SESSION_CLIENT_H
#define REF_SESSION_CLIENT_H

#include "ref/session/connection.h"

/* What to ask. All borrowed for the call; JSON texts must be valid. */
struct client_request {
    struct slice operation;     /* with or without its leading slash */
    struct slice input;         /* JSON text */
    struct slice auth_token;    /* data NULL: none */
    struct slice forwarded_for; /* JSON text; data NULL: none */
    uint64_t timeout_ns;        /* how long to wait; 0: the node's default */
};

/* Calls. `waiter` is told exactly once, however it ends; at once, before this
 * returns, when the connection is gone or the request is too long. */
void client_call(struct connection *c, const struct client_request *request,
                 struct pending_waiter waiter);

#endif
