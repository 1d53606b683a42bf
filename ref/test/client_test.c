/* SPDX-License-Identifier: MIT */
/* The one who asks: what goes out, under which id, and until when. */
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

/* [OP-3, RQ-1, RQ-2, FR-4, SM-4, SM-22] */
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
                 "INTERNAL too many calls are waiting");
    assert_int_equal(many[BOUNDS_PENDING_MAX - 1].told, 0);
    assert_int_equal(node_count(w.node).pending, BOUNDS_PENDING_MAX);
    connection_on_closed(w.c);
    for (size_t i = 0; i <= BOUNDS_PENDING_MAX; i++)
        assert_int_equal(many[i].told, 1);
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
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
