/* SPDX-License-Identifier: MIT */
/*
 * A context starts without capabilities, and one from the wire without
 * identity: who asks is filled in once it is known. Who composes is known. The
 * secrets come last, after the last check, so that of a refused call there is
 * never a context that held any [CP-6].
 */
#include "ref/rules/context.h"

struct context context_from_wire(struct slice request_id,
                                 struct slice operation,
                                 struct peer_filter filter,
                                 struct context_origin origin)
{
    return (struct context){
        .request_id = request_id,
        .operation = operation,
        .filter = filter,
        .origin = origin,
        .deadline_ns = NEVER,
        .is_internal = false, /* [CX-1] */
    };
}

const struct identity *context_end_user(const struct context *context)
{
    return context->is_internal ? context->end_user : context->identity;
}

struct context context_from_parent(const struct context *parent,
                                   struct slice request_id,
                                   struct slice operation)
{
    return (struct context){
        .request_id = request_id,
        .operation = operation,
        .identity =
            parent->authority, /* [CX-6, CA-2, CA-5] not whoever asked it */
        .forwarded_for = NULL, /* [CX-4] */
        .end_user = context_end_user(parent),
        .owners = parent->owners,
        .layers = parent->layers,    /* [CX-9] */
        .filter = {.is_open = true}, /* which is for what peers ask for */
        .origin = parent->origin,
        .deadline_ns = parent->deadline_ns, /* [CX-5] */
        .is_internal = true,                /* [CX-1] */
    };
}
