/* SPDX-License-Identifier: MIT */
/*
 * Out of memory is not an error anybody above could mend, so it is said once,
 * here, and the program ends. That is allowed only because every size that a
 * peer can influence has been held against bounds.h before it gets here: no
 * limit, no right to die.
 */
#include "ref/base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>

static void *or_die(void *memory)
{
    if (!memory) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return memory;
}

/* Zeroed by hand: many a calloc() passes by the memory that was freed last. */
void *xalloc(size_t count, size_t size)
{
    size_t len = count * size;

    assert(!size || count <= SIZE_MAX / size);
    return memset(or_die(malloc(len ? len : 1)), 0, len);
}

void *xalloc_grow(void *old, size_t count, size_t size)
{
    assert(size > 0 && count <= SIZE_MAX / size);
    return or_die(realloc(old, count ? count * size : 1));
}

char *xalloc_copy(struct slice bytes)
{
    char *copy = xalloc(bytes.len + 1, 1);

    if (bytes.len)
        memcpy(copy, bytes.data, bytes.len);
    return copy;
}

void xalloc_free(void *memory)
{
    free(memory);
}
