/* SPDX-License-Identifier: MIT */
/*
 * A relay stands between a call that we serve and the request of ours that has
 * it done. It is found by the call's serial and lives until the request has
 * ended: its waiter is told exactly once, and so the relay is freed once.
 *
 * Items come when they like and are asked for when there is room. One may be
 * ahead of being asked for and is kept; meanwhile the peer's stream is not
 * read, so what holds our caller back holds the peer back, too [SU-9, SU-17].
 */
#include "ref/session/forward.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"
#include "ref/rules/env.h"

struct relay {
    struct commons *commons;  /* borrowed */
    struct handler_call call; /* who is answered */
    uint64_t connection;      /* where it was passed on … */
    uint64_t ticket;          /* … and as what */
    bool is_asked;            /* there is room for an item */
    bool is_ahead;            /* `item` came before it was asked for */
    struct buf item;          /* then this is it */
};

static struct relay *find(struct handler_call call)
{
    const struct commons *commons = call.desk->self;

    return table_find(&commons->relays, table_key(&call.serial));
}

/* ------------------------------------------------------------- answers */

static void fail(struct handler_call call, enum call_error_code code,
                 const char *message)
{
    const struct call_error e = call_error_make(code, slice_of(message));

    handler_fail(call, &e);
}

/* [AB-10, AB-22, FW-8] The peer is told by the id that the call has there. */
static void give_up(struct relay *r)
{
    struct connection *c = commons_connection(r->commons, r->connection);

    if (c)
        client_abort(c, r->ticket);
}

/* [FW-6] as it came: code, details and all. */
static void pass_end(struct handler_call call, bool is_stream,
                     const struct pending_outcome *outcome)
{
    if (!outcome->is_ok)
        handler_fail(call, &outcome->error);
    else if (is_stream)
        handler_complete(call);
    else
        handler_respond(call, outcome->output);
}

static void end(struct relay *r, bool is_stream,
                const struct pending_outcome *outcome)
{
    struct handler_call call = r->call;

    (void)table_remove(&r->commons->relays, table_key(&call.serial));
    r->commons->ahead -= r->item.len;
    buf_clear(&r->item);
    xalloc_free(r);
    pass_end(call, is_stream, outcome);
}

static void tell_answer(void *self, const struct pending_outcome *outcome)
{
    end(self, false, outcome);
}

static void tell_end(void *self, const struct pending_outcome *outcome)
{
    end(self, true, outcome);
}

/* Nobody has asked for it yet, and all that is kept has to have an end. */
static void keep_ahead(struct relay *r, struct slice output)
{
    r->is_ahead = true;
    buf_put_slice(&r->item, output);
    r->commons->ahead += output.len;
    if (r->commons->ahead > BOUNDS_AHEAD_MAX) {
        fail(r->call, CALL_ERROR_INTERNAL, "too many items lie unread");
        give_up(r);
    }
}

/* [FW-10, SU-7] One at a time. */
static bool take_item(void *self, struct slice output)
{
    struct relay *r = self;

    if (r->is_asked) {
        r->is_asked = false;
        handler_item(r->call, output);
    } else {
        keep_ahead(r, output);
    }
    return false;
}

/* ------------------------------------------------------------- passing on */

/* [FW-7] what is left of the caller's time; 0: as the node has it. */
static uint64_t time_left(const struct commons *commons,
                          const struct context *context)
{
    if (context->deadline_ns == NEVER)
        return 0;
    return context->deadline_ns > commons->now_ns
               ? context->deadline_ns - commons->now_ns
               : 1;
}

static struct relay *relay_new(struct connection *c, struct handler_call call)
{
    struct relay *r = xalloc(1, sizeof *r);

    r->commons = c->commons;
    r->call = call;
    r->connection = c->serial;
    buf_init(&r->item, BOUNDS_BODY_MAX);
    table_add(&r->commons->relays, table_key(&call.serial), r);
    return r;
}

/* It may have ended before there is a ticket. */
static void ask(struct connection *c, struct handler_call call,
                const struct client_request *request, bool is_stream)
{
    struct relay *r = relay_new(c, call);
    uint64_t ticket =
        is_stream
            ? client_subscribe(c, request,
                               (struct pending_waiter){tell_end, take_item, r})
            : client_call(c, request,
                          (struct pending_waiter){tell_answer, NULL, r});

    r = find(call);
    if (r)
        r->ticket = ticket;
}

/* [FW-2, FF-7, FF-8] for the end user, or nobody; as ourselves. */
static void pass_on(struct connection *c, const struct context *context,
                    struct slice operation, struct slice input,
                    struct handler_call call, bool is_stream)
{
    const struct identity *user = context_end_user(context);
    const bool is_much = asking_unsent(&c->asking) > BOUNDS_OWED_MAX;
    struct client_request request = {
        .operation = operation,
        .input = input,
        .timeout_ns = time_left(c->commons, context),
    };
    struct buf claim;

    buf_init(&claim, BOUNDS_BODY_MAX);
    if (user && identity_print(user, &claim))
        request.forwarded_for = buf_slice(&claim);
    if (is_much) /* [FL-13] callers are faster than the peer */
        fail(call, CALL_ERROR_INTERNAL, "too many requests lie unread there");
    else
        ask(c, call, &request, is_stream);
    buf_clear(&claim);
}

static void stop(void *self, struct handler_call call)
{
    struct relay *r = find(call);

    (void)self;
    if (r)
        give_up(r);
}

static void resume(struct relay *r)
{
    struct connection *c = commons_connection(r->commons, r->connection);

    if (c)
        client_resume(c, r->ticket);
}

/* Giving it may end it all, relay included. */
static void give_ahead(struct relay *r)
{
    struct buf item = r->item;

    r->is_ahead = false;
    r->commons->ahead -= item.len;
    buf_init(&r->item, BOUNDS_BODY_MAX);
    handler_item(r->call, buf_slice(&item));
    buf_clear(&item);
}

static void pull(void *self, struct handler_call call)
{
    struct relay *r = find(call);

    (void)self;
    if (!r)
        return;
    if (r->is_ahead) {
        give_ahead(r);
    } else {
        r->is_asked = true;
        resume(r);
    }
}

/* ------------------------------------------------------------- imported */

/* What the handler of an imported operation has to know. */
struct import {
    struct commons *commons; /* borrowed */
    uint64_t connection;     /* over which it was imported */
    struct slice name;       /* owned: the peer's own name for it [FW-1] */
    bool is_stream;          /* is it a subscription? */
};

/* [LY-5] A connection that is gone answers nothing any more. */
static void start_import(void *self, const struct context *context,
                         struct slice input, struct handler_call call)
{
    const struct import *i = self;
    struct connection *c = commons_connection(i->commons, i->connection);

    if (c)
        pass_on(c, context, i->name, input, call, i->is_stream);
    else
        fail(call, CALL_ERROR_INTERNAL, "connection closed");
}

static void drop_import(void *self)
{
    struct import *i = self;

    xalloc_free((void *)(uintptr_t)i->name.data);
    xalloc_free(i);
}

static struct handler handler_of(enum spec_op_type op_type)
{
    return (struct handler){.pull = op_type == SPEC_SUBSCRIPTION ? pull : NULL,
                            .stop = stop};
}

struct handler forward_import(struct commons *commons, uint64_t connection,
                              struct slice remote_name,
                              enum spec_op_type op_type)
{
    struct handler h = handler_of(op_type);
    struct import *i = xalloc(1, sizeof *i);

    *i = (struct import){
        .commons = commons,
        .connection = connection,
        .name = slice_make(xalloc_copy(remote_name), remote_name.len),
        .is_stream = op_type == SPEC_SUBSCRIPTION,
    };
    h.start = start_import;
    h.drop = drop_import;
    h.self = i;
    return h;
}

/* ------------------------------------------------------------- offered */

struct offer {
    struct slice peer; /* owned; data NULL: any */
    struct slice name; /* owned: what it is called here */
    bool is_stream;    /* is a subscription offered? */
};

/* Whoever asked for an offer is told of the name that it asked for. */
static void refuse(struct handler_call call, const struct context *context,
                   struct call_error *error, struct buf *scratch)
{
    if (slice_equal(error->code, slice_of("NOT_FOUND")))
        *error = dispatch_not_found(context->operation, scratch);
    handler_fail(call, error);
}

/* [OC-6, FW-11, FW-13] Reach, and the peer's own access as it was imported, are
 * asked as if it were composed; then the peer's handler answers this very call,
 * so that items, aborts and the id are those of our caller. */
static void start_offer(void *self, const struct context *context,
                        struct slice input, struct handler_call call)
{
    const struct offer *o = self;
    struct context child =
        context_from_parent(context, context->request_id, o->name);
    const struct registration *operation;
    struct call_error error;
    struct buf scratch;

    child.takes_items = o->is_stream;
    buf_init(&scratch, BOUNDS_BODY_MAX);
    operation = env_check_at_peers(context, &child, (struct peer_ref){o->peer},
                                   input, &scratch, &error);
    if (!operation)
        refuse(call, context, &error, &scratch);
    else if (o->is_stream != (operation->handler.pull != NULL))
        fail(call, CALL_ERROR_INVALID_OPERATION_TYPE,
             "the peer's operation is of another kind");
    else /* peers' handlers keep nothing of a context, see start_import() */
        operation->handler.start(operation->handler.self, &child, input, call);
    buf_clear(&scratch);
}

static void drop_offer(void *self)
{
    struct offer *o = self;

    xalloc_free((void *)(uintptr_t)o->peer.data);
    xalloc_free((void *)(uintptr_t)o->name.data);
    xalloc_free(o);
}

struct handler forward_offer(struct peer_ref peer, struct slice name,
                             enum spec_op_type op_type)
{
    struct handler h = handler_of(op_type);
    struct offer *o = xalloc(1, sizeof *o);

    if (!peer_ref_is_any(peer))
        o->peer = slice_make(xalloc_copy(peer.id), peer.id.len);
    o->name = slice_make(xalloc_copy(name), name.len);
    o->is_stream = op_type == SPEC_SUBSCRIPTION;
    h.start = start_offer;
    h.drop = drop_offer;
    h.self = o;
    return h;
}
