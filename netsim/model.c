/* SPDX-License-Identifier: MIT */
/* See model.h. */
#include "netsim/model.h"

#include <stddef.h>

const char *model_code(enum model_end end)
{
    static const char *const codes[MODEL_ENDS] = {
        [MODEL_RUNS] = "",
        [MODEL_NOT_FOUND] = "NOT_FOUND",
        [MODEL_FORBIDDEN] = "FORBIDDEN",
        [MODEL_INVALID_INPUT] = "INVALID_INPUT",
        [MODEL_WRONG_TYPE] = "INVALID_OPERATION_TYPE",
    };

    return codes[end];
}

/* --------------------------------------------------------------- the gate */

/* Of which things somebody owns, as the operation names one or does not. */
static bool owns(const struct cast *cast, uint32_t at, const struct cast_op *op,
                 const struct model_asker *who, const uint32_t *resource)
{
    bool owns_some = false;

    if (who->node == CAST_NOBODY)
        return false;
    if (op->is_named && resource)
        return *resource < CAST_RESOURCES &&
               cast_owner(cast, at, *resource) == who->node;
    for (uint32_t i = 0; i < CAST_RESOURCES; i++)
        owns_some = owns_some || cast_owner(cast, at, i) == who->node;
    return owns_some;
}

/* Does `who` meet what is asked for? `resource` is what the input names, NULL
 * for whatever it may be. Where nobody keeps who owns what, rights decide. */
static bool passes(const struct cast *cast, uint32_t at,
                   const struct cast_op *op, const struct model_asker *who,
                   const uint32_t *resource, bool has_owners)
{
    if (!op->scopes && !op->has_any && !op->has_action)
        return true;
    if (!who->is_known || (op->scopes & ~who->rights.scopes) ||
        (op->has_any && !(op->any & who->rights.scopes)))
        return false;
    if (!op->has_action)
        return true;
    return has_owners ? owns(cast, at, op, who, resource)
                      : who->rights.actions >> op->action & 1;
}

static bool is_seen(const struct cast_op *op, bool is_open)
{
    return op->exists && !op->is_internal && (is_open || op->is_safe);
}

static bool is_own_passed(const struct cast *cast, uint32_t at, uint32_t name,
                          const struct model_asker *who,
                          const uint32_t *resource)
{
    return passes(cast, at, &cast->nodes[at].ops[name], who, resource,
                  cast->nodes[at].has_owners);
}

/* --------------------------------------------------------------- ways */

static struct model_fate ends(enum model_end end, uint32_t node, uint32_t name)
{
    return (struct model_fate){.end = end, .node = node, .name = name};
}

/* As whom the handler of that operation composes. */
static struct model_asker authority(const struct cast_op *op)
{
    return (struct model_asker){op->has_authority, CAST_NOBODY, op->authority};
}

static const struct model_served *find_served(const struct model_view *view,
                                              uint32_t peer, uint32_t name)
{
    for (uint32_t i = 0; i < view->count; i++) {
        const struct model_served *s = &view->served[i];

        if ((peer == CAST_ANY || s->peer == peer) && s->names >> name & 1)
            return s;
    }
    return NULL;
}

/* The checks of one node, in their order. */
enum model_end model_gate(const struct cast *cast, uint32_t at,
                          const struct model_asker *who, bool is_open,
                          bool is_composed, struct model_question q)
{
    const struct cast_op *op = &cast->nodes[at].ops[q.name];

    if (is_composed ? !op->exists : !is_seen(op, is_open))
        return MODEL_NOT_FOUND;
    if (!is_own_passed(cast, at, q.name, who, &q.resource))
        return MODEL_FORBIDDEN;
    if (is_composed && op->is_stream)
        return MODEL_WRONG_TYPE;
    if (op->is_checked && !q.has_must)
        return MODEL_INVALID_INPUT;
    return MODEL_RUNS;
}

/* What a peer serves, asked for by the handler of an operation at `at`: its
 * access as we know it, then the peer's own word. */
static struct model_fate pass_on(const struct cast *cast, uint32_t at,
                                 const struct model_served *served,
                                 const struct cast_op *by, bool takes_items,
                                 struct model_question q)
{
    const struct model_asker us = authority(by);
    const struct cast_op *op = &cast->nodes[served->peer].ops[q.name];
    struct model_fate fate;

    if (!passes(cast, at, op, &us, &q.resource, false))
        return ends(MODEL_FORBIDDEN, at, q.name);
    if (op->is_stream != takes_items)
        return ends(MODEL_WRONG_TYPE, at, q.name);
    fate = ends(
        model_gate(cast, served->peer, &served->as, served->is_open, false, q),
        served->peer, q.name);
    fate.is_vague = op->is_offer;
    return fate;
}

/* An operation of our own that passed its gate: does it pass the call on? */
static struct model_fate enter(const struct cast *cast, uint32_t at,
                               const struct model_view *view,
                               struct model_question q)
{
    const struct cast_op *op = &cast->nodes[at].ops[q.name];
    const struct model_served *served;

    if (!op->is_offer)
        return ends(MODEL_RUNS, at, q.name);
    served = find_served(view, op->offer_peer, op->offer_name);
    if (!served)
        return ends(MODEL_NOT_FOUND, at, q.name);
    q.name = op->offer_name;
    return pass_on(cast, at, served, op, op->is_stream, q);
}

struct model_fate model_wire(const struct cast *cast, uint32_t at,
                             const struct model_view *view,
                             const struct model_asker *who, bool is_open,
                             struct model_question q)
{
    enum model_end end = model_gate(cast, at, who, is_open, false, q);

    return end == MODEL_RUNS ? enter(cast, at, view, q) : ends(end, at, q.name);
}

struct model_fate model_composed(const struct cast *cast, uint32_t at,
                                 const struct model_view *view,
                                 const struct cast_op *by, uint32_t peer,
                                 struct model_question q)
{
    const struct model_asker us = authority(by);
    const struct model_served *served = find_served(view, peer, q.name);
    enum model_end end;

    if (!(by->reach >> q.name & 1))
        return ends(MODEL_NOT_FOUND, at, q.name);
    if (served)
        return pass_on(cast, at, served, by, false, q);
    if (peer != CAST_ANY)
        return ends(MODEL_NOT_FOUND, at, q.name);
    end = model_gate(cast, at, &us, true, true, q);
    return end == MODEL_RUNS ? enter(cast, at, view, q) : ends(end, at, q.name);
}

uint32_t model_listed(const struct cast *cast, uint32_t at,
                      const struct model_asker *who, bool is_open)
{
    uint32_t mask = 0;

    for (uint32_t name = 0; name < CAST_NAMES; name++)
        if (is_seen(&cast->nodes[at].ops[name], is_open) &&
            is_own_passed(cast, at, name, who, NULL))
            mask |= 1u << name;
    return mask;
}
