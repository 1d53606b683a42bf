/* SPDX-License-Identifier: MIT */
/*
 * Chunks in a list, the newest first; only the newest is handed out from. A
 * large wish gets a chunk of its own size, and the first one is small: many an
 * arena holds the tree of one line. Nothing here knows what it holds.
 */
#include "conformance/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>

#include "ref/base/xalloc.h"

#define CHUNK_FIRST 2048
#define CHUNK_BYTES 8192

struct arena_chunk {
    struct arena_chunk *older; /* owned */
    size_t size;               /* bytes behind this head */
    size_t used;               /* of these, handed out */
    max_align_t bytes[];       /* the memory itself */
};

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

void arena_clear(struct arena *a)
{
    while (a->chunks) {
        struct arena_chunk *chunk = a->chunks;

        a->chunks = chunk->older;
        xalloc_free(chunk);
    }
    a->bytes = 0;
}

static void add_chunk(struct arena *a, size_t wish)
{
    size_t least = a->chunks ? CHUNK_BYTES : CHUNK_FIRST;
    size_t size = wish > least ? wish : least;
    struct arena_chunk *chunk = xalloc(1, sizeof *chunk + size);

    chunk->older = a->chunks;
    chunk->size = size;
    a->chunks = chunk;
}

void *arena_new(struct arena *a, size_t count, size_t size)
{
    const size_t unit = alignof(max_align_t);
    size_t wish;
    struct arena_chunk *chunk;

    assert(size == 0 || count <= (SIZE_MAX / 2 - unit) / size);
    wish = (count * size + unit - 1) / unit * unit;
    if (!a->chunks || wish > a->chunks->size - a->chunks->used)
        add_chunk(a, wish);
    chunk = a->chunks;
    chunk->used += wish;
    a->bytes += wish;
    return (uint8_t *)chunk->bytes + (chunk->used - wish);
}

struct slice arena_copy(struct arena *a, struct slice bytes)
{
    uint8_t *copy = arena_new(a, bytes.len + 1, 1);

    if (bytes.len)
        memcpy(copy, bytes.data, bytes.len);
    return slice_make(copy, bytes.len);
}

const char *arena_text(struct arena *a, const char *format, ...)
{
    va_list args;
    int len;
    char *text;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(len >= 0);
    text = arena_new(a, (size_t)len + 1, 1);
    va_start(args, format);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}
