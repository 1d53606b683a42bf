/* SPDX-License-Identifier: MIT */
/*
 * How connections between nodes come about and how their bytes travel. There
 * are two: pipe.c has streams of its own, in memory (the first line), and
 * quic_host.c runs every node on real QUIC and real TLS (the second). A world
 * does not know which one it has.
 *
 * Nodes are numbered from 0, and so are ties: a tie is one connection between
 * two nodes, made by the node on its side 0. No number is used twice in a run.
 * Whatever the world does at a node, it touches that node afterwards; nothing
 * of the carrier's is done in between, and nothing of the world's is called
 * back but from run() and dial().
 */
#ifndef NETSIM_CARRIER_H
#define NETSIM_CARRIER_H

#include "netsim/link.h"
#include "ref/model/fingerprint.h"
#include "ref/session/node.h"

#define CARRIER_KEY_LEN 32 /* bytes of the secret a node's key is made of */

/* One end of a tie. */
struct carrier_end {
    uint32_t tie;
    uint32_t side; /* 0 made it */
    uint32_t node; /* where this end is */
};

struct carrier_dial {
    uint32_t tie;              /* a new number */
    uint32_t from, to;         /* nodes; `to` need not be there */
    struct peer_filter filter; /* what `to` may see of `from` */
    bool shows_key;            /* else `from` is a stranger there */
};

/* What a carrier tells, and whom. A seam. */
struct carrier_watcher {
    /* That end is there: calls may begin. `c` belongs to the node. */
    void (*opened)(void *self, struct carrier_end end, struct connection *c);
    /* It is over; its waiters were told, and its connection is gone. Also told
     * of side 0 of a tie that never came about. */
    void (*closed)(void *self, struct carrier_end end);
    /* That node has taken something in or done something: look at it. */
    void (*stirred)(void *self, uint32_t node);
    /* Bytes that went over a link, for whoever adds them up. */
    void (*passed)(void *self, struct carrier_end from, struct slice bytes);
    void *self; /* the watcher's own */
};

struct carrier_config {
    struct carrier_watcher watcher;     /* all of it is there */
    const struct link_almanac *almanac; /* borrowed; for all links */
    struct link_config weather;         /* of every new link */
    uint64_t seed;                      /* of the weather, and of all else */
    uint64_t stream_count; /* that a peer may open at first; 0: some */
    uint64_t window;       /* bytes of a stream that nobody has consumed; 0:
                              some */
    uint32_t piece_max;    /* what is written is cut at random into pieces of at
                              most so many bytes (streams in memory only); 0: it
                              is not cut */
    uint64_t idle_ns;      /* of silence, then a connection is lost */
    uint64_t keep_alive_ns; /* a PING of side 0 into so much silence, and of
                               side 1 while anybody waits for anything */
};

/* A seam. All times are those of the world, in ns. */
struct carrier {
    /* The fingerprint of the key that is made of these bytes. */
    struct fingerprint (*fingerprint)(void *self,
                                      const uint8_t key[CARRIER_KEY_LEN]);
    /* Node number `at` is there, with that key, and lets others in. */
    void (*start)(void *self, uint32_t at, struct node *node,
                  const uint8_t key[CARRIER_KEY_LEN]);
    /* The key it shows from now on, to those who come and whom it dials. */
    void (*rekey)(void *self, uint32_t at, const uint8_t key[CARRIER_KEY_LEN]);
    /* Node number `at` is gone without a word: its connections are given back
     * (nothing is told of them), its peers have to find out. */
    void (*crash)(void *self, uint32_t at);
    void (*dial)(void *self, const struct carrier_dial *dial, uint64_t now_ns);
    /* The world did something there: whatever follows is done by run(). */
    void (*touch)(void *self, uint32_t at);
    /* The way from that side of a tie; NULL when the tie is gone on both
     * sides. What is set there holds for what is sent from now on. */
    struct link *(*way)(void *self, uint32_t tie, uint32_t side);
    /* Side 0 is seen at another address from now on, as behind a router that
     * forgot (QUIC only; nothing happens on streams in memory). */
    void (*rebind)(void *self, uint32_t tie);
    /* What an end that is there does behind the back of its connection, which
     * hears what comes of it: it opens a stream of its own, whose number is
     * negative when there is no credit for one; writes, as much as there is
     * room for, FIN behind the last byte if asked; ends its half of a stream
     * at once and takes no more from the other. Nothing, if the end or the
     * stream is not there. */
    int64_t (*open_stream)(void *self, uint32_t tie, uint32_t side);
    size_t (*write_stream)(void *self, uint32_t tie, uint32_t side,
                           int64_t stream, struct slice bytes, bool fin);
    void (*lose_stream)(void *self, uint32_t tie, uint32_t side,
                        int64_t stream);
    /* Until then that node neither reads nor says anything; what it is asked
     * to do, it does, and what has come for it waits. */
    void (*hold)(void *self, uint32_t at, uint64_t until_ns);
    /* When time alone will make it act: now, if nodes were touched; or NEVER.
     */
    uint64_t (*next_ns)(void *self);
    /* It is `now_ns`: does all that is due, and then whatever follows from it
     * at this moment. Calls node_advance() for the nodes it looks at. */
    void (*run)(void *self, uint64_t now_ns);
    /* All harm its links did, links that are gone included. */
    void (*harm)(void *self, uint64_t ret_harmed[LINK_HARMS]);
    /* Handshakes that came to their end. */
    uint64_t (*handshakes)(void *self);
    /* Gives everything back; connections that are there end first. */
    void (*free)(void *self);
    void *self; /* the carrier's own */
};

#endif
