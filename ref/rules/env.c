/* SPDX-License-Identifier: MIT */
/* See env.h. [CA-1, CA-3] The authority is the composing handler's
 * (rules/context.c), [CX-7] at every depth its own, and no check is left out.
 */
#include "ref/rules/env.h"

/* [SE-2, SE-3, SE-6, PE-6, SE-8] Reach is asked once, here. What is out
 * of it is answered as if nothing were there, whether it is or not. */
static const struct registration *
check(const struct context *parent, const struct context *context,
      struct peer_ref peer, const struct registration *found,
      struct slice input, struct buf *scratch, struct call_error *ret_error)
{
    assert(context->is_internal);
    if (!scoped_env_allows(parent->scoped_env, peer, context->operation))
        found = NULL;
    return dispatch_check(found, context, input, scratch, ret_error) ? found
                                                                     : NULL;
}

const struct registration *env_check(const struct context *parent,
                                     const struct context *context,
                                     struct peer_ref peer, struct slice input,
                                     struct buf *scratch,
                                     struct call_error *ret_error)
{
    return check(parent, context, peer,
                 overlay_find(&context->layers, peer, context->operation),
                 input, scratch, ret_error);
}

const struct registration *
env_check_at_peers(const struct context *parent, const struct context *context,
                   struct peer_ref peer, struct slice input,
                   struct buf *scratch, struct call_error *ret_error)
{
    return check(
        parent, context, peer,
        overlay_find_at_peers(context->layers.peers, peer, context->operation),
        input, scratch, ret_error);
}
