/* SPDX-License-Identifier: MIT */
/* The table of weathers: what each name promises is what its link does. */
#include "netsim/weather.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PACKETS 100000u

/* So many datagrams in that weather, and what became of them. */
static struct link after(const char *name)
{
    const struct weather *w = weather_find(slice_of(name));
    struct link l = {.key = {.seed = 7}};

    assert_non_null(w);
    l.config = w->link;
    for (unsigned i = 0; i < PACKETS; i++)
        (void)link_take(&l, 1200, i);
    return l;
}

static uint64_t all_harm(const struct link *l)
{
    uint64_t sum = 0;

    for (int i = 0; i < LINK_HARMS; i++)
        sum += l->harmed[i];
    return sum;
}

/* Nothing but that harm, to so many of a thousand, give or take a tenth. */
static void only(const char *name, enum link_harm harm, unsigned permille)
{
    struct link l = after(name);
    unsigned wanted = permille * (PACKETS / 1000);

    assert_in_range(l.harmed[harm], wanted - wanted / 10, wanted + wanted / 10);
    assert_int_equal(all_harm(&l), l.harmed[harm]);
}

static void each_does_what_it_says_and_nothing_else(void **state)
{
    (void)state;
    only("clean", LINK_LOST, 0);
    only("delay", LINK_LOST, 0);
    only("rebind", LINK_LOST, 0);
    only("mtu", LINK_TOO_LONG, 0);
    only("loss2", LINK_LOST, 20);
    only("loss10-burst", LINK_BURST, 100);
    only("reorder", LINK_REORDERED, 200);
    only("dup", LINK_DOUBLED, 200);
    only("corrupt", LINK_CORRUPTED, 20);
}

static void all_have_a_name_of_their_own_and_a_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < WEATHERS; i++) {
        const struct weather *w = &weathers[i];

        assert_ptr_equal(weather_find(slice_of(w->name)), w);
        assert_int_equal(w->says[strlen(w->says) - 1], '.');
    }
    assert_ptr_equal(weather_find(slice_of("clean")), weather_clean());
    assert_null(weather_find(slice_of("sunny")));
    assert_null(weather_find(slice_of("")));
}

/* Whoever loses without a bound may lose everything. */
static void whatever_loses_has_a_bound(void **state)
{
    (void)state;
    for (size_t i = 0; i < WEATHERS; i++) {
        const struct weather *w = &weathers[i];
        bool loses = w->link.loss_ppm || w->link.burst_loss_ppm;

        assert_true(!loses || (w->link.losses_max && w->late_ns));
        assert_true(!w->link.corrupt_ppm || w->late_ns);
        assert_true(!w->rebind_after || w->late_ns);
        assert_true(w->link.reorder_ns <= w->late_ns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_does_what_it_says_and_nothing_else),
        cmocka_unit_test(all_have_a_name_of_their_own_and_a_sentence),
        cmocka_unit_test(whatever_loses_has_a_bound),
    };

    return cmocka_run_group_tests_name("weather", tests, NULL, NULL);
}
