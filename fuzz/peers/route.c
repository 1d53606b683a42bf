/* SPDX-License-Identifier: MIT */
/* See route.h. */
#include "fuzz/peers/route.h"

#include <stdarg.h>
#include <stdio.h>

#define NAME_MAX_LEN 40

/* [PE-8] Nobody is no peer. [PE-7] Who serves anew keeps its place. */
void route_serve(struct route *r, uint32_t place)
{
    struct route_place *p = &r->places[place];

    if (p->who == GATE_NOBODY || p->since)
        return;
    p->since = ++r->clock;
    if (!r->came[p->who])
        r->came[p->who] = r->clock;
}

void route_lose(struct route *r, uint32_t place)
{
    const uint32_t who = r->places[place].who;
    bool is_there = false;

    r->places[place].since = 0;
    for (uint32_t i = 0; i < ROUTE_PLACES; i++)
        is_there = is_there || (r->places[i].who == who && r->places[i].since);
    if (who != GATE_NOBODY && !is_there)
        r->came[who] = 0;
}

/* [PE-9] The connection that came last serves. */
static uint32_t serving(const struct route *r, uint32_t who)
{
    uint32_t best = ROUTE_PLACES;

    for (uint32_t i = 0; i < ROUTE_PLACES; i++)
        if (r->places[i].who == who && r->places[i].since &&
            (best == ROUTE_PLACES ||
             r->places[i].since > r->places[best].since))
            best = i;
    return best;
}

bool route_next(const struct route *r, uint32_t *who, uint32_t *ret_place)
{
    const uint32_t after = *who == GATE_NOBODY ? 0 : r->came[*who];
    uint32_t next = GATE_NOBODY;

    for (uint32_t i = 0; i < GATE_KNOWN; i++)
        if (r->came[i] > after &&
            (next == GATE_NOBODY || r->came[i] < r->came[next]))
            next = i;
    if (next == GATE_NOBODY)
        return false;
    *who = next;
    *ret_place = serving(r, next);
    return true;
}

/* [FC-3] */
const char *route_name(const struct catalogue *c, uint32_t entry)
{
    static char text[NAME_MAX_LEN];
    const struct slice name = catalogue_name(c->entries[entry].name);

    (void)snprintf(text, sizeof text, "%s%s%.*s", c->prefix,
                   c->prefix[0] ? "/" : "", (int)name.len,
                   (const char *)name.data);
    return text;
}

/* [LY-2, PE-4] Of all, or of a certain one: the first that has it. */
static bool find(const struct route *r, uint32_t name, uint32_t peer,
                 struct route_end *ret)
{
    uint32_t who = GATE_NOBODY, place;

    while (route_next(r, &who, &place)) {
        const struct catalogue *c = r->places[place].sells;

        if (peer && who != hub_who(peer))
            continue;
        for (uint32_t i = 0; i < c->count; i++) {
            if (!catalogue_wants(c, i) ||
                strcmp(route_name(c, i), hub_name(name)) != 0)
                continue;
            ret->place = place;
            ret->entry = i;
            return true;
        }
    }
    return false;
}

static struct route_end refused(enum gate_end end, const char *rule)
{
    return (struct route_end){.end = end, .rule = rule};
}

/* [FW-13] It is held against the authority, and [OC-2] the input is not looked
 * at here. */
static struct route_end let(const struct route *r, const struct hub_op *by,
                            struct route_end found)
{
    const struct gate_op *op =
        &r->places[found.place].sells->entries[found.entry].op;

    if (!gate_lets(op, by->op.composer))
        return refused(GATE_FORBIDDEN, "FW-13");
    if (op->is_feed != by->op.is_feed)
        return refused(GATE_WRONG_KIND, "SU-17");
    return found;
}

struct route_end route_offered(const struct route *r, const struct hub_op *op)
{
    struct route_end found = {.end = GATE_RUNS, .rule = "OC-6"};

    if (!hub_reaches(op, op->wanted, op->peer))
        return refused(GATE_NOT_FOUND, "SE-4");
    if (!find(r, op->wanted, op->peer, &found))
        return refused(GATE_NOT_FOUND, op->peer ? "PE-4" : "LY-5");
    return let(r, op, found);
}

struct route_end route_composed(const struct route *r, const struct hub_op *op,
                                uint32_t name, uint32_t peer)
{
    struct route_end found = {.end = GATE_RUNS, .rule = "LY-2"};

    if (!hub_reaches(op, name, peer))
        return refused(GATE_NOT_FOUND, "SE-4");
    if (find(r, name, peer, &found))
        return let(r, op, found);
    if (peer || strcmp(hub_name(name), hub_op(0)->name) != 0)
        return refused(GATE_NOT_FOUND, "PE-4");
    found.is_own = true;
    return found;
}

/* ------------------------------------------------------------- the list */

struct text {
    char *at;
    size_t room, len;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t,
                                                      const char *form, ...)
{
    va_list args;

    va_start(args, form);
    t->len += (size_t)vsnprintf(t->at + t->len, t->room - t->len, form, args);
    va_end(args);
}

/* The one that comes next in the order of names, of those that let `who`;
 * count: there is none. */
static uint32_t next_by_name(const struct catalogue *c, const char *after,
                             uint32_t who)
{
    char best[NAME_MAX_LEN] = "\x7f";
    uint32_t found = c->count;

    for (uint32_t i = 0; i < c->count; i++) {
        const char *name = route_name(c, i);

        if (!catalogue_wants(c, i) || !gate_lets(&c->entries[i].op, who) ||
            strcmp(name, after) <= 0 || strcmp(name, best) >= 0)
            continue;
        (void)snprintf(best, sizeof best, "%s", name);
        found = i;
    }
    return found;
}

/* [LP-3] Who has nothing to show is left out. [LP-4, LP-5] */
static void put_peer(struct text *t, const struct route_place *p, uint32_t who)
{
    const struct catalogue *c = p->sells;
    char name[NAME_MAX_LEN] = "";
    const char *between = "";
    uint32_t i = next_by_name(c, name, who);

    if (i == c->count)
        return;
    put(t, ",{\"operations\":[");
    while (i < c->count) {
        (void)snprintf(name, sizeof name, "%s", route_name(c, i));
        put(t, "%s{\"name\":\"%s\",\"namespace\":\"%.*s\",\"op_type\":\"%s\"}",
            between, name, (int)strcspn(name, "/"), name, catalogue_kind(c, i));
        between = ",";
        i = next_by_name(c, name, who);
    }
    put(t, "],\"peer_id\":\"p%u\"}", p->who);
}

/* [SL-7] No import is shown where not everything is. */
void route_list(const struct route *r, bool is_open, uint32_t who, char *text,
                size_t room)
{
    struct text t = {text, room, 0};
    uint32_t peer = GATE_NOBODY, place;

    put(&t, "\"peer_id\":\"local\"}");
    while (is_open && route_next(r, &peer, &place))
        put_peer(&t, &r->places[place], who);
    put(&t, "]}");
}
