/* SPDX-License-Identifier: MIT */
/* One socket, one endpoint, one ferry, one timer: the real world under a node.
 */
#ifndef REF_BIN_STATION_H
#define REF_BIN_STATION_H

#include "ref/host/loop.h"
#include "ref/host/udp.h"
#include "ref/quic/adapter.h"

struct station;

struct station_config {
    struct loop *loop;              /* borrowed */
    struct node *node;              /* borrowed; outlives the station */
    struct address local;           /* where to bind; port 0: any */
    bool is_listening;              /* let others in? Needs a key */
    const struct tls_key *key;      /* borrowed; NULL: show nothing */
    struct adapter_watcher watcher; /* told of connections */
    void (*turned)(void *self);     /* after each turn; NULL: nobody cares */
};

/* Binds and begins. NULL with a sentence when the machine refuses. */
struct station *station_open(const struct station_config *config,
                             struct failure *ret_failure);

/* Ends all connections, telling the peers as far as one burst of datagrams
 * does it, and gives everything back. NULL is fine. */
void station_close(struct station *s);

/* Begins a connection; see adapter_dial(). The key is the station's. */
struct adapter_link *station_dial(struct station *s, struct adapter_dial *dial,
                                  struct failure *ret_failure);

/* Takes in what has arrived, does what is due, sends what is to be sent. To be
 * said after anything was done to the node from outside the loop. */
void station_turn(struct station *s);

/* Where it is bound, the fingerprints of its key and its certificate (empty:
 * none), its links. */
const struct address *station_address(const struct station *s);
struct fingerprint station_fingerprint(const struct station *s);
struct fingerprint station_certificate(const struct station *s);
struct adapter_link *station_first(const struct station *s);

#endif
