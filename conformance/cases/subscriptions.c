/* SPDX-License-Identifier: MIT */
/*
 * Subscriptions as the wire has them: their items, their end, what is refused,
 * and several of them at once. Where the caller axis says so the same is asked
 * of the testee as a subscriber, with our conf/source.
 */
#include "conformance/cases/sequences.h"

extern const struct case_list subscriptions_cases;

#define HELD "\"tag\":\"t\""

/* --- items */

/* Both subscriptions, where there are two, run at the same time. */
static void in_order(struct scene *s)
{
    const size_t *count = scene_data(s);
    const char *input = sequences_input(s, *count, "");
    struct conn *c = scene_conn(s);
    const char *sub = NULL;

    if (scene_axes(s).caller != CALLER_US)
        sub = sub_begin(c, "conf/source", input, "");
    if (scene_axes(s).caller != CALLER_THEM) {
        const char *id = sub_send(c, "conf/source", input);

        sequences_take(c, id, 0, *count, 0);
        sub_completed(c, id);
        verify_entered(s, "conf/source", 1);
    }
    if (sub) {
        ask_serve(ask_take(c));
        sequences_completed(s, sub);
        sequences_received(s, sub, *count, 0);
    }
    verify_conn_silence(c);
}

static const size_t none = 0;
static const size_t one = 1;
static const size_t five = 5;
static const size_t thousand = 1000;

static void frames(struct scene *s)
{
    struct stream *st = stream_open(scene_conn(s));
    const char *id = scene_id(s);

    stream_send_fin(st, ask_frame(s, id, "conf/source", "{\"items\":3}"));
    for (size_t i = 0; i < 3; i++)
        verify_frame(s, stream_next(st), "call.responded", id,
                     scene_text(s, "{\"output\":{\"i\":%zu}}", i));
    verify_frame(s, stream_next(st), "call.completed", id, "{}");
    verify_silence(st);
}

/* The operation decides, and nothing that a request may say. */
static void by_type(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *once = ask_send(c, "conf/echo", "{\"items\":2}",
                                "\"subscribe\":true,\"stream\":true");
    const char *many =
        ask_send(c, "conf/source", "{\"items\":2}", "\"subscribe\":false");

    verify_output(s, ask_answer(c, once), "{\"items\":2}");
    sequences_take(c, many, 0, 2, 0);
    sub_completed(c, many);
    verify_conn_silence(c);
}

/* Its caller never ends the stream, and hears of each item when it is made. */
static void step_by_step(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *input = sequences_input(s, 3, HELD);
    const char *id = ask_send_on(st, "conf/source", input, "");

    for (size_t i = 0; i < 3; i++) {
        verify_silence(st);
        sequences_step(s, "t", 1);
        sequences_take(c, id, i, 1, 0);
    }
    verify_silence(st);
    sequences_step(s, "t", 1);
    sub_completed(c, id);
}

/* --- errors */

static void fails_behind(struct scene *s)
{
    const size_t *count = scene_data(s);
    const char *input = sequences_input(s, *count, SEQUENCES_ERROR);
    struct conn *c = scene_conn(s);

    if (scene_axes(s).caller == CALLER_THEM) {
        const char *sub = sub_begin(c, "conf/source", input, "");

        ask_serve(ask_take(c));
        verify_details(s, sequences_failed(s, sub, "CONF_DRY", true),
                       SEQUENCES_DETAILS);
        sequences_received(s, sub, *count, 0);
    } else {
        const char *id = sub_send(c, "conf/source", input);

        sequences_take(c, id, 0, *count, 0);
        sequences_take_error(c, id);
    }
    verify_conn_silence(c);
    verify_alive(c);
}

static void insists(struct scene *s)
{
    const size_t *count = scene_data(s);
    const char *input =
        sequences_input(s, *count, SEQUENCES_ERROR ",\"insists\":true");
    struct conn *c = scene_conn(s);
    const char *id = sub_send(c, "conf/source", input);

    sequences_take(c, id, 0, *count, 0);
    sequences_take_error(c, id);
    verify_conn_silence(c);
    verify_alive(c);
}

#define SCHEMA                                                                 \
    "{\"code\":\"CONF_DRY\",\"description\":\"d\",\"schema\":{\"type\":"       \
    "\"object\",\"required\":[\"left\"]},\"http_status\":410}"

static void register_declared(struct scene *s)
{
    stage_register(s, "conf/declares", "conf/source",
                   "\"op_type\":\"subscription\",\"remote_safe\":true,"
                   "\"error_schemas\":[" SCHEMA "]");
}

static void declared(struct scene *s)
{
    struct conn *c;
    const char *id;

    register_declared(s);
    c = scene_conn(s);
    id = sub_send(c, "conf/declares", sequences_input(s, 1, SEQUENCES_ERROR));
    sequences_take(c, id, 0, 1, 0);
    sequences_take_error(c, id);
}

static void undeclared(struct scene *s)
{
    const struct ask_outcome *o;
    struct conn *c;
    const char *id;
    bool is_kept;

    register_declared(s);
    c = scene_conn(s);
    id = sub_send(c, "conf/declares",
                  "{\"items\":1,\"error\":{\"code\":\"CONF_OTHER\","
                  "\"message\":\"m\",\"retryable\":true}}");
    sequences_take(c, id, 0, 1, 0);
    o = sub_error(c, id);
    is_kept = slice_equal(o->code, slice_of("CONF_OTHER"));
    verify_error(s, o, is_kept ? "CONF_OTHER" : "INTERNAL", is_kept);
    scene_choice(s, "undeclared-code", is_kept ? "passed-on" : "internal");
}

static void schema_shown(struct scene *s)
{
    const struct ask_outcome *o;

    register_declared(s);
    o = ask_them(scene_conn(s), "services/schema",
                 "{\"name\":\"conf/declares\"}");
    verify_that(s, o->is_ok, "the specification", "an error");
    verify_same(s, "op_type", json_find(o->output, "op_type"),
                "\"subscription\"");
    verify_same(s, "error_schemas", json_find(o->output, "error_schemas"),
                "[" SCHEMA "]");
}

/* --- refused */

struct refusal {
    const char *operation;
    const char *members; /* how it is registered; NULL: not at all */
    const char *code;    /* what a caller is told */
};

#define SUBSCRIPTION "\"op_type\":\"subscription\""
#define SAFE ",\"remote_safe\":true"

static const struct refusal unknown = {"conf/absent", NULL, "NOT_FOUND"};
static const struct refusal internal = {
    "conf/inner", SUBSCRIPTION SAFE ",\"visibility\":\"internal\"",
    "NOT_FOUND"};
static const struct refusal forbidden = {
    "conf/guarded-source",
    SUBSCRIPTION SAFE ",\"access\":{\"required_scopes\":[\"conf:no\"]}",
    "FORBIDDEN"};
static const struct refusal filtered = {"conf/unsafe-source", SUBSCRIPTION,
                                        "NOT_FOUND"};

/* Between two on the same stream that are served. */
static void refused(struct scene *s)
{
    const struct refusal *r = scene_data(s);
    struct stream *st;
    struct conn *c;
    const char *ids[3];

    if (r->members)
        stage_register(s, r->operation, "conf/source", r->members);
    c = scene_conn(s);
    st = stream_open(c);
    for (size_t i = 0; i < 3; i++)
        ids[i] = ask_send_on(st, i == 1 ? r->operation : "conf/source",
                             "{\"items\":2}", "");
    stream_fin(st);
    verify_error(s, sub_error(c, ids[1]), r->code, false);
    for (size_t i = 0; i < 3; i += 2) {
        sequences_take(c, ids[i], 0, 2, 0);
        sub_completed(c, ids[i]);
    }
    verify_conn_silence(c);
    verify_entered(s, r->operation, 0);
    verify_alive(c);
}

static void refused_by_us(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *sub = sub_begin(c, "conf/absent", "{}", "");

    ask_serve(ask_take(c));
    (void)sequences_failed(s, sub, "NOT_FOUND", false);
    sequences_received(s, sub, 0, 0);
    verify_conn_silence(c);
    verify_alive(c);
}

static void unfit(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = sub_send(c, "conf/source", "{\"items\":\"many\"}");

    verify_error(s, sub_error(c, id), "INVALID_INPUT", false);
    verify_conn_silence(c);
    verify_alive(c);
}

/* --- several */

enum { TWO = 2, FIFTY = 50, STEPS = 3 };

/* Each has its own stream, and all of them are stepped together. */
static void side_by_side(struct scene *s)
{
    const size_t *count = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *ids[FIFTY];

    for (size_t i = 0; i < *count; i++)
        ids[i] = sub_send(c, "conf/source", sequences_input(s, STEPS, HELD));
    for (size_t step = 0; step < STEPS; step++) {
        sequences_step(s, "t", *count);
        for (size_t i = *count; i-- > 0;)
            sequences_take(c, ids[i], step, 1, 0);
        verify_conn_silence(c);
    }
    sequences_step(s, "t", *count);
    for (size_t i = 0; i < *count; i++)
        sub_completed(c, ids[i]);
}

/* The same of subscriptions of the testee's. */
static void given_side_by_side(struct scene *s)
{
    const size_t *count = scene_data(s);
    struct conn *c = scene_conn(s);
    struct sequence q[FIFTY];

    for (size_t i = 0; i < *count; i++)
        q[i] = sequences_begin(c, "");
    for (size_t step = 0; step < STEPS; step++) {
        for (size_t i = *count; i-- > 0;)
            sequences_give(&q[i], step, 1);
    }
    for (size_t i = 0; i < *count; i++) {
        sequences_received(s, q[i].sub, STEPS, 0);
        sequences_goes_on(s, q[i].sub);
        sub_complete(q[i].request);
        sequences_completed(s, q[i].sub);
    }
}

static void many(struct scene *s)
{
    if (scene_axes(s).caller == CALLER_THEM)
        given_side_by_side(s);
    else
        side_by_side(s);
}

static const size_t two = TWO;
static const size_t fifty = FIFTY;

/* Two in turn: while one is asked for, the other has nothing to say. */
static void in_turn(struct scene *s)
{
    static const char *const tags[] = {"a", "b"};
    struct conn *c = scene_conn(s);
    const char *ids[2];

    for (size_t i = 0; i < 2; i++)
        ids[i] = sub_send(
            c, "conf/source",
            sequences_input(s, 2, i ? "\"tag\":\"b\"" : "\"tag\":\"a\""));
    for (size_t step = 0; step < 4; step++) {
        size_t which = step % 2;

        sequences_step(s, tags[which], 1);
        sequences_take(c, ids[which], step / 2, 1, 0);
        verify_conn_silence(c);
    }
    for (size_t i = 2; i-- > 0;) {
        sequences_step(s, tags[i], 1);
        sub_completed(c, ids[i]);
        verify_conn_silence(c);
    }
}

static void on_one_stream(struct scene *s)
{
    enum { COUNT = 5, ITEMS = 20 };
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *ids[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        ids[i] =
            ask_send_on(st, "conf/source", sequences_input(s, ITEMS, ""), "");
    stream_fin(st);
    for (size_t i = COUNT; i-- > 0;) {
        sequences_take(c, ids[i], 0, ITEMS, 0);
        sub_completed(c, ids[i]);
    }
    verify_conn_silence(c);
}

static void among_calls(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *before = ask_send_on(st, "conf/echo", "1", "");
    const char *sub = ask_send_on(st, "conf/source", "{\"items\":3}", "");
    const char *behind = ask_send_on(st, "conf/echo", "2", "");

    verify_output(s, ask_answer(c, behind), "2");
    sequences_take(c, sub, 0, 3, 0);
    sub_completed(c, sub);
    verify_output(s, ask_answer(c, before), "1");
    verify_silence(st);
}

#define US_THEM                                                                \
    {                                                                          \
        .caller = CALLER_US | CALLER_THEM                                      \
    }
#define ANY_CALLER                                                             \
    {                                                                          \
        .caller = CALLER_US | CALLER_THEM | CALLER_BOTH                        \
    }

#define ITEMS(slug, rule, what, number)                                        \
    {                                                                          \
        .id = slug, .rules = rule " SU-1 SU-2 EV-2 CL-2",                      \
        .claim = "A subscription with " what, .needs = "subscriptions",        \
        .axes = ANY_CALLER, .run = in_order, .data = number                    \
    }

#define FAILS(slug, what, number)                                              \
    {                                                                          \
        .id = slug, .rules = "SU-2 SU-4 HF-1 EC-6 PM-8",                       \
        .claim = "A source that fails " what                                   \
                 " ends its subscription with that error and no completion.",  \
        .needs = "subscriptions", .axes = US_THEM, .run = fails_behind,        \
        .data = number                                                         \
    }

#define INSISTS(slug, what, other, number)                                     \
    {                                                                          \
        .id = slug, .rules = "SU-4 SU-5", .twin = other, .is_negative = true,  \
        .claim = "Nothing follows the error of a source that goes on behind "  \
                 "it, having given " what ".",                                 \
        .needs = "subscriptions", .run = insists, .data = number               \
    }

#define REFUSED(slug, rule, what, need, where, refusal)                        \
    {                                                                          \
        .id = slug, .rules = "CK-4 RG-9 SU-6 CK-3 " rule,                      \
        .claim = "A subscription to " what                                     \
                 " is refused by one error, and no source ever runs.",         \
        .needs = "subscriptions" need, .twin = "subscription.items.five",      \
        .is_negative = true, .axes = where, .run = refused, .data = refusal    \
    }

static const struct conf_case cases[] = {
    ITEMS("subscription.items.none", "SU-3 EV-5",
          "no items is completed at once.", &none),
    ITEMS("subscription.items.one", "SU-7 RS-4",
          "one item brings it, and then its completion.", &one),
    ITEMS("subscription.items.five", "SU-7 RS-4",
          "five items brings them in order, and then its completion.", &five),
    ITEMS("subscription.items.thousand", "SU-7 SM-9",
          "a thousand items brings them in order, and then its completion.",
          &thousand),
    {
        .id = "subscription.items.frames",
        .rules = "RS-4 EV-5 EV-2 SM-8 SM-9 SU-2",
        .claim = "Items have the form of any response and come on the stream "
                 "of the request; completion carries an empty object.",
        .needs = "subscriptions",
        .run = frames,
    },
    {
        .id = "subscription.items.by-type",
        .rules = "CL-2 CL-1 SU-1 RQ-5",
        .claim = "Whether an answer is one result or a sequence is decided by "
                 "the operation, whatever the request says.",
        .needs = "subscriptions",
        .run = by_type,
    },
    {
        .id = "subscription.items.step-by-step",
        .rules = "SU-1 SU-2 SM-20",
        .claim = "Each item is sent when it is made, and the completion when "
                 "the source has ended.",
        .needs = "subscriptions hold",
        .run = step_by_step,
    },
    FAILS("subscription.error.at-once", "before its first item", &none),
    FAILS("subscription.error.behind-two", "behind two items", &two),
    FAILS("subscription.error.behind-fifty", "behind fifty items", &fifty),
    INSISTS("subscription.error.insists-at-once", "no item",
            "subscription.error.at-once", &none),
    INSISTS("subscription.error.insists", "two items",
            "subscription.error.behind-two", &two),
    {
        .id = "subscription.error.declared",
        .rules = "EC-3 EC-6 ED-1 SU-4",
        .claim = "An error that a subscription declares arrives with its "
                 "details.",
        .needs = "subscriptions",
        .run = declared,
    },
    {
        .id = "subscription.error.undeclared",
        .rules = "EC-7 ES-3",
        .level = CASE_CHOICE,
        .claim = "An error that a subscription does not declare is passed on "
                 "or becomes INTERNAL.",
        .needs = "subscriptions",
        .run = undeclared,
    },
    {
        .id = "subscription.error.schema-shown",
        .rules = "ED-2 ES-4 OT-1",
        .claim = "The specification of a subscription shows its type and the "
                 "errors that it declares.",
        .needs = "subscriptions discovery",
        .run = schema_shown,
    },
    REFUSED("subscription.refused.unknown", "EC-11", "no operation at all", "",
            {0}, &unknown),
    REFUSED("subscription.refused.internal", "EC-11 VI-2",
            "an internal operation", "", {0}, &internal),
    REFUSED("subscription.refused.forbidden", "AC-5",
            "what its caller may not call", " access", {0}, &forbidden),
    REFUSED("subscription.refused.filtered", "CK-1",
            "what a node keeps from those whom it dialled", "",
            {.dial = DIAL_THEM}, &filtered),
    {
        .id = "subscription.refused.unfit-input",
        .rules = "HF-1 SU-2 SU-4",
        .claim = "A source that cannot use its input ends its subscription "
                 "with INVALID_INPUT and nothing else.",
        .needs = "subscriptions",
        .twin = "subscription.items.five",
        .is_negative = true,
        .run = unfit,
    },
    {
        .id = "subscription.refused.by-the-callee",
        .rules = "SU-6 PM-8 CK-4",
        .claim = "A subscriber that is refused gets that error, no item and no "
                 "completion.",
        .needs = "subscriptions",
        .twin = "subscription.items.five",
        .is_negative = true,
        .axes = {.caller = CALLER_THEM},
        .run = refused_by_us,
    },
    {
        .id = "subscription.streams.two",
        .rules = "SU-7 SM-3 ID-7",
        .claim = "Two subscriptions on streams of their own each bring their "
                 "own items, in order.",
        .needs = "subscriptions hold",
        .axes = US_THEM,
        .run = many,
        .data = &two,
    },
    {
        .id = "subscription.streams.fifty",
        .rules = "SU-7 SM-3 PM-1",
        .claim = "Fifty subscriptions at the same time each bring their own "
                 "items, in order.",
        .needs = "subscriptions hold",
        .axes = US_THEM,
        .run = many,
        .data = &fifty,
    },
    {
        .id = "subscription.streams.in-turn",
        .rules = "SU-7 SM-3 ID-7",
        .claim = "Of two subscriptions each goes on by itself alone.",
        .needs = "subscriptions hold",
        .run = in_turn,
    },
    {
        .id = "subscription.streams.on-one",
        .rules = "SM-3 SM-12 SU-7",
        .claim = "Five subscriptions on one stream are all served, each in "
                 "order.",
        .needs = "subscriptions",
        .run = on_one_stream,
    },
    {
        .id = "subscription.streams.among-calls",
        .rules = "SM-3 SM-12 CL-2",
        .claim = "A subscription between two calls on one stream is served "
                 "like them.",
        .needs = "subscriptions",
        .run = among_calls,
    },
};

const struct case_list subscriptions_cases = {cases,
                                              sizeof cases / sizeof cases[0]};
