/* SPDX-License-Identifier: MIT */
/*
 * A slice is a view of bytes that somebody else owns: a pointer and a length,
 * passed by value. Who owns the bytes says so and gives them back, as the
 * comment on a field may ("owned"); nobody else does. Everything that arrives
 * from a peer travels as slices, so a NUL is a byte like any other and no
 * length is ever guessed.
 *
 * How long a slice is good is said where it is handed out; unless it is said,
 * it is good until the function that received it returns.
 */
#ifndef REF_BASE_SLICE_H
#define REF_BASE_SLICE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* One integer time for everything: nanoseconds, NEVER for "no deadline". */
#define NEVER UINT64_MAX

struct slice {
    const uint8_t *data; /* borrowed; may be NULL when len is 0 */
    size_t len;          /* bytes */
};

/* A C string as a slice, without its terminator. */
static inline struct slice slice_of(const char *text)
{
    return (struct slice){(const uint8_t *)text, strlen(text)};
}

static inline struct slice slice_make(const void *data, size_t len)
{
    return (struct slice){data, len};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Bytewise order, a prefix before what it begins: <0, 0 or >0. */
static inline int slice_compare(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.data, b.data, shorter) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static inline bool slice_starts(struct slice text, struct slice prefix)
{
    return text.len >= prefix.len &&
           (prefix.len == 0 || memcmp(text.data, prefix.data, prefix.len) == 0);
}

/* Where `what` begins in the text for the first time; its length: nowhere. */
static inline size_t slice_find(struct slice text, struct slice what)
{
    for (size_t at = 0; what.len > 0 && at + what.len <= text.len; at++) {
        size_t room = text.len - what.len + 1 - at;
        const uint8_t *hit =
            (const uint8_t *)memchr(text.data + at, what.data[0], room);

        if (!hit)
            break;
        at = (size_t)(hit - text.data);
        if (memcmp(hit, what.data, what.len) == 0)
            return at;
    }
    return text.len;
}

/* What is left after the first `n` bytes; `n` is at most the length. */
static inline struct slice slice_skip(struct slice s, size_t n)
{
    assert(n <= s.len);
    return n ? (struct slice){s.data + n, s.len - n} : s;
}

/* The first `n` bytes; `n` is at most the length. */
static inline struct slice slice_head(struct slice s, size_t n)
{
    assert(n <= s.len);
    return (struct slice){s.data, n};
}

/* Of a text in UTF-8 what fits into `len_max` bytes, no character halved. */
static inline struct slice slice_cut(struct slice text, size_t len_max)
{
    size_t len = text.len < len_max ? text.len : len_max;

    while (len > 0 && len < text.len && (text.data[len] & 0xc0) == 0x80)
        len--;
    return slice_head(text, len);
}

/* At most eight bytes as a number, the first one lowest. */
static inline uint64_t slice_word(const uint8_t *at, size_t len)
{
    uint64_t word = 0;

    if (len >= 8)
        return (uint64_t)at[7] << 56 | (uint64_t)at[6] << 48 |
               (uint64_t)at[5] << 40 | (uint64_t)at[4] << 32 |
               (uint64_t)at[3] << 24 | (uint64_t)at[2] << 16 |
               (uint64_t)at[1] << 8 | at[0];
    for (size_t i = 0; i < len; i++)
        word |= (uint64_t)at[i] << 8 * i;
    return word;
}

/* A number made of the bytes, eight at a time in the manner of FNV-1a, and of
 * `seed`, for finding them in a table. It is the same on every machine, and no
 * secret: who may choose the bytes can make them meet. */
static inline uint64_t slice_hash(struct slice s, uint64_t seed)
{
    uint64_t h = 0xcbf29ce484222325u ^ seed ^ s.len;

    for (size_t i = 0; i < s.len; i += 8) {
        h = (h ^ slice_word(s.data + i, s.len - i)) * 0x9e3779b97f4a7c15u;
        h ^= h >> 32; /* what is above reaches what is below */
    }
    return h;
}

#endif
