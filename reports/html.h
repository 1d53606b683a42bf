/* SPDX-License-Identifier: MIT */
/*
 * A run as one HTML file that needs nothing else: what was judged and what
 * became of it, requirements by level, areas by direction, and each case that
 * did not pass with its conversation as a picture. It opens from a disk with no
 * network, in light and dark, on paper, and without colours.
 *
 * The head and a list of what did not pass are markup; all the rest is made in
 * the browser by the script of reports/page/ from a block of data
 * (html_data.h). Where no script may run, the head and the list remain.
 */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include "reports/summary.h"

/* Appends the page. */
void html_print(struct buf *b, const struct summary *s);

/* Makes and writes the page of a log. False and a sentence. */
bool html_write(const char *log_path, const char *path,
                struct failure *ret_failure);

#endif
