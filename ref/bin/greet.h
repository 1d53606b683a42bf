/* SPDX-License-Identifier: MIT */
/*
 * Calls that are made to every peer as soon as it is connected, whoever dialled
 * (--on-connect OP or OP=JSON). What comes of each is one line on standard
 * output: {"operation","peer"} with "output" or "error".
 */
#ifndef REF_BIN_GREET_H
#define REF_BIN_GREET_H

#include "ref/bin/options.h"
#include "ref/quic/adapter.h"

struct greet {
    const char
        *texts[OPTIONS_MANY_MAX]; /* borrowed; the first NULL ends them */
};

/* Is every text of that form? False with a sentence. */
bool greet_check(const struct greet *g, struct failure *ret_failure);

/* Makes the calls over a link that has opened. */
void greet_peer(const struct greet *g, const struct adapter_link *link);

#endif
