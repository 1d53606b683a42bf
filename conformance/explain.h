/* SPDX-License-Identifier: MIT */
/* `callspec explain`: what any word in a report means. */
#ifndef CONFORMANCE_EXPLAIN_H
#define CONFORMANCE_EXPLAIN_H

#include <stdio.h>

/* Writes all about a requirement, a case, an exit status or a verdict. The
 * exit status: 0, or 3 when it is none of these, with what is most like it. */
int explain(const char *word, FILE *out, FILE *err);

#endif
