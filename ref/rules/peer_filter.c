/* SPDX-License-Identifier: MIT */
/* See peer_filter.h: one pure question, asked before any other. */
#include "ref/rules/peer_filter.h"

bool peer_filter_allows(struct peer_filter filter,
                        const struct registration *operation)
{
    return filter.is_open || operation->is_remote_safe;
}
