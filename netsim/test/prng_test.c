/* SPDX-License-Identifier: MIT */
/* Numbers for every packet: the same everywhere, and each for itself. */
#include "netsim/prng.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct prng_key key = {.seed = 7, .link = 1, .direction = 0};

static void the_numbers_are_those_they_always_were(void **state)
{
    (void)state;
    assert_true(prng_draw(&key, 0, 0) == 0xf88973a665bf8118u);
    assert_true(prng_draw(&key, 17, 2) == 0xa27518b80527e5au);
}

static void every_part_of_the_key_matters(void **state)
{
    struct prng_key seed = key, link = key, direction = key;
    uint64_t number = prng_draw(&key, 5, 1);

    (void)state;
    seed.seed++;
    link.link++;
    direction.direction++;
    assert_true(number == prng_draw(&key, 5, 1));
    assert_true(number != prng_draw(&seed, 5, 1));
    assert_true(number != prng_draw(&link, 5, 1));
    assert_true(number != prng_draw(&direction, 5, 1));
    assert_true(number != prng_draw(&key, 6, 1));
    assert_true(number != prng_draw(&key, 5, 2));
}

static void numbers_are_spread_evenly(void **state)
{
    int counts[10] = {0};

    (void)state;
    for (uint64_t i = 0; i < 10000; i++)
        counts[prng_below(prng_draw(&key, i, 0), 10)]++;
    for (int i = 0; i < 10; i++)
        assert_in_range(counts[i], 900, 1100);
}

static void a_stream_of_bytes_repeats_with_its_key(void **state)
{
    struct prng_stream a = {.key = key}, b = {.key = key};
    struct entropy_source from_a = prng_entropy(&a), from_b = prng_entropy(&b);
    uint8_t x[37], y[37];

    (void)state;
    entropy_fill(&from_a, x, sizeof x);
    entropy_fill(&from_b, y, sizeof y);
    assert_memory_equal(x, y, sizeof x);
    entropy_fill(&from_a, x, sizeof x);
    assert_memory_not_equal(x, y, sizeof x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_numbers_are_those_they_always_were),
        cmocka_unit_test(every_part_of_the_key_matters),
        cmocka_unit_test(numbers_are_spread_evenly),
        cmocka_unit_test(a_stream_of_bytes_repeats_with_its_key),
    };

    return cmocka_run_group_tests_name("prng", tests, NULL, NULL);
}
