/* SPDX-License-Identifier: MIT */
/*
 * How calls and subscriptions end that are handed on. From the caller's side:
 * by an abort, by its going, by its deadline; then the peer is told under the
 * id that the call has there, once. From the peer's side: by its going, by a
 * stream that it drops, by giving up; then the caller is told, once. Each of it
 * on every way from the wire to the peer.
 */
#include "conformance/cases/hub.h"
#include "conformance/cases/sequences.h"

extern const struct case_list forwarded_ends_cases;

#define READ "fs/read"
#define WATCH "fs/watch"

/* A way from the wire to the peer. */
enum way {
    HANDED_ON,      /* by conf/relay */
    COMPOSED,       /* by conf/hub */
    COMPOSED_TWICE, /* by conf/hub below another */
    BELOW_ANOTHER,  /* by conf/relay below conf/hub */
};

static const enum way handed_on = HANDED_ON;
static const enum way composed = COMPOSED;
static const enum way composed_twice = COMPOSED_TWICE;
static const enum way below_another = BELOW_ANOTHER;

static const char *input_of(struct scene *s, enum way way)
{
    switch (way) {
    case COMPOSED:
        return hub_input(s, READ, "peer-b");
    case COMPOSED_TWICE:
        return shapes_compose(s, HUB, hub_input(s, READ, "peer-b"), "");
    case BELOW_ANOTHER:
        return hub_input(s, RELAY, NULL);
    case HANDED_ON:
    default:
        return HUB_INPUT;
    }
}

static struct hub begin(struct scene *s)
{
    struct hub h;

    hub_relay(s, "");
    h = hub_begin(s, 2);
    import_all(h.b, hub_files);
    return h;
}

static struct hub begin_feed(struct scene *s)
{
    hub_feed(s, "");
    return begin(s);
}

/* A call that is out: its id at the caller, and what came to the peer. */
struct out {
    const char *id;
    const struct ask_request *r;
};

static struct out call_out(const struct hub *h, enum way way)
{
    const char *by = way == HANDED_ON ? RELAY : HUB;
    struct out o;

    o.id = ask_send(h->a, by, input_of(conn_scene(h->a), way), "");
    o.r = ask_take_of(h->b, READ);
    return o;
}

static struct out call_the_way(const struct hub *h)
{
    const enum way *way = scene_data(conn_scene(h->a));

    return call_out(h, *way);
}

/* One with two items that have come through. */
static struct out feed_out(const struct hub *h, struct stream *st)
{
    struct scene *s = conn_scene(h->a);
    struct out o;

    o.id = ask_send_on(st, FEED, "{}", "");
    o.r = ask_take_of(h->b, WATCH);
    for (size_t i = 0; i < 2; i++)
        sub_give(o.r, scene_text(s, "{\"i\":%zu}", i));
    sequences_take(h->a, o.id, 0, 2, 0);
    return o;
}

/* The peer is told once; what it still answers reaches nobody, and others are
 * served. */
static void verify_aborted(const struct hub *h, const struct out *o)
{
    struct scene *s = conn_scene(h->b);
    const char *id;

    sub_aborted(h->b, o->r->id);
    ask_respond(o->r, "\"late\"");
    hub_silence(h);
    id = ask_send(h->b, RELAY, HUB_INPUT, "");
    ask_respond(ask_take_of(h->b, READ), "3");
    verify_output(s, ask_answer(h->b, id), "3");
    hub_silence(h);
}

/* --- ended by the caller */

static void aborted(struct scene *s)
{
    struct hub h = begin(s);
    struct out o = call_the_way(&h);

    sub_abort(h.a, o.id);
    verify_aborted(&h, &o);
}

static void caller_lost(struct scene *s)
{
    struct hub h = begin(s);
    struct out o = call_the_way(&h);

    conn_drop(h.a);
    h.a = NULL;
    verify_aborted(&h, &o);
}

static void caller_closed(struct scene *s)
{
    struct hub h = begin(s);
    struct out o = call_the_way(&h);

    conn_close(h.a, 0);
    h.a = NULL;
    verify_aborted(&h, &o);
}

/* It was to be waited for longer than its caller may run here. */
static void time_is_up(struct scene *s)
{
    struct hub h;
    struct out o;

    stage_serve_timeout(s, 2000);
    stage_timeout(s, 60000);
    h = begin(s);
    o = call_the_way(&h);
    scene_advance(s, 2 * SHAPES_S - 1);
    verify_that(s, sub_seen(h.a, o.id) + sub_seen(h.b, o.r->id) == 0,
                "nobody told before the deadline", "somebody told");
    scene_advance(s, 10 * SHAPES_S);
    verify_error(s, sub_error(h.a, o.id), "TIMEOUT", true);
    verify_aborted(&h, &o);
}

/* The id of one does not end the other. */
static void one_of_two(struct scene *s)
{
    struct hub h = begin(s);
    struct out first = call_the_way(&h);
    struct out second = call_the_way(&h);

    sub_abort(h.a, first.id);
    sub_aborted(h.b, first.r->id);
    hub_silence(&h);
    ask_respond(second.r, "2");
    verify_that(s, ask_answer(h.a, second.id)->is_ok, "an output", "an error");
    hub_silence(&h);
}

/* Who composes it lets it go on; its answer reaches nobody. */
static void goes_on(struct scene *s)
{
    struct hub h = begin(s);
    const char *id = ask_send(
        h.a, HUB,
        shapes_compose(s, READ, HUB_INPUT, ",\"policy\":\"continue-running\""),
        "");
    const struct ask_request *r = ask_take_of(h.b, READ);

    sub_abort(h.a, id);
    hub_silence(&h);
    verify_stopped(s, HUB, 1);
    ask_respond(r, "2");
    hub_silence(&h);
    verify_alive(h.a);
}

/* There is nothing left to abort. */
static void aborted_late(struct scene *s)
{
    struct hub h = begin(s);
    struct out o = call_the_way(&h);

    ask_respond(o.r, "2");
    verify_that(s, ask_answer(h.a, o.id)->is_ok, "an output", "an error");
    sub_abort(h.a, o.id);
    hub_silence(&h);
    verify_alive(h.a);
}

/* --- ended by the peer */

/* The caller of the way is told that its call, or what it composed, failed. */
static void verify_told(const struct hub *h, const struct out *o,
                        const char *code)
{
    struct scene *s = conn_scene(h->a);
    const enum way *way = scene_data(s);
    const struct ask_outcome *outcome = ask_answer(h->a, o->id);
    const struct json *error = outcome->output;

    if (*way == HANDED_ON) {
        verify_error(s, outcome, code, false);
        return;
    }
    if (*way == COMPOSED_TWICE)
        error = json_find(error, "output");
    error = json_find(error, "error");
    verify_that(s, json_is_text(json_find(error, "code"), code),
                scene_text(s, "the error %s in the handler", code), "%s",
                error ? shapes_text(s, error->source) : "no error");
}

static void peer_lost(struct scene *s)
{
    struct hub h = begin(s);
    struct out o = call_the_way(&h);

    conn_drop(h.b);
    h.b = NULL;
    verify_told(&h, &o, "INTERNAL");
    hub_silence(&h);
    verify_alive(h.a);
}

static void peer_closed(struct scene *s)
{
    struct hub h = begin(s);
    struct out o = call_the_way(&h);

    conn_close(h.b, 0);
    h.b = NULL;
    verify_told(&h, &o, "INTERNAL");
    hub_silence(&h);
    verify_alive(h.a);
}

static void peer_drops_its_stream(struct scene *s)
{
    struct hub h = begin(s);
    struct out o = call_the_way(&h);

    stream_reset(o.r->stream, 7);
    verify_told(&h, &o, "INTERNAL");
    hub_silence(&h);
    o = call_the_way(&h);
    ask_respond(o.r, "2");
    verify_that(s, ask_answer(h.a, o.id)->is_ok, "an output", "an error");
}

/* Which error that is stands nowhere; that it is one, and one alone, does. */
static void peer_gives_up(struct scene *s)
{
    const enum way *way = scene_data(s);
    struct hub h = begin(s);
    struct out o = call_the_way(&h);
    const struct ask_outcome *outcome;

    stream_send_frame(o.r->stream, "call.aborted", o.r->id, "{}");
    outcome = ask_answer(h.a, o.id);
    verify_that(s,
                *way == HANDED_ON ? !outcome->is_ok
                                  : json_find(outcome->output, "error") != NULL,
                "an error", "an output");
    ask_respond(o.r, "\"late\"");
    hub_silence(&h);
}

/* --- subscriptions */

typedef void leaving(struct hub *h, struct stream *st, const struct out *o);

struct leave {
    leaving *leave;
};

static void by_abort(struct hub *h, struct stream *st, const struct out *o)
{
    (void)st;
    sub_abort(h->a, o->id);
}

static void by_stop(struct hub *h, struct stream *st, const struct out *o)
{
    (void)h;
    (void)o;
    stream_stop(st, 9);
    stream_fin(st);
}

static void by_reset(struct hub *h, struct stream *st, const struct out *o)
{
    (void)h;
    (void)o;
    stream_stop(st, 9);
    stream_reset(st, 9);
}

static void by_loss(struct hub *h, struct stream *st, const struct out *o)
{
    (void)st;
    (void)o;
    conn_drop(h->a);
    h->a = NULL;
}

static const struct leave abort_it = {by_abort};
static const struct leave stop_it = {by_stop};
static const struct leave reset_it = {by_reset};
static const struct leave lose_it = {by_loss};

static void subscriber_leaves(struct scene *s)
{
    const struct leave *way = scene_data(s);
    struct hub h = begin_feed(s);
    struct stream *st = stream_open(h.a);
    struct out o = feed_out(&h, st);

    way->leave(&h, st, &o);
    sub_aborted(h.b, o.r->id);
    sub_give(o.r, "{\"i\":2}");
    sub_complete(o.r);
    hub_silence(&h);
    verify_open(h.b);
}

static void break_off(struct hub *h, struct stream *st, const struct out *o)
{
    (void)st;
    (void)o;
    conn_drop(h->b);
    h->b = NULL;
}

static void drop_stream(struct hub *h, struct stream *st, const struct out *o)
{
    (void)h;
    (void)st;
    stream_reset(o->r->stream, 9);
}

static const struct leave peer_goes = {break_off};
static const struct leave stream_goes = {drop_stream};

static void source_breaks_off(struct scene *s)
{
    const struct leave *way = scene_data(s);
    struct hub h = begin_feed(s);
    struct stream *st = stream_open(h.a);
    struct out o = feed_out(&h, st);

    way->leave(&h, st, &o);
    verify_error(s, sub_error(h.a, o.id), "INTERNAL", false);
    hub_silence(&h);
    verify_alive(h.a);
}

/* By an error, an abort or a completion, and no more [PM-14]. */
static void source_gives_up(struct scene *s)
{
    struct hub h = begin_feed(s);
    struct stream *st = stream_open(h.a);
    struct out o = feed_out(&h, st);
    const struct stream_frame *f;

    stream_send_frame(o.r->stream, "call.aborted", o.r->id, "{}");
    f = stream_next(st);
    verify_that(s,
                slice_equal(f->raw.id, slice_of(o.id)) &&
                    !slice_equal(f->raw.type, slice_of("call.responded")),
                "an end of the sequence", "%s", shapes_text(s, f->raw.type));
    sub_give(o.r, "{\"i\":2}");
    sub_complete(o.r);
    hub_silence(&h);
    verify_alive(h.a);
}

#define END(slug, rule, what, body, which)                                     \
    {                                                                          \
        .id = "peers.ends." slug, .rules = rule, .claim = what,                \
        .needs = "import abort", .axes = HUB_AXES, .run = body, .data = which  \
    }

#define LATE(slug, what, which)                                                \
    {                                                                          \
        .id = "peers.ends." slug, .rules = "AB-22 FW-8 TO-6a TO-8",            \
        .claim = what, .needs = "import abort deadlines timeouts",             \
        .axes = HUB_AXES_L1, .run = time_is_up, .data = which                  \
    }

#define LEFT(slug, rule, what, which)                                          \
    {                                                                          \
        .id = "peers.feed." slug, .rules = rule, .claim = what,                \
        .needs = "import subscriptions abort", .axes = HUB_AXES,               \
        .run = subscriber_leaves, .data = which                                \
    }

#define FED(slug, rule, what, body, which)                                     \
    {                                                                          \
        .id = "peers.feed." slug, .rules = rule, .claim = what,                \
        .needs = "import subscriptions", .axes = HUB_AXES, .run = body,        \
        .data = which                                                          \
    }

static const struct conf_case cases[] = {
    END("aborted", "FW-8 AB-10 AB-22",
        "The abort of a call that was handed on is told to its peer under the "
        "id that it has there.",
        aborted, &handed_on),
    END("aborted-composed", "FW-8 AB-10 AB-22 AB-4",
        "The abort of a request is told to the peer of whom its handler "
        "composes.",
        aborted, &composed),
    END("aborted-composed-twice", "FW-8 AB-10 AB-22 AB-4",
        "The abort of a request is told to the peer of whom was composed two "
        "deep.",
        aborted, &composed_twice),
    END("aborted-below-another", "FW-8 AB-10 AB-22 AB-4",
        "The abort of a request is told to the peer to whom a composed call "
        "was handed on.",
        aborted, &below_another),
    END("caller-lost", "FW-8 AB-22 AB-24",
        "The loss of a caller aborts what was handed on for it.", caller_lost,
        &handed_on),
    END("caller-lost-composed", "FW-8 AB-22 AB-24",
        "The loss of a caller aborts what was composed of a peer for it.",
        caller_lost, &composed),
    END("caller-closed", "FW-8 AB-22 AB-24",
        "A connection that is closed aborts what was handed on for it.",
        caller_closed, &handed_on),
    LATE("time-is-up",
         "At the deadline of a request its caller is told TIMEOUT, and the "
         "peer an abort.",
         &handed_on),
    LATE("time-is-up-composed",
         "The deadline of a request ends what was composed of a peer for it.",
         &composed),
    END("one-of-two", "AB-7 AB-10",
        "An abort ends one of two calls that were handed on, and leaves the "
        "other.",
        one_of_two, &handed_on),
    END("one-of-two-composed", "AB-7 AB-10",
        "An abort ends what one of two requests composed of a peer, and "
        "leaves the other.",
        one_of_two, &composed),
    END("continue-running", "AB-5 AB-10",
        "What is composed of a peer under continue-running goes on there when "
        "the request is aborted.",
        goes_on, NULL),
    END("aborted-late", "AB-2 AB-8",
        "Behind its answer the abort of a call is told to no peer.",
        aborted_late, &handed_on),
    END("peer-lost", "LY-5 FC-11",
        "A call that was handed on fails with INTERNAL, once, when its peer is "
        "lost.",
        peer_lost, &handed_on),
    END("peer-lost-below-another", "LY-5 FC-11",
        "What composes a call that was handed on meets INTERNAL when the peer "
        "is lost.",
        peer_lost, &below_another),
    END("peer-closed", "LY-5 FC-11",
        "A call that was handed on fails with INTERNAL when the connection is "
        "closed.",
        peer_closed, &handed_on),
    END("peer-drops-its-stream", "SM-18",
        "A call that was handed on fails with INTERNAL when the peer drops its "
        "stream.",
        peer_drops_its_stream, &handed_on),
    END("peer-drops-its-stream-composed", "SM-18",
        "A handler meets INTERNAL when the peer drops the stream of what was "
        "composed.",
        peer_drops_its_stream, &composed),
    END("peer-gives-up", "AB-31 AB-1",
        "A call that was handed on fails, once, when the peer gives it up.",
        peer_gives_up, &handed_on),
    END("peer-gives-up-composed", "AB-31 AB-1",
        "A handler meets an error when the peer gives up what was composed.",
        peer_gives_up, &composed),
    LEFT("aborted", "FW-8 AB-10 AB-22 AB-27",
         "The abort of a subscription that was handed on is told to its peer.",
         &abort_it),
    LEFT("stopped", "FW-8 AB-22 AB-9b",
         "A caller that stops the stream of its subscription ends it at the "
         "peer.",
         &stop_it),
    LEFT("reset", "FW-8 AB-22 AB-9b",
         "A caller that drops the stream of its subscription ends it at the "
         "peer.",
         &reset_it),
    LEFT("caller-lost", "FW-8 AB-22 AB-24",
         "The loss of a subscriber ends its subscription at the peer.",
         &lose_it),
    FED("peer-lost", "LY-5 FW-10 FC-11",
        "A subscription that was handed on fails with INTERNAL, once, when "
        "its peer is lost.",
        source_breaks_off, &peer_goes),
    FED("stream-lost", "SM-18 FW-10",
        "A subscription that was handed on fails with INTERNAL when the peer "
        "drops its stream.",
        source_breaks_off, &stream_goes),
    FED("given-up", "AB-31 AB-1",
        "A subscription that was handed on ends, once, when the peer gives it "
        "up.",
        source_gives_up, NULL),
};

const struct case_list forwarded_ends_cases = {cases,
                                               sizeof cases / sizeof cases[0]};
