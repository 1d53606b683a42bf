/* SPDX-License-Identifier: MIT */
/* See feed.h. */
#include "fuzz/feed.h"

#define LONG 0xc0u /* a length byte from here on has another one behind it */

uint8_t feed_byte(struct feed *f)
{
    uint8_t byte;

    if (f->rest.len == 0)
        return 0;
    byte = f->rest.data[0];
    f->rest = slice_skip(f->rest, 1);
    return byte;
}

uint32_t feed_below(struct feed *f, uint32_t bound)
{
    uint32_t number = feed_byte(f);

    for (uint32_t most = 0xff; most < bound - 1 && most < 0xffffff;
         most = most << 8 | 0xff)
        number = number << 8 | feed_byte(f);
    return number % bound;
}

bool feed_once_in(struct feed *f, uint32_t n)
{
    return feed_below(f, n) == n - 1;
}

struct slice feed_bytes(struct feed *f, size_t len)
{
    struct slice piece =
        slice_head(f->rest, len < f->rest.len ? len : f->rest.len);

    f->rest = slice_skip(f->rest, piece.len);
    return piece;
}

struct slice feed_piece(struct feed *f)
{
    uint32_t len = feed_byte(f);

    if (len >= LONG)
        len = (len - LONG) << 8 | feed_byte(f);
    return feed_bytes(f, len);
}
