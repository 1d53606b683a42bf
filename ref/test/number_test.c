/* SPDX-License-Identifier: MIT */
/* Numbers by what they say. Each row is in order; the walk compares every two
 * of it, in both directions. */
#include "ref/base/number.h"
#include "ref/test/t.h"

/* Ascending; what stands on one line is the same number. */
static const char *const ascending[][4] = {
    {"-1e300"},
    {"-9223372036854777856.0"},
    {"-9223372036854775808", "-9223372036854775808.0"},
    {"-9223372036854775807"},
    {"-9007199254740993"},
    {"-9007199254740992", "-9007199254740992.0"},
    {"-1.5"},
    {"-1", "-1.0"},
    {"-0.5"},
    {"0", "0.0", "-0.0", "-0"},
    {"5e-324"},
    {"0.5"},
    {"1", "1.0", "10e-1"},
    {"9007199254740991", "9007199254740991.0"},
    {"9007199254740992", "9007199254740992.0"},
    {"9007199254740993"},
    {"9007199254740994", "9007199254740994.0"},
    {"9223372036854775807"},
    {"9223372036854775808.0", "9.223372036854775808e18"},
    {"1e300"},
};

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static void check_two(const char *a, const char *b, int wanted)
{
    json_t *left = t_tree(a), *right = t_tree(b);

    if (sign(number_order(left, right)) != wanted)
        fail_msg("%s beside %s", a, b);
    json_decref(left);
    json_decref(right);
}

static void check_rows(size_t row, size_t other)
{
    for (size_t i = 0; i < 4 && ascending[row][i]; i++)
        for (size_t k = 0; k < 4 && ascending[other][k]; k++)
            check_two(ascending[row][i], ascending[other][k],
                      (row > other) - (row < other));
}

static void no_number_is_rounded_to_be_compared(void **state)
{
    (void)state;
    for (size_t row = 0; row < T_COUNT(ascending); row++)
        for (size_t other = 0; other < T_COUNT(ascending); other++)
            check_rows(row, other);
}

static void what_has_nothing_behind_the_point_is_whole(void **state)
{
    static const struct {
        const char *number;
        bool is_whole;
    } cases[] = {
        {"0", true},       {"-0.0", true},  {"1.0", true},
        {"1.5", false},    {"-0.5", false}, {"1e300", true},
        {"-1e300", true},  {"1e-1", false}, {"9223372036854775808.0", true},
        {"5e-324", false}, {"-7", true},    {"4503599627370495.5", false},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        json_t *number = t_tree(cases[i].number);

        if (number_is_whole(number) != cases[i].is_whole)
            fail_msg("%s", cases[i].number);
        json_decref(number);
    }
}

static void a_count_is_a_number(void **state)
{
    static const struct {
        size_t count;
        const char *number;
        int order;
    } cases[] = {{0, "0", 0},   {0, "-1", 1},     {2, "2.0", 0}, {2, "3", -1},
                 {3, "2.5", 1}, {1, "1e300", -1}, {0, "-0.0", 0}};

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        json_t *number = t_tree(cases[i].number);

        assert_int_equal(sign(number_order_count(cases[i].count, number)),
                         cases[i].order);
        json_decref(number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_number_is_rounded_to_be_compared),
        cmocka_unit_test(what_has_nothing_behind_the_point_is_whole),
        cmocka_unit_test(a_count_is_a_number),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
