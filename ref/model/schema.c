/* SPDX-License-Identifier: MIT */
/* A placeholder until the real one is merged. */
#include "ref/model/schema.h"

bool schema_check(const json_t *schema, struct failure *ret_failure)
{
    (void)schema;
    (void)ret_failure;
    return true;
}

bool schema_is_open(const json_t *schema)
{
    return json_is_true(schema) ||
           (json_is_object(schema) && json_object_size(schema) == 0);
}

bool schema_allows(const json_t *schema, const json_t *value,
                   struct buf *ret_why)
{
    (void)schema;
    (void)value;
    (void)ret_why;
    return true;
}
