/* SPDX-License-Identifier: MIT */
/*
 * Subscribers who have enough for now: the stream of their items is not read,
 * so that the peer has to wait, until they go on or it ends.
 */
#include "ref/test/asker.h"

/* The bytes of an item of one digit, and of an end. */
#define ITEM_LEN (4 + strlen(WIRE_OK(WIRE_ID0, "1")))
#define DONE_LEN (4 + strlen(WIRE_DONE(WIRE_ID0)))

/* A subscription whose waiter has enough after each item, and three that
 * came, on the stream of that number. */
static uint64_t subscribe_and_hold(struct waiter *waiter, bool fin)
{
    uint64_t ticket = subscribe_and_send(waiter);

    waiter->room = 1;
    wire_hears(&w, 0, fin, WIRE_OK(WIRE_ID0, "1"), WIRE_OK(WIRE_ID0, "2"),
               WIRE_OK(WIRE_ID0, "3"));
    assert_string_equal(wire_poll(&w), "");
    assert_string_equal(waiter->items, "1 ");
    assert_int_equal(w.consumed, ITEM_LEN);
    return ticket;
}

/* One more item. */
static void resume(uint64_t ticket, struct waiter *waiter)
{
    waiter->room = 1;
    client_resume(w.c, ticket);
    assert_string_equal(wire_poll(&w), "");
}

/* [SU-9, PM-13] nothing is consumed that nobody took, nothing is lost */
static void whoever_has_enough_gets_no_more_until_it_goes_on(void **state)
{
    uint64_t ticket = subscribe_and_hold(&waiters[0], false);

    (void)state;
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "4"), WIRE_DONE(WIRE_ID0));
    assert_string_equal(wire_poll(&w), "");
    assert_string_equal(waiters[0].items, "1 ");
    assert_int_equal(w.consumed, ITEM_LEN);
    assert_int_equal(node_count(w.node).bytes, 3 * ITEM_LEN + DONE_LEN);
    resume(ticket, &waiters[0]);
    assert_string_equal(waiters[0].items, "1 2 ");
    assert_int_equal(w.consumed, 2 * ITEM_LEN);
    resume(ticket, &waiters[0]);
    resume(ticket, &waiters[0]);
    assert_string_equal(waiters[0].items, "1 2 3 4 ");
    assert_int_equal(waiters[0].told, 0);
    resume(ticket, &waiters[0]);
    waiter_got(&waiters[0], "1 2 3 4 ", "ok ");
    assert_int_equal(w.consumed, 4 * ITEM_LEN + DONE_LEN);
    resume(ticket, &waiters[0]);
    assert_int_equal(node_count(w.node).bytes, 0);
}

static void the_end_waits_behind_what_is_held(void **state)
{
    uint64_t ticket = subscribe_and_hold(&waiters[0], true);

    (void)state;
    resume(ticket, &waiters[0]);
    assert_int_equal(waiters[0].told, 0);
    resume(ticket, &waiters[0]); /* nothing is left but the end */
    waiter_got(&waiters[0], "1 2 3 ",
               "INTERNAL the stream ended without an answer");
    assert_int_equal(node_count(w.node).streams, 0);
}

/* The peer has stopped by itself, whether anybody has read so far or not. */
static void who_has_said_fin_is_not_asked_to_stop(void **state)
{
    uint64_t ticket = subscribe_and_hold(&waiters[0], true);

    (void)state;
    client_abort(w.c, ticket);
    assert_string_equal(wire_poll(&w),
                        "open 4; 4 " WIRE_ABORT(WIRE_ID0) " fin");
    assert_int_equal(node_count(w.node).streams, 1);
}

/* The transport may be through with a stream that is not read to its end. */
static void what_is_held_outlives_its_stream(void **state)
{
    uint64_t ticket = subscribe_and_send(&waiters[0]);

    (void)state;
    waiters[0].room = 1;
    wire_hears(&w, 0, true, WIRE_OK(WIRE_ID0, "1"), WIRE_OK(WIRE_ID0, "2"),
               WIRE_DONE(WIRE_ID0));
    (void)wire_poll(&w);
    connection_on_gone(w.c, 0);
    assert_string_equal(wire_poll(&w), "");
    assert_string_equal(waiters[0].items, "1 ");
    waiters[0].room = -1;
    client_resume(w.c, ticket);
    assert_string_equal(wire_poll(&w), "");
    waiter_got(&waiters[0], "1 2 ", "ok ");
    assert_int_equal(node_count(w.node).streams, 0);
}

/* Every ending but the peer's own FIN comes at once, held or not. */
static void end_by_reset(uint64_t ticket)
{
    (void)ticket;
    connection_on_reset(w.c, 0);
}

static void end_by_gone(uint64_t ticket)
{
    (void)ticket;
    connection_on_gone(w.c, 0);
}

static void end_by_time(uint64_t ticket)
{
    (void)ticket;
    node_advance(w.node, 50);
}

static void end_by_abort(uint64_t ticket)
{
    client_abort(w.c, ticket);
}

static void end_by_loss(uint64_t ticket)
{
    (void)ticket;
    connection_on_closed(w.c);
}

static void whatever_ends_it_ends_what_is_held_at_once(void **state)
{
    static const struct {
        void (*end_it)(uint64_t ticket);
        const char *outcome, *said;
        bool is_read; /* are the bytes given back to flow control? */
    } cases[] = {
        {end_by_reset, "INTERNAL the stream ended without an answer", "", true},
        {end_by_gone, "INTERNAL the stream ended without an answer", "", false},
        {end_by_time, "TIMEOUT+ request timed out",
         "open 4; 0 stop; 4 " WIRE_ABORT(WIRE_ID0) " fin", true},
        {end_by_abort, "aborted INTERNAL aborted",
         "open 4; 0 stop; 4 " WIRE_ABORT(WIRE_ID0) " fin", true},
        {end_by_loss, "INTERNAL connection closed", "", false},
    };
    struct client_request request = {
        .operation = slice_of("t/x"), .input = slice_of("1"), .timeout_ns = 50};

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        uint64_t ticket;

        wire_end(&w);
        connect_with(100);
        waiters[0].room = 1;
        ticket = client_subscribe(w.c, &request, waiter_of(&waiters[0]));
        (void)wire_poll(&w);
        wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "1"), WIRE_OK(WIRE_ID0, "2"),
                   WIRE_DONE(WIRE_ID0));
        (void)wire_poll(&w);
        cases[i].end_it(ticket);
        waiter_got(&waiters[0], "1 ", cases[i].outcome);
        assert_string_equal(wire_poll(&w), cases[i].said);
        client_resume(w.c, ticket);
        assert_string_equal(wire_poll(&w), "");
        waiter_got(&waiters[0], "1 ", cases[i].outcome);
        assert_int_equal(w.consumed,
                         cases[i].is_read ? 2 * ITEM_LEN + DONE_LEN : ITEM_LEN);
    }
}

/* A peer that sends past every window is not listened to any more. */
static void more_than_may_be_held_ends_the_stream(void **state)
{
    size_t len = BOUNDS_HELD_MAX - 2 * ITEM_LEN;
    char *bytes = calloc(1, len);

    (void)state;
    assert_non_null(bytes);
    (void)subscribe_and_hold(&waiters[0], false);
    connection_on_data(w.c, 0, slice_make(bytes, len), false);
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(node_count(w.node).bytes, BOUNDS_HELD_MAX);
    connection_on_data(w.c, 0, slice_make(bytes, 1), false);
    waiter_got(&waiters[0], "1 ", "INTERNAL the answer is malformed");
    assert_string_equal(wire_poll(&w), "0 stop");
    assert_int_equal(w.consumed, ITEM_LEN + BOUNDS_HELD_MAX + 1);
    connection_on_data(w.c, 0, slice_make(bytes, len), true);
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(node_count(w.node).streams, 0);
    free(bytes);
}

/* The one who has enough may be another than the one whose stream it is. */
static void a_stream_that_was_given_up_is_given_up_once(void **state)
{
    char *bytes = calloc(1, BOUNDS_HELD_MAX);

    (void)state;
    assert_non_null(bytes);
    (void)subscribe_and_send(&waiters[0]);
    (void)subscribe_and_send(&waiters[1]);
    waiters[1].room = 1;
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID1, "10"), WIRE_OK(WIRE_ID1, "20"));
    connection_on_data(w.c, 0, slice_make(bytes, BOUNDS_HELD_MAX), false);
    waiter_got(&waiters[0], "", "INTERNAL the answer is malformed");
    assert_string_equal(wire_poll(&w), "0 stop");
    connection_on_data(w.c, 0, slice_make(bytes, BOUNDS_HELD_MAX), false);
    assert_string_equal(wire_poll(&w), "");
    assert_string_equal(waiters[1].items, "10 ");
    free(bytes);
}

static void one_that_stalls_holds_up_nobody_on_other_streams(void **state)
{
    uint64_t ticket = subscribe_and_hold(&waiters[0], false);

    (void)state;
    (void)subscribe_and_send(&waiters[1]);
    (void)call_and_send(&waiters[2]);
    wire_hears(&w, 4, true, WIRE_OK(WIRE_ID1, "1"), WIRE_DONE(WIRE_ID1));
    wire_hears(&w, 8, true, WIRE_OK(WIRE_ID2, "2"));
    (void)wire_poll(&w);
    waiter_got(&waiters[1], "1 ", "ok ");
    waiter_heard(&waiters[2], "ok 2");
    resume(ticket, &waiters[0]);
    assert_string_equal(waiters[0].items, "1 2 ");
}

/* [SU-9] as the protocol says */
static void on_one_stream_the_slowest_holds_up_all(void **state)
{
    uint64_t tickets[2];

    (void)state;
    for (int i = 0; i < 2; i++)
        tickets[i] = subscribe_and_send(&waiters[i]);
    waiters[0].room = waiters[1].room = 1;
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "1"), WIRE_OK(WIRE_ID1, "10"),
               WIRE_OK(WIRE_ID0, "2"), WIRE_DONE(WIRE_ID0),
               WIRE_DONE(WIRE_ID1));
    assert_string_equal(waiters[1].items, "");
    resume(tickets[0], &waiters[0]);
    assert_string_equal(waiters[1].items, "10 ");
    assert_string_equal(waiters[0].items, "1 ");
    client_abort(w.c, tickets[1]); /* the one that stalls goes away */
    (void)wire_poll(&w);
    assert_string_equal(waiters[0].items, "1 2 ");
    resume(tickets[0], &waiters[0]);
    waiter_got(&waiters[0], "1 2 ", "ok ");
    waiter_got(&waiters[1], "10 ", "aborted INTERNAL aborted");
}

/* [PM-13, SM-7] Held on one stream, it is not flooded over another. */
static void items_on_a_second_stream_do_not_get_past_a_held_one(void **state)
{
    (void)state;
    (void)subscribe_and_hold(&waiters[0], false);
    wire_hears(&w, 1, false, WIRE_OK(WIRE_ID0, "4"), WIRE_OK(WIRE_ID0, "5"));
    waiter_got(&waiters[0], "1 ", "INTERNAL more items than were wanted");
    assert_string_equal(wire_poll(&w), "open 4; 0 stop; 4 " WIRE_ABORT(
                                           WIRE_ID0) " fin; credit 1");
}

/* The stream that is held may be lost when it is another's. */
static void
what_is_held_of_a_stream_that_is_gone_is_not_lost_in_silence(void **state)
{
    uint64_t ticket;

    (void)state;
    (void)subscribe_and_send(&waiters[0]);
    ticket = subscribe_and_send(&waiters[1]);
    waiters[1].room = 1;
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID1, "10"), WIRE_OK(WIRE_ID1, "20"));
    connection_on_reset(w.c, 0);
    (void)wire_poll(&w);
    assert_int_equal(node_count(w.node).streams, 1);
    waiter_got(&waiters[1], "10 ",
               "INTERNAL the stream ended without an answer");
    resume(ticket, &waiters[1]);
    wire_hears(&w, 4, true, WIRE_OK(WIRE_ID1, "30"));
    waiter_got(&waiters[1], "10 ",
               "INTERNAL the stream ended without an answer");
}

/* Two ask, and there is no credit for a third stream. */
static void subscribe_on_all_streams(uint64_t ret_tickets[2])
{
    wire_end(&w);
    connect_with(2);
    for (int i = 0; i < 2; i++)
        ret_tickets[i] = subscribe_and_send(&waiters[i]);
}

/* [PM-10] A stream is not idle while somebody's items lie on it, however much a
 * request of ours wants for one. */
static void what_is_held_survives_the_search_for_idle_streams(void **state)
{
    uint64_t tickets[2];

    (void)state;
    subscribe_on_all_streams(tickets);
    waiters[1].room = 1;
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID1, "10"), WIRE_OK(WIRE_ID1, "20"));
    client_abort(w.c, tickets[0]); /* which has to wait for a stream */
    (void)wire_poll(&w);
    resume(tickets[1], &waiters[1]);
    assert_string_equal(waiters[1].items, "10 20 ");
}

/* The same when they may be read on already, and were not yet. */
static void what_is_let_go_survives_the_search_for_idle_streams(void **state)
{
    uint64_t tickets[2];

    (void)state;
    subscribe_on_all_streams(tickets);
    waiters[1].room = 1;
    wire_hears(&w, 0, true, WIRE_OK(WIRE_ID1, "10"), WIRE_OK(WIRE_ID1, "20"),
               WIRE_DONE(WIRE_ID1));
    waiters[1].room = -1;
    client_resume(w.c, tickets[1]);
    client_abort(w.c, tickets[0]); /* which has to wait for a stream */
    (void)wire_poll(&w);
    waiter_got(&waiters[1], "10 20 ", "ok ");
}

/* [PM-10, SM-7] A stream that ends when all of it was read takes nothing from
 * whoever had enough there: it goes on elsewhere. */
static void the_end_of_another_stream_is_nobodys_loss(void **state)
{
    uint64_t ticket = subscribe_and_send(&waiters[0]);

    (void)state;
    waiters[0].room = 1;
    wire_hears(&w, 1, true, WIRE_OK(WIRE_ID0, "1"));
    (void)wire_poll(&w);
    assert_int_equal(waiters[0].told, 0);
    resume(ticket, &waiters[0]);
    wire_hears(&w, 5, true, WIRE_OK(WIRE_ID0, "2"));
    assert_string_equal(waiters[0].items, "1 2 ");
    wire_hears(&w, 0, true, WIRE_DONE(WIRE_ID0)); /* there were no more */
    waiter_got(&waiters[0], "1 2 ", "ok ");
}

/* But nobody gets more than it wants. */
static void who_had_enough_there_has_enough_elsewhere(void **state)
{
    (void)state;
    (void)subscribe_and_send(&waiters[0]);
    waiters[0].room = 1;
    wire_hears(&w, 1, true, WIRE_OK(WIRE_ID0, "1"));
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "2"));
    waiter_got(&waiters[0], "1 ", "INTERNAL more items than were wanted");
}

/* Items that somebody has enough of do not keep the connection from dying. */
static void resuming_before_there_are_items_is_nothing(void **state)
{
    uint64_t ticket = subscribe_and_send(&waiters[0]);

    (void)state;
    resume(ticket, &waiters[0]);
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "1"), WIRE_OK(WIRE_ID0, "2"));
    assert_string_equal(waiters[0].items, "1 ");
    connection_close(w.c);
    waiter_heard(&waiters[0], "INTERNAL connection closed");
    assert_string_equal(wire_poll(&w), "close");
}

/* --------------------------------------------------- what a waiter may do */

static uint64_t own_ticket;

static bool abort_inside(void *self, struct slice output)
{
    (void)waiter_item(self, output);
    client_abort(w.c, own_ticket);
    return false;
}

static bool close_inside(void *self, struct slice output)
{
    (void)waiter_item(self, output);
    connection_close(w.c);
    return false;
}

static void a_subscriber_may_end_it_from_inside_an_item(void **state)
{
    static bool (*const items[])(void *, struct slice) = {abort_inside,
                                                          close_inside};
    static const char *const outcomes[] = {"aborted INTERNAL aborted",
                                           "INTERNAL connection closed"};
    struct client_request request = {.operation = slice_of("t/x"),
                                     .input = slice_of("1")};

    (void)state;
    for (size_t i = 0; i < T_COUNT(items); i++) {
        wire_end(&w);
        connect_with(100);
        own_ticket = client_subscribe(
            w.c, &request,
            (struct pending_waiter){waiter_tell, items[i], &waiters[0]});
        (void)wire_poll(&w);
        wire_hears(&w, 0, true, WIRE_OK(WIRE_ID0, "1"), WIRE_OK(WIRE_ID0, "2"),
                   WIRE_DONE(WIRE_ID0));
        waiter_got(&waiters[0], "1 ", outcomes[i]);
        (void)wire_poll(&w);
        waiter_got(&waiters[0], "1 ", outcomes[i]);
    }
}

#define WITH_WIRE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WIRE(whoever_has_enough_gets_no_more_until_it_goes_on),
        WITH_WIRE(the_end_waits_behind_what_is_held),
        WITH_WIRE(who_has_said_fin_is_not_asked_to_stop),
        WITH_WIRE(what_is_held_outlives_its_stream),
        WITH_WIRE(whatever_ends_it_ends_what_is_held_at_once),
        WITH_WIRE(more_than_may_be_held_ends_the_stream),
        WITH_WIRE(a_stream_that_was_given_up_is_given_up_once),
        WITH_WIRE(one_that_stalls_holds_up_nobody_on_other_streams),
        WITH_WIRE(on_one_stream_the_slowest_holds_up_all),
        WITH_WIRE(items_on_a_second_stream_do_not_get_past_a_held_one),
        WITH_WIRE(what_is_held_of_a_stream_that_is_gone_is_not_lost_in_silence),
        WITH_WIRE(what_is_held_survives_the_search_for_idle_streams),
        WITH_WIRE(what_is_let_go_survives_the_search_for_idle_streams),
        WITH_WIRE(the_end_of_another_stream_is_nobodys_loss),
        WITH_WIRE(who_had_enough_there_has_enough_elsewhere),
        WITH_WIRE(resuming_before_there_are_items_is_nothing),
        WITH_WIRE(a_subscriber_may_end_it_from_inside_an_item),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
