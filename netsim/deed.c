/* SPDX-License-Identifier: MIT */
/* See deed.h. A person adding a kind of step adds a function and a line to the
 * table at the end. */
#include "netsim/deed.h"

#include "netsim/ask.h"
#include "netsim/liar.h"
#include "ref/base/xalloc.h"

enum about { ABOUT_ACT = 300, ABOUT_BURST, ABOUT_MISMATCH };

/* Something that passes: a way that will be open again. */
struct spell {
    struct reminder over;
    struct world *world; /* borrowed */
    uint32_t tie, side;
    struct spell *next;
};

/* --------------------------------------------------------------- who */

static struct place *place_of(struct world *w, const struct step *s)
{
    return &w->places[s->who % w->cast.node_count];
}

static struct end *end_of(struct world *w, const struct step *s)
{
    return world_end_at(place_of(w, s), s->tie);
}

static uint64_t act_of(const struct world *w, const struct step *s,
                       uint32_t which)
{
    return world_number(w, (uint64_t)which << 32 | s->number, ABOUT_ACT,
                        UINT64_MAX);
}

/* --------------------------------------------------------------- asking */

/* Now and then a subscription is asked for one answer. */
static enum ask_kind kind_of(const struct world *w, const struct step *s,
                             const struct end *e, uint32_t name)
{
    const uint32_t there = e->tie->ends[!e->side].place->at;
    const bool is_mistaken =
        world_number(w, s->number, ABOUT_MISMATCH, 10) == 0;

    return w->cast.nodes[there].ops[name].is_stream && !is_mistaken
               ? ASK_SUBSCRIPTION
               : ASK_CALL;
}

static void call(struct world *w, const struct step *s)
{
    uint32_t count = world_number(w, s->number, ABOUT_BURST, 10) ? 1 : 6;
    struct end *e = end_of(w, s);

    for (uint32_t i = 0; i < count && e; i++) {
        struct ask_terms terms = {
            .step = s->number,
            .act = act_of(w, s, i),
            .name = (s->what + i) % CAST_NAMES,
        };

        terms.kind = kind_of(w, s, e, terms.name);
        (void)ask_wire(e, &terms);
    }
}

static void give_up(struct world *w, const struct step *s)
{
    struct ask *a = ask_of_step(w, s->what);

    if (a)
        ask_abort(a);
}

static void resume(struct world *w, const struct step *s)
{
    struct ask *a = ask_of_step(w, s->what);

    if (a && a->is_paused)
        reminder_set(&w->agenda, &a->resume, w->now_ns);
}

static void list_over(struct end *e, const struct step *s)
{
    struct world *w = e->place->world;
    const struct ask_terms list = {
        .kind = ASK_LIST, .step = s->number, .act = act_of(w, s, 0)};
    const struct ask_terms schema = {.kind = ASK_SCHEMA,
                                     .step = s->number,
                                     .act = act_of(w, s, 1),
                                     .name = s->what % CAST_NAMES};

    (void)ask_wire(e, &list);
    (void)ask_wire(e, &schema);
}

static void list(struct world *w, const struct step *s)
{
    struct end *e = end_of(w, s);

    if (e)
        list_over(e, s);
}

/* Something that is there, and hidden from the other end; CAST_NAMES: none. */
static uint32_t hidden_from(const struct end *e, uint32_t first)
{
    const struct end *there = &e->tie->ends[!e->side];
    const struct cast *cast = &e->place->world->cast;

    for (uint32_t i = 0; i < CAST_NAMES; i++) {
        const uint32_t name = (first + i) % CAST_NAMES;
        const struct cast_op *op = &cast->nodes[there->place->at].ops[name];

        if (op->exists && (op->is_internal || !(there->is_open || op->is_safe)))
            return name;
    }
    return CAST_NAMES;
}

static void probe(struct world *w, const struct step *s)
{
    struct end *e = end_of(w, s);
    struct ask_terms terms = {
        .kind = ASK_ABSENT, .step = s->number, .act = act_of(w, s, 0)};
    struct ask *hidden, *absent;

    if (!e || !world_peer(e)->was_open)
        return;
    terms.name = hidden_from(e, s->what);
    if (terms.name == CAST_NAMES)
        return;
    hidden = ask_wire(e, &terms);
    terms.name = 9;
    terms.twin = hidden->number;
    absent = ask_wire(e, &terms);
    hidden->twin = absent->number;
}

static void import(struct world *w, const struct step *s)
{
    struct end *e = end_of(w, s);

    if (e)
        ask_import(e);
}

/* Often the hub, where what comes twice serves twice. */
static void dial(struct world *w, const struct step *s)
{
    const uint32_t from = s->who % w->cast.node_count;
    const uint32_t to = s->what % 2 ? 0 : s->tie % w->cast.node_count;

    if (from != to)
        (void)world_dial(w, from, to, false);
}

/* --------------------------------------------------------------- misfortune
 */

static void close_end(struct end *e)
{
    e->tie->is_cut = true;
    world_enter(e->place);
    connection_close(e->c);
    world_touch(e->place);
}

static void cut(struct world *w, const struct step *s)
{
    struct end *e = end_of(w, s);

    if (!e)
        return;
    w->tally.of[TALLY_CUTS]++;
    close_end(e);
}

static void crash(struct world *w, const struct step *s)
{
    struct place *p = place_of(w, s);

    w->tally.of[TALLY_CRASHES] += p->node != NULL;
    world_crash(p, s->what * WORLD_MS);
}

static struct link *way(struct world *w, uint32_t tie, uint32_t side)
{
    return w->carrier.way(w->carrier.self, tie, side);
}

static void on_over(void *self)
{
    struct spell *spell = self;
    struct link *l = way(spell->world, spell->tie, spell->side);

    if (!l)
        return;
    l->is_closed = false;
    l->config.mtu = 0;
}

/* The way of that tie and side, and for how long something is done to it. */
static struct link *bewitch(struct world *w, const struct tie *t, uint32_t side,
                            uint64_t for_ns)
{
    struct link *l = way(w, t->number, side);
    struct spell *spell;

    if (!l)
        return NULL;
    spell = xalloc(1, sizeof *spell);
    *spell = (struct spell){.over = {.ring = on_over, .self = spell},
                            .world = w,
                            .tie = t->number,
                            .side = side,
                            .next = w->spells};
    w->spells = spell;
    reminder_set(&w->agenda, &spell->over, w->now_ns + for_ns);
    return l;
}

/* So many of the ways of a tie are closed. */
static void close_ways(struct world *w, const struct step *s, uint32_t count,
                       enum tally_kind kind)
{
    const struct tie *t = world_tie(w, s->tie);

    for (uint32_t i = 0; i < count && t; i++) {
        struct link *l = bewitch(w, t, (s->who + i) % 2, s->what * WORLD_MS);

        if (l)
            l->is_closed = true;
        w->tally.of[kind] += l && i == 0;
    }
}

static void blackhole(struct world *w, const struct step *s)
{
    close_ways(w, s, 2, TALLY_BLACKHOLES);
}

static void partition(struct world *w, const struct step *s)
{
    close_ways(w, s, 1, TALLY_PARTITIONS);
}

static void pause(struct world *w, const struct step *s)
{
    const struct tie *t = world_tie(w, s->tie);
    struct link *l = t ? way(w, t->number, s->who % 2) : NULL;

    if (!l)
        return;
    w->tally.of[TALLY_PAUSES]++;
    l->paused_until_ns = w->now_ns + s->what % 5000 * WORLD_MS;
}

static void narrow(struct world *w, const struct step *s)
{
    const struct tie *t = world_tie(w, s->tie);
    struct link *l =
        t ? bewitch(w, t, s->who % 2, s->what % 3000 * WORLD_MS) : NULL;

    if (!l)
        return;
    w->tally.of[TALLY_NARROWED]++;
    l->config.mtu = 1000;
}

static void set_weather(struct world *w, const struct tie *t,
                        const struct link_config *weather)
{
    for (uint32_t side = 0; side < 2; side++) {
        struct link *l = way(w, t->number, side);

        if (l)
            l->config = *weather;
    }
}

static void change_weather(struct world *w, const struct step *s)
{
    const struct tie *t = world_tie(w, s->tie);
    const struct link_config weather = cast_weather(&w->cast, s->what);

    if (!t)
        return;
    w->tally.of[TALLY_WEATHERS]++;
    set_weather(w, t, &weather);
}

static void rebind(struct world *w, const struct step *s)
{
    struct tie *t = world_tie(w, s->tie);

    if (!t)
        return;
    w->tally.of[TALLY_REBINDS] += !w->is_legible;
    t->is_moved = true;
    w->carrier.rebind(w->carrier.self, t->number);
}

static void rotate(struct world *w, const struct step *s)
{
    w->tally.of[TALLY_ROTATIONS]++;
    world_rotate(place_of(w, s));
}

static void reload(struct world *w, const struct step *s)
{
    w->tally.of[TALLY_RELOADS]++;
    world_reload(place_of(w, s), true);
}

/* Do both ends know that stream? Of one that begins with its reset, QUIC need
 * not tell anybody, and it would never end. */
static bool is_shared(struct end *e, int64_t stream)
{
    const struct end *there = world_peer(e);

    return there->c && streams_find(&there->c->streams, stream);
}

/* The what-th stream there; negative: none. */
static int64_t stream_of(struct end *e, uint32_t what)
{
    const struct table *all = &e->c->streams.by_id;
    struct table_entry *t = table_first(all);
    int64_t stream;

    if (!t)
        return -1;
    for (what %= (uint32_t)all->count; what; what--)
        t = table_next(t);
    stream = ((struct stream *)t->value)->id;
    return is_shared(e, stream) ? stream : -1;
}

static void reset(struct world *w, const struct step *s)
{
    struct tie *t = world_tie(w, s->tie);
    struct end *e = t ? &t->ends[s->who % 2] : NULL;
    int64_t stream = e && e->c ? stream_of(e, s->what) : -1;

    if (stream < 0)
        return;
    w->tally.of[TALLY_RESETS]++;
    world_tear(t);
    world_enter(e->place);
    w->carrier.lose_stream(w->carrier.self, t->number, e->side, stream);
    world_touch(e->place);
}

/* --------------------------------------------------------------- the table */

static void (*const deeds[STEPS])(struct world *, const struct step *) = {
    [STEP_CALL] = call,
    [STEP_SUBSCRIBE] = call,
    [STEP_ABORT] = give_up,
    [STEP_RESUME] = resume,
    [STEP_LIST] = list,
    [STEP_PROBE] = probe,
    [STEP_IMPORT] = import,
    [STEP_DIAL] = dial,
    [STEP_CUT] = cut,
    [STEP_CRASH] = crash,
    [STEP_BLACKHOLE] = blackhole,
    [STEP_PARTITION] = partition,
    [STEP_PAUSE] = pause,
    [STEP_WEATHER] = change_weather,
    [STEP_NARROW] = narrow,
    [STEP_REBIND] = rebind,
    [STEP_ROTATE] = rotate,
    [STEP_RELOAD] = reload,
    [STEP_RESET] = reset,
    [STEP_MISCHIEF] = liar_do,
};

void deed_do(struct world *w, const struct step *s)
{
    world_trace(w, "step %u: %s %u %u %u", s->number, step_name(s->kind),
                s->who, s->tie, s->what);
    deeds[s->kind](w, s);
}

/* What is known of QUIC as Debian 12 has it (ngtcp2 0.12): a stream that begins
 * with its reset is never heard of, and its credit never comes back; and who
 * has more under way than the window of a new address admits, and may not send
 * a probe there yet, sets no timer for another one: what was lost is never sent
 * again. Whoever limps so is let go of, so that all others have to be well. */
static void let_go_of_limping(struct world *w)
{
    for (uint32_t i = 0; i < w->tie_count && !w->is_legible; i++) {
        struct end *e = &w->ties[i]->ends[0];

        if (e->c && (w->ties[i]->is_torn || w->ties[i]->is_moved))
            close_end(e);
    }
}

void deed_clear_weather(struct world *w)
{
    const struct link_config clear = {.delay_ns = 5 * WORLD_MS};

    w->weather = clear;
    let_go_of_limping(w);
    for (struct spell *s = w->spells; s; s = s->next)
        reminder_set(&w->agenda, &s->over, NEVER);
    for (uint32_t i = 0; i < w->tie_count; i++) {
        for (uint32_t side = 0; side < 2; side++) {
            struct link *l = way(w, i, side);

            if (l)
                l->is_closed = false;
            if (l)
                l->paused_until_ns = 0;
        }
        set_weather(w, w->ties[i], &clear);
    }
}

void deed_ask_around(struct world *w)
{
    for (uint32_t at = 0; at < w->cast.node_count; at++) {
        struct place *p = &w->places[at];

        for (uint32_t i = 0; i < p->ends.count; i++) {
            const struct step s = {.number = UINT32_MAX - i, .what = i};

            list_over(world_end_at(p, i), &s);
        }
    }
}

void deed_clear(struct world *w)
{
    while (w->spells) {
        struct spell *s = w->spells;

        w->spells = s->next;
        xalloc_free(s);
    }
}
