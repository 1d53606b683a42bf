/* SPDX-License-Identifier: MIT */
/*
 * [ID-3] An id is a UUID of version 4 in its usual spelling, from the node's
 * entropy: nobody can guess it, and two nodes that call each other will not
 * meet in one [ID-4].
 */
#include "ref/session/client.h"
#include "ref/base/bounds.h"

#define UUID_LEN 36

static void make_id(const struct entropy_source *entropy, struct buf *ret)
{
    uint8_t bytes[16];

    entropy_fill(entropy, bytes, sizeof bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40); /* version 4 */
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80); /* its variant */
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            buf_put_byte(ret, '-');
        buf_put_hex(ret, slice_make(bytes + i, 1));
    }
}

static void refuse(struct pending_waiter waiter, const char *message)
{
    const struct pending_outcome outcome = {
        .error = call_error_make(CALL_ERROR_INTERNAL, slice_of(message))};

    waiter.tell(waiter.self, &outcome);
}

/* [PM-3] When to give up waiting; a time that cannot be said is never. */
static uint64_t deadline_of(const struct commons *commons, uint64_t timeout_ns)
{
    /* [PM-4] the call's own limit before the node's */
    uint64_t wait_ns = timeout_ns ? timeout_ns : commons->call_timeout_ns;

    return wait_ns < NEVER - commons->now_ns ? commons->now_ns + wait_ns
                                             : NEVER;
}

static bool print(const struct client_request *request, struct slice id,
                  size_t body_max, struct buf *ret_frame)
{
    const struct envelope_request e = {
        .operation = spec_name_of(request->operation),
        .input = request->input,
        .auth_token = request->auth_token,
        .forwarded_for = request->forwarded_for,
    };

    return envelope_print_requested(id, &e, body_max, ret_frame);
}

void client_call(struct connection *c, const struct client_request *request,
                 struct pending_waiter waiter)
{
    struct buf id, frame;

    buf_init(&id, UUID_LEN);
    buf_init(&frame, BOUNDS_UNSENT_MAX);
    make_id(&c->commons->entropy, &id);
    if (c->is_closed) /* [CN-10, PM-6] */
        refuse(waiter, "connection closed");
    else if (c->pending.count >= BOUNDS_PENDING_MAX)
        refuse(waiter, "too many calls are waiting");
    else if (!print(request, buf_slice(&id), c->commons->body_max, &frame))
        refuse(waiter, "the request does not fit into a frame"); /* [FL-3] */
    else
        pending_add(&c->pending, buf_slice(&id), waiter,
                    deadline_of(c->commons, request->timeout_ns), &frame);
    buf_clear(&frame);
    buf_clear(&id);
}
