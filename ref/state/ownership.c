/* SPDX-License-Identifier: MIT */
/*
 * See ownership.h. A resource is found by its type and id, so that owning is
 * one look. Those of one owner and type hang together in a holding, which
 * exists as long as there is one of them: that is how somebody owns any.
 *
 * Ids are the choice of callers, and tables are for keys of ours; so everything
 * is found by a digest that no caller can foresee. No two names are ever meant
 * to have one digest, and so the digest is taken for the name.
 */
#include "ref/state/ownership.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

struct ownership_holding {
    uint8_t key[DIGEST_LEN];          /* of owner and type */
    struct slice owner;               /* owned: the id of an identity */
    struct ownership_resource *first; /* the latest; there is one */
};

struct ownership_resource {
    struct slice id;                     /* owned */
    struct ownership_holding *holding;   /* whose it is */
    struct ownership_resource *previous; /* of the same holding */
    struct ownership_resource *next;
};

/* Of the one and then the other: where the first ends is part of it. */
static void make_key(const struct ownership *o, struct slice one,
                     struct slice other, uint8_t ret[DIGEST_LEN])
{
    digest_secretly(slice_make(o->secret, DIGEST_LEN), one, ret);
    digest_secretly(slice_make(ret, DIGEST_LEN), other, ret);
}

static struct slice key_of(const uint8_t key[DIGEST_LEN])
{
    return slice_make(key, DIGEST_LEN);
}

static struct ownership_holding *
find_holding(const struct ownership *o, struct slice owner, struct slice type)
{
    uint8_t key[DIGEST_LEN];

    make_key(o, owner, type, key);
    return table_find(&o->holdings, key_of(key));
}

static struct ownership_resource *
find_resource(const struct ownership *o, struct slice type, struct slice id)
{
    uint8_t key[DIGEST_LEN];

    make_key(o, type, id, key);
    return table_find(&o->resources, key_of(key));
}

/* ------------------------------------------------------------- reading */

/* [AC-9] here, and nowhere else, the id of the caller decides. */
static bool owns(void *self, const struct identity *who, struct slice type,
                 struct slice id, struct slice action)
{
    const struct ownership_resource *r = find_resource(self, type, id);

    (void)action;
    return r && slice_equal(r->holding->owner, who->id); /* [OW-3] */
}

static bool owns_any(void *self, const struct identity *who, struct slice type)
{
    return find_holding(self, who->id, type) != NULL;
}

static struct strings owned(void *self, const struct identity *who,
                            struct slice type)
{
    const struct ownership_holding *h = find_holding(self, who->id, type);
    struct strings ids = {NULL, 0};

    for (const struct ownership_resource *r = h ? h->first : NULL; r;
         r = r->next)
        strings_add(&ids, r->id);
    return ids;
}

struct access_owners ownership_owners(struct ownership *o)
{
    return (struct access_owners){owns, owns_any, owned, o};
}

/* ------------------------------------------------------------- writing */

static struct ownership_holding *
need_holding(struct ownership *o, struct slice owner, struct slice type)
{
    struct ownership_holding *h = find_holding(o, owner, type);

    if (h)
        return h;
    h = xalloc(1, sizeof *h);
    make_key(o, owner, type, h->key);
    h->owner = slice_make(xalloc_copy(owner), owner.len);
    table_add(&o->holdings, key_of(h->key), h);
    return h;
}

static void hold(struct ownership_holding *h, struct ownership_resource *r)
{
    r->holding = h;
    r->previous = NULL;
    r->next = h->first;
    if (r->next)
        r->next->previous = r;
    h->first = r;
}

static void holding_free(struct ownership_holding *h)
{
    xalloc_free((void *)(uintptr_t)h->owner.data);
    xalloc_free(h);
}

/* A holding does not survive its last resource. */
static void let_go(struct ownership *o, struct ownership_resource *r)
{
    struct ownership_holding *h = r->holding;

    *(r->previous ? &r->previous->next : &h->first) = r->next;
    if (r->next)
        r->next->previous = r->previous;
    if (h->first)
        return;
    (void)table_remove(&o->holdings, key_of(h->key));
    holding_free(h);
}

static bool has_room(const struct ownership *o, struct slice owner,
                     struct slice type, struct slice id, bool is_new,
                     struct failure *f)
{
    if (owner.len > BOUNDS_OWNED_NAME_MAX || type.len > BOUNDS_OWNED_NAME_MAX ||
        id.len > BOUNDS_OWNED_NAME_MAX)
        return failure_say(f,
                           "ownership: a name of more than %u bytes is not "
                           "kept",
                           BOUNDS_OWNED_NAME_MAX);
    if (is_new && o->resources.count >= BOUNDS_OWNED_MAX)
        return failure_say(f, "ownership: no room for more than %u resources",
                           BOUNDS_OWNED_MAX);
    return true;
}

static struct ownership_resource *add(struct ownership *o, struct slice type,
                                      struct slice id)
{
    struct ownership_resource *r = xalloc(1, sizeof *r);
    uint8_t key[DIGEST_LEN];

    r->id = slice_make(xalloc_copy(id), id.len);
    make_key(o, type, id, key);
    table_add(&o->resources, key_of(key), r);
    return r;
}

bool ownership_record(struct ownership *o, struct slice owner,
                      struct slice type, struct slice id,
                      struct failure *ret_failure)
{
    struct ownership_resource *r = find_resource(o, type, id);

    if (!has_room(o, owner, type, id, r == NULL, ret_failure))
        return false;
    if (r)
        let_go(o, r);
    else
        r = add(o, type, id);
    hold(need_holding(o, owner, type), r);
    return true;
}

static void resource_free(struct ownership_resource *r)
{
    xalloc_free((void *)(uintptr_t)r->id.data);
    xalloc_free(r);
}

bool ownership_revoke(struct ownership *o, struct slice type, struct slice id,
                      struct failure *ret_failure)
{
    struct ownership_resource *r;
    uint8_t key[DIGEST_LEN];

    (void)ret_failure;
    make_key(o, type, id, key);
    r = table_remove(&o->resources, key_of(key));
    if (r) {
        let_go(o, r);
        resource_free(r);
    }
    return true;
}

/* ------------------------------------------------------------- life */

void ownership_init(struct ownership *o, const struct entropy_source *entropy)
{
    *o = (struct ownership){.resources = {.count = 0}};
    entropy_fill(entropy, o->secret, sizeof o->secret);
}

void ownership_clear(struct ownership *o)
{
    for (struct table_entry *e = table_first(&o->resources); e;
         e = table_next(e))
        resource_free(e->value);
    for (struct table_entry *e = table_first(&o->holdings); e;
         e = table_next(e))
        holding_free(e->value);
    table_clear(&o->resources);
    table_clear(&o->holdings);
}
