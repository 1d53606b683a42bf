/* SPDX-License-Identifier: MIT */
/*
 * Growth doubles, so that adding is cheap on average, but never passes the
 * cap: a peer that announces much and sends little costs what it sent.
 * The put functions are for text whose size we decide ourselves; there a full
 * buffer is our own mistake and an assertion says so.
 */
#include "ref/base/buf.h"
#include "ref/base/xalloc.h"

#define CAPACITY_FIRST 64

void buf_init(struct buf *b, size_t len_max)
{
    *b = (struct buf){.len_max = len_max};
}

void buf_clear(struct buf *b)
{
    xalloc_free(b->data);
    buf_init(b, b->len_max);
}

void buf_wipe(struct buf *b)
{
    volatile uint8_t *byte = b->data;

    for (size_t i = 0; i < b->capacity; i++)
        byte[i] = 0;
    buf_clear(b);
}

void buf_reset(struct buf *b)
{
    b->len = 0;
}

static size_t capacity_for(const struct buf *b, size_t need)
{
    size_t capacity = b->capacity ? b->capacity : CAPACITY_FIRST;

    while (capacity < need)
        capacity = capacity > b->len_max / 2 ? b->len_max : capacity * 2;
    return capacity < b->len_max ? capacity : b->len_max;
}

bool buf_reserve(struct buf *b, size_t more)
{
    assert(b->len <= b->len_max);
    if (more > b->len_max - b->len)
        return false;
    if (b->len + more <= b->capacity)
        return true;
    b->capacity = capacity_for(b, b->len + more);
    b->data = xalloc_grow(b->data, b->capacity, 1);
    return true;
}

bool buf_add(struct buf *b, struct slice bytes)
{
    if (!buf_reserve(b, bytes.len))
        return false;
    if (bytes.len)
        memcpy(b->data + b->len, bytes.data, bytes.len);
    b->len += bytes.len;
    return true;
}

void buf_put_slice(struct buf *b, struct slice bytes)
{
    bool fits = buf_add(b, bytes);

    assert(fits);
    (void)fits;
}

void buf_put(struct buf *b, const char *text)
{
    buf_put_slice(b, slice_of(text));
}

void buf_put_byte(struct buf *b, uint8_t byte)
{
    buf_put_slice(b, slice_make(&byte, 1));
}

void buf_put_u64(struct buf *b, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    buf_put_slice(b, slice_make(digits + at, sizeof digits - at));
}

void buf_put_hex(struct buf *b, struct slice bytes)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.len; i++) {
        const char pair[] = {digits[bytes.data[i] >> 4],
                             digits[bytes.data[i] & 15]};

        buf_put_slice(b, slice_make(pair, sizeof pair));
    }
}

void buf_consume(struct buf *b, size_t n)
{
    assert(n <= b->len);
    if (n && n < b->len)
        memmove(b->data, b->data + n, b->len - n);
    b->len -= n;
}
