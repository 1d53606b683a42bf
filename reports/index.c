/* SPDX-License-Identifier: MIT */
/* A hash table that is probed one slot after the other, and grows by two. */
#include "reports/index.h"

#include "ref/base/xalloc.h"

#define SLOTS_FIRST 64

void index_init(struct index *x)
{
    *x = (struct index){0};
}

void index_clear(struct index *x)
{
    xalloc_free(x->texts);
    xalloc_free(x->slots);
    index_init(x);
}

/* What comes in is ours or capped, nobody aims at this table. */
static size_t digest(struct slice text)
{
    uint64_t hash = slice_hash(text, 0);

    return (size_t)(hash ^ hash >> 32);
}

/* Where that text stands, or the free slot where it would. */
static size_t *slot_of(const struct index *x, struct slice text)
{
    size_t mask = x->slots_count - 1;
    size_t at = digest(text) & mask;

    while (x->slots[at] && !slice_equal(x->texts[x->slots[at] - 1], text))
        at = (at + 1) & mask;
    return &x->slots[at];
}

static void grow(struct index *x)
{
    size_t count = x->slots_count ? 2 * x->slots_count : SLOTS_FIRST;

    xalloc_free(x->slots);
    x->slots = xalloc(count, sizeof *x->slots);
    x->slots_count = count;
    x->texts = xalloc_grow(x->texts, count / 2, sizeof *x->texts);
    for (size_t i = 0; i < x->count; i++)
        *slot_of(x, x->texts[i]) = i + 1;
}

size_t index_add(struct index *x, struct slice text)
{
    size_t *slot;

    if (x->count >= x->slots_count / 2)
        grow(x);
    slot = slot_of(x, text);
    if (*slot == 0) {
        x->texts[x->count++] = text;
        *slot = x->count;
    }
    return *slot - 1;
}
