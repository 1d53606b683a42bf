/* SPDX-License-Identifier: MIT */
/* What a program says to other programs: one JSON object a line. */
#ifndef REF_BIN_LINES_H
#define REF_BIN_LINES_H

#include "ref/base/value.h"
#include "ref/model/call_error.h"

#include <stdio.h>

/* Writes one line, compactly; `tree` is taken. */
void lines_write_take(FILE *to, json_t *tree);

/* The tree of a JSON text that came from a peer. What jansson does not read
 * although it is legal is shown as a string. Owned by the caller. */
json_t *lines_tree(struct slice text);

/* {code, message, retryable, details?}. Owned by the caller. */
json_t *lines_error(const struct call_error *e);

#endif
