/* SPDX-License-Identifier: MIT */
/*
 * See registry.h. It knows names and nothing of callers: who may see or call
 * an operation is asked in rules/.
 */
#include "ref/state/registry.h"
#include "ref/base/xalloc.h"

void registry_drop(struct registration *r)
{
    spec_clear(&r->spec);
    capabilities_free(r->capabilities);
    r->capabilities = NULL;
    strings_clear(&r->scoped_env);
    identity_free(r->authority);
    r->authority = NULL;
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
    return fits(r, ret_failure);
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
    for (struct table_entry *e = table_first(&g->by_name); e;
         e = table_next(e)) {
        registry_drop(e->value);
        xalloc_free(e->value);
    }
    table_clear(&g->by_name);
    g->is_sealed = false;
}
