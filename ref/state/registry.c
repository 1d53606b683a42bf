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
}

/* The name for a sentence; a failure has room for only so much. */
#define NAME(r)                                                                \
    (int)((r)->spec.name.len < 80 ? (r)->spec.name.len : 80),                  \
        (const char *)(r)->spec.name.data

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
    /* [RG-3, RG-5, OT-2] no such handlers yet */
    if (r->spec.op_type == SPEC_SUBSCRIPTION)
        return failure_say(ret_failure,
                           "%.*s: a subscription needs a streaming handler, "
                           "and this one answers once",
                           NAME(r));
    return true;
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
