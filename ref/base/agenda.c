/* SPDX-License-Identifier: MIT */
/* See agenda.h. A heap, of which every entry knows its own place. Each slot has
 * four children: they lie in a line or two of the memory's, and a flat heap
 * moves fewer entries than a deep one. */
#include "ref/base/agenda.h"
#include "ref/base/xalloc.h"

#define CAPACITY_FIRST 16
#define CHILDREN 4

static bool before(const struct agenda_slot *a, const struct agenda_slot *b)
{
    return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->order < b->order);
}

static struct agenda_slot *at(const struct agenda *a, size_t place)
{
    assert(place >= 1 && place <= a->count);
    return &a->heap[place - 1];
}

static void put(struct agenda *a, const struct agenda_slot *slot, size_t place)
{
    *at(a, place) = *slot;
    slot->entry->place = place;
}

/* Places are counted from 1; the children of one lie together. */
static size_t parent_of(size_t place)
{
    return (place + CHILDREN - 2) / CHILDREN;
}

static size_t first_child_of(size_t place)
{
    return CHILDREN * place - (CHILDREN - 2);
}

static size_t rise(struct agenda *a, const struct agenda_slot *slot,
                   size_t place)
{
    for (; place > 1 && before(slot, at(a, parent_of(place)));
         place = parent_of(place))
        put(a, at(a, parent_of(place)), place);
    return place;
}

/* The earliest child of that place; the place itself, when it has none. */
static size_t heir_of(const struct agenda *a, size_t place)
{
    size_t first = first_child_of(place), heir = first;

    if (first > a->count)
        return place;
    for (size_t i = first + 1; i < first + CHILDREN && i <= a->count; i++)
        if (before(at(a, i), at(a, heir)))
            heir = i;
    return heir;
}

static size_t sink(struct agenda *a, const struct agenda_slot *slot,
                   size_t place)
{
    for (size_t heir; (heir = heir_of(a, place)) != place; place = heir) {
        if (!before(at(a, heir), slot))
            break;
        put(a, at(a, heir), place);
    }
    return place;
}

/* Into the hole at `place`, or wherever it belongs from there. */
static void settle(struct agenda *a, struct agenda_slot slot, size_t place)
{
    put(a, &slot, sink(a, &slot, rise(a, &slot, place)));
}

static void add(struct agenda *a, struct agenda_entry *entry)
{
    if (a->count == a->capacity) {
        a->capacity = a->capacity ? a->capacity * 2 : CAPACITY_FIRST;
        a->heap = xalloc_grow(a->heap, a->capacity, sizeof *a->heap);
    }
    a->count++;
    settle(a, (struct agenda_slot){entry->at_ns, entry->order, entry},
           a->count);
}

static void remove_entry(struct agenda *a, struct agenda_entry *entry)
{
    struct agenda_slot last = *at(a, a->count);
    size_t hole = entry->place;

    entry->place = 0;
    a->count--;
    if (last.entry != entry)
        settle(a, last, hole);
}

void agenda_clear(struct agenda *a)
{
    xalloc_free(a->heap);
    *a = (struct agenda){0};
}

/* An appointment that is moved keeps its slot until it knows where to. */
void agenda_set(struct agenda *a, struct agenda_entry *entry, uint64_t at_ns)
{
    if (entry->place && entry->at_ns == at_ns)
        return;
    if (at_ns == NEVER) {
        if (entry->place)
            remove_entry(a, entry);
        return;
    }
    entry->at_ns = at_ns;
    entry->order = a->order++;
    if (entry->place)
        settle(a, (struct agenda_slot){at_ns, entry->order, entry},
               entry->place);
    else
        add(a, entry);
}

uint64_t agenda_next_ns(const struct agenda *a)
{
    return a->count ? a->heap[0].at_ns : NEVER;
}

void *agenda_take(struct agenda *a, uint64_t now_ns)
{
    struct agenda_entry *first;

    if (!a->count || a->heap[0].at_ns > now_ns)
        return NULL;
    first = a->heap[0].entry;
    remove_entry(a, first);
    return first->owner;
}
