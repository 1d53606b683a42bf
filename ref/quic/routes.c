/* SPDX-License-Identifier: MIT */
/* See routes.h. Chained buckets, twice as many when they are full. */
#include "ref/quic/routes.h"
#include "ref/base/xalloc.h"

#define BUCKETS_FIRST 16

static size_t bucket_of(const struct routes *r, struct slice cid)
{
    uint64_t hash = slice_hash(cid, r->key);

    return (size_t)(hash ^ hash >> 32) & (r->bucket_count - 1);
}

static struct slice cid_of(const struct route *route)
{
    return slice_make(route->cid, route->len);
}

static void link_route(struct routes *r, struct route *route)
{
    struct route **bucket = &r->buckets[bucket_of(r, cid_of(route))];

    route->next = *bucket;
    *bucket = route;
}

static void grow(struct routes *r)
{
    struct routes old = *r;

    r->bucket_count = old.bucket_count ? old.bucket_count * 2 : BUCKETS_FIRST;
    r->buckets = xalloc(r->bucket_count, sizeof *r->buckets);
    for (size_t i = 0; i < old.bucket_count; i++)
        for (struct route *route = old.buckets[i], *next; route; route = next) {
            next = route->next;
            link_route(r, route);
        }
    xalloc_free(old.buckets);
}

static void destroy(struct routes *r, struct route *route)
{
    struct route **at = &r->buckets[bucket_of(r, cid_of(route))];

    while (*at != route)
        at = &(*at)->next;
    *at = route->next;
    r->count--;
    xalloc_free(route);
}

void routes_clear(struct routes *r)
{
    for (size_t i = 0; i < r->bucket_count; i++)
        while (r->buckets[i])
            destroy(r, r->buckets[i]);
    xalloc_free(r->buckets);
    *r = (struct routes){.key = r->key};
}

void routes_add(struct routes *r, struct slice cid, void *owner,
                struct route **chain)
{
    struct route *route;

    assert(cid.len <= ROUTES_CID_MAX);
    if (routes_find(r, cid))
        return;
    if (r->count == r->bucket_count)
        grow(r);
    route = xalloc(1, sizeof *route);
    route->owner = owner;
    route->len = (uint8_t)cid.len;
    if (cid.len)
        memcpy(route->cid, cid.data, cid.len);
    route->sibling = *chain;
    *chain = route;
    link_route(r, route);
    r->count++;
}

void *routes_find(const struct routes *r, struct slice cid)
{
    if (!r->bucket_count)
        return NULL;
    for (struct route *at = r->buckets[bucket_of(r, cid)]; at; at = at->next)
        if (slice_equal(cid_of(at), cid))
            return at->owner;
    return NULL;
}

void routes_remove(struct routes *r, struct slice cid, struct route **chain)
{
    while (*chain && !slice_equal(cid_of(*chain), cid))
        chain = &(*chain)->sibling;
    if (*chain) {
        struct route *route = *chain;

        *chain = route->sibling;
        destroy(r, route);
    }
}

void routes_remove_all(struct routes *r, struct route **chain)
{
    while (*chain) {
        struct route *route = *chain;

        *chain = route->sibling;
        destroy(r, route);
    }
}
