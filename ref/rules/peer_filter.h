/* SPDX-License-Identifier: MIT */
/*
 * The remote-safe gate, default-deny: what a node that dialled lets the peer
 * it dialled see of its operations. Whoever makes a connection decides and
 * hands a filter over by value; nothing that comes later knows or asks who
 * dialled. Registry section 13.
 *
 * A zeroed filter denies. It only ever takes away [LG-6]: what it lets through
 * is asked for its visibility and access as ever.
 */
#ifndef REF_RULES_PEER_FILTER_H
#define REF_RULES_PEER_FILTER_H

#include "ref/state/registry.h"

struct peer_filter {
    bool is_open; /* let everything through: the accepting side [LG-4], a
                     trusted peer [LG-2], or the peer-graph profile */
};

/* What somebody who makes a connection knows. */
struct peer_filter_terms {
    bool is_dialled;    /* we made the connection; else it came to us */
    bool is_trusted;    /* somebody said so of this peer, explicitly */
    bool is_peer_graph; /* the profile in which access alone is the gate */
};

/* The filter that follows. */
struct peer_filter peer_filter_of(struct peer_filter_terms terms);

/* [LG-3] may this operation be seen at all? */
bool peer_filter_allows(struct peer_filter filter,
                        const struct registration *operation);

#endif
