/* SPDX-License-Identifier: MIT */
/*
 * Streams and connections that go while something runs on them. Nobody says
 * call.aborted then; whoever works is stopped, whoever waits is told.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list departures_cases;

#define HOLD "{\"tag\":\"t\"}"
#define GATED "{\"items\":3,\"tag\":\"t\"}"
#define THEM                                                                   \
    {                                                                          \
        .caller = CALLER_THEM                                                  \
    }

typedef void leaving(struct stream *st);

static void reset_it(struct stream *st)
{
    stream_reset(st, 7);
}

static void stop_it(struct stream *st)
{
    stream_stop(st, 7);
}

static void leave_it(struct stream *st)
{
    stream_stop(st, 7);
    stream_reset(st, 7);
}

struct loss {
    leaving *leave;
    void (*end)(struct conn *c);
    bool is_stalled;
};

static void they_close(struct conn *c)
{
    conn_close(c, 0);
}

static const struct loss by_reset = {.leave = reset_it};
static const struct loss by_stop = {.leave = stop_it};
static const struct loss by_both = {.leave = leave_it};
static const struct loss stalled_stop = {.leave = stop_it, .is_stalled = true};
static const struct loss by_drop = {.end = conn_drop};
static const struct loss by_close = {.end = they_close};

static void stream_goes(struct scene *s)
{
    const struct loss *loss = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *other = shapes_begin_bystander(c);
    struct stream *st = stream_open(c);
    const char *id;

    if (loss->is_stalled) {
        id = shapes_stall(st);
    } else {
        id = ask_send_on(st, "conf/source", GATED, "");
        shapes_wait_entered(s, id);
        shapes_give_item(c, id, 0);
    }
    loss->leave(st);
    verify_stopped(s, "conf/source", 1);
    shapes_none_held(s, "t");
    if (loss->is_stalled)
        (void)shapes_take_rest(st, id);
    verify_conn_silence(c);
    shapes_verify_bystander(c, other);
    verify_open(c);
    verify_alive(c);
}

static void connection_goes(struct scene *s)
{
    static const char *const work[][2] = {{"conf/hold", HOLD},
                                          {"conf/source", GATED}};
    const struct loss *loss = scene_data(s);
    struct conn *c = scene_conn(s);
    struct conn *kept = conn_open(s, NULL);
    const char *other = shapes_begin_bystander(kept);
    const char *ids[2];

    for (size_t i = 0; i < 2; i++) {
        ids[i] = ask_send(c, work[i][0], work[i][1], "");
        shapes_wait_entered(s, ids[i]);
    }
    loss->end(c);
    for (size_t i = 0; i < 2; i++) {
        (void)scene_wait_event(s, "handler_stopped", "id", ids[i], 0);
        verify_stopped(s, work[i][0], 1);
    }
    shapes_none_held(s, "t");
    shapes_verify_bystander(kept, other);
}

/* --- a stream that goes under a subscription */

static void reset_under(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *sub = sub_begin(c, "conf/source", "{\"items\":9}", "");
    const struct ask_request *r = ask_take(c);

    sub_give(r, "{\"i\":0}");
    (void)sub_received(s, sub, 0);
    stream_reset(r->stream, 5);
    verify_error(s, shapes_ended_soon(s, sub), "INTERNAL", false);
    shapes_ended_once(s, sub);
    verify_conn_silence(c);
    verify_alive(c);
}

static void ended_under(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *sub = sub_begin(c, "conf/source", "{\"items\":9}", "");

    stream_fin(ask_take(c)->stream);
    verify_error(s, shapes_ended_soon(s, sub), "INTERNAL", false);
    shapes_ended_once(s, sub);
    verify_conn_silence(c);
    verify_alive(c);
}

#define LOST(slug, rule, what, body, which)                                    \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "hold abort subscriptions",                                   \
        .twin = "abort.subscription.left-alone", .is_negative = true,          \
        .run = body, .data = which                                             \
    }

static const struct conf_case cases[] = {
    LOST("abort.stream.reset", "AB-9b SM-28 SM-27",
         "A subscription whose caller resets its half of the stream is stopped "
         "like one that is aborted.",
         stream_goes, &by_reset),
    LOST("abort.stream.stopped", "AB-9b SM-28 SM-27",
         "A subscription whose caller stops the stream is stopped like one "
         "that is aborted.",
         stream_goes, &by_stop),
    LOST("abort.stream.gone", "AB-9b SM-28 SM-27",
         "A subscription whose stream is gone both ways is stopped like one "
         "that is aborted.",
         stream_goes, &by_both),
    LOST("abort.stream.stopped-while-stalled", "AB-9b SM-28",
         "A subscription that stalled is stopped when its caller stops the "
         "stream.",
         stream_goes, &stalled_stop),
    LOST("abort.connection.dropped", "CN-17 AB-9b AB-24",
         "A connection that is lost stops the handlers that run for it, and "
         "none of another.",
         connection_goes, &by_drop),
    LOST("abort.connection.closed", "CN-17 AB-9b AB-24",
         "A node that closes a connection stops the handlers that run for it, "
         "and none of another.",
         connection_goes, &by_close),
    {
        .id = "abort.stream.reset-by-callee",
        .rules = "SM-18 SM-19 CN-8",
        .claim = "A subscription whose stream the callee resets fails soon "
                 "with INTERNAL, and no abort is sent for it.",
        .needs = "subscriptions",
        .axes = THEM,
        .run = reset_under,
    },
    {
        .id = "abort.stream.ended-by-callee",
        .rules = "SM-17 SM-18 SM-19 CN-8",
        .claim = "A subscription whose stream the callee ends without a frame "
                 "fails soon with INTERNAL, and no abort is sent for it.",
        .needs = "subscriptions",
        .axes = THEM,
        .run = ended_under,
    },
};

const struct case_list departures_cases = {cases,
                                           sizeof cases / sizeof cases[0]};
