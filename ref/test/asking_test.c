/* SPDX-License-Identifier: MIT */
/*
 * Our own requests after they went out: items and how they end, aborts and
 * where they travel. What goes out at first is tried in client_test.c, and
 * subscribers who have enough for now in holding_test.c.
 */
#include "ref/test/asker.h"

/* ---------------------------------------------------------------- endings */

/* [SU-2, SU-7, PM-14] */
static void items_come_in_order_and_then_the_end(void **state)
{
    (void)state;
    (void)subscribe_and_send(&waiters[0]);
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "1"));
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "2"), WIRE_OK(WIRE_ID0, "3"));
    assert_string_equal(waiters[0].items, "1 2 3 ");
    assert_int_equal(waiters[0].told, 0);
    wire_hears(&w, 0, true, WIRE_DONE(WIRE_ID0));
    waiter_got(&waiters[0], "1 2 3 ", "ok ");
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(node_count(w.node).streams, 0);
}

/* [SU-3] */
static void a_subscription_may_have_no_items(void **state)
{
    (void)state;
    (void)subscribe_and_send(&waiters[0]);
    wire_hears(&w, 0, true, WIRE_DONE(WIRE_ID0));
    waiter_got(&waiters[0], "", "ok ");
}

/* [SU-4, SU-5, PM-8] and what comes behind it is dropped */
static void an_error_is_the_end_of_the_items(void **state)
{
    (void)state;
    (void)subscribe_and_send(&waiters[0]);
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "1"),
               WIRE_NO(WIRE_ID0, "E", "m"), WIRE_DONE(WIRE_ID0));
    waiter_got(&waiters[0], "1 ", "E m");
    assert_string_equal(wire_poll(&w), "");
}

/* [SM-18, SM-19] */
static void items_without_an_end_end_in_an_error(void **state)
{
    (void)state;
    (void)subscribe_and_send(&waiters[0]);
    (void)subscribe_and_send(&waiters[1]);
    wire_hears(&w, 0, true, WIRE_OK(WIRE_ID0, "1"));
    connection_on_reset(w.c, 4);
    waiter_got(&waiters[0], "1 ",
               "INTERNAL the stream ended without an answer");
    waiter_got(&waiters[1], "", "INTERNAL the stream ended without an answer");
}

/* [TO-9] none of its own, unless it was asked for */
static void a_subscription_has_no_limit_but_its_own(void **state)
{
    struct client_request request = {.operation = slice_of("t/x"),
                                     .input = slice_of("1")};

    (void)state;
    (void)client_subscribe(w.c, &request, waiter_of(&waiters[0]));
    assert_true(node_deadline(w.node) == NEVER);
    request.timeout_ns = 70;
    (void)client_subscribe(w.c, &request, waiter_of(&waiters[1]));
    (void)wire_poll(&w);
    wire_hears(&w, 4, false, WIRE_OK(WIRE_ID1, "1"));
    node_advance(w.node, 69);
    assert_int_equal(waiters[1].told, 0);
    node_advance(w.node, 70);
    waiter_got(&waiters[1], "1 ", "TIMEOUT+ request timed out");
    assert_string_equal(wire_poll(&w),
                        "open 8; 4 stop; 8 " WIRE_ABORT(WIRE_ID1) " fin");
    assert_int_equal(waiters[0].told, 0);
}

/* [AB-31, PM-14] whichever it was, no success, and told apart */
static void the_callee_may_give_up(void **state)
{
    (void)state;
    (void)call_and_send(&waiters[0]);
    (void)subscribe_and_send(&waiters[1]);
    wire_hears(&w, 0, false, WIRE_ABORT(WIRE_ID0), WIRE_OK(WIRE_ID0, "1"));
    wire_hears(&w, 4, false, WIRE_OK(WIRE_ID1, "1"), WIRE_ABORT(WIRE_ID1),
               WIRE_DONE(WIRE_ID1));
    waiter_got(&waiters[0], "", "aborted INTERNAL aborted");
    waiter_got(&waiters[1], "1 ", "aborted INTERNAL aborted");
}

/* [AB-26, AB-29, ID-4] an id of ours in the mouth of a caller is its own */
static void an_abort_of_the_peers_leaves_our_requests_alone(void **state)
{
    (void)state;
    (void)call_and_send(&waiters[0]);
    wire_hears(&w, 1, true, WIRE_ABORT(WIRE_ID0));
    assert_int_equal(waiters[0].told, 0);
    wire_hears(&w, 0, true, WIRE_OK(WIRE_ID0, "1"));
    waiter_heard(&waiters[0], "ok 1");
}

/* [CL-4] call() on a subscription */
static void one_answer_was_wanted_and_more_are_aborted(void **state)
{
    (void)state;
    (void)call_and_send(&waiters[0]);
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "1"));
    waiter_heard(&waiters[0], "ok 1");
    assert_string_equal(wire_poll(&w), "");
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "2"), WIRE_OK(WIRE_ID0, "3"));
    assert_string_equal(wire_poll(&w),
                        "open 4; 0 stop; 4 " WIRE_ABORT(WIRE_ID0) " fin");
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "4"));
    assert_string_equal(wire_poll(&w), "");
}

/* ----------------------------------------------------------------- aborts */

/* [AB-1, AB-3, AB-14, SU-11] at once, and nothing that comes later is heard */
static void an_abort_travels_on_a_stream_of_its_own(void **state)
{
    uint64_t tickets[2];

    (void)state;
    tickets[0] = call_and_send(&waiters[0]);
    tickets[1] = subscribe_and_send(&waiters[1]);
    client_abort(w.c, tickets[0]);
    waiter_heard(&waiters[0], "aborted INTERNAL aborted");
    assert_string_equal(wire_poll(&w),
                        "open 8; 0 stop; 8 " WIRE_ABORT(WIRE_ID0) " fin");
    client_abort(w.c, tickets[1]);
    assert_string_equal(wire_poll(&w),
                        "open 12; 4 stop; 12 " WIRE_ABORT(WIRE_ID1) " fin");
    wire_hears(&w, 0, true, WIRE_OK(WIRE_ID0, "1"));
    wire_hears(&w, 4, true, WIRE_OK(WIRE_ID1, "1"), WIRE_DONE(WIRE_ID1));
    waiter_got(&waiters[0], "", "aborted INTERNAL aborted");
    waiter_got(&waiters[1], "", "aborted INTERNAL aborted");
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(node_count(w.node).pending, 0);
}

static void what_was_not_sent_is_aborted_in_silence(void **state)
{
    struct action a;
    uint64_t ticket;

    (void)state;
    client_abort(w.c, wire_call(&w, "1", &waiters[0]));
    waiter_heard(&waiters[0], "aborted INTERNAL aborted");
    assert_string_equal(wire_poll(&w), "");
    ticket = wire_call(&w, "2", &waiters[1]);
    assert_true(connection_poll(w.c, &a)); /* its stream is on the way */
    assert_int_equal(a.kind, ACTION_OPEN);
    client_abort(w.c, ticket);
    waiter_heard(&waiters[1], "aborted INTERNAL aborted");
    connection_opened(w.c, 0);
    assert_string_equal(wire_poll(&w), "0 fin"); /* [SM-29] */
}

/* [AB-16] a ticket is good for ever */
static void aborting_what_has_ended_is_nothing(void **state)
{
    uint64_t ticket = call_and_send(&waiters[0]);

    (void)state;
    wire_hears(&w, 0, true, WIRE_OK(WIRE_ID0, "1"));
    client_abort(w.c, ticket);
    client_abort(w.c, 0);
    client_abort(w.c, UINT64_MAX);
    client_resume(w.c, ticket);
    waiter_heard(&waiters[0], "ok 1");
    assert_string_equal(wire_poll(&w), "");
}

/* Is that text among the unsent bytes of stream 0? */
static bool lies_unsent(const char *text)
{
    const struct buf *unsent = &streams_find(&w.c->streams, 0)->unsent;

    for (size_t i = 0; i + strlen(text) <= unsent->len; i++)
        if (memcmp(unsent->data + i, text, strlen(text)) == 0)
            return true;
    return false;
}

/* [AB-14] no credit is needed, and it cannot overtake */
static void
an_abort_goes_behind_a_request_that_is_still_on_its_way(void **state)
{
    uint64_t ticket;

    (void)state;
    w.room = 10;
    ticket = wire_call(&w, "1", &waiters[0]);
    assert_string_equal(wire_poll(&w), "open 0; 0 blocked");
    client_abort(w.c, ticket);
    waiter_heard(&waiters[0], "aborted INTERNAL aborted");
    assert_string_equal(wire_poll(&w), "0 stop");
    assert_true(lies_unsent(WIRE_ABORT(WIRE_ID0)));
    w.room = SIZE_MAX;
    connection_on_writable(w.c, 0);
    t_says(wire_poll(&w), "fin");
    assert_string_equal(wire_poll(&w), "");
}

static void without_credit_aborts_wait_and_go_together(void **state)
{
    uint64_t tickets[2];

    (void)state;
    wire_end(&w);
    connect_with(2);
    tickets[0] = call_and_send(&waiters[0]);
    tickets[1] = subscribe_and_send(&waiters[1]);
    (void)wire_call(&w, "3", &waiters[2]);
    client_abort(w.c, tickets[0]);
    client_abort(w.c, tickets[1]);
    assert_string_equal(wire_poll(&w), "0 stop; 4 stop");
    connection_on_credit(w.c, 2); /* aborts before requests */
    assert_string_equal(
        wire_poll(&w),
        "open 8; open 12; 8 " WIRE_ABORT(WIRE_ID0) " " WIRE_ABORT(
            WIRE_ID1) " fin; 12 " WIRE_CALLED(WIRE_ID2, "3") " fin");
}

/* [TO-3] */
static void whoever_gives_up_waiting_says_so(void **state)
{
    (void)state;
    (void)call_and_send(&waiters[0]);
    node_advance(w.node, BOUNDS_TIMEOUT_NS);
    waiter_heard(&waiters[0], "TIMEOUT+ request timed out");
    assert_string_equal(wire_poll(&w),
                        "open 4; 0 stop; 4 " WIRE_ABORT(WIRE_ID0) " fin");
}

/* [SM-7] The peer may answer others there, so it is not asked to stop; and it
 * is told once, however much still comes. */
static void a_stream_with_answers_to_others_is_not_stopped(void **state)
{
    uint64_t ticket = subscribe_and_send(&waiters[0]);

    (void)state;
    (void)call_and_send(&waiters[1]);
    (void)call_and_send(&waiters[2]);
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID1, "1"), WIRE_OK(WIRE_ID0, "1"));
    client_abort(w.c, ticket);
    assert_string_equal(wire_poll(&w),
                        "open 12; 12 " WIRE_ABORT(WIRE_ID0) " fin");
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "2"), WIRE_OK(WIRE_ID0, "3"));
    assert_string_equal(wire_poll(&w), "");
    wire_hears(&w, 0, true, WIRE_OK(WIRE_ID2, "2"));
    waiter_heard(&waiters[1], "ok 1");
    waiter_heard(&waiters[2], "ok 2");
}

/* [CL-4] the same for one answer where more come */
static void too_many_answers_are_aborted_once(void **state)
{
    (void)state;
    (void)call_and_send(&waiters[0]);
    (void)call_and_send(&waiters[1]);
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "1"), WIRE_OK(WIRE_ID1, "1"),
               WIRE_OK(WIRE_ID0, "2"), WIRE_OK(WIRE_ID0, "3"));
    assert_string_equal(wire_poll(&w),
                        "open 8; 8 " WIRE_ABORT(WIRE_ID0) " fin");
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "4"));
    assert_string_equal(wire_poll(&w), "");
}

#define WITH_WIRE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WIRE(items_come_in_order_and_then_the_end),
        WITH_WIRE(a_subscription_may_have_no_items),
        WITH_WIRE(an_error_is_the_end_of_the_items),
        WITH_WIRE(items_without_an_end_end_in_an_error),
        WITH_WIRE(a_subscription_has_no_limit_but_its_own),
        WITH_WIRE(the_callee_may_give_up),
        WITH_WIRE(an_abort_of_the_peers_leaves_our_requests_alone),
        WITH_WIRE(one_answer_was_wanted_and_more_are_aborted),
        WITH_WIRE(an_abort_travels_on_a_stream_of_its_own),
        WITH_WIRE(what_was_not_sent_is_aborted_in_silence),
        WITH_WIRE(aborting_what_has_ended_is_nothing),
        WITH_WIRE(an_abort_goes_behind_a_request_that_is_still_on_its_way),
        WITH_WIRE(without_credit_aborts_wait_and_go_together),
        WITH_WIRE(whoever_gives_up_waiting_says_so),
        WITH_WIRE(a_stream_with_answers_to_others_is_not_stopped),
        WITH_WIRE(too_many_answers_are_aborted_once),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
