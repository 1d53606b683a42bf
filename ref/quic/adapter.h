/* SPDX-License-Identifier: MIT */
/*
 * The ferry between QUIC and the protocol machine, alone in knowing both: it
 * turns what a QUIC connection reports into verbs of a session connection, and
 * the session's actions into verbs of the QUIC connection. It makes the
 * fingerprint of what a peer has shown and holds it against a pin.
 *
 * Still without I/O: the owner brings datagrams to the endpoint, gives the
 * adapter a turn, and carries away what the endpoint wants to send.
 */
#ifndef REF_QUIC_ADAPTER_H
#define REF_QUIC_ADAPTER_H

#include "ref/base/queue.h"
#include "ref/model/fingerprint.h"
#include "ref/quic/endpoint.h"
#include "ref/session/node.h"

struct adapter;

/* One QUIC connection and the session connection that runs over it. */
struct adapter_link {
    struct adapter *adapter;        /* borrowed */
    struct quic *quic;              /* borrowed from the endpoint */
    struct connection *connection;  /* borrowed from the node; NULL until the
                                       handshake is over, and after the end */
    struct fingerprint fingerprint; /* what the peer has proven; empty: none */
    struct fingerprint pin;         /* what it has to prove; empty: anything */
    struct peer_filter filter;      /* what it may see */
    bool is_dialled;                /* did we dial it? */
    bool stays;                     /* see adapter_dial */
    bool is_kept_alive;             /* has QUIC been told to? */
    void *user;                     /* the owner's own */
    struct queue_entry place;       /* in the order they were made */
};

/* Why a link ended. */
struct adapter_end {
    enum quic_by by;       /* who ended it */
    enum quic_layer layer; /* whose code */
    uint64_t code;         /* the code */
};

/* Who wants to know. A seam; either may be NULL. */
struct adapter_watcher {
    /* A connection is there: the peer has proven who it is, calls may begin. */
    void (*opened)(void *self, struct adapter_link *link);
    /* It is over; its waiters were told. `link` is gone when this returns.
     * Also told of a dialled link that never opened. */
    void (*closed)(void *self, struct adapter_link *link,
                   const struct adapter_end *end);
    void *self; /* the watcher's own */
};

/* A ferry for all connections of `endpoint`, which come in with everything
 * open: the accepting side does not filter [LG-4]. All borrowed. */
struct adapter *adapter_new(struct node *node, struct endpoint *endpoint,
                            const struct adapter_watcher *watcher);

/* Lets go of all links, without telling anybody but the session's waiters.
 * NULL is fine. */
void adapter_free(struct adapter *a);

struct adapter_dial {
    struct address to;         /* whom */
    const struct tls_key *key; /* borrowed; NULL: show nothing */
    struct slice pin;          /* the fingerprint the peer has to prove; empty:
                                  `trust` decides */
    struct tls_trust trust;    /* without a pin: whose word is enough. Without
                                  roots it fails closed: nobody is taken on
                                  trust */
    struct peer_filter filter; /* what the peer may see; zeroed: default-deny */
    struct quic_config quic;   /* key, verifier are filled in here; its
                                  keep-alive is how long a silence may be while
                                  it is needed */
    bool stays;                /* ping into silence, also when nobody waits */
    void *user;                /* for the link */
};

/* Begins a connection. NULL with a sentence when it cannot even begin; else
 * the watcher is told `opened` or `closed`, some time. */
struct adapter_link *adapter_dial(struct adapter *a,
                                  const struct adapter_dial *dial,
                                  uint64_t now_ns, struct failure *ret_failure);

/* Ferries until nothing moves any more. */
void adapter_turn(struct adapter *a, uint64_t now_ns);

/* When time alone will make it act, or NEVER. */
uint64_t adapter_deadline(const struct adapter *a);

/* Closes the connection under a link; `closed` follows in the next turn. */
void adapter_close(struct adapter_link *link);

/* The links, in the order they were made, for walking; NULL: no more. */
struct adapter_link *adapter_first(const struct adapter *a);
struct adapter_link *adapter_next(const struct adapter_link *link);

#endif
