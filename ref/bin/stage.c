/* SPDX-License-Identifier: MIT */
/*
 * A stage makes handlers of behaviours. enter() stands before all of them, so
 * that nothing can happen in a handler that was not reported first.
 */
#include "ref/bin/stage.h"
#include "ref/base/xalloc.h"
#include "ref/bin/acts.h"

/* One registration's handler: which behaviour, on which stage. */
struct player {
    struct stage *stage;        /* borrowed */
    const struct acts_act *act; /* static, or NULL: who plays is … */
    struct handler inner;       /* … this one, when it is there */
    struct player *next;        /* of the stage's */
};

/* A conf/hold that waits. */
struct held {
    struct slice tag;         /* owned */
    struct handler_call call; /* to be answered */
    struct held *next;
};

struct stage {
    struct stage_report report; /* to whom */
    struct table runs;          /* operation -> size_t, owned */
    struct table counts;        /* key of conf/count -> size_t, owned */
    struct held *held;          /* owned, oldest first */
    struct player *players;     /* owned */
    struct acts_props props;    /* what behaviours see of it */
};

static size_t increase(struct table *t, struct slice key)
{
    size_t *n = table_find(t, key);

    if (!n) {
        n = xalloc(1, sizeof *n);
        table_add(t, key, n);
    }
    return ++*n;
}

static void clear_counts(struct table *t)
{
    for (struct table_entry *e = table_first(t); e; e = table_next(e))
        xalloc_free(e->value);
    table_clear(t);
}

/* ------------------------------------------------------------- handlers */

static json_t *names_tree(const struct capabilities *c)
{
    json_t *names = json_array();

    for (size_t i = 0; i < capabilities_count(c); i++)
        json_array_append_new(names, value_new_string(capabilities_name(c, i)));
    return names;
}

/* The witness. Names of capabilities are told, never their texts [CP-2]. */
static void enter(struct stage *stage, const struct context *context)
{
    const struct stage_report *r = &stage->report;
    json_t *event;

    (void)increase(&stage->runs, context->operation);
    if (!r->entered)
        return;
    event = json_object();
    json_object_set_new(event, "ev", json_string("handler_entered"));
    json_object_set_new(
        event, "conn",
        json_string(r->connection(r->self, context->origin.serial)));
    json_object_set_new(event, "operation",
                        value_new_string(context->operation));
    json_object_set_new(event, "id", value_new_string(context->request_id));
    json_object_set_new(event, "identity", acts_identity(context->identity));
    json_object_set_new(event, "forwarded_for",
                        acts_claim(context->forwarded_for));
    json_object_set_new(event, "capabilities",
                        names_tree(context->capabilities));
    r->entered(r->self, event);
}

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    struct player *p = self;
    struct failure ignored;
    json_t *tree = NULL;
    struct acts_scene scene = {&p->stage->props, context, input, NULL, call};

    enter(p->stage, context);
    if (p->inner.start) {
        p->inner.start(p->inner.self, context, input, call);
        return;
    }
    if (p->act->needs_tree)
        tree = value_parse(input, &ignored);
    scene.input = tree;
    p->act->play(&scene);
    json_decref(tree);
}

static void forget_held(struct stage *s, uint64_t serial)
{
    struct held **at = &s->held;

    while (*at && (*at)->call.serial != serial)
        at = &(*at)->next;
    if (*at) {
        struct held *h = *at;

        *at = h->next;
        xalloc_free((void *)(uintptr_t)h->tag.data);
        xalloc_free(h);
    }
}

/* Nobody waits for the answer any more. */
static void stop(void *self, struct handler_call call)
{
    struct player *p = self;

    if (p->inner.stop)
        p->inner.stop(p->inner.self, call);
    else
        forget_held(p->stage, call.serial);
}

static struct handler engage(struct stage *s, const struct acts_act *act,
                             struct handler inner)
{
    struct player *p = xalloc(1, sizeof *p);

    *p = (struct player){s, act, inner, s->players};
    s->players = p;
    return (struct handler){start, stop, p};
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

static size_t count(void *self, struct slice key)
{
    struct stage *s = self;

    return increase(&s->counts, key);
}

static void hold(void *self, struct slice tag, struct handler_call call)
{
    struct stage *s = self;
    struct held **end = &s->held;

    while (*end)
        end = &(*end)->next;
    *end = xalloc(1, sizeof **end);
    (*end)->tag = slice_make(xalloc_copy(tag), tag.len);
    (*end)->call = call;
}

struct stage *stage_new(const struct stage_report *report)
{
    struct stage *s = xalloc(1, sizeof *s);

    s->report = *report;
    s->props = (struct acts_props){count, hold, s};
    return s;
}

void stage_free(struct stage *s)
{
    if (!s)
        return;
    while (s->held)
        forget_held(s, s->held->call.serial);
    while (s->players) {
        struct player *p = s->players;

        s->players = p->next;
        xalloc_free(p);
    }
    clear_counts(&s->runs);
    clear_counts(&s->counts);
    xalloc_free(s);
}

static struct held *take_held(struct stage *s, struct slice tag)
{
    struct held **at = &s->held, *h;

    while (*at && !slice_equal((*at)->tag, tag))
        at = &(*at)->next;
    h = *at;
    if (h)
        *at = h->next;
    return h;
}

size_t stage_release(struct stage *s, struct slice tag)
{
    size_t released = 0;
    struct held *h;

    while ((h = take_held(s, tag))) {
        json_t *output = json_object();

        json_object_set_new(output, "tag", value_new_string(h->tag));
        acts_answer(h->call, output);
        xalloc_free((void *)(uintptr_t)h->tag.data);
        xalloc_free(h);
        released++;
    }
    return released;
}

size_t stage_held(const struct stage *s)
{
    size_t count = 0;

    for (const struct held *h = s->held; h; h = h->next)
        count++;
    return count;
}

json_t *stage_runs(const struct stage *s)
{
    json_t *runs = json_object();

    for (struct table_entry *e = table_first(&s->runs); e; e = table_next(e)) {
        const size_t *n = e->value;

        json_object_setn_new(runs, (const char *)e->key.data, e->key.len,
                             json_integer((json_int_t)*n));
    }
    return runs;
}
