/* SPDX-License-Identifier: MIT */
/*
 * A request goes out on a stream of its own with FIN behind it [SM-25], and its
 * answers are found by id wherever they come [ID-7]. finish() is the way out
 * while there is a connection: first the stream is let go that was kept unread
 * for it, then its waiter is told.
 *
 * Invariant, until the connection is gone: s->full counts the entries whose
 * `full` is that stream, while there is something to be read on it.
 */
#include "ref/session/asking.h"
#include "ref/base/bounds.h"
#include "ref/model/envelope.h"

#define TRACE(a, ...) COMMONS_TRACE((a)->commons, __VA_ARGS__)
#define TEXT COMMONS_TEXT

/* ------------------------------------------------------------- endings */

/* What was kept unread for this entry may be read again. */
static void let_flow(struct asking *a, struct pending_entry *e)
{
    struct stream *s = streams_find(a->streams, e->full);

    e->full = PENDING_NO_STREAM;
    if (!s || s->full == 0)
        return;
    s->full--;
    streams_settle(a->streams, s);
}

static void finish(struct asking *a, struct pending_entry *e,
                   const struct pending_outcome *outcome)
{
    if (e->full != PENDING_NO_STREAM)
        let_flow(a, e);
    a->is_starved = false; /* its stream may be idle now */
    streams_stir(a->streams);
    pending_end(&a->pending, e, outcome);
}

static void fail(struct asking *a, struct pending_entry *e,
                 enum call_error_code code, const char *message)
{
    const struct pending_outcome outcome = {
        .error = call_error_make(code, slice_of(message))};

    finish(a, e, &outcome);
}

static bool print_abort(struct asking *a, struct slice id, struct buf *out)
{
    TRACE(a, "> call.aborted %.*s", TEXT(id));
    return envelope_print(ENVELOPE_ABORTED, id, slice_of("{}"),
                          a->commons->body_max, out);
}

/* [AB-1, AB-14, EV-6] The peer is told, on a stream of its own; or behind the
 * request, where that is still on its way. */
static void send_abort(struct asking *a, struct stream *s, struct slice id)
{
    bool is_on_its_way = s && s->unsent.len && !s->is_write_over;

    (void)print_abort(a, id, is_on_its_way ? &s->unsent : &a->aborts);
    streams_stir(a->streams);
    if (is_on_its_way)
        streams_settle(a->streams, s);
}

static void stop_listening(struct asking *a, struct stream *s)
{
    if (s->is_read_over || s->is_refused)
        return;
    s->is_refused = s->must_stop = true;
    streams_settle(a->streams, s);
}

/* Nobody listens there any more, and the peer may know it: one that hears no
 * aborts hears this [SU-14]. But not where answers to others came, too [SM-7].
 */
static void abandon(struct asking *a, struct stream *s)
{
    if (!s)
        return;
    s->ticket = 0; /* the peer was told, and is not told again */
    if (!s->is_shared)
        stop_listening(a, s);
}

/* We give up waiting. [AB-3] It has ended at once, whatever still comes. */
static void give_up(struct asking *a, struct pending_entry *e,
                    const struct pending_outcome *outcome)
{
    struct stream *s = streams_find(a->streams, e->stream);

    if (e->stream != PENDING_NO_STREAM)
        send_abort(a, s, e->id);
    abandon(a, s);
    finish(a, e, outcome);
}

/* [TO-1, TO-2] to the tick. [TO-3] The callee learns that nobody waits any
 * more. */
static void expire(struct pending *p, struct pending_entry *e)
{
    struct asking *a = (struct asking *)p->owner;
    const struct pending_outcome late = {
        .error = call_error_make(CALL_ERROR_TIMEOUT, /* [TO-5] */
                                 slice_of("request timed out"))};

    give_up(a, e, &late);
}

/* [SU-11, SU-12, PM-12] by whoever asked, for whatever reason. */
void asking_abort(struct asking *a, uint64_t ticket)
{
    const struct pending_outcome aborted = pending_aborted();
    struct pending_entry *e = pending_find_ticket(&a->pending, ticket);

    if (e)
        give_up(a, e, &aborted);
}

/* [CN-7] a subscription learns it as its last error. */
void asking_close(struct asking *a, const char *message)
{
    pending_close(&a->pending, message);
}

/* Somebody whose items lay unread on that stream, or NULL. */
static struct pending_entry *find_full(const struct asking *a,
                                       const struct stream *s)
{
    struct pending_entry *e = s->full ? a->pending.first : NULL;

    while (e && e->full != s->id)
        e = e->next;
    return e;
}

/* [SM-17, SM-18, SM-19] whoever waits for something there waits in vain, and
 * [PM-10] what was kept there for a slow subscriber is lost, but not in
 * silence. */
void asking_stream_over(struct asking *a, const struct stream *s,
                        const char *message)
{
    struct pending_entry *e = pending_find_ticket(&a->pending, s->ticket);

    if (e)
        fail(a, e, CALL_ERROR_INTERNAL, message);
    while ((e = find_full(a, s)))
        fail(a, e, CALL_ERROR_INTERNAL, message);
}

/* ------------------------------------------------------------- answers */

/* [PM-10, PM-11] The subscriber has enough for now: the stream on which its
 * items come, and their end, is not read on. */
static void pause(struct stream *s, struct pending_entry *e)
{
    assert(e->full == PENDING_NO_STREAM);
    e->full = s->id;
    s->full++;
}

/* [PM-13] It has enough, its stream is not read, and there is another on which
 * items come: no window holds that peer, so it ends in sight of everybody. */
static void overrun(struct asking *a, struct pending_entry *e)
{
    const struct pending_outcome too_many = {
        .error = call_error_make(CALL_ERROR_INTERNAL,
                                 slice_of("more items than were wanted"))};

    give_up(a, e, &too_many);
}

/* [SU-7] one after the other; who takes it may end the subscription. */
static void give_item(struct asking *a, struct stream *s,
                      struct pending_entry *e, struct slice output)
{
    uint64_t ticket = e->ticket;

    if (e->full != PENDING_NO_STREAM) {
        overrun(a, e);
        return;
    }
    if (e->waiter.item(e->waiter.self, output))
        return;
    e = pending_find_ticket(&a->pending, ticket);
    if (e)
        pause(s, e);
}

/* [PM-8, PM-9, TO-4, SM-16] an answer nobody waits for is dropped. [CL-4] But a
 * second one to a call is the item of a subscription, of which one was wanted.
 */
static void drop(struct asking *a, struct stream *s, struct slice id)
{
    TRACE(a, "nobody waits for %.*s", TEXT(id));
    if (!s->is_answered || !stream_asked(s, id) || s->is_refused)
        return;
    send_abort(a, NULL, id);
    abandon(a, s);
}

/* [ID-4, SY-11] looked for among our own requests and nowhere else. */
void asking_responded(struct asking *a, struct stream *s, struct slice id,
                      struct slice output)
{
    const struct pending_outcome outcome = {.is_ok = true, .output = output};
    struct pending_entry *e = pending_find(&a->pending, id);

    if (!e) {
        drop(a, s, id);
    } else if (e->kind == PENDING_SUBSCRIPTION) {
        give_item(a, s, e, output);
    } else {
        s->is_answered = s->is_answered || stream_asked(s, id);
        finish(a, e, &outcome);
    }
}

/* Are there items for it that nobody read? None, when the stream on which it
 * had enough has ended. */
static bool may_lie_unread(const struct asking *a,
                           const struct pending_entry *e)
{
    const struct stream *s = streams_find(a->streams, e->full);

    return s && s->full > 0;
}

/* [SU-2] A call is answered by one result, so an end without one is an error
 * there [CL-5]. */
void asking_completed(struct asking *a, struct slice id)
{
    const struct pending_outcome complete = {.is_ok = true};
    struct pending_entry *e = pending_find(&a->pending, id);

    if (e && may_lie_unread(a, e))
        overrun(a, e); /* [PM-10] from elsewhere: items lie unread */
    else if (e && e->kind == PENDING_SUBSCRIPTION)
        finish(a, e, &complete);
    else if (e)
        fail(a, e, CALL_ERROR_INTERNAL, "completed without a result");
}

void asking_failed(struct asking *a, struct slice id,
                   const struct call_error *error)
{
    const struct pending_outcome outcome = {.error = *error};
    struct pending_entry *e = pending_find(&a->pending, id);

    if (e)
        finish(a, e, &outcome);
}

/* [AB-1, AB-31] the callee gives up. */
void asking_aborted(struct asking *a, struct slice id)
{
    const struct pending_outcome aborted = pending_aborted();
    struct pending_entry *e = pending_find(&a->pending, id);

    if (e)
        finish(a, e, &aborted);
}

/* ------------------------------------------------------------- going out */

void asking_add(struct asking *a, const struct pending_request *request)
{
    pending_add(&a->pending, request);
    streams_stir(a->streams);
}

size_t asking_unsent(const struct asking *a)
{
    return a->pending.unsent + a->streams->unsent;
}

bool asking_wants_stream(const struct asking *a)
{
    return a->aborts.len || pending_next_unsent(&a->pending);
}

/* [PM-5] the entry is made findable, then the request is written, [EV-4] on a
 * stream of our own. */
static void send_request(struct asking *a, struct stream *s,
                         struct pending_entry *e)
{
    TRACE(a, "s%lld > call.requested %.*s", (long long)s->id, TEXT(e->id));
    s->ticket = e->ticket;
    assert(e->id.len == UUID_LEN);
    memcpy(s->asked, e->id.data, UUID_LEN);
    s->unsent = pending_send(&a->pending, e, s->id);
}

/* Aborts first, all that there are: what is aborted shall not go on working
 * while others are asked. */
void asking_opened(struct asking *a, struct stream *s)
{
    struct pending_entry *e = pending_next_unsent(&a->pending);

    if (a->aborts.len) {
        s->unsent = a->aborts;
        buf_init(&a->aborts, a->aborts.len_max);
    } else if (e) { /* else it has ended just now: an empty stream [SM-29] */
        send_request(a, s, e);
    }
    s->must_finish = true;
    streams_settle(a->streams, s);
}

/* [SM-25] A request waits for a stream and there is no credit: streams of ours
 * on which everything was answered, but which the peer never ended, are asked
 * to end, unless something lies there unread [PM-10]. Never required of a peer
 * that ends them by itself. */
void asking_starve(struct asking *a)
{
    if (a->is_starved)
        return;
    a->is_starved = true;
    for (struct table_entry *t = table_first(&a->streams->by_id); t;
         t = table_next(t)) {
        struct stream *s = t->value;

        if (s->is_ours && s->full == 0 && !stream_may_read(s) &&
            !pending_find_ticket(&a->pending, s->ticket))
            stop_listening(a, s);
    }
}

void asking_resume(struct asking *a, uint64_t ticket)
{
    struct pending_entry *e = pending_find_ticket(&a->pending, ticket);

    if (e && e->full != PENDING_NO_STREAM)
        let_flow(a, e);
}

void asking_init(struct asking *a, struct commons *commons,
                 struct streams *streams)
{
    *a = (struct asking){
        .commons = commons,
        .streams = streams,
        .pending = {.agenda = &commons->agenda, .expire = expire, .owner = a},
    };
    buf_init(&a->aborts, BOUNDS_BODY_MAX);
}

void asking_clear(struct asking *a)
{
    pending_clear(&a->pending);
    buf_clear(&a->aborts);
}
