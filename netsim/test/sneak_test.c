/* SPDX-License-Identifier: MIT */
/*
 * What an end can do behind the back of its connection, over both carriers:
 * the other end judges it as it would any peer, and nobody is disturbed.
 */
#include "netsim/pipe.h"
#include "netsim/quic_host.h"
#include "netsim/takeover.h"
#include "netsim/test/village.h"
#include "ref/model/envelope.h"

#define STREAMS_MAX 2000

static int
    begin_over(struct carrier (*carrier)(const struct carrier_config *config))
{
    village_carrier = carrier;
    village_setup(NULL);
    village_connect();
    return 0;
}

static int begin_streams(void **state)
{
    (void)state;
    return begin_over(pipe_carrier);
}

static int begin_quic(void **state)
{
    (void)state;
    return begin_over(quic_host_carrier);
}

/* What side 0 of tie 0, which is node 0, does. */
static int64_t open_one(void)
{
    return village.carrier.open_stream(village.carrier.self, 0, 0);
}

static size_t say(int64_t stream, struct slice bytes, bool fin)
{
    size_t len = village.carrier.write_stream(village.carrier.self, 0, 0,
                                              stream, bytes, fin);

    village.carrier.touch(village.carrier.self, 0);
    return len;
}

static void lose(int64_t stream)
{
    village.carrier.lose_stream(village.carrier.self, 0, 0, stream);
    village.carrier.touch(village.carrier.self, 0);
}

static void request(const char *operation, bool fin)
{
    const struct envelope_request r = {.operation = slice_of(operation),
                                       .input = slice_of("1")};
    struct buf frame;

    buf_init(&frame, 1000);
    assert_true(envelope_print_requested(slice_of("i"), &r, 1000, &frame));
    assert_int_equal(say(open_one(), buf_slice(&frame), fin), frame.len);
    buf_clear(&frame);
    village_pass(VILLAGE_S);
}

/* Both ask and are answered. */
static void all_is_well(void)
{
    struct waiter there = {0}, back = {0};

    village_ask(0, 0, "t/echo", "3", &there);
    village_ask(0, 1, "t/echo", "4", &back);
    village_pass(3 * VILLAGE_S);
    waiter_heard(&there, "ok 3");
    waiter_heard(&back, "ok 4");
}

static void a_request_that_nobody_waits_for_is_served(void **state)
{
    (void)state;
    request("t/echo", true);
    request("t/echo", false);
    request("t/hold", true);
    assert_int_equal(village.held, 1);
    all_is_well();
}

static void an_answer_that_nobody_waits_for_disturbs_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++)
        request("t/echo", true);
    all_is_well();
    village_is_quiet();
}

static void streams_end_with_the_credit_and_come_back_with_it(void **state)
{
    static int64_t streams[STREAMS_MAX];
    int count = 0;

    (void)state;
    while (count < STREAMS_MAX && (streams[count] = open_one()) >= 0)
        assert_int_equal(say(streams[count++], slice_make("\0\0\1", 3), false),
                         3);
    assert_in_range(count, 10, STREAMS_MAX - 1);
    village_pass(VILLAGE_S);
    for (int i = 0; i < count; i++)
        lose(streams[i]);
    village_pass(VILLAGE_S);
    village_is_quiet();
    assert_true(open_one() >= 0);
    all_is_well();
}

static void nothing_is_written_where_nothing_is(void **state)
{
    (void)state;
    assert_int_equal(say(4000, slice_of("x"), true), 0);
    lose(4000);
    assert_int_equal(village.carrier.open_stream(village.carrier.self, 7, 0),
                     -1);
    all_is_well();
    village_is_quiet();
}

static void who_asked_on_a_stream_that_is_lost_is_told_so_once(void **state)
{
    struct waiter w = {0};

    (void)state;
    village_ask(0, 1, "t/hold", "1", &w);
    village_pass(VILLAGE_S);
    lose(1); /* the first that side 1 opens */
    village_pass(VILLAGE_S);
    waiter_heard(&w, "INTERNAL the stream ended without an answer");
    all_is_well();
    village_is_quiet();
}

static void bytes_behind_the_end_go_nowhere(void **state)
{
    int64_t stream = open_one();

    (void)state;
    assert_int_equal(say(stream, slice_of("x"), true), 1);
    assert_int_equal(say(stream, slice_of("y"), true), 0);
    lose(stream);
    assert_int_equal(say(stream, slice_of("z"), false), 0);
    village_pass(VILLAGE_S);
    all_is_well();
    village_is_quiet();
}

static void a_node_that_is_held_answers_when_it_is_let_go(void **state)
{
    struct waiter w = {0};

    (void)state;
    village.carrier.hold(village.carrier.self, 1,
                         village.now_ns + 4 * VILLAGE_S);
    village_ask(0, 0, "t/echo", "1", &w);
    village_pass(3 * VILLAGE_S);
    assert_int_equal(w.told, 0);
    village_pass(3 * VILLAGE_S);
    waiter_heard(&w, "ok 1");
    all_is_well();
    village_is_quiet();
}

#define OVER_BOTH(test)                                                        \
    {#test " (streams)", test, begin_streams, village_teardown, NULL},         \
    {                                                                          \
#test " (QUIC)", test, begin_quic, village_teardown, NULL              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        OVER_BOTH(a_request_that_nobody_waits_for_is_served),
        OVER_BOTH(an_answer_that_nobody_waits_for_disturbs_nobody),
        OVER_BOTH(streams_end_with_the_credit_and_come_back_with_it),
        OVER_BOTH(nothing_is_written_where_nothing_is),
        OVER_BOTH(who_asked_on_a_stream_that_is_lost_is_told_so_once),
        OVER_BOTH(bytes_behind_the_end_go_nowhere),
        OVER_BOTH(a_node_that_is_held_answers_when_it_is_let_go),
    };

    takeover_begin(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
