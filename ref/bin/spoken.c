/* SPDX-License-Identifier: MIT */
/* See spoken.h. What was taken is dropped when more comes, not line by line:
 * a piece of many short lines is moved once. */
#include "ref/bin/spoken.h"

void spoken_init(struct spoken *s, size_t len_max)
{
    buf_init(&s->bytes, len_max);
    s->taken = 0;
}

void spoken_wipe(struct spoken *s)
{
    buf_wipe(&s->bytes);
    s->taken = 0;
}

void spoken_add(struct spoken *s, struct slice piece)
{
    buf_consume(&s->bytes, s->taken);
    s->taken = 0;
    buf_put_slice(&s->bytes, piece);
}

struct slice spoken_rest(const struct spoken *s)
{
    return slice_skip(buf_slice(&s->bytes), s->taken);
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

struct slice spoken_trimmed(struct slice text)
{
    while (text.len && is_blank(text.data[0]))
        text = slice_skip(text, 1);
    while (text.len && is_blank(text.data[text.len - 1]))
        text = slice_head(text, text.len - 1);
    return text;
}

bool spoken_line(struct spoken *s, struct slice *ret)
{
    struct slice rest = spoken_rest(s), line = {NULL, 0};

    while (!line.len && rest.len) {
        const uint8_t *newline = memchr(rest.data, '\n', rest.len);
        size_t len = newline ? (size_t)(newline - rest.data) : 0;

        if (!newline)
            return false;
        line = spoken_trimmed(slice_head(rest, len));
        s->taken += len + 1;
        rest = spoken_rest(s);
    }
    *ret = line;
    return line.len > 0;
}
