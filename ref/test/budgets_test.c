/* SPDX-License-Identifier: MIT */
/*
 * What a peer may make us keep on one connection, all streams together: frames
 * half read, answers that it does not read.
 */
#include "ref/session/connection.h"
#include "ref/test/wire.h"

#define MIB ((size_t)1 << 20)

/* A request of this many bytes, prefix and all. */
#define LARGE (30 * MIB)

static struct wire w;
static struct buf large;

static int begin(void **state)
{
    const char *head =
        "{\"type\":\"call.requested\",\"id\":\"r1\",\"payload\":{"
        "\"operationId\":\"t/hold\",\"input\":\"";
    size_t start;

    (void)state;
    wire_connect(&w);
    buf_init(&large, BOUNDS_FRAME_MAX);
    start = frame_begin(&large);
    buf_put(&large, head);
    while (large.len < LARGE - 4)
        buf_put_byte(&large, 'x');
    buf_put(&large, "\"}}");
    assert_true(frame_end(&large, start, BOUNDS_BODY_MAX));
    return 0;
}

static int end(void **state)
{
    (void)state;
    wire_end(&w);
    buf_clear(&large);
    return 0;
}

/* The peer sends that part of the large request; how much of all that came
 * is now given back to flow control. */
static uint64_t hear_part(int64_t stream, size_t from, size_t to)
{
    uint64_t before = w.consumed;

    connection_on_data(w.c, stream, slice_make(large.data + from, to - from),
                       false);
    assert_string_equal(wire_poll(&w), "");
    return w.consumed - before;
}

/* [FL-13] */
static void beyond_the_budget_only_the_oldest_frame_is_let_in_on(void **state)
{
    (void)state;
    assert_int_equal(hear_part(0, 0, 25 * MIB), 25 * MIB);
    assert_int_equal(hear_part(4, 0, 25 * MIB), 25 * MIB);
    assert_int_equal(hear_part(8, 0, 20 * MIB), 0);
    assert_int_equal(hear_part(4, 25 * MIB, 26 * MIB), 0);
    assert_int_equal(hear_part(0, 25 * MIB, 26 * MIB), MIB);
    /* what is short enough is no matter of budgets */
    wire_hears(&w, 12, true, WIRE_ASK("r2", "t/echo", "1"));
    assert_string_equal(wire_poll(&w),
                        "12 " WIRE_OK("r2", "1") " fin; credit 1");
    w.consumed = 0;
    /* the oldest is finished: what was kept back is given, and goes on */
    assert_int_equal(hear_part(0, 26 * MIB, large.len),
                     large.len - 26 * MIB + 21 * MIB);
    assert_int_equal(w.held_count, 1);
    assert_int_equal(hear_part(8, 20 * MIB, large.len), large.len - 20 * MIB);
    assert_int_equal(hear_part(4, 26 * MIB, large.len), large.len - 26 * MIB);
    assert_int_equal(w.held_count, 3);
    assert_int_equal(w.c->streams.half_read, 0);
}

static void a_stream_that_is_lost_leaves_its_share_to_the_others(void **state)
{
    (void)state;
    (void)hear_part(0, 0, 29 * MIB);
    (void)hear_part(4, 0, 29 * MIB);
    assert_int_equal(hear_part(8, 0, 29 * MIB), 0);
    w.consumed = 0;
    connection_on_reset(w.c, 4);
    t_says(wire_poll(&w), "4 fin");
    assert_int_equal(w.consumed, 29 * MIB);
    assert_int_equal(hear_part(8, 29 * MIB, large.len), large.len - 29 * MIB);
}

/* An item that came in pieces is no frame half read, though its subscriber
 * has enough and nothing more is read. */
static void what_a_subscriber_has_taken_is_not_kept(void **state)
{
    static const char head[] = "{\"type\":\"call.responded\",\"id\":\"" WIRE_ID0
                               "\",\"payload\":{\"output\":\"";
    static char item[3 * MIB];
    struct waiter waiter = {.room = 1};
    struct buf out;

    (void)state;
    memset(item, 'x', sizeof item);
    memcpy(item, head, strlen(head));
    memcpy(item + sizeof item - 4, "\"}}", 4);
    connection_on_credit(w.c, 1);
    (void)wire_subscribe(&w, "1", &waiter);
    (void)wire_poll(&w);
    buf_init(&out, 4 * MIB);
    wire_frame(&out, item);
    connection_on_data(w.c, 0, slice_make(out.data, MIB), false);
    assert_int_equal(node_count(w.node).bytes, MIB - 4);
    connection_on_data(w.c, 0, slice_skip(buf_slice(&out), MIB), false);
    buf_clear(&out);
    assert_memory_equal(waiter.items, "\"xxx", 4);
    assert_int_equal(node_count(w.node).bytes, 0);
    assert_int_equal(w.c->streams.half_read, 0);
    connection_on_closed(w.c);
}

/* [FL-13] a peer that asks and does not read */
static void who_leaves_too_many_answers_unread_gets_no_more(void **state)
{
    size_t len = BOUNDS_BODY_MAX - strlen(WIRE_OK("r", ""));
    char *output = malloc(len);

    (void)state;
    assert_non_null(output);
    memset(output, '1', len);
    wire_hears(&w, 0, false, WIRE_ASK("r", "t/hold", "1"),
               WIRE_ASK("r", "t/hold", "1"));
    w.room = 0;
    for (size_t i = 0; i < 2; i++)
        handler_respond(w.held[i].call, slice_make(output, len));
    wire_hears(&w, 4, true, WIRE_ASK("r2", "t/echo", "1"));
    assert_string_equal(wire_poll(&w), "0 blocked; 4 blocked");
    w.room = SIZE_MAX;
    wire_hears(&w, 8, true, WIRE_ASK("r3", "t/echo", "1"));
    assert_string_equal(
        wire_poll(&w),
        "8 " WIRE_NO("r3", "INTERNAL",
                     "too many answers lie unread") " fin; credit 1");
    connection_on_stop(w.c, 0); /* they will never be sent */
    wire_hears(&w, 12, true, WIRE_ASK("r4", "t/echo", "1"));
    t_says(wire_poll(&w), WIRE_OK("r4", "1"));
    free(output);
}

/* The same when all was asked for while there was room, as of operations that
 * take their time, and of items. */
static void what_comes_late_counts_as_well(void **state)
{
    static const char *const requests[] = {
        WIRE_ASK("a", "t/hold", "1"), WIRE_ASK("b", "t/hold", "1"),
        WIRE_ASK("c", "t/hold", "1"), WIRE_ASK("d", "t/hold", "1"),
        WIRE_ASK("e", "t/items", "1")};
    size_t len = BOUNDS_BODY_MAX - strlen(WIRE_OK("a", ""));
    struct slice much = slice_make(malloc(len), len);

    (void)state;
    memset((void *)(uintptr_t)much.data, '1', len);
    w.room = 0;
    for (int i = 0; i < 5; i++)
        wire_hears(&w, 4 * i, true, requests[i]);
    (void)wire_poll(&w);
    handler_respond(w.held[0].call, much);
    handler_respond(w.held[1].call, much);
    handler_respond(w.held[2].call, slice_of("1")); /* the one too many */
    handler_respond(w.held[3].call, much);
    handler_item(w.held[4].call, much);
    t_free(much);
    assert_int_equal(w.held[4].stopped, 1);
    assert_int_equal(node_count(w.node).served, 0);
    connection_on_stop(w.c, 0); /* they will never be sent */
    connection_on_stop(w.c, 4);
    w.room = SIZE_MAX;
    assert_string_equal(
        wire_poll(&w),
        "0 reset; 4 reset; 8 " WIRE_OK("c", "1") " fin; 12 " WIRE_NO(
            "d", "INTERNAL",
            "too many answers lie unread") " fin; 16 " WIRE_NO("e", "INTERNAL",
                                                               "too many "
                                                               "answers lie "
                                                               "unread") " fin;"
                                                                         " cred"
                                                                         "it "
                                                                         "5");
}

/* A request that is held, for somebody with a scope of 2 MiB. */
static void hear_long_claim(int64_t stream, const char *id)
{
    struct buf body, frame;

    buf_init(&body, 3 * MIB);
    buf_init(&frame, 3 * MIB);
    buf_put(&body, "{\"type\":\"call.requested\",\"id\":\"");
    buf_put(&body, id);
    buf_put(&body, "\",\"payload\":{\"operationId\":\"t/hold\",\"input\":1,"
                   "\"forwarded_for\":{\"id\":\"u\",\"resources\":{},"
                   "\"scopes\":[\"");
    while (body.len < 2 * MIB)
        buf_put_byte(&body, 'x');
    buf_put(&body, "\"]}}}");
    buf_put_byte(&body, '\0');
    wire_frame(&frame, (const char *)body.data);
    connection_on_data(w.c, stream, buf_slice(&frame), true);
    buf_clear(&frame);
    buf_clear(&body);
}

/* [FL-13] What is known of a call stays as long as the call. */
static void what_calls_are_known_by_is_kept_of_so_many(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 9; i++)
        hear_long_claim(4 * i, "r");
    assert_int_equal(node_count(w.node).served, 9);
    hear_long_claim(36, "s");
    assert_int_equal(node_count(w.node).served, 9);
    t_says(wire_poll(&w),
           WIRE_NO("s", "INTERNAL", "too many calls at once") " fin");
    handler_respond(w.held[0].call, slice_of("1"));
    hear_long_claim(40, "t");
    assert_int_equal(node_count(w.node).served, 9);
}

#define WITH_WIRE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WIRE(beyond_the_budget_only_the_oldest_frame_is_let_in_on),
        WITH_WIRE(a_stream_that_is_lost_leaves_its_share_to_the_others),
        WITH_WIRE(what_a_subscriber_has_taken_is_not_kept),
        WITH_WIRE(who_leaves_too_many_answers_unread_gets_no_more),
        WITH_WIRE(what_comes_late_counts_as_well),
        WITH_WIRE(what_calls_are_known_by_is_kept_of_so_many),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
