/* SPDX-License-Identifier: MIT */
/*
 * Subscriptions and held streams, as cases write them, against an actor: what
 * comes is taken in its order, and what is not as it should be is said.
 */
#include "conformance/sub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "conformance/scene.h"
#include "conformance/test/actor.h"

#define OURS 0   /* our first stream */
#define THEIRS 1 /* the actor's first */

/* --- we subscribe */

#define FRAME(kind, text)                                                      \
    {                                                                          \
        .op = "stream_data", .type = kind, .id = ACTOR_ID_1, .payload = text,  \
        .stream = OURS                                                         \
    }
#define ITEM FRAME("call.responded", "{\"output\":{\"i\":0}}")

static void take_one_and_the_end(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = ask_send_on(st, "conf/source", "{\"items\":1}", "");

    stream_send(st, slice_of("")); /* another verb, another line */
    verify_same(s, "the item", sub_item(c, id), "{\"i\":0}");
    verify_that(s, sub_seen(c, id) == 1, "one frame more", "another number");
    sub_completed(c, id);
    verify_that(s, sub_seen(c, id) == 0, "no frame more", "some");
}

static void items_come_and_then_the_end(void **state)
{
    const struct actor_line good[] = {ITEM, FRAME("call.completed", "{}"), {0}};
    const struct actor_line none[] = {FRAME("call.completed", "{}"), {0}};
    const struct actor_line full[] = {
        ITEM, FRAME("call.completed", "{\"n\":1}"), {0}};

    (void)state;
    actor_passes(good, take_one_and_the_end, NULL);
    actor_fails(none, take_one_and_the_end, "call.responded of " ACTOR_ID_1,
                "{\"type\":\"call.completed\",\"id\":\"" ACTOR_ID_1
                "\",\"payload\":{}}");
    actor_fails(full, take_one_and_the_end, "the payload {}",
                "another payload");
}

static void take_one_and_an_error(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = sub_send(c, "conf/source", "{\"items\":1}");

    verify_error(s, sub_error(c, id), "INTERNAL", true);
    (void)sub_item(c, id);
}

static void an_error_is_an_error_and_nothing_is_nothing(void **state)
{
    const struct actor_line script[] = {
        FRAME("call.error", "{\"code\":\"INTERNAL\",\"message\":\"m\","
                            "\"retryable\":true}"),
        {0}};

    (void)state;
    actor_fails(script, take_one_and_an_error, "call.responded of " ACTOR_ID_1,
                "none came");
}

static void abort_ours(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = sub_send(c, "conf/source", "{\"items\":1}");

    sub_abort(c, id);
    sub_aborted(c, id);
    verify_stopped(s, "conf/source", 1);
    verify_stopped(s, "conf/hold", 1);
}

static void an_abort_goes_out_and_its_witness_is_counted(void **state)
{
    const struct actor_line script[] = {
        {.op = "stream_data",
         .events = "{\"ev\":\"handler_stopped\"," ACTOR_CONN
                   ",\"operation\":\"conf/source\",\"id\":\"x\"}"},
        {.op = "stream_data",
         .type = "call.aborted",
         .id = ACTOR_ID_1,
         .payload = "{}",
         .stream = THEIRS},
        {0}};

    (void)state;
    actor_fails(script, abort_ours, "the handler of conf/hold stopped once",
                "stopped not at all");
}

/* --- they subscribe */

#define REQUEST(operation, text)                                               \
    {                                                                          \
        .op = "subscribe", .type = "call.requested", .id = "t",                \
        .payload = "{\"operationId\":\"/" operation "\",\"input\":" text "}",  \
        .stream = THEIRS                                                       \
    }
#define SAYS(verb, event)                                                      \
    {                                                                          \
        .op = verb,                                                            \
        .events = "{\"ev\":" event "," ACTOR_CONN ",\"id\":\"call-1\"}"        \
    }

static void be_subscribed_to(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *sub =
        sub_begin(c, "conf/source", "{\"items\":2}", "\"items\":0");
    const struct ask_request *r = ask_take(c);

    sub_give(r, "{\"i\":0}");
    sub_take(s, c, sub, 1);
    verify_same(s, "the item", sub_received(s, sub, 0), "{\"i\":0}");
    verify_that(s, sub_count(s, sub) == 1, "one item", "another number");
    verify_that(s, !ask_has_result(s, sub), "no end", "one");
    sub_complete(r);
    verify_that(s, sub_ended(s, sub)->how == SUB_COMPLETED, "completed",
                "another end");
    verify_that(s, !sub_ended(s, sub)->outcome, "no outcome", "one");
    sub_abort_theirs(c, sub);
    sub_drop(c, sub);
    (void)sub_received(s, sub, 1);
}

static void items_and_ends_are_what_the_testee_reports(void **state)
{
    const struct actor_line script[] = {
        REQUEST("conf/source", "{\"items\":2}"),
        SAYS("take", "\"item\",\"output\":{\"i\":0}"),
        {.op = "stream_data"},
        SAYS("stream_data", "\"end\",\"how\":\"completed\""),
        {0}};

    (void)state;
    actor_fails(script, be_subscribed_to, "event item of id call-1",
                "no such event");
}

static void serve_them(struct scene *s)
{
    struct conn *c = scene_conn(s);

    (void)sub_begin(c, "conf/source", "null", "");
    ask_serve(ask_take(c));
    scene_settle(s);
}

static void be_aborted(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "null", "");

    sub_abort_theirs(c, call);
    verify_that(s, sub_ended(s, call)->how == SUB_ABORTED, "aborted",
                "another end");
    (void)ask_result(s, call);
}

static void an_end_is_no_result(void **state)
{
    const struct actor_line good[] = {
        SAYS("abort", "\"end\",\"how\":\"aborted\""), {0}};
    const struct actor_line bad[] = {SAYS("abort", "\"end\",\"how\":\"tired\""),
                                     {0}};

    (void)state;
    actor_fails(good, be_aborted, "a result or error of call-1",
                "{\"ev\":\"end\",\"how\":\"aborted\"," ACTOR_CONN
                ",\"id\":\"call-1\"}");
    actor_fails(bad, be_aborted, "an end that is `completed` or `aborted`",
                "another `how`");
}

static void results_and_errors_are_ends(struct scene *s)
{
    const char *call = ask_begin(scene_conn(s), "conf/echo", "null", "");
    const struct sub_end *end = sub_ended(s, call);

    verify_that(s, end->how == SUB_RESULT, "a result", "another end");
    verify_output(s, end->outcome, "7");
    call = ask_begin(scene_conn(s), "conf/echo", "null", "");
    end = sub_ended(s, call);
    verify_that(s, end->how == SUB_ERROR, "an error", "another end");
    verify_error(s, end->outcome, "TIMEOUT", true);
}

static void an_end_has_the_outcome_of_a_call(void **state)
{
    const struct actor_line script[] = {
        SAYS("call", "\"result\",\"output\":7"),
        {.op = "call",
         .events =
             "{\"ev\":\"error\"," ACTOR_CONN ",\"id\":\"call-2\","
             "\"code\":\"TIMEOUT\",\"retryable\":true,\"message\":\"m\"}"},
        {0}};

    (void)state;
    actor_passes(script, results_and_errors_are_ends, NULL);
}

/* --- we play the source, or call back */

static void sources_are_played(void **state)
{
    static const struct row {
        struct actor_line request;
        const char *type;    /* of a frame of ours */
        const char *payload; /* of the same */
    } rows[] = {
        {REQUEST("conf/source", "{\"items\":2}"), "call.responded",
         "{\"output\":{\"i\":1}}"},
        {REQUEST("conf/source", "{\"items\":2}"), "call.completed", "{}"},
        {REQUEST("conf/source", "{\"items\":0}"), "call.completed", "{}"},
        {REQUEST("conf/source", "{\"items\":1,\"size\":3}"), "call.responded",
         "{\"output\":{\"i\":0,\"data\":\"xxx\"}}"},
        {REQUEST("conf/source",
                 "{\"items\":0,\"error\":{\"code\":\"A\",\"retryable\":true}}"),
         "call.error",
         "{\"code\":\"A\",\"message\":\"as asked\",\"retryable\":true}"},
        {REQUEST("conf/source", "{\"items\":1,\"tag\":\"t\"}"), "call.error",
         "{\"code\":\"INVALID_INPUT\",\"message\":\"as asked\","
         "\"retryable\":false}"},
        {REQUEST("conf/source", "{\"items\":1,\"size\":1e9}"), "call.error",
         "{\"code\":\"INVALID_INPUT\",\"message\":\"as asked\","
         "\"retryable\":false}"},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct actor_line script[] = {rows[i].request, {0}};

        actor_passes(
            script, serve_them,
            actor_frame_hex(&arena, rows[i].type, "t", rows[i].payload));
    }
    arena_clear(&arena);
}

/* They call us back while we wait for them, and are served in between. */
static void a_callback_is_answered_through_another(void **state)
{
    const struct actor_line script[] = {
        REQUEST("conf/callback",
                "{\"operation\":\"conf/callback\",\"input\":null}"),
        {.op = "stream_data",
         .type = "call.requested",
         .id = "u",
         .payload = "{\"operationId\":\"/conf/echo\",\"input\":5}",
         .stream = THEIRS + 4},
        {.op = "stream_data",
         .type = "call.responded",
         .id = ACTOR_ID_1,
         .payload = "{\"output\":6}",
         .stream = OURS},
        {0}};
    struct arena arena;

    (void)state;
    arena_init(&arena);
    actor_passes(
        script, serve_them,
        actor_frame_hex(&arena, "call.responded", "u", "{\"output\":5}"));
    actor_passes(script, serve_them,
                 actor_frame_hex(&arena, "call.responded", "t",
                                 "{\"output\":{\"output\":6}}"));
    arena_clear(&arena);
}

/* --- held streams */

static void hold_and_go_on(struct scene *s)
{
    struct stream *st = stream_open(scene_conn(s));

    (void)ask_send_on(st, "conf/source", "{\"items\":1}", "");
    scene_settle(s);
    stream_hold(st);
    verify_that(s, stream_written(st) > 0, "what came before", "nothing");
    scene_settle(s);
    stream_go_on(st);
    scene_settle(s);
    stream_hold(st);
    scene_settle(s);
}

static void a_window_is_given_and_kept(void **state)
{
    const struct actor_line good[] = {
        ITEM, {.op = "window"}, {.op = "window"}, {0}};
    const struct actor_line bad[] = {ITEM,
                                     {.op = "window",
                                      .type = "call.responded",
                                      .id = "x",
                                      .payload = "{}",
                                      .stream = OURS},
                                     {0}};

    (void)state;
    actor_passes(good, hold_and_go_on, "\"stream\":0,\"bytes\":0}");
    actor_passes(good, hold_and_go_on, "\"stream\":0,\"bytes\":1048576}");
    actor_fails(bad, hold_and_go_on, "nothing of the kind",
                "more bytes on a stream than its window admits");
}

static void send_what_is_admitted(struct scene *s)
{
    struct stream *st = stream_open(scene_conn(s));

    verify_that(s, stream_room(st) == 1048576, "a mebibyte of room", "%u",
                (unsigned)stream_room(st));
    stream_send(st, slice_of("1234567890"));
    scene_settle(s);
    verify_that(s, stream_room(st) == 1048576 - 10 + 4, "room for the rest",
                "%u", (unsigned)stream_room(st));
}

static void room_comes_back_with_what_is_consumed(void **state)
{
    const struct actor_line script[] = {
        {.op = "stream_data",
         .events = "{\"ev\":\"stream_consumed\"," ACTOR_CONN
                   ",\"stream\":0,\"bytes\":4}"},
        {0}};

    (void)state;
    actor_passes(script, send_what_is_admitted, NULL);
}

/* --- the stage */

static void set_the_stage(struct scene *s)
{
    stage_serve_timeout(s, 1500);
    (void)scene_conn(s);
    scene_settle(s);
}

static void the_stage_knows_what_is_declared(void **state)
{
    const struct actor_line script[] = {{0}};

    (void)state;
    actor_passes(script, set_the_stage, "\"timeouts\":{\"serve_ms\":1500}");
    actor_passes(script, set_the_stage,
                 "\"behaviour\":\"conf/source\",\"op_type\":\"subscription\","
                 "\"remote_safe\":true}");
    actor_passes(script, set_the_stage, "\"behaviour\":\"conf/panic\"");
    actor_passes(script, set_the_stage,
                 "\"scoped_env\":{\"allowed\":[\"conf/echo\",");
}

/* --- the reset */

#define STALE "{\"ev\":\"closed\",\"conn\":\"them-7\",\"by\":\"lost\"}"

static void open_one(struct scene *s)
{
    (void)scene_conn(s);
}

/* What the last scene left behind is nothing to this one. */
static void a_scene_begins_with_its_reset(void **state)
{
    const struct actor_line before[] = {{.op = "reset", .before = STALE}, {0}};
    const struct actor_line behind[] = {{.op = "configure", .before = STALE},
                                        {0}};

    (void)state;
    actor_passes(before, open_one, NULL);
    actor_fails(behind, open_one, "nothing of the kind",
                "an event of no connection of ours");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_come_and_then_the_end),
        cmocka_unit_test(an_error_is_an_error_and_nothing_is_nothing),
        cmocka_unit_test(an_abort_goes_out_and_its_witness_is_counted),
        cmocka_unit_test(items_and_ends_are_what_the_testee_reports),
        cmocka_unit_test(an_end_is_no_result),
        cmocka_unit_test(an_end_has_the_outcome_of_a_call),
        cmocka_unit_test(sources_are_played),
        cmocka_unit_test(a_callback_is_answered_through_another),
        cmocka_unit_test(a_window_is_given_and_kept),
        cmocka_unit_test(room_comes_back_with_what_is_consumed),
        cmocka_unit_test(the_stage_knows_what_is_declared),
        cmocka_unit_test(a_scene_begins_with_its_reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
