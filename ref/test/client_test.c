/* SPDX-License-Identifier: MIT */
/* The one who asks: what goes out, under which id, until when, and what counts
 * as the answer. */
#include "ref/session/client.h"
#include "ref/test/t.h"
#include "ref/test/wire.h"

static struct wire w;
static struct waiter waiters[3];

static int begin(void **state)
{
    (void)state;
    memset(waiters, 0, sizeof waiters);
    wire_connect(&w);
    connection_on_credit(w.c, 100);
    return 0;
}

static int end(void **state)
{
    (void)state;
    wire_end(&w);
    return 0;
}

/* [OP-3, RQ-1, RQ-2, FR-4, EV-4] */
static void a_request_goes_out_on_a_stream_of_its_own(void **state)
{
    static const char *const names[] = {"fs/read", "/fs/read"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(names); i++) {
        struct client_request request = {.operation = slice_of(names[i]),
                                         .input = slice_of("{\"p\":1}")};

        client_call(w.c, &request, waiter_of(&waiters[i]));
    }
    assert_string_equal(
        wire_poll(&w),
        "open 0; open 4; "
        "0 " WIRE_ASK(WIRE_ID0, "/fs/read",
                      "{\"p\":1}") " fin; "
                                   "4 " WIRE_ASK(WIRE_ID1, "/fs/read",
                                                 "{\"p\":1}") " fin");
}

/* [IR-2, FF-1] */
static void token_and_claim_travel_when_there_are_any(void **state)
{
    struct client_request request = {
        .operation = slice_of("a"),
        .input = slice_of("null"),
        .auth_token = slice_of("t\"k"),
        .forwarded_for =
            slice_of("{\"id\":\"u\",\"scopes\":[],\"resources\":{}}"),
    };

    (void)state;
    client_call(w.c, &request, waiter_of(&waiters[0]));
    assert_string_equal(
        wire_poll(&w),
        "open 0; 0 {\"type\":\"call.requested\",\"id\":\"" WIRE_ID0
        "\",\"payload\":{\"operationId\":\"/a\",\"input\":null,"
        "\"auth_token\":\"t\\\"k\",\"forwarded_for\":{\"id\":\"u\","
        "\"scopes\":[],\"resources\":{}}}} fin");
}

/* [ID-2, ID-3, ID-4] version 4, variant 10, all other bits from the entropy */
static void ids_are_random_uuids(void **state)
{
    (void)state;
    w.entropy = 0xff;
    wire_call(&w, "1", &waiters[0]);
    t_says(wire_poll(&w), "\"ffffffff-ffff-4fff-bfff-ffffffffffff\"");
    w.entropy = 0x5a;
    wire_call(&w, "1", &waiters[1]);
    t_says(wire_poll(&w), "\"5a5a5a5a-5a5a-4a5a-9a5a-5a5a5a5a5a5a\"");
}

/* [TO-1, TO-5] */
static void a_call_times_out_when_it_or_its_node_says(void **state)
{
    struct client_request request = {.operation = slice_of("a"),
                                     .input = slice_of("1")};

    (void)state;
    node_advance(w.node, 1000);
    client_call(w.c, &request, waiter_of(&waiters[0]));
    request.timeout_ns = 500;
    client_call(w.c, &request, waiter_of(&waiters[1]));
    request.timeout_ns = NEVER;
    client_call(w.c, &request, waiter_of(&waiters[2]));
    assert_int_equal(node_deadline(w.node), 1500);
    node_advance(w.node, 1499);
    assert_int_equal(waiters[1].told, 0);
    node_advance(w.node, 1500);
    waiter_heard(&waiters[1], "TIMEOUT+ request timed out");
    assert_int_equal(node_deadline(w.node), 1000 + BOUNDS_TIMEOUT_NS);
    node_advance(w.node, 1000 + BOUNDS_TIMEOUT_NS);
    waiter_heard(&waiters[0], "TIMEOUT+ request timed out");
    assert_true(node_deadline(w.node) == NEVER);
    node_advance(w.node, NEVER - 1);
    assert_int_equal(waiters[2].told, 0);
}

static void a_timeout_beyond_the_end_of_time_is_never(void **state)
{
    struct client_request request = {.operation = slice_of("a"),
                                     .input = slice_of("1"),
                                     .timeout_ns = NEVER - 100};

    (void)state;
    node_advance(w.node, 101);
    client_call(w.c, &request, waiter_of(&waiters[0]));
    assert_true(node_deadline(w.node) == NEVER);
}

/* The time may be up before there is a stream; then it carries nothing. */
static void a_call_that_was_never_sent_times_out_too(void **state)
{
    struct action a;

    (void)state;
    wire_call(&w, "1", &waiters[0]);
    assert_true(connection_poll(w.c, &a));
    assert_int_equal(a.kind, ACTION_OPEN);
    node_advance(w.node, BOUNDS_TIMEOUT_NS);
    waiter_heard(&waiters[0], "TIMEOUT+ request timed out");
    connection_opened(w.c, 0);
    assert_string_equal(wire_poll(&w), "0 fin");
}

static void a_late_answer_is_passed_over(void **state)
{
    (void)state;
    wire_call(&w, "1", &waiters[0]);
    (void)wire_poll(&w);
    node_advance(w.node, BOUNDS_TIMEOUT_NS);
    wire_hears(&w, 0, true, WIRE_OK(WIRE_ID0, "1"));
    waiter_heard(&waiters[0], "TIMEOUT+ request timed out");
}

/* [FL-3] at once, and nothing goes out */
static void a_request_that_fits_no_frame_is_refused(void **state)
{
    char input[300];

    (void)state;
    wire_end(&w);
    wire_begin(&w, 200);
    w.c = node_add(w.node, slice_make(NULL, 0), (struct peer_filter){true});
    connection_on_credit(w.c, 1);
    memset(input, '1', sizeof input - 1);
    input[sizeof input - 1] = '\0';
    wire_call(&w, input, &waiters[0]);
    waiter_heard(&waiters[0], "INTERNAL the request does not fit into a frame");
    assert_string_equal(wire_poll(&w), "");
}

/* [CN-10] */
static void a_call_on_a_lost_connection_ends_at_once(void **state)
{
    (void)state;
    connection_on_closed(w.c);
    wire_call(&w, "1", &waiters[0]);
    waiter_heard(&waiters[0], "INTERNAL connection closed");
}

static void too_many_waiting_calls_are_refused(void **state)
{
    static struct waiter many[BOUNDS_PENDING_MAX + 1];

    (void)state;
    w.entropy = 0;
    for (size_t i = 0; i <= BOUNDS_PENDING_MAX; i++)
        wire_call(&w, "1", &many[i]);
    waiter_heard(&many[BOUNDS_PENDING_MAX],
                 "INTERNAL too many requests are waiting");
    assert_int_equal(many[BOUNDS_PENDING_MAX - 1].told, 0);
    assert_int_equal(node_count(w.node).pending, BOUNDS_PENDING_MAX);
    connection_on_closed(w.c);
    for (size_t i = 0; i <= BOUNDS_PENDING_MAX; i++)
        assert_int_equal(many[i].told, 1);
}

/* A call of ours that was sent. */
static void call_and_send(struct waiter *waiter)
{
    wire_call(&w, "1", waiter);
    t_says(wire_poll(&w), "fin");
    assert_int_equal(waiter->told, 0);
}

/* --------------------------------------------------------------- answers */

/* [SM-6, SM-7, SM-8] on our stream, on another of ours, on one of the peer's */
static void an_answer_is_taken_on_any_stream(void **state)
{
    static const int64_t streams[] = {0, 4, 1};
    static const char *const answers[] = {
        WIRE_OK(WIRE_ID0, "0"), WIRE_OK(WIRE_ID1, "1"), WIRE_OK(WIRE_ID2, "2")};

    (void)state;
    for (int i = 0; i < 3; i++)
        call_and_send(&waiters[i]);
    for (int i = 2; i >= 0; i--)
        wire_hears(&w, streams[(i + 1) % 3], false, answers[i]);
    waiter_heard(&waiters[0], "ok 0");
    waiter_heard(&waiters[1], "ok 1");
    waiter_heard(&waiters[2], "ok 2");
}

/* [PM-8, PM-9, CL-4, ER-3, ER-4] */
static void the_first_end_of_a_call_is_its_end(void **state)
{
    static const struct {
        const char *frame, *heard;
    } cases[] = {
        {WIRE_OK("%s", "1"), "ok 1"},
        {WIRE_NO("%s", "FORBIDDEN", "m"), "FORBIDDEN m"},
        {"{\"type\":\"call.responded\",\"id\":\"%s\",\"payload\":null}",
         "ok null"},
        {"{\"type\":\"call.error\",\"id\":\"%s\",\"payload\":{\"code\":\"A\","
         "\"message\":\"m\",\"retryable\":true,\"details\":[1]}}",
         "A+ m [1]"},
        {"{\"type\":\"call.error\",\"id\":\"%s\",\"payload\":{\"code\":\"A\","
         "\"message\":\"m\"}}",
         "INTERNAL the peer's error is malformed"},
        {"{\"type\":\"call.completed\",\"id\":\"%s\",\"payload\":{}}",
         "INTERNAL completed without a result"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        char text[300];

        wire_end(&w);
        (void)begin(NULL);
        call_and_send(&waiters[0]);
        snprintf(text, sizeof text, cases[i].frame, WIRE_ID0);
        wire_hears(&w, 0, false, text, WIRE_OK(WIRE_ID0, "\"late\""), text);
        waiter_heard(&waiters[0], cases[i].heard);
    }
}

/* An escaped id and an escaped error are read from the same scratch. */
static void an_escaped_error_reaches_the_call_with_the_escaped_id(void **state)
{
    (void)state;
    call_and_send(&waiters[0]);
    wire_hears(
        &w, 0, false,
        "{\"type\":\"call.\\u0065rror\",\"id\":\"\\u00300000000-0000-4000"
        "-8000-000000000000\",\"payload\":{\"code\":\"\\u0041\\u0042\","
        "\"message\":\"\\u0063\\u0064\\n\",\"retryable\":false}}");
    waiter_heard(&waiters[0], "AB cd\n");
}

/* [SM-15] */
static void a_request_on_our_own_stream_is_none(void **state)
{
    (void)state;
    call_and_send(&waiters[0]);
    wire_hears(&w, 0, false, WIRE_ASK("r1", "t/echo", "1"),
               WIRE_OK(WIRE_ID0, "1"));
    assert_string_equal(wire_poll(&w), "");
    waiter_heard(&waiters[0], "ok 1");
}

/* [SM-18, SM-19] at once */
static void a_stream_that_ends_unanswered_fails_its_call(void **state)
{
    (void)state;
    call_and_send(&waiters[0]);
    call_and_send(&waiters[1]);
    call_and_send(&waiters[2]);
    wire_hears(&w, 0, true, NULL);
    waiter_heard(&waiters[0], "INTERNAL the stream ended without an answer");
    connection_on_reset(w.c, 4);
    waiter_heard(&waiters[1], "INTERNAL the stream ended without an answer");
    connection_on_gone(w.c, 8);
    waiter_heard(&waiters[2], "INTERNAL the stream ended without an answer");
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(node_count(w.node).streams, 0);
}

static void a_stream_that_ends_after_the_answer_is_nothing(void **state)
{
    (void)state;
    call_and_send(&waiters[0]);
    wire_hears(&w, 0, true, WIRE_OK(WIRE_ID0, "1"));
    waiter_heard(&waiters[0], "ok 1");
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(node_count(w.node).streams, 0);
}

/* [FL-12] nothing can be hoped for on it any more */
static void a_malformed_answer_fails_the_calls_of_its_stream(void **state)
{
    (void)state;
    call_and_send(&waiters[0]);
    call_and_send(&waiters[1]);
    wire_hears(&w, 0, false, "bad");
    waiter_heard(&waiters[0], "INTERNAL the answer is malformed");
    assert_int_equal(waiters[1].told, 0);
    assert_string_equal(wire_poll(&w), "0 stop");
    wire_hears(&w, 4, true, WIRE_OK(WIRE_ID1, "1"));
    waiter_heard(&waiters[1], "ok 1");
}

static void a_peer_that_does_not_take_the_request_fails_it(void **state)
{
    (void)state;
    w.room = 10;
    wire_call(&w, "1", &waiters[0]);
    assert_string_equal(wire_poll(&w), "open 0; 0 blocked");
    connection_on_stop(w.c, 0);
    waiter_heard(&waiters[0], "INTERNAL the peer does not take the request");
    assert_string_equal(wire_poll(&w), "0 reset");
    connection_on_stop(w.c, 0);
    assert_string_equal(wire_poll(&w), "");
}

/* [SM-27] a request that is all sent still waits for its answer */
static void a_stop_behind_the_whole_request_is_harmless(void **state)
{
    (void)state;
    call_and_send(&waiters[0]);
    connection_on_stop(w.c, 0);
    connection_on_stop(w.c, 400);
    assert_string_equal(wire_poll(&w), "");
    wire_hears(&w, 0, true, WIRE_OK(WIRE_ID0, "1"));
    waiter_heard(&waiters[0], "ok 1");
}

#define WITH_WIRE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WIRE(a_request_goes_out_on_a_stream_of_its_own),
        WITH_WIRE(token_and_claim_travel_when_there_are_any),
        WITH_WIRE(ids_are_random_uuids),
        WITH_WIRE(a_call_times_out_when_it_or_its_node_says),
        WITH_WIRE(a_timeout_beyond_the_end_of_time_is_never),
        WITH_WIRE(a_call_that_was_never_sent_times_out_too),
        WITH_WIRE(a_late_answer_is_passed_over),
        WITH_WIRE(a_request_that_fits_no_frame_is_refused),
        WITH_WIRE(a_call_on_a_lost_connection_ends_at_once),
        WITH_WIRE(too_many_waiting_calls_are_refused),
        WITH_WIRE(an_answer_is_taken_on_any_stream),
        WITH_WIRE(the_first_end_of_a_call_is_its_end),
        WITH_WIRE(an_escaped_error_reaches_the_call_with_the_escaped_id),
        WITH_WIRE(a_request_on_our_own_stream_is_none),
        WITH_WIRE(a_stream_that_ends_unanswered_fails_its_call),
        WITH_WIRE(a_stream_that_ends_after_the_answer_is_nothing),
        WITH_WIRE(a_malformed_answer_fails_the_calls_of_its_stream),
        WITH_WIRE(a_peer_that_does_not_take_the_request_fails_it),
        WITH_WIRE(a_stop_behind_the_whole_request_is_harmless),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
