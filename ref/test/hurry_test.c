/* SPDX-License-Identifier: MIT */
/* A connection that is in a hurry, over a way that is long. */
#include "ref/test/pair.h"

/* How many of a hundred looks, a tenth of the way apart, find it flushed. */
static unsigned hurry(uint64_t way_before_ns, uint64_t way_ns)
{
    unsigned flushed = 0;
    int64_t stream;

    pair_begin(NULL);
    pair.delay_ns = way_before_ns;
    pair_open();
    pair.delay_ns = way_ns;
    assert_true(quic_open(pair.dialler.quic, &stream));
    assert_int_equal(
        quic_write(pair.dialler.quic, stream, slice_of("hello"), false), 5);
    quic_hurry(pair.dialler.quic, true);
    for (int i = 0; i < 100; i++) {
        pair_run(way_ns / 10);
        flushed += quic_is_flushed(pair.dialler.quic);
    }
    pair_end(NULL);
    return flushed;
}

/* If a PING went out before the answer to the last one is here, which may have
 * been put off for 25 ms, something would be on its way for ever. */
static void hurry_lets_a_way_of_any_length_be_flushed(void **state)
{
    (void)state;
    for (uint64_t way_ns = PAIR_MS / 10; way_ns < 100 * PAIR_MS;
         way_ns += way_ns / 8)
        assert_true(hurry(way_ns, way_ns) > 10);
}

/* What was known of the way when the hurry began is soon wrong. */
static void hurry_finds_out_that_the_way_has_grown(void **state)
{
    (void)state;
    assert_true(hurry(PAIR_MS / 2, 10 * PAIR_MS) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hurry_lets_a_way_of_any_length_be_flushed),
        cmocka_unit_test(hurry_finds_out_that_the_way_has_grown),
    };

    return cmocka_run_group_tests_name("hurry", tests, NULL, NULL);
}
