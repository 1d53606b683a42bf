/* SPDX-License-Identifier: MIT */
/*
 * Memory that is given back all at once. What a case reads, builds and
 * compares lives exactly as long as the case, so nothing is freed piecemeal
 * and no tree needs an owner.
 */
#ifndef CONFORMANCE_ARENA_H
#define CONFORMANCE_ARENA_H

#include "ref/base/slice.h"

struct arena {
    struct arena_chunk *chunks; /* owned; the newest first */
    size_t bytes;               /* handed out since the last clear */
};

/* An empty arena. Allocates nothing; `(struct arena){0}` is the same. */
void arena_init(struct arena *a);

/* Gives everything back; the arena is empty and usable again. */
void arena_clear(struct arena *a);

/* Zeroed memory for `count` things of `size` bytes, aligned for anything.
 * Never NULL; good until arena_clear(). */
void *arena_new(struct arena *a, size_t count, size_t size);

/* A copy of the bytes that lives as long as the arena, with a NUL behind it
 * that the slice does not count. */
struct slice arena_copy(struct arena *a, struct slice bytes);

/* Formatted text, copied likewise. */
__attribute__((format(printf, 2, 3))) const char *
arena_text(struct arena *a, const char *format, ...);

#endif
