/* SPDX-License-Identifier: MIT */
/*
 * Numbers of 64 bits as text: JSON keeps 53 of their bits for everybody, so in
 * files, as on a command line, seeds stand in decimal digits.
 */
#ifndef NETSIM_NUMERAL_H
#define NETSIM_NUMERAL_H

#include "ref/base/value.h"

/* Decimal digits and nothing else, no zero before others. False, and `ret`
 * untouched, when it is anything else or too large. */
bool numeral_read(struct slice text, uint64_t *ret);

/* The same of a JSON string. */
bool numeral_read_string(const json_t *string, uint64_t *ret);

/* The digits as a JSON string. Owned by the caller. */
json_t *numeral_string(uint64_t number);

/* A count, which is far below 2^63. Owned by the caller. */
json_t *numeral_count(uint64_t count);

/* Sixteen lower-case hex digits, as hashes are written. Owned by the caller. */
json_t *numeral_hash(uint64_t hash);

/* Reads them. False, and `ret` untouched, when it is anything else. */
bool numeral_read_hash(const json_t *string, uint64_t *ret);

#endif
