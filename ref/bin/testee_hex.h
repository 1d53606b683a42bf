/* SPDX-License-Identifier: MIT */
/* Bytes in the lines of the test contract: strings of lower-case hex. */
#ifndef REF_BIN_TESTEE_HEX_H
#define REF_BIN_TESTEE_HEX_H

#include "ref/base/value.h"

/* The bytes that a string of hex digits stands for. False with a sentence when
 * it is none; else the caller clears the buffer. */
bool testee_hex(const json_t *hex, struct buf *ret, struct failure *f);

/* The other way round. Owned by the caller. */
json_t *testee_hex_tree(struct slice bytes);

#endif
