/* SPDX-License-Identifier: MIT */
/*
 * Look for dispatch_check(), which has the checks in a column, each a question
 * to a leaf; those of what is there for the caller are in check_seen() above
 * it. The first that says no decides, and what it says is all the caller
 * learns.
 *
 * Filtered, absent and internal are one answer, made by one function: the same
 * code, the same words, the same work. A peer that could tell them apart would
 * know what it must not know [VI-2, EC-11, EC-12].
 */
#include "ref/rules/dispatch.h"
#include "ref/base/bounds.h"
#include "ref/base/jstring.h"
#include "ref/model/schema.h"

struct call_error dispatch_not_found(struct slice name, struct buf *scratch)
{
    buf_reset(scratch);
    buf_put(scratch, "operation not found: ");
    /* [OP-6], [HF-5] no more */
    buf_put_slice(scratch, slice_cut(name, BOUNDS_NAME_ECHO_MAX));
    return call_error_make(CALL_ERROR_NOT_FOUND, buf_slice(scratch));
}

static bool hide(const struct context *context, struct buf *scratch,
                 struct call_error *ret_error)
{
    *ret_error = dispatch_not_found(context->operation, scratch);
    return false;
}

static bool refuse(enum call_error_code code, const struct buf *words,
                   struct call_error *ret_error)
{
    *ret_error = call_error_make(code, buf_slice(words));
    return false;
}

static bool is_visible(const struct registration *operation,
                       const struct context *context)
{
    /* [VI-1] */
    return operation->spec.visibility == SPEC_EXTERNAL || context->is_internal;
}

/* [OW-4] Who owns what is known of this node's own resources alone: of a peer's
 * operation the resources of the identity decide [OW-5]. */
static const struct access_owners *
owners_of(const struct registration *operation, const struct context *context)
{
    return operation->provenance == REGISTRY_FROM_CALL ? NULL : context->owners;
}

bool dispatch_lets(const struct registration *operation,
                   const struct context *context)
{
    const struct access_resource some = {/* [SL-4] */
                                         .owners =
                                             owners_of(operation, context)};
    struct buf ignored;
    bool is_let;

    buf_init(&ignored, BOUNDS_NAME_ECHO_MAX);
    is_let = peer_filter_allows(context->filter, operation) && /* [SL-7] */
             access_check(&operation->spec.access, context->identity, some,
                          &ignored);
    buf_clear(&ignored);
    return is_let;
}

bool dispatch_allows(const struct registration *operation,
                     const struct context *context)
{
    /* [SL-2, VI-3] who composes may call more than is shown to anybody */
    return operation->spec.visibility == SPEC_EXTERNAL &&
           dispatch_lets(operation, context);
}

/* What came with the request. Its tree is made when a check first wants to
 * look: who is refused before that costs none. */
struct input {
    struct slice text;
    json_t *tree; /* owned; NULL: not looked at, or no tree */
};

static const json_t *look_into(struct input *input)
{
    struct failure ignored;

    if (!input->tree)
        input->tree = value_parse(input->text, &ignored);
    return input->tree;
}

/* [RP-1] Which resource is it about? */
static struct access_resource resource_of(const struct registration *operation,
                                          const struct context *context,
                                          struct input *input)
{
    struct slice path = operation->spec.resource_id_path;
    struct access_resource resource = {.owners = owners_of(operation, context),
                                       .is_named = path.data != NULL};

    if (resource.owners && resource.is_named)
        resource.id = resource_path_find(path, look_into(input));
    return resource;
}

/* [RG-8, RG-10, PE-10, SU-17] one answer is all that composing can wait for. */
static bool is_kind(const struct registration *operation,
                    const struct context *context, struct buf *why)
{
    if (!context->is_internal || context->takes_items ||
        !operation->handler.pull)
        return true;
    buf_put(why, "a subscription cannot be composed");
    return false;
}

/* [OC-2] What a peer serves it checks by itself. */
static bool fits(const struct registration *operation, struct input *input,
                 struct buf *why)
{
    const json_t *schema = operation->spec.input_schema;

    if (operation->provenance == REGISTRY_FROM_CALL || schema_is_open(schema))
        return true;
    if (look_into(input))
        return schema_allows(schema, input->tree, why);
    buf_put(why, "there is more in it than this node can look at");
    return false;
}

/* What is asked of an operation that is there for the caller. */
static bool check_seen(const struct registration *operation,
                       const struct context *context, struct input *input,
                       struct buf *scratch, struct call_error *ret_error)
{
    /* [CK-2, SY-5] 3. may this identity? */
    if (!access_check(&operation->spec.access, context->identity,
                      resource_of(operation, context, input), scratch))
        return refuse(CALL_ERROR_FORBIDDEN, scratch, ret_error);
    /* [CK-2] 4. is it of the kind that was asked for? */
    if (!is_kind(operation, context, scratch))
        return refuse(CALL_ERROR_INVALID_OPERATION_TYPE, scratch, ret_error);
    /* [OC-2] 5. does the input fit? Last, so that nobody learns from it what
     * an operation wants who may not call it */
    if (!fits(operation, input, scratch))
        return refuse(CALL_ERROR_INVALID_INPUT, scratch, ret_error);
    return true; /* [CK-3] only now may a handler be run */
}

bool dispatch_check(const struct registration *operation,
                    const struct context *context, struct slice input,
                    struct buf *scratch, struct call_error *ret_error)
{
    struct input looked = {.text = input};
    bool is_good;

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
    is_good = check_seen(operation, context, &looked, scratch, ret_error);
    json_decref(looked.tree);
    return is_good;
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
    /* [HF-1, EC-6, RS-5] as it is; [EC-8] also where none are declared, and
     * [FW-6] where a peer has seen to it */
    if (call_error_is_protocol(raised->code) ||
        operation->provenance == REGISTRY_FROM_CALL ||
        json_array_size(operation->spec.error_schemas) == 0 ||
        spec_declares(&operation->spec, raised->code))
        return *raised;
    e = call_error_make(CALL_ERROR_INTERNAL,
                        slice_of("an error that was not declared"));
    if (print_original(raised, scratch))
        e.details = buf_slice(scratch);
    return e;
}
