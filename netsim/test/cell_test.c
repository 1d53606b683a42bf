/* SPDX-License-Identifier: MIT */
/* Lives behind a wall: how each ends is told, whatever becomes of its process,
 * and those behind one that died are left to be lived. */
#include "netsim/cell.h"
#include "netsim/tail.h"
#include "netsim/test/fake.h"
#include "ref/test/t.h"

#include <poll.h>
#include <unistd.h>

static struct cell_outcome live(uint64_t seed)
{
    struct life_terms terms = {.seed = seed};
    struct cell_outcome o;
    struct failure f;

    assert_true(cell_live(&terms, 1, NULL, &o, &f));
    assert_int_equal(o.report.seed, seed);
    return o;
}

static void a_good_life_hands_its_report_over(void **state)
{
    struct life_terms terms = {.seed = 9};
    struct life_report direct = life_run(&terms);
    struct cell_outcome o = live(9);

    (void)state;
    assert_int_equal(o.kind, FINDING_NONE);
    assert_memory_equal(&o.report, &direct, sizeof direct);
}

static void a_broken_invariant_is_told(void **state)
{
    struct cell_outcome o = live(7);

    (void)state;
    assert_int_equal(o.kind, FINDING_BROKEN);
    assert_int_equal(o.report.ledger.broken, INVARIANT_ORDER);
    assert_string_equal(o.report.ledger.what, "item 2 before item 1");
}

static void a_death_is_told_with_its_last_words(void **state)
{
    struct cell_outcome o = live(13);

    (void)state;
    assert_int_equal(o.kind, FINDING_DIED);
    t_says(o.report.ledger.what, "Aborted");
    t_says(o.report.ledger.what, "the fake asserts");
}

static void who_never_ends_is_stopped(void **state)
{
    (void)state;
    assert_int_equal(live(17).kind, FINDING_HUNG);
}

static void the_lines_of_a_trace_come_through_even_from_the_dead(void **state)
{
    static struct tail t;
    struct life_terms terms = {.seed = 13, .trace = tail_sink(&t)};
    struct cell_outcome o;
    struct strings lines;
    struct failure f;

    (void)state;
    assert_true(cell_live(&terms, 1, NULL, &o, &f));
    lines = tail_lines(&t);
    assert_int_equal(lines.count, FAKE_STEPS);
    t_same(lines.items[0], "0.000001000 fake step 1 of 20");
    strings_clear(&lines);
}

/* 10, 11, 12 and the one that dies; 14 and 15 are left. */
static void those_behind_a_death_are_left_to_be_lived(void **state)
{
    struct cell_terms terms = {{.seed = 10}, .lives = 6, .patience_s = 1};
    struct cell_outcome o;
    struct failure f;
    uint64_t told = 0;
    struct cell c;

    (void)state;
    assert_true(cell_begin(&c, &terms, &f));
    while (c.pid != 0) {
        while (cell_next(&c, &o))
            assert_int_equal(o.report.seed, 10 + told++);
        (void)poll(NULL, 0, 1);
    }
    assert_int_equal(told, 4);
    assert_int_equal(o.kind, FINDING_DIED);
    assert_int_equal(c.terms.first.seed, 14);
    assert_int_equal(c.terms.lives, 2);
}

static void who_is_killed_tells_nothing_any_more(void **state)
{
    struct cell_terms terms = {{.seed = 17}, .lives = 3, .patience_s = 100};
    struct cell_outcome o;
    struct failure f;
    struct cell c;

    (void)state;
    assert_true(cell_begin(&c, &terms, &f));
    cell_kill(&c);
    assert_int_equal(c.pid, 0);
    assert_false(cell_next(&c, &o));
}

static bool at_once(void)
{
    return true;
}

/* It would last for ever. */
static void a_life_is_ended_when_we_are_to_end(void **state)
{
    struct life_terms terms = {.seed = 17};
    struct cell_outcome o;
    struct failure f;

    (void)state;
    assert_false(cell_live(&terms, 100, at_once, &o, &f));
    t_says(f.sentence, "it was interrupted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_life_hands_its_report_over),
        cmocka_unit_test(a_broken_invariant_is_told),
        cmocka_unit_test(a_death_is_told_with_its_last_words),
        cmocka_unit_test(who_never_ends_is_stopped),
        cmocka_unit_test(the_lines_of_a_trace_come_through_even_from_the_dead),
        cmocka_unit_test(those_behind_a_death_are_left_to_be_lived),
        cmocka_unit_test(who_is_killed_tells_nothing_any_more),
        cmocka_unit_test(a_life_is_ended_when_we_are_to_end),
    };

    life_setup();
    return cmocka_run_group_tests_name("cell", tests, NULL, NULL);
}
