/* SPDX-License-Identifier: MIT */
/* See overtaken.h. */
#include "ref/state/overtaken.h"
#include "ref/base/xalloc.h"

static void forget(struct slice *id)
{
    xalloc_free((void *)(uintptr_t)id->data);
    *id = slice_make(NULL, 0);
}

/* Where it stands, or NULL. */
static struct slice *find(struct overtaken *o, struct slice id)
{
    for (size_t i = 0; i < BOUNDS_OVERTAKEN_MAX; i++)
        if (o->ids[i].data && slice_equal(o->ids[i], id))
            return &o->ids[i];
    return NULL;
}

void overtaken_add(struct overtaken *o, struct slice id)
{
    struct slice *at = &o->ids[o->next];

    if (id.len > BOUNDS_OVERTAKEN_ID_MAX || find(o, id))
        return;
    forget(at);
    *at = slice_make(xalloc_copy(id), id.len);
    o->next = (o->next + 1) % BOUNDS_OVERTAKEN_MAX;
}

bool overtaken_take(struct overtaken *o, struct slice id)
{
    struct slice *at = find(o, id);

    if (at)
        forget(at);
    return at != NULL;
}

void overtaken_clear(struct overtaken *o)
{
    for (size_t i = 0; i < BOUNDS_OVERTAKEN_MAX; i++)
        forget(&o->ids[i]);
    o->next = 0;
}
