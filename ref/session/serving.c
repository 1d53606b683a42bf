/* SPDX-License-Identifier: MIT */
/*
 * serving_request() is the road of a request: who asks, the context, the
 * checks (rules/dispatch.c), the handler. What comes back is written by the
 * outlet.
 *
 * Invariant: a stream owes as many answers as there are calls in its list, so
 * it is kept for them.
 */
#include "ref/session/serving.h"
#include "ref/rules/dispatch.h"

#define TRACE(v, ...) COMMONS_TRACE((v)->commons, __VA_ARGS__)
#define TEXT COMMONS_TEXT

/* ------------------------------------------------------------- answering */

/* So much lies unread that not even an error fits: whoever waits on this stream
 * shall know that nothing more will come. */
static void give_up(struct serving *v, struct stream *s)
{
    s->must_reset = true;
    stream_drop_unsent(s);
    serving_stop_stream(v, s);
}

static void trace_answer(const struct served *call, const char *event,
                         struct slice code)
{
    TRACE(call, "s%lld > %s %.*s %.*s", (long long)call->stream->id, event,
          TEXT(call->context.request_id), TEXT(code));
}

/* [ID-1, ID-8, ID-9, EV-2] whatever the handler did, the frame carries the
 * wire's id. What does not fit into a frame becomes an error that does [FL-3].
 */
static void answer_error(struct served *call, const struct call_error *error)
{
    struct stream *s = call->stream;
    size_t body_max = call->commons->body_max;
    struct slice id = call->context.request_id;
    const struct call_error too_long = call_error_make(
        CALL_ERROR_INTERNAL, slice_of("the error does not fit into a frame"));

    trace_answer(call, "call.error", error->code);
    if (!envelope_print_error(id, error, body_max, &s->unsent) &&
        !envelope_print_error(id, &too_long, body_max, &s->unsent))
        give_up(call->serving, s);
}

static bool print_output(struct served *call, struct slice output)
{
    trace_answer(call, "call.responded", slice_of(""));
    return envelope_print_responded(call->context.request_id, output,
                                    call->commons->body_max,
                                    &call->stream->unsent);
}

static const char too_much_unread[] = "too many answers lie unread";

/* The output goes out. False with an error to be told instead: there was room
 * when it was asked for, but not any more, or there never will be. */
static bool write_output(struct served *call, struct slice output,
                         struct call_error *ret_error)
{
    const char *why = "the output does not fit into a frame";

    if (call->serving->streams->unsent > BOUNDS_OWED_MAX) /* [FL-13] */
        why = too_much_unread;
    else if (print_output(call, output))
        return true;
    *ret_error = call_error_make(CALL_ERROR_INTERNAL, slice_of(why));
    return false;
}

static void answer_output(struct served *call, struct slice output)
{
    struct call_error error;

    if (!write_output(call, output, &error))
        answer_error(call, &error);
}

static void answer_completed(struct served *call)
{
    trace_answer(call, "call.completed", slice_of(""));
    if (/* [EV-5] */
        !envelope_print(ENVELOPE_COMPLETED, call->context.request_id,
                        slice_of("{}"), call->commons->body_max,
                        &call->stream->unsent))
        give_up(call->serving, call->stream);
}

/* ------------------------------------------------------------- the outlet */

/* [SU-7, SM-9] in the order they are given; [RS-4] each like an answer. */
static void write_item(struct served *call, struct slice output)
{
    struct call_error error;

    if (write_output(call, output, &error))
        streams_settle(call->serving->streams, call->stream);
    else
        served_fail(call, &error);
}

static void leave(struct served *call)
{
    struct stream *s = call->stream;

    *(call->previous ? &call->previous->next : &s->calls) = call->next;
    *(call->next ? &call->next->previous : &s->calls_last) = call->previous;
    s->owed--;
    s->streaming -= served_is_stream(call);
    call->serving->count--;
    call->serving->kept -= call->kept;
    overtaken_end(&call->serving->overtaken, call->context.request_id);
    roll_remove(&call->serving->roll, call);
}

/* [CL-1] exactly one call.responded, or exactly one call.error; [SU-2, SU-3] of
 * a subscription call.completed or call.error; [AB-13] after an abort nothing,
 * whatever the handler still says. */
static void write_end(struct served *call, const struct handler_answer *answer)
{
    if (!answer)
        TRACE(call, "aborted %.*s", TEXT(call->context.request_id));
    else if (answer->saying == HANDLER_OUTPUT)
        answer_output(call, answer->output);
    else if (answer->saying == HANDLER_COMPLETE)
        answer_completed(call);
    else
        answer_error(call, answer->error);
    streams_settle(call->serving->streams, call->stream);
}

static const struct served_outlet outlet = {
    .item = write_item, .leave = leave, .end = write_end};

/* ------------------------------------------------------------- requests */

static void append(struct stream *s, struct served *call)
{
    call->previous = s->calls_last;
    call->next = NULL;
    *(s->calls_last ? &s->calls_last->next : &s->calls) = call;
    s->calls_last = call;
}

static void enlist(struct serving *v, struct stream *s, struct served *call)
{
    call->serving = v;
    call->stream = s; /* [SM-8] */
    append(s, call);
    s->owed++;
    v->count++;
    v->kept += call->kept;
    roll_add(&v->roll, call);
}

/* [AU-1, AU-5] who asks is decided anew for each request: [AU-3, IR-2, PI-3]
 * the token's owner if it has one, else [AU-2, AU-4, IR-3] whoever the
 * connection belongs to, else nobody. */
static const struct identity *identity_of(const struct serving *v,
                                          struct slice auth_token)
{
    const struct identity *who =
        auth_token.data ? auth_policy_by_token(v->commons->policy, auth_token,
                                               commons_unix_s(v->commons))
                        : NULL;

    return who ? who : v->identity;
}

/* Is there room for one more? Else why not. */
static const char *why_not(const struct serving *v, const struct served *call)
{
    if (v->count > BOUNDS_SERVED_MAX || v->kept - call->kept > BOUNDS_KEPT_MAX)
        return "too many calls at once";
    if (v->streams->unsent > BOUNDS_OWED_MAX)
        return too_much_unread;
    return NULL;
}

/* [OC-6, FC-4] A request from the wire sees Layer 0 and no other. */
static const struct registration *check(const struct serving *v,
                                        const struct served *call,
                                        struct slice input, struct buf *scratch,
                                        struct call_error *ret_error)
{
    const struct registration *operation =
        registry_find(v->commons->registry, call->context.operation);
    const char *why = why_not(v, call);

    if (!why)
        return dispatch_check(operation, &call->context, input, scratch,
                              ret_error)
                   ? operation
                   : NULL;
    *ret_error = call_error_make(CALL_ERROR_INTERNAL, slice_of(why));
    return NULL;
}

static void start(struct served *call, const struct registration *operation,
                  struct slice input)
{
    bool is_stream = operation->handler.pull != NULL; /* [SU-1] */

    if (!is_stream) /* [TO-6, TO-9, CX-12] */
        call->context.deadline_ns =
            commons_in(call->commons, call->commons->serve_timeout_ns);
    call->stream->streaming += is_stream;
    served_choose(call, operation);
    served_start(call, input);
    streams_settle(call->serving->streams, call->stream);
}

static struct served *make(struct serving *v, const struct envelope *e)
{
    struct served *call;
    struct context context =
        context_from_wire(e->id, spec_name_of(e->operation), /* [OP-1, RQ-4] */
                          v->filter, v->origin);

    context.identity = identity_of(v, e->auth_token);
    context.owners = v->commons->owners;
    context.layers =
        (struct overlay_layers){.peers = &v->commons->overlays, /* [LY-7] */
                                .base = v->commons->registry};
    call = served_new(v->commons, &context, e->forwarded_for, &outlet);
    call->kept = e->id.len + e->operation.len + e->forwarded_for.len;
    return call;
}

/* [BA-1, BA-2, BA-3] each request stands alone. */
void serving_request(struct serving *v, struct stream *s,
                     const struct envelope *e)
{
    const struct registration *operation;
    struct call_error error;
    struct served *call;
    struct buf scratch;

    if (s->is_write_over) /* [SM-28] nobody will hear the answer */
        return;
    if (v->streams->unsent > 2 * BOUNDS_OWED_MAX) { /* nor read it */
        give_up(v, s);
        return;
    }
    if (overtaken_take(&v->overtaken, e->id)) /* [AB-15] */
        return;
    call = make(v, e);
    buf_init(&scratch, BOUNDS_BODY_MAX);
    enlist(v, s, call);
    operation = check(v, call, e->input, &scratch, &error);
    if (operation)
        start(call, operation, e->input);
    else
        served_fail(call, &error); /* [CK-4, SU-6, RG-9] and nothing else */
    buf_clear(&scratch);
}

/* [SU-8] Each in its turn; whoever was asked already is not asked again. The
 * list may change under any of them. */
void serving_pull(struct serving *v, struct stream *s)
{
    for (size_t turns = s->owed; turns && s->calls; turns--) {
        struct served *call = s->calls;

        *(call->next ? &call->next->previous : &s->calls_last) = NULL;
        s->calls = call->next;
        append(s, call);
        if (served_is_stream(call) && !call->is_asked) {
            const struct handler *h = &call->operation->handler;

            call->is_asked = true;
            h->pull(h->self,
                    (struct handler_call){&v->commons->desk, call->serial});
        }
    }
}

/* ------------------------------------------------------------- endings */

/* The first abort looks at every call, and no other does. */
static void call_the_roll(struct serving *v)
{
    roll_keep(&v->roll, &v->commons->entropy);
    for (struct table_entry *e = table_first(&v->streams->by_id); e;
         e = table_next(e)) {
        const struct stream *s = e->value;

        for (struct served *call = s->calls; call; call = call->next)
            roll_add(&v->roll, call);
    }
}

/* [AB-2, AB-25] Unknown or finished: nothing happens. [AB-17, AB-26, AB-29,
 * ID-4] It is looked for among the peer's requests and nowhere else. */
void serving_abort(struct serving *v, struct slice id)
{
    struct served *call;
    bool is_known = false;

    if (!v->roll.is_kept)
        call_the_roll(v);
    while ((call = roll_find(&v->roll, id))) {
        is_known = true;
        served_abort(call);
    }
    if (!is_known)
        overtaken_add(&v->overtaken, id);
}

/* From the front each time: a handler that is told may end other calls. */
void serving_stop_stream(struct serving *v, const struct stream *s)
{
    (void)v;
    while (s->calls)
        served_abort(s->calls);
}

void serving_stop_subscriptions(struct serving *v, const struct stream *s)
{
    (void)v;
    for (struct served *call = s->calls; call && s->streaming;) {
        struct served *next = call->next;

        if (served_is_stream(call)) {
            served_abort(call);
            next = s->calls;
        }
        call = next;
    }
}

/* [CN-17, AB-24] each handler of a lost connection is told. */
void serving_stop_all(struct serving *v)
{
    for (struct table_entry *e = table_first(&v->streams->by_id); e;
         e = table_next(e))
        serving_stop_stream(v, e->value);
}

void serving_clear(struct serving *v)
{
    assert(v->count == 0);
    roll_clear(&v->roll);
    identity_free(v->identity);
    overtaken_clear(&v->overtaken);
}
