/* SPDX-License-Identifier: MIT */
/*
 * A second xalloc for tests that ask what lies in memory when it is given
 * back: it counts the blocks that still hold the secret. Included by one file
 * of a program, it takes the place of ref/base/xalloc.c, which the linker then
 * has no reason to look at.
 */
#ifndef REF_TEST_WITNESS_H
#define REF_TEST_WITNESS_H

#include "ref/base/xalloc.h"
#include "ref/test/t.h"

/* The secret of every test with a witness, and how much of it in a row counts
 * as left behind: a single such byte may as well be part of a pointer, for
 * addresses differ from run to run. */
#define WITNESS_MARKER "~~~~~~~~~~~~~~~~~~~~"
#define WITNESS_RUN 4

/* The size stands in front of each block. */
union witness_head {
    size_t size;
    max_align_t alignment;
};

static size_t witness_freed;   /* blocks given back */
static size_t witness_leaking; /* of those, with the secret in them */

void *xalloc_grow(void *old, size_t count, size_t size)
{
    union witness_head *head = old ? (union witness_head *)old - 1 : NULL;

    head = realloc(head, sizeof *head + count * size);
    assert_non_null(head);
    head->size = count * size;
    return head + 1;
}

void *xalloc(size_t count, size_t size)
{
    return memset(xalloc_grow(NULL, count, size), 0, count * size);
}

char *xalloc_copy(struct slice bytes)
{
    char *copy = xalloc(bytes.len + 1, 1);

    if (bytes.len)
        memcpy(copy, bytes.data, bytes.len);
    return copy;
}

static bool witness_is_in(const char *memory, size_t size)
{
    for (size_t i = 0; i + WITNESS_RUN <= size; i++) {
        if (memcmp(memory + i, WITNESS_MARKER, WITNESS_RUN) == 0)
            return true;
    }
    return false;
}

void xalloc_free(void *memory)
{
    union witness_head *head = memory;

    if (!head)
        return;
    head--;
    witness_freed++;
    witness_leaking += witness_is_in(memory, head->size);
    free(head);
}

#endif
