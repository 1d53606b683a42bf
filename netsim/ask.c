/* SPDX-License-Identifier: MIT */
/*
 * See ask.h. Questions are never forgotten while their world is there, so that
 * a second end of one would be seen.
 */
#include "netsim/ask.h"

#include <inttypes.h>
#include <stdio.h>

#include "netsim/job.h"
#include "netsim/verdict.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

/* What is drawn for a question. */
enum about {
    ABOUT_NAME = 100,
    ABOUT_LIMIT,
    ABOUT_LIMIT_MS,
    ABOUT_TOKEN,
    ABOUT_OWNER,
    ABOUT_CLAIM,
    ABOUT_RESOURCE,
    ABOUT_MUST,
    ABOUT_PEER,
    ABOUT_POLICY,
    ABOUT_PAUSE,
    ABOUT_PAUSE_MS,
    ABOUT_WHIM,
    ABOUT_WHIM_SOON,
    ABOUT_WHIM_MS,
    ABOUT_IMPORT,
    ABOUT_WANTED
};

#define INPUT_MAX 200

static uint64_t draw(const struct ask *a, enum about about, uint64_t bound)
{
    return world_number(a->world, a->act, (uint32_t)about, bound);
}

/* --------------------------------------------------------------- waiters */

static void tell(void *self, const struct pending_outcome *outcome)
{
    struct ask *a = self;
    struct world *w = a->world;

    a->told++;
    a->told_ns = w->now_ns;
    if (!WORLD_HOLDS(w, INVARIANT_TOLD_ONCE, a->told == 1,
                     "question %u was told its end %u times", a->number,
                     a->told))
        return;
    w->open_asks--;
    reminder_set(&w->agenda, &a->resume, NEVER);
    reminder_set(&w->agenda, &a->whim, NEVER);
    verdict_on_end(a, outcome);
    if (a->by)
        job_child_told(a->by);
}

static void give_up(void *self)
{
    ask_abort(self);
}

static void go_on(void *self)
{
    struct ask *a = self;

    a->is_paused = false;
    if (!a->end->c)
        return;
    world_enter(a->from);
    client_resume(a->end->c, a->ticket);
    world_touch(a->from);
}

/* False: enough for now; a while later it goes on. */
static bool take_item(void *self, struct slice output)
{
    struct ask *a = self;
    struct world *w = a->world;
    uint64_t pause_ms =
        10 + world_number(w, a->act + a->items, ABOUT_PAUSE_MS, 2000);

    verdict_on_item(a, output);
    w->tally.of[TALLY_ITEMS]++;
    a->is_paused = !w->is_clear && a->end &&
                   world_number(w, a->act + a->items, ABOUT_PAUSE, 8) == 0;
    if (!a->is_paused)
        return true;
    w->tally.of[TALLY_STALLS]++;
    reminder_set(&w->agenda, &a->resume, w->now_ns + pause_ms * WORLD_MS);
    return false;
}

static struct pending_waiter waiter_of(struct ask *a)
{
    return (struct pending_waiter){tell, take_item, a};
}

/* --------------------------------------------------------------- making */

static struct ask *ask_new(struct place *from, uint64_t act)
{
    struct world *w = from->world;
    struct ask *a = xalloc(1, sizeof *a);

    w->asks = xalloc_grow(w->asks, w->ask_count + 1, sizeof *w->asks);
    w->asks[w->ask_count++] = a;
    a->world = w;
    a->number = w->ask_count;
    a->act = act;
    a->from = from;
    a->peer = CAST_ANY;
    a->token = CAST_NOBODY;
    a->asked_ns = w->now_ns;
    a->limit_ns = NEVER;
    a->is_late = w->is_clear;
    a->resume = (struct reminder){.ring = go_on, .self = a};
    a->whim = (struct reminder){.ring = give_up, .self = a};
    w->open_asks++;
    return a;
}

static void draw_question(struct ask *a, uint32_t name)
{
    const uint64_t resource = draw(a, ABOUT_RESOURCE, CAST_RESOURCES + 1);

    a->q = (struct model_question){
        .name = name,
        .resource =
            resource < CAST_RESOURCES ? (uint32_t)resource : CAST_NOBODY,
        .has_must = draw(a, ABOUT_MUST, 5) != 0,
    };
}

static void draw_terms(struct ask *a)
{
    const struct cast *cast = &a->world->cast;

    if (cast_has(cast, CAST_TOKENS) && draw(a, ABOUT_TOKEN, 4) == 0) {
        a->has_token = true;
        a->token = (uint32_t)draw(a, ABOUT_OWNER, cast->node_count + 1);
    }
    a->has_claim = draw(a, ABOUT_CLAIM, 6) == 0;
    a->is_whim = cast_has(cast, CAST_ABORTS) && draw(a, ABOUT_WHIM, 12) == 0;
}

/* Some give up while the request is still on its way. */
static void set_whim(struct ask *a)
{
    const uint64_t most_ms = draw(a, ABOUT_WHIM_SOON, 2) ? 20 : 3000;

    if (a->is_whim && !a->told)
        reminder_set(&a->world->agenda, &a->whim,
                     a->asked_ns + draw(a, ABOUT_WHIM_MS, most_ms) * WORLD_MS);
}

/* How long it waits, as the node takes it: 0 is as it has it. */
static uint64_t draw_limit(struct ask *a)
{
    const bool is_hasty = !a->world->is_clear &&
                          cast_has(&a->world->cast, CAST_DEADLINES) &&
                          draw(a, ABOUT_LIMIT, 4) == 0;
    const uint64_t limit_ms = 20 + draw(a, ABOUT_LIMIT_MS, 3000);

    if (is_hasty)
        a->limit_ns = a->asked_ns + limit_ms * WORLD_MS;
    else if (a->kind != ASK_SUBSCRIPTION)
        a->limit_ns = a->asked_ns + 30 * WORLD_S;
    return is_hasty ? limit_ms * WORLD_MS : 0;
}

/* The number stands first: job.c reads it there. */
static struct slice input_of(const struct ask *a, char text[INPUT_MAX])
{
    int len = snprintf(text, INPUT_MAX, "{\"ask\":%u", a->number);

    if (a->q.resource != CAST_NOBODY)
        len += snprintf(text + len, INPUT_MAX - (size_t)len, ",\"id\":\"%s\"",
                        furnish_resource(a->q.resource).text);
    if (a->q.has_must)
        len += snprintf(text + len, INPUT_MAX - (size_t)len, ",\"must\":1");
    if (a->kind == ASK_SCHEMA)
        len += snprintf(text + len, INPUT_MAX - (size_t)len, ",\"name\":\"%s\"",
                        furnish_name(a->q.name).text);
    len += snprintf(text + len, INPUT_MAX - (size_t)len, "}");
    return slice_make(text, (size_t)len);
}

static struct furnish_text operation_of(const struct ask *a)
{
    struct furnish_text text = furnish_name(a->q.name);

    if (a->kind == ASK_LIST)
        (void)snprintf(text.text, sizeof text.text, "services/list");
    if (a->kind == ASK_SCHEMA)
        (void)snprintf(text.text, sizeof text.text, "services/schema");
    return text;
}

static void count(struct ask *a)
{
    uint64_t *of = a->world->tally.of;

    if (!a->end)
        of[TALLY_COMPOSITIONS]++;
    else if (a->by)
        of[TALLY_CALLBACKS]++;
    else if (a->kind == ASK_LIST || a->kind == ASK_SCHEMA)
        of[TALLY_LISTS]++;
    else
        of[a->kind == ASK_SUBSCRIPTION ? TALLY_SUBSCRIPTIONS : TALLY_CALLS]++;
}

static struct ask *ask_over(struct end *e, const struct ask_terms *terms)
{
    struct ask *a;

    world_enter(e->place);
    a = ask_new(e->place, terms->act);

    a->kind = terms->kind;
    a->step = terms->step;
    a->end = e;
    a->by = terms->by;
    a->twin = terms->twin;
    draw_question(a, terms->name);
    if (a->kind == ASK_CALL || a->kind == ASK_SUBSCRIPTION)
        draw_terms(a);
    return a;
}

static uint64_t send(struct ask *a, const struct ask_terms *terms,
                     const struct client_request *request)
{
    if (terms->is_through_origin)
        return node_call(terms->by->origin, request, waiter_of(a));
    return a->kind == ASK_SUBSCRIPTION
               ? client_subscribe(a->end->c, request, waiter_of(a))
               : client_call(a->end->c, request, waiter_of(a));
}

struct ask *ask_wire(struct end *e, const struct ask_terms *terms)
{
    struct ask *a = ask_over(e, terms);
    const struct furnish_text name = operation_of(a);
    const struct furnish_text token = furnish_token(&a->world->cast, a->token);
    char input[INPUT_MAX];
    struct client_request request = {
        .operation = slice_of(name.text),
        .input = input_of(a, input),
        .timeout_ns = draw_limit(a),
    };

    if (a->has_token)
        request.auth_token = slice_of(token.text);
    if (a->has_claim)
        request.forwarded_for = slice_of(VERDICT_CLAIM);
    verdict_foretell(a);
    count(a);
    world_trace(a->world, "question %u: n%u asks n%u for %s", a->number,
                e->place->at, world_peer(e)->place->at, name.text);
    a->ticket = send(a, terms, &request);
    set_whim(a);
    world_touch(e->place);
    return a;
}

struct ask *ask_behind(struct end *e, uint64_t act, uint32_t name,
                       struct slice id, struct buf *ret)
{
    const struct ask_terms terms = {.act = act, .name = name};
    struct ask *a = ask_over(e, &terms);
    const struct furnish_text operation = operation_of(a);
    const struct furnish_text token = furnish_token(&a->world->cast, a->token);
    char input[INPUT_MAX];
    struct envelope_request request = {
        .operation = slice_of(operation.text),
        .input = input_of(a, input),
    };

    if (a->has_token)
        request.auth_token = slice_of(token.text);
    if (a->has_claim)
        request.forwarded_for = slice_of(VERDICT_CLAIM);
    a->is_raw = true;
    a->told = 1;
    a->world->open_asks--;
    (void)envelope_print_requested(id, &request, BOUNDS_BODY_MAX, ret);
    return a;
}

struct ask *ask_composed(struct job *by, uint64_t act, bool goes_on)
{
    struct ask *a = ask_new(by->post->place, act);
    const uint32_t nodes = a->world->cast.node_count;
    struct furnish_text name, peer;
    char input[INPUT_MAX];
    struct composing_request request;

    a->by = by;
    a->goes_on = goes_on;
    a->limit_ns = by->deadline_ns; /* [CX-5] */
    draw_question(a, (uint32_t)draw(a, ABOUT_NAME, CAST_NAMES));
    if (draw(a, ABOUT_PEER, 3) == 0)
        a->peer = (uint32_t)draw(a, ABOUT_OWNER, nodes);
    name = furnish_name(a->q.name);
    peer = furnish_peer(a->peer);
    request = (struct composing_request){
        .operation = slice_of(name.text),
        .input = input_of(a, input),
        .policy =
            goes_on ? CALLTREE_CONTINUE_RUNNING : CALLTREE_ABORT_DEPENDENTS,
        .has_policy = true,
    };
    if (a->peer != CAST_ANY)
        request.peer.id = slice_of(peer.text);
    verdict_foretell(a);
    count(a);
    world_trace(a->world, "question %u: job %u composes %s", a->number,
                by->number, name.text);
    node_invoke(by->call, &request, waiter_of(a));
    world_touch(by->post->place);
    return a;
}

/* --------------------------------------------------------------- afterwards
 */

struct model_asker ask_asker(const struct ask *a)
{
    const struct end *there = world_peer(a->end);
    struct model_asker who;

    if (a->has_token && world_by_token(there->place, a->token, &who))
        return who;
    return there->peer;
}

const struct place *ask_judge(const struct ask *a)
{
    return a->end ? world_peer(a->end)->place : a->from;
}

void ask_abort(struct ask *a)
{
    if (a->told || !a->end || !a->end->c)
        return;
    a->is_aborted = true;
    a->world->tally.of[TALLY_ABORTS]++;
    world_trace(a->world, "question %u is given up", a->number);
    world_enter(a->from);
    client_abort(a->end->c, a->ticket);
    world_touch(a->from);
}

struct ask *ask_find(const struct world *w, uint32_t number)
{
    return number && number <= w->ask_count ? w->asks[number - 1] : NULL;
}

struct ask *ask_of_step(const struct world *w, uint32_t step)
{
    for (uint32_t i = 0; i < w->ask_count; i++)
        if (w->asks[i]->step == step)
            return w->asks[i];
    return NULL;
}

void ask_clear_weather(struct world *w)
{
    for (uint32_t i = 0; i < w->ask_count; i++)
        if (!w->asks[i]->told && w->asks[i]->is_paused)
            reminder_set(&w->agenda, &w->asks[i]->resume, w->now_ns);
}

bool ask_is_quiet(const struct world *w)
{
    return w->open_asks == 0 && w->open_imports == 0;
}

void ask_clear(struct world *w)
{
    for (uint32_t i = 0; i < w->ask_count; i++)
        xalloc_free(w->asks[i]);
    xalloc_free(w->asks);
    while (w->imports) {
        struct import *i = w->imports;

        w->imports = i->next;
        xalloc_free(i);
    }
}

/* --------------------------------------------------------------- importing
 */

/* Others, and those without the prefix, become CAST_NAMES. */
static uint32_t names_of(const struct registry *r, struct slice prefix)
{
    uint32_t mask = 0;

    for (struct table_entry *t = table_first(&r->by_name); t;
         t = table_next(t)) {
        const struct slice name = t->key;

        mask |= 1u << (slice_starts(name, prefix)
                           ? furnish_number(slice_skip(name, prefix.len))
                           : CAST_NAMES);
    }
    return mask;
}

static void tell_import(void *self,
                        const struct operation_adapter_outcome *outcome)
{
    struct import *i = self;
    struct world *w = i->end->place->world;
    const uint32_t names =
        outcome->is_ok ? names_of(outcome->operations, slice_of(i->prefix)) : 0;

    i->told++;
    w->open_imports--;
    world_trace(w, "n%u imported over tie %u: %s", i->end->place->at,
                i->end->tie->number,
                outcome->is_ok ? "ok" : operation_adapter_name(outcome->error));
    verdict_on_import(i, outcome->is_ok, names);
    if (outcome->is_ok && i->end->c)
        world_attach(i->end, i->prefix[0] ? 0 : names); /* [FC-3] */
}

/* Some want a few names only, some under a prefix. */
static void draw_import(struct import *i, struct strings *filter,
                        struct from_call_terms *ret)
{
    const struct world *w = i->end->place->world;
    const uint64_t kind = world_number(w, w->import_count, ABOUT_IMPORT, 12);

    i->prefix = kind < 2 ? "via/" : "";
    i->wanted = ~0u;
    if (kind < 2)
        ret->prefix = slice_of("via");
    if (kind == 0 || kind > 2)
        return;
    i->wanted = (uint32_t)world_number(w, w->import_count, ABOUT_WANTED,
                                       1u << CAST_NAMES);
    for (uint32_t name = 0; name < CAST_NAMES; name++)
        if (i->wanted >> name & 1)
            strings_add(filter, slice_of(furnish_name(name).text));
    ret->filter = filter;
}

void ask_import(struct end *e)
{
    struct world *w = e->place->world;
    struct strings filter = {.count = 0};
    struct from_call_terms terms = {.filter = NULL};
    struct import *i = xalloc(1, sizeof *i);

    i->end = e;
    i->next = w->imports;
    w->imports = i;
    w->open_imports++;
    w->import_count++;
    w->tally.of[TALLY_IMPORTS]++;
    draw_import(i, &filter, &terms);
    world_enter(e->place);
    from_call_import(e->c, &terms,
                     (struct operation_adapter_waiter){tell_import, i});
    strings_clear(&filter);
    world_touch(e->place);
}
