/* SPDX-License-Identifier: MIT */
/* Chained buckets for finding, a doubly linked list for the order. The number
 * of buckets doubles when there are as many entries. */
#include "ref/base/table.h"
#include "ref/base/xalloc.h"

#define BUCKETS_FIRST 16

/* Where the pointer to the entry of `key` is, or where one would be put. */
static struct table_entry **slot_of(const struct table *t, struct slice key)
{
    struct table_entry **slot =
        &t->buckets[slice_hash(key, 0) & (t->bucket_count - 1)];

    while (*slot && !slice_equal((*slot)->key, key))
        slot = &(*slot)->chain;
    return slot;
}

static void grow(struct table *t)
{
    t->bucket_count = t->bucket_count ? t->bucket_count * 2 : BUCKETS_FIRST;
    xalloc_free(t->buckets);
    t->buckets = xalloc(t->bucket_count, sizeof(struct table_entry *));
    for (struct table_entry *e = t->first; e; e = e->next) {
        e->chain = NULL;
        *slot_of(t, e->key) = e;
    }
}

bool table_add(struct table *t, struct slice key, void *value)
{
    struct table_entry *e, **slot;

    if (t->count == t->bucket_count)
        grow(t);
    slot = slot_of(t, key);
    if (*slot)
        return false;
    e = xalloc(1, sizeof *e);
    e->key = slice_make(xalloc_copy(key), key.len);
    e->value = value;
    e->previous = t->last;
    *(t->last ? &t->last->next : &t->first) = e;
    t->last = e;
    *slot = e;
    t->count++;
    return true;
}

void *table_find(const struct table *t, struct slice key)
{
    struct table_entry *e = t->count ? *slot_of(t, key) : NULL;

    return e ? e->value : NULL;
}

static void entry_free(struct table_entry *e)
{
    xalloc_free((void *)(uintptr_t)e->key.data);
    xalloc_free(e);
}

void *table_remove(struct table *t, struct slice key)
{
    struct table_entry **slot = t->count ? slot_of(t, key) : NULL;
    struct table_entry *e = slot ? *slot : NULL;
    void *value;

    if (!e)
        return NULL;
    *slot = e->chain;
    *(e->previous ? &e->previous->next : &t->first) = e->next;
    *(e->next ? &e->next->previous : &t->last) = e->previous;
    t->count--;
    value = e->value;
    entry_free(e);
    return value;
}

struct table_entry *table_first(const struct table *t)
{
    return t->first;
}

struct table_entry *table_next(const struct table_entry *e)
{
    return e->next;
}

void table_clear(struct table *t)
{
    struct table_entry *next;

    for (struct table_entry *e = t->first; e; e = next) {
        next = e->next;
        entry_free(e);
    }
    xalloc_free(t->buckets);
    *t = (struct table){NULL, 0, 0, NULL, NULL};
}
