/* SPDX-License-Identifier: MIT */
/*
 * A run as the data block of its page: one JSON object in which every text
 * stands once. `reports/page/data.js` reads it back; the two are to be read
 * side by side.
 *
 *     testee   its name
 *     signs    object of verdict's class and sign
 *     texts    list of foreign texts; elsewhere a number stands for each, -1
 *              for none
 *     rules    list of [id, level, sentence, source, status, reason]
 *     cases    list of [id, claim, level, [numbers of rules]]
 *     wheres   list of [the instance's name behind the case's id, axes]
 *     stories  list of [run, expected, step, virtual_ns, excuse, choice, repro,
 *              lines], of each that did not pass; a line is [lane, at_ns,
 *              text], and the lines are null where there was no room
 *     runs     list of [case, where, verdict's class, is excused, observed],
 *              the instances in the order of the log
 *
 * However long the log and its texts, the block stays below two megabytes for
 * two thousand instances: long texts are cut, and when much has been said
 * already, conversations are left out.
 */
#ifndef REPORTS_HTML_DATA_H
#define REPORTS_HTML_DATA_H

#include "reports/summary.h"

/* Appends the object, in which no `<` occurs. */
void html_data_print(struct buf *b, const struct summary *s);

#endif
