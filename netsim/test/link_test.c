/* SPDX-License-Identifier: MIT */
/* The weather: what is lost, doubled and delayed, and that it is repeatable. */
#include "netsim/link.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOW 1000000u
#define PACKETS 100000u

static const struct prng_key key = {.seed = 1, .link = 2, .direction = 1};

static void clean_weather_delivers_at_once_and_once(void **state)
{
    struct link_config clean = {0};

    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        struct link_fate fate = link_fate(&clean, &key, i, NOW);

        assert_int_equal(fate.count, 1);
        assert_int_equal(fate.at_ns[0], NOW);
    }
}

static void delay_and_jitter_bound_the_arrival(void **state)
{
    struct link_config slow = {.delay_ns = 500, .jitter_ns = 100};
    bool is_first = false, is_last = false;

    (void)state;
    for (uint64_t i = 0; i < 10000; i++) {
        struct link_fate fate = link_fate(&slow, &key, i, NOW);

        assert_int_equal(fate.count, 1);
        assert_in_range(fate.at_ns[0], NOW + 500, NOW + 600);
        is_first = is_first || fate.at_ns[0] == NOW + 500;
        is_last = is_last || fate.at_ns[0] == NOW + 600;
    }
    assert_true(is_first && is_last);
}

static void so_many_are_lost_and_doubled_as_was_said(void **state)
{
    struct link_config bad = {.loss_ppm = 20000, .duplicate_ppm = 10000};
    unsigned lost = 0, doubled = 0;

    (void)state;
    for (uint64_t i = 0; i < PACKETS; i++) {
        struct link_fate fate = link_fate(&bad, &key, i, NOW);

        lost += fate.count == 0;
        doubled += fate.count == 2;
    }
    assert_in_range(lost, 1800, 2200);
    assert_in_range(doubled, 850, 1150);
}

static void always_means_always(void **state)
{
    struct link_config dead = {.loss_ppm = LINK_PPM};
    struct link_config echo = {.duplicate_ppm = LINK_PPM};

    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        assert_int_equal(link_fate(&dead, &key, i, NOW).count, 0);
        assert_int_equal(link_fate(&echo, &key, i, NOW).count, 2);
    }
}

static void one_fault_does_not_change_another(void **state)
{
    struct link_config a = {.loss_ppm = 100000};
    struct link_config b = {.loss_ppm = 100000,
                            .duplicate_ppm = 300000,
                            .jitter_ns = 12345,
                            .delay_ns = 99};

    (void)state;
    for (uint64_t i = 0; i < 10000; i++)
        assert_true((link_fate(&a, &key, i, NOW).count == 0) ==
                    (link_fate(&b, &key, i, NOW).count == 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_weather_delivers_at_once_and_once),
        cmocka_unit_test(delay_and_jitter_bound_the_arrival),
        cmocka_unit_test(so_many_are_lost_and_doubled_as_was_said),
        cmocka_unit_test(always_means_always),
        cmocka_unit_test(one_fault_does_not_change_another),
    };

    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
