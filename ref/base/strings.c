/* SPDX-License-Identifier: MIT */
/* See strings.h. Each text is a copy of its own, so that items never move. */
#include "ref/base/strings.h"
#include "ref/base/xalloc.h"

void strings_add(struct strings *s, struct slice text)
{
    s->items = xalloc_grow(s->items, s->count + 1, sizeof *s->items);
    s->items[s->count++] = slice_make(xalloc_copy(text), text.len);
}

bool strings_has(const struct strings *s, struct slice text)
{
    for (size_t i = 0; i < s->count; i++)
        if (slice_equal(s->items[i], text))
            return true;
    return false;
}

struct strings strings_copy(const struct strings *from)
{
    struct strings copy = {NULL, 0};

    for (size_t i = 0; i < from->count; i++)
        strings_add(&copy, from->items[i]);
    return copy;
}

void strings_clear(struct strings *s)
{
    for (size_t i = 0; i < s->count; i++)
        xalloc_free((void *)(uintptr_t)s->items[i].data);
    xalloc_free(s->items);
    *s = (struct strings){NULL, 0};
}
