/* SPDX-License-Identifier: MIT */
/*
 * A request is written down, id and all, before anything else is done about it:
 * one that does not fit into a frame never takes a stream.
 */
#include "ref/session/client.h"
#include "ref/base/bounds.h"

static void refuse(struct pending_waiter waiter, const char *message)
{
    const struct pending_outcome outcome = {
        .error = call_error_make(CALL_ERROR_INTERNAL, slice_of(message))};

    waiter.tell(waiter.self, &outcome);
}

/* [PM-4] the request's own limit before the node's; [TO-9] a subscription has
 * none of the node's. */
static uint64_t deadline_of(const struct commons *commons,
                            enum pending_kind kind, uint64_t timeout_ns)
{
    uint64_t by_default =
        kind == PENDING_CALL ? commons->call_timeout_ns : NEVER;

    return commons_in(commons, timeout_ns ? timeout_ns : by_default);
}

/* [AU-3, FF-9, FW-9] a request's own before the connection's. */
static struct slice token_of(const struct connection *c,
                             const struct client_request *request)
{
    if (request->auth_token.data || c->token.len == 0)
        return request->auth_token;
    return buf_slice(&c->token);
}

static bool print(const struct connection *c,
                  const struct client_request *request, struct slice id,
                  struct buf *ret_frame)
{
    const struct envelope_request e = {
        .operation = spec_name_of(request->operation),
        .input = request->input,
        .auth_token = token_of(c, request),
        .forwarded_for = request->forwarded_for,
    };

    return envelope_print_requested(id, &e, c->commons->body_max, ret_frame);
}

/* Why it cannot be asked at all, or NULL. */
static const char *why_not(const struct connection *c)
{
    if (c->is_closed) /* [CN-10, PM-6] */
        return "connection closed";
    if (c->asking.pending.count >= BOUNDS_PENDING_MAX)
        return "too many requests are waiting";
    return NULL;
}

static uint64_t ask(struct connection *c, enum pending_kind kind,
                    const struct client_request *request,
                    struct pending_waiter waiter)
{
    const char *why = why_not(c);
    struct buf id, frame;
    uint64_t ticket = ++c->commons->serial_last;

    buf_init(&id, UUID_LEN);
    buf_init(&frame, BOUNDS_UNSENT_MAX);
    uuid_put(&id, &c->commons->entropy);
    if (!why && !print(c, request, buf_slice(&id), &frame))
        why = "the request does not fit into a frame"; /* [FL-3] */
    if (why)
        refuse(waiter, why);
    else
        asking_add(&c->asking,
                   &(struct pending_request){
                       buf_slice(&id), ticket, kind, waiter,
                       deadline_of(c->commons, kind, request->timeout_ns),
                       &frame});
    buf_clear(&frame);
    buf_clear(&id);
    return ticket;
}

uint64_t client_call(struct connection *c, const struct client_request *request,
                     struct pending_waiter waiter)
{
    return ask(c, PENDING_CALL, request, waiter);
}

uint64_t client_subscribe(struct connection *c,
                          const struct client_request *request,
                          struct pending_waiter waiter)
{
    assert(waiter.item);
    return ask(c, PENDING_SUBSCRIPTION, request, waiter);
}

void client_resume(struct connection *c, uint64_t ticket)
{
    asking_resume(&c->asking, ticket);
}

void client_abort(struct connection *c, uint64_t ticket)
{
    asking_abort(&c->asking, ticket);
}
