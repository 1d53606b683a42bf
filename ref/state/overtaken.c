/* SPDX-License-Identifier: MIT */
/* See overtaken.h. */
#include "ref/state/overtaken.h"
#include "ref/base/xalloc.h"

static void forget(struct slice *id)
{
    xalloc_free((void *)(uintptr_t)id->data);
    *id = slice_make(NULL, 0);
}

void overtaken_add(struct overtaken *o, struct slice id)
{
    struct slice *at = &o->ids[o->next];

    if (id.len > BOUNDS_OVERTAKEN_ID_MAX)
        return;
    forget(at);
    *at = slice_make(xalloc_copy(id), id.len);
    o->next = (o->next + 1) % BOUNDS_OVERTAKEN_MAX;
}

bool overtaken_take(struct overtaken *o, struct slice id)
{
    for (size_t i = 0; i < BOUNDS_OVERTAKEN_MAX; i++)
        if (o->ids[i].data && slice_equal(o->ids[i], id)) {
            forget(&o->ids[i]);
            return true;
        }
    return false;
}

void overtaken_clear(struct overtaken *o)
{
    for (size_t i = 0; i < BOUNDS_OVERTAKEN_MAX; i++)
        forget(&o->ids[i]);
    o->next = 0;
}
