/* SPDX-License-Identifier: MIT */
/*
 * The judge's own reader of JSON: strict, and a tree that is never changed
 * once it is built. It is written against RFC 8259 and shares nothing with the
 * reader of the reference, so that a misreading of one is seen by the other.
 *
 * Everything lives in the caller's arena and may point into the text that was
 * read: a tree is good while both are. Lookups take NULL and values of the
 * wrong kind and then find nothing, so that a chain of them needs one check.
 *
 * The names avoid those of the jansson library, which the reports link into
 * the same program.
 */
#ifndef CONFORMANCE_JSON_H
#define CONFORMANCE_JSON_H

#include "conformance/arena.h"

/* Levels of arrays and objects within each other that we read when nothing
 * else is asked for: what the protocol's largest frame may nest. */
#define JSON_DEPTH_MAX 128

/* Values of one text that we build in memory; a text with more is refused. */
#define JSON_VALUES_MAX (4u * 1024 * 1024)

enum json_kind {
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json {
    enum json_kind kind;      /* which of the fields below count */
    bool is_true;             /* bool: its value */
    double number;            /* number: its value, as near as a double gets */
    struct slice text;        /* string: decoded; number: as it was written */
    size_t count;             /* array, object: how many are in it */
    const struct json *first; /* array, object: its first; NULL when empty */
    const struct json *next;  /* the one after this in the same container */
    struct slice name;        /* in an object: this member's name, decoded */
    struct slice source;      /* the text it was read from, borrowed */
};

struct json_error {
    const char *why; /* static text; NULL when all went well */
    size_t offset;   /* bytes read before it was seen */
};

/* Reads one JSON text, blanks around it allowed, into a tree of at most
 * `depth_max` levels. False, and `*ret_error` filled, when it is none; NULL is
 * fine there when nobody asks. */
bool json_parse(struct arena *arena, struct slice text, size_t depth_max,
                const struct json **ret, struct json_error *ret_error);

/* The same check of the whole text, but only what lies in the outermost
 * `levels` of containers is built: with 1, what is directly in the outermost.
 * Containers further in look empty and have only their `source`. What a large
 * text costs is then what it is, not what its tree would be. */
bool json_parse_shallow(struct arena *arena, struct slice text,
                        size_t depth_max, size_t levels,
                        const struct json **ret, struct json_error *ret_error);

/* True when `v` is there and of that kind. */
bool json_is(const struct json *v, enum json_kind kind);

/* The member of that name, the last one when it is repeated; else NULL. */
const struct json *json_find(const struct json *object, const char *name);
const struct json *json_find_slice(const struct json *object,
                                   struct slice name);

/* How often an object has a member of that name. */
size_t json_count(const struct json *object, const char *name);

/* The array's item at that place, or NULL. */
const struct json *json_at(const struct json *array, size_t place);

/* True when `v` is a string of exactly these bytes. */
bool json_is_text(const struct json *v, const char *text);

/* The value as what is asked for. False, and nothing written, when `v` is
 * NULL, of another kind, or a number that is no integer in that range. */
bool json_get_text(const struct json *v, struct slice *ret);
bool json_get_bool(const struct json *v, bool *ret);
bool json_get_u64(const struct json *v, uint64_t *ret);
bool json_get_i64(const struct json *v, int64_t *ret);

/* Equal in value: integers of up to 64 bits exactly, other numbers as doubles,
 * members in any order, of repeated members the last. Two NULLs are the same,
 * and NULL is no value. */
bool json_same(const struct json *a, const struct json *b);

#endif
