/* SPDX-License-Identifier: MIT */
/* See peer_filter.h: one decision when a connection is made, and one pure
 * question, asked before any other. */
#include "ref/rules/peer_filter.h"

struct peer_filter peer_filter_of(struct peer_filter_terms terms)
{
    return (struct peer_filter){
        .is_open = !terms.is_dialled || /* [LG-4] */
                   terms.is_trusted ||  /* [LG-2] */
                   terms.is_peer_graph,
    };
}

bool peer_filter_allows(struct peer_filter filter,
                        const struct registration *operation)
{
    return filter.is_open || operation->is_remote_safe;
}
