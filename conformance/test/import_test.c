/* SPDX-License-Identifier: MIT */
/*
 * Imports as cases drive them, against an actor: what we serve has the shapes
 * of the protocol's discovery, and how an import ended is told apart.
 */
#include "conformance/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "conformance/scene.h"
#include "conformance/test/actor.h"

static const struct import_operation ours[] = {
    {.name = "conf/echo"},
    {.name = "fs/watch",
     .op_type = "subscription",
     .input_schema = "{\"type\":\"object\"}"},
    {0}};

#define ASKS(verb, call, operation, given, number)                             \
    {                                                                          \
        .op = verb, .type = "call.requested", .id = call, .stream = number,    \
        .payload = "{\"operationId\":\"" operation "\",\"input\":" given "}"   \
    }
#define AND_FIN                                                                \
    {                                                                          \
        .op = "stream_data"                                                    \
    }
#define ENDS(verb, text)                                                       \
    {                                                                          \
        .op = verb, .events = "{\"ev\":\"" text "," ACTOR_CONN "}"             \
    }
#define IMPORTED "imported\",\"names\":[\"conf/echo\",\"fs/watch\"]"
#define FAILED "import_failed\",\"kind\":\"transport\""

/* --- served */

static void import_ours(struct scene *s)
{
    import_all(scene_conn(s), ours);
}

static void discovery_is_answered_out_of_the_table(void **state)
{
    const struct actor_line script[] = {
        ASKS("import", "l", "services/list", "{}", 1),
        ASKS("stream_data", "s", "/services/schema", "{\"name\":\"/fs/watch\"}",
             5),
        AND_FIN,
        ENDS("stream_data", IMPORTED),
        {0}};
    struct arena arena;

    (void)state;
    arena_init(&arena);
    actor_passes(
        script, import_ours,
        actor_frame_hex(&arena, "call.responded", "l",
                        "{\"output\":{\"operations\":[{\"name\":\"conf/echo\","
                        "\"namespace\":\"conf\",\"op_type\":\"query\"},{"
                        "\"name\":\"fs/watch\",\"namespace\":\"fs\","
                        "\"op_type\":\"subscription\"}]}}"));
    actor_passes(
        script, import_ours,
        actor_frame_hex(
            &arena, "call.responded", "s",
            "{\"output\":{\"name\":\"fs/watch\",\"namespace\":\"fs\","
            "\"op_type\":\"subscription\",\"visibility\":\"external\","
            "\"input_schema\":{\"type\":\"object\"},\"output_schema\":{},"
            "\"error_schemas\":[],\"access_control\":{\"required_scopes\":[],"
            "\"required_scopes_any\":null,\"resource_type\":null,"
            "\"resource_action\":null}}}"));
    arena_clear(&arena);
}

static void count_requests(struct scene *s)
{
    struct import *i = import_begin(scene_conn(s), "\"prefix\":\"far\"");

    import_serve(i, ours);
    verify_that(s, i->lists == 0 && i->schemas == 2 && i->others == 1,
                "two schemas and one thing else", "%zu, %zu, %zu", i->lists,
                i->schemas, i->others);
    verify_imported(i, "[\"conf/echo\",\"fs/watch\"]");
}

/* A schema of nothing we have, and a call of something else, are NOT_FOUND. */
static void what_is_asked_is_counted(void **state)
{
    const struct actor_line script[] = {
        ASKS("import", "a", "services/schema", "{\"name\":\"fs\"}", 1),
        ASKS("stream_data", "b", "services/schema", "{}", 5),
        AND_FIN,
        ASKS("stream_data", "c", "conf/echo", "1", 9),
        AND_FIN,
        ENDS("stream_data", IMPORTED),
        {0}};
    static const char *const ids[] = {"a", "b", "c"};
    struct arena arena;

    (void)state;
    arena_init(&arena);
    actor_passes(script, count_requests, ACTOR_CONN ",\"prefix\":\"far\"}");
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        actor_passes(script, count_requests,
                     actor_frame_hex(&arena, "call.error", ids[i],
                                     "{\"code\":\"NOT_FOUND\",\"message\":"
                                     "\"as asked\",\"retryable\":false}"));
    arena_clear(&arena);
}

/* --- ends */

static void fail_as_lost(struct scene *s)
{
    verify_import_failed(import_begin(scene_conn(s), ""), "transport");
}

static void fail_as_forbidden(struct scene *s)
{
    verify_import_failed(import_begin(scene_conn(s), ""), "unauthorized");
}

static void ends_are_told_apart(void **state)
{
    const struct actor_line lost[] = {ENDS("import", FAILED), {0}};
    const struct actor_line imported[] = {ENDS("import", IMPORTED), {0}};
    const struct actor_line idle[] = {{0}};

    (void)state;
    actor_passes(lost, fail_as_lost, NULL);
    actor_fails(lost, fail_as_forbidden,
                "an import that fails with unauthorized",
                "{\"ev\":\"" FAILED "," ACTOR_CONN "}");
    actor_fails(imported, fail_as_lost, "an import that fails with transport",
                "{\"ev\":\"" IMPORTED "," ACTOR_CONN "}");
    actor_fails(lost, import_ours, "operations that were imported",
                "{\"ev\":\"" FAILED "," ACTOR_CONN "}");
    actor_fails(idle, import_ours, "an import that ends or asks", "neither");
    actor_fails(idle, fail_as_lost, "an end of the import", "none");
}

static void one_end_and_no_more(void **state)
{
    const struct actor_line script[] = {
        {.op = "import",
         .events = "{\"ev\":\"" FAILED "," ACTOR_CONN "},{\"ev\":\"" FAILED
                   "," ACTOR_CONN "}"},
        {0}};

    (void)state;
    actor_fails(script, fail_as_lost, "one end of the import", "two");
}

static void import_twice(struct scene *s)
{
    fail_as_lost(s);
    import_ours(s);
}

/* Events have no id: the second end is the second import's. */
static void the_next_import_has_an_end_of_its_own(void **state)
{
    const struct actor_line script[] = {
        ENDS("import", FAILED), ENDS("import", IMPORTED), {0}};

    (void)state;
    actor_passes(script, import_twice, NULL);
}

/* --- requests of several connections */

static void be_asked_by_the_second(struct scene *s)
{
    struct conn *a = scene_conn(s);
    struct conn *b = conn_open_as(s, STAGE_KEY_B);
    const struct ask_request *r = ask_take_anywhere(s);

    verify_that(s, ask_conn(r) == b && ask_conn(r) != a, "one of the second",
                "of another");
    verify_same(s, "the claim", r->forwarded_for, "{\"id\":\"x\"}");
    (void)ask_take_of(b, "conf/echo");
}

static void requests_come_from_the_connection_they_came_on(void **state)
{
    static const char *const open[] = {
        "{\"ev\":\"conn_open\"," ACTOR_CONN ",\"peer_identity\":null}",
        "{\"ev\":\"conn_open\",\"conn\":\"us-2\",\"peer_identity\":null}"};
    const struct actor_line script[] = {
        {.op = "open_conn", .events = open[0]},
        {.op = "open_conn",
         .events = open[1],
         .type = "call.requested",
         .id = "t",
         .payload = "{\"operationId\":\"conf/sink\",\"input\":1,"
                    "\"forwarded_for\":{\"id\":\"x\"}}",
         .stream = 1,
         .conn = "us-2"},
        {0}};
    const struct actor_line silent[] = {{.op = "open_conn", .events = open[0]},
                                        {.op = "open_conn", .events = open[1]},
                                        {0}};

    (void)state;
    actor_fails(script, be_asked_by_the_second, "a request of the testee's",
                "none came");
    actor_fails(silent, be_asked_by_the_second,
                "a request of the testee's, anywhere", "none came");
}

static void be_asked_for_echo(struct scene *s)
{
    (void)import_begin(scene_conn(s), "");
    (void)ask_take_of(scene_conn(s), "conf/echo");
}

static void a_request_is_for_what_was_awaited(void **state)
{
    const struct actor_line echo[] = {ASKS("import", "t", "/conf/echo", "1", 1),
                                      {0}};
    const struct actor_line sink[] = {ASKS("import", "t", "/conf/sink", "1", 1),
                                      {0}};

    (void)state;
    actor_passes(echo, be_asked_for_echo, NULL);
    actor_fails(sink, be_asked_for_echo, "a request for conf/echo",
                "one for conf/sink");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(discovery_is_answered_out_of_the_table),
        cmocka_unit_test(what_is_asked_is_counted),
        cmocka_unit_test(ends_are_told_apart),
        cmocka_unit_test(one_end_and_no_more),
        cmocka_unit_test(the_next_import_has_an_end_of_its_own),
        cmocka_unit_test(requests_come_from_the_connection_they_came_on),
        cmocka_unit_test(a_request_is_for_what_was_awaited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
