/* SPDX-License-Identifier: MIT */
/*
 * The judge on invented results: twins, choices, the canary, and the exit
 * status they come to.
 */
#include "conformance/judge.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const struct conf_case control = {
    .id = "a.b.control", .rules = "FR-1", .claim = "It is so."};
static const struct conf_case refusal = {.id = "a.b.refusal",
                                         .rules = "FR-2",
                                         .claim = "It is not so.",
                                         .twin = "a.b.control",
                                         .is_negative = true};
static const struct conf_case advice = {.id = "a.b.advice",
                                        .rules = "FR-9",
                                        .claim = "It ought to be so.",
                                        .level = CASE_SHOULD};

#define L1_AXES                                                                \
    {                                                                          \
        DIAL_US, CALLER_US, LVL_L1, PROFILE_REMOTE_SAFE                        \
    }
static const struct instance instances[] = {
    {&control, L1_AXES, NULL, "a.b.control@lvl=L1"},
    {&refusal, L1_AXES, NULL, "a.b.refusal@lvl=L1"},
    {&advice, L1_AXES, NULL, "a.b.advice@lvl=L1"},
};
#define CANARY 3

struct bench {
    struct plan plan;          /* three instances */
    struct plan_item items[3]; /* its own */
    struct log log;            /* into nothing */
    struct terminal terminal;  /* likewise */
    FILE *nothing;             /* /dev/null */
    struct judge judge;        /* the one on trial */
};

static void begin(struct bench *b, enum case_level counted)
{
    *b = (struct bench){.plan = {.count = 3}};
    for (size_t i = 0; i < 3; i++)
        b->items[i] = (struct plan_item){&instances[i], PLAN_NONE};
    b->items[1].twin = 0;
    b->plan.items = b->items;
    b->nothing = fopen("/dev/null", "w");
    assert_non_null(b->nothing);
    log_attach(&b->log, b->nothing);
    terminal_init(&b->terminal, b->nothing, (struct terminal_style){0}, 3);
    judge_init(&b->judge, &(struct judge_config){
                              .plan = &b->plan,
                              .log = &b->log,
                              .terminal = &b->terminal,
                              .target = "--testee x",
                              .manner = "",
                              .counted = counted,
                          });
}

static void finish(struct bench *b)
{
    struct failure failure;

    judge_clear(&b->judge);
    terminal_clear(&b->terminal);
    (void)log_close(&b->log, &failure); /* and the file with it */
}

static void give(struct bench *b, uint64_t place, enum verdict verdict,
                 const char *more)
{
    char line[256];

    (void)snprintf(line, sizeof line,
                   "{\"place\":%" PRIu64 ",\"verdict\":%d%s}", place,
                   (int)verdict, more);
    judge_take(&b->judge, slice_of(line));
}

static int status_of(struct bench *b, bool is_interrupted)
{
    const char *reason;

    return judge_status(&b->judge, is_interrupted, &reason);
}

static void give_all(struct bench *b, enum verdict first, enum verdict second,
                     enum verdict third, enum verdict canary)
{
    give(b, 0, first, "");
    give(b, 1, second, "");
    give(b, 2, third, "");
    give(b, CANARY, canary, "");
}

static void verdicts_come_to_an_exit_status(void **state)
{
    const enum verdict PASS = VERDICT_PASS;
    const enum verdict FAIL = VERDICT_FAIL;
    const enum verdict NA = VERDICT_NA;
    const enum verdict NONDET = VERDICT_NONDET;
    const struct row {
        enum verdict first, second, third, canary;
        enum case_level counted;
        int status;
    } rows[] = {
        {PASS, PASS, PASS, FAIL, CASE_MUST, 0},
        {PASS, FAIL, PASS, FAIL, CASE_MUST, 1},
        {PASS, VERDICT_CRASH, PASS, FAIL, CASE_MUST, 1},
        {PASS, PASS, FAIL, FAIL, CASE_MUST, 0},
        {PASS, PASS, FAIL, FAIL, CASE_SHOULD, 1},
        {PASS, PASS, VERDICT_CRASH, FAIL, CASE_MUST, 1},
        {NA, NA, NA, FAIL, CASE_MUST, 3},
        {PASS, PASS, PASS, PASS, CASE_MUST, 5},
        {PASS, FAIL, PASS, PASS, CASE_MUST, 5},
        {PASS, VERDICT_HARNESS, PASS, FAIL, CASE_MUST, 5},
        {NONDET, PASS, PASS, FAIL, CASE_MUST, 1},
        {PASS, PASS, NONDET, FAIL, CASE_MUST, 6},
        {PASS, FAIL, NONDET, FAIL, CASE_MUST, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench b;

        begin(&b, rows[i].counted);
        give_all(&b, rows[i].first, rows[i].second, rows[i].third,
                 rows[i].canary);
        assert_int_equal(status_of(&b, false), rows[i].status);
        assert_int_equal(status_of(&b, true), 130);
        finish(&b);
    }
}

static void a_negative_falls_with_its_twin(void **state)
{
    struct bench b;

    (void)state;
    begin(&b, CASE_MUST);
    give_all(&b, VERDICT_FAIL, VERDICT_PASS, VERDICT_PASS, VERDICT_FAIL);
    assert_int_equal(b.judge.verdicts[1], VERDICT_FAIL);
    finish(&b);
    begin(&b, CASE_MUST);
    give_all(&b, VERDICT_NA, VERDICT_PASS, VERDICT_PASS, VERDICT_FAIL);
    assert_int_equal(b.judge.verdicts[1], VERDICT_NA);
    finish(&b);
}

static void the_judge_speaks_in_the_order_of_the_plan(void **state)
{
    struct bench b;

    (void)state;
    begin(&b, CASE_MUST);
    give(&b, 2, VERDICT_PASS, "");
    give(&b, 1, VERDICT_PASS, "");
    assert_int_equal(b.judge.said, 0);
    assert_int_equal(status_of(&b, false), 3);
    give(&b, 0, VERDICT_PASS, "");
    assert_int_equal(b.judge.said, 3);
    finish(&b);
}

static void a_choice_has_to_stay_the_same(void **state)
{
    struct bench b;

    (void)state;
    begin(&b, CASE_MUST);
    give(&b, 0, VERDICT_PASS, ",\"choices\":[[\"order\",\"sorted\"]]");
    give(&b, 1, VERDICT_PASS, ",\"choices\":[[\"order\",\"sorted\"]]");
    give(&b, 2, VERDICT_PASS, ",\"choices\":[[\"order\",\"any\"]]");
    assert_int_equal(b.judge.verdicts[1], VERDICT_PASS);
    assert_int_equal(b.judge.verdicts[2], VERDICT_FAIL);
    finish(&b);
}

/* Two instances in a quarter of a second, by two workers at once. */
static void speed_is_of_all_workers_together(void **state)
{
    struct bench b;

    (void)state;
    begin(&b, CASE_MUST);
    assert_string_equal(judge_speed(&b.judge, 2), "");
    give(&b, 0, VERDICT_PASS, ",\"wall_ns\":1000000");
    give(&b, 1, VERDICT_PASS, ",\"wall_ns\":249000000");
    assert_string_equal(judge_speed(&b.judge, 2), "L1 16/s");
    give(&b, 2, VERDICT_PASS, ",\"wall_ns\":0");
    assert_string_equal(judge_speed(&b.judge, 200), "L1 2,400/s");
    finish(&b);
}

static void a_line_that_is_no_result_is_our_own_fault(void **state)
{
    struct bench b;

    (void)state;
    begin(&b, CASE_MUST);
    give_all(&b, VERDICT_PASS, VERDICT_PASS, VERDICT_PASS, VERDICT_FAIL);
    judge_take(&b.judge, slice_of("{\"place\":9}"));
    assert_int_equal(status_of(&b, false), 5);
    finish(&b);
}

/* Three instances about three requirements, of which a floor wants so many. */
static int status_with_floor(uint64_t tests, uint64_t rules)
{
    struct bench b;
    const char *reason;
    int status;

    begin(&b, CASE_MUST);
    b.judge.config.is_outside = true;
    b.judge.config.tests_min = tests;
    b.judge.config.rules_min = rules;
    give(&b, 0, VERDICT_PASS, ",\"observed\":\"left out\"");
    give(&b, 1, VERDICT_PASS, "");
    give(&b, 2, VERDICT_NA, ",\"observed\":\"why not\"");
    give(&b, CANARY, VERDICT_FAIL, "");
    status = judge_status(&b.judge, false, &reason);
    assert_non_null(strstr(reason, "2 instances were asked about 2 "
                                   "requirements, 1 of them without"));
    assert_string_equal(judge_reasons(&b.judge), "      1  why not\n");
    finish(&b);
    return status;
}

static void what_was_asked_from_outside_has_a_floor(void **state)
{
    (void)state;
    assert_int_equal(status_with_floor(0, 0), 0);
    assert_int_equal(status_with_floor(2, 2), 0);
    assert_int_equal(status_with_floor(3, 2), 3);
    assert_int_equal(status_with_floor(2, 3), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_come_to_an_exit_status),
        cmocka_unit_test(a_negative_falls_with_its_twin),
        cmocka_unit_test(the_judge_speaks_in_the_order_of_the_plan),
        cmocka_unit_test(a_choice_has_to_stay_the_same),
        cmocka_unit_test(speed_is_of_all_workers_together),
        cmocka_unit_test(a_line_that_is_no_result_is_our_own_fault),
        cmocka_unit_test(what_was_asked_from_outside_has_a_floor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
