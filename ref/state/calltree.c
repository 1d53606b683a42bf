/* SPDX-License-Identifier: MIT */
/* See calltree.h. */
#include "ref/state/calltree.h"

void calltree_add(struct calltree *parent, struct calltree *child,
                  enum calltree_policy policy)
{
    assert(!child->parent && !parent->is_barren);
    child->parent = parent;
    child->policy = policy;
    child->depth = parent->depth + 1;
    child->previous = parent->last;
    *(parent->last ? &parent->last->next : &parent->first) = child;
    parent->last = child;
}

static void leave_parent(struct calltree *call)
{
    struct calltree *parent = call->parent;

    if (!parent)
        return;
    *(call->previous ? &call->previous->next : &parent->first) = call->next;
    *(call->next ? &call->next->previous : &parent->last) = call->previous;
    call->parent = call->previous = call->next = NULL;
}

void calltree_remove(struct calltree *call)
{
    leave_parent(call);
    while (call->first)
        leave_parent(call->first);
}

struct calltree *calltree_next(const struct calltree *root,
                               const struct calltree *at)
{
    if (at->first)
        return at->first;
    while (at != root && !at->next)
        at = at->parent;
    return at == root ? NULL : at->next;
}
