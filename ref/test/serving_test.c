/* SPDX-License-Identifier: MIT */
/*
 * The peer's calls: taken on, checked, started, and each ended exactly once.
 * Tried through a connection, where requests come in as frames.
 */
#include "ref/session/serving.h"
#include "ref/test/t.h"
#include "ref/test/wire.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TOKEN_ABC                                                              \
    "sha256:"                                                                  \
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static struct wire w;

static int begin(void **state)
{
    (void)state;
    wire_connect(&w);
    return 0;
}

static int end(void **state)
{
    (void)state;
    wire_end(&w);
    return 0;
}

/* [CL-1, ID-1, ID-9] */
static void a_request_is_answered_once_with_its_own_id(void **state)
{
    (void)state;
    wire_hears(&w, 0, false, WIRE_ASK("r1", "/t/echo", "{\"a\":[1]}"));
    assert_string_equal(wire_poll(&w),
                        "0 " WIRE_OK("r1", "{\"a\":[1]}") "; credit 1");
    assert_string_equal(wire_poll(&w), "");
}

/* [ID-1, EN-9, EN-20] */
static void any_id_comes_back_as_it_was(void **state)
{
    static const struct {
        const char *sent, *back;
    } ids[] = {
        {"", ""},
        {"\\\"\\n", "\\\"\\n"},
        {"a\\u0000b", "a\\u0000b"},
        {"\\u00e9\\ud83d\\ude00", "\xc3\xa9\xf0\x9f\x98\x80"},
        {"\\u0041\\/", "A/"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(ids); i++) {
        char ask[200], answer[200];

        snprintf(ask, sizeof ask, WIRE_ASK("%s", "t/echo", "1"), ids[i].sent);
        snprintf(answer, sizeof answer, "0 " WIRE_OK("%s", "1") "%s",
                 ids[i].back, i ? "" : "; credit 1");
        wire_hears(&w, 0, false, ask);
        assert_string_equal(wire_poll(&w), answer);
    }
}

/* [OP-1, OP-2, OP-5, OP-6, RQ-4, OC-5] */
static void a_name_that_is_not_there_is_not_found(void **state)
{
    static const struct {
        const char *payload, *message;
    } cases[] = {
        {"{\"operationId\":\"/t/none\"}", "operation not found: t/none"},
        {"{\"operationId\":\"//t/echo\"}", "operation not found: /t/echo"},
        {"{\"operationId\":\"t/echo/\"}", "operation not found: t/echo/"},
        {"{\"operationId\":\"\"}", "operation not found: "},
        {"{\"operationId\":7}", "operation not found: "},
        {"{}", "operation not found: "},
        {"null", "operation not found: "},
        {"[]", "operation not found: "},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        char ask[200], answer[200];

        snprintf(ask, sizeof ask,
                 "{\"type\":\"call.requested\",\"id\":\"r\",\"payload\":%s}",
                 cases[i].payload);
        snprintf(answer, sizeof answer,
                 "%d " WIRE_NO("r", "NOT_FOUND", "%s") "; credit 1", (int)i * 4,
                 cases[i].message);
        wire_hears(&w, (int64_t)i * 4, false, ask);
        assert_string_equal(wire_poll(&w), answer);
    }
}

/* [RQ-3] */
static void an_absent_input_is_null(void **state)
{
    (void)state;
    wire_hears(&w, 0, true,
               "{\"type\":\"call.requested\",\"id\":\"r\",\"payload\":{"
               "\"operationId\":\"t/echo\"}}");
    assert_string_equal(wire_poll(&w),
                        "0 " WIRE_OK("r", "null") " fin; credit 1");
}

/* A refused call never reaches a handler, so there is nothing to hold. [CK-3]
 */
static void a_refused_call_runs_no_handler(void **state)
{
    (void)state;
    wire_hears(&w, 0, true, WIRE_ASK("r", "t/scoped", "1"));
    assert_int_equal(w.held_count, 0);
    assert_string_equal(
        wire_poll(&w),
        "0 " WIRE_NO("r", "FORBIDDEN",
                     "authentication required") " fin; credit 1");
}

/* Knows "key" by its fingerprint and "tok" by its token; "key" has "s". */
static void know_two_peers(void)
{
    json_t *list =
        t_tree("[{\"peer_id\":\"key\",\"fingerprints\":[\"ed25519:" HEX64
               "\"],\"scopes\":[\"s\"]},"
               "{\"peer_id\":\"tok\",\"auth_token_hash\":\"" TOKEN_ABC
               "\",\"scopes\":[\"s\",\"t\"]}]");
    struct failure f;

    assert_true(peerbook_read(list, &w.policy.peers, &f));
    json_decref(list);
}

/* Who the node takes the caller of "t/hold" for, with this in the payload. */
static const char *caller_of(const char *more)
{
    const struct identity *who;
    char ask[300];

    snprintf(ask, sizeof ask,
             "{\"type\":\"call.requested\",\"id\":\"r\",\"payload\":{"
             "\"operationId\":\"t/hold\"%s}}",
             more);
    w.held_count = 0;
    wire_hears(&w, 0, false, ask);
    assert_int_equal(w.held_count, 1);
    who = w.held[0].context->identity;
    return who ? (const char *)who->id.data : "nobody";
}

/* [AU-1, IR-1, IR-2, IR-3, IR-4, RQ-9] */
static void who_asks_is_decided_for_each_request(void **state)
{
    (void)state;
    know_two_peers();
    assert_string_equal(caller_of(""), "nobody");
    assert_string_equal(caller_of(",\"auth_token\":\"abc\""), "tok");
    assert_string_equal(caller_of(",\"auth_token\":\"wrong\""), "nobody");
    assert_string_equal(caller_of(""), "nobody");
    node_remove(w.node, w.c);
    w.c = node_add(w.node, slice_of("ed25519:" HEX64),
                   (struct peer_filter){true});
    assert_string_equal(caller_of(""), "key");
    assert_string_equal(caller_of(",\"auth_token\":\"abc\""), "tok");
    assert_string_equal(caller_of(",\"auth_token\":\"wrong\""), "key");
    assert_string_equal(caller_of(",\"auth_token\":\"\""), "key");
    assert_string_equal(caller_of(",\"auth_token\":null"), "key");
    assert_string_equal(caller_of(",\"auth_token\":[\"abc\"]"), "key");
    node_remove(w.node, w.c);
    w.c =
        node_add(w.node, slice_of("SHA256:" HEX64), (struct peer_filter){true});
    assert_string_equal(caller_of(""), "nobody");
}

/* [FF-2, FF-4, FF-5] */
static void a_claim_is_shown_and_gives_no_rights(void **state)
{
    static const char claim[] =
        ",\"forwarded_for\":{\"id\":\"u\",\"scopes\":[\"s\"],\"resources\":{}}";
    char ask[300];

    (void)state;
    assert_string_equal(caller_of(claim), "nobody");
    t_same(w.held[0].context->forwarded_for->id, "u");
    assert_string_equal(caller_of(",\"forwarded_for\":{\"id\":\"u\"}"),
                        "nobody");
    assert_null(w.held[0].context->forwarded_for);
    snprintf(ask, sizeof ask,
             "{\"type\":\"call.requested\",\"id\":\"r\",\"payload\":{"
             "\"operationId\":\"t/scoped\"%s}}",
             claim);
    wire_hears(&w, 4, true, ask);
    t_says(wire_poll(&w), "FORBIDDEN");
}

/* [CP-5, CX-2] what a handler is told */
static void a_handler_is_told_what_it_may_know(void **state)
{
    const struct context *context;

    (void)state;
    wire_hears(&w, 0, false, WIRE_ASK("r1", "/t/hold", "1"));
    context = w.held[0].context;
    t_same(context->request_id, "r1");
    t_same(context->operation, "t/hold");
    assert_false(context->is_internal);
    assert_ptr_equal(context->origin.owner, w.node);
    t_same(capabilities_get(context->capabilities, slice_of("key")),
           "hush-4711");
}

static void an_answer_may_come_later_and_in_any_order(void **state)
{
    (void)state;
    wire_hears(&w, 0, true, WIRE_ASK("r1", "t/hold", "1"),
               WIRE_ASK("r2", "t/hold", "1"), WIRE_ASK("r3", "t/echo", "3"));
    assert_string_equal(wire_poll(&w), "0 " WIRE_OK("r3", "3"));
    handler_respond(w.held[1].call, slice_of("2"));
    assert_string_equal(wire_poll(&w), "0 " WIRE_OK("r2", "2"));
    handler_respond(w.held[0].call, slice_of("1"));
    assert_string_equal(wire_poll(&w),
                        "0 " WIRE_OK("r1", "1") " fin; credit 1");
}

/* [HF-1] the handler's words, unchanged */
static void a_handlers_error_is_passed_on_as_it_is(void **state)
{
    struct call_error error = {slice_of("FILE_GONE"), slice_of("no \"f\""),
                               true, slice_of("{\"n\":1}")};

    (void)state;
    wire_hears(&w, 0, true, WIRE_ASK("r1", "t/hold", "1"));
    handler_fail(w.held[0].call, &error);
    assert_string_equal(
        wire_poll(&w),
        "0 {\"type\":\"call.error\",\"id\":\"r1\",\"payload\":{\"code\":"
        "\"FILE_GONE\",\"message\":\"no \\\"f\\\"\",\"retryable\":true,"
        "\"details\":{\"n\":1}}} fin; credit 1");
}

static void only_the_first_answer_counts(void **state)
{
    struct call_error error =
        call_error_make(CALL_ERROR_INTERNAL, slice_of("m"));

    (void)state;
    wire_hears(&w, 0, false, WIRE_ASK("r1", "t/hold", "1"));
    handler_respond(w.held[0].call, slice_of("1"));
    handler_respond(w.held[0].call, slice_of("2"));
    handler_fail(w.held[0].call, &error);
    assert_string_equal(wire_poll(&w), "0 " WIRE_OK("r1", "1") "; credit 1");
    handler_respond(w.held[0].call, slice_of("3"));
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(w.held[0].stopped, 0);
}

/* [ID-5] */
static void two_requests_with_one_id_are_both_served(void **state)
{
    (void)state;
    wire_hears(&w, 0, false, WIRE_ASK("r1", "t/hold", "1"));
    wire_hears(&w, 4, false, WIRE_ASK("r1", "t/hold", "1"));
    handler_respond(w.held[1].call, slice_of("\"second\""));
    assert_string_equal(wire_poll(&w),
                        "4 " WIRE_OK("r1", "\"second\"") "; credit 1");
    handler_respond(w.held[0].call, slice_of("\"first\""));
    assert_string_equal(wire_poll(&w),
                        "0 " WIRE_OK("r1", "\"first\"") "; credit 1");
}

/* [ID-5, AB-17] An abort is of all that run under its id, wherever they stand
 * among those who do, and of those that come later under it. */
static void an_abort_ends_all_of_its_id_and_no_other(void **state)
{
    (void)state;
    for (int64_t stream = 0; stream < 20; stream += 4)
        wire_hears(&w, stream, false, WIRE_ASK("r1", "t/hold", "1"));
    wire_hears(&w, 20, false, WIRE_ASK("r2", "t/hold", "1"));
    wire_hears(&w, 24, false, WIRE_ABORT("nobody"));
    handler_respond(w.held[2].call, slice_of("1"));
    handler_respond(w.held[0].call, slice_of("1"));
    handler_respond(w.held[4].call, slice_of("1"));
    wire_hears(&w, 24, false, WIRE_ABORT("r1"));
    wire_hears(&w, 0, false, WIRE_ASK("r1", "t/hold", "1"));
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(w.held[i].stopped, i == 1 || i == 3);
    wire_hears(&w, 24, false, WIRE_ABORT("r1"), WIRE_ABORT("r2"));
    assert_int_equal(w.held[5].stopped, 1);
    assert_int_equal(w.held[6].stopped, 1);
}

/* [SM-28] a peer that hears no more, or is gone, is served no more */
static void a_handler_whose_stream_is_lost_is_told_once(void **state)
{
    struct connection_stats stats;

    (void)state;
    wire_hears(&w, 0, false, WIRE_ASK("r1", "t/hold", "1"),
               WIRE_ASK("r2", "t/hold", "1"));
    wire_hears(&w, 4, false, WIRE_ASK("r3", "t/hold", "1"));
    connection_on_stop(w.c, 0);
    connection_on_stop(w.c, 0);
    assert_int_equal(w.held[0].stopped, 1);
    assert_int_equal(w.held[1].stopped, 1);
    assert_int_equal(w.held[2].stopped, 0);
    handler_respond(w.held[0].call, slice_of("1")); /* too late */
    assert_string_equal(wire_poll(&w), "0 reset; credit 1");
    connection_on_gone(w.c, 4);
    assert_int_equal(w.held[2].stopped, 1);
    handler_respond(w.held[2].call, slice_of("1"));
    assert_string_equal(wire_poll(&w), "credit 1");
    connection_on_closed(w.c);
    stats = node_count(w.node);
    assert_int_equal(stats.served, 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(w.held[i].stopped, 1);
}

/* [CN-6] */
static void a_lost_connection_stops_every_handler_once(void **state)
{
    (void)state;
    wire_hears(&w, 0, true, WIRE_ASK("r1", "t/hold", "1"));
    wire_hears(&w, 4, false, WIRE_ASK("r2", "t/hold", "1"));
    connection_on_closed(w.c);
    connection_on_closed(w.c);
    assert_int_equal(w.held[0].stopped, 1);
    assert_int_equal(w.held[1].stopped, 1);
    handler_respond(w.held[0].call, slice_of("1"));
    wire_hears(&w, 8, false, WIRE_ASK("r3", "t/hold", "1"));
    assert_int_equal(w.held_count, 2);
    assert_string_equal(wire_poll(&w), "");
}

/* [SM-21] the end of the asking is not the end of the interest */
static void a_peer_that_says_fin_still_gets_its_answer(void **state)
{
    (void)state;
    wire_hears(&w, 0, true, WIRE_ASK("r1", "t/hold", "1"));
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(w.held[0].stopped, 0);
    handler_respond(w.held[0].call, slice_of("1"));
    assert_string_equal(wire_poll(&w),
                        "0 " WIRE_OK("r1", "1") " fin; credit 1");
}

/* [FL-3] with a body of at most 200 bytes */
static void what_fits_no_frame_becomes_an_error_that_does(void **state)
{
    char text[400];
    struct call_error error = {slice_of("E"), slice_make(text, 300), true,
                               slice_make(NULL, 0)};

    (void)state;
    wire_end(&w);
    wire_begin(&w, 200);
    w.c = node_add(w.node, slice_make(NULL, 0), (struct peer_filter){true});
    memset(text, 'x', sizeof text);
    text[0] = text[299] = '"';
    wire_hears(&w, 0, false, WIRE_ASK("r1", "t/hold", "1"),
               WIRE_ASK("r2", "t/hold", "1"));
    handler_respond(w.held[0].call, slice_make(text, 300));
    assert_string_equal(
        wire_poll(&w),
        "0 " WIRE_NO("r1", "INTERNAL", "the output does not fit into a frame"));
    handler_fail(w.held[1].call, &error);
    assert_string_equal(
        wire_poll(&w),
        "0 " WIRE_NO("r2", "INTERNAL",
                     "the error does not fit into a frame") "; credit 1");
}

/* A peer that asks and never reads: two frames of the largest size are kept for
 * it, then its stream is reset, so that it knows. */
static void an_answer_that_cannot_be_kept_resets_its_stream(void **state)
{
    size_t len = BOUNDS_BODY_MAX - strlen(WIRE_OK("r", ""));
    char *output = malloc(len);

    (void)state;
    assert_non_null(output);
    memset(output, '1', len);
    wire_hears(&w, 0, false, WIRE_ASK("r", "t/hold", "1"),
               WIRE_ASK("r", "t/hold", "1"), WIRE_ASK("r", "t/hold", "1"));
    w.room = 0;
    for (size_t i = 0; i < 2; i++)
        handler_respond(w.held[i].call, slice_make(output, len));
    assert_string_equal(wire_poll(&w), "0 blocked");
    assert_int_equal(node_count(w.node).bytes, BOUNDS_UNSENT_MAX);
    handler_respond(w.held[2].call, slice_of("1"));
    assert_string_equal(wire_poll(&w), "0 reset; credit 1");
    assert_int_equal(node_count(w.node).bytes, 0);
    assert_int_equal(node_count(w.node).served, 0);
    free(output);
}

/* A peer cannot run more at a time than BOUNDS_SERVED_MAX. */
static void too_many_calls_at_once_are_refused_one_by_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < BOUNDS_SERVED_MAX; i++)
        wire_hears(&w, 0, false, WIRE_ASK("r", "t/hold", "1"));
    assert_int_equal(w.held_count, BOUNDS_SERVED_MAX);
    wire_hears(&w, 0, false, WIRE_ASK("more", "t/hold", "1"));
    assert_int_equal(w.held_count, BOUNDS_SERVED_MAX);
    assert_string_equal(wire_poll(&w), "0 " WIRE_NO("more", "INTERNAL",
                                                    "too many calls at once"));
    handler_respond(w.held[0].call, slice_of("1"));
    wire_hears(&w, 0, false, WIRE_ASK("more", "t/hold", "1"));
    assert_int_equal(w.held_count, (size_t)BOUNDS_SERVED_MAX + 1);
}

#define WITH_WIRE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WIRE(a_request_is_answered_once_with_its_own_id),
        WITH_WIRE(any_id_comes_back_as_it_was),
        WITH_WIRE(a_name_that_is_not_there_is_not_found),
        WITH_WIRE(an_absent_input_is_null),
        WITH_WIRE(a_refused_call_runs_no_handler),
        WITH_WIRE(who_asks_is_decided_for_each_request),
        WITH_WIRE(a_claim_is_shown_and_gives_no_rights),
        WITH_WIRE(a_handler_is_told_what_it_may_know),
        WITH_WIRE(an_answer_may_come_later_and_in_any_order),
        WITH_WIRE(a_handlers_error_is_passed_on_as_it_is),
        WITH_WIRE(only_the_first_answer_counts),
        WITH_WIRE(two_requests_with_one_id_are_both_served),
        WITH_WIRE(an_abort_ends_all_of_its_id_and_no_other),
        WITH_WIRE(a_handler_whose_stream_is_lost_is_told_once),
        WITH_WIRE(a_lost_connection_stops_every_handler_once),
        WITH_WIRE(a_peer_that_says_fin_still_gets_its_answer),
        WITH_WIRE(what_fits_no_frame_becomes_an_error_that_does),
        WITH_WIRE(an_answer_that_cannot_be_kept_resets_its_stream),
        WITH_WIRE(too_many_calls_at_once_are_refused_one_by_one),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
