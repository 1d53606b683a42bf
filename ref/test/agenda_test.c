/* SPDX-License-Identifier: MIT */
/*
 * Who is woken when. The last test holds the heap against a plain search for
 * the earliest over many random steps.
 */
#include "ref/base/agenda.h"
#include "ref/test/t.h"

/* Things that wait; the owner of entry i is &owners[i]. */
#define ENTRIES 100

struct waiting {
    struct agenda agenda;
    struct agenda_entry entries[ENTRIES];
    int owners[ENTRIES];
};

static struct waiting w;

static int begin(void **state)
{
    (void)state;
    w = (struct waiting){.agenda = {.count = 0}};
    for (size_t i = 0; i < ENTRIES; i++)
        w.entries[i].owner = &w.owners[i];
    return 0;
}

static int end(void **state)
{
    (void)state;
    agenda_clear(&w.agenda);
    return 0;
}

static void set(size_t i, uint64_t at_ns)
{
    agenda_set(&w.agenda, &w.entries[i], at_ns);
}

/* The next one due by `now_ns`, or -1. */
static int take(uint64_t now_ns)
{
    int *owner = agenda_take(&w.agenda, now_ns);

    return owner ? (int)(owner - w.owners) : -1;
}

static void nothing_is_due_in_an_empty_agenda(void **state)
{
    (void)state;
    assert_true(agenda_next_ns(&w.agenda) == NEVER);
    assert_int_equal(take(0), -1);
    assert_int_equal(take(NEVER), -1);
    set(0, NEVER);
    assert_true(agenda_next_ns(&w.agenda) == NEVER);
    assert_int_equal(take(NEVER), -1);
}

static void the_earliest_comes_first_and_not_too_early(void **state)
{
    (void)state;
    set(0, 30);
    set(1, 10);
    set(2, 20);
    assert_int_equal(agenda_next_ns(&w.agenda), 10);
    assert_int_equal(take(9), -1);
    assert_int_equal(take(10), 1);
    assert_int_equal(take(10), -1);
    assert_int_equal(take(100), 2);
    assert_int_equal(take(100), 0);
    assert_int_equal(take(100), -1);
    assert_true(agenda_next_ns(&w.agenda) == NEVER);
}

static void equal_moments_come_in_the_order_they_were_made(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENTRIES; i++)
        set(i * 7 % ENTRIES, 5);
    for (size_t i = 0; i < ENTRIES; i++)
        assert_int_equal(take(5), i * 7 % ENTRIES);
}

static void
the_same_moment_again_keeps_the_turn_and_another_loses_it(void **state)
{
    (void)state;
    set(0, 5);
    set(1, 5);
    set(0, 5);
    assert_int_equal(take(5), 0);
    assert_int_equal(take(5), 1);
    set(0, 5);
    set(1, 5);
    set(0, 6);
    set(0, 5);
    assert_int_equal(take(5), 1);
    assert_int_equal(take(5), 0);
}

static void an_appointment_can_be_moved_and_cancelled(void **state)
{
    (void)state;
    set(0, 10);
    set(1, 20);
    set(0, 30);
    assert_int_equal(agenda_next_ns(&w.agenda), 20);
    set(1, NEVER);
    assert_int_equal(agenda_next_ns(&w.agenda), 30);
    set(1, NEVER);
    set(0, NEVER);
    assert_true(agenda_next_ns(&w.agenda) == NEVER);
    assert_int_equal(take(100), -1);
    set(0, 1);
    assert_int_equal(take(1), 0);
}

/* What is due, by looking at everybody. */
static int search(uint64_t now_ns)
{
    int found = -1;

    for (int i = 0; i < ENTRIES; i++) {
        const struct agenda_entry *e = &w.entries[i],
                                  *f = &w.entries[found < 0 ? 0 : found];

        if (e->place && e->at_ns <= now_ns &&
            (found < 0 || e->at_ns < f->at_ns ||
             (e->at_ns == f->at_ns && e->order < f->order)))
            found = i;
    }
    return found;
}

static void it_behaves_like_a_search_for_the_earliest(void **state)
{
    uint64_t seed = 1, now_ns = 0;
    size_t most = 0, taken = 0;

    (void)state;
    for (int i = 0; i < 50000; i++) {
        size_t entry = t_below(&seed, ENTRIES);
        int wanted;

        if (t_below(&seed, 8) == 0)
            set(entry, NEVER);
        else
            set(entry, now_ns + 20 + t_below(&seed, 60));
        now_ns += t_below(&seed, 2);
        wanted = search(now_ns);
        assert_int_equal(take(now_ns), wanted);
        taken += wanted >= 0;
        most = w.agenda.count > most ? w.agenda.count : most;
    }
    assert_true(most > 30 && taken > 5000);
}

#define WITH_AGENDA(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AGENDA(nothing_is_due_in_an_empty_agenda),
        WITH_AGENDA(the_earliest_comes_first_and_not_too_early),
        WITH_AGENDA(equal_moments_come_in_the_order_they_were_made),
        WITH_AGENDA(the_same_moment_again_keeps_the_turn_and_another_loses_it),
        WITH_AGENDA(an_appointment_can_be_moved_and_cancelled),
        WITH_AGENDA(it_behaves_like_a_search_for_the_earliest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
