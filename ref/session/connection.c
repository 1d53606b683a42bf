/* SPDX-License-Identifier: MIT */
/*
 * How to read this file: bytes go through read_frames() to on_body(), which is
 * the one switch over the five events. What the peer asks is the business of
 * serving.c, what it says to our own requests that of asking.c. Whatever was
 * done to a stream, streams_settle() draws the conclusions.
 *
 * Invariant: after is_closed nothing is pending, nothing is served, nothing is
 * added.
 *
 * A person adding an event adds a case to on_body() and nothing else here.
 */
#include "ref/session/connection.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"
#include "ref/session/composing.h"

#define TRACE(c, ...) COMMONS_TRACE((c)->commons, __VA_ARGS__)
#define TEXT COMMONS_TEXT

/* ------------------------------------------------------------- events */

/* An error that cannot be read still ends its request [ER-4]. */
static void on_error(struct connection *c, const struct envelope *e)
{
    struct call_error error;

    if (!call_error_parse(e->payload, &c->scratch, &error))
        error = call_error_make(CALL_ERROR_INTERNAL,
                                slice_of("the peer's error is malformed"));
    asking_failed(&c->asking, e->id, &error);
}

/* [AB-1] Either side may abort, and an id may be in use in both directions. On
 * a stream that we opened the callee of a request of ours speaks, on one that
 * the peer opened the caller of one of its own [AB-18, AB-26, AB-28, AB-29]. */
static void on_aborted(struct connection *c, const struct stream *s,
                       const struct envelope *e)
{
    if (s->is_ours)
        asking_aborted(&c->asking, e->id);
    else
        serving_abort(&c->serving, e->id);
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
    if (s->is_ours || s->full)
        asking_stream_over(&c->asking, s, "the answer is malformed");
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
    s->is_shared = s->is_shared || !stream_asked(s, e.id);
    switch (e.type) {
    case ENVELOPE_REQUESTED:
        if (!s->is_ours) /* [SM-15] no request on the return side */
            serving_request(&c->serving, s, &e);
        break;
    case ENVELOPE_RESPONDED: /* [SM-6, SM-7, SM-13, SM-14] anywhere */
        asking_responded(&c->asking, s, e.id, e.output);
        break;
    case ENVELOPE_ERROR:
        on_error(c, &e);
        break;
    case ENVELOPE_COMPLETED:
        asking_completed(&c->asking, e.id);
        break;
    case ENVELOPE_ABORTED:
        on_aborted(c, s, &e);
        break;
    case ENVELOPE_UNKNOWN: /* [EN-18] */
        break;
    }
}

/* [FR-5] one or many, [SM-9] in their order; [SM-12] read on while handlers
 * run, but not while a subscriber has enough. What is left unread. */
static struct slice read_frames(struct connection *c, struct stream *s,
                                struct slice bytes)
{
    enum frame_result result = FRAME_READY;
    struct slice body;
    const char *why;

    while (result == FRAME_READY && !s->is_refused && !c->is_closed &&
           s->full == 0) {
        result = frame_read(&s->reader, &bytes, &body, &why);
        if (result == FRAME_READY)
            on_body(c, s, body);
        else if (result == FRAME_BAD)
            refuse(c, s, why);
        frame_let_go(&s->reader); /* also when nothing is read for long */
    }
    return s->is_refused ? slice_make(NULL, 0) : bytes;
}

/* The peer's half is over. [FL-6] what was half read is lost. */
static void end_reading(struct connection *c, struct stream *s)
{
    stream_end_reading(s);
    if (s->is_ours || s->full)
        asking_stream_over(&c->asking, s, "the stream ended without an answer");
}

/* The same by FIN, behind all that was said there: who has enough for now has
 * lost nothing [PM-10], and what is for him may come elsewhere [SM-7]. */
static void finish_reading(struct connection *c, struct stream *s)
{
    s->full = 0;
    end_reading(c, s);
}

/* Who sends past every window is not listened to any more. */
static void hold(struct connection *c, struct stream *s, struct slice bytes)
{
    if (stream_hold(s, bytes))
        return;
    s->consumed += bytes.len;
    refuse(c, s, "more than its window");
}

/* What has come, when nothing lies before it. */
static void take(struct connection *c, struct stream *s, struct slice bytes)
{
    struct slice rest = bytes;

    if (!s->is_refused && !s->is_read_over)
        rest = read_frames(c, s, bytes);
    else
        rest.len = 0;
    s->consumed += bytes.len - rest.len;
    if (rest.len)
        hold(c, s, rest);
}

void connection_on_data(struct connection *c, int64_t stream,
                        struct slice bytes, bool fin)
{
    struct stream *s = streams_find(&c->streams, stream);

    if (c->is_closed)
        return;
    if (!s) /* [SM-2, SM-3] whenever, however many */
        s = streams_add(&c->streams, stream, false);
    if (s->held.len && !s->is_refused)
        hold(c, s, bytes);
    else
        take(c, s, bytes);
    if (fin && s->held.len)
        s->is_fin_held = true;
    else if (fin && !s->is_read_over)
        finish_reading(c, s);
    streams_settle(&c->streams, s);
}

/* A subscriber wants more: what was held is read on. */
static void read_held(struct connection *c, struct stream *s)
{
    struct slice held = buf_slice(&s->held);
    struct slice rest = read_frames(c, s, held);

    stream_pass(s, held.len - rest.len);
    if (s->is_fin_held && !s->held.len)
        finish_reading(c, s);
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
    serving_stop_subscriptions(&c->serving, s); /* [AB-9b] */
    streams_settle(&c->streams, s);
}

void connection_on_stop(struct connection *c, int64_t stream)
{
    struct stream *s = streams_find(&c->streams, stream);

    if (!s || s->is_write_over)
        return;
    if (s->is_ours && s->unsent.len)
        asking_stream_over(&c->asking, s, "the peer does not take the request");
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
    if (!s->is_read_over && !s->is_fin_held)
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
    c->asking.is_starved = false;
    queue_enter(&c->turn);
}

void connection_on_writable(struct connection *c, int64_t stream)
{
    struct stream *s = streams_find(&c->streams, stream);

    if (!s)
        return;
    s->is_blocked = false;
    streams_settle(&c->streams, s);
}

/* [LY-5, FC-11] What came over it goes with it; who runs it is told below. */
static void detach(struct connection *c)
{
    if (c->serving.identity)
        overlay_detach(&c->commons->overlays, c->serving.identity->id,
                       &c->imported);
}

/* [CN-6] everybody on our side learns it, once, [CN-15] and nothing is carried
 * over; [CN-8] nothing is sent. */
void connection_on_closed(struct connection *c)
{
    if (c->is_closed)
        return;
    c->is_closed = true;
    queue_enter(&c->turn);
    TRACE(c, "connection closed");
    detach(c);
    asking_close(&c->asking, "connection closed");
    serving_stop_all(&c->serving);
}

void connection_close(struct connection *c)
{
    if (c->is_closed)
        return;
    c->must_close = true;
    connection_on_closed(c);
}

/* ------------------------------------------------------------- writing */

static bool poll_open(struct connection *c, struct action *ret)
{
    if (c->is_opening || !asking_wants_stream(&c->asking))
        return false;
    if (c->open_credit == 0) {
        asking_starve(&c->asking);
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

/* What the session itself has to do on a stream: read on, ask for items. */
static void stir(struct connection *c, struct stream *s)
{
    if (stream_may_read(s))
        read_held(c, s);
    if (stream_may_pull(s))
        serving_pull(&c->serving, s);
}

/* The transport comes first: an item is asked for when there is nothing else to
 * do. */
static bool poll_all(struct connection *c, struct action *ret)
{
    struct stream *s;

    while (!c->is_closed) {
        if (poll_open(c, ret) || streams_poll(&c->streams, ret))
            return true;
        s = streams_stirred(&c->streams);
        if (!s)
            return false;
        stir(c, s);
        composing_run(c->commons); /* a handler that was asked may compose */
    }
    return poll_close(c, ret);
}

bool connection_poll(struct connection *c, struct action *ret)
{
    bool has_more;

    served_sweep(c->commons);
    composing_run(c->commons);
    has_more = poll_all(c, ret);
    if (!has_more)
        queue_leave(&c->turn);
    return has_more;
}

void connection_opened(struct connection *c, int64_t stream)
{
    c->is_opening = false;
    queue_enter(&c->turn);
    if (stream < 0 || c->is_closed)
        c->open_credit = 0;
    else
        asking_opened(&c->asking, streams_add(&c->streams, stream, true));
}

void connection_wrote(struct connection *c, int64_t stream, size_t len)
{
    struct stream *s = streams_find(&c->streams, stream);

    assert(s);
    stream_wrote(s, len);
    streams_settle(&c->streams, s);
}

/* ------------------------------------------------------------- ends */

struct connection *connection_new(struct commons *commons,
                                  struct slice fingerprint,
                                  struct peer_filter filter)
{
    struct connection *c = xalloc(1, sizeof *c);

    c->commons = commons;
    c->serial = ++commons->serial_last;
    c->turn = (struct queue_entry){.queue = &commons->stirred, .owner = c};
    streams_init(&c->streams, commons->body_max, &c->turn);
    c->serving = (struct serving){
        .commons = commons,
        .streams = &c->streams,
        .origin = {commons, c->serial},
        .filter = filter,
    };
    /* [AU-2, IR-1], [IR-6, SY-6] whoever dialled; who is in no peer book is
     * nobody, whatever an authority says of it [CC-16] */
    if (fingerprint.len)
        c->serving.identity = identity_copy(
            auth_policy_by_fingerprint(commons->policy, fingerprint));
    asking_init(&c->asking, commons, &c->streams);
    buf_init(&c->scratch, 2 * (size_t)BOUNDS_BODY_MAX);
    buf_init(&c->token, BOUNDS_BODY_MAX);
    return c;
}

void connection_set_token(struct connection *c, struct slice token)
{
    buf_wipe(&c->token);
    (void)buf_add(&c->token, token);
}

/* [AU-10, IR-5] under the identity of the connection, whatever a token makes
 * of a call's. */
void connection_import_take(struct connection *c, struct registry *fresh)
{
    registry_clear(&c->imported);
    c->imported = *fresh;
    *fresh = (struct registry){.is_sealed = false};
    if (c->serving.identity && !c->is_closed)
        overlay_attach(&c->commons->overlays, c->serving.identity->id,
                       &c->imported);
}

void connection_free(struct connection *c)
{
    connection_on_closed(c);
    served_sweep(c->commons);
    queue_leave(&c->turn);
    streams_clear(&c->streams);
    asking_clear(&c->asking);
    serving_clear(&c->serving);
    buf_clear(&c->scratch);
    buf_wipe(&c->token);
    registry_clear(&c->imported);
    xalloc_free(c);
}

void connection_count(const struct connection *c, struct connection_stats *sum)
{
    sum->pending += c->asking.pending.count;
    sum->served += c->serving.count;
    for (struct table_entry *e = table_first(&c->streams.by_id); e;
         e = table_next(e)) {
        const struct stream *s = e->value;

        sum->streams++;
        sum->bytes += s->reader.body.len + s->held.len + s->unsent.len;
    }
}
