/* SPDX-License-Identifier: MIT */
/*
 * The reports that were asked for, made from the log alone: at the end of a
 * run, or with `callspec report` years later.
 */
#ifndef CONFORMANCE_REPORT_H
#define CONFORMANCE_REPORT_H

#include <stdio.h>

#include "conformance/options.h"

/* Do the options ask for any report? */
bool report_is_wanted(const struct options *o);

/* Makes all that are asked for. False and a sentence about the first that
 * could not be made. */
bool report_make(const char *log_path, const struct options *o,
                 struct failure *ret_failure);

/* `callspec report`. The exit status: 0 all were made, 64 none was asked for,
 * 5 the log cannot be read or a report not be written. */
int report(const char *log_path, const struct options *o, FILE *err);

#endif
