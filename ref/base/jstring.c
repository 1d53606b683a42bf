/* SPDX-License-Identifier: MIT */
/*
 * A string is checked byte by byte when it is stepped over, and decoded only
 * if somebody reads it. Most are never decoded: the bytes between the quotes
 * of a string without escapes are what it says.
 *
 * [EN-14] UTF-8 without overlong forms or surrogates, escaped surrogates only
 * in pairs. [EN-11] no raw control bytes. A NUL, escaped, is a character.
 */
#include "ref/base/jstring.h"

/* The first complaint of a walk, or NULL; walks below say true to go on. */
struct walk {
    const uint8_t *at;  /* next byte */
    const uint8_t *end; /* one past the last */
    const char *why;    /* static sentence, or NULL */
};

static bool refuse(struct walk *w, const char *why)
{
    w->why = why;
    return false;
}

static bool is_continuation(const struct walk *w, size_t i, uint8_t low,
                            uint8_t high)
{
    return (size_t)(w->end - w->at) > i && w->at[i] >= low && w->at[i] <= high;
}

/* One multi-byte character; what the second byte may be depends on the
 * first, the rest are plain continuations. */
static bool skip_utf8(struct walk *w)
{
    uint8_t lead = *w->at;
    uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    size_t more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;

    if (lead < 0xc2 || lead > 0xf4 || !is_continuation(w, 1, low, high))
        return refuse(w, "a string is not UTF-8");
    for (size_t i = 2; i <= more; i++)
        if (!is_continuation(w, i, 0x80, 0xbf))
            return refuse(w, "a string is not UTF-8");
    w->at += more + 1;
    return true;
}

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

/* The UTF-16 unit that four digits at `at` spell; -1 when they do not. */
static int32_t hex_unit(const uint8_t *at, const uint8_t *end)
{
    int32_t unit = 0;

    if (end - at < 4)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);

        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool is_high(int32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(int32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* After "\u": four digits, and for a high surrogate its other half. */
static bool skip_unicode(struct walk *w)
{
    int32_t unit = hex_unit(w->at, w->end);

    if (unit < 0)
        return refuse(w, "a \\u escape needs four hex digits");
    w->at += 4;
    if (is_low(unit))
        return refuse(w, "a lone low surrogate");
    if (!is_high(unit))
        return true;
    if (w->end - w->at < 2 || w->at[0] != '\\' || w->at[1] != 'u' ||
        !is_low(hex_unit(w->at + 2, w->end)))
        return refuse(w, "a lone high surrogate");
    w->at += 6;
    return true;
}

static bool skip_escape(struct walk *w)
{
    uint8_t letter;

    w->at++;
    letter = w->at < w->end ? *w->at : 0;
    if (letter == 0 || !strchr("\"\\/bfnrtu", letter))
        return refuse(w, "an escape that JSON does not have");
    w->at++;
    return letter != 'u' || skip_unicode(w);
}

const char *jstring_skip(const uint8_t **at, const uint8_t *end,
                         bool *ret_has_escapes)
{
    struct walk w = {*at, end, NULL};

    *ret_has_escapes = false;
    if (w.at == end || *w.at++ != '"')
        return "expected a string";
    while (w.at < end && *w.at != '"') {
        uint8_t byte = *w.at;

        if (byte < 0x20)
            return "a raw control byte in a string";
        if (byte == '\\') {
            *ret_has_escapes = true;
            if (!skip_escape(&w))
                return w.why;
        } else if (byte < 0x80) {
            w.at++;
        } else if (!skip_utf8(&w)) {
            return w.why;
        }
    }
    if (w.at == end)
        return "a string without an end";
    *at = w.at + 1;
    return NULL;
}

static size_t utf8_encode(uint32_t point, uint8_t *ret)
{
    if (point < 0x80) {
        ret[0] = (uint8_t)point;
        return 1;
    }
    if (point < 0x800) {
        ret[0] = (uint8_t)(0xc0 | point >> 6);
        ret[1] = (uint8_t)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        ret[0] = (uint8_t)(0xe0 | point >> 12);
        ret[1] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
        ret[2] = (uint8_t)(0x80 | (point & 0x3f));
        return 3;
    }
    ret[0] = (uint8_t)(0xf0 | point >> 18);
    ret[1] = (uint8_t)(0x80 | (point >> 12 & 0x3f));
    ret[2] = (uint8_t)(0x80 | (point >> 6 & 0x3f));
    ret[3] = (uint8_t)(0x80 | (point & 0x3f));
    return 4;
}

static uint8_t unescape(uint8_t letter)
{
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return letter;
    }
}

/* Decodes one character of a checked string at `*at` into `ret` (4 bytes of
 * room), moving `*at` past it; returns how many bytes it became. */
static size_t decode_one(const uint8_t **at, const uint8_t *end, uint8_t *ret)
{
    uint32_t point;

    if (**at != '\\') {
        ret[0] = *(*at)++;
        return 1;
    }
    if ((*at)[1] != 'u') {
        ret[0] = unescape((*at)[1]);
        *at += 2;
        return 1;
    }
    point = (uint32_t)hex_unit(*at + 2, end);
    *at += 6;
    if (is_high((int32_t)point)) {
        uint32_t low = (uint32_t)hex_unit(*at + 2, end);

        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        *at += 6;
    }
    return utf8_encode(point, ret);
}

bool jstring_is(struct slice text, const char *word)
{
    const uint8_t *at = text.data + 1, *end = text.data + text.len - 1;
    size_t len = strlen(word), done = 0;
    uint8_t bytes[4];

    if (!memchr(at, '\\', text.len - 2)) /* it says what it is */
        return slice_equal(slice_make(at, text.len - 2), slice_of(word));
    while (at < end) {
        size_t n = decode_one(&at, end, bytes);

        if (n > len - done || memcmp(bytes, word + done, n) != 0)
            return false;
        done += n;
    }
    return done == len;
}

struct slice jstring_decode(struct slice text, struct buf *out)
{
    const uint8_t *at = text.data + 1, *end = text.data + text.len - 1;
    size_t start = out->len;
    uint8_t bytes[4];

    while (at < end) {
        size_t n = decode_one(&at, end, bytes);

        buf_put_slice(out, slice_make(bytes, n));
    }
    return slice_make(out->data + start, out->len - start);
}

/* The letter of a short escape, 0 for none. */
static char short_escape(uint8_t byte)
{
    switch (byte) {
    case '"':
        return '"';
    case '\\':
        return '\\';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static bool quote_special(struct buf *out, uint8_t byte)
{
    char letter = short_escape(byte);
    char escape[7] = {'\\', letter};

    if (!letter) {
        memcpy(escape, "\\u00", 4);
        escape[4] = (char)('0' + (byte >> 4));
        escape[5] = "0123456789abcdef"[byte & 15];
    }
    return buf_add(out, slice_of(escape));
}

bool jstring_quote(struct buf *out, struct slice bytes)
{
    size_t start = 0;
    bool fits = buf_add(out, slice_of("\""));

    for (size_t i = 0; fits && i < bytes.len; i++) {
        uint8_t byte = bytes.data[i];

        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        fits = buf_add(out, slice_make(bytes.data + start, i - start)) &&
               quote_special(out, byte);
        start = i + 1;
    }
    return fits && buf_add(out, slice_skip(bytes, start)) &&
           buf_add(out, slice_of("\""));
}
