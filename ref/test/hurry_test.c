/* SPDX-License-Identifier: MIT */
/* A connection that is in a hurry, over a way that is long. */
#include "ref/test/pair.h"

/* There and back takes longer than a millisecond: if a PING went out into
 * every one of them, something would be on its way for ever. */
static void hurry_lets_a_long_way_be_flushed(void **state)
{
    unsigned flushed = 0;
    int64_t stream;

    (void)state;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    assert_int_equal(
        quic_write(pair.dialler.quic, stream, slice_of("hello"), false), 5);
    quic_hurry(pair.dialler.quic, true);
    for (int i = 0; i < 200; i++) {
        pair_run(PAIR_MS / 4);
        flushed += quic_is_flushed(pair.dialler.quic);
    }
    quic_hurry(pair.dialler.quic, false);
    assert_true(flushed > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hurry_lets_a_long_way_be_flushed,
                                        pair_begin, pair_end),
    };

    return cmocka_run_group_tests_name("hurry", tests, NULL, NULL);
}
