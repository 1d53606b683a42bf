/* SPDX-License-Identifier: MIT */
/*
 * The keywords of JSON Schema that are understood, one line each in a table:
 * what may stand behind it, and what it asks of a value by itself. Those that
 * send one further inside, to members and items, are walked by schema.c.
 */
#ifndef REF_MODEL_KEYWORD_H
#define REF_MODEL_KEYWORD_H

#include "ref/base/value.h"

struct keyword {
    const char *name;
    /* May this stand behind it in a schema? NULL: anything may. */
    bool (*takes)(const json_t *given);
    const char *expected; /* the same in words */
    /* Does a value fit what stands there? NULL: it asks nothing of the value by
     * itself. */
    bool (*fits)(const json_t *given, const json_t *value);
    bool is_annotation; /* for people; nothing follows from it */
};

extern const struct keyword keywords[];
extern const size_t keyword_count;

/* The keyword of that name; NULL: it is none that is understood. */
const struct keyword *keyword_find(const char *name);

#endif
