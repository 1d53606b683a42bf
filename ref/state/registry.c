/* SPDX-License-Identifier: MIT */
/*
 * See registry.h. It knows names and nothing of callers: who may see or call
 * an operation is asked in rules/.
 */
#include "ref/state/registry.h"
#include "ref/base/xalloc.h"
#include "ref/model/schema.h"

void registry_drop(struct registration *r)
{
    if (r->handler.drop)
        r->handler.drop(r->handler.self);
    spec_clear(&r->spec);
    capabilities_free(r->capabilities);
    scoped_env_clear(&r->scoped_env);
    identity_free(r->authority);
    *r = (struct registration){.capabilities = NULL};
}

/* Counting is no change to what an operation is. */
static struct registration *countable(const struct registration *r)
{
    return (struct registration *)(uintptr_t)r;
}

const struct registration *registry_hold(const struct registration *r)
{
    countable(r)->holders++;
    return r;
}

void registry_release(const struct registration *r)
{
    struct registration *own = countable(r);

    if (!own)
        return;
    assert(own->holders > 0);
    if (--own->holders > 0)
        return;
    registry_drop(own);
    xalloc_free(own);
}

/* The name for a sentence; a failure has room for only so much. */
#define NAME(r)                                                                \
    (int)((r)->spec.name.len < 80 ? (r)->spec.name.len : 80),                  \
        (const char *)(r)->spec.name.data

/* [RG-3, RG-5, OT-2, SU-16] a subscription streams, the others answer once. */
static bool fits(const struct registration *r, struct failure *ret_failure)
{
    bool is_stream = r->handler.pull != NULL;

    if (is_stream == (r->spec.op_type == SPEC_SUBSCRIPTION))
        return true;
    return is_stream
               ? failure_say(ret_failure,
                             "%.*s: a streaming handler is for a "
                             "subscription, and this is none",
                             NAME(r))
               : failure_say(ret_failure,
                             "%.*s: a subscription needs a streaming handler, "
                             "and this one answers once",
                             NAME(r));
}

/* [HR-3, HR-4, CO-3, CP-8] Our own code composes, and what a session brings;
 * leaves have nobody to be and nowhere to go. */
static bool may_compose(const struct registration *r,
                        struct failure *ret_failure)
{
    if (r->provenance == REGISTRY_LOCAL || r->provenance == REGISTRY_SESSION ||
        (!r->authority && scoped_env_is_empty(&r->scoped_env)))
        return true;
    return failure_say(ret_failure,
                       "%.*s: only an operation of our own or of a session "
                       "may compose, and this one is imported",
                       NAME(r));
}

/* [VI-4, VI-5, VI-6, AD-6] whatever anybody says of it. */
static bool is_where_it_belongs(const struct registration *r,
                                struct failure *ret_failure)
{
    bool is_inner = r->provenance == REGISTRY_FROM_CALL ||
                    r->provenance == REGISTRY_FROM_JSONSCHEMA ||
                    r->provenance == REGISTRY_SESSION;

    if (!is_inner || r->spec.visibility == SPEC_INTERNAL)
        return true;
    return failure_say(ret_failure,
                       "%.*s: what is imported, or of a session, is internal",
                       NAME(r));
}

/* [OC-2] what cannot be checked is not promised. */
static bool is_checkable(const struct registration *r,
                         struct failure *ret_failure)
{
    return r->provenance == REGISTRY_FROM_CALL ||
           schema_check(r->spec.input_schema, ret_failure) ||
           failure_wrap(ret_failure, "%.*s: input_schema: ", NAME(r));
}

static bool may_add(const struct registry *g, const struct registration *r,
                    struct failure *ret_failure)
{
    if (g->is_sealed) /* [RG-7] */
        return failure_say(ret_failure,
                           "%.*s: the registry is sealed, operations are "
                           "added before the first connection",
                           NAME(r));
    if (table_find(&g->by_name, r->spec.name)) /* [RG-4] */
        return failure_say(ret_failure, "%.*s: registered already", NAME(r));
    return fits(r, ret_failure) && may_compose(r, ret_failure) &&
           is_where_it_belongs(r, ret_failure) && is_checkable(r, ret_failure);
}

bool registry_add_take(struct registry *g, struct registration *r,
                       struct failure *ret_failure)
{
    struct registration *own;

    assert(r->handler.start);
    if (!may_add(g, r, ret_failure)) {
        registry_drop(r);
        return false;
    }
    own = xalloc(1, sizeof *own);
    *own = *r;
    own->holders = 1;
    *r = (struct registration){.capabilities = NULL};
    table_add(&g->by_name, own->spec.name, own);
    return true;
}

void registry_seal(struct registry *g)
{
    g->is_sealed = true;
}

const struct registration *registry_find(const struct registry *g,
                                         struct slice name)
{
    return table_find(&g->by_name, name); /* [OS-8, RG-1] exact */
}

void registry_clear(struct registry *g)
{
    for (struct table_entry *e = table_first(&g->by_name); e; e = table_next(e))
        registry_release(e->value);
    table_clear(&g->by_name);
    g->is_sealed = false;
}
