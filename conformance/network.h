/* SPDX-License-Identifier: MIT */
/*
 * What L2 is made of, for network.c, which moves it, and settle.c, which waits
 * for it. Belongs to one scene.
 */
#ifndef CONFORMANCE_NETWORK_H
#define CONFORMANCE_NETWORK_H

#include "conformance/backstage.h"
#include "conformance/papers.h"
#include "netsim/relay.h"
#include "ref/host/loop.h"
#include "ref/host/udp.h"
#include "ref/quic/endpoint.h"

#define POSTS (PAPERS_KINDS + 1)
#define DIALLER PAPERS_KINDS

struct post {
    struct scene *scene;       /* borrowed */
    struct udp udp;            /* open */
    struct endpoint *endpoint; /* owned */
    struct relay *relay;       /* owned: in front of it; NULL: it dials */
    struct loop_watch *watch;  /* owned */
    struct loop_timer *timer;  /* owned */
};

struct network {
    struct loop *loop;             /* owned */
    struct loop_watch *lines;      /* owned: the testee's output */
    struct loop_watch *complaints; /* owned: its standard error */
    struct papers papers;          /* owned: who we are */
    struct post *posts[POSTS];     /* owned; NULL until needed */
    struct relay *relay;           /* owned: in front of the testee */
    uint32_t relays;               /* made so far */
    const struct stream *spoken;   /* where we sent last; compared only */
    uint64_t turns;                /* callbacks so far */
    uint64_t stirred_ns;           /* when something last happened */
    bool is_proving;               /* settling, from within a wait */
};

/* The scene's, made when it is first asked for. */
struct network *network_of(struct scene *s);

/* Everything that a post can do now: receive, tell, send. */
void network_turn(struct post *p);

/* The seam's `wait` and `settle` (backstage.h), in settle.c. */
bool settle_wait(struct scene *s, uint64_t deadline_ns);
void settle(struct scene *s);

/* All that we sent has arrived, or never will. Cases rely on what is sent first
 * arriving first, which QUIC promises within a stream alone; on the loopback it
 * is so anyway, but where the weather changes the order this waits. */
void settle_arrive(struct scene *s);

#endif
