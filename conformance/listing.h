/* SPDX-License-Identifier: MIT */
/* `callspec list` and `callspec show`: the cases, for people and programs. */
#ifndef CONFORMANCE_LISTING_H
#define CONFORMANCE_LISTING_H

#include <stdio.h>

#include "conformance/options.h"

/* Writes the instances that the options choose (or their count, or JSON, or
 * the rules they cite). The exit status. */
int listing_list(const struct options *o, FILE *out, FILE *err);

/* Writes all about one case, given its id or an instance's name. */
int listing_show(const char *id, FILE *out, FILE *err);

#endif
