/* SPDX-License-Identifier: MIT */
/*
 * A run as JUnit XML, for programs that show test results. An instance is a
 * test case, an area its class. What the testee did wrong is a failure; that
 * it died or hung, or that we are at fault, is an error; what does not apply
 * and what was expected to fail is skipped, with the reason.
 */
#ifndef REPORTS_JUNIT_H
#define REPORTS_JUNIT_H

#include "reports/summary.h"

/* Appends the report. */
void junit_print(struct buf *b, const struct summary *s);

/* Reads a report back and holds its counts against the summary. False and a
 * sentence when it is no XML or they differ. */
bool junit_check(struct slice report, const struct summary *s,
                 struct failure *ret_failure);

/* Makes, checks and writes the report of a log. False and a sentence, and no
 * file, when the log cannot be read or the report does not check. */
bool junit_write(const char *log_path, const char *path,
                 struct failure *ret_failure);

#endif
