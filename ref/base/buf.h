/* SPDX-License-Identifier: MIT */
/*
 * Bytes that are owned, grow as they arrive, and say no beyond a hard cap.
 *
 * Low level: nothing here knows what the bytes mean. `data` may be read
 * directly up to `len`; it moves when the buffer grows, so no slice of a
 * buffer outlives the next call that adds to it.
 */
#ifndef REF_BASE_BUF_H
#define REF_BASE_BUF_H

#include "ref/base/slice.h"

struct buf {
    uint8_t *data;   /* owned; NULL until the first byte */
    size_t len;      /* bytes in use */
    size_t capacity; /* bytes there is room for, at most len_max */
    size_t gone;     /* bytes before `data` that were consumed */
    size_t len_max;  /* the cap that is never passed */
};

/* An empty buffer that will hold at most `len_max` bytes. Allocates nothing. */
void buf_init(struct buf *b, size_t len_max);

/* Gives the memory back; the buffer is empty and usable again. */
void buf_clear(struct buf *b);

/* The same after overwriting it: it held a secret. */
void buf_wipe(struct buf *b);

/* Forgets the bytes, keeps the memory for what comes next. */
void buf_reset(struct buf *b);

/* Makes room for `more` bytes beyond `len`, so that adding them will not move
 * the data. False, and nothing changed, when the cap forbids it. */
bool buf_reserve(struct buf *b, size_t more);

/* Appends a copy. False, and nothing changed, when the cap forbids it. */
bool buf_add(struct buf *b, struct slice bytes);

/* Appends text that cannot fail to fit: asserts the cap was not reached. */
void buf_put(struct buf *b, const char *text);
void buf_put_slice(struct buf *b, struct slice bytes);
void buf_put_byte(struct buf *b, uint8_t byte);
void buf_put_u64(struct buf *b, uint64_t number);    /* in decimal */
void buf_put_hex(struct buf *b, struct slice bytes); /* lower case */

/* Drops the first `n` bytes (at most `len`). The rest stays where it is, so
 * taking a large buffer piece by piece costs nothing. */
void buf_consume(struct buf *b, size_t n);

/* All bytes, borrowed until the buffer next changes. */
static inline struct slice buf_slice(const struct buf *b)
{
    return (struct slice){b->data, b->len};
}

#endif
