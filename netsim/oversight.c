/* SPDX-License-Identifier: MIT */
/* See oversight.h. A call is "above" another of the same node when its handler
 * composed it. */
#include "netsim/oversight.h"

#include "netsim/liar.h"
#include "netsim/verdict.h"

#define SAYS(s) (int)((s).len < 200 ? (s).len : 200), (const char *)(s).data

static struct world *world_of(const struct job *j)
{
    return j->post->place->world;
}

/* NULL: it came over a connection. */
static const struct job *above(const struct job *j)
{
    return j->is_composed ? j->ask->by : NULL;
}

/* Did a handler of that very node ask it? It may have come back over
 * connections, though. */
static bool is_composed(const struct ask *a, const struct post *post)
{
    return a->by && !a->end && a->from == post->place;
}

/* Did it come straight from whoever asked? Else somebody passed it on. */
static bool is_direct(const struct job *j)
{
    struct end *e = j->ask->end;

    return e && e->tie == j->end->tie && world_peer(e)->place == j->post->place;
}

/* ------------------------------------------------------------- who, whom for
 */

static bool is_who(const struct identity *who, const char *id,
                   const struct cast_rights *rights)
{
    struct cast_rights has;

    if (!who || !slice_equal(who->id, slice_of(id)))
        return false;
    has = furnish_rights(who);
    return has.scopes == rights->scopes && has.actions == rights->actions;
}

/* Is `told` whom the model has, or nobody when it has nobody? */
static bool is_asker(const struct identity *told, const char *id,
                     const struct model_asker *who)
{
    return who->is_known ? is_who(told, id, &who->rights) : told == NULL;
}

/* Who asks here: for what came over a connection of ours, its other end; for
 * what was passed on, whoever passed it on. */
static struct model_asker before(const struct job *j,
                                 const struct context *context)
{
    const struct place *p = j->post->place;
    const struct cast_op *by;

    if (!context->is_internal)
        return is_direct(j) ? ask_asker(j->ask) : j->end->peer;
    by = &p->world->cast.nodes[p->at].ops[j->ask->by->post->name];
    return (struct model_asker){by->has_authority, CAST_NOBODY, by->authority};
}

/* As whom it was asked: an authority of this node, or whoever is at the other
 * end of the connection. */
static void check_identity(const struct job *j, const struct context *context,
                           const struct model_asker *who)
{
    const struct ask *a = j->ask;
    const struct slice told =
        context->identity ? context->identity->id : slice_of("nobody");
    struct furnish_text id = furnish_peer(who->node);

    if (context->is_internal)
        id = furnish_authority(j->post->place->at, a->by->post->name);
    WORLD_HOLDS(a->world, INVARIANT_IDENTITY,
                is_asker(context->identity, id.text, who),
                "job %u is told that %.*s asks, and it is %s", j->number,
                SAYS(told), who->is_known ? id.text : "nobody");
}

/* Is it known how it came here? Not when it was passed on twice, or the tokens
 * of whoever did so have changed. */
static bool is_known(const struct job *j)
{
    return is_direct(j) || (world_peer(j->end)->place == ask_judge(j->ask) &&
                            ask_is_as_it_was(j->ask));
}

/* [FF-3] What whoever asked claims; [FF-7] of what was passed on, for whom the
 * node that did so does all this. */
static struct model_asker claimed(const struct job *j,
                                  const struct context *context)
{
    const struct ask *a = j->ask;
    const struct model_asker claim = {
        a->has_claim, 0, {VERDICT_CLAIM_SCOPES, VERDICT_CLAIM_ACTIONS}};

    if (context->is_internal) /* [CX-4] */
        return (struct model_asker){.is_known = false};
    if (is_direct(j))
        return claim;
    return a->end ? ask_asker(a) : a->by->user;
}

static void check_claim(const struct job *j, const struct context *context)
{
    const struct model_asker user = claimed(j, context);
    const struct furnish_text id = furnish_peer(user.node);
    const struct slice told = context->forwarded_for
                                  ? context->forwarded_for->id
                                  : slice_of("nobody");

    if (!context->is_internal && !is_known(j))
        return;
    WORLD_HOLDS(world_of(j), INVARIANT_IDENTITY,
                is_asker(context->forwarded_for, id.text, &user),
                "job %u is told that it is for %.*s, and it is for %s",
                j->number, SAYS(told), user.is_known ? id.text : "nobody");
}

static void check_secret(const struct job *j, const struct context *context)
{
    const struct place *p = j->post->place;
    const struct furnish_text wanted =
        furnish_secret(&p->world->cast, p->at, j->post->name);
    const struct slice key =
        context->capabilities
            ? capabilities_get(context->capabilities, slice_of("key"))
            : slice_make(NULL, 0);

    WORLD_HOLDS(
        p->world, INVARIANT_SECRET, slice_equal(key, slice_of(wanted.text)),
        "job %u has other capabilities than its operation's", j->number);
}

/* ------------------------------------------------------------- beginning */

/* It runs: so nothing may have spoken against it, at this very moment. */
static void check_allowed(const struct job *j, const struct context *context,
                          const struct model_asker *who)
{
    struct model_question q = j->ask->q;
    const struct cast *cast = &j->ask->world->cast;
    const bool is_open = context->is_internal || j->end->is_open;
    enum model_end end;

    q.name = j->post->name;
    end = model_gate(cast, j->post->place->at, who, is_open,
                     context->is_internal, q);
    WORLD_HOLDS(j->ask->world, INVARIANT_FORETOLD, end == MODEL_RUNS,
                "job %u runs o/%u at n%u, which is to be refused with %s",
                j->number, q.name, j->post->place->at, model_code(end));
}

/* [AB-5, AB-20] Nothing begins below what has ended, however far below, and
 * though it was to go on. */
static void check_above(const struct job *j)
{
    for (const struct job *up = above(j); up; up = above(up))
        WORLD_HOLDS(world_of(j), INVARIANT_CASCADE, job_is_live(up),
                    "job %u begins below job %u, which has ended", j->number,
                    up->number);
}

/* [TO-6, TO-9, CX-5, CX-12] What came over a connection has this node's time,
 * or none when it is a subscription; what is composed has no other than what it
 * is composed by. */
static void check_time(const struct job *j, const struct context *context)
{
    const struct place *p = j->post->place;
    uint64_t wanted_ns =
        j->is_stream ? NEVER : p->world->now_ns + world_patience_ns(p);

    if (context->is_internal)
        wanted_ns = j->ask->by->deadline_ns;
    WORLD_HOLDS(p->world, INVARIANT_DEADLINE, context->deadline_ns == wanted_ns,
                "job %u has until %llu ms, and is to have until %llu ms",
                j->number,
                (unsigned long long)(context->deadline_ns / WORLD_MS),
                (unsigned long long)(wanted_ns / WORLD_MS));
}

void oversight_on_start(struct job *j, const struct context *context)
{
    struct world *w = world_of(j);
    struct model_asker who;

    if (!WORLD_HOLDS(w, INVARIANT_IDENTITY, context->is_internal || j->end,
                     "job %u came over no connection", j->number))
        return;
    if (!WORLD_HOLDS(w, INVARIANT_IDENTITY,
                     !context->is_internal || is_composed(j->ask, j->post),
                     "job %u is told that it was composed, and was not",
                     j->number))
        return;
    who = before(j, context);
    j->is_composed = context->is_internal;
    j->user = context->is_internal ? j->ask->by->user : who;
    check_identity(j, context, &who);
    check_claim(j, context);
    check_allowed(j, context, &who);
    check_secret(j, context);
    check_above(j);
    check_time(j, context);
}

/* ------------------------------------------------------------- ending */

void oversight_on_answer(const struct job *j)
{
    const struct world *w = world_of(j);

    WORLD_HOLDS(world_of(j), INVARIANT_DEADLINE, w->now_ns < j->deadline_ns,
                "job %u answers %llu ms behind its deadline", j->number,
                (unsigned long long)((w->now_ns - j->deadline_ns) / WORLD_MS));
}

/* [AB-9] Is there anything that stops what came over a connection? Whoever
 * asked has ended; or the connection has, here or where it was passed on; or
 * there the time was up. */
static bool may_stop_served(const struct job *j)
{
    const struct ask *a = j->ask;

    if (j->end->tie->is_torn || liar_may_have_said(a) ||
        liar_has_lied(world_peer(j->end)->place))
        return true;
    return !j->end->c || j->end->c->is_closed || a->is_aborted || a->told ||
           !ask_is_as_it_was(a) || (!a->end && !job_is_live(a->by)) ||
           (!is_direct(j) &&
            world_of(j)->now_ns >=
                a->asked_ns + world_patience_ns(world_peer(j->end)->place));
}

/* [AB-4, AB-5, AB-7] Only what is above takes it along, and not when it is to
 * go on. */
static bool may_stop_composed(const struct job *j)
{
    return !j->ask->goes_on && !job_is_live(above(j));
}

void oversight_on_stop(const struct job *j)
{
    struct world *w = world_of(j);

    world_trace(w, "job %u is stopped", j->number);
    if (j->post->place->is_crashing)
        return;
    WORLD_HOLDS(w, INVARIANT_CONTINUES,
                w->now_ns >= j->deadline_ns ||
                    (above(j) ? may_stop_composed(j) : may_stop_served(j)),
                "job %u is stopped, though nothing has happened to it",
                j->number);
    WORLD_HOLDS(w, INVARIANT_DEADLINE,
                j->deadline_ns == NEVER || w->now_ns <= j->deadline_ns,
                "job %u is stopped behind its deadline", j->number);
}

/* [AB-4, AB-9c, AB-30] Whoever depends on it has ended with it. */
void oversight_on_over(const struct job *j)
{
    struct table *jobs = &j->post->place->jobs;

    for (struct table_entry *t = table_first(jobs); t; t = table_next(t)) {
        const struct job *below = t->value;

        WORLD_HOLDS(world_of(j), INVARIANT_CASCADE,
                    above(below) != j || below->ask->goes_on,
                    "job %u works on below job %u, which has ended",
                    below->number, j->number);
    }
}

/* [AB-10, AB-22, CN-17] What is composed was looked at when what is above it
 * ended; and word of an end takes a while. */
void oversight_on_settled(struct world *w)
{
    for (const struct job *j = w->jobs; j; j = j->next)
        if (job_is_live(j) && !above(j) && !j->ask->is_raw &&
            !liar_has_lied(j->post->place))
            WORLD_HOLDS(w, INVARIANT_CASCADE,
                        !j->ask->told || w->now_ns < j->ask->told_ns + WORLD_S,
                        "job %u works on for question %u, which has ended",
                        j->number, j->ask->number);
}
