/* SPDX-License-Identifier: MIT */
/* Less that still fails: nothing that is needed goes, all else does, and the
 * bound is kept. */
#include "netsim/shrink.h"
#include "netsim/life.h"
#include "ref/test/t.h"

#define SECOND UINT64_C(1000000000)

/* It fails when these steps are all there, and these packets are lost. */
struct needs {
    uint32_t steps[4];
    size_t step_count;
    uint64_t packets[4];
    size_t packet_count;
    uint64_t asked;
};

static bool has_step(const struct script *s, uint32_t number)
{
    for (size_t i = 0; i < s->step_count; i++)
        if (s->steps[i].number == number)
            return true;
    return false;
}

static bool has_packet(const struct script *s, uint64_t packet)
{
    struct link_decision d = {.packet = packet};
    struct link_almanac a = script_almanac(s);

    return a.recorded && a.recorded(a.self, &d);
}

static bool fails(void *self, const struct script *s)
{
    struct needs *n = self;

    n->asked++;
    for (size_t i = 0; i < n->step_count; i++)
        if (!has_step(s, n->steps[i]))
            return false;
    for (size_t i = 0; i < n->packet_count; i++)
        if (!has_packet(s, n->packets[i]))
            return false;
    return true;
}

static struct script sample(uint32_t steps, uint64_t packets)
{
    struct script s = {.seed = 1, .floor = LIFE_STREAMS};

    for (uint32_t i = 1; i <= steps; i++)
        script_add(&s, &(struct step){i * SECOND, STEP_CALL, i, 0, 0, 0});
    for (uint64_t i = 1; i <= packets; i++)
        script_decide(&s,
                      &(struct link_decision){.packet = i, .is_lost = true});
    script_seal(&s);
    return s;
}

static void what_is_needed_stays_and_all_else_goes(void **state)
{
    struct needs n = {{7, 31, 32}, 3, {500, 999}, 2, 0};
    struct shrink_trial trial = {fails, &n};
    struct script s = sample(100, 1000);
    struct shrink_result r = shrink(&s, &trial, 100000);

    (void)state;
    assert_true(r.is_minimal);
    assert_int_equal(r.lives, n.asked);
    assert_int_equal(s.step_count, 3);
    assert_int_equal(s.steps[0].number, 7);
    assert_int_equal(s.steps[1].number, 31);
    assert_int_equal(s.steps[2].number, 32);
    assert_int_equal(s.decision_count, 2);
    assert_int_equal(s.decisions[1].packet, 999);
    script_clear(&s);
}

static void what_always_fails_needs_nothing_and_few_lives(void **state)
{
    struct needs n = {0};
    struct shrink_trial trial = {fails, &n};
    struct script s = sample(1000, 1000);
    struct shrink_result r = shrink(&s, &trial, 100);

    (void)state;
    assert_true(r.is_minimal);
    assert_true(r.lives <= 4);
    assert_int_equal(s.step_count + s.decision_count, 0);
    assert_true(s.has_decisions);
    script_clear(&s);
}

/* Step 2 holds step 1 up: it may only go when step 1 has gone. */
static bool fails_in_turn(void *self, const struct script *s)
{
    (void)self;
    return has_step(s, 3) && (has_step(s, 2) || !has_step(s, 1));
}

static void what_was_held_up_goes_in_the_next_round(void **state)
{
    struct shrink_trial trial = {fails_in_turn, NULL};
    struct script s = sample(3, 0);

    (void)state;
    assert_true(shrink(&s, &trial, 1000).is_minimal);
    assert_int_equal(s.step_count, 1);
    assert_int_equal(s.steps[0].number, 3);
    script_clear(&s);
}

static void the_bound_is_kept_and_what_is_left_still_fails(void **state)
{
    struct needs n = {{1, 50, 100}, 3, {1, 77}, 2, 0};
    struct shrink_trial trial = {fails, &n};
    struct script s = sample(100, 100);
    struct shrink_result r = shrink(&s, &trial, 20);

    (void)state;
    assert_int_equal(r.lives, 20);
    assert_int_equal(n.asked, 20);
    assert_false(r.is_minimal);
    assert_true(s.step_count < 100);
    assert_true(fails(&n, &s));
    script_clear(&s);
}

static void an_empty_script_is_minimal_at_once(void **state)
{
    struct needs n = {0};
    struct shrink_trial trial = {fails, &n};
    struct script s = sample(0, 0);
    struct shrink_result r = shrink(&s, &trial, 10);

    (void)state;
    assert_true(r.is_minimal);
    assert_int_equal(r.lives, 0);
    script_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_needed_stays_and_all_else_goes),
        cmocka_unit_test(what_always_fails_needs_nothing_and_few_lives),
        cmocka_unit_test(what_was_held_up_goes_in_the_next_round),
        cmocka_unit_test(the_bound_is_kept_and_what_is_left_still_fails),
        cmocka_unit_test(an_empty_script_is_minimal_at_once),
    };

    return cmocka_run_group_tests_name("shrink", tests, NULL, NULL);
}
