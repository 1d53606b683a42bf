/* SPDX-License-Identifier: MIT */
/* See env.h. [CA-1, CA-3] The authority is the composing handler's
 * (rules/context.c), [CX-7] at every depth its own, and no check is left out.
 */
#include "ref/rules/env.h"

const struct registration *env_check(const struct registry *registry,
                                     const struct registration *parent,
                                     const struct context *context,
                                     struct buf *scratch,
                                     struct call_error *ret_error)
{
    const struct registration *operation;

    assert(context->is_internal);
    /* [SE-2, SE-3, SE-6] before it is even looked for */
    if (!strings_has(&parent->scoped_env, context->operation)) {
        *ret_error = dispatch_not_found(context->operation, scratch);
        return NULL;
    }
    operation = dispatch_check(registry, context, scratch, ret_error);
    /* [CK-2, RG-8, RG-10, SU-17] 4. one answer is all that composing
     * can wait for */
    if (operation && operation->handler.pull) {
        *ret_error =
            call_error_make(CALL_ERROR_INVALID_OPERATION_TYPE,
                            slice_of("a subscription cannot be composed"));
        return NULL;
    }
    return operation;
}
