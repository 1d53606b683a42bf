/* SPDX-License-Identifier: MIT */
/*
 * When to dial again: soon at first, then half as often each time, never less
 * often than twice a minute. A part of each wait is chance, so that many who
 * lost the same peer do not come back as one. Whoever stayed connected for a
 * while begins anew; a peer that lets us in and throws us out does not count
 * as one.
 */
#ifndef REF_BIN_REDIAL_H
#define REF_BIN_REDIAL_H

#include "ref/base/entropy.h"

#define REDIAL_FIRST_NS (250ull * 1000 * 1000)     /* the first wait */
#define REDIAL_MAX_NS (30ull * 1000 * 1000 * 1000) /* the longest */
#define REDIAL_STEADY_NS                                                       \
    (10ull * 1000 * 1000 * 1000) /* connected: a success                       \
                                  */

struct redial {
    struct entropy_source entropy; /* copied */
    uint64_t wait_ns;              /* the last wait, without chance; 0: none */
    uint64_t opened_ns;            /* connected since; NEVER: not */
};

/* Nothing was tried yet. */
struct redial redial_make(struct entropy_source entropy);

/* Connected at `now_ns`. */
void redial_opened(struct redial *r, uint64_t now_ns);

/* The connection, or the attempt, is over at `now_ns`: when to try again. At
 * least half of the wait and at most all of it from now. */
uint64_t redial_lost(struct redial *r, uint64_t now_ns);

#endif
