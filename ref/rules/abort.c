/* SPDX-License-Identifier: MIT */
/*
 * [AB-4] Down to any depth, [AB-7] and only down: what is above or beside is
 * not looked at. [AB-8] What has finished is not in the tree any more.
 */
#include "ref/rules/abort.h"

/* [AB-5] Under one that ends a dependent ends, and so does what was not even
 * started; a started one that was to continue does. [AB-20] Under one that goes
 * on, all go on that were started. */
static bool must_end(const struct calltree *call)
{
    bool follows =
        call->parent->is_doomed && call->policy == CALLTREE_ABORT_DEPENDENTS;

    return follows || !call->is_started;
}

struct calltree *abort_plan(struct calltree *root)
{
    struct calltree **end = &root->next_doomed;

    root->is_doomed = true;
    for (struct calltree *c = calltree_next(root, root); c;
         c = calltree_next(root, c)) {
        c->is_doomed = must_end(c);
        c->is_barren = true; /* no new descendants */
        if (c->is_doomed) {
            *end = c;
            end = &c->next_doomed;
        }
    }
    *end = NULL;
    return root;
}
