/* SPDX-License-Identifier: MIT */
/* See roll.h. */
#include "ref/session/roll.h"

static struct slice key_of(const uint8_t key[DIGEST_LEN])
{
    return slice_make(key, DIGEST_LEN);
}

static void make_key(const struct roll *r, struct slice id,
                     uint8_t ret[DIGEST_LEN])
{
    digest_secretly(key_of(r->secret), id, ret);
}

void roll_keep(struct roll *r, const struct entropy_source *entropy)
{
    assert(!r->is_kept);
    r->is_kept = true;
    entropy_fill(entropy, r->secret, sizeof r->secret);
}

void roll_add(struct roll *r, struct served *call)
{
    struct served *first;

    if (!r->is_kept)
        return;
    make_key(r, call->context.request_id, call->id_key);
    first = table_find(&r->by_key, key_of(call->id_key));
    if (!first) {
        table_add(&r->by_key, key_of(call->id_key), call);
        return;
    }
    call->namesake = first->namesake;
    call->namesake_of = first;
    if (first->namesake)
        first->namesake->namesake_of = call;
    first->namesake = call;
}

void roll_remove(struct roll *r, struct served *call)
{
    struct served *other = call->namesake;

    if (!r->is_kept)
        return;
    if (other)
        other->namesake_of = call->namesake_of;
    if (call->namesake_of) {
        call->namesake_of->namesake = other;
        return;
    }
    (void)table_remove(&r->by_key, key_of(call->id_key));
    if (other)
        table_add(&r->by_key, key_of(call->id_key), other);
}

struct served *roll_find(const struct roll *r, struct slice id)
{
    uint8_t key[DIGEST_LEN];

    assert(r->is_kept);
    make_key(r, id, key);
    return table_find(&r->by_key, key_of(key));
}

void roll_clear(struct roll *r)
{
    table_clear(&r->by_key);
}
