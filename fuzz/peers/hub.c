/* SPDX-License-Identifier: MIT */
/* See hub.h. */
#include "fuzz/peers/hub.h"

#include <stdio.h>

#include "fuzz/peers/stock.h"
#include "ref/rules/discovery.h"

#define ALL ((1u << HUB_NAMES) - 1)

static struct hub_op ops[HUB_OPS];
static const uint32_t peers[HUB_PEERS] = {GATE_NOBODY, 1, 12};

const struct hub_op *hub_op(uint32_t which)
{
    return &ops[which];
}

const char *hub_name(uint32_t name)
{
    static const char *const names[HUB_NAMES] = {"peer/o/0", "peer/o/1", "o/0",
                                                 "o/1"};

    return names[name];
}

uint32_t hub_who(uint32_t peer)
{
    return peers[peer];
}

bool hub_reaches(const struct hub_op *op, uint32_t name, uint32_t peer)
{
    return ((op->allowed | op->pinned[peer]) >> name & 1) != 0;
}

/* ------------------------------------------------------------- which */

/* Its reach is anybody's, a certain peer's only, or none at all. */
static struct hub_op offer(uint32_t i)
{
    static const uint32_t authorities[] = {15, GATE_NOBODY, 12, 3};
    struct hub_op o = {.kind = HUB_OFFER,
                       .op = {.exists = true,
                              .is_safe = i % 3 != 0,
                              .is_feed = i >= HUB_OFFERS / 2,
                              .scopes = i % 6 == 5,
                              .composer = authorities[(i ^ i / 4) % 4]},
                       .wanted = i % HUB_NAMES,
                       .peer = i / HUB_NAMES % HUB_PEERS};

    if (i % 5 == 4)
        o.pinned[1] = 1u << o.wanted;
    else if (i % 7 != 6)
        o.allowed = 1u << o.wanted;
    (void)snprintf(o.name, sizeof o.name, "f/%u", i);
    return o;
}

static struct hub_op composer(uint32_t i)
{
    struct hub_op o = {.kind = HUB_COMPOSES,
                       .op = {.exists = true,
                              .is_safe = i != 1,
                              .composer = i == 1   ? GATE_NOBODY
                                          : i == 2 ? 12
                                                   : 15}};

    o.allowed = i == 3 ? 0 : i == 2 ? 1 : ALL;
    o.pinned[2] = i == 2 ? ALL : 0;
    (void)snprintf(o.name, sizeof o.name, "c/%u", i);
    return o;
}

/* ------------------------------------------------------------- whose */

static bool owns_any(void *self, const struct identity *who, struct slice type)
{
    (void)self;
    (void)type;
    return slice_equal(who->id, slice_of("p3"));
}

static bool owns(void *self, const struct identity *who, struct slice type,
                 struct slice id, struct slice action)
{
    (void)id;
    (void)action;
    return owns_any(self, who, type);
}

static struct strings owned(void *self, const struct identity *who,
                            struct slice type)
{
    (void)self;
    (void)who;
    (void)type;
    return (struct strings){.count = 0};
}

const struct access_owners *hub_owners(void)
{
    static const struct access_owners book = {
        .owns = owns, .owns_any = owns_any, .owned = owned};

    return &book;
}

/* ------------------------------------------------------------- as it is */

static void set_reach(struct scoped_env *env, const struct hub_op *o)
{
    char text[32];

    for (uint32_t name = 0; name < HUB_NAMES; name++) {
        if (o->allowed >> name & 1)
            strings_add(&env->allowed, slice_of(hub_name(name)));
        for (uint32_t peer = 1; peer < HUB_PEERS; peer++) {
            if (!(o->pinned[peer] >> name & 1))
                continue;
            (void)snprintf(text, sizeof text, "p%u/%s", peers[peer],
                           hub_name(name));
            strings_add(&env->pinned, slice_of(text));
        }
    }
}

static struct handler offer_of(const struct hub_op *o)
{
    char id[8];
    struct peer_ref ref = {slice_make(NULL, 0)};

    (void)snprintf(id, sizeof id, "p%u", peers[o->peer]);
    if (o->peer)
        ref.id = slice_of(id);
    return forward_offer(ref, slice_of(hub_name(o->wanted)),
                         o->op.is_feed ? SPEC_SUBSCRIPTION : SPEC_QUERY);
}

static void add(struct registry *registry, struct registration *r)
{
    struct failure f;
    bool is_good = registry_add_take(registry, r, &f);

    assert(is_good);
    (void)is_good;
}

static void add_op(struct registry *registry, const struct hub_op *o,
                   struct handler handler)
{
    struct registration r = {.spec = spec_plain(slice_of(o->name)),
                             .handler =
                                 o->kind == HUB_OFFER ? offer_of(o) : handler,
                             .is_remote_safe = o->op.is_safe,
                             .authority = stock_composer(o->op.composer)};

    r.spec.op_type = o->op.is_feed ? SPEC_SUBSCRIPTION : SPEC_QUERY;
    if (o->op.scopes)
        strings_add(&r.spec.access.required_scopes, slice_of("s0"));
    set_reach(&r.scoped_env, o);
    add(registry, &r);
}

/* [LP-7] Of its own operations it lists one alone: there are many. */
static void add_list(struct registry *registry, struct handler own)
{
    static struct registry listed;
    struct registration list = {.spec =
                                    spec_plain(slice_of("services/list-peers")),
                                .handler = discovery_list_peers(&listed),
                                .is_remote_safe = true};

    add_op(&listed, &ops[0], own);
    add(registry, &list);
}

void hub_setup(struct registry *registry, struct handler own,
               struct handler composes)
{
    uint32_t count = 0;

    ops[count++] = (struct hub_op){
        .kind = HUB_OWN,
        .op = {.exists = true, .is_safe = true, .composer = GATE_NOBODY},
        .name = "o/0"};
    for (uint32_t i = 0; i < HUB_COMPOSERS; i++)
        ops[count++] = composer(i);
    for (uint32_t i = 0; i < HUB_OFFERS; i++)
        ops[count++] = offer(i);
    for (uint32_t i = 0; i < HUB_OPS; i++)
        add_op(registry, &ops[i], ops[i].kind == HUB_OWN ? own : composes);
    add_list(registry, own);
}
