/* SPDX-License-Identifier: MIT */
/* Scripts that are drawn: in their order, and nothing that their world lacks.
 */
#include "netsim/draft.h"
#include "ref/test/t.h"

#define SEEDS 300

static struct cast cast;

static struct script drawn(uint64_t seed)
{
    struct script s = {.seed = seed};

    cast_draw(&cast, seed);
    draft_steps(&cast, &s);
    return s;
}

static int count(const struct script *s, enum step_kind kind)
{
    int sum = 0;

    for (size_t i = 0; i < s->step_count; i++)
        sum += s->steps[i].kind == kind;
    return sum;
}

static void steps_come_by_time_and_each_has_its_number(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct script s = drawn(seed);
        bool seen[1000] = {false};

        assert_in_range(s.step_count, 10, T_COUNT(seen) - 1);
        for (size_t i = 0; i < s.step_count; i++) {
            assert_true(i == 0 || s.steps[i - 1].at_ns <= s.steps[i].at_ns);
            assert_true(s.steps[i].at_ns < SCRIPT_TIME_MAX_NS);
            assert_in_range(s.steps[i].number, 1, s.step_count);
            assert_false(seen[s.steps[i].number]);
            seen[s.steps[i].number] = true;
        }
        script_clear(&s);
    }
}

static void the_same_seed_draws_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct script one = drawn(seed), other = drawn(seed);

        assert_int_equal(one.step_count, other.step_count);
        for (size_t i = 0; i < one.step_count; i++) {
            assert_int_equal(one.steps[i].at_ns, other.steps[i].at_ns);
            assert_int_equal(one.steps[i].kind, other.steps[i].kind);
            assert_int_equal(one.steps[i].who, other.steps[i].who);
            assert_int_equal(one.steps[i].tie, other.steps[i].tie);
            assert_int_equal(one.steps[i].what, other.steps[i].what);
        }
        script_clear(&one);
        script_clear(&other);
    }
}

/* What asks for a feature; others may always be. */
static const struct {
    enum step_kind kind;
    enum cast_feature feature;
} wanted[] = {
    {STEP_ABORT, CAST_ABORTS},      {STEP_PROBE, CAST_PROBES},
    {STEP_CUT, CAST_CUTS},          {STEP_CRASH, CAST_CRASHES},
    {STEP_BLACKHOLE, CAST_OUTAGES}, {STEP_PARTITION, CAST_OUTAGES},
    {STEP_PAUSE, CAST_OUTAGES},     {STEP_WEATHER, CAST_LOSS},
    {STEP_ROTATE, CAST_ROTATIONS},  {STEP_RELOAD, CAST_RELOADS},
    {STEP_MISCHIEF, CAST_HOSTILE},
};

static void
only_what_its_world_has_is_drawn_and_all_of_it_somewhere(void **state)
{
    int sums[T_COUNT(wanted)] = {0};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct script s = drawn(seed);

        for (size_t i = 0; i < T_COUNT(wanted); i++) {
            sums[i] += count(&s, wanted[i].kind);
            if (!cast_has(&cast, wanted[i].feature))
                assert_int_equal(count(&s, wanted[i].kind), 0);
        }
        script_clear(&s);
    }
    for (size_t i = 0; i < T_COUNT(wanted); i++)
        if (!sums[i])
            fail_msg("no %s anywhere", step_name(wanted[i].kind));
}

static void who_gives_up_has_asked_before(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct script s = drawn(seed);

        for (size_t i = 0; i < s.step_count; i++)
            if (s.steps[i].kind == STEP_ABORT)
                assert_in_range(s.steps[i].what, 1, s.steps[i].number);
        script_clear(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_come_by_time_and_each_has_its_number),
        cmocka_unit_test(the_same_seed_draws_the_same),
        cmocka_unit_test(
            only_what_its_world_has_is_drawn_and_all_of_it_somewhere),
        cmocka_unit_test(who_gives_up_has_asked_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
