/* SPDX-License-Identifier: MIT */
/*
 * Subscriptions that are handed on: peer a subscribes to an operation of the
 * testee's, peer b has the source. Every item comes through, in order, as fast
 * as a takes them, and the end is that of the source.
 */
#include "conformance/cases/hub.h"
#include "conformance/cases/sequences.h"

extern const struct case_list feeds_cases;

#define WATCH "fs/watch"
#define KIB 1024u

enum {
    ITEMS = 256,           /* of a long sequence */
    SIZE = 16 * KIB,       /* data in each of its items */
    ROOM = SIZE + 4 * KIB, /* for one item */
};

static struct hub begin(struct scene *s)
{
    struct hub h;

    hub_relay(s, "");
    hub_feed(s, "\"error_schemas\":[{\"code\":\"CONF_DRY\",\"description\":"
                "\"\",\"schema\":{},\"http_status\":503}]");
    h = hub_begin(s, 2);
    import_all(h.b, (const struct import_operation[]){
                        {.name = "fs/read"},
                        {.name = WATCH,
                         .op_type = "subscription",
                         .error_schemas =
                             "[{\"code\":\"CONF_DRY\",\"description\":\"\","
                             "\"schema\":{},\"http_status\":503}]"},
                        {0}});
    return h;
}

static void give(const struct ask_request *r, size_t i, size_t size)
{
    struct scene *s = conn_scene(ask_conn(r));

    sub_give(r, size ? scene_text(s, "{\"i\":%zu,\"data\":%s}", i,
                                  shapes_string(s, size))
                     : scene_text(s, "{\"i\":%zu}", i));
}

static void give_all(const struct ask_request *r, size_t count, size_t size)
{
    for (size_t i = 0; i < count; i++)
        give(r, i, size);
}

/* --- what comes through */

static void items(struct scene *s)
{
    struct hub h = begin(s);
    const char *id = sub_send(h.a, FEED, "{\"items\":2}");
    const struct ask_request *r = ask_take_of(h.b, WATCH);

    verify_same(s, "the input at the peer", r->input, "{\"items\":2}");
    for (size_t i = 0; i < 2; i++) {
        give(r, i, 0);
        sequences_take(h.a, id, i, 1, 0);
    }
    sub_complete(r);
    sub_completed(h.a, id);
    hub_silence(&h);
}

/* As fast as the source can, and the end at once behind them. */
static void many(struct scene *s)
{
    size_t size = *(const size_t *)scene_data(s);
    struct hub h = begin(s);
    const char *id = sub_send(h.a, FEED, "{}");
    const struct ask_request *r = ask_take_of(h.b, WATCH);

    give_all(r, 40, size);
    sub_complete(r);
    sequences_take(h.a, id, 0, 40, size);
    sub_completed(h.a, id);
    hub_silence(&h);
}

static const size_t small = 0;
static const size_t large = 20000;

static void none(struct scene *s)
{
    struct hub h = begin(s);
    const char *id = sub_send(h.a, FEED, "{}");

    sub_complete(ask_take_of(h.b, WATCH));
    sub_completed(h.a, id);
    hub_silence(&h);
}

static void fail_dry(const struct ask_request *r)
{
    sub_fail(r, "CONF_DRY", true, SEQUENCES_DETAILS);
}

static void error_behind(struct scene *s)
{
    struct hub h = begin(s);
    const char *id = sub_send(h.a, FEED, "{}");
    const struct ask_request *r = ask_take_of(h.b, WATCH);

    give_all(r, 3, 0);
    fail_dry(r);
    sequences_take(h.a, id, 0, 3, 0);
    sequences_take_error(h.a, id);
    hub_silence(&h);
}

static void error_alone(struct scene *s)
{
    struct hub h = begin(s);
    const char *id = sub_send(h.a, FEED, "{}");

    fail_dry(ask_take_of(h.b, WATCH));
    sequences_take_error(h.a, id);
    hub_silence(&h);
}

/* Their items come in turns; one ends while the other goes on. */
static void two_at_once(struct scene *s)
{
    struct hub h = begin(s);
    const struct ask_request *r[2];
    const char *ids[2];

    for (size_t i = 0; i < 2; i++) {
        ids[i] = sub_send(h.a, FEED, "{}");
        r[i] = ask_take_of(h.b, WATCH);
    }
    verify_that(s, strcmp(r[0]->id, r[1]->id) && strcmp(r[0]->id, ids[0]),
                "an id of its own for each that goes out", "%s and %s",
                r[0]->id, r[1]->id);
    for (size_t i = 0; i < 6; i++)
        give(r[i % 2], i / 2, 0);
    sequences_take(h.a, ids[1], 0, 3, 0);
    sub_complete(r[1]);
    sub_completed(h.a, ids[1]);
    give(r[0], 3, 0);
    sequences_take(h.a, ids[0], 0, 4, 0);
    sub_complete(r[0]);
    sub_completed(h.a, ids[0]);
    hub_silence(&h);
}

/* It is offered by an operation that can be called, not composed. */
static void not_composed(struct scene *s)
{
    struct hub h = begin(s);
    const char *id;

    hub_refused(h.a, HUB, FEED, NULL, "INVALID_OPERATION_TYPE");
    hub_silence(&h);
    verify_entered(s, FEED, 0);
    id = sub_send(h.a, FEED, "{}");
    sub_complete(ask_take_of(h.b, WATCH));
    sub_completed(h.a, id);
}

/* --- who takes no more */

/* So many are given as go before the source is held back; calls are handed on
 * all the while. */
static size_t give_what_goes(const struct hub *h, const struct ask_request *r)
{
    struct scene *s = conn_scene(h->b);
    size_t given = 0;
    const char *id;

    for (; given < ITEMS; given++) {
        scene_settle(s);
        if (stream_room(r->stream) < ROOM)
            break;
        give(r, given, SIZE);
    }
    id = ask_send(h->a, RELAY, HUB_INPUT, "");
    ask_respond(ask_take_of(h->b, "fs/read"), "2");
    verify_output(s, ask_answer(h->a, id), "2");
    return given;
}

/* A subscription of which nothing is taken, once its source is held back. */
struct held {
    struct stream *stream;
    const char *id;
    const struct ask_request *r;
    size_t given;
};

static struct held hold_back(const struct hub *h)
{
    struct scene *s = conn_scene(h->a);
    struct held x = {.stream = stream_open(h->a), .id = scene_id(s)};
    struct slice frame = ask_frame(s, x.id, FEED, "{}");

    stream_send(x.stream, slice_head(frame, 10));
    stream_hold(x.stream);
    stream_send(x.stream, slice_skip(frame, 10));
    x.r = ask_take_of(h->b, WATCH);
    x.given = give_what_goes(h, x.r);
    verify_that(s, x.given < ITEMS, "a source that is held back",
                "all %zu items were admitted", x.given);
    return x;
}

/* Half of the way the caller takes nothing, then all. */
static void held_back(struct scene *s)
{
    struct hub h = begin(s);
    struct held x = hold_back(&h);

    stream_go_on(x.stream);
    sequences_take(h.a, x.id, 0, x.given, SIZE);
    for (size_t i = x.given; i < ITEMS; i++) {
        give(x.r, i, SIZE);
        sequences_take(h.a, x.id, i, 1, SIZE);
    }
    sub_complete(x.r);
    sub_completed(h.a, x.id);
    hub_silence(&h);
}

static void verify_abort_arrives(const struct hub *h, const char *id,
                                 const struct ask_request *r)
{
    sub_abort(h->a, id);
    sub_aborted(h->b, r->id);
    verify_conn_silence(h->b);
    verify_open(h->b);
}

static void aborted_held_back(struct scene *s)
{
    struct hub h = begin(s);
    struct held x = hold_back(&h);

    verify_abort_arrives(&h, x.id, x.r);
}

/* Another begins on the same stream, where there is no room even for its first
 * item; it may as well wait for the first to end [SM-11]. */
static void aborted_behind_held(struct scene *s)
{
    struct hub h = begin(s);
    struct held x = hold_back(&h);
    const char *id = ask_send_on(x.stream, FEED, "{}", "");
    const struct ask_request *r;
    bool is_served;

    scene_settle(s);
    is_served = ask_is_called(h.b);
    scene_choice(s, "request-behind-a-sequence-that-is-held-back",
                 is_served ? "served" : "held-up");
    if (is_served) {
        r = ask_take_of(h.b, WATCH);
        give(r, 0, 0);
        scene_settle(s);
        verify_abort_arrives(&h, id, r);
    }
    sub_abort(h.a, x.id);
    sub_aborted(h.b, x.r->id);
}

/* An item that found no room comes when there is some, and so does the rest. */
static void behind_held(struct scene *s)
{
    struct hub h = begin(s);
    struct held x = hold_back(&h);
    const char *id = ask_send_on(x.stream, FEED, "{}", "");
    const struct ask_request *r;

    scene_settle(s);
    r = ask_is_called(h.b) ? ask_take_of(h.b, WATCH) : NULL;
    if (r)
        give(r, 0, 0);
    scene_settle(s);
    stream_go_on(x.stream);
    sequences_take(h.a, x.id, 0, x.given, SIZE);
    sub_complete(x.r);
    sub_completed(h.a, x.id);
    if (!r) {
        r = ask_take_of(h.b, WATCH);
        give(r, 0, 0);
    }
    give(r, 1, 0);
    sub_complete(r);
    sequences_take(h.a, id, 0, 2, 0);
    sub_completed(h.a, id);
    hub_silence(&h);
}

/* --- how long it lasts */

/* Longer than any call may take, here and at the peer. */
static void outlasts_calls(struct scene *s)
{
    struct hub h;
    const char *id;
    const struct ask_request *r;

    stage_serve_timeout(s, 2000);
    stage_timeout(s, 2000);
    h = begin(s);
    id = sub_send(h.a, FEED, "{}");
    r = ask_take_of(h.b, WATCH);
    for (size_t i = 0; i < 4; i++) {
        give(r, i, 0);
        sequences_take(h.a, id, i, 1, 0);
        scene_advance(s, 60 * SHAPES_S);
        hub_silence(&h);
    }
    sub_complete(r);
    sub_completed(h.a, id);
    hub_silence(&h);
}

#define FED(slug, rule, what, body)                                            \
    {                                                                          \
        .id = "peers.feed." slug, .rules = rule, .claim = what,                \
        .needs = "import subscriptions", .axes = HUB_AXES, .run = body         \
    }

#define ABORTED(slug, what, body)                                              \
    {                                                                          \
        .id = "peers.feed." slug, .rules = "FW-8 AB-10 AB-22", .claim = what,  \
        .needs = "import subscriptions abort", .axes = HUB_AXES, .run = body   \
    }

#define MANY(slug, what, size)                                                 \
    {                                                                          \
        .id = "peers.feed." slug, .rules = "FW-10 FW-11", .claim = what,       \
        .needs = "import subscriptions", .axes = HUB_AXES, .run = many,        \
        .data = size                                                           \
    }

static const struct conf_case cases[] = {
    {
        .id = "peers.forward.items",
        .rules = "FW-10 FW-11",
        .claim = "A subscription is handed on item by item, in order, and "
                 "ends as it ends at the peer.",
        .needs = "import subscriptions",
        .axes = HUB_AXES,
        .run = items,
    },
    MANY("many", "Items that come all at once are handed on in order.", &small),
    MANY("large", "Large items are handed on whole and in order.", &large),
    FED("none", "FW-10", "A sequence without items is handed on as one.", none),
    FED("error", "FW-10", "A sequence that fails is handed on up to its error.",
        error_behind),
    FED("error-alone", "FW-10",
        "A sequence that fails before its first item is handed on as its "
        "error.",
        error_alone),
    FED("two-at-once", "FW-10 ID-8 ID-9 ID-10",
        "Two sequences that are handed on at the same time go each under its "
        "own ids.",
        two_at_once),
    {
        .id = "peers.feed.not-composed",
        .rules = "PE-10 SU-17 FW-11",
        .claim = "An operation that hands on a subscription cannot be "
                 "composed.",
        .needs = "import subscriptions",
        .axes = HUB_AXES,
        .run = not_composed,
        .is_negative = true,
        .twin = "peers.forward.items",
    },
    FED("held-back", "FW-10 SU-9",
        "A caller that takes no items holds the peer back, and loses none.",
        held_back),
    FED("behind-held", "FW-10 SU-9",
        "An item that found no room is handed on when there is some.",
        behind_held),
    ABORTED("aborted-held-back",
            "The abort of a subscription of which no items are taken is told "
            "to its peer.",
            aborted_held_back),
    ABORTED("aborted-behind-held",
            "The abort of a subscription whose first item found no room is "
            "told to its peer.",
            aborted_behind_held),
    {
        .id = "peers.feed.outlasts-calls",
        .rules = "FW-10 TO-9 CX-12",
        .claim = "A subscription that is handed on lasts longer than a call "
                 "may take.",
        .needs = "import subscriptions deadlines timeouts",
        .axes = HUB_AXES_L1,
        .run = outlasts_calls,
    },
};

const struct case_list feeds_cases = {cases, sizeof cases / sizeof cases[0]};
