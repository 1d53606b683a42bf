/* SPDX-License-Identifier: MIT */
/* Tallies: names of their own, and sums that leave nothing out. */
#include "netsim/tally.h"
#include "ref/test/t.h"

static void every_count_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (enum tally_kind i = 0; i < TALLIES; i++) {
        assert_non_null(tally_name(i));
        for (enum tally_kind j = 0; j < i; j++)
            assert_string_not_equal(tally_name(i), tally_name(j));
    }
}

static void sums_leave_nothing_out(void **state)
{
    struct tally sum = {0}, more;

    (void)state;
    for (uint64_t i = 0; i < TALLIES; i++)
        more.of[i] = i + 1;
    for (uint64_t i = 0; i < LINK_HARMS; i++)
        more.harmed[i] = 100 + i;
    tally_add(&sum, &more);
    tally_add(&sum, &more);
    for (uint64_t i = 0; i < TALLIES; i++)
        assert_int_equal(sum.of[i], 2 * (i + 1));
    for (uint64_t i = 0; i < LINK_HARMS; i++)
        assert_int_equal(sum.harmed[i], 2 * (100 + i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_count_has_a_name_of_its_own),
        cmocka_unit_test(sums_leave_nothing_out),
    };

    return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
