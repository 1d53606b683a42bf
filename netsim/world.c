/* SPDX-License-Identifier: MIT */
/* See world.h. What a carrier tells comes in at the end of this file. */
#include "netsim/world.h"

#include "netsim/ask.h"
#include "netsim/harm.h"
#include "netsim/job.h"
#include "netsim/pipe.h"
#include "netsim/quic_host.h"
#include "netsim/verdict.h"
#include "ref/base/xalloc.h"

/* What numbers are drawn for, beside those of the cast. */
enum about { ABOUT_ANYTHING = 0x2000, ABOUT_IDS, ABOUT_KEYS, ABOUT_WEATHER };

#define UNIX_S 1700000000u /* when a world begins */
#define IDLE_NS (10 * WORLD_S)
#define KEEP_ALIVE_NS (3 * WORLD_S)

uint64_t world_number(const struct world *w, uint64_t key, uint32_t which,
                      uint64_t bound)
{
    return cast_number(w->cast.seed, ABOUT_ANYTHING, which, key, bound);
}

/* --------------------------------------------------------------- places */

static struct handler handler_at(void *self, uint32_t name)
{
    struct place *p = self;

    return job_handler(&p->posts[name]);
}

static struct entropy_source ids_of(struct place *p)
{
    const struct world *w = p->world;

    p->chance.key =
        (struct prng_key){w->cast.seed, ABOUT_IDS,
                          cast_has(&w->cast, CAST_SAME_IDS) ? 0 : p->at + 1};
    return prng_entropy(&p->chance);
}

static void key_of(const struct place *p, uint8_t ret[CARRIER_KEY_LEN])
{
    const struct prng_key key = {p->world->cast.seed, ABOUT_KEYS, p->at};

    for (uint32_t i = 0; i < CARRIER_KEY_LEN; i++)
        ret[i] = (uint8_t)prng_draw(&key, p->key_count - 1, i);
}

uint64_t world_patience_ns(const struct place *p)
{
    return world_number(p->world, p->at, 1, 3) ? 30 * WORLD_S
                                               : WORLD_PATIENCE_MIN_NS;
}

static void start_node(struct place *p)
{
    struct world *w = p->world;
    const struct node_config config = {
        .registry = &p->registry,
        .policy = &p->policy,
        .owners = w->cast.nodes[p->at].has_owners ? &p->owners : NULL,
        .entropy = ids_of(p),
        .trace = world_trace_of(p),
        .began_s = UNIX_S,
        .serve_timeout_ns = world_patience_ns(p),
    };
    uint8_t key[CARRIER_KEY_LEN];

    p->node = node_new(&config);
    node_advance(p->node, w->now_ns);
    key_of(p, key);
    w->carrier.start(w->carrier.self, p->at, p->node, key);
}

/* A node that nobody looked at does not know how late it is. */
void world_enter(struct place *p)
{
    if (p->entered_ns != p->world->now_ns)
        node_advance(p->node, p->world->now_ns);
    p->entered_ns = p->world->now_ns;
}

void world_touch(struct place *p)
{
    struct carrier *c = &p->world->carrier;

    c->touch(c->self, p->at);
}

static void add_key(struct place *p)
{
    struct carrier *c = &p->world->carrier;
    struct fingerprint shown;
    uint8_t key[CARRIER_KEY_LEN];

    p->key_count++;
    key_of(p, key);
    shown = c->fingerprint(c->self, key);
    strings_add(&p->world->keys[p->at], fingerprint_slice(&shown));
}

/* --------------------------------------------------------------- who serves
 */

static bool is_serving(struct place *p, uint32_t peer)
{
    for (struct table_entry *t = table_first(&p->ends); t; t = table_next(t)) {
        const struct end *e = t->value;

        if (e->is_attached && e->peer.node == peer)
            return true;
    }
    return false;
}

static void detach(struct end *e)
{
    struct place *p = e->place;
    uint32_t kept = 0;

    if (!e->is_attached)
        return;
    e->is_attached = false;
    if (is_serving(p, e->peer.node))
        return;
    for (uint32_t i = 0; i < p->came_count; i++)
        if (p->came[i] != e->peer.node)
            p->came[kept++] = p->came[i];
    p->came_count = kept;
}

void world_attach(struct end *e, uint32_t names)
{
    struct place *p = e->place;

    p->changes++;
    e->imported = names;
    if (!e->peer.is_known || e->is_attached) /* [PE-8] */
        return;
    p->ever_served |= UINT64_C(1) << e->peer.node;
    if (!is_serving(p, e->peer.node))
        p->came[p->came_count++] = e->peer.node;
    e->is_attached = true;
    e->attached = ++p->world->attached;
}

void world_tear(struct tie *t)
{
    t->is_torn = true;
    t->ends[0].place->changes++;
    t->ends[1].place->changes++;
}

/* [PE-9] over which a peer came last. */
static const struct end *serving_end(const struct place *p, uint32_t peer)
{
    const struct end *last = NULL;

    for (struct table_entry *t = table_first(&p->ends); t; t = table_next(t)) {
        const struct end *e = t->value;

        if (e->is_attached && e->peer.node == peer &&
            (!last || e->attached > last->attached))
            last = e;
    }
    return last;
}

struct model_view world_view(const struct place *p)
{
    struct model_view view = {.count = p->came_count};

    for (uint32_t i = 0; i < p->came_count; i++) {
        const struct end *e = serving_end(p, p->came[i]);
        const struct end *there = &e->tie->ends[!e->side];

        view.served[i] = (struct model_served){
            .peer = p->came[i],
            .names = e->imported,
            .as = there->peer,
            .is_open = there->is_open,
        };
    }
    return view;
}

bool world_by_token(const struct place *p, uint32_t owner,
                    struct model_asker *ret)
{
    ret->node = owner;
    ret->is_known =
        owner < p->world->cast.node_count &&
        cast_knows(&p->world->cast, p->at, owner, p->version, &ret->rights);
    return ret->is_known;
}

/* --------------------------------------------------------------- ties */

static void redial(void *self);

static void dial(struct world *w, struct tie *t)
{
    const struct place *from = t->ends[0].place;
    const struct cast_node *n = &w->cast.nodes[from->at];
    const struct carrier_dial how = {
        .tie = t->number,
        .from = from->at,
        .to = t->ends[1].place->at,
        .filter = {.is_open = n->is_trusting},
        .shows_key = n->shows_key,
    };

    world_trace(w, "n%u dials n%u: tie %u", how.from, how.to, how.tie);
    w->carrier.dial(w->carrier.self, &how, w->now_ns);
    for (uint32_t side = 0; side < 2; side++)
        w->carrier.way(w->carrier.self, how.tie, side)->config = w->weather;
}

static struct tie *tie_new(struct world *w, uint32_t from, uint32_t to,
                           bool is_home)
{
    struct tie *t = xalloc(1, sizeof *t);

    w->ties = xalloc_grow(w->ties, w->tie_count + 1, sizeof *w->ties);
    w->ties[w->tie_count] = t;
    t->number = w->tie_count++;
    t->is_home = is_home;
    t->redial = (struct reminder){.ring = redial, .self = t};
    for (uint32_t side = 0; side < 2; side++)
        t->ends[side] = (struct end){
            .tie = t, .side = side, .place = &w->places[side ? to : from]};
    return t;
}

struct tie *world_dial(struct world *w, uint32_t from, uint32_t to,
                       bool is_home)
{
    struct tie *t = tie_new(w, from, to, is_home);

    if (w->places[from].node)
        dial(w, t);
    else
        t->is_over = true;
    return t;
}

static void redial(void *self)
{
    struct tie *t = self;
    struct place *from = t->ends[0].place;

    if (from->node)
        (void)world_dial(from->world, from->at, t->ends[1].place->at, true);
}

struct end *world_end_at(struct place *p, uint32_t which)
{
    struct table_entry *t = table_first(&p->ends);

    if (!p->ends.count)
        return NULL;
    for (which %= (uint32_t)p->ends.count; which; which--)
        t = table_next(t);
    return t->value;
}

struct tie *world_tie(struct world *w, uint32_t which)
{
    uint32_t open = 0;

    for (uint32_t i = 0; i < w->tie_count; i++)
        open += !w->ties[i]->is_over;
    if (!open)
        return NULL;
    which %= open;
    for (uint32_t i = 0; i < w->tie_count; i++)
        if (!w->ties[i]->is_over && which-- == 0)
            return w->ties[i];
    return NULL;
}

/* --------------------------------------------------------------- deeds */

void world_reload(struct place *p, bool is_next)
{
    struct auth_policy old = p->policy;
    struct world *w = p->world;

    p->version += is_next;
    p->changes++;
    p->policy = (struct auth_policy){.peers.count = 0};
    furnish_policy(&w->cast, p->at, p->version, w->keys, &p->policy);
    if (p->node)
        node_set_policy(p->node, &p->policy);
    auth_policy_clear(&old);
}

void world_rotate(struct place *p)
{
    struct world *w = p->world;
    uint8_t key[CARRIER_KEY_LEN];

    if (p->key_count == WORLD_KEYS_MAX)
        return;
    add_key(p);
    key_of(p, key);
    w->carrier.rekey(w->carrier.self, p->at, key);
    for (uint32_t at = 0; at < w->cast.node_count; at++)
        world_reload(&w->places[at], false);
}

/* The end is gone here; the books know it. */
static void lose_end(struct end *e)
{
    struct place *p = e->place;

    detach(e);
    p->changes++;
    if (e->c)
        (void)table_remove(&p->ends, table_key(&e->serial));
    e->c = NULL;
}

static void on_back(void *self)
{
    struct place *p = self;
    struct world *w = p->world;
    uint32_t count = w->tie_count;

    w->tally.of[TALLY_RETURNS]++;
    world_trace(w, "n%u is back", p->at);
    start_node(p);
    for (uint32_t i = 0; i < count; i++)
        if (w->ties[i]->is_home && w->ties[i]->ends[0].place == p &&
            w->ties[i]->is_over) {
            w->ties[i]->is_home = false;
            redial(w->ties[i]);
        }
}

void world_crash(struct place *p, uint64_t for_ns)
{
    struct world *w = p->world;

    if (!p->node)
        return;
    world_trace(w, "n%u crashes", p->at);
    world_enter(p);
    p->is_crashing = true;
    w->carrier.crash(w->carrier.self, p->at);
    node_free(p->node);
    p->node = NULL;
    p->is_crashing = false;
    for (uint32_t i = 0; i < w->tie_count; i++)
        for (int side = 0; side < 2; side++)
            if (w->ties[i]->ends[side].place == p) {
                lose_end(&w->ties[i]->ends[side]);
                w->ties[i]->is_cut = true;
                w->ties[i]->is_over = w->ties[i]->is_over || side == 0;
            }
    p->back = (struct reminder){.ring = on_back, .self = p};
    reminder_set(&w->agenda, &p->back, w->now_ns + for_ns);
}

/* --------------------------------------------------------------- hearing of
 */

static void on_opened(void *self, struct carrier_end at, struct connection *c)
{
    struct world *w = self;
    struct end *e = &w->ties[at.tie]->ends[at.side];
    const struct place *there = world_peer(e)->place;
    bool is_shown = at.side == 0 || w->cast.nodes[there->at].shows_key;

    world_trace(w, "tie %u is open at n%u", at.tie, at.node);
    e->c = c;
    e->serial = c->serial;
    e->was_open = true;
    e->is_open = at.side == 1 || w->cast.nodes[at.node].is_trusting;
    e->peer.node = there->at;
    e->peer.is_known = cast_knows(&w->cast, at.node, there->at,
                                  e->place->version, &e->peer.rights) &&
                       is_shown;
    table_add(&e->place->ends, table_key(&e->serial), e);
    e->place->changes++;
    w->tally.of[TALLY_CONNECTIONS]++;
    if (at.node == 0 && w->cast.nodes[there->at].is_imported)
        ask_import(e);
}

static void on_closed(void *self, struct carrier_end at)
{
    struct world *w = self;
    struct tie *t = w->ties[at.tie];
    uint64_t wait_ms = 100 + world_number(w, at.tie, 2, 900);

    world_trace(w, "tie %u is closed at n%u", at.tie, at.node);
    lose_end(&t->ends[at.side]);
    harm_check_closed(t);
    if (at.side == 1)
        return;
    t->is_over = true;
    if (t->is_home && !w->is_ending)
        reminder_set(&w->agenda, &t->redial, w->now_ns + wait_ms * WORLD_MS);
}

static void on_stirred(void *self, uint32_t at)
{
    struct world *w = self;

    w->tally.of[TALLY_EVENTS]++;
    verdict_on_stir(&w->places[at]);
}

static void on_passed(void *self, struct carrier_end from, struct slice bytes)
{
    struct world *w = self;

    world_note(w, w->now_ns);
    world_note(w, (uint64_t)from.tie << 1 | from.side);
    w->hash = slice_hash(bytes, w->hash);
    if (w->is_legible)
        WORLD_HOLDS(w, INVARIANT_SECRET,
                    slice_find(bytes, slice_of(FURNISH_SECRET)) == bytes.len,
                    "a secret travels from n%u over tie %u", from.node,
                    from.tie);
}

/* --------------------------------------------------------------- the whole */

static void make_carrier(struct world *w, enum life_floor floor)
{
    const struct cast_room room = cast_room(&w->cast);
    const struct carrier_config config = {
        .watcher = {on_opened, on_closed, on_stirred, on_passed, w},
        .almanac = &w->almanac,
        .weather = w->weather,
        .seed = w->cast.seed,
        .stream_count = room.streams,
        .window = room.window ? room.window : WORLD_WINDOW,
        .piece_max = room.piece_max,
        .idle_ns = IDLE_NS,
        .keep_alive_ns = KEEP_ALIVE_NS,
    };

    w->is_legible = floor == LIFE_STREAMS;
    w->carrier =
        w->is_legible ? pipe_carrier(&config) : quic_host_carrier(&config);
}

static void write_owners(struct place *p)
{
    const struct entropy_source chance = ids_of(p);

    ownership_init(&p->ownership, &chance);
    p->owners = ownership_owners(&p->ownership);
    furnish_owners(&p->world->cast, p->at, &p->ownership);
}

static void settle(struct world *w, uint32_t at)
{
    struct place *p = &w->places[at];

    p->world = w;
    p->at = at;
    write_owners(p);
    for (uint32_t name = 0; name < CAST_NAMES; name++)
        p->posts[name] = (struct post){p, name};
    furnish_registry(&w->cast, at, handler_at, p, &p->registry);
    add_key(p);
}

void world_init(struct world *w, const struct life_terms *terms,
                enum life_floor floor)
{
    w->terms = terms;
    cast_draw(&w->cast, terms->seed);
    make_carrier(w, floor);
    for (uint32_t at = 0; at < w->cast.node_count; at++)
        settle(w, at);
    for (uint32_t at = 0; at < w->cast.node_count; at++) {
        world_reload(&w->places[at], false);
        start_node(&w->places[at]);
    }
    for (uint32_t at = 1; at < w->cast.node_count; at++)
        (void)(w->cast.nodes[at].is_dialled ? world_dial(w, 0, at, true)
                                            : world_dial(w, at, 0, true));
}

bool world_step(struct world *w, uint64_t until_ns)
{
    uint64_t ours_ns = agenda_next_ns(&w->agenda);
    uint64_t theirs_ns = w->carrier.next_ns(w->carrier.self);
    uint64_t next_ns = ours_ns < theirs_ns ? ours_ns : theirs_ns;

    if (next_ns > until_ns) {
        w->now_ns = until_ns;
        return false;
    }
    w->now_ns = next_ns > w->now_ns ? next_ns : w->now_ns;
    if (theirs_ns <= ours_ns)
        w->carrier.run(w->carrier.self, w->now_ns);
    else
        reminder_ring(&w->agenda, w->now_ns);
    return true;
}

void world_end(struct world *w)
{
    w->is_ending = true;
    for (uint32_t at = 0; at < w->cast.node_count; at++) {
        world_crash(&w->places[at], 0);
        reminder_set(&w->agenda, &w->places[at].back, NEVER);
    }
}

static void place_clear(struct place *p)
{
    registry_clear(&p->registry);
    auth_policy_clear(&p->policy);
    ownership_clear(&p->ownership);
    strings_clear(&p->world->keys[p->at]);
    table_clear(&p->jobs);
    table_clear(&p->ends);
}

void world_clear(struct world *w)
{
    w->carrier.free(w->carrier.self);
    for (uint32_t at = 0; at < w->cast.node_count; at++)
        place_clear(&w->places[at]);
    ask_clear(w);
    job_clear(w);
    for (uint32_t i = 0; i < w->tie_count; i++)
        xalloc_free(w->ties[i]);
    xalloc_free(w->ties);
    agenda_clear(&w->agenda);
}
