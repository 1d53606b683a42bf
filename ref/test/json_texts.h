/* SPDX-License-Identifier: MIT */
/*
 * JSON texts out of a seed: good ones of every sort, and then the same with a
 * few bytes changed, most of which is no JSON any more. Small on purpose, so
 * that thousands are looked at in a second; never deeper than LEVELS.
 */
#ifndef REF_TEST_JSON_TEXTS_H
#define REF_TEST_JSON_TEXTS_H

#include "ref/test/t.h"

#define JSON_TEXT_LEVELS 6
#define JSON_TEXT_ONE_OF(words, seed) (words)[t_below((seed), T_COUNT(words))]

static inline void json_text_space(struct buf *out, uint64_t *seed)
{
    static const char *const spaces[] = {"", "", "", "", " ", "\n", "\t \r"};

    buf_put(out, JSON_TEXT_ONE_OF(spaces, seed));
}

static inline void json_text_number(struct buf *out, uint64_t *seed)
{
    static const char *const numbers[] = {
        "0",
        "-0",
        "1",
        "-17",
        "42",
        "1234567",
        "0.5",
        "-1.25",
        "3.0e8",
        "1E-7",
        "2e+2",
        "5e-324",
        "1e308",
        "1.8e308",
        "1e309",
        "0.1e309",
        "1e-999",
        "9007199254740993",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "0.0000000000000000001",
        "0e5",
        "1.7976931348623157e308",
        "1.7976931348623159e308",
    };

    if (t_below(seed, 3)) {
        buf_put(out, JSON_TEXT_ONE_OF(numbers, seed));
        return;
    }
    buf_put(out, t_below(seed, 2) ? "-" : "");
    buf_put_u64(out, t_random(seed) >> (2 + t_below(seed, 62)));
    if (t_below(seed, 3) == 0) {
        buf_put(out, ".");
        buf_put_u64(out, t_random(seed));
    }
    if (t_below(seed, 3) == 0) {
        buf_put(out, t_below(seed, 2) ? "e" : "E-");
        buf_put_u64(out, t_below(seed, 400));
    }
}

static inline void json_text_string(struct buf *out, uint64_t *seed)
{
    static const char *const pieces[] = {
        "a",
        "b",
        "in",
        " ",
        "/",
        "\x7f",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u0041",
        "\\u00e9",
        "\\uFFff",
        "\\u0001",
        "\\ud83d\\ude00",
        "\xc3\xa9",
        "\xe2\x82\xac",
        "\xef\xbf\xbf",
        "\xf0\x9f\x98\x80",
        "\xf4\x8f\xbf\xbf",
        "{",
        "]",
        ",",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "0",
        "null",
        "\\t",
        "\xc2\x80",
    };

    buf_put(out, "\"");
    for (size_t n = t_below(seed, 6); n > 0; n--)
        buf_put(out, JSON_TEXT_ONE_OF(pieces, seed));
    if (t_below(seed, 40) == 0)
        buf_put(out, "\\u0000");
    buf_put(out, "\"");
}

static inline void json_text_name(struct buf *out, uint64_t *seed)
{
    static const char *const names[] = {
        "\"a\"",       "\"b\"",        "\"\"",        "\"in\"",
        "\"\\u0061\"", "\"\xc3\xa9\"", "\"\\u00E9\"", "\"a b\""};

    if (t_below(seed, 4))
        buf_put(out, JSON_TEXT_ONE_OF(names, seed));
    else
        json_text_string(out, seed);
}

/* True recursion, JSON_TEXT_LEVELS deep. */
static inline void json_text_value(struct buf *out, uint64_t *seed, int level)
{
    static const char *const words[] = {"null", "true", "false"};
    size_t kind = t_below(seed, level < JSON_TEXT_LEVELS ? 9 : 5);
    bool is_object = kind < 7;

    json_text_space(out, seed);
    if (kind < 1) {
        buf_put(out, JSON_TEXT_ONE_OF(words, seed));
    } else if (kind < 3) {
        json_text_number(out, seed);
    } else if (kind < 5) {
        json_text_string(out, seed);
    } else {
        buf_put(out, is_object ? "{" : "[");
        json_text_space(out, seed);
        for (size_t n = t_below(seed, 4); n > 0; n--) {
            if (is_object) {
                json_text_name(out, seed);
                json_text_space(out, seed);
                buf_put(out, ":");
            }
            json_text_value(out, seed, level + 1);
            buf_put(out, n > 1 ? "," : "");
            json_text_space(out, seed);
        }
        buf_put(out, is_object ? "}" : "]");
    }
    json_text_space(out, seed);
}

/* Appends one good text, mostly an object. */
static inline void json_text_make(struct buf *out, uint64_t *seed)
{
    size_t start = out->len;

    do {
        out->len = start;
        json_text_value(out, seed, 0);
    } while (t_below(seed, 4) && !memchr(out->data + start, '{', 3));
}

/* One byte written over, put in, or taken out, or a piece said twice. */
static inline void json_text_edit(struct buf *text, uint64_t *seed)
{
    static const char bytes[] = "\"\\{}[]:,0123456789.-+eEutfn \n\x01\x80\xc3"
                                "\xed\xf0\xff";
    size_t at = t_below(seed, text->len + 1);
    struct slice rest;
    struct buf copy;

    buf_init(&copy, 65536);
    buf_put_slice(&copy, buf_slice(text));
    rest = slice_skip(buf_slice(&copy), at);
    text->len = at;
    switch (t_below(seed, 4)) {
    case 0: /* written over */
        rest = slice_skip(rest, rest.len > 0);
        buf_put_byte(text, (uint8_t)bytes[t_below(seed, sizeof bytes)]);
        break;
    case 1: /* put in */
        buf_put_byte(text, (uint8_t)bytes[t_below(seed, sizeof bytes)]);
        break;
    case 2: /* taken out */
        rest = slice_skip(rest, rest.len > 0);
        break;
    default: /* said twice, or the end taken away */
        if (t_below(seed, 4) == 0)
            rest.len = 0;
        buf_put_slice(text, slice_head(rest, t_below(seed, rest.len + 1) % 8));
        break;
    }
    buf_put_slice(text, rest);
    buf_clear(&copy);
}

/* Changes a text in one to three places. */
static inline void json_text_change(struct buf *text, uint64_t *seed)
{
    for (size_t n = 1 + t_below(seed, 3); n > 0; n--)
        json_text_edit(text, seed);
}

#endif
