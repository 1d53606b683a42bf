/* SPDX-License-Identifier: MIT */
/*
 * A map from byte strings to pointers that remembers the order in which keys
 * arrived. Its hash is no secret: a key that a peer may choose is digested with
 * one first (session/roll.h, state/ownership.h), or there are only so many
 * (BOUNDS_IMPORT_MAX).
 *
 * Walking: for (e = table_first(t); e; e = table_next(e)). Removing the
 * entry one stands on is allowed after its next was taken.
 */
#ifndef REF_BASE_TABLE_H
#define REF_BASE_TABLE_H

#include "ref/base/slice.h"

struct table_entry {
    struct slice key;             /* owned by the table */
    void *value;                  /* owned by whoever put it there */
    struct table_entry *chain;    /* same bucket */
    struct table_entry *previous; /* earlier in order of arrival */
    struct table_entry *next;     /* later in order of arrival */
};

/* Zeroed is empty. */
struct table {
    struct table_entry **buckets; /* owned */
    size_t bucket_count;          /* a power of two, or 0 */
    size_t count;                 /* entries */
    struct table_entry *first;    /* earliest */
    struct table_entry *last;     /* latest */
};

/* A number as a key. Borrowed from where it stands. */
static inline struct slice table_key(const uint64_t *number)
{
    return slice_make(number, sizeof *number);
}

/* Adds `value` under a copy of `key`. False, and nothing changed, when the key
 * is there already. */
bool table_add(struct table *t, struct slice key, void *value);

/* The value under `key`, or NULL. */
void *table_find(const struct table *t, struct slice key);

/* Takes the entry out and hands its value over; NULL when there is none. */
void *table_remove(struct table *t, struct slice key);

/* The earliest entry, and the one after `e`; NULL at the end. */
struct table_entry *table_first(const struct table *t);
struct table_entry *table_next(const struct table_entry *e);

/* Forgets all entries (not what their values point at). */
void table_clear(struct table *t);

#endif
