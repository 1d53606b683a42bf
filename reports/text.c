/* SPDX-License-Identifier: MIT */
/*
 * One walk over the characters, and two ways to write each. Nothing here knows
 * what a report is.
 */
#include "reports/text.h"

#include <errno.h>

#include "reports/utf8.h"

/* Appends the picture of a control character: U+2400 for NUL and so on. */
static void put_picture(struct buf *b, uint32_t control)
{
    uint8_t bytes[4];
    size_t len =
        utf8_encode(control == 0x7f ? 0x2421 : 0x2400 + control, bytes);

    buf_put_slice(b, slice_make(bytes, len));
}

/* Control characters of ISO 6429's second set and what Unicode says is no
 * character: a terminal obeys the first, XML refuses the second. */
static bool is_unfit(uint32_t point)
{
    return (point >= 0x80 && point < 0xa0) || (point & 0xfffe) == 0xfffe;
}

/* What has no width of its own, or turns the direction of the text around it:
 * U+200E, U+202E and their like. Shown as `[U+202E]`. */
static bool is_hidden(uint32_t point)
{
    return point == 0x61c || point == 0xfeff ||
           (point >= 0x200b && point <= 0x200f) ||
           (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x206f);
}

static void put_name(struct buf *b, uint32_t point)
{
    uint8_t bytes[2] = {(uint8_t)(point >> 8), (uint8_t)point};
    char name[16];

    (void)snprintf(name, sizeof name, "[U+%02X%02X]", bytes[0], bytes[1]);
    buf_put(b, name);
}

/* Appends the first character of `text`, made harmless; returns its length. */
static size_t put_clean(struct buf *b, struct slice text)
{
    size_t len = utf8_step(text);
    uint32_t point = len ? utf8_point(text, len) : 0;

    if (len == 0 || is_unfit(point))
        buf_put(b, UTF8_REPLACEMENT);
    else if ((point < 0x20 && point != '\n' && point != '\t') || point == 0x7f)
        put_picture(b, point);
    else if (is_hidden(point))
        put_name(b, point);
    else
        buf_put_slice(b, slice_head(text, len));
    return len ? len : 1;
}

void text_clean(struct buf *b, struct slice text, size_t len_max)
{
    size_t from = b->len;
    struct slice left = text;

    while (left.len) {
        if (b->len - from >= len_max) {
            buf_put(b, " [cut: ");
            buf_put_u64(b, text.len);
            buf_put(b, " bytes in all]");
            return;
        }
        left = slice_skip(left, put_clean(b, left));
    }
}

void text_print(FILE *out, struct slice text, size_t len_max)
{
    struct buf b;

    buf_init(&b, SIZE_MAX / 2);
    text_clean(&b, text, len_max);
    if (b.len)
        (void)fwrite(b.data, b.len, 1, out);
    buf_clear(&b);
}

static const char *entity(uint8_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n':
        return "&#10;";
    case '\t':
        return "&#9;";
    default:
        return NULL;
    }
}

void text_markup(struct buf *b, struct slice text)
{
    while (text.len) {
        const char *name = entity(text.data[0]);

        if (name)
            buf_put(b, name);
        text = slice_skip(text, name ? 1 : put_clean(b, text));
    }
}

void text_time(struct buf *b, uint64_t ns)
{
    static const struct unit {
        uint64_t ns;      /* one of it */
        const char *name; /* behind the number */
    } units[] = {
        {1000000000, " s"}, {1000000, " ms"}, {1000, " us"}, {1, " ns"}};
    size_t i = 0;

    while (i < 3 && ns && ns < units[i].ns)
        i++;
    buf_put_u64(b, ns / units[i].ns);
    if (ns && i < 3 && ns / units[i].ns < 100) {
        buf_put_byte(b, '.');
        buf_put_u64(b, ns % units[i].ns * 10 / units[i].ns);
    }
    buf_put(b, units[i].name);
}

bool text_save(const char *path, struct slice text, struct failure *ret_failure)
{
    FILE *file = fopen(path, "wb");
    bool is_written;

    if (!file)
        return failure_say(ret_failure, "%s: %s", path, strerror(errno));
    is_written = text.len == 0 || fwrite(text.data, text.len, 1, file) == 1;
    is_written &= fclose(file) == 0;
    if (!is_written)
        return failure_say(ret_failure, "%s: %s", path, strerror(errno));
    return true;
}
