/* SPDX-License-Identifier: MIT */
/*
 * How to read this file: at its end stand the verbs of the header. Bytes go
 * through read_frames() to on_body(), which is the one switch over the five
 * events; each event has a small on_… function above it, except the request,
 * which has a file of its own (serving.c). Whatever was done to a stream,
 * streams_settle() draws the conclusions.
 *
 * Invariant: after is_closed nothing is pending, nothing is served, nothing is
 * added.
 *
 * A person adding an event adds a case to on_body() and nothing else here.
 */
#include "ref/session/connection.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

#define TRACE(c, ...) COMMONS_TRACE((c)->commons, __VA_ARGS__)
#define TEXT COMMONS_TEXT

/* ------------------------------------------------------------- calling */

/* [PM-8, SM-16] an answer nobody waits for is dropped. [ID-4, SY-11] it is
 * looked for among our own requests and nowhere else. */
static void on_answer(struct connection *c, struct slice id,
                      const struct pending_outcome *outcome)
{
    c->is_starved = false; /* another stream may be idle now */
    if (!pending_answer(&c->pending, id, outcome))
        TRACE(c, "nobody waits for %.*s", TEXT(id));
}

static void on_responded(struct connection *c, const struct envelope *e)
{
    const struct pending_outcome outcome = {.is_ok = true, .output = e->output};

    on_answer(c, e->id, &outcome);
}

/* An error that cannot be read still ends its request [ER-4]. */
static void on_error(struct connection *c, const struct envelope *e)
{
    struct pending_outcome outcome = {.is_ok = false};

    if (!call_error_parse(e->payload, &c->scratch, &outcome.error))
        outcome.error = call_error_make(
            CALL_ERROR_INTERNAL, slice_of("the peer's error is malformed"));
    on_answer(c, e->id, &outcome);
}

/* A call is answered by one result, so an end without one is an error. */
static void on_completed(struct connection *c, const struct envelope *e)
{
    const struct pending_outcome outcome = {
        .error = call_error_make(CALL_ERROR_INTERNAL,
                                 slice_of("completed without a result"))};

    on_answer(c, e->id, &outcome);
}

/* ------------------------------------------------------------- reading */

/* [FL-8, FL-9, FL-10] this stream is read no further; nothing is said about
 * it, since there is no id to trust. What is owed still goes out. [FL-12,
 * SM-19] and on a stream of ours nothing can be hoped for any more. */
static void refuse(struct connection *c, struct stream *s, const char *why)
{
    TRACE(c, "s%lld refused: %s", (long long)s->id, why);
    s->is_refused = true;
    s->must_stop = !s->is_read_over;
    frame_reader_clear(&s->reader);
    if (s->is_ours)
        pending_fail_stream(&c->pending, s->id,
                            slice_of("the answer is malformed"));
}

/* The one switch over what a peer may say. [EV-3, FR-11] either side says all
 * of it, so it depends on the event and, for requests alone, on who opened the
 * stream. */
static void on_body(struct connection *c, struct stream *s, struct slice body)
{
    struct envelope e;
    const char *why;

    if (!envelope_parse(body, &c->scratch, &e, &why)) {
        refuse(c, s, why);
        return;
    }
    TRACE(c, "s%lld < %.*s %.*s %.*s", (long long)s->id, TEXT(e.type_text),
          TEXT(e.id), TEXT(e.operation));
    s->has_served = true;
    switch (e.type) {
    case ENVELOPE_REQUESTED:
        if (!s->is_ours) /* [SM-15] no request on the return side */
            serving_request(&c->serving, s, &e);
        break;
    case ENVELOPE_RESPONDED: /* [SM-6, SM-7, SM-13, SM-14] anywhere */
        on_responded(c, &e);
        break;
    case ENVELOPE_ERROR:
        on_error(c, &e);
        break;
    case ENVELOPE_COMPLETED:
        on_completed(c, &e);
        break;
    case ENVELOPE_ABORTED: /* read, and so far nothing follows from it */
    case ENVELOPE_UNKNOWN: /* [EN-18] */
        break;
    }
}

/* [FR-5] one or many, [SM-9] in their order; [SM-12] read on while handlers
 * run. */
static void read_frames(struct connection *c, struct stream *s,
                        struct slice bytes)
{
    enum frame_result result = FRAME_READY;
    struct slice body;
    const char *why;

    while (result == FRAME_READY && !s->is_refused && !c->is_closed) {
        result = frame_read(&s->reader, &bytes, &body, &why);
        if (result == FRAME_READY)
            on_body(c, s, body);
        else if (result == FRAME_BAD)
            refuse(c, s, why);
    }
}

/* The peer's half is over. [FL-6] what was half read is lost; [SM-17,
 * SM-18, SM-19] whoever still waits for something on a stream of ours waits in
 * vain. */
static void end_reading(struct connection *c, struct stream *s)
{
    s->is_read_over = true;
    s->must_stop = false;
    frame_reader_clear(&s->reader);
    if (s->is_ours)
        pending_fail_stream(&c->pending, s->id,
                            slice_of("the stream ended without an answer"));
}

void connection_on_data(struct connection *c, int64_t stream,
                        struct slice bytes, bool fin)
{
    struct stream *s = streams_find(&c->streams, stream);

    if (c->is_closed)
        return;
    if (!s) /* [SM-2, SM-3] whenever, however many */
        s = streams_add(&c->streams, stream, false);
    s->consumed += bytes.len;
    if (!s->is_refused && !s->is_read_over)
        read_frames(c, s, bytes);
    if (fin && !s->is_read_over)
        end_reading(c, s);
    streams_settle(&c->streams, s);
}

void connection_on_reset(struct connection *c, int64_t stream)
{
    struct stream *s = streams_find(&c->streams, stream);

    if (!s && !c->is_closed)
        s = streams_add(&c->streams, stream, false);
    if (!s || s->is_read_over)
        return;
    end_reading(c, s); /* [SM-27] of that stream alone */
    streams_settle(&c->streams, s);
}

void connection_on_stop(struct connection *c, int64_t stream)
{
    struct stream *s = streams_find(&c->streams, stream);

    if (!s || s->is_write_over)
        return;
    if (s->is_ours && s->unsent.len)
        pending_fail_stream(&c->pending, s->id,
                            slice_of("the peer does not take the request"));
    s->must_reset = true;
    stream_drop_unsent(s);
    serving_stop_stream(&c->serving, s); /* nobody will hear the answer */
    streams_settle(&c->streams, s);
}

void connection_on_gone(struct connection *c, int64_t stream)
{
    struct stream *s = streams_find(&c->streams, stream);

    if (!s)
        return;
    if (!s->is_read_over)
        end_reading(c, s);
    stream_drop_unsent(s);
    serving_stop_stream(&c->serving, s);
    s->consumed = 0;
    s->must_stop = s->must_reset = false;
    streams_settle(&c->streams, s);
}

void connection_on_credit(struct connection *c, uint64_t count)
{
    c->open_credit += count;
    c->is_starved = false;
}

void connection_on_writable(struct connection *c, int64_t stream)
{
    struct stream *s = streams_find(&c->streams, stream);

    if (!s)
        return;
    s->is_blocked = false;
    streams_settle(&c->streams, s);
}

/* [CN-6] everybody on our side learns it, once, [CN-15] and nothing is carried
 * over; [CN-8] nothing is sent. */
void connection_on_closed(struct connection *c)
{
    if (c->is_closed)
        return;
    c->is_closed = true;
    TRACE(c, "connection closed");
    pending_close(&c->pending, slice_of("connection closed"));
    serving_stop_all(&c->serving);
}

void connection_close(struct connection *c)
{
    if (c->is_closed)
        return;
    c->must_close = true;
    connection_on_closed(c);
}

void connection_on_time(struct connection *c)
{
    if (pending_deadline(&c->pending) <= c->commons->now_ns)
        c->is_starved = false; /* its stream will be idle */
    pending_expire(&c->pending, c->commons->now_ns); /* [TO-5] */
}

uint64_t connection_deadline(struct connection *c)
{
    return pending_deadline(&c->pending);
}

/* ------------------------------------------------------------- writing */

/* [SM-25] A call waits for a stream and there is no credit: streams of ours on
 * which everything was answered, but which the peer never ended, are asked to
 * end. Never required of a peer that ends them by itself. */
static void end_idle_streams(struct connection *c)
{
    if (c->is_starved)
        return;
    c->is_starved = true;
    for (struct table_entry *e = table_first(&c->streams.by_id); e;
         e = table_next(e)) {
        struct stream *s = e->value;

        if (!s->is_ours || s->is_read_over || s->is_refused ||
            pending_has_stream(&c->pending, s->id))
            continue;
        s->is_refused = s->must_stop = true;
        streams_settle(&c->streams, s);
    }
}

static bool poll_open(struct connection *c, struct action *ret)
{
    if (c->is_opening || c->pending.unsent == 0)
        return false;
    if (c->open_credit == 0) {
        end_idle_streams(c);
        return false;
    }
    c->open_credit--;
    c->is_opening = true;
    *ret = (struct action){.kind = ACTION_OPEN};
    return true;
}

static bool poll_close(struct connection *c, struct action *ret)
{
    if (!c->must_close)
        return false;
    c->must_close = false;
    *ret = (struct action){.kind = ACTION_CLOSE};
    return true;
}

bool connection_poll(struct connection *c, struct action *ret)
{
    serving_sweep(&c->serving);
    if (c->is_closed)
        return poll_close(c, ret);
    return poll_open(c, ret) || streams_poll(&c->streams, ret);
}

/* [PM-5] the entry is made findable, then the request is written, [EV-4] on a
 * stream of our own. [SM-25] one request a stream, and FIN behind it. */
void connection_opened(struct connection *c, int64_t stream)
{
    struct pending_entry *e = pending_next_unsent(&c->pending);
    struct stream *s;

    c->is_opening = false;
    if (stream < 0 || c->is_closed) {
        c->open_credit = 0;
        return;
    }
    s = streams_add(&c->streams, stream, true);
    s->must_finish = true;
    if (e) { /* else its time was up just now: an empty stream [SM-29] */
        TRACE(c, "s%lld > call.requested %.*s", (long long)stream, TEXT(e->id));
        s->unsent = pending_send(&c->pending, e, stream);
    }
    streams_settle(&c->streams, s);
}

void connection_wrote(struct connection *c, int64_t stream, size_t len)
{
    struct stream *s = streams_find(&c->streams, stream);

    assert(s);
    stream_wrote(s, len);
}

/* ------------------------------------------------------------- ends */

struct connection *connection_new(struct commons *commons,
                                  struct slice fingerprint,
                                  struct peer_filter filter)
{
    struct connection *c = xalloc(1, sizeof *c);

    c->commons = commons;
    c->serial = ++commons->serial_last;
    streams_init(&c->streams, commons->body_max);
    c->serving = (struct serving){
        .commons = commons,
        .streams = &c->streams,
        .origin = {commons->owner, c->serial},
        .filter = filter,
    };
    /* [AU-2, IR-1], [IR-6, SY-6] whoever dialled; who is in no peer book is
     * nobody, whatever an authority says of it [CC-16] */
    if (fingerprint.len)
        c->serving.identity =
            identity_copy(peerbook_by_fingerprint(commons->peers, fingerprint));
    buf_init(&c->scratch, 2 * (size_t)BOUNDS_BODY_MAX);
    return c;
}

void connection_free(struct connection *c)
{
    connection_on_closed(c);
    serving_sweep(&c->serving);
    streams_clear(&c->streams);
    pending_clear(&c->pending);
    identity_free(c->serving.identity);
    buf_clear(&c->scratch);
    xalloc_free(c);
}

void connection_count(const struct connection *c, struct connection_stats *sum)
{
    sum->pending += c->pending.count;
    sum->served += c->serving.count;
    for (struct table_entry *e = table_first(&c->streams.by_id); e;
         e = table_next(e)) {
        const struct stream *s = e->value;

        sum->streams++;
        sum->bytes += s->reader.body.len + s->unsent.len;
    }
}
