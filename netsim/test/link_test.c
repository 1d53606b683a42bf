/* SPDX-License-Identifier: MIT */
/*
 * The weather: each thing that can happen to a datagram, that one does not
 * change another, and that what was written down happens again.
 */
#include "netsim/link.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOW 1000000u
#define LEN 1200u
#define PACKETS 100000u

/* A link in that weather, with no past. */
static struct link fresh(struct link_config config)
{
    return (struct link){.config = config,
                         .key = {.seed = 1, .link = 2, .direction = 1}};
}

static struct link_fate take(struct link *l)
{
    return link_take(l, LEN, NOW);
}

static void take_many(struct link *l, unsigned count)
{
    while (count--)
        take(l);
}

static void clean_weather_delivers_at_once_and_once(void **state)
{
    struct link l = fresh((struct link_config){0});

    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct link_fate fate = take(&l);

        assert_int_equal(fate.count, 1);
        assert_int_equal(fate.at_ns[0], NOW);
        assert_int_equal(fate.len, LEN);
        assert_false(fate.is_corrupt);
    }
    assert_int_equal(l.packets, 1000);
    for (int i = 0; i < LINK_HARMS; i++)
        assert_int_equal(l.harmed[i], 0);
}

static void delay_and_jitter_bound_the_arrival(void **state)
{
    struct link l =
        fresh((struct link_config){.delay_ns = 500, .jitter_ns = 100});
    bool is_first = false, is_last = false;

    (void)state;
    for (int i = 0; i < 10000; i++) {
        struct link_fate fate = take(&l);

        assert_int_equal(fate.count, 1);
        assert_in_range(fate.at_ns[0], NOW + 500, NOW + 600);
        is_first = is_first || fate.at_ns[0] == NOW + 500;
        is_last = is_last || fate.at_ns[0] == NOW + 600;
    }
    assert_true(is_first && is_last);
}

static void so_many_are_harmed_as_was_said(void **state)
{
    struct link l = fresh((struct link_config){.loss_ppm = 20000,
                                               .duplicate_ppm = 10000,
                                               .reorder_ppm = 30000,
                                               .reorder_ns = 77,
                                               .corrupt_ppm = 5000,
                                               .truncate_ppm = 8000});

    (void)state;
    take_many(&l, PACKETS);
    assert_in_range(l.harmed[LINK_LOST], 1800, 2200);
    assert_in_range(l.harmed[LINK_DOUBLED], 850, 1150);
    assert_in_range(l.harmed[LINK_REORDERED], 2750, 3250);
    assert_in_range(l.harmed[LINK_CORRUPTED], 400, 600);
    assert_in_range(l.harmed[LINK_TRUNCATED], 680, 920);
    assert_int_equal(l.harmed[LINK_BURST], 0);
}

static void always_means_always(void **state)
{
    struct link dead = fresh((struct link_config){.loss_ppm = LINK_PPM});
    struct link echo = fresh((struct link_config){.duplicate_ppm = LINK_PPM});

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(take(&dead).count, 0);
        assert_int_equal(take(&echo).count, 2);
    }
}

static void who_is_held_up_is_overtaken(void **state)
{
    struct link l = fresh(
        (struct link_config){.reorder_ppm = 500000, .reorder_ns = 3000000});
    unsigned late = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint64_t at_ns = take(&l).at_ns[0];

        assert_true(at_ns == NOW || at_ns == NOW + 3000000);
        late += at_ns != NOW;
    }
    assert_in_range(late, 400, 600);
    assert_int_equal(late, l.harmed[LINK_REORDERED]);
}

static void a_turned_bit_is_one_of_its_own(void **state)
{
    struct link l = fresh((struct link_config){.corrupt_ppm = LINK_PPM});
    bool seen[16] = {false};

    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct link_fate fate = link_take(&l, 2, NOW);

        assert_true(fate.is_corrupt && fate.bit < 16);
        seen[fate.bit] = true;
    }
    for (int i = 0; i < 16; i++)
        assert_true(seen[i]);
    assert_false(link_take(&l, 0, NOW).is_corrupt);
    assert_int_equal(l.harmed[LINK_CORRUPTED], 1000);
}

static void a_tail_is_cut_and_the_bit_is_in_what_is_left(void **state)
{
    struct link l = fresh((struct link_config){.truncate_ppm = LINK_PPM,
                                               .corrupt_ppm = LINK_PPM});

    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct link_fate fate = link_take(&l, 9, NOW);

        assert_int_equal(fate.count, 1);
        assert_true(fate.len < 9);
        assert_int_equal(fate.is_corrupt, fate.len > 0);
        assert_true(!fate.is_corrupt || fate.bit < fate.len * 8);
    }
    assert_int_equal(link_take(&l, 0, NOW).len, 0);
    assert_int_equal(l.harmed[LINK_TRUNCATED], 1000);
}

/* 1000 bytes a second: a datagram of 100 takes a tenth of one. */
static void a_narrow_road_makes_them_wait_and_a_full_queue_loses(void **state)
{
    const uint64_t tenth = 100000000;
    struct link l =
        fresh((struct link_config){.rate_bytes = 1000, .queue_bytes = 200});

    (void)state;
    for (uint64_t i = 1; i <= 3; i++)
        assert_int_equal(link_take(&l, 100, NOW).at_ns[0], NOW + i * tenth);
    assert_int_equal(link_take(&l, 100, NOW).count, 0);
    assert_int_equal(l.harmed[LINK_CROWDED], 1);
    assert_int_equal(link_take(&l, 100, NOW + tenth).at_ns[0], NOW + 4 * tenth);
    assert_int_equal(link_take(&l, 100, NOW + 9 * tenth).at_ns[0],
                     NOW + 10 * tenth);
    l.config.rate_bytes = 0;
    assert_int_equal(link_take(&l, 100, NOW + 9 * tenth).at_ns[0],
                     NOW + 9 * tenth);
}

static void what_is_longer_than_the_mtu_is_lost(void **state)
{
    struct link l = fresh((struct link_config){.mtu = 1200});

    (void)state;
    assert_int_equal(link_take(&l, 1200, NOW).count, 1);
    assert_int_equal(link_take(&l, 1201, NOW).count, 0);
    assert_int_equal(l.harmed[LINK_TOO_LONG], 1);
}

static void
a_closed_way_lets_nothing_through_and_a_paused_one_later(void **state)
{
    struct link l = fresh((struct link_config){.delay_ns = 5});

    (void)state;
    l.is_closed = true;
    assert_int_equal(take(&l).count, 0);
    assert_int_equal(l.harmed[LINK_CLOSED], 1);
    l.is_closed = false;
    l.paused_until_ns = NOW + 100;
    assert_int_equal(take(&l).at_ns[0], NOW + 100);
    assert_int_equal(link_take(&l, LEN, NOW + 99).at_ns[0], NOW + 104);
}

/* One in a thousand begins a burst, one in eight ends it: bursts of eight on
 * the average, and everything within one is lost. */
static void bursts_are_as_long_and_as_many_as_was_said(void **state)
{
    struct link l = fresh((struct link_config){.burst_begin_ppm = 1000,
                                               .burst_end_ppm = 125000,
                                               .burst_loss_ppm = LINK_PPM});
    unsigned bursts = 0, lost = 0, before = 0;

    (void)state;
    for (unsigned i = 0; i < 10 * PACKETS; i++) {
        unsigned is_lost = take(&l).count == 0;

        bursts += is_lost && !before;
        lost += is_lost;
        before = is_lost;
    }
    assert_in_range(bursts, 900, 1080);
    assert_in_range(lost * 10 / bursts, 75, 85);
    assert_int_equal(l.harmed[LINK_BURST], lost);
    assert_int_equal(l.harmed[LINK_LOST], 0);
}

static void a_burst_ends_when_the_weather_clears(void **state)
{
    struct link l = fresh((struct link_config){.burst_begin_ppm = LINK_PPM,
                                               .burst_loss_ppm = LINK_PPM});

    (void)state;
    assert_int_equal(take(&l).count, 0);
    assert_int_equal(take(&l).count, 0);
    l.config = (struct link_config){.burst_loss_ppm = LINK_PPM};
    assert_int_equal(take(&l).count, 1);
}

static void never_more_in_a_row_are_lost_than_the_bound(void **state)
{
    struct link l =
        fresh((struct link_config){.loss_ppm = LINK_PPM, .losses_max = 3});

    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(take(&l).count, i % 4 == 3);
    l = fresh((struct link_config){.burst_begin_ppm = LINK_PPM,
                                   .burst_loss_ppm = LINK_PPM,
                                   .losses_max = 1});
    for (int i = 0; i < 1000; i++)
        assert_int_equal(take(&l).count, i % 2);
}

static void one_fault_does_not_change_another(void **state)
{
    struct link a = fresh((struct link_config){.loss_ppm = 100000});
    struct link b = fresh((struct link_config){.loss_ppm = 100000,
                                               .duplicate_ppm = 300000,
                                               .reorder_ppm = 200000,
                                               .corrupt_ppm = 200000,
                                               .truncate_ppm = 200000,
                                               .jitter_ns = 12345,
                                               .delay_ns = 99});

    (void)state;
    for (int i = 0; i < 10000; i++) {
        bool is_lost = take(&a).count == 0;

        assert_int_equal(take(&b).count == 0, is_lost);
    }
}

/* What else becomes of a datagram does not change the chances of the next. */
static void a_closed_way_does_not_change_what_chance_says(void **state)
{
    const struct link_config bad = {.loss_ppm = 300000,
                                    .burst_begin_ppm = 100000,
                                    .burst_end_ppm = 300000,
                                    .burst_loss_ppm = 800000,
                                    .losses_max = 4};
    struct link a = fresh(bad), b = fresh(bad);

    (void)state;
    take_many(&a, 500);
    b.is_closed = true;
    take_many(&b, 500);
    assert_int_equal(b.harmed[LINK_CLOSED], 500);
    b.is_closed = false;
    for (int i = 0; i < 1000; i++) {
        size_t count = take(&a).count;

        assert_int_equal(take(&b).count, count);
    }
}

/* -------------------------------------------------------- what was recorded */

#define NOTES_MAX 1000

/* An almanac that keeps what was decided and can give it back. */
struct notes {
    struct link_decision decisions[NOTES_MAX];
    size_t count;
    uint64_t without; /* this packet's decision was taken away */
};

static void note(void *self, const struct link_decision *d)
{
    struct notes *n = self;

    assert_true(n->count < NOTES_MAX);
    assert_false(link_decision_is_plain(d));
    n->decisions[n->count++] = *d;
}

static bool look_up(void *self, struct link_decision *ret)
{
    const struct notes *n = self;

    for (size_t i = 0; i < n->count; i++) {
        const struct link_decision *d = &n->decisions[i];

        if (d->packet == ret->packet && d->packet != n->without) {
            assert_int_equal(d->link, ret->link);
            assert_int_equal(d->direction, ret->direction);
            *ret = *d;
            return true;
        }
    }
    return false;
}

static const struct link_config awful = {.delay_ns = 1000,
                                         .loss_ppm = 100000,
                                         .burst_begin_ppm = 50000,
                                         .burst_end_ppm = 300000,
                                         .burst_loss_ppm = 900000,
                                         .losses_max = 5,
                                         .duplicate_ppm = 100000,
                                         .reorder_ppm = 100000,
                                         .reorder_ns = 4000,
                                         .corrupt_ppm = 50000,
                                         .truncate_ppm = 50000};

static void same_fate(struct link_fate a, struct link_fate b)
{
    assert_int_equal(a.count, b.count);
    for (size_t i = 0; i < a.count; i++)
        assert_int_equal(a.at_ns[i], b.at_ns[i]);
    assert_int_equal(a.len, b.len);
    assert_int_equal(a.is_corrupt, b.is_corrupt);
    assert_int_equal(a.bit, b.bit);
}

static void what_was_written_down_happens_again_without_chance(void **state)
{
    struct notes n = {.without = UINT64_MAX};
    struct link_almanac writing = {.decided = note, .self = &n};
    struct link_almanac reading = {.recorded = look_up, .self = &n};
    struct link first = fresh(awful), again = fresh(awful);

    (void)state;
    first.almanac = &writing;
    again.almanac = &reading;
    again.key.seed = 99;
    for (int i = 0; i < NOTES_MAX; i++) {
        struct link_fate fate = take(&first);

        same_fate(fate, take(&again));
    }
    assert_in_range(n.count, 200, 600);
}

static void a_decision_that_is_taken_away_leaves_the_others(void **state)
{
    struct notes n = {.without = UINT64_MAX};
    struct link_almanac writing = {.decided = note, .self = &n};
    struct link_almanac reading = {.recorded = look_up, .self = &n};
    struct link_fate fates[NOTES_MAX];
    struct link l = fresh(awful);

    (void)state;
    l.almanac = &writing;
    for (int i = 0; i < NOTES_MAX; i++)
        fates[i] = take(&l);
    n.without = n.decisions[n.count / 2].packet;
    l = fresh(awful);
    l.almanac = &reading;
    for (uint64_t i = 0; i < NOTES_MAX; i++) {
        struct link_fate fate = take(&l);

        if (i != n.without)
            same_fate(fate, fates[i]);
        else
            assert_true(fate.count == 1 && fate.len == LEN &&
                        fate.at_ns[0] == NOW + 1000 && !fate.is_corrupt);
    }
}

static void what_happens_again_is_told_again(void **state)
{
    struct notes n = {.without = UINT64_MAX};
    struct link_almanac both = {look_up, note, &n};
    struct link l = fresh(awful);

    (void)state;
    n.decisions[n.count++] = (struct link_decision){
        .link = 2, .direction = 1, .packet = 7, .is_lost = true};
    l.almanac = &both;
    take_many(&l, 100);
    assert_int_equal(n.count, 2);
    assert_int_equal(n.decisions[1].packet, 7);
    assert_int_equal(l.harmed[LINK_LOST], 1);
}

static void every_harm_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < LINK_HARMS; i++)
        assert_non_null(link_harm_name((enum link_harm)i));
    assert_string_equal(link_harm_name(LINK_TOO_LONG), "too-long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_weather_delivers_at_once_and_once),
        cmocka_unit_test(delay_and_jitter_bound_the_arrival),
        cmocka_unit_test(so_many_are_harmed_as_was_said),
        cmocka_unit_test(always_means_always),
        cmocka_unit_test(who_is_held_up_is_overtaken),
        cmocka_unit_test(a_turned_bit_is_one_of_its_own),
        cmocka_unit_test(a_tail_is_cut_and_the_bit_is_in_what_is_left),
        cmocka_unit_test(a_narrow_road_makes_them_wait_and_a_full_queue_loses),
        cmocka_unit_test(what_is_longer_than_the_mtu_is_lost),
        cmocka_unit_test(
            a_closed_way_lets_nothing_through_and_a_paused_one_later),
        cmocka_unit_test(bursts_are_as_long_and_as_many_as_was_said),
        cmocka_unit_test(a_burst_ends_when_the_weather_clears),
        cmocka_unit_test(never_more_in_a_row_are_lost_than_the_bound),
        cmocka_unit_test(one_fault_does_not_change_another),
        cmocka_unit_test(a_closed_way_does_not_change_what_chance_says),
        cmocka_unit_test(what_was_written_down_happens_again_without_chance),
        cmocka_unit_test(a_decision_that_is_taken_away_leaves_the_others),
        cmocka_unit_test(what_happens_again_is_told_again),
        cmocka_unit_test(every_harm_has_a_name),
    };

    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
