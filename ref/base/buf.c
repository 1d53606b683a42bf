/* SPDX-License-Identifier: MIT */
/*
 * Growth doubles, so that adding is cheap on average, but never passes the
 * cap: a peer that announces much and sends little costs what it sent.
 * The put functions are for text whose size we decide ourselves; there a full
 * buffer is our own mistake and an assertion says so.
 */
#include "ref/base/buf.h"
#include "ref/base/wipe.h"
#include "ref/base/xalloc.h"

#define CAPACITY_FIRST 64

void buf_init(struct buf *b, size_t len_max)
{
    *b = (struct buf){.len_max = len_max};
}

/* `data` is where the allocation begins again. */
static void rewind_data(struct buf *b)
{
    if (b->gone == 0)
        return;
    if (b->len)
        memmove(b->data - b->gone, b->data, b->len);
    b->data -= b->gone;
    b->capacity += b->gone;
    b->gone = 0;
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    rewind_data(b);
    xalloc_free(b->data);
    buf_init(b, b->len_max);
}

void buf_wipe(struct buf *b)
{
    rewind_data(b);
    wipe(b->data, b->capacity);
    buf_clear(b);
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    rewind_data(b);
}

static size_t capacity_for(const struct buf *b, size_t need)
{
    size_t capacity = b->capacity ? b->capacity : CAPACITY_FIRST;

    while (capacity < need)
        capacity = capacity > b->len_max / 2 ? b->len_max : capacity * 2;
    return capacity < b->len_max ? capacity : b->len_max;
}

/* Bytes are moved to the front only when most of what was there is gone, else
 * there is growth, too: or a queue that is always nearly full would be moved
 * for each byte that is added. */
static void make_room(struct buf *b, size_t need)
{
    bool is_mostly_gone = b->gone >= b->len;

    rewind_data(b);
    if (need <= b->capacity && (is_mostly_gone || b->capacity == b->len_max))
        return;
    b->capacity = capacity_for(b, need > b->capacity ? need : b->capacity + 1);
    b->data = xalloc_grow(b->data, b->capacity, 1);
}

bool buf_reserve(struct buf *b, size_t more)
{
    assert(b->len <= b->len_max);
    if (more > b->len_max - b->len)
        return false;
    if (b->len + more > b->capacity)
        make_room(b, b->len + more);
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
    if (n == 0)
        return;
    b->data += n;
    b->len -= n;
    b->capacity -= n;
    b->gone += n;
    if (b->len == 0)
        rewind_data(b);
}
