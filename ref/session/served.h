/* SPDX-License-Identifier: MIT */
/*
 * One call of the peer's that we serve: what its handler was told, and the
 * stream its answer goes to. It belongs to the connection it came on; its
 * handler knows it only by a serial number, which is never used again.
 */
#ifndef REF_SESSION_SERVED_H
#define REF_SESSION_SERVED_H

#include "ref/rules/context.h"
#include "ref/session/stream.h"

struct serving;

struct served {
    uint64_t serial;         /* what the handler knows it by */
    struct serving *serving; /* borrowed: it runs in this one … */
    struct stream *stream;   /* … and answers here; kept while
                                it owes */
    struct context context;  /* owned, all that it points at */
    struct handler handler;  /* once started; zeroed before */
    struct served *previous; /* made earlier, same connection */
    struct served *next;     /* made later */
};

/* What is known of a request before it may run. All borrowed. */
struct served_request {
    struct slice id;                 /* on the wire */
    struct slice operation;          /* registry form */
    const struct identity *identity; /* who asks, or NULL */
    struct slice forwarded_for;      /* JSON text, data NULL if none */
};

/* A call that was not checked yet, with copies of everything. Owned by the
 * caller. */
struct served *served_new(const struct served_request *request,
                          struct peer_filter filter,
                          struct context_origin origin);

/* Every check was passed: the operation's capabilities are handed over. */
void served_admit(struct served *call, const struct registration *operation);

/* Wipes and gives back. */
void served_free(struct served *call);

#endif
