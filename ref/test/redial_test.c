/* SPDX-License-Identifier: MIT */
/* When the runner tries again: the time is ours, and so is chance. */
#include "ref/bin/redial.h"
#include "ref/test/t.h"

#define S 1000000000ull

static void fill_with(void *self, uint8_t *bytes, size_t len)
{
    memset(bytes, *(const int *)self, len);
}

/* Without luck a wait has its whole length. */
static struct redial unlucky(void)
{
    static int zero = 0;

    return redial_make((struct entropy_source){fill_with, &zero});
}

static void each_wait_is_twice_the_last_up_to_the_longest(void **state)
{
    struct redial r = unlucky();
    uint64_t expected_ns = REDIAL_FIRST_NS;

    (void)state;
    for (uint64_t i = 0; i < 100; i++) {
        assert_int_equal(redial_lost(&r, i * S) - i * S, expected_ns);
        expected_ns =
            2 * expected_ns < REDIAL_MAX_NS ? 2 * expected_ns : REDIAL_MAX_NS;
    }
}

static void chance_takes_away_up_to_half(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int i = 0; i < 256; i++) {
        int byte = (int)t_below(&seed, 256);
        struct redial r =
            redial_make((struct entropy_source){fill_with, &byte});
        uint64_t at_ns = redial_lost(&r, 5 * S);

        assert_in_range(at_ns, 5 * S + REDIAL_FIRST_NS / 2,
                        5 * S + REDIAL_FIRST_NS);
    }
}

static void who_stayed_a_while_begins_anew(void **state)
{
    struct redial r = unlucky();

    (void)state;
    for (int i = 0; i < 9; i++)
        (void)redial_lost(&r, 0);
    redial_opened(&r, 100 * S);
    assert_int_equal(redial_lost(&r, 100 * S + REDIAL_STEADY_NS),
                     100 * S + REDIAL_STEADY_NS + REDIAL_FIRST_NS);
}

static void who_is_thrown_out_at_once_does_not(void **state)
{
    struct redial r = unlucky();

    (void)state;
    for (int i = 0; i < 3; i++)
        (void)redial_lost(&r, 0);
    redial_opened(&r, 100 * S);
    assert_int_equal(redial_lost(&r, 101 * S), 101 * S + 8 * REDIAL_FIRST_NS);
    /* and an old success is not counted twice */
    assert_int_equal(redial_lost(&r, 200 * S), 200 * S + 16 * REDIAL_FIRST_NS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_wait_is_twice_the_last_up_to_the_longest),
        cmocka_unit_test(chance_takes_away_up_to_half),
        cmocka_unit_test(who_stayed_a_while_begins_anew),
        cmocka_unit_test(who_is_thrown_out_at_once_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
