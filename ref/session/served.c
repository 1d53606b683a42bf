/* SPDX-License-Identifier: MIT */
/*
 * end() is the one way out: the plan of who goes along is made (rules/abort.h),
 * all of them leave every list, so that nothing they still say is heard, and
 * only then handlers and waiters are told.
 *
 * [CP-6] The capabilities are copied in by served_start() and nowhere else, so
 * a call that was refused never held any.
 */
#include "ref/session/served.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"
#include "ref/rules/abort.h"
#include "ref/rules/dispatch.h"

static_assert(offsetof(struct served, tree) == 0, "found by its tree");

static struct served *served_of(struct calltree *tree)
{
    return (struct served *)(void *)tree;
}

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

/* The context shows handlers const; its owner may free. */
static void *owned(const void *borrowed)
{
    return (void *)(uintptr_t)borrowed;
}

static void served_free(struct served *call)
{
    xalloc_free(owned(call->context.request_id.data));
    xalloc_free(owned(call->context.operation.data));
    identity_free(owned(call->context.identity));
    identity_free(owned(call->context.forwarded_for));
    identity_free(owned(call->context.end_user));
    capabilities_free(owned(call->context.capabilities));
    registry_release(call->operation);
    buf_clear(&call->input);
    xalloc_free(call);
}

/* ------------------------------------------------------------- ending */

/* Its memory stays until the next sweep: its handler may still be in start(),
 * reading the context. */
static void retire(struct served *call)
{
    struct commons *commons = call->commons;

    (void)table_remove(&commons->served, table_key(&call->serial));
    reminder_set(&commons->agenda, &call->limit, NEVER);
    calltree_remove(&call->tree);
    call->outlet->leave(call);
    call->next = commons->retired;
    commons->retired = call;
}

static void stop(struct served *call)
{
    const struct handler *h = &call->operation->handler;

    if (h->stop) /* [AB-9] */
        h->stop(h->self,
                (struct handler_call){&call->commons->desk, call->serial});
}

/* `answer` NULL: without a word. [AB-4, AB-9c, AB-30] Whoever it composed and
 * who has to end with it ends without one too. */
static void end(struct served *call, const struct handler_answer *answer,
                bool is_by_handler)
{
    struct calltree *doomed = abort_plan(&call->tree);

    for (struct calltree *t = doomed; t; t = t->next_doomed)
        retire(served_of(t));
    if (!is_by_handler && call->tree.is_started)
        stop(call);
    call->outlet->end(call, answer);
    for (struct calltree *t = doomed->next_doomed; t; t = t->next_doomed) {
        if (t->is_started)
            stop(served_of(t));
        served_of(t)->outlet->end(served_of(t), NULL);
    }
}

/* [AB-27, SU-13] it says nothing more, an end neither. */
void served_abort(struct served *call)
{
    end(call, NULL, false);
}

void served_fail(struct served *call, const struct call_error *error)
{
    const struct handler_answer answer = {.saying = HANDLER_ERROR,
                                          .error = error};

    end(call, &answer, false);
}

/* [OC-7, TO-6a, TO-7, TO-8] The deadline is of the root and of all below it. */
static void ring(void *self)
{
    const struct call_error late =
        call_error_make(CALL_ERROR_TIMEOUT, slice_of("the call took too long"));

    served_fail(self, &late);
}

/* ------------------------------------------------------------- running */

struct served *served_new(struct commons *commons,
                          const struct context *context, struct slice claim,
                          const struct served_outlet *outlet)
{
    struct served *call = xalloc(1, sizeof *call);

    call->commons = commons;
    call->outlet = outlet;
    call->serial = ++commons->serial_last;
    call->context = *context;
    call->context.request_id = own(context->request_id);
    call->context.operation = own(context->operation);
    call->context.identity = identity_copy(context->identity);
    call->context.end_user = identity_copy(context->end_user);
    call->context.forwarded_for = read_claim(claim);
    call->limit = (struct reminder){.ring = ring, .self = call};
    table_add(&commons->served, table_key(&call->serial), call);
    return call;
}

void served_choose(struct served *call, const struct registration *operation)
{
    assert(!call->operation);
    call->operation = registry_hold(operation);
}

void served_start(struct served *call, struct slice input)
{
    const struct registration *operation = call->operation;
    const struct handler *h = &operation->handler; /* [CL-2] */
    struct commons *commons = call->commons;

    assert(!call->tree.is_started);
    call->tree.is_started = true;
    call->context.authority = operation->authority; /* [CX-7] */
    call->context.scoped_env = &operation->scoped_env;
    call->context.capabilities =
        capabilities_copy(operation->capabilities); /* [CK-3, LG-9] */
    reminder_set(&commons->agenda, &call->limit, call->context.deadline_ns);
    h->start(h->self, &call->context, input,
             (struct handler_call){&commons->desk, call->serial});
}

bool served_is_stream(const struct served *call)
{
    return call->operation && call->operation->handler.pull;
}

struct served *served_find(const struct commons *commons, uint64_t serial)
{
    return table_find(&commons->served, table_key(&serial));
}

/* [EC-7] an error may have to be told as another. */
static void take_error(struct served *call, const struct call_error *raised)
{
    struct call_error error;
    const struct handler_answer answer = {.saying = HANDLER_ERROR,
                                          .error = &error};
    struct buf scratch;

    buf_init(&scratch, BOUNDS_BODY_MAX);
    error = dispatch_error(call->operation, raised, &scratch);
    end(call, &answer, true);
    buf_clear(&scratch);
}

void served_take(struct commons *commons, uint64_t serial,
                 const struct handler_answer *answer)
{
    struct served *call = served_find(commons, serial);

    if (!call) /* [SU-4, SU-5] also whatever comes behind the end */
        return;
    switch (answer->saying) {
    case HANDLER_ITEM:
        assert(call->is_asked);
        call->is_asked = false;
        call->outlet->item(call, answer->output);
        break;
    case HANDLER_OUTPUT:
    case HANDLER_COMPLETE:
        assert(served_is_stream(call) == (answer->saying == HANDLER_COMPLETE));
        end(call, answer, true);
        break;
    case HANDLER_ERROR:
        take_error(call, answer->error);
        break;
    }
}

void served_sweep(struct commons *commons)
{
    while (commons->retired) {
        struct served *call = commons->retired;

        commons->retired = call->next;
        served_free(call);
    }
}
