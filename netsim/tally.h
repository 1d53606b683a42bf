/* SPDX-License-Identifier: MIT */
/*
 * What happened in a run, in numbers: plain data that can be added up over
 * runs, processes and machines.
 */
#ifndef NETSIM_TALLY_H
#define NETSIM_TALLY_H

#include "netsim/link.h"

enum tally_kind {
    /* what was done */
    TALLY_CALLS,
    TALLY_SUBSCRIPTIONS,
    TALLY_ITEMS,
    TALLY_ABORTS,
    TALLY_COMPOSITIONS, /* calls that handlers made on their own node */
    TALLY_CALLBACKS,    /* calls that handlers made to their callers */
    TALLY_FORWARDED,    /* calls that ran on another node than was asked */
    TALLY_LISTS,        /* services/list, /schema and /list-peers */
    TALLY_IMPORTS,
    TALLY_REFUSED, /* NOT_FOUND, FORBIDDEN or INVALID_INPUT */
    TALLY_TIMEOUTS,
    TALLY_LOST,        /* ended because a connection was */
    TALLY_FORETOLD,    /* requests whose end the model knew exactly */
    TALLY_CONNECTIONS, /* that came about */
    TALLY_HANDSHAKES,  /* of them with TLS */
    TALLY_EVENTS,      /* moments at which something happened */
    /* misfortunes, beside those of the links */
    TALLY_CRASHES,
    TALLY_RETURNS,       /* of crashed nodes */
    TALLY_CUTS,          /* connections that one side closed */
    TALLY_BLACKHOLES,    /* both ways closed for a while */
    TALLY_PARTITIONS,    /* one way closed for a while */
    TALLY_PAUSES,        /* a way held up for a while */
    TALLY_WEATHERS,      /* the weather changed */
    TALLY_NARROWED,      /* the MTU changed */
    TALLY_REBINDS,       /* addresses changed */
    TALLY_ROTATIONS,     /* keys changed */
    TALLY_RELOADS,       /* peer books changed */
    TALLY_STALLS,        /* subscribers that stopped reading */
    TALLY_RESETS,        /* streams that were reset or stopped */
    TALLY_MALFORMED,     /* hostile: frames that are none */
    TALLY_FOREIGN_IDS,   /* hostile: answers to what nobody asked */
    TALLY_LATE,          /* hostile: answers after the end */
    TALLY_DOUBLE,        /* hostile: answers twice */
    TALLY_FLOODS,        /* hostile: more than anybody asked for */
    TALLY_STALLED_PEERS, /* hostile: neither reads nor answers */
    TALLIES
};

/* "calls", "key-rotations" and so on. Static. */
const char *tally_name(enum tally_kind kind);

/* Zeroed: nothing happened. */
struct tally {
    uint64_t of[TALLIES];
    uint64_t harmed[LINK_HARMS]; /* datagrams, by harm */
};

/* Adds `more` to `sum`. */
void tally_add(struct tally *sum, const struct tally *more);

#endif
