/* SPDX-License-Identifier: MIT */
/*
 * What became of which case under which circumstances, as one table. A cell is
 * a sign that points to its instance: `#c` and the instance's number in the
 * log, from 0.
 */
#ifndef REPORTS_HTML_MATRIX_H
#define REPORTS_HTML_MATRIX_H

#include "reports/summary.h"

/* Appends the table with its heading. */
void html_matrix_print(struct buf *b, const struct summary *s);

#endif
