/* SPDX-License-Identifier: MIT */
/* The remote-safe gate: one question, four answers. */
#include "ref/rules/peer_filter.h"
#include "ref/test/t.h"

/* [LG-2, LG-3, LG-4] a zeroed filter denies */
static void only_a_closed_filter_hides_and_only_what_is_unmarked(void **state)
{
    static const struct {
        struct peer_filter filter;
        bool is_remote_safe;
        bool is_seen;
    } cases[] = {
        {{.is_open = false}, false, false},
        {{.is_open = false}, true, true},
        {{.is_open = true}, false, true},
        {{.is_open = true}, true, true},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct registration r = {.is_remote_safe = cases[i].is_remote_safe};

        assert_int_equal(peer_filter_allows(cases[i].filter, &r),
                         cases[i].is_seen);
    }
    assert_false((struct peer_filter){0}.is_open);
}

/* [LG-2, LG-4] nothing but dialling closes it, and only two things open it */
static void
a_filter_is_closed_for_a_peer_we_dialled_and_nobody_vouched_for(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        const struct peer_filter_terms terms = {
            .is_dialled = i & 1, .is_trusted = i & 2, .is_peer_graph = i & 4};

        assert_int_equal(peer_filter_of(terms).is_open, i != 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_closed_filter_hides_and_only_what_is_unmarked),
        cmocka_unit_test(
            a_filter_is_closed_for_a_peer_we_dialled_and_nobody_vouched_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
