/* SPDX-License-Identifier: MIT */
/*
 * A composed call is checked when it is asked for and started later, so that it
 * never begins inside the handler that composed it, however deep they compose.
 * Until then it counts as not started, which matters to an abort [AB-5].
 */
#include "ref/session/composing.h"
#include "ref/base/bounds.h"
#include "ref/base/uuid.h"
#include "ref/rules/env.h"

static void refuse(struct pending_waiter waiter, const struct call_error *error,
                   bool is_aborted)
{
    const struct pending_outcome outcome = {.is_aborted = is_aborted,
                                            .error = *error};

    waiter.tell(waiter.self, &outcome);
}

/* ------------------------------------------------------------- the outlet */

static void leave(struct served *call)
{
    struct commons *commons = call->commons;

    if (call == commons->composed_next)
        commons->composed_next = call->next;
    *(call->previous ? &call->previous->next : &commons->composed_first) =
        call->next;
    *(call->next ? &call->next->previous : &commons->composed_last) =
        call->previous;
    commons->composed_count--;
}

static void tell_end(struct served *call, const struct handler_answer *answer)
{
    struct pending_outcome outcome = {.is_ok = true};

    if (!answer)
        outcome = pending_aborted();
    else if (answer->saying == HANDLER_OUTPUT)
        outcome.output = answer->output;
    else
        outcome = (struct pending_outcome){.error = *answer->error};
    call->waiter.tell(call->waiter.self, &outcome);
}

/* [AB-11, AB-12, AB-19, AB-32] Nothing of it goes to the wire. [SU-17] One
 * answer is all there is: env_check() lets nothing else through. */
static const struct served_outlet outlet = {
    .item = NULL, .leave = leave, .end = tell_end};

/* ------------------------------------------------------------- invoking */

static void enlist(struct commons *commons, struct served *call)
{
    call->previous = commons->composed_last;
    *(commons->composed_last ? &commons->composed_last->next
                             : &commons->composed_first) = call;
    commons->composed_last = call;
    if (!commons->composed_next)
        commons->composed_next = call;
    commons->composed_count++;
}

/* May `parent` compose now? Else why not. */
static const char *why_not(const struct served *parent)
{
    if (parent->tree.is_barren) /* [AB-5] */
        return "what this call belongs to was aborted";
    if (parent->tree.depth >= BOUNDS_COMPOSED_DEPTH_MAX)
        return "composed too deep";
    if (parent->commons->composed_count >= BOUNDS_COMPOSED_MAX)
        return "too many composed calls at once";
    return NULL;
}

static void make(struct served *parent, const struct context *context,
                 const struct registration *operation,
                 const struct composing_request *request,
                 struct pending_waiter waiter)
{
    struct served *call =
        served_new(parent->commons, context, slice_make(NULL, 0), &outlet);

    served_choose(call, operation);
    call->waiter = waiter;
    buf_init(&call->input, request->input.len);
    buf_put_slice(&call->input, request->input);
    calltree_add(&parent->tree, &call->tree, /* [AB-9a, CX-10] */
                 request->has_policy ? request->policy : parent->tree.policy);
    enlist(parent->commons, call);
}

/* [CX-2, ID-10] under an id of our own, which nobody outside will see */
static void invoke(struct served *parent,
                   const struct composing_request *request,
                   struct pending_waiter waiter)
{
    const struct registration *operation;
    struct call_error error;
    struct context context;
    struct buf id, scratch;

    buf_init(&id, UUID_LEN);
    buf_init(&scratch, BOUNDS_BODY_MAX);
    uuid_put(&id, &parent->commons->entropy);
    context = context_from_parent(&parent->context, buf_slice(&id),
                                  request->operation);
    operation = env_check(&parent->context, &context, request->peer,
                          request->input, &scratch, &error);
    if (operation)
        make(parent, &context, operation, request, waiter);
    else
        refuse(waiter, &error, false);
    buf_clear(&scratch);
    buf_clear(&id);
}

void composing_invoke(struct commons *commons, uint64_t serial,
                      const struct composing_request *request,
                      struct pending_waiter waiter)
{
    struct served *parent = served_find(commons, serial);
    const char *why = parent ? why_not(parent) : "the call is over";

    if (why) {
        const struct call_error error =
            call_error_make(CALL_ERROR_INTERNAL, slice_of(why));

        refuse(waiter, &error, !parent || parent->tree.is_barren);
    } else {
        invoke(parent, request, waiter);
    }
}

static void start(struct served *call)
{
    struct buf input = call->input;

    buf_init(&call->input, 0);
    served_start(call, buf_slice(&input));
    buf_clear(&input);
}

void composing_run(struct commons *commons)
{
    struct served *call;

    while ((call = commons->composed_next)) {
        commons->composed_next = call->next;
        start(call);
    }
}

void composing_stop_all(struct commons *commons)
{
    while (commons->composed_first)
        served_abort(commons->composed_first);
}
