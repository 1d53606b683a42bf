/* SPDX-License-Identifier: MIT */
/* See harm.h. Of what liars may not do nothing is said of the liars: only what
 * becomes of everybody else is looked at. */
#include "netsim/harm.h"

#define HURRY_NS (10 * WORLD_S) /* who waits less may wait in vain */

/* --------------------------------------------------------------- questions
 */

static bool has_code(const struct ask *a, const char *code)
{
    return strcmp(a->code, code) == 0;
}

static bool is_listing(const struct ask *a)
{
    return a->kind == ASK_LIST || a->kind == ASK_SCHEMA;
}

/* Its own handler, whoever asked for it in the wrong way, or somebody it was
 * passed on to, may be why it failed. */
static bool may_fail(const struct ask *a)
{
    const struct cast *cast = &a->world->cast;
    const struct place *there = world_peer(a->end)->place;
    const struct cast_op *op =
        a->q.name < CAST_NAMES ? &cast->nodes[there->at].ops[a->q.name] : NULL;

    return a->is_spoilt ||
           (op && !is_listing(a) &&
            (op->is_offer || op->is_stream != (a->kind == ASK_SUBSCRIPTION)));
}

/* Is there something that a question may be lost with: its connection or its
 * stream? */
static bool may_be_lost(const struct ask *a)
{
    const struct world *w = a->world;

    return a->end->tie->is_torn || w->is_ending ||
           (strcmp(a->message, "connection closed") == 0 &&
            !cast_is_fair(&w->cast));
}

/* Was there time enough, and nobody who took it? Before the weather clears,
 * subscriptions without end may hold all streams that there are. */
static bool has_time(const struct ask *a)
{
    return a->is_late && a->limit_ns - a->asked_ns >= HURRY_NS;
}

/* [FL-10, FL-12, SM-16] Beside liars: what one honest node asks another is
 * lost with its connection, with its stream, or not at all, and it is answered
 * in time when all is over. */
void harm_check_end(const struct ask *a)
{
    if (!a->end || a->is_aborted || !cast_has(&a->world->cast, CAST_HOSTILE))
        return;
    if (!may_fail(a) && !may_be_lost(a))
        WORLD_HOLDS(a->world, INVARIANT_HARMLESS, !has_code(a, "INTERNAL"),
                    "question %u of n%u to n%u is lost: %s", a->number,
                    a->from->at, world_peer(a->end)->place->at, a->message);
    if (has_time(a))
        WORLD_HOLDS(a->world, INVARIANT_HARMLESS, !has_code(a, "TIMEOUT"),
                    "question %u of n%u to n%u has no answer in time",
                    a->number, a->from->at, world_peer(a->end)->place->at);
}

/* --------------------------------------------------------------- connections
 */

/* Would it be there without end, if nobody did anything to it? On QUIC a node
 * that keeps still for long is found dead. */
static bool is_lasting(const struct tie *t)
{
    const struct place *one = t->ends[0].place, *other = t->ends[1].place;
    const struct world *w = one->world;

    if (!t->ends[0].was_open || !t->ends[1].was_open)
        return false;
    return w->is_legible
               ? !cast_has(&w->cast, CAST_OUTAGES)
               : cast_is_fair(&w->cast) && !one->has_lied && !other->has_lied;
}

/* [FL-10, CN-1] No peer that lies makes another close a connection. */
void harm_check_closed(const struct tie *t)
{
    struct world *w = t->ends[0].place->world;

    if (is_lasting(t) && cast_has(&w->cast, CAST_HOSTILE))
        WORLD_HOLDS(w, INVARIANT_HARMLESS, t->is_cut || w->is_ending,
                    "tie %u is closed, and nobody did that", t->number);
}
