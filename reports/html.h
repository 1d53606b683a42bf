/* SPDX-License-Identifier: MIT */
/*
 * A run as one HTML file that needs nothing else: what ran and what became of
 * it in words and as a bar, a matrix of cases and axes, the requirements, and
 * for each instance what was expected, what was seen and when. It opens from
 * a disk with no network, in light and dark, and without colours.
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
