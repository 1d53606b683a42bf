/* SPDX-License-Identifier: MIT */
/* The testee as a program: lines in, lines out. */
#ifndef REF_BIN_TESTEE_LINES_H
#define REF_BIN_TESTEE_LINES_H

/* Reads lines until quit or the end of standard input; the exit status. */
int testee_run(void);

#endif
