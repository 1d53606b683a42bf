/* SPDX-License-Identifier: MIT */
/* See verdict.h. */
#include "netsim/verdict.h"

#include <stdio.h>

#include "netsim/harm.h"
#include "netsim/job.h"
#include "netsim/liar.h"
#include "ref/base/bounds.h"

/* A window that lies unread, and an item half read and one unsent: bytes. */
#define STREAM_BYTES_MAX (WORLD_WINDOW + (size_t)64 * 1024)

#define KEPT_MAX 65536 /* bytes of buffer an idle stream may keep */

#define SAYS(s) (int)((s).len < 200 ? (s).len : 200), (const char *)(s).data

/* ------------------------------------------------------------- foretelling */

static struct model_fate fate_of(const struct ask *a)
{
    const struct cast *cast = &a->world->cast;
    struct model_view view;
    struct model_asker who;

    if (!a->end) {
        const struct post *post = a->by->post;

        view = world_view(a->from);
        return model_composed(cast, a->from->at, &view,
                              &cast->nodes[a->from->at].ops[post->name],
                              a->peer, a->q);
    }
    view = world_view(world_peer(a->end)->place);
    who = ask_asker(a);
    return model_wire(cast, world_peer(a->end)->place->at, &view, &who,
                      world_peer(a->end)->is_open, a->q);
}

static bool is_listing(const struct ask *a)
{
    return a->kind == ASK_LIST || a->kind == ASK_SCHEMA;
}

void verdict_foretell(struct ask *a)
{
    a->changes = ask_judge(a)->changes;
    if (!is_listing(a) && a->kind != ASK_ABSENT)
        a->fate = fate_of(a);
}

/* Nothing but who it is known as, once and for all, and what there is. */
static bool is_fixed(const struct ask *a)
{
    const struct cast_node *n = &a->world->cast.nodes[ask_judge(a)->at];

    return a->end && !a->has_token && !n->ops[a->q.name].is_offer;
}

/* Is the fate known for certain? */
static bool is_certain(struct ask *a)
{
    if (a->end && !world_peer(a->end)->was_open)
        return false;
    if (is_fixed(a))
        a->fate = fate_of(a);
    return is_fixed(a) || (ask_is_as_it_was(a) && !a->fate.is_vague);
}

/* ------------------------------------------------------------- ends */

static bool is_code(const struct ask *a, const char *code)
{
    return strcmp(a->code, code) == 0;
}

static bool is_refusal(const struct ask *a)
{
    for (int end = MODEL_RUNS + 1; end < MODEL_ENDS; end++)
        if (is_code(a, model_code((enum model_end)end)))
            return true;
    return false;
}

/* It never got there, or its answer never got here. */
static bool is_lost(const struct ask *a)
{
    return a->is_aborted || is_code(a, "TIMEOUT") || is_code(a, "INTERNAL");
}

static void note_end(struct ask *a, const struct pending_outcome *o)
{
    a->is_ok = o->is_ok;
    a->is_aborted = a->is_aborted || (!o->is_ok && o->is_aborted);
    if (!o->is_ok) {
        (void)snprintf(a->code, sizeof a->code, "%.*s", SAYS(o->error.code));
        (void)snprintf(a->message, sizeof a->message, "%.*s",
                       SAYS(o->error.message));
    }
    world_trace(a->world, "question %u ends: %s %s", a->number,
                a->is_ok ? "ok" : a->code, a->message);
}

static void count(const struct ask *a)
{
    uint64_t *of = a->world->tally.of;

    of[TALLY_REFUSED] += is_refusal(a);
    of[TALLY_TIMEOUTS] += is_code(a, "TIMEOUT");
    of[TALLY_LOST] += is_code(a, "INTERNAL") && !a->is_aborted;
}

/* When somebody who works for it may say that it took too long; a subscription
 * may take as long as it likes. */
static uint64_t patience_of(const struct ask *a)
{
    const struct place *p = ask_judge(a);

    if (a->end && a->world->cast.nodes[p->at].ops[a->q.name].is_stream)
        return NEVER;
    return a->asked_ns +
           (is_fixed(a) ? world_patience_ns(p) : WORLD_PATIENCE_MIN_NS);
}

static void check_fate(struct ask *a)
{
    struct world *w = a->world;
    const char *code = model_code(a->fate.end);

    if (is_refusal(a))
        WORLD_HOLDS(w, INVARIANT_REFUSED_UNRUN, a->started == 0,
                    "question %u was refused with %s and its handler ran",
                    a->number, a->code);
    if (!is_certain(a))
        return;
    w->tally.of[TALLY_FORETOLD]++;
    code = model_code(a->fate.end);
    if (a->fate.end == MODEL_RUNS)
        WORLD_HOLDS(w, INVARIANT_FORETOLD, !is_refusal(a),
                    "question %u may be asked, and was refused with %s: %s",
                    a->number, a->code, a->message);
    else
        WORLD_HOLDS(w, INVARIANT_FORETOLD,
                    !a->is_ok && (is_code(a, code) || is_lost(a)),
                    "question %u is to be refused with %s, and got %s %s",
                    a->number, code, a->is_ok ? "an answer" : a->code,
                    a->message);
}

/* [TO-1, TO-2] Neither it waits too long, [TO-6] nor is it told too early that
 * its time, or that of whoever works for it, is up. */
static void check_deadline(const struct ask *a)
{
    const struct world *w = a->world;
    const bool is_late = a->limit_ns != NEVER && w->now_ns > a->limit_ns;

    WORLD_HOLDS(a->world, INVARIANT_DEADLINE, !is_late,
                "question %u is answered %llu ms behind its limit", a->number,
                (unsigned long long)((w->now_ns - a->limit_ns) / WORLD_MS));
    if (is_code(a, "TIMEOUT"))
        WORLD_HOLDS(a->world, INVARIANT_DEADLINE,
                    w->now_ns >= a->limit_ns || w->now_ns >= patience_of(a),
                    "question %u is told too early that it took too long",
                    a->number);
}

/* ------------------------------------------------------------- mishaps */

/* As it crashes its connections go one by one, some before this. */
static bool is_losing(const struct place *p)
{
    struct table *ends = (struct table *)&p->ends;

    if (p->is_crashing)
        return true;
    for (struct table_entry *t = table_first(ends); t; t = table_next(t))
        if (((const struct end *)t->value)->c->is_closed)
            return true;
    return false;
}

/* [EC-3] An INTERNAL that no handler is to blame for needs a connection that
 * was lost: the asker's, or one of the node that judged. */
static void check_mishap(const struct ask *a)
{
    const bool is_gone = a->from->is_crashing ||
                         (a->end && (!a->end->c || a->end->c->is_closed));

    if (is_code(a, "INTERNAL") && !a->is_aborted && !a->is_spoilt)
        WORLD_HOLDS(a->world, INVARIANT_FORETOLD,
                    is_gone || !ask_is_as_it_was(a) || is_losing(ask_judge(a)),
                    "question %u failed, and nothing had happened to it: %s",
                    a->number, a->message);
}

/* [BA-2, CN-10] When all is calm nothing gets lost any more. */
static void check_calm(const struct ask *a)
{
    if (a->world->is_calm)
        WORLD_HOLDS(a->world, INVARIANT_LIVE, !is_lost(a),
                    "question %u is lost, though the weather is clear: %s %s",
                    a->number, a->code, a->message);
}

static bool has_lost_those_above(const struct ask *a)
{
    bool is_lost = false;

    for (const struct job *j = a->by; j && !is_lost; j = j->ask->by)
        is_lost = !job_is_live(j);
    return is_lost || a->from->is_crashing;
}

/* [AB-3, AB-29] Somebody gave up: this asker, or for what is composed whoever
 * is above it. */
static void check_abort(const struct ask *a)
{
    WORLD_HOLDS(a->world, INVARIANT_OWN_ANSWER,
                a->is_aborted || (!a->end && has_lost_those_above(a)),
                "question %u was aborted, and nobody gave it up", a->number);
}

static void check_answer(const struct ask *a, struct slice output)
{
    char wanted[40];

    (void)snprintf(wanted, sizeof wanted, "{\"ask\":%u,", a->number);
    WORLD_HOLDS(a->world, INVARIANT_OWN_ANSWER,
                slice_starts(output, slice_of(wanted)),
                "question %u is answered %.*s", a->number, SAYS(output));
}

static void check_complete(const struct ask *a)
{
    WORLD_HOLDS(a->world, INVARIANT_ORDER,
                a->is_complete && a->items == a->made,
                "question %u was complete after %u items of %u", a->number,
                a->items, a->made);
}

void verdict_on_item(struct ask *a, struct slice output)
{
    char wanted[60];

    a->items++;
    WORLD_HOLDS(a->world, INVARIANT_TOLD_ONCE, a->told == 0,
                "question %u got an item behind its end", a->number);
    if (liar_may_have_said(a))
        return;
    (void)snprintf(wanted, sizeof wanted, "{\"ask\":%u,\"item\":%u}", a->number,
                   a->items);
    WORLD_HOLDS(a->world, INVARIANT_ORDER,
                slice_starts(output, slice_of(wanted)),
                "question %u got %.*s as its item number %u", a->number,
                SAYS(output), a->items);
}

/* --------------------------------------------------------------- listing */

/* Bits of the names in {"operations":[{"name":…}…]}. */
static uint32_t names_in(struct slice output)
{
    struct failure f;
    json_t *tree = value_parse(output, &f), *entry;
    uint32_t mask = 0;
    size_t i;

    json_array_foreach(json_object_get(tree, "operations"), i, entry)
    {
        const json_t *name = json_object_get(entry, "name");

        if (json_is_string(name))
            mask |= 1u << furnish_number(value_string(name));
    }
    json_decref(tree);
    return mask;
}

/* [SL-5] services/… stand beside what the cast has. */
static uint32_t listed_to(const struct ask *a)
{
    const struct end *there = world_peer(a->end);

    return model_listed(&a->world->cast, there->place->at, &there->peer,
                        there->is_open);
}

static void check_list(const struct ask *a, struct slice output)
{
    const uint32_t listed = listed_to(a) | 1u << CAST_NAMES;

    if (world_peer(a->end)->was_open)
        WORLD_HOLDS(a->world, INVARIANT_LISTED, names_in(output) == listed,
                    "n%u is listed %x by n%u, and may call %x", a->from->at,
                    names_in(output), world_peer(a->end)->place->at, listed);
}

static void check_schema(const struct ask *a)
{
    const bool is_listed = listed_to(a) >> a->q.name & 1;

    if (world_peer(a->end)->was_open && (a->is_ok || !is_lost(a)))
        WORLD_HOLDS(
            a->world, INVARIANT_LISTED,
            a->is_ok == is_listed && (a->is_ok || is_code(a, "NOT_FOUND")),
            "question %u for the schema of o/%u, %slisted, got %s", a->number,
            a->q.name, is_listed ? "" : "not ", a->is_ok ? "it" : a->code);
}

/* --------------------------------------------------------------- probing */

/* Of both names only the last letter differs. */
static bool is_alike(const struct ask *a, const struct ask *b)
{
    const size_t len = strlen(a->message);
    bool is_same = len == strlen(b->message) && strcmp(a->code, b->code) == 0;

    for (size_t i = 0; i < len && is_same; i++)
        is_same =
            a->message[i] == b->message[i] ||
            (i > 1 && a->message[i - 1] == '/' && a->message[i - 2] == 'o');
    return is_same;
}

static void check_alike(const struct ask *a)
{
    const struct ask *twin = ask_find(a->world, a->twin);

    if (!twin || !twin->told || is_lost(a) || is_lost(twin))
        return;
    WORLD_HOLDS(a->world, INVARIANT_ALIKE, is_alike(a, twin),
                "what is absent is %s %s, and what is hidden %s %s", a->code,
                a->message, twin->is_ok ? "ok" : twin->code, twin->message);
}

void verdict_on_end(struct ask *a, const struct pending_outcome *outcome)
{
    if (!outcome->is_ok && outcome->is_aborted && !liar_may_have_said(a))
        check_abort(a);
    note_end(a, outcome);
    count(a);
    check_deadline(a);
    if (liar_may_have_said(a))
        return;
    check_mishap(a);
    check_calm(a);
    harm_check_end(a);
    if (a->twin)
        check_alike(a);
    if (a->kind == ASK_CALL || a->kind == ASK_SUBSCRIPTION)
        check_fate(a);
    if (a->kind == ASK_SCHEMA)
        check_schema(a);
    if (!a->is_ok)
        return;
    if (a->kind == ASK_CALL)
        check_answer(a, outcome->output);
    if (a->kind == ASK_LIST)
        check_list(a, outcome->output);
    if (a->kind == ASK_SUBSCRIPTION)
        check_complete(a);
}

void verdict_on_import(struct import *i, bool is_ok, uint32_t names)
{
    const struct end *e = i->end, *there = world_peer(i->end);
    struct world *w = e->place->world;
    uint32_t listed;

    WORLD_HOLDS(w, INVARIANT_IMPORT, i->told == 1,
                "an import over tie %u was told %u times", e->tie->number,
                i->told);
    if (!is_ok || !there->was_open || liar_has_lied(there->place) ||
        liar_has_lied(e->place))
        return;
    listed = i->wanted & model_listed(&w->cast, there->place->at, &there->peer,
                                      there->is_open);
    WORLD_HOLDS(w, INVARIANT_IMPORT, names == listed,
                "n%u imported %x from n%u, which lists %x", e->place->at, names,
                there->place->at, listed);
}

/* --------------------------------------------------------------- the whole */

/* [FL-13] Memory grows by what has come, whatever was announced. */
static void check_bounded(const struct end *e)
{
    const struct streams *all = &e->c->streams;

    for (struct table_entry *t = table_first(&all->by_id); t;
         t = table_next(t)) {
        const struct stream *s = t->value;
        const struct buf *half = &s->reader.body;

        WORLD_HOLDS(e->place->world, INVARIANT_BOUNDED,
                    half->capacity <= 2 * half->len + KEPT_MAX,
                    "n%u keeps %zu bytes for %zu that have come", e->place->at,
                    half->capacity, half->len);
    }
}

void verdict_on_stir(struct place *p)
{
    struct world *w = p->world;
    const uint64_t people = w->open_asks + w->open_imports;
    const size_t lies = /* [FL-13] he announces a frame, and fills it */
        cast_has(&w->cast, CAST_HOSTILE) ? BOUNDS_HALF_READ_MAX + w->lied : 0;
    struct connection_stats s;

    if (!p->node || (p->ends.count > 8 && p->stirred++ % 32))
        return;
    s = node_count(p->node);
    for (struct table_entry *t = table_first(&p->ends); t; t = table_next(t))
        check_bounded(t->value);
    WORLD_HOLDS(w, INVARIANT_BOUNDED,
                s.pending <= people + s.passed &&
                    s.bytes <= s.streams * STREAM_BYTES_MAX + lies,
                "n%u holds %zu pending calls, %zu passed on, and %zu bytes of "
                "%zu streams, and %llu people wait",
                p->at, s.pending, s.passed, s.bytes, s.streams,
                (unsigned long long)people);
}

void verdict_on_calm(struct world *w)
{
    for (uint32_t i = 0; i < w->ask_count; i++)
        WORLD_HOLDS(w, INVARIANT_LIVE, w->asks[i]->told == 1,
                    "question %u waits on, though the weather is clear",
                    w->asks[i]->number);
    for (const struct job *j = w->jobs; j; j = j->next) {
        WORLD_HOLDS(w, INVARIANT_CASCADE,
                    !job_is_live(j) || !j->ask->is_aborted,
                    "job %u works on for question %u, which was given up",
                    j->number, j->ask->number);
        WORLD_HOLDS(w, INVARIANT_LIVE, !job_is_live(j),
                    "job %u works on, though the weather is clear", j->number);
    }
    for (const struct import *i = w->imports; i; i = i->next)
        WORLD_HOLDS(w, INVARIANT_IMPORT, i->told == 1,
                    "an import over tie %u has no end", i->end->tie->number);
}

void verdict_on_rest(struct world *w)
{
    for (uint32_t at = 0; at < w->cast.node_count; at++) {
        struct connection_stats s = node_count(w->places[at].node);

        WORLD_HOLDS(w, INVARIANT_GIVEN_BACK,
                    s.pending + s.served + s.passed + s.bytes + s.streams == 0,
                    "n%u rests with %zu pending, %zu served, %zu passed on, "
                    "%zu bytes, %zu streams",
                    at, s.pending, s.served, s.passed, s.bytes, s.streams);
    }
}

void verdict_on_ending(struct world *w)
{
    for (uint32_t i = 0; i < w->ask_count; i++)
        WORLD_HOLDS(w, INVARIANT_TOLD_ONCE, w->asks[i]->told == 1,
                    "question %u was never told its end", w->asks[i]->number);
    for (const struct job *j = w->jobs; j; j = j->next)
        WORLD_HOLDS(w, INVARIANT_ENDED_ONCE, j->answered + j->stopped == 1,
                    "job %u ended %u times", j->number,
                    j->answered + j->stopped);
}
