/* SPDX-License-Identifier: MIT */
/*
 * Start at the end: dispatch_check() has the checks in a column, each a
 * question to a leaf. The first that says no decides, and what it says is all
 * the caller learns.
 *
 * Filtered, absent and internal are one answer, made by one function: the same
 * code, the same words, the same work. A peer that could tell them apart would
 * know what it must not know [VI-2, EC-11, EC-12].
 */
#include "ref/rules/dispatch.h"
#include "ref/base/bounds.h"
#include "ref/base/jstring.h"

/* A name is cut for the message, between two characters of UTF-8. */
static struct slice echoed(struct slice name)
{
    size_t len = name.len;

    if (len > BOUNDS_NAME_ECHO_MAX) {
        len = BOUNDS_NAME_ECHO_MAX;
        while (len > 0 && (name.data[len] & 0xc0) == 0x80)
            len--;
    }
    return slice_head(name, len);
}

struct call_error dispatch_not_found(struct slice name, struct buf *scratch)
{
    buf_reset(scratch);
    buf_put(scratch, "operation not found: ");
    buf_put_slice(scratch, echoed(name)); /* [OP-6], [HF-5] no more */
    return call_error_make(CALL_ERROR_NOT_FOUND, buf_slice(scratch));
}

static const struct registration *hide(const struct context *context,
                                       struct buf *scratch,
                                       struct call_error *ret_error)
{
    *ret_error = dispatch_not_found(context->operation, scratch);
    return NULL;
}

static const struct registration *forbid(const struct buf *words,
                                         struct call_error *ret_error)
{
    *ret_error = call_error_make(CALL_ERROR_FORBIDDEN, buf_slice(words));
    return NULL;
}

static bool is_visible(const struct registration *operation,
                       const struct context *context)
{
    /* [VI-1] */
    return operation->spec.visibility == SPEC_EXTERNAL || context->is_internal;
}

bool dispatch_allows(const struct registration *operation,
                     const struct context *context)
{
    struct buf ignored;
    bool is_allowed;

    buf_init(&ignored, BOUNDS_NAME_ECHO_MAX);
    is_allowed =
        peer_filter_allows(context->filter, operation) && /* [SL-7] */
        is_visible(operation, context) &&
        access_check(&operation->spec.access, context->identity, &ignored);
    buf_clear(&ignored);
    return is_allowed;
}

const struct registration *dispatch_check(const struct registry *registry,
                                          const struct context *context,
                                          struct buf *scratch,
                                          struct call_error *ret_error)
{
    const struct registration *operation =
        registry_find(registry, context->operation);

    buf_reset(scratch);
    /* [CK-1, LG-5] what the filter hides is not there, before anything else */
    if (operation && !peer_filter_allows(context->filter, operation))
        return hide(context, scratch, ret_error);
    /* [CK-2, SY-3] 1. is there such an operation? */
    if (!operation)
        return hide(context, scratch, ret_error);
    /* [CK-2, OC-1] 2. visibility before access: a hidden operation must look
     * absent, also to those who would be refused */
    if (!is_visible(operation, context))
        return hide(context, scratch, ret_error);
    /* [CK-2, SY-5] 3. may this identity? */
    if (!access_check(&operation->spec.access, context->identity, scratch))
        return forbid(scratch, ret_error);
    return operation; /* [CK-3] only now may a handler be run */
}

/* {"code","message"} of an error that was not declared; false when that is
 * longer than anything may be. */
static bool print_original(const struct call_error *raised, struct buf *out)
{
    return buf_add(out, slice_of("{\"code\":")) &&
           jstring_quote(out, raised->code) &&
           buf_add(out, slice_of(",\"message\":")) &&
           jstring_quote(out, raised->message) && buf_add(out, slice_of("}"));
}

struct call_error dispatch_error(const struct registration *operation,
                                 const struct call_error *raised,
                                 struct buf *scratch)
{
    struct call_error e;

    buf_reset(scratch);
    if (!raised) /* [HF-2, HF-4, HF-5, OC-8] fixed words */
        return call_error_make(CALL_ERROR_INTERNAL,
                               slice_of("the handler broke down"));
    /* [HF-1, EC-6, RS-5] as it is; [EC-8] also where none are declared */
    if (call_error_is_protocol(raised->code) ||
        json_array_size(operation->spec.error_schemas) == 0 ||
        spec_declares(&operation->spec, raised->code))
        return *raised;
    e = call_error_make(CALL_ERROR_INTERNAL,
                        slice_of("an error that was not declared"));
    if (print_original(raised, scratch))
        e.details = buf_slice(scratch);
    return e;
}
