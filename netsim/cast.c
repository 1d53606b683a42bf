/* SPDX-License-Identifier: MIT */
/* See cast.h. A dice is thrown for one thing after another; each thing has a
 * sequence of its own, so that a new question changes no other's answer. */
#include "netsim/cast.h"

/* What a sequence of numbers is about. */
enum about {
    ABOUT_FEATURES = 0x1000,
    ABOUT_NODES,
    ABOUT_OPS,
    ABOUT_RIGHTS,
    ABOUT_OWNERS,
    ABOUT_WEATHER,
    ABOUT_ROOM
};

/* One sequence. */
struct dice {
    struct prng_key key;
    uint64_t which; /* thing of that kind */
    uint32_t thrown;
};

static struct dice dice_of(uint64_t seed, enum about about, uint32_t who,
                           uint64_t which)
{
    return (struct dice){.key = {seed, (uint32_t)about, who}, .which = which};
}

static uint64_t roll(struct dice *d, uint64_t bound)
{
    return prng_below(prng_draw(&d->key, d->which, d->thrown++), bound);
}

static bool once_in(struct dice *d, uint64_t n)
{
    return roll(d, n) == 0;
}

/* Each of `count` bits is set once in `n` times. */
static uint32_t bits(struct dice *d, uint32_t count, uint64_t n)
{
    uint32_t mask = 0;

    for (uint32_t i = 0; i < count; i++)
        mask |= (uint32_t)once_in(d, n) << i;
    return mask;
}

static struct cast_rights rights(struct dice *d)
{
    struct cast_rights r;

    r.scopes = bits(d, CAST_SCOPES, 2);
    r.actions = bits(d, CAST_ACTIONS, 2);
    return r;
}

bool cast_has(const struct cast *cast, enum cast_feature feature)
{
    return cast->features >> feature & 1;
}

/* What goes wrong and is nobody's lie. */
#define MISFORTUNES                                                            \
    (1u << CAST_CRASHES | 1u << CAST_CUTS | 1u << CAST_OUTAGES |               \
     1u << CAST_LOSS | 1u << CAST_BURSTS | 1u << CAST_DISORDER |               \
     1u << CAST_DAMAGE | 1u << CAST_NARROW)

bool cast_is_fair(const struct cast *cast)
{
    return !(cast->features & MISFORTUNES);
}

/* ------------------------------------------------------------- operations */

static void draw_access(struct dice *d, struct cast_op *op,
                        const struct cast *cast)
{
    op->is_internal = once_in(d, 6);
    op->is_safe = !once_in(d, 4);
    op->scopes = once_in(d, 3) ? bits(d, CAST_SCOPES, 4) : 0;
    op->has_any = once_in(d, 8);
    op->any = bits(d, CAST_SCOPES, 2);
    op->has_action = once_in(d, 5);
    op->action = (uint32_t)roll(d, CAST_ACTIONS);
    op->is_named = once_in(d, 2) && op->has_action;
    op->is_checked = once_in(d, 5) && cast_has(cast, CAST_SCHEMAS);
}

static void draw_composing(struct dice *d, struct cast_op *op)
{
    op->has_authority = !once_in(d, 4);
    op->authority = rights(d);
    op->reach = bits(d, CAST_NAMES, 2) | bits(d, CAST_NAMES, 2);
}

/* What is offered under a name is another name: nobody offers himself. */
static void draw_offer(struct dice *d, struct cast_op *op, uint32_t name,
                       const struct cast *cast)
{
    uint32_t steps = 1 + (uint32_t)roll(d, CAST_NAMES - 1);

    op->is_offer = once_in(d, 2) && cast_has(cast, CAST_OFFERS);
    op->offer_name = (name + steps) % CAST_NAMES;
    op->offer_peer =
        !once_in(d, 4) ? CAST_ANY : (uint32_t)roll(d, cast->node_count);
    if (op->is_offer)
        op->reach |= 1u << op->offer_name;
}

static void draw_op(const struct cast *cast, uint32_t at, uint32_t name,
                    struct cast_op *op)
{
    struct dice d = dice_of(cast->seed, ABOUT_OPS, at, name);

    op->exists = !once_in(&d, 8);
    op->is_stream = once_in(&d, 3) && cast_has(cast, CAST_STREAMING);
    draw_access(&d, op, cast);
    draw_composing(&d, op);
    if (at == 0)
        draw_offer(&d, op, name, cast);
}

/* ------------------------------------------------------------- nodes */

static enum cast_role role_of(struct dice *d, const struct cast *cast,
                              uint32_t at)
{
    bool is_last;

    if (at == 0)
        return CAST_HUB;
    is_last = at == cast->node_count - 1;
    if ((once_in(d, 4) || is_last) && at > 1 && cast_has(cast, CAST_HOSTILE))
        return CAST_LIAR;
    return once_in(d, 2) ? CAST_WORKER : CAST_CLIENT;
}

static void draw_node(struct cast *cast, uint32_t at)
{
    struct dice d = dice_of(cast->seed, ABOUT_NODES, at, 0);
    struct cast_node *n = &cast->nodes[at];

    n->role = role_of(&d, cast, at);
    n->shows_key = !once_in(&d, 6);
    n->is_dialled = once_in(&d, 3) && n->role != CAST_LIAR;
    n->is_trusting = once_in(&d, 2);
    n->is_imported = n->role == CAST_WORKER && !once_in(&d, 8);
    n->has_owners = once_in(&d, 2) && cast_has(cast, CAST_OWNERSHIP);
    for (uint32_t name = 0; name < CAST_NAMES; name++)
        draw_op(cast, at, name, &n->ops[name]);
}

void cast_draw(struct cast *cast, uint64_t seed)
{
    struct dice d = dice_of(seed, ABOUT_FEATURES, 0, 0);

    *cast = (struct cast){.seed = seed};
    for (int f = 0; f < CAST_FEATURES; f++)
        cast->features |= (uint32_t)(!once_in(&d, 3)) << f;
    if (!once_in(&d, 8))
        cast->features &= ~(1u << CAST_CROWD);
    if (once_in(&d, 8))
        cast->features &= ~MISFORTUNES;
    cast->node_count = cast_has(cast, CAST_CROWD)
                           ? 12 + (uint32_t)roll(&d, CAST_NODES_MAX - 11)
                           : 2 + (uint32_t)roll(&d, 6);
    for (uint32_t at = 0; at < cast->node_count; at++)
        draw_node(cast, at);
}

/* ------------------------------------------------------------- whom, whose */

bool cast_knows(const struct cast *cast, uint32_t at, uint32_t whom,
                uint32_t version, struct cast_rights *ret_rights)
{
    uint64_t which = (uint64_t)version << 32 | whom;
    struct dice d = dice_of(cast->seed, ABOUT_RIGHTS, at, which);
    bool is_known = !once_in(&d, 5);

    *ret_rights = rights(&d);
    return is_known;
}

uint32_t cast_owner(const struct cast *cast, uint32_t at, uint32_t resource)
{
    struct dice d = dice_of(cast->seed, ABOUT_OWNERS, at, resource);

    return once_in(&d, 4) ? CAST_NOBODY : (uint32_t)roll(&d, cast->node_count);
}

/* What chance may do to one datagram in so many. */
static uint32_t ppm(struct dice *d, const struct cast *cast,
                    enum cast_feature feature, uint64_t most)
{
    return (uint32_t)roll(d, cast_has(cast, feature) ? most : 1);
}

struct link_config cast_weather(const struct cast *cast, uint32_t which)
{
    struct dice d = dice_of(cast->seed, ABOUT_WEATHER, 0, which);
    struct link_config c = {.losses_max = 12};

    c.delay_ns = (1 + roll(&d, 40)) * 1000000;
    c.jitter_ns = cast_has(cast, CAST_DISORDER) ? roll(&d, 10000000) : 0;
    c.loss_ppm = ppm(&d, cast, CAST_LOSS, 60000);
    c.burst_begin_ppm = ppm(&d, cast, CAST_BURSTS, 10000);
    c.burst_end_ppm = 200000;
    c.burst_loss_ppm = 700000;
    c.duplicate_ppm = ppm(&d, cast, CAST_DISORDER, 50000);
    c.reorder_ppm = ppm(&d, cast, CAST_DISORDER, 50000);
    c.reorder_ns = 1000000 + roll(&d, 60000000);
    c.corrupt_ppm = ppm(&d, cast, CAST_DAMAGE, 20000);
    c.truncate_ppm = ppm(&d, cast, CAST_DAMAGE, 20000);
    if (cast_has(cast, CAST_NARROW)) {
        c.rate_bytes = 50000 + roll(&d, 1000000);
        c.queue_bytes = 20000 + roll(&d, 100000);
    }
    return c;
}

/* One world in two has as much as anybody. */
static uint64_t room(struct dice *d, const uint64_t sizes[], size_t count)
{
    const bool is_tight = once_in(d, 2);
    const uint64_t size = sizes[roll(d, count)];

    return is_tight ? size : 0;
}

struct cast_room cast_room(const struct cast *cast)
{
    static const uint64_t streams[] = {1, 2, 3, 5, 10, 30};
    static const uint64_t windows[] = {300, 1000, 2000, 4096, 16384};
    static const uint64_t pieces[] = {50, 200, 1200};
    struct dice d = dice_of(cast->seed, ABOUT_ROOM, 0, 0);
    struct cast_room r;

    r.streams = room(&d, streams, sizeof streams / sizeof *streams);
    r.window = room(&d, windows, sizeof windows / sizeof *windows);
    r.piece_max = (uint32_t)room(&d, pieces, sizeof pieces / sizeof *pieces);
    return r;
}

uint64_t cast_number(uint64_t seed, uint32_t what, uint32_t who, uint64_t which,
                     uint64_t bound)
{
    const struct prng_key key = {seed, what, who};

    return prng_below(prng_draw(&key, which, 0), bound);
}
