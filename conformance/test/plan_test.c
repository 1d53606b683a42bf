/* SPDX-License-Identifier: MIT */
/* All cases there are: they keep the rules of case.h and form a plan. */
#include "conformance/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "conformance/requirements.h"

static struct plan plan;

static int make(void **state)
{
    (void)state;
    plan_init(&plan);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    plan_clear(&plan);
    requirements_clear();
    return 0;
}

static void every_case_keeps_the_rules(void **state)
{
    struct failure failure = {""};

    (void)state;
    if (!case_lint(plan.cases, plan.cases_count, &failure))
        print_error("%s\n", failure.sentence);
    assert_string_equal(failure.sentence, "");
}

static void twins_come_first_even_when_not_asked_for(void **state)
{
    const struct plan_wish all = {.lvl = LVL_L0 | LVL_L1 | LVL_L2,
                                  .profile =
                                      PROFILE_REMOTE_SAFE | PROFILE_PEER_GRAPH};
    struct failure failure;

    (void)state;
    assert_true(plan_choose(&plan, &all, &failure));
    assert_int_equal(plan.count, plan.all_count);
    for (size_t i = 0; i < plan.count; i++) {
        if (plan.items[i].instance->of->is_negative)
            assert_true(plan.items[i].twin < i);
    }
}

static void one_negative_brings_its_twin(void **state)
{
    struct pattern one = {.text = "codec.frame.basic.requested-short-length"};
    const struct plan_wish wish = {
        .lvl = LVL_L0, .profile = PROFILE_REMOTE_SAFE, .filter = &one};
    struct failure failure;

    (void)state;
    assert_true(plan_choose(&plan, &wish, &failure));
    assert_int_equal(plan.count, 2);
    assert_string_equal(plan.items[0].instance->of->id,
                        "codec.frame.basic.requested");
    assert_int_equal(plan.items[1].twin, 0);
}

/* Bit by bit as in `weathers`: clean, delay and loss2. */
static void each_instance_of_l2_is_there_once_in_each_weather(void **state)
{
    struct pattern echo = {.text = "calls.query.echo@dial=us,caller=us"};
    struct pattern lost = {.text = "@net=loss2", .next = &echo};
    const struct plan_wish wish = {.lvl = LVL_L1 | LVL_L2,
                                   .profile = PROFILE_REMOTE_SAFE,
                                   .net = 1 | 4,
                                   .filter = &echo};
    struct plan_wish one = wish;
    struct failure failure;

    (void)state;
    assert_true(plan_choose(&plan, &wish, &failure));
    assert_int_equal(plan.count, 3);
    assert_null(plan.items[0].instance->net);
    assert_ptr_equal(plan.items[1].instance->net, weather_clean());
    assert_string_equal(plan.items[2].instance->name,
                        "calls.query.echo@dial=us,caller=us,lvl=L2,profile="
                        "remote-safe,net=loss2");
    plan_clear(&plan);
    plan_init(&plan);
    lost.next = NULL;
    one.filter = &lost;
    assert_true(plan_choose(&plan, &one, &failure));
    for (size_t i = 0; i < plan.count; i++) {
        assert_string_equal(plan.items[i].instance->net->name, "loss2");
        if (plan.items[i].instance->of->is_negative)
            assert_true(plan.items[i].twin < i);
    }
}

static void a_pattern_that_means_nothing_is_refused(void **state)
{
    struct pattern one = {.text = "codec.frame.basic.requestet"};
    const struct plan_wish wish = {
        .lvl = LVL_L0, .profile = PROFILE_REMOTE_SAFE, .filter = &one};
    struct failure failure;

    (void)state;
    assert_false(plan_choose(&plan, &wish, &failure));
    assert_non_null(
        strstr(failure.sentence, "nearest id is codec.frame.basic.requested"));
}

static void names_print_every_axis(void **state)
{
    static const struct conf_case c = {
        .id = "a.b.c",
        .axes = {.caller = CALLER_US | CALLER_BOTH, .lvl = LVL_L1}};
    size_t count;
    const struct instance *all = instance_expand(&plan.arena, &c, &count);

    (void)state;
    assert_int_equal(count, 4);
    assert_string_equal(all[0].name,
                        "a.b.c@dial=us,caller=us,lvl=L1,profile=remote-safe");
    assert_string_equal(
        all[3].name, "a.b.c@dial=them,caller=both,lvl=L1,profile=remote-safe");
}

static void body(struct scene *s)
{
    (void)s;
}

static void the_lint_sees_what_is_wrong(void **state)
{
    const struct conf_case good = {
        .id = "a.b.good", .rules = "FR-1", .claim = "So.", .run = body};
    static const struct row {
        struct conf_case bad;
        const char *sentence;
    } rows[] = {
        {{.id = "a.B.c", .rules = "FR-1", .claim = "x", .run = body}, "area"},
        {{.id = "a.b", .rules = "FR-1", .claim = "x", .run = body}, "area"},
        {{.id = "a.b.good", .rules = "FR-1", .claim = "x", .run = body},
         "twice"},
        {{.id = "a.b.c", .rules = "", .claim = "x", .run = body}, "no rule"},
        {{.id = "a.b.c", .rules = "ZZ-9", .claim = "x", .run = body}, "ZZ-9"},
        {{.id = "a.b.c", .rules = "FR-1", .claim = "", .run = body}, "claim"},
        {{.id = "a.b.c",
          .rules = "FR-1",
          .claim = "x",
          .run = body,
          .is_negative = true},
         "without a twin"},
        {{.id = "a.b.c",
          .rules = "FR-1",
          .claim = "x",
          .run = body,
          .twin = "a.b.d"},
         "does not exist"},
        {{.id = "a.b.c",
          .rules = "FR-1",
          .claim = "x",
          .run = body,
          .is_negative = true,
          .axes = {.caller = CALLER_THEM},
          .twin = "a.b.good"},
         "not run on all its axes"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct conf_case *cases[] = {&good, &rows[i].bad};
        struct failure failure = {""};

        assert_false(case_lint(cases, 2, &failure));
        if (!strstr(failure.sentence, rows[i].sentence))
            print_error("%s\n", failure.sentence);
        assert_non_null(strstr(failure.sentence, rows[i].sentence));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_case_keeps_the_rules, make,
                                        clear),
        cmocka_unit_test_setup_teardown(
            twins_come_first_even_when_not_asked_for, make, clear),
        cmocka_unit_test_setup_teardown(one_negative_brings_its_twin, make,
                                        clear),
        cmocka_unit_test_setup_teardown(
            each_instance_of_l2_is_there_once_in_each_weather, make, clear),
        cmocka_unit_test_setup_teardown(a_pattern_that_means_nothing_is_refused,
                                        make, clear),
        cmocka_unit_test_setup_teardown(names_print_every_axis, make, clear),
        cmocka_unit_test_setup_teardown(the_lint_sees_what_is_wrong, make,
                                        clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
