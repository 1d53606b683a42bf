/* SPDX-License-Identifier: MIT */
/*
 * The protocol machine from one side: bytes in, actions out. What happens to
 * served calls is tried in serving_test.c, what becomes of ours in
 * client_test.c; here it is streams, frames, credit and ends.
 */
#include "ref/session/connection.h"
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

/* A call of ours that was sent. */
static void call_and_send(struct waiter *waiter)
{
    wire_call(&w, "1", waiter);
    t_says(wire_poll(&w), "fin");
    assert_int_equal(waiter->told, 0);
}

/* --------------------------------------------------------------- reading */

/* [FR-6] */
static void a_request_in_single_bytes_is_a_request(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    wire_frame(&out, WIRE_ASK("r1", "t/echo", "1"));
    for (size_t i = 0; i < out.len; i++) {
        assert_string_equal(wire_poll(&w), "");
        connection_on_data(w.c, 0, slice_make(out.data + i, 1), false);
    }
    assert_string_equal(wire_poll(&w), "0 " WIRE_OK("r1", "1") "; credit 1");
    assert_int_equal(w.consumed, out.len);
    buf_clear(&out);
}

/* [EN-18, SM-16, EV-4] */
static void what_means_nothing_is_passed_over(void **state)
{
    (void)state;
    wire_hears(&w, 0, false,
               "{\"type\":\"call.ping\",\"id\":\"r0\",\"payload\":{}}",
               WIRE_OK("nobody", "1"), WIRE_NO("nobody", "INTERNAL", "m"),
               "{\"type\":\"call.completed\",\"id\":\"x\",\"payload\":{}}",
               "{\"type\":\"call.aborted\",\"id\":\"x\",\"payload\":null}",
               "{\"type\":\"call.error\",\"id\":\"x\",\"payload\":7}",
               WIRE_ASK("r1", "t/echo", "1"));
    assert_string_equal(wire_poll(&w), "0 " WIRE_OK("r1", "1") "; credit 1");
}

/* [FL-8, FL-9, FL-10, FL-11] */
static void a_malformed_frame_ends_its_stream_and_nothing_else(void **state)
{
    static const char *const bad[] = {
        "{}",
        "x",
        "[\"call.requested\",\"1\",{}]",
        "{\"type\":\"call.requested\",\"id\":1,\"payload\":{}}",
        "{\"type\":\"x\",\"id\":\"1\"}",
        "{\"id\":\"\xff\"}"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(bad); i++) {
        int64_t stream = (int64_t)i * 4;
        char wanted[300];

        wire_hears(&w, stream, false, WIRE_ASK("r1", "t/echo", "1"), bad[i],
                   WIRE_ASK("r2", "t/echo", "2"));
        snprintf(wanted, sizeof wanted,
                 "%d stop; %d " WIRE_OK("r1", "1") " fin; credit 1",
                 (int)stream, (int)stream);
        assert_string_equal(wire_poll(&w), wanted);
        wire_hears(&w, stream, false, WIRE_ASK("r3", "t/echo", "3"));
        assert_string_equal(wire_poll(&w), "");
    }
    wire_hears(&w, 1000, false, WIRE_ASK("r4", "t/echo", "4"));
    t_says(wire_poll(&w), WIRE_OK("r4", "4"));
}

/* [FL-2, FL-4] */
static void a_length_that_cannot_be_ends_its_stream(void **state)
{
    static const char *const prefixes[] = {"\0\0\0\0", "\xff\xff\xff\xff",
                                           "\x04\0\0\1"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(prefixes); i++) {
        char wanted[100];

        connection_on_data(w.c, (int64_t)i * 4, slice_make(prefixes[i], 4),
                           false);
        snprintf(wanted, sizeof wanted, "%zu stop; %zu fin", i * 4, i * 4);
        assert_string_equal(wire_poll(&w), wanted);
    }
    assert_int_equal(w.consumed, 12);
}

/* What is owed when a stream goes bad still goes out, then FIN. */
static void a_bad_stream_ends_after_what_is_owed_on_it(void **state)
{
    (void)state;
    wire_hears(&w, 0, false, WIRE_ASK("r1", "t/hold", "1"), "bad");
    assert_string_equal(wire_poll(&w), "0 stop");
    handler_respond(w.held[0].call, slice_of("1"));
    assert_string_equal(wire_poll(&w),
                        "0 " WIRE_OK("r1", "1") " fin; credit 1");
}

/* With FIN in the same breath there is nobody to be asked to stop. */
static void a_bad_frame_before_the_end_needs_no_stop(void **state)
{
    (void)state;
    wire_hears(&w, 0, true, "bad");
    assert_string_equal(wire_poll(&w), "0 fin; credit 1");
}

/* [FL-5, FL-6, SM-29] */
static void a_stream_without_a_whole_frame_is_just_ended(void **state)
{
    (void)state;
    connection_on_data(w.c, 0, slice_make(NULL, 0), true);
    assert_string_equal(wire_poll(&w), "0 fin; credit 1");
    connection_on_data(w.c, 4, T_BYTES("\0\0"), true);
    assert_string_equal(wire_poll(&w), "4 fin; credit 1");
    connection_on_data(w.c, 8, T_BYTES("\0\0\0\7{}"), true);
    assert_string_equal(wire_poll(&w), "8 fin; credit 1");
    connection_on_reset(w.c, 12);
    assert_string_equal(wire_poll(&w), "12 fin; credit 1");
    assert_int_equal(node_count(w.node).streams, 0);
}

/* Every byte is given back to flow control, whatever became of it. */
static void every_byte_that_came_is_consumed(void **state)
{
    (void)state;
    connection_on_data(w.c, 0, T_BYTES("\0\0\0\3bad and more"), false);
    connection_on_data(w.c, 0, T_BYTES("after it went bad"), false);
    connection_on_data(w.c, 0, T_BYTES("end"), true);
    (void)wire_poll(&w);
    assert_int_equal(w.consumed, 16 + 17 + 3);
}

/* A transport without room says when there is some; meanwhile the books say
 * what is held. */
static void what_could_not_be_sent_is_sent_when_there_is_room(void **state)
{
    (void)state;
    w.room = 7;
    wire_hears(&w, 0, true, WIRE_ASK("r1", "t/echo", "1"));
    connection_on_data(w.c, 4, T_BYTES("\0\0\0\7{}"), false);
    assert_string_equal(wire_poll(&w), "0 blocked"); /* and no credit yet */
    assert_int_equal(node_count(w.node).bytes,
                     4 + strlen(WIRE_OK("r1", "1")) - 7 + 2);
    assert_int_equal(node_count(w.node).streams, 2);
    assert_string_equal(wire_poll(&w), "");
    w.room = SIZE_MAX;
    connection_on_writable(w.c, 400);
    assert_string_equal(wire_poll(&w), "");
    connection_on_writable(w.c, 0);
    t_says(wire_poll(&w), "fin; credit 1");
    assert_int_equal(node_count(w.node).streams, 1);
}

/* Nothing is asked of a stream that is gone. */
static void a_stream_that_is_gone_needs_nothing_more(void **state)
{
    (void)state;
    wire_hears(&w, 0, false, WIRE_ASK("r1", "t/hold", "1"), "bad");
    connection_on_gone(w.c, 0);
    connection_on_gone(w.c, 0);
    connection_on_gone(w.c, 400);
    assert_int_equal(w.held[0].stopped, 1);
    assert_string_equal(wire_poll(&w), "credit 1");
    assert_int_equal(w.consumed, 0);
    assert_int_equal(node_count(w.node).streams, 0);
    wire_call(&w, "1", &waiters[0]);
    (void)wire_poll(&w);
    connection_on_stop(w.c, 0); /* the request was taken: nothing */
    wire_hears(&w, 0, false, "bad");
    connection_on_gone(w.c, 0);
    assert_string_equal(wire_poll(&w), "");
}

/* ---------------------------------------------------------------- credit */

static void a_call_waits_for_credit(void **state)
{
    (void)state;
    wire_end(&w);
    wire_connect(&w);
    wire_call(&w, "1", &waiters[0]);
    wire_call(&w, "2", &waiters[1]);
    assert_string_equal(wire_poll(&w), "");
    connection_on_credit(w.c, 1);
    assert_string_equal(wire_poll(&w),
                        "open 0; 0 " WIRE_CALLED(WIRE_ID0, "1") " fin");
    assert_string_equal(wire_poll(&w), "");
    connection_on_credit(w.c, 5);
    assert_string_equal(wire_poll(&w),
                        "open 4; 4 " WIRE_CALLED(WIRE_ID1, "2") " fin");
}

static void
a_stream_that_could_not_be_opened_is_tried_with_new_credit(void **state)
{
    (void)state;
    w.has_no_stream = true;
    wire_call(&w, "1", &waiters[0]);
    assert_string_equal(wire_poll(&w), "open none");
    assert_string_equal(wire_poll(&w), "");
    w.has_no_stream = false;
    connection_on_credit(w.c, 1);
    assert_string_equal(wire_poll(&w),
                        "open 0; 0 " WIRE_CALLED(WIRE_ID0, "1") " fin");
    assert_int_equal(waiters[0].told, 0);
}

/* [SM-25] a peer that never ends a stream is asked to, when it matters */
static void an_answered_stream_is_ended_when_credit_runs_out(void **state)
{
    (void)state;
    wire_end(&w);
    wire_connect(&w);
    connection_on_credit(w.c, 2);
    call_and_send(&waiters[0]);
    call_and_send(&waiters[1]);
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "1"));
    assert_string_equal(wire_poll(&w), ""); /* nobody is waiting for it */
    wire_call(&w, "3", &waiters[2]);
    assert_string_equal(wire_poll(&w), "0 stop");
    assert_string_equal(wire_poll(&w), "");
    connection_on_reset(w.c, 0);
    connection_on_credit(w.c, 1);
    assert_string_equal(wire_poll(&w),
                        "open 8; 8 " WIRE_CALLED(WIRE_ID2, "3") " fin");
    waiter_heard(&waiters[0], "ok 1");
    assert_int_equal(waiters[1].told, 0);
}

/* One answered, one refused, one ended by the peer: only one needs to be asked,
 * and only when new credit did not help. */
static void only_streams_that_hang_open_are_asked_to_end(void **state)
{
    struct waiter others[2] = {{0}, {0}};

    (void)state;
    wire_end(&w);
    wire_connect(&w);
    connection_on_credit(w.c, 3);
    for (int i = 0; i < 3; i++)
        call_and_send(&waiters[i]);
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "1"));
    wire_hears(&w, 4, false, "bad");
    assert_string_equal(wire_poll(&w), "4 stop");
    wire_call(&w, "4", &others[0]);
    assert_string_equal(wire_poll(&w), "0 stop");
    wire_hears(&w, 8, false, WIRE_OK(WIRE_ID2, "1"));
    assert_string_equal(wire_poll(&w), "8 stop");
    connection_on_credit(w.c, 1);
    t_says(wire_poll(&w), "open 12");
    wire_hears(&w, 12, false,
               WIRE_OK("03030303-0303-4303-8303-030303030303", "1"));
    wire_call(&w, "5", &others[1]);
    assert_string_equal(wire_poll(&w), "12 stop");
    waiter_heard(&others[0], "ok 1");
    connection_on_closed(w.c);
}

/* The same when the answer comes while the next call is waiting already. */
static void a_stream_answered_later_is_ended_as_well(void **state)
{
    (void)state;
    wire_end(&w);
    wire_connect(&w);
    connection_on_credit(w.c, 1);
    call_and_send(&waiters[0]);
    wire_call(&w, "2", &waiters[1]);
    assert_string_equal(wire_poll(&w), "");
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "1"));
    assert_string_equal(wire_poll(&w), "0 stop");
}

/* Credit that came and went again: the search for idle streams begins anew. */
static void new_credit_that_is_used_up_is_asked_for_again(void **state)
{
    struct stream *idle;

    (void)state;
    wire_end(&w);
    wire_connect(&w);
    wire_call(&w, "1", &waiters[0]);
    assert_string_equal(wire_poll(&w), ""); /* nothing is idle yet */
    connection_on_credit(w.c, 1);
    wire_call(&w, "2", &waiters[1]);
    t_says(wire_poll(&w), "open 0");
    idle = streams_find(&w.c->streams, 0);
    assert_false(idle->is_refused); /* it waits for its answer */
    wire_hears(&w, 0, false, WIRE_OK(WIRE_ID0, "1"));
    assert_string_equal(wire_poll(&w), "0 stop");
}

/* A transport may take its time to open one. */
static void streams_are_opened_one_after_the_other(void **state)
{
    struct action a;

    (void)state;
    wire_call(&w, "1", &waiters[0]);
    wire_call(&w, "2", &waiters[1]);
    assert_true(connection_poll(w.c, &a));
    assert_int_equal(a.kind, ACTION_OPEN);
    assert_false(connection_poll(w.c, &a));
    connection_opened(w.c, 0);
    w.next = 4;
    t_says(wire_poll(&w), "open 4; 0 " WIRE_CALLED(WIRE_ID0, "1") " fin");
}

/* [SM-20, SM-25] every stream of the peer's gives credit back once */
static void the_peer_may_go_on_asking_for_ever(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 1000; i++) {
        bool fin = i % 3 == 0;

        wire_hears(&w, i * 4, fin, WIRE_ASK("r1", "t/echo", "1"));
        (void)wire_poll(&w);
        assert_int_equal(w.credit, i + 1);
        if (i % 3 == 1)
            connection_on_data(w.c, i * 4, slice_make(NULL, 0), true);
        if (i % 3 == 2)
            connection_on_reset(w.c, i * 4);
        (void)wire_poll(&w);
        assert_int_equal(w.credit, i + 1);
        assert_int_equal(node_count(w.node).streams, 0);
    }
}

/* ------------------------------------------------------------------ ends */

/* [CN-6, CN-8, CN-10] sent, unsent and later: each is told, once */
static void a_lost_connection_fails_every_call_once(void **state)
{
    struct connection_stats stats;

    (void)state;
    call_and_send(&waiters[0]);
    wire_call(&w, "2", &waiters[1]);
    connection_on_closed(w.c);
    wire_call(&w, "3", &waiters[2]);
    for (int i = 0; i < 3; i++)
        waiter_heard(&waiters[i], "INTERNAL connection closed");
    wire_hears(&w, 0, true, WIRE_OK(WIRE_ID0, "1"));
    connection_on_credit(w.c, 1);
    connection_on_reset(w.c, 0);
    connection_on_stop(w.c, 0);
    connection_on_gone(w.c, 0);
    node_advance(w.node, NEVER - 1);
    assert_string_equal(wire_poll(&w), "");
    assert_true(node_deadline(w.node) == NEVER);
    stats = node_count(w.node);
    assert_int_equal(stats.pending + stats.served, 0);
    waiter_heard(&waiters[0], "INTERNAL connection closed");
}

/* [TO-5] the time is the one of the node */
static void a_call_whose_time_is_up_is_told_so(void **state)
{
    (void)state;
    call_and_send(&waiters[0]);
    assert_int_equal(node_deadline(w.node), BOUNDS_TIMEOUT_NS);
    node_advance(w.node, BOUNDS_TIMEOUT_NS - 1);
    assert_int_equal(waiters[0].told, 0);
    node_advance(w.node, BOUNDS_TIMEOUT_NS);
    waiter_heard(&waiters[0], "TIMEOUT+ request timed out");
    assert_true(node_deadline(w.node) == NEVER);
}

/* [CN-14] */
static void closing_is_said_once_and_last(void **state)
{
    (void)state;
    wire_hears(&w, 0, false, WIRE_ASK("r1", "t/echo", "1"));
    wire_call(&w, "1", &waiters[0]);
    connection_close(w.c);
    connection_close(w.c);
    waiter_heard(&waiters[0], "INTERNAL connection closed");
    assert_string_equal(wire_poll(&w), "close");
    assert_string_equal(wire_poll(&w), "");
    connection_on_closed(w.c);
    assert_string_equal(wire_poll(&w), "");
}

static void a_connection_that_is_lost_is_not_closed_again(void **state)
{
    (void)state;
    connection_on_closed(w.c);
    connection_close(w.c);
    assert_string_equal(wire_poll(&w), "");
}

/* A waiter that closes the connection from where it is told. */
static void close_it(void *self, const struct pending_outcome *outcome)
{
    waiter_tell(self, outcome);
    connection_close(w.c);
}

static void a_waiter_may_close_the_connection(void **state)
{
    struct client_request request = {.operation = slice_of("t/x"),
                                     .input = slice_of("1")};

    (void)state;
    client_call(w.c, &request,
                (struct pending_waiter){close_it, NULL, &waiters[0]});
    wire_call(&w, "1", &waiters[1]);
    (void)wire_poll(&w);
    wire_hears(&w, 0, true, WIRE_OK(WIRE_ID0, "1"), WIRE_OK(WIRE_ID1, "2"));
    waiter_heard(&waiters[0], "ok 1");
    waiter_heard(&waiters[1], "INTERNAL connection closed");
    assert_string_equal(wire_poll(&w), "close");
}

/* A handler that closes the connection inside start(), then answers. */
static void close_inside(void *self, const struct context *context,
                         struct slice input, struct handler_call call)
{
    (void)self;
    connection_close(w.c);
    handler_respond(call, input);
    t_same(context->operation, "t/close"); /* still good */
}

static void a_handler_may_close_the_connection(void **state)
{
    struct handler closer = {
        .start = close_inside, .stop = wire_stop, .self = &w};

    (void)state;
    wire_end(&w);
    wire_begin(&w, 0);
    offer(&w.registry, "{\"name\":\"t/close\"}", false, closer);
    w.c = node_add(w.node, slice_make(NULL, 0), (struct peer_filter){true});
    wire_hears(&w, 0, true, WIRE_ASK("r1", "t/close", "1"),
               WIRE_ASK("r2", "t/echo", "2"));
    assert_string_equal(wire_poll(&w), "close");
}

/* [LG-2, LG-5, LG-6] the filter that the connection was made with */
static void what_the_filter_hides_is_not_found(void **state)
{
    (void)state;
    node_remove(w.node, w.c);
    w.c = node_add(w.node, slice_make(NULL, 0), (struct peer_filter){false});
    wire_hears(&w, 0, true, WIRE_ASK("r1", "t/hold", "1"));
    assert_string_equal(
        wire_poll(&w),
        "0 " WIRE_NO("r1", "NOT_FOUND",
                     "operation not found: t/hold") " fin; credit 1");
    wire_hears(&w, 4, true, WIRE_ASK("r2", "t/echo", "2"));
    t_says(wire_poll(&w), WIRE_OK("r2", "2"));
    assert_int_equal(w.held_count, 0);
}

#define WITH_WIRE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WIRE(a_request_in_single_bytes_is_a_request),
        WITH_WIRE(what_means_nothing_is_passed_over),
        WITH_WIRE(a_malformed_frame_ends_its_stream_and_nothing_else),
        WITH_WIRE(a_length_that_cannot_be_ends_its_stream),
        WITH_WIRE(a_bad_stream_ends_after_what_is_owed_on_it),
        WITH_WIRE(a_bad_frame_before_the_end_needs_no_stop),
        WITH_WIRE(a_stream_without_a_whole_frame_is_just_ended),
        WITH_WIRE(every_byte_that_came_is_consumed),
        WITH_WIRE(what_could_not_be_sent_is_sent_when_there_is_room),
        WITH_WIRE(a_stream_that_is_gone_needs_nothing_more),
        WITH_WIRE(a_call_waits_for_credit),
        WITH_WIRE(a_stream_that_could_not_be_opened_is_tried_with_new_credit),
        WITH_WIRE(an_answered_stream_is_ended_when_credit_runs_out),
        WITH_WIRE(only_streams_that_hang_open_are_asked_to_end),
        WITH_WIRE(new_credit_that_is_used_up_is_asked_for_again),
        WITH_WIRE(streams_are_opened_one_after_the_other),
        WITH_WIRE(a_stream_answered_later_is_ended_as_well),
        WITH_WIRE(the_peer_may_go_on_asking_for_ever),
        WITH_WIRE(a_lost_connection_fails_every_call_once),
        WITH_WIRE(a_call_whose_time_is_up_is_told_so),
        WITH_WIRE(closing_is_said_once_and_last),
        WITH_WIRE(a_connection_that_is_lost_is_not_closed_again),
        WITH_WIRE(a_waiter_may_close_the_connection),
        WITH_WIRE(a_handler_may_close_the_connection),
        WITH_WIRE(what_the_filter_hides_is_not_found),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
