/* SPDX-License-Identifier: MIT */
/*
 * serving_request() is the road of a request: who asks, the context, the
 * checks (rules/dispatch.c), the capabilities, the handler. There is one way
 * out for every call, retire(), and whoever takes it has either written the
 * answer or tells the handler to stop.
 *
 * Invariant: a stream owes as many answers as there are calls that point at
 * it, so it is kept for them.
 */
#include "ref/session/serving.h"
#include "ref/base/bounds.h"
#include "ref/rules/dispatch.h"

#define TRACE(v, ...) COMMONS_TRACE((v)->commons, __VA_ARGS__)
#define TEXT COMMONS_TEXT

static struct slice key_of(const uint64_t *serial)
{
    return slice_make(serial, sizeof *serial);
}

static void enlist(struct serving *v, struct stream *s, struct served *call)
{
    call->serial = ++v->commons->serial_last;
    call->serving = v;
    call->stream = s; /* [SM-8] */
    call->previous = v->last;
    *(v->last ? &v->last->next : &v->first) = call;
    v->last = call;
    v->count++;
    s->owed++;
    table_add(&v->commons->served, key_of(&call->serial), call);
}

/* The call is over. Its memory stays until the next sweep: its handler may
 * still be in start(), reading the context. */
static void retire(struct served *call)
{
    struct serving *v = call->serving;

    (void)table_remove(&v->commons->served, key_of(&call->serial));
    *(call->previous ? &call->previous->next : &v->first) = call->next;
    *(call->next ? &call->next->previous : &v->last) = call->previous;
    v->count--;
    call->stream->owed--;
    call->next = v->retired;
    v->retired = call;
    streams_settle(v->streams, call->stream);
}

static void stop(struct served *call)
{
    struct handler handler = call->handler;
    struct handler_call handle = {&call->serving->commons->desk, call->serial};

    retire(call);
    if (handler.stop)
        handler.stop(handler.self, handle);
}

static struct served *find_on(const struct serving *v, const struct stream *s)
{
    struct served *call = v->first;

    while (call && call->stream != s)
        call = call->next;
    return call;
}

/* From the front each time: a handler that is told may end other calls. */
void serving_stop_stream(struct serving *v, const struct stream *s)
{
    while (s->owed)
        stop(find_on(v, s));
}

/* So much lies unread that not even an error fits: whoever waits on this stream
 * shall know that nothing more will come. */
static void give_up(struct serving *v, struct stream *s)
{
    s->must_reset = true;
    stream_drop_unsent(s);
    serving_stop_stream(v, s);
    streams_settle(v->streams, s);
}

/* [ID-1, ID-9, EV-2] whatever the handler did, the frame carries the wire's id.
 * What does not fit into a frame becomes an error that does [FL-3]. */
static void answer_error(struct served *call, const struct call_error *error)
{
    struct serving *v = call->serving;
    struct stream *s = call->stream;
    size_t body_max = v->commons->body_max;
    struct slice id = call->context.request_id;
    const struct call_error too_long = call_error_make(
        CALL_ERROR_INTERNAL, slice_of("the error does not fit into a frame"));
    bool is_lost = !envelope_print_error(id, error, body_max, &s->unsent) &&
                   !envelope_print_error(id, &too_long, body_max, &s->unsent);

    TRACE(call->serving, "s%lld > call.error %.*s %.*s", (long long)s->id,
          TEXT(id), TEXT(error->code));
    retire(call);
    if (is_lost)
        give_up(v, s);
}

/* [CL-1] exactly one call.responded, or exactly one call.error. */
static void answer_output(struct served *call, struct slice output)
{
    const struct call_error too_long = call_error_make(
        CALL_ERROR_INTERNAL, slice_of("the output does not fit into a frame"));
    struct slice id = call->context.request_id;

    if (!envelope_print_responded(id, output, call->serving->commons->body_max,
                                  &call->stream->unsent)) {
        answer_error(call, &too_long);
        return;
    }
    TRACE(call->serving, "s%lld > call.responded %.*s",
          (long long)call->stream->id, TEXT(id));
    retire(call);
}

/* [AU-1, AU-5] who asks is decided anew for each request: [AU-3, IR-2, PI-3]
 * the token's owner if it has one, else [AU-2, AU-4, IR-3] whoever the
 * connection belongs to, else nobody. */
static const struct identity *identity_of(const struct serving *v,
                                          struct slice auth_token)
{
    const struct identity *who =
        auth_token.data ? peerbook_by_token(v->commons->peers, auth_token)
                        : NULL;

    return who ? who : v->identity;
}

static const struct registration *check(const struct serving *v,
                                        const struct served *call,
                                        struct buf *scratch,
                                        struct call_error *ret_error)
{
    if (v->count <= BOUNDS_SERVED_MAX)
        return dispatch_check(v->commons->registry, &call->context, scratch,
                              ret_error);
    *ret_error = call_error_make(CALL_ERROR_INTERNAL,
                                 slice_of("too many calls at once"));
    return NULL;
}

static void start(struct served *call, const struct registration *operation,
                  struct slice input)
{
    served_admit(call, operation); /* [CK-3, LG-9] after the last check */
    call->handler.start(
        call->handler.self, &call->context, input,
        (struct handler_call){&call->serving->commons->desk, call->serial});
}

/* [BA-1, BA-2, BA-3] each request stands alone. */
void serving_request(struct serving *v, struct stream *s,
                     const struct envelope *e)
{
    const struct served_request request = {
        .id = e->id,
        .operation = spec_name_of(e->operation), /* [OP-1, RQ-4] */
        .identity = identity_of(v, e->auth_token),
        .forwarded_for = e->forwarded_for,
    };
    struct served *call = served_new(&request, v->filter, v->origin);
    const struct registration *operation;
    struct call_error error;
    struct buf scratch;

    buf_init(&scratch, BOUNDS_BODY_MAX);
    enlist(v, s, call);
    operation = check(v, call, &scratch, &error);
    if (operation)
        start(call, operation, e->input);
    else
        answer_error(call, &error);
    buf_clear(&scratch);
}

void serving_stop_all(struct serving *v)
{
    while (v->first)
        stop(v->first);
}

void serving_sweep(struct serving *v)
{
    while (v->retired) {
        struct served *call = v->retired;

        v->retired = call->next;
        served_free(call);
    }
}

void serving_respond(struct commons *commons, uint64_t serial,
                     struct slice output)
{
    struct served *call = table_find(&commons->served, key_of(&serial));

    if (call)
        answer_output(call, output);
}

void serving_fail(struct commons *commons, uint64_t serial,
                  const struct call_error *error)
{
    struct served *call = table_find(&commons->served, key_of(&serial));

    if (call)
        answer_error(call, error); /* [HF-1, EC-6, RS-5] as it is */
}
