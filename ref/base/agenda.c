/* SPDX-License-Identifier: MIT */
/* See agenda.h. A binary heap; every entry knows its own place in it. */
#include "ref/base/agenda.h"
#include "ref/base/xalloc.h"

#define CAPACITY_FIRST 16

static bool before(const struct agenda_entry *a, const struct agenda_entry *b)
{
    return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->order < b->order);
}

static struct agenda_entry *at(const struct agenda *a, size_t place)
{
    assert(place >= 1 && place <= a->count);
    return a->heap[place - 1];
}

static void put(struct agenda *a, struct agenda_entry *entry, size_t place)
{
    a->heap[place - 1] = entry;
    entry->place = place;
}

static void rise(struct agenda *a, struct agenda_entry *entry)
{
    size_t place = entry->place;

    for (; place > 1 && before(entry, at(a, place / 2)); place /= 2)
        put(a, at(a, place / 2), place);
    put(a, entry, place);
}

static void sink(struct agenda *a, struct agenda_entry *entry)
{
    size_t place = entry->place;

    for (size_t child; (child = place * 2) <= a->count; place = child) {
        if (child < a->count && before(at(a, child + 1), at(a, child)))
            child++;
        if (!before(at(a, child), entry))
            break;
        put(a, at(a, child), place);
    }
    put(a, entry, place);
}

static void add(struct agenda *a, struct agenda_entry *entry)
{
    if (a->count == a->capacity) {
        a->capacity = a->capacity ? a->capacity * 2 : CAPACITY_FIRST;
        a->heap = xalloc_grow(a->heap, a->capacity, sizeof *a->heap);
    }
    a->count++;
    put(a, entry, a->count);
    rise(a, entry);
}

static void remove_entry(struct agenda *a, struct agenda_entry *entry)
{
    struct agenda_entry *last = at(a, a->count);
    size_t hole = entry->place;

    entry->place = 0;
    a->count--;
    if (last == entry)
        return;
    put(a, last, hole);
    rise(a, last);
    sink(a, last);
}

void agenda_clear(struct agenda *a)
{
    xalloc_free(a->heap);
    *a = (struct agenda){0};
}

void agenda_set(struct agenda *a, struct agenda_entry *entry, uint64_t at_ns)
{
    if (entry->place && entry->at_ns == at_ns)
        return;
    if (entry->place)
        remove_entry(a, entry);
    if (at_ns == NEVER)
        return;
    entry->at_ns = at_ns;
    entry->order = a->order++;
    add(a, entry);
}

uint64_t agenda_next_ns(const struct agenda *a)
{
    return a->count ? at(a, 1)->at_ns : NEVER;
}

void *agenda_take(struct agenda *a, uint64_t now_ns)
{
    struct agenda_entry *first;

    if (agenda_next_ns(a) > now_ns || !a->count)
        return NULL;
    first = at(a, 1);
    remove_entry(a, first);
    return first->owner;
}
