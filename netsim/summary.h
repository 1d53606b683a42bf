/* SPDX-License-Identifier: MIT */
/* An account as people read it: in whole lines, every sum with its name, every
 * zero pointed at, and last of all the sentence with the exit status. */
#ifndef NETSIM_SUMMARY_H
#define NETSIM_SUMMARY_H

#include "netsim/account.h"

/* Appends it. */
void summary_print(const struct account *a, struct buf *out);

/* What it comes to, in a few words. Static. */
const char *summary_verdict(const struct account *a);

/* Appends one line of progress, of `planned` seeds, without its end. */
void summary_progress(const struct account *a, uint64_t planned,
                      struct buf *out);

#endif
