/* SPDX-License-Identifier: MIT */
/*
 * Writing JSON: a tree as compact text, or an object member by member without
 * a tree. What comes out is valid JSON in valid UTF-8 whatever goes in: bytes
 * that are no text become U+FFFD. (Raw values are taken at their word.)
 *
 *     struct json_out out;
 *
 *     json_out_begin(&out, &line);
 *     json_out_text(&out, "op", slice_of("decode"));
 *     json_out_array(&out, "segments");
 *     json_out_hex(&out, NULL, bytes);
 *     json_out_end(&out);
 *     json_out_end(&out);
 */
#ifndef CONFORMANCE_JSON_OUT_H
#define CONFORMANCE_JSON_OUT_H

#include "conformance/json.h"
#include "ref/base/buf.h"

#define JSON_OUT_LEVELS 16

struct json_out {
    struct buf *buf;              /* borrowed; asserts that it does not fill */
    char closer[JSON_OUT_LEVELS]; /* what ends each level that is open */
    size_t level;                 /* how many are open */
    bool needs_comma;             /* something stands before on this level */
};

/* Begins an object (or an array) at the end of `buf`, which stays the
 * caller's and must not fill up. */
void json_out_begin(struct json_out *out, struct buf *buf);
void json_out_begin_array(struct json_out *out, struct buf *buf);

/* Ends what was begun last. */
void json_out_end(struct json_out *out);

/* A member; with NULL for the name, an item of the array that is open. */
void json_out_text(struct json_out *out, const char *name, struct slice text);
void json_out_hex(struct json_out *out, const char *name, struct slice bytes);
void json_out_u64(struct json_out *out, const char *name, uint64_t number);
void json_out_bool(struct json_out *out, const char *name, bool is_true);
void json_out_null(struct json_out *out, const char *name);
void json_out_raw(struct json_out *out, const char *name, struct slice json);
void json_out_value(struct json_out *out, const char *name,
                    const struct json *v);

/* A member or item that is itself an object or array, to be ended. */
void json_out_object(struct json_out *out, const char *name);
void json_out_array(struct json_out *out, const char *name);

/* One value, or one string with its quotes, compact, at the end of `buf`. */
void json_out_print(struct buf *buf, const struct json *v);
void json_out_quote(struct buf *buf, struct slice text);

#endif
