/* SPDX-License-Identifier: MIT */
/*
 * JSON trees, for the places where somebody really looks inside: handlers,
 * files, the lines of the test contract. Everything else passes JSON on as
 * bytes (see scan.h). A tree is walked and built anywhere; text becomes a tree
 * and a tree text behind this door alone.
 *
 * Known differences to the scanner: an integer beyond 64 bits and a NUL in a
 * member's name are legal JSON that jansson refuses, and a text of very many
 * values is no tree here; of repeated names the last wins [EN-8], as
 * everywhere.
 */
#ifndef REF_BASE_VALUE_H
#define REF_BASE_VALUE_H

#include "ref/base/buf.h"
#include "ref/base/failure.h"
#include "ref/base/strings.h"

#include <jansson.h>

/* Makes jansson allocate through xalloc, wipe what it frees (secrets pass
 * through files and lines), and hash with `seed` instead of asking the system.
 * Once, before anything else here. */
void value_setup(uint32_t seed);

/* How many values there are in a JSON text, itself among them; of an empty list
 * or object one more. Of what is no JSON some number. */
size_t value_count(struct slice text);

/* The tree of one JSON text of any kind; NULL and a sentence, which repeats
 * nothing of the text, when there is none, or it has more than
 * BOUNDS_VALUES_MAX values. Owned by the caller (json_decref). */
json_t *value_parse(struct slice text, struct failure *ret_failure);

/* Appends the tree compactly with its members sorted by name. False when the
 * cap of `out` forbids it. */
bool value_print(const json_t *tree, struct buf *out);

/* A string's bytes, borrowed from the tree. */
struct slice value_string(const json_t *string);

/* A JSON string with these bytes, which must be UTF-8. Owned by the caller. */
json_t *value_new_string(struct slice bytes);

/* What a member may be. */
enum value_kind {
    VALUE_ANY,
    VALUE_STRING,
    VALUE_STRING_OR_NULL,
    VALUE_STRINGS,         /* a list of strings */
    VALUE_STRINGS_OR_NULL, /* a list of strings, or null */
    VALUE_INTEGER,         /* not negative */
    VALUE_BOOL,
    VALUE_LIST,
    VALUE_OBJECT
};

/* One member that an object may have. */
struct value_field {
    const char *name;     /* the member */
    enum value_kind kind; /* what it has to be */
    bool is_required;     /* must it be there? */
    const json_t **ret;   /* where it goes, borrowed; NULL when absent */
};

/* Reads `object` against a closed list of fields: every required one is there,
 * all are of their kind, and no others exist. Anything else is false with a
 * sentence that names the member and what was expected. */
bool value_fields(const json_t *object, const struct value_field *fields,
                  size_t count, struct failure *ret_failure);

/* Is it a list of strings and nothing else? */
bool value_is_strings(const json_t *v);

/* A list of strings from VALUE_STRINGS (NULL and null give the empty list).
 * Owned by the caller. */
struct strings value_strings(const json_t *list);

#endif
