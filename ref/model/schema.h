/* SPDX-License-Identifier: MIT */
/*
 * The part of JSON Schema that inputs are held against: type, enum, const,
 * required, properties, additionalProperties, items, minimum, maximum, their
 * exclusive forms, minLength, maxLength, minItems, maxItems, and schemas that
 * are true or false. Annotations say nothing about what fits; any other keyword
 * would, so a schema with one is not half understood but refused.
 */
#ifndef REF_MODEL_SCHEMA_H
#define REF_MODEL_SCHEMA_H

#include "ref/base/value.h"

/* Is all of it understood? Else false with a sentence that names the keyword
 * and where it stands. */
bool schema_check(const json_t *schema, struct failure *ret_failure);

/* Does it let everything through ({} and true)? Then nobody has to look. */
bool schema_is_open(const json_t *schema);

/* Does `value` fit a schema that schema_check() has passed? Else false, and
 * what does not fit is appended to `ret_why`, which may be NULL: names of
 * members and of keywords, never anything of the value itself [HF-5]. */
bool schema_allows(const json_t *schema, const json_t *value,
                   struct buf *ret_why);

#endif
