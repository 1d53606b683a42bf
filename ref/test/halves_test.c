/* SPDX-License-Identifier: MIT */
/* Halves of streams that do not come to their own end: reset by who writes, or
 * stopped by who reads. */
#include "ref/test/pair.h"

static void a_reset_ends_one_half_with_its_code(void **state)
{
    int64_t stream;

    (void)state;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    quic_write(pair.dialler.quic, stream, slice_of("half a fra"), false);
    pair_run(PAIR_S);
    quic_reset(pair.dialler.quic, stream, 77);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.reset_count, 1);
    assert_int_equal(pair.acceptor.reset.stream, stream);
    assert_int_equal(pair.acceptor.reset.code, 77);
    assert_int_equal(pair.acceptor.stream_closed_count, 0);
    quic_write(pair.acceptor.quic, stream, slice_of("still"), true);
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.received, 5);
    assert_int_equal(pair.dialler.stream_closed_count, 1);
    assert_int_equal(pair.acceptor.stream_closed_count, 1);
}

static void a_stream_that_begins_with_its_reset_does_no_harm(void **state)
{
    int64_t stream;

    (void)state;
    pair_open();
    for (int i = 0; i < 100; i++) {
        assert_true(quic_open(pair.dialler.quic, &stream));
        quic_reset(pair.dialler.quic, stream, 8);
    }
    pair_run(PAIR_S);
    assert_int_equal(quic_stream_count(pair.acceptor.quic),
                     pair.acceptor.reset_count);
    assert_int_equal(pair.acceptor.closed_count, 0);
    assert_true(quic_is_flushed(pair.dialler.quic));
}

static void a_stream_may_begin_with_a_stop(void **state)
{
    int64_t stream;

    (void)state;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    quic_write(pair.dialler.quic, stream, slice_of("q"), true);
    quic_stop(pair.dialler.quic, stream, 9);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.stop_count, 1);
    assert_int_equal(pair.acceptor.stop.stream, stream);
    assert_int_equal(pair.acceptor.stop.code, 9);
    assert_int_equal(pair.acceptor.fin_count, 1);
}

/* Both halves are over, and nobody has asked yet what came last. */
static void who_stops_a_stream_that_is_over_gets_nothing_more_of_it(void **s)
{
    struct quic_event event;
    int64_t stream;

    (void)s;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    quic_write(pair.dialler.quic, stream, slice_of("q"), true);
    pair_run(PAIR_S);
    quic_write(pair.acceptor.quic, stream, slice_of("a"), true);
    pair_turn(&pair.acceptor, &pair.dialler);
    pair.now_ns += PAIR_DELAY;
    pair_deliver();
    quic_stop(pair.dialler.quic, stream, 9);
    assert_true(quic_poll(pair.dialler.quic, &event));
    assert_int_equal(event.kind, QUIC_STREAM_CLOSED);
    assert_false(quic_poll(pair.dialler.quic, &event));
}

static void a_stop_is_told_and_answered_with_a_reset(void **state)
{
    static const uint8_t much[32 * 1024];
    int64_t stream;

    (void)state;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    quic_write(pair.dialler.quic, stream, slice_make(much, 1), false);
    pair_run(PAIR_S);
    quic_stop(pair.acceptor.quic, stream, 5);
    quic_write(pair.dialler.quic, stream, slice_make(much, sizeof much), false);
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.stop_count, 1);
    assert_int_equal(pair.dialler.stop.stream, stream);
    assert_int_equal(pair.dialler.stop.code, 5);
    assert_int_equal(pair.acceptor.received, 1);
    assert_int_equal(
        quic_write(pair.dialler.quic, stream, slice_of("x"), false), 0);
    assert_true(quic_is_flushed(pair.dialler.quic));
    assert_int_equal(pair.dialler.closed_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, pair_begin, pair_end)
        TEST(a_reset_ends_one_half_with_its_code),
        TEST(a_stream_that_begins_with_its_reset_does_no_harm),
        TEST(a_stream_may_begin_with_a_stop),
        TEST(who_stops_a_stream_that_is_over_gets_nothing_more_of_it),
        TEST(a_stop_is_told_and_answered_with_a_reset),
    };

    return cmocka_run_group_tests_name("halves", tests, NULL, NULL);
}
