/* SPDX-License-Identifier: MIT */
/*
 * Numbers of JSON trees by what they say: 1 and 1.0 are one number, and an
 * integer of 64 bits beside a real is not rounded to be compared.
 */
#ifndef REF_BASE_NUMBER_H
#define REF_BASE_NUMBER_H

#include "ref/base/value.h"

/* Is there nothing behind its point? So 1.0 and 1e300 are whole. */
bool number_is_whole(const json_t *number);

/* Which is smaller: <0, 0 or >0. */
int number_order(const json_t *a, const json_t *b);

/* The same for a count of something. */
int number_order_count(size_t count, const json_t *number);

#endif
