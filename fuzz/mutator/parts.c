/* SPDX-License-Identifier: MIT */
/* See parts.h. A length is believed when what is behind it looks like JSON. */
#include "fuzz/mutator/parts.h"

#define PREFIX 4u
#define LONG 0xc0u /* as feed.c has it */
#define PIECE_MAX ((0xffu - LONG) << 8 | 0xffu)

static bool is_text(struct slice s)
{
    const uint8_t first = s.len < 2 ? 0 : s.data[0],
                  last = s.len < 2 ? 0 : s.data[s.len - 1];

    return (first == '{' && last == '}') || (first == '[' && last == ']');
}

/* What is behind a length of `size` bytes, if there is so much. */
static struct slice behind(struct slice bytes, size_t size, size_t len)
{
    if (bytes.len < size || bytes.len - size < len)
        return slice_make(NULL, 0);
    return slice_make(bytes.data + size, len);
}

static struct slice frame_at(struct slice bytes)
{
    const uint8_t *p = bytes.data;
    struct slice body;

    if (bytes.len < PREFIX)
        return slice_make(NULL, 0);
    body = behind(bytes, PREFIX,
                  (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 |
                      (size_t)p[3]);
    return is_text(body) ? body : slice_make(NULL, 0);
}

/* Frames, the last one whole. */
static bool is_frames(struct slice bytes)
{
    struct slice body = frame_at(bytes);

    while (body.len > 0) {
        bytes = slice_skip(bytes, PREFIX + body.len);
        body = frame_at(bytes);
        if (bytes.len == 0)
            return true;
    }
    return false;
}

static struct slice piece_at(struct slice bytes)
{
    struct slice inside = slice_make(NULL, 0);

    if (bytes.len > 1 && bytes.data[0] < LONG)
        inside = behind(bytes, 1, bytes.data[0]);
    else if (bytes.len > 2)
        inside = behind(bytes, 2,
                        (size_t)(bytes.data[0] - LONG) << 8 | bytes.data[1]);
    if (is_text(inside) || is_frames(inside))
        return inside;
    return slice_make(NULL, 0);
}

/* The part with a length that begins here; false: none does. */
static bool part_at(struct slice bytes, struct part *ret, size_t *ret_len)
{
    struct part part = {PART_FRAME, frame_at(bytes)};

    if (part.inside.len == 0)
        part = (struct part){PART_PIECE, piece_at(bytes)};
    if (part.inside.len == 0)
        return false;
    *ret = part;
    *ret_len = (size_t)(part.inside.data - bytes.data) + part.inside.len;
    return true;
}

/* A text without a length is all of the input, or all but its first byte. */
static size_t read_text(struct slice input, struct part *parts)
{
    const size_t at = is_text(input) ? 0 : 1;
    size_t count = 0;

    if (input.len <= at || !is_text(slice_skip(input, at)))
        return 0;
    if (at > 0)
        parts[count++] = (struct part){PART_BYTES, slice_head(input, at)};
    parts[count++] = (struct part){PART_BODY, slice_skip(input, at)};
    return count;
}

size_t parts_read(struct slice input, struct part parts[static PARTS_MAX])
{
    size_t count = read_text(input, parts), from = 0, at = 0;

    if (count > 0)
        return count;
    while (at < input.len && count + 3 < PARTS_MAX) {
        struct part next;
        size_t len;

        if (!part_at(slice_skip(input, at), &next, &len)) {
            at++;
            continue;
        }
        if (at > from)
            parts[count++] = (struct part){
                PART_BYTES, slice_make(input.data + from, at - from)};
        parts[count++] = next;
        at += len;
        from = at;
    }
    if (from < input.len || count == 0)
        parts[count++] = (struct part){PART_BYTES, slice_skip(input, from)};
    return count;
}

static void put_prefix(size_t len, struct buf *out)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_put_byte(out, (uint8_t)(len >> shift));
}

void parts_write(const struct part *part, struct buf *out)
{
    struct slice inside = part->inside;

    if (part->kind == PART_FRAME)
        put_prefix(inside.len, out);
    if (part->kind == PART_PIECE) {
        inside =
            slice_head(inside, inside.len < PIECE_MAX ? inside.len : PIECE_MAX);
        if (inside.len >= LONG)
            buf_put_byte(out, (uint8_t)(LONG + (inside.len >> 8)));
        buf_put_byte(out, (uint8_t)inside.len);
    }
    buf_put_slice(out, inside);
}
