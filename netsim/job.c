/* SPDX-License-Identifier: MIT */
/*
 * See job.h. A job's life: it waits, it asks questions of its own, it waits for
 * their ends or does not, and then it ends; one that streams gives an item
 * each time it is asked for one. All its numbers are drawn by what was asked,
 * so that it does the same wherever and whenever it runs.
 */
#include "netsim/job.h"

#include <stdio.h>

#include "netsim/ask.h"
#include "netsim/oversight.h"
#include "ref/base/xalloc.h"

/* What is drawn for a job. */
enum about {
    ABOUT_DELAY = 200,
    ABOUT_DELAY_MS,
    ABOUT_COMPOSING,
    ABOUT_CHILDREN,
    ABOUT_CHILD,
    ABOUT_CALLBACK,
    ABOUT_CALLBACK_NAME,
    ABOUT_ORIGIN,
    ABOUT_IMPATIENCE,
    ABOUT_END,
    ABOUT_ITEMS,
    ABOUT_PAD,
    ABOUT_PACE,
    ABOUT_GOES_ON /* of the first child; those behind it of the others */
};

#define DEPTH_MAX 4
#define PAD_MAX 20000
#define ITEM_MAX (PAD_MAX + 100)

static uint64_t draw(const struct job *j, enum about about, uint64_t bound)
{
    return world_number(j->post->place->world, j->act, (uint32_t)about, bound);
}

static struct world *world_of(const struct job *j)
{
    return j->post->place->world;
}

static void rouse(struct job *j, uint64_t in_ns)
{
    struct world *w = world_of(j);

    reminder_set(&w->agenda, &j->due, w->now_ns + in_ns);
}

/* --------------------------------------------------------------- ending */

static void over(struct job *j)
{
    struct world *w = world_of(j);

    reminder_set(&w->agenda, &j->due, w->now_ns); /* to look what followed */
    (void)table_remove(&j->post->place->jobs, table_key(&j->call.serial));
    w->open_jobs--;
    j->ask->running--;
}

/* Counted before it is said: what follows may ask. */
static void answer(struct job *j)
{
    oversight_on_answer(j);
    j->answered++;
    over(j);
    world_touch(j->post->place);
}

static void fail_with(struct job *j, const char *code)
{
    const struct call_error error = {.code = slice_of(code),
                                     .message = slice_of("so it was drawn")};

    answer(j);
    handler_fail(j->call, &error);
}

static void respond(struct job *j)
{
    char output[60];

    (void)snprintf(output, sizeof output, "{\"ask\":%u,\"at\":%u}",
                   j->ask->number, j->post->place->at);
    answer(j);
    handler_respond(j->call, slice_of(output));
}

static void succeed(struct job *j)
{
    if (j->is_stream) {
        j->ask->made = j->items;
        j->ask->is_complete = true;
        j->ask->is_spoilt = j->ask->kind == ASK_CALL; /* [CL-5] */
        answer(j);
        handler_complete(j->call);
    } else {
        respond(j);
    }
}

static void finish(struct job *j)
{
    const bool is_sound = !cast_has(&world_of(j)->cast, CAST_BROKEN);
    const uint64_t end = is_sound ? 100 : draw(j, ABOUT_END, 24);

    if (end < 2)
        fail_with(j, "OUCH"); /* declared */
    else if (end < 3) {
        j->ask->is_spoilt = true;
        fail_with(j, "ODD"); /* not declared */
    } else if (end < 4) {
        j->ask->is_spoilt = true;
        answer(j);
        handler_break_down(j->call);
    } else {
        succeed(j);
    }
}

/* --------------------------------------------------------------- working */

static void give_item(struct job *j)
{
    char output[ITEM_MAX];
    size_t pad = draw(j, ABOUT_PAD, 4) ? 10 : 1 + draw(j, ABOUT_PACE, PAD_MAX);
    int len;

    j->items++;
    j->is_asked = false;
    len = snprintf(output, sizeof output, "{\"ask\":%u,\"item\":%u}",
                   j->ask->number, j->items);
    memset(output + len, ' ', pad);
    j->ask->made = j->items;
    handler_item(j->call, slice_make(output, (size_t)len + pad));
    world_touch(j->post->place);
}

static uint32_t depth_of(const struct job *j)
{
    uint32_t depth = 1;

    while ((j = j->ask->by))
        depth++;
    return depth;
}

static uint64_t child_act(const struct job *j, uint32_t which)
{
    return world_number(world_of(j), j->act, ABOUT_CHILD + 100 * (1 + which),
                        UINT64_MAX);
}

static void call_back(struct job *j)
{
    const struct ask_terms terms = {
        .act = child_act(j, 9),
        .name = (uint32_t)draw(j, ABOUT_CALLBACK_NAME, CAST_NAMES),
        .by = j,
        .is_through_origin = !j->end->c || draw(j, ABOUT_ORIGIN, 2) == 0,
    };

    j->children++;
    (void)ask_wire(j->end, &terms);
}

/* A child that is refused is told of before this returns. */
static void ask_children(struct job *j)
{
    const struct cast *cast = &world_of(j)->cast;
    const uint64_t count =
        draw(j, ABOUT_COMPOSING, 5) < 3 && cast_has(cast, CAST_COMPOSING)
            ? 1 + draw(j, ABOUT_CHILDREN, 3)
            : 0;

    if (world_of(j)->is_clear || depth_of(j) >= DEPTH_MAX)
        return;
    for (uint32_t i = 0; i < count && job_is_live(j); i++) {
        j->children++;
        (void)ask_composed(j, child_act(j, i),
                           draw(j, ABOUT_GOES_ON + i, 2) == 0);
    }
    if (job_is_live(j) && j->end && draw(j, ABOUT_CALLBACK, 6) == 0 &&
        cast_has(cast, CAST_CALLBACKS))
        call_back(j);
}

static bool is_done(const struct job *j)
{
    return !j->is_stream || (j->is_asked && j->items >= j->items_max &&
                             !(j->is_endless && !world_of(j)->is_clear));
}

static void work(struct job *j)
{
    bool is_waiting = j->children > 0 && draw(j, ABOUT_IMPATIENCE, 3) != 0;

    if (!job_is_live(j) || is_waiting)
        return;
    if (is_done(j)) {
        if (!j->is_endless || world_of(j)->is_clear || j->is_stream)
            finish(j);
    } else if (j->is_asked) {
        give_item(j);
    }
}

static void on_due(void *self)
{
    struct job *j = self;

    if (!job_is_live(j)) {
        oversight_on_over(j);
        return;
    }
    world_enter(j->post->place);
    if (!job_is_live(j))
        return;
    if (!j->has_begun) {
        j->has_begun = true;
        ask_children(j);
    }
    work(j);
}

void job_child_told(struct job *j)
{
    j->children--;
    if (job_is_live(j) && j->children == 0 && j->has_begun)
        rouse(j, 0);
}

/* --------------------------------------------------------------- the seam */

static struct job *job_of(struct post *post, struct handler_call call)
{
    return table_find(&post->place->jobs, table_key(&call.serial));
}

static uint64_t delay_of(const struct job *j)
{
    const uint64_t kind = draw(j, ABOUT_DELAY, 10);

    if (kind < 3)
        return 0;
    if (kind < 6 || world_of(j)->is_clear)
        return (1 + draw(j, ABOUT_DELAY_MS, 50)) * WORLD_MS;
    return (1 + draw(j, ABOUT_DELAY_MS, 4000)) * WORLD_MS;
}

/* {"ask":NUMBER… */
static struct ask *ask_in(const struct world *w, struct slice input)
{
    const struct slice head = slice_of("{\"ask\":");
    uint32_t number = 0;

    if (!slice_starts(input, head))
        return NULL;
    for (size_t i = head.len; i < input.len && input.data[i] >= '0' &&
                              input.data[i] <= '9' && number < 100000000;
         i++)
        number = 10 * number + (uint32_t)(input.data[i] - '0');
    return ask_find(w, number);
}

static struct job *job_new(struct post *post, struct ask *a,
                           struct handler_call call)
{
    struct world *w = post->place->world;
    struct job *j = xalloc(1, sizeof *j);

    j->post = post;
    j->ask = a;
    j->call = call;
    j->act = a->act;
    j->number = ++w->job_count;
    j->due = (struct reminder){.ring = on_due, .self = j};
    j->is_stream = w->cast.nodes[post->place->at].ops[post->name].is_stream;
    j->items_max = (uint32_t)draw(j, ABOUT_ITEMS, 12);
    j->is_endless = draw(j, ABOUT_ITEMS, 20) == 0 || a->is_whim;
    j->next = w->jobs;
    w->jobs = j;
    w->open_jobs++;
    table_add(&post->place->jobs, table_key(&call.serial), j);
    return j;
}

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    struct post *post = self;
    struct place *p = post->place;
    struct ask *a = ask_in(p->world, input);
    struct job *j;

    if (!WORLD_HOLDS(p->world, INVARIANT_OWN_ANSWER, a != NULL,
                     "a handler of n%u runs on an input nobody sent", p->at)) {
        handler_break_down(call);
        return;
    }
    j = job_new(post, a, call);
    j->deadline_ns = context->deadline_ns;
    j->origin = context->origin;
    j->end = table_find(&p->ends, table_key(&context->origin.serial));
    if (!context->is_internal)
        (void)snprintf(j->id, sizeof j->id, "%.*s",
                       (int)context->request_id.len,
                       (const char *)context->request_id.data);
    a->started++;
    a->running++;
    a->is_complete = false;
    p->world->tally.of[TALLY_FORWARDED] +=
        a->end && world_peer(a->end)->place != p;
    world_trace(p->world, "job %u: n%u runs %.*s for question %u", j->number,
                p->at, (int)context->operation.len,
                (const char *)context->operation.data, a->number);
    oversight_on_start(j, context);
    if (delay_of(j))
        rouse(j, delay_of(j));
    else
        on_due(j);
}

static void pull(void *self, struct handler_call call)
{
    struct job *j = job_of(self, call);

    if (!j)
        return;
    j->is_asked = true;
    if (j->has_begun && draw(j, ABOUT_PACE, 2))
        work(j);
    else if (j->has_begun)
        rouse(j, (1 + draw(j, ABOUT_DELAY_MS, 30)) * WORLD_MS);
}

static void stop(void *self, struct handler_call call)
{
    struct post *post = self;
    struct job *j = job_of(post, call);
    struct world *w = post->place->world;

    if (!WORLD_HOLDS(w, INVARIANT_ENDED_ONCE, j != NULL,
                     "n%u is told to stop what has ended", post->place->at))
        return;
    oversight_on_stop(j);
    j->stopped++;
    over(j);
}

struct handler job_handler(struct post *post)
{
    const struct world *w = post->place->world;
    const struct cast_op *op = &w->cast.nodes[post->place->at].ops[post->name];

    return (struct handler){
        .start = start,
        .pull = op->is_stream ? pull : NULL,
        .stop = stop,
        .self = post,
    };
}

/* --------------------------------------------------------------- the whole */

void job_clear_weather(struct world *w)
{
    for (struct job *j = w->jobs; j; j = j->next)
        if (job_is_live(j))
            reminder_set(&w->agenda, &j->due, w->now_ns);
}

bool job_is_quiet(const struct world *w)
{
    return w->open_jobs == 0;
}

void job_clear(struct world *w)
{
    while (w->jobs) {
        struct job *j = w->jobs;

        w->jobs = j->next;
        xalloc_free(j);
    }
}
