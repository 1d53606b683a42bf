/* SPDX-License-Identifier: MIT */
/* Chance comes in any portion, and nothing comes twice. */
#include "ref/host/entropy.h"
#include "ref/test/t.h"

#define DRAWS 5000
#define DRAW_LEN 16

static uint8_t drawn[DRAWS][DRAW_LEN];

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, DRAW_LEN);
}

static void no_draw_comes_twice(void **state)
{
    struct entropy_source source = entropy_system();

    (void)state;
    for (size_t i = 0; i < DRAWS; i++)
        entropy_fill(&source, drawn[i], DRAW_LEN);
    qsort(drawn, DRAWS, DRAW_LEN, compare);
    for (size_t i = 1; i < DRAWS; i++)
        assert_true(memcmp(drawn[i - 1], drawn[i], DRAW_LEN) != 0);
}

/* Of so many bytes none that is left out would be noticed by chance: all of
 * them are zero once in 2^64 times, eight together. */
static void a_portion_of_any_size_is_filled_to_its_end(void **state)
{
    static uint8_t bytes[3000];
    struct entropy_source source = entropy_system();

    (void)state;
    for (size_t len = 8; len <= sizeof bytes; len += 61) {
        const uint8_t zeros[8] = {0};

        memset(bytes, 0, sizeof bytes);
        entropy_fill(&source, bytes, len);
        assert_true(memcmp(bytes, zeros, 8) != 0);
        assert_true(memcmp(bytes + len - 8, zeros, 8) != 0);
        if (len + 8 <= sizeof bytes)
            assert_memory_equal(bytes + len, zeros, 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_draw_comes_twice),
        cmocka_unit_test(a_portion_of_any_size_is_filled_to_its_end),
    };

    return cmocka_run_group_tests_name("entropy", tests, NULL, NULL);
}
