/* SPDX-License-Identifier: MIT */
/*
 * One import after the other over one connection, whose peer answers from its
 * catalogue, and what each has to lead to: it is told once, of what was
 * foretold; what is imported then is that, or else what it was before.
 */
#ifndef FUZZ_PEERS_IMPORTING_H
#define FUZZ_PEERS_IMPORTING_H

#include "fuzz/peers/catalogue.h"
#include "fuzz/peers/party.h"

struct importing {
    struct party *party;       /* borrowed: its node imports … */
    struct port *port;         /* … over this, borrowed */
    struct catalogue said;     /* in the import at hand */
    struct catalogue served;   /* in the last one that was good */
    struct port_stream *asked; /* where it is to answer; NULL: nowhere … */
    uint32_t question;         /* … and what */
    bool is_told;
    bool is_lost; /* its connection is */
};

/* Nothing was imported over that connection yet. */
void importing_begin(struct importing *i, struct party *party,
                     struct port *port);

/* What is said over the connection, for its port: is it asked? */
void importing_said(struct importing *i, struct port_stream *s,
                    const struct event *e);

/* It imports what the catalogue `said` has; that is over when it returns. */
void importing_run(struct importing *i);

/* Our connection says an event of that type about our request of that number,
 * and no more on that stream where `fin` is. */
void importing_hear(struct port *p, struct port_stream *s, uint32_t which,
                    const char *type, struct slice payload, bool fin);

#endif
