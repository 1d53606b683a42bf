/* SPDX-License-Identifier: MIT */
/*
 * A campaign as one HTML file that needs nothing else: what was lived, what was
 * looked at and how often, and each failure with its schedule as a timeline. It
 * is made from logs alone, at once or years later, on any machine.
 *
 * Its head and a list of what failed are markup; all the rest is made in the
 * browser by the script of reports/page/ (account.js and what follows it) from
 * a block of data, one JSON object:
 *
 *     sums        object of name and number (account.h)
 *     floors      list of [name, worlds]
 *     groups      list of [title, [[name, number] …]]: what happened
 *     invariants  list of [name, sentence, [rules], looked at, broken, is
 *                 unseen]
 *     findings    list of objects as in the log, and the roles of its nodes
 *     left_out    findings for which there is no room
 */
#ifndef NETSIM_PAGE_H
#define NETSIM_PAGE_H

#include <stddef.h>

#include "ref/base/failure.h"

/* Makes the page of logs, which are joined as merge() does, and writes it to
 * `out`. Returns 0, or the exit status (account.h) and a sentence. */
int page_write(const char *const *paths, size_t count, const char *out,
               struct failure *ret_failure);

#endif
