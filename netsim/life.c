/* SPDX-License-Identifier: MIT */
/* See life.h. */
#include "netsim/life.h"

#include "netsim/ask.h"
#include "netsim/deed.h"
#include "netsim/draft.h"
#include "netsim/job.h"
#include "netsim/liar.h"
#include "netsim/oversight.h"
#include "netsim/takeover.h"
#include "netsim/verdict.h"
#include "ref/base/xalloc.h"

/* When the weather is clear, everything is over by then: a connection has to
 * be found dead (10 s), a call to time out (30 s), a node to come back. */
#define CALM_MAX_NS (120 * WORLD_S)
#define SETTLE_NS (15 * WORLD_S)
#define REST_NS (40 * WORLD_S)
#define LAST_MAX_NS (60 * WORLD_S)

#define ABOUT_FLOOR 0x4000u /* what is drawn */
#define QUIC_ONE_IN 4       /* worlds; the others are on streams */

/* A step that waits for its moment. */
struct cue {
    struct reminder due;
    struct world *world; /* borrowed */
    const struct step *step;
};

struct life {
    struct world world;
    struct script drawn;         /* owned; when none was handed in */
    const struct script *script; /* borrowed: what is played */
    struct link_almanac plays;   /* what was written down, or chance … */
    struct link_almanac writes;  /* … and where it is written down */
    struct cue *cues;            /* owned, one a step */
};

static void on_cue(void *self)
{
    struct cue *cue = self;

    deed_do(cue->world, cue->step);
}

static void set_cues(struct life *l)
{
    l->cues = xalloc(l->script->step_count + 1, sizeof *l->cues);
    for (size_t i = 0; i < l->script->step_count; i++) {
        struct cue *cue = &l->cues[i];

        *cue = (struct cue){.due = {.ring = on_cue, .self = cue},
                            .world = &l->world,
                            .step = &l->script->steps[i]};
        reminder_set(&l->world.agenda, &cue->due, cue->step->at_ns);
    }
}

static bool recorded(void *self, struct link_decision *ret)
{
    const struct life *l = self;

    return l->plays.recorded(l->plays.self, ret);
}

static void say(struct life *l, const struct link_decision *d)
{
    world_say(&l->world, "tie %u side %u packet %llu:%s%s%s%s%s", d->link,
              d->direction, (unsigned long long)d->packet,
              d->is_lost ? " lost" : "", d->is_doubled ? " doubled" : "",
              d->is_reordered ? " held up" : "",
              d->is_corrupt ? " corrupted" : "", d->is_truncated ? " cut" : "");
}

static void decided(void *self, const struct link_decision *d)
{
    struct life *l = self;

    world_note(&l->world, (uint64_t)d->link << 32 | d->direction);
    world_note(&l->world, d->packet);
    world_note(&l->world, d->late_ns[0]);
    world_note(&l->world, (uint64_t)d->is_lost | (uint64_t)d->is_doubled << 1 |
                              (uint64_t)d->is_reordered << 2 |
                              (uint64_t)d->is_corrupt << 3 |
                              (uint64_t)d->is_truncated << 4);
    say(l, d);
    if (l->writes.decided)
        l->writes.decided(l->writes.self, d);
}

/* Of what was written down before, that which comes up again stays. */
static struct link_almanac begin_writing(const struct script *from,
                                         struct script *ret)
{
    *ret = script_copy(from);
    ret->decision_count = 0;
    ret->has_decisions = false;
    return script_recorder(ret);
}

static enum life_floor floor_of(const struct life_terms *terms)
{
    if (terms->script)
        return (enum life_floor)terms->script->floor;
    if (terms->floor != LIFE_DRAWN)
        return terms->floor;
    return cast_number(terms->seed, ABOUT_FLOOR, 0, 0, QUIC_ONE_IN)
               ? LIFE_STREAMS
               : LIFE_QUIC;
}

struct script life_draw(uint64_t seed, enum life_floor floor)
{
    const struct life_terms terms = {.seed = seed, .floor = floor};
    struct script s = {.seed = seed, .floor = floor_of(&terms)};
    struct cast *cast = xalloc(1, sizeof *cast);

    cast_draw(cast, seed);
    draft_steps(cast, &s);
    xalloc_free(cast);
    return s;
}

static void choose_script(struct life *l, const struct life_terms *terms,
                          enum life_floor floor)
{
    struct world *w = &l->world;
    struct cast *cast = xalloc(1, sizeof *cast);

    cast_draw(cast, terms->seed);
    if (!terms->script)
        l->drawn = life_draw(terms->seed, floor);
    l->script = terms->script ? terms->script : &l->drawn;
    w->weather = cast_weather(cast, 0);
    xalloc_free(cast);
    l->plays = script_almanac(l->script);
    if (terms->ret_script)
        l->writes = begin_writing(l->script, terms->ret_script);
    w->almanac = (struct link_almanac){
        .recorded = l->plays.recorded ? recorded : NULL,
        .decided = decided,
        .self = l,
    };
}

static bool is_good(const struct life *l)
{
    return !l->world.ledger.is_broken;
}

static void play(struct life *l)
{
    struct world *w = &l->world;
    const struct script *s = l->script;
    uint64_t last_ns = s->step_count ? s->steps[s->step_count - 1].at_ns : 0;

    while (is_good(l) && world_step(w, last_ns + WORLD_S))
        ;
}

static void pass_until(struct life *l, uint64_t until_ns)
{
    while (is_good(l) && world_step(&l->world, until_ns))
        ;
}

static bool is_quiet(const struct world *w)
{
    bool is_whole = ask_is_quiet(w) && job_is_quiet(w);

    for (uint32_t at = 0; at < w->cast.node_count; at++)
        is_whole = is_whole && w->places[at].node;
    return is_whole;
}

/* Until nobody waits or works. */
static void calm_down(struct life *l, uint64_t max_ns)
{
    struct world *w = &l->world;
    uint64_t until_ns = w->now_ns + max_ns;

    while (is_good(l) && !is_quiet(w) && world_step(w, until_ns))
        ;
}

static void clear_weather(struct life *l)
{
    struct world *w = &l->world;

    world_trace(w, "the weather clears");
    deed_clear_weather(w);
    liar_clear_weather(w);
    for (int i = 0; i < 2 && is_good(l); i++) { /* [TO-9] over 30 s */
        pass_until(l, w->now_ns + SETTLE_NS);
        if (is_good(l))
            oversight_on_settled(w);
    }
    w->is_clear = true;
    job_clear_weather(w);
    ask_clear_weather(w);
    calm_down(l, CALM_MAX_NS);
    if (is_good(l))
        verdict_on_calm(w);
    pass_until(l, w->now_ns + REST_NS);
}

static void ask_around(struct life *l)
{
    struct world *w = &l->world;

    world_trace(w, "everybody asks around");
    w->is_calm = true;
    deed_ask_around(w);
    calm_down(l, LAST_MAX_NS);
    if (is_good(l))
        verdict_on_calm(w);
    pass_until(l, w->now_ns + REST_NS);
    if (is_good(l))
        verdict_on_rest(w);
}

static void end(struct life *l)
{
    world_end(&l->world);
    if (is_good(l))
        verdict_on_ending(&l->world);
}

static struct life_report report(struct life *l, enum life_floor floor)
{
    struct world *w = &l->world;
    struct life_report r = {.seed = w->cast.seed, .floor = floor};

    w->carrier.harm(w->carrier.self, w->tally.harmed);
    w->tally.of[TALLY_HANDSHAKES] = w->carrier.handshakes(w->carrier.self);
    r.ledger = w->ledger;
    r.tally = w->tally;
    r.virtual_ns = w->now_ns;
    r.lines = w->lines;
    r.hash = w->hash;
    return r;
}

static void life_free(struct life *l)
{
    world_clear(&l->world);
    deed_clear(&l->world);
    liar_clear(&l->world);
    script_clear(&l->drawn);
    xalloc_free(l->cues);
    xalloc_free(l);
}

struct life_report life_run(const struct life_terms *terms)
{
    enum life_floor floor = floor_of(terms);
    struct life *l = xalloc(1, sizeof *l);
    struct life_report r;

    takeover_begin(terms->seed);
    choose_script(l, terms, floor);
    world_init(&l->world, terms, floor);
    set_cues(l);
    play(l);
    if (terms->has_canary)
        invariant_holds(&l->world.ledger, INVARIANT_CANARY, false,
                        "the canary sings");
    if (is_good(l))
        clear_weather(l);
    if (is_good(l))
        ask_around(l);
    end(l);
    if (terms->ret_script)
        script_seal(terms->ret_script);
    r = report(l, floor);
    life_free(l);
    return r;
}

void life_setup(void)
{
    value_setup(1);
}
