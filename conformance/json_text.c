/* SPDX-License-Identifier: MIT */
/*
 * First checked, then decoded: most strings have no escapes and can then be
 * borrowed from the text they stand in. Decoding trusts what was checked.
 */
#include "conformance/json_text.h"

#include "reports/utf8.h"

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* `uXXXX` at the front. */
static bool unicode_escape(struct slice s, uint32_t *ret)
{
    uint32_t unit = 0;

    if (s.len < 5 || s.data[0] != 'u')
        return false;
    for (size_t i = 1; i < 5; i++) {
        int digit = hex_value(s.data[i]);

        if (digit < 0)
            return false;
        unit = unit << 4 | (uint32_t)digit;
    }
    *ret = unit;
    return true;
}

static bool is_high_surrogate(uint32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low_surrogate(uint32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* The character of an escape of the `u` form, a surrogate pair being one.
 * Returns the bytes it takes behind the backslash, 0 when it is none. */
static size_t unicode_point(struct slice s, uint32_t *ret)
{
    uint32_t high, low;

    if (!unicode_escape(s, &high) || is_low_surrogate(high))
        return 0;
    *ret = high;
    if (!is_high_surrogate(high))
        return 5;
    s = slice_skip(s, 5);
    if (s.len < 1 || s.data[0] != '\\' ||
        !unicode_escape(slice_skip(s, 1), &low) || !is_low_surrogate(low))
        return 0;
    *ret = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    return 11;
}

/* The same for any escape. */
static size_t escape(struct slice s, uint32_t *ret)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    const char *found;

    if (s.len == 0)
        return 0;
    if (s.data[0] == 'u')
        return unicode_point(s, ret);
    found = s.data[0] ? strchr(letters, s.data[0]) : NULL;
    if (!found)
        return 0;
    *ret = (uint8_t)meant[found - letters];
    return 1;
}

static bool refuse(const char **ret_why, const char *why)
{
    *ret_why = why;
    return false;
}

/* Bytes at the front that are a character each, which means itself. */
static size_t count_plain(struct slice s)
{
    size_t n = 0;

    while (n < s.len && s.data[n] >= 0x20 && s.data[n] < 0x80 &&
           s.data[n] != '"' && s.data[n] != '\\')
        n++;
    return n;
}

bool json_text_check(struct slice text, size_t *ret_len, bool *ret_has_escapes,
                     const char **ret_why)
{
    struct slice left = text;
    uint32_t point;

    *ret_has_escapes = false;
    for (;;) {
        bool is_escape;
        size_t step;

        left = slice_skip(left, count_plain(left));
        is_escape = left.len > 0 && left.data[0] == '\\';
        *ret_len = text.len - left.len;
        if (left.len <= is_escape)
            return refuse(ret_why, "the text ends inside a string");
        if (left.data[0] == '"')
            return true;
        if (left.data[0] < 0x20)
            return refuse(ret_why, "a control character stands bare");
        step =
            is_escape ? escape(slice_skip(left, 1), &point) : utf8_step(left);
        if (step == 0)
            return refuse(ret_why, is_escape ? "no such escape" : "not UTF-8");
        *ret_has_escapes |= is_escape;
        left = slice_skip(left, step + is_escape);
    }
}

struct slice json_text_decode(struct arena *arena, struct slice written)
{
    uint8_t *text = arena_new(arena, written.len + 4, 1);
    size_t len = 0;

    while (written.len) {
        uint32_t point;
        size_t step = utf8_step(written);

        if (written.data[0] == '\\') {
            step = 1 + escape(slice_skip(written, 1), &point);
            len += utf8_encode(point, text + len);
        } else {
            memcpy(text + len, written.data, step);
            len += step;
        }
        written = slice_skip(written, step);
    }
    return slice_make(text, len);
}
