/* SPDX-License-Identifier: MIT */
/* See overtaken.h. */
#include "ref/state/overtaken.h"
#include "ref/base/xalloc.h"

static void forget(struct overtaken *o, struct slice *id)
{
    o->count -= id->data != NULL;
    xalloc_free((void *)(uintptr_t)id->data);
    *id = slice_make(NULL, 0);
}

/* Where it stands, or NULL. */
static struct slice *find(struct overtaken *o, struct slice id)
{
    for (size_t i = 0; o->count && i < BOUNDS_OVERTAKEN_MAX; i++)
        if (o->ids[i].data && slice_equal(o->ids[i], id))
            return &o->ids[i];
    return NULL;
}

/* Never 0, which is free. Two ids with one number do no harm: an abort that
 * came too early is then not remembered. */
static uint64_t number_of(struct slice id)
{
    uint64_t number = slice_hash(id, 0);

    return number ? number : 1;
}

static bool has_ended(const struct overtaken *o, struct slice id)
{
    uint64_t number = number_of(id);

    for (size_t i = 0; i < BOUNDS_ENDED_MAX; i++)
        if (o->ended[i] == number)
            return true;
    return false;
}

void overtaken_end(struct overtaken *o, struct slice id)
{
    if (id.len > BOUNDS_OVERTAKEN_ID_MAX)
        return;
    o->ended[o->ended_next] = number_of(id);
    o->ended_next = (o->ended_next + 1) % BOUNDS_ENDED_MAX;
}

void overtaken_add(struct overtaken *o, struct slice id)
{
    struct slice *at = &o->ids[o->next];

    if (id.len > BOUNDS_OVERTAKEN_ID_MAX || find(o, id) || has_ended(o, id))
        return;
    forget(o, at);
    *at = slice_make(xalloc_copy(id), id.len);
    o->count++;
    o->next = (o->next + 1) % BOUNDS_OVERTAKEN_MAX;
}

bool overtaken_take(struct overtaken *o, struct slice id)
{
    struct slice *at = find(o, id);

    if (at)
        forget(o, at);
    return at != NULL;
}

void overtaken_clear(struct overtaken *o)
{
    for (size_t i = 0; o->count && i < BOUNDS_OVERTAKEN_MAX; i++)
        forget(o, &o->ids[i]);
    *o = (struct overtaken){.next = 0};
}
