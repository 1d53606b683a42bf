/* SPDX-License-Identifier: MIT */
/*
 * A stage makes handlers of behaviours. enter() stands before all of them, so
 * that nothing can happen in a handler that was not reported first.
 */
#include "ref/bin/stage.h"
#include "ref/base/xalloc.h"
#include "ref/bin/acts.h"
#include "ref/bin/handed.h"

/* One registration's handler: which behaviour, on which stage. It goes with the
 * registration, which may outlive the stage. */
struct player {
    struct stage *stage;        /* borrowed */
    const struct acts_act *act; /* static, or NULL: who plays is … */
    struct handler inner;       /* … this one, when it is there; owned */
};

struct stage {
    struct stage_report report; /* to whom */
    struct tally runs;          /* of each operation */
    struct parts parts;         /* what is being played … */
    struct handed handed;       /* … and what somebody else does */
};

/* ------------------------------------------------------------- handlers */

static json_t *names_tree(const struct capabilities *c)
{
    json_t *names = json_array();

    for (size_t i = 0; i < capabilities_count(c); i++)
        json_array_append_new(names, value_new_string(capabilities_name(c, i)));
    return names;
}

/* Which call it is, in every event about it: a stop comes without a context,
 * and maybe when the connection has lost its name. */
static json_t *witness_tree(const struct stage_report *r,
                            const struct context *context)
{
    json_t *witness = json_object();

    json_object_set_new(
        witness, "conn",
        json_string(r->connection(r->self, context->origin.serial)));
    json_object_set_new(witness, "operation",
                        value_new_string(context->operation));
    json_object_set_new(witness, "id", value_new_string(context->request_id));
    return witness;
}

/* The first act of every handler. Names of capabilities are told, never their
 * texts [CP-2]. NULL when nobody listens; owned by the caller. */
static json_t *enter(struct stage *stage, const struct context *context)
{
    const struct stage_report *r = &stage->report;
    json_t *event, *witness;

    (void)tally_count(&stage->runs, context->operation);
    if (!r->tell)
        return NULL;
    witness = witness_tree(r, context);
    event = json_copy(witness);
    json_object_set_new(event, "ev", json_string("handler_entered"));
    json_object_set_new(event, "identity", acts_identity(context->identity));
    json_object_set_new(event, "forwarded_for",
                        acts_claim(context->forwarded_for));
    json_object_set_new(event, "capabilities",
                        names_tree(context->capabilities));
    if (context->is_internal)
        json_object_set_new(event, "internal", json_true());
    r->tell(r->self, event);
    return witness;
}

/* The witness's last word: it was still at work. */
static void tell_stopped(const struct stage *stage, json_t *witness)
{
    const struct stage_report *r = &stage->report;
    json_t *event;

    if (!witness)
        return;
    event = json_copy(witness);
    json_object_set_new(event, "ev", json_string("handler_stopped"));
    r->tell(r->self, event);
}

/* Somebody else does it, and answers by himself. */
static void hand_on(const struct player *player, json_t *witness,
                    const struct context *context, struct slice input,
                    struct handler_call call)
{
    if (witness)
        handed_add(&player->stage->handed, call, witness);
    player->inner.start(player->inner.self, context, input, call);
}

static void play(const struct player *player, json_t *witness,
                 const struct context *context, struct slice input,
                 struct handler_call call)
{
    struct failure ignored;
    json_t *tree =
        player->act->needs_tree ? value_parse(input, &ignored) : NULL;
    const struct acts_scene scene = {
        .part = part_new(&player->stage->parts, call, witness, tree),
        .context = context,
        .text = input};

    scene.part->origin = context->origin;
    part_enter(scene.part);
    player->act->play(&scene);
    part_leave(scene.part);
}

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    const struct player *player = self;
    json_t *witness = enter(player->stage, context);

    if (player->inner.start)
        hand_on(player, witness, context, input, call);
    else
        play(player, witness, context, input, call);
}

/* There is room for an item. */
static void pull(void *self, struct handler_call call)
{
    const struct player *player = self;
    struct part *p;

    if (player->inner.start) {
        player->inner.pull(player->inner.self, call);
        return;
    }
    p = parts_find(&player->stage->parts, call);
    if (!p)
        return;
    part_enter(p);
    p->wait = PART_WORKS;
    player->act->pull(p);
    part_leave(p);
}

static void stop_inner(const struct player *player, struct handler_call call)
{
    json_t *witness = handed_take(&player->stage->handed, call);

    tell_stopped(player->stage, witness);
    json_decref(witness);
    if (player->inner.stop)
        player->inner.stop(player->inner.self, call);
}

/* Nobody waits for the answer any more. */
static void stop(void *self, struct handler_call call)
{
    const struct player *player = self;
    struct part *p;

    if (player->inner.start) {
        stop_inner(player, call);
        return;
    }
    p = parts_find(&player->stage->parts, call);
    if (!p)
        return;
    part_enter(p);
    tell_stopped(player->stage, p->witness);
    part_stop(p);
    part_leave(p);
}

static void drop(void *self)
{
    struct player *player = self;

    if (player->inner.drop)
        player->inner.drop(player->inner.self);
    xalloc_free(player);
}

static struct handler engage(struct stage *s, const struct acts_act *act,
                             struct handler inner)
{
    struct player *p = xalloc(1, sizeof *p);
    bool is_stream = inner.pull || (act && act->pull);

    *p = (struct player){s, act, inner};
    return (struct handler){.start = start,
                            .pull = is_stream ? pull : NULL,
                            .stop = stop,
                            .self = p,
                            .drop = drop};
}

struct handler stage_play(struct stage *s, struct handler inner)
{
    return engage(s, NULL, inner);
}

bool stage_handler(struct stage *s, struct slice behaviour,
                   const struct registry *registry, struct handler *ret)
{
    const struct acts_act *act = acts_find(behaviour);
    struct handler inner = {.start = NULL};

    if (!act)
        return false;
    if (act->own)
        inner = act->own(registry);
    *ret = engage(s, act, inner);
    return true;
}

/* ------------------------------------------------------------- the stage */

struct stage *stage_new(const struct stage_report *report)
{
    struct stage *s = xalloc(1, sizeof *s);

    s->report = *report;
    return s;
}

void stage_free(struct stage *s)
{
    if (!s)
        return;
    parts_clear(&s->parts);
    handed_clear(&s->handed);
    tally_clear(&s->runs);
    xalloc_free(s);
}

void stage_keep(struct stage *s, struct ownership *ownership)
{
    s->parts.ownership = ownership;
}

size_t stage_release(struct stage *s, struct slice tag)
{
    return parts_release(&s->parts, tag);
}

bool stage_is_quiet(const struct stage *s)
{
    return parts_are_waiting(&s->parts);
}

json_t *stage_runs(const struct stage *s)
{
    return tally_tree(&s->runs);
}
