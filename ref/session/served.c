/* SPDX-License-Identifier: MIT */
/* See served.h. [CP-6] The capabilities are copied in here by served_admit()
 * and nowhere else, so a call that was refused never held any. */
#include "ref/session/served.h"
#include "ref/base/xalloc.h"

static struct slice own(struct slice text)
{
    return slice_make(xalloc_copy(text), text.len);
}

/* [FF-5, RQ-7] null or malformed is the same as absent, [FF-11] and no claim
 * is ever a reason to refuse. */
static struct identity *read_claim(struct slice text)
{
    struct identity who = {.resources = NULL}, *claim;

    if (!text.data || !identity_parse(text, &who))
        return NULL;
    claim = xalloc(1, sizeof *claim);
    *claim = who;
    return claim;
}

struct served *served_new(const struct served_request *request,
                          struct peer_filter filter,
                          struct context_origin origin)
{
    struct served *call = xalloc(1, sizeof *call);

    call->context = context_from_wire(own(request->id), own(request->operation),
                                      filter, origin);
    call->context.identity = identity_copy(request->identity);
    call->context.forwarded_for = read_claim(request->forwarded_for);
    return call;
}

void served_admit(struct served *call, const struct registration *operation)
{
    assert(!call->context.capabilities);
    call->context.capabilities = capabilities_copy(operation->capabilities);
    call->handler = operation->handler; /* [CL-2] */
}

/* The context shows handlers const; its owner may free. */
static void *owned(const void *borrowed)
{
    return (void *)(uintptr_t)borrowed;
}

void served_free(struct served *call)
{
    xalloc_free(owned(call->context.request_id.data));
    xalloc_free(owned(call->context.operation.data));
    identity_free(owned(call->context.identity));
    identity_free(owned(call->context.forwarded_for));
    capabilities_free(owned(call->context.capabilities));
    xalloc_free(call);
}
