/* SPDX-License-Identifier: MIT */
/*
 * Two visits, which are scenes like any other, but nothing is judged in them:
 * an answer is taken for what it says, whatever id it carries. Afterwards we
 * look at what the scene has left behind.
 *
 * The first asks what there is; the second calls each operation with an empty
 * object, which is an input for none of them but conf/echo, to hear which of
 * them we are forbidden.
 */
#include "conformance/scout.h"

#include "conformance/play.h"
#include "conformance/scene.h"
#include "conformance/stand_in.h"

#define LIST "services/list"
#define PATIENCE_NS 5000000000ull

struct tour {
    struct card *card;           /* borrowed: what is completed */
    struct arena *arena;         /* borrowed: for what is learned */
    uint64_t seed;               /* of the run */
    struct failure *ret_failure; /* the sentence */
};

/* Asks each of the operations whose names the case's data are, one after the
 * other, on a stream of its own each. */
static void visit(struct scene *s)
{
    const char *const *name = scene_data(s);
    struct conn *c = conn_try(s, NULL);

    for (; *name && !conn_is_closed(c); name++) {
        struct stream *st = stream_open(c);

        stream_send_fin(st, ask_frame(s, scene_id(s), *name, "{}"));
        (void)stream_next(st);
    }
}

/* What a visit has found: called before the scene is over. */
typedef bool look_fn(struct tour *tour, const struct scene *s);

static bool go(struct tour *tour, const struct card *card,
               const char *const *names, look_fn *look)
{
    const struct conf_case of = {
        .id = "self.scout.visit", .rules = "SL-1", .run = visit, .data = names};
    const struct instance instance = {
        .of = &of,
        .axes = {DIAL_US, CALLER_US, LVL_L2, PROFILE_REMOTE_SAFE},
        .name = of.id,
    };
    const struct driver_program program = {.play = stand_in_play, .self = card};
    struct testee t;
    struct scene s;
    bool is_fine;

    if (!testee_start(&t, &program, LVL_L2, tour->seed, PATIENCE_NS,
                      tour->ret_failure))
        return false;
    scene_run(&s, &instance, &t, tour->seed);
    is_fine = look(tour, &s);
    scene_end(&s);
    (void)testee_end(&t);
    return is_fine;
}

/* --- the first visit */

/* Why there is nobody, or somebody else. */
static bool met(const struct tour *tour, const struct scene *s)
{
    const struct card_words *w = tour->card->words;
    struct failure *ret_failure = tour->ret_failure;
    const struct conn *c = s->conns;

    if (c && c->shown && strcmp(c->shown, w->pin) != 0)
        return failure_say(ret_failure,
                           "%s is somebody else: it shows %s, and the pin is "
                           "%s",
                           w->addr, c->shown, w->pin);
    if (c && c->shown)
        return true;
    if (!c || !*c->end || strncmp(c->end, "idle", 4) == 0)
        return failure_say(ret_failure, "nobody answers at %s", w->addr);
    return failure_say(ret_failure, "%s refuses the connection: %s", w->addr,
                       c->end);
}

static const struct json *listing(const struct scene *s)
{
    const struct stream *st = s->conns ? s->conns->streams : NULL;
    const struct json *output =
        st && st->frames ? json_find(st->frames->payload, "output") : NULL;
    const struct json *list = json_find(output, "operations");

    return json_is(list, JSON_ARRAY) ? list : NULL;
}

static bool learn(struct tour *tour, const struct scene *s)
{
    if (!met(tour, s))
        return false;
    card_learn(tour->card, tour->arena, listing(s));
    return true;
}

static bool ask_what_there_is(struct tour *tour)
{
    static const char *const names[] = {LIST, NULL};
    struct card_operation list = {LIST, LIST, tour->card->operations};
    struct card hopeful = *tour->card;

    hopeful.operations = &list;
    return go(tour, &hopeful, names, learn);
}

/* --- the second */

static bool is_code(const struct stream *st, const char *code)
{
    return st->frames &&
           json_is_text(json_find(st->frames->payload, "code"), code);
}

/* Streams stand in the order in which they were opened, and so of the names. */
static bool leave_out_the_forbidden(struct tour *tour, const struct scene *s)
{
    const char *const *name = scene_data(s);
    const struct stream *st = s->conns ? s->conns->streams : NULL;

    for (; st && *name; st = st->next) {
        if (!st->is_ours)
            continue;
        if (is_code(st, "FORBIDDEN"))
            card_forbid(tour->card, tour->arena, *name);
        else if (is_code(st, "NOT_FOUND") && card_is_mapped(tour->card, *name))
            return failure_say(tour->ret_failure,
                               "--map %s=%s: the node has no such operation",
                               *name, card_find(tour->card, *name));
        name++;
    }
    return true;
}

/* One that is to be refused is not asked. */
static bool may_be_refused(const char *name)
{
    return strcmp(name, "conf/hidden") == 0 ||
           strcmp(name, "conf/guarded") == 0;
}

static bool ask_what_is_ours(struct tour *tour)
{
    const char *names[64] = {NULL};
    size_t count = 0;

    for (const char *const *n = stage_defaults(); *n && count < 63; n++) {
        if (card_find(tour->card, *n) && !may_be_refused(*n))
            names[count++] = *n;
    }
    return go(tour, tour->card, names, leave_out_the_forbidden);
}

enum scout_found scout_visit(struct card *card, struct arena *arena,
                             uint64_t seed, struct failure *ret_failure)
{
    struct tour tour = {card, arena, seed, ret_failure};

    if (!ask_what_there_is(&tour))
        return SCOUT_NOBODY;
    return ask_what_is_ours(&tour) ? SCOUT_MET : SCOUT_MISLED;
}
