/* SPDX-License-Identifier: MIT */
/*
 * A strict JSON scanner. It validates a text, finds the members somebody asked
 * for, and leaves every value where it lies as borrowed bytes. It builds
 * nothing and allocates nothing: a tree costs five sixths of a small call, and
 * most of what a call carries is only passed on.
 *
 * Strict means [EN-11]…[EN-16]: UTF-8 without surrogates or overlong forms, no
 * byte-order mark, no lone surrogate escapes, no raw control bytes, no number
 * that a double cannot hold, nothing after the value, at most
 * BOUNDS_DEPTH_MAX levels. "\u0000" is legal data.
 */
#ifndef REF_BASE_SCAN_H
#define REF_BASE_SCAN_H

#include "ref/base/buf.h"

enum scan_kind {
    SCAN_NONE, /* no such value */
    SCAN_NULL,
    SCAN_FALSE,
    SCAN_TRUE,
    SCAN_NUMBER,
    SCAN_STRING,
    SCAN_ARRAY,
    SCAN_OBJECT
};

struct scan_value {
    enum scan_kind kind;
    struct slice text; /* borrowed: the value as written, quotes included */
    bool has_escapes;  /* of a string: it must be decoded to be read */
};

/* A member somebody is looking for. */
struct scan_member {
    const char *name;           /* wanted, as decoded ASCII */
    struct scan_member *inside; /* wanted members of its value, or NULL */
    size_t inside_count;        /* how many of those */
    struct scan_value value;    /* result: the last one of that name */
    unsigned count;             /* result: how often the name occurred */
};

/* Is `text` one JSON object and nothing else? Fills in the results of all
 * `wanted` members, also of those `inside` a wanted member that is an object;
 * names are compared as decoded, so an escaped name is the same name.
 * False: `ret_why` is a static sentence and the results mean nothing. */
bool scan_object(struct slice text, struct scan_member *wanted, size_t count,
                 const char **ret_why);

/* Is `text` one JSON value of any kind and nothing else? */
bool scan_text(struct slice text, const char **ret_why);

/* The bytes of a string that was scanned: borrowed from its text where nothing
 * was escaped, else decoded into `scratch` (which must have room for as many
 * bytes as the text has, so that earlier answers in it do not move). */
struct slice scan_string(const struct scan_value *string, struct buf *scratch);

#endif
