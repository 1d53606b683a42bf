/* SPDX-License-Identifier: MIT */
/*
 * The part of JSON Schema that inputs are held against: type, enum, const,
 * required, properties, additionalProperties, items (one schema), minimum,
 * maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, minItems,
 * maxItems, and schemas that are true or false. They mean what they mean in
 * draft 2020-12, and in 6 and 7 just so.
 *
 * Annotations say nothing about what fits; format is one of them, as it is by
 * default in 2020-12. Any other keyword would say something, so a schema that
 * has one is not half understood but refused.
 */
#ifndef REF_MODEL_SCHEMA_H
#define REF_MODEL_SCHEMA_H

#include "ref/base/value.h"

/* Is all of it understood, and has every keyword a value that it can have?
 * Else false with a sentence that names the keyword and where it stands. What
 * is needlessly said twice (in required, type or enum) is no fault. */
bool schema_check(const json_t *schema, struct failure *ret_failure);

/* Does it let everything through, as {} and true do, whatever is annotated?
 * Then nobody has to look. */
bool schema_is_open(const json_t *schema);

/* Does `value` fit a schema that schema_check() has passed? Else false, and
 * what does not fit is appended to `ret_why`, which may be NULL, in at most
 * BOUNDS_NAME_ECHO_MAX bytes: a keyword and where, by names that stand in the
 * schema and positions in lists, never anything of the value itself [HF-5].
 * What it costs grows with the value, not with its square. */
bool schema_allows(const json_t *schema, const json_t *value,
                   struct buf *ret_why);

#endif
