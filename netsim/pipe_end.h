/* SPDX-License-Identifier: MIT */
/*
 * The inside of pipe.c: ties and their ends. An end opens, hears the other one
 * or does not, takes in what arrives, and carries what its connection wants
 * done.
 */
#ifndef NETSIM_PIPE_END_H
#define NETSIM_PIPE_END_H

#include "netsim/carrier.h"
#include "netsim/lane.h"
#include "netsim/rota.h"
#include "ref/base/table.h"

struct pipe;
struct pipe_node;
struct pipe_tie;

enum pipe_end_state {
    PIPE_END_CLOSED, /* not yet, or not any more */
    PIPE_END_DIALLING,
    PIPE_END_OPEN
};

struct pipe_end {
    struct pipe_tie *tie;      /* borrowed: whose */
    struct pipe_node *node;    /* borrowed: where it is */
    struct connection *c;      /* the node's; NULL unless it is open */
    struct peer_filter filter; /* of that connection */
    struct fingerprint shown;  /* what it shows to the other end … */
    struct fingerprint wanted; /* … and, of a dialler, what that has to show */
    struct parcel_road road;   /* from here */
    struct reminder silence;   /* when it has heard nothing for too long */
    uint64_t heard_ns;
    struct queue loose;  /* owned: parcels that have no order among them */
    int64_t stream_next; /* the number of the next it opens … */
    uint64_t credit;     /* … and how many more it may */
    enum pipe_end_state state;
    uint32_t side;
    struct queue_entry place; /* among those at its node */
};

struct pipe_tie {
    struct pipe *pipe; /* borrowed */
    uint32_t number;
    struct pipe_end ends[2];
    struct lane_terms terms; /* of its streams */
    struct lane *lanes;      /* owned; few, and the older ones go first */
    struct lane **lanes_end; /* where the next one comes */
};

struct pipe_node {
    struct pipe *pipe; /* borrowed */
    uint32_t at;
    struct node *node;        /* borrowed; NULL: it is not there */
    struct fingerprint shown; /* made of its key */
    struct queue ends;        /* borrowed: all that are here */
    struct rota_place turn;
};

struct pipe {
    struct carrier_config config;
    struct table nodes;          /* number -> struct pipe_node, owned */
    struct table ties;           /* number -> struct pipe_tie, owned */
    struct rota rota;            /* of nodes */
    uint64_t harmed[LINK_HARMS]; /* by links that are gone */
};

/* Side `side` of that tie, at that node; closed. */
void pipe_end_init(struct pipe_tie *t, uint32_t side, struct pipe_node *at);

/* It knocks at the other end, and waits for an answer. */
void pipe_end_dial(struct pipe_end *e);

/* Does all that its connection, which is there, wants done. */
void pipe_end_pump(struct pipe_end *e);

/* What it does behind the back of its connection: as in carrier.h. */
int64_t pipe_end_open_stream(struct pipe_end *e);
size_t pipe_end_write(struct pipe_end *e, int64_t stream, struct slice bytes,
                      bool fin);
void pipe_end_lose_stream(struct pipe_end *e, int64_t stream);

/* It is gone without a word. What is under way from here still arrives, but
 * what is lost is not sent again; with the second end the tie goes. */
void pipe_end_shut(struct pipe_end *e);

/* Gives a tie back, with all that is under way. */
void pipe_tie_free(struct pipe_tie *t);

#endif
