/* SPDX-License-Identifier: MIT */
/*
 * JSON Schema once more, the part that ref/model/schema.h supports, in the
 * fewest words: numbers are compared as long doubles, everything is looked up
 * each time it is needed, and nothing is said about why.
 */
#ifndef FUZZ_READERS_SCHEMA_CHECK_H
#define FUZZ_READERS_SCHEMA_CHECK_H

#include "ref/base/value.h"

/* Holds what the reference says of a schema against what is right. True: it is
 * one that is understood; else false with the reference's sentence. */
bool schema_check_form(const json_t *schema, struct failure *ret_failure);

/* Holds what the reference says of a value, for a schema that it has accepted,
 * against what is right. */
void schema_check_value(const json_t *schema, const json_t *value);

#endif
