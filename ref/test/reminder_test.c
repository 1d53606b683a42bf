/* SPDX-License-Identifier: MIT */
/* Whose time is up is told so, once, in order, and may set others anew. */
#include "ref/base/reminder.h"
#include "ref/test/t.h"

static struct agenda agenda;
static struct reminder r[4];
static char rung[100]; /* the letters of those that were told */

static void note(void *self)
{
    size_t len = strlen(rung);

    rung[len] = (char)('a' + ((struct reminder *)self - r));
    rung[len + 1] = '\0';
}

static int begin(void **state)
{
    (void)state;
    rung[0] = '\0';
    for (size_t i = 0; i < T_COUNT(r); i++)
        r[i] = (struct reminder){.ring = note, .self = &r[i]};
    return 0;
}

static int end(void **state)
{
    (void)state;
    agenda_clear(&agenda);
    return 0;
}

static void each_rings_once_at_its_moment_the_earliest_first(void **state)
{
    (void)state;
    reminder_set(&agenda, &r[0], 30);
    reminder_set(&agenda, &r[1], 10);
    reminder_set(&agenda, &r[2], 31);
    reminder_ring(&agenda, 9);
    assert_string_equal(rung, "");
    reminder_ring(&agenda, 30);
    assert_string_equal(rung, "ba");
    reminder_ring(&agenda, 30);
    assert_string_equal(rung, "ba");
    reminder_ring(&agenda, 100);
    assert_string_equal(rung, "bac");
}

static void equal_moments_ring_in_the_order_they_were_set(void **state)
{
    (void)state;
    reminder_set(&agenda, &r[2], 5);
    reminder_set(&agenda, &r[0], 5);
    reminder_set(&agenda, &r[1], 5);
    reminder_ring(&agenda, 5);
    assert_string_equal(rung, "cab");
}

static void what_was_moved_or_cancelled_keeps_the_last_word(void **state)
{
    (void)state;
    reminder_set(&agenda, &r[0], 5);
    reminder_set(&agenda, &r[1], 6);
    reminder_set(&agenda, &r[0], 9);
    reminder_set(&agenda, &r[1], NEVER);
    assert_int_equal(agenda_next_ns(&agenda), 9);
    reminder_ring(&agenda, 8);
    assert_string_equal(rung, "");
    reminder_ring(&agenda, 9);
    assert_string_equal(rung, "a");
    assert_true(agenda_next_ns(&agenda) == NEVER);
}

/* A field of something that never had a moment may be cancelled all the same.
 */
static void a_zeroed_one_has_no_moment(void **state)
{
    struct reminder zeroed = {.ring = NULL};

    (void)state;
    reminder_set(&agenda, &zeroed, NEVER);
    assert_int_equal(agenda.count, 0);
}

/* The first cancels the second, sets the third, and sets itself anew. */
static void meddle(void *self)
{
    note(self);
    reminder_set(&agenda, &r[1], NEVER);
    reminder_set(&agenda, &r[2], 5);
    reminder_set(&agenda, &r[0], 7);
}

static void who_is_told_may_set_and_cancel_any(void **state)
{
    (void)state;
    r[0].ring = meddle;
    reminder_set(&agenda, &r[0], 5);
    reminder_set(&agenda, &r[1], 5);
    reminder_ring(&agenda, 6);
    assert_string_equal(rung, "ac");
    assert_int_equal(agenda_next_ns(&agenda), 7);
}

#define WITH_AGENDA(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AGENDA(each_rings_once_at_its_moment_the_earliest_first),
        WITH_AGENDA(equal_moments_ring_in_the_order_they_were_set),
        WITH_AGENDA(what_was_moved_or_cancelled_keeps_the_last_word),
        WITH_AGENDA(a_zeroed_one_has_no_moment),
        WITH_AGENDA(who_is_told_may_set_and_cancel_any),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
