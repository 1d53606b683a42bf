/* SPDX-License-Identifier: MIT */
/*
 * [AD-6, AD-7] Operations of which there is only a description: known to their
 * node, planned with, and never run. Whoever calls one is told that it is not
 * there.
 */
#ifndef REF_RULES_FROM_JSONSCHEMA_H
#define REF_RULES_FROM_JSONSCHEMA_H

#include "ref/rules/dispatch.h"
#include "ref/state/operation_adapter.h"

/* An adapter that tells of one operation, described by `spec`, which is taken,
 * and by `schema` for its input. What is not an object is no schema
 * (SCHEMA_PARSE). Given back by from_jsonschema_free(). */
struct from_jsonschema;
struct from_jsonschema *from_jsonschema_new(struct spec *spec,
                                            const json_t *schema);
void from_jsonschema_free(struct from_jsonschema *f);

/* The adapter. Borrowed. */
struct operation_adapter from_jsonschema_adapter(struct from_jsonschema *f);

#endif
