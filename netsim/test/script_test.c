/* SPDX-License-Identifier: MIT */
/* Scripts: in what order they are kept, what an almanac finds in them, and
 * that a file is read as it was written, or not at all. */
#include "netsim/script.h"
#include "netsim/life.h"
#include "ref/test/t.h"

#define SECOND UINT64_C(1000000000)

static struct script sample(void)
{
    struct script s = {.seed = UINT64_MAX, .floor = LIFE_QUIC};

    script_add(&s, &(struct step){2 * SECOND, STEP_ABORT, 2, 1, 0, 1});
    script_add(&s, &(struct step){SECOND, STEP_CALL, 1, 3, 4, 5});
    script_add(&s, &(struct step){2 * SECOND, STEP_MISCHIEF, 3, 0, 0, 0});
    script_decide(&s, &(struct link_decision){.link = 2, .is_lost = true});
    script_decide(&s, &(struct link_decision){.link = 1,
                                              .direction = 1,
                                              .packet = 9,
                                              .is_burst = true,
                                              .is_doubled = true,
                                              .is_reordered = true,
                                              .is_corrupt = true,
                                              .is_truncated = true,
                                              .late_ns = {7, 8},
                                              .kept = 40});
    script_decide(&s,
                  &(struct link_decision){
                      .link = 1, .direction = 1, .packet = 3, .late_ns = {5}});
    script_seal(&s);
    return s;
}

static void steps_are_kept_by_time_and_then_as_they_came(void **state)
{
    struct script s = sample();

    (void)state;
    assert_int_equal(s.step_count, 3);
    assert_int_equal(s.steps[0].number, 1);
    assert_int_equal(s.steps[1].number, 2);
    assert_int_equal(s.steps[2].number, 3);
    script_clear(&s);
}

static void an_almanac_finds_what_was_decided_and_nothing_else(void **state)
{
    struct script s = sample();
    struct link_almanac a = script_almanac(&s);
    struct link_decision known = {.link = 1, .direction = 1, .packet = 9};
    struct link_decision other = {.link = 1, .direction = 0, .packet = 9};

    (void)state;
    assert_true(a.recorded(a.self, &known));
    assert_true(known.is_burst && known.is_doubled && known.is_truncated);
    assert_int_equal(known.late_ns[1], 8);
    assert_false(a.recorded(a.self, &other));
    assert_false(other.is_burst);
    script_clear(&s);
}

static void without_decisions_chance_decides(void **state)
{
    struct script s = {.floor = LIFE_STREAMS};
    struct link_decision d = {0};

    (void)state;
    assert_true(script_almanac(&s).recorded == NULL);
    script_seal(&s);
    assert_false(script_almanac(&s).recorded(&s, &d));
    script_clear(&s);
}

static void what_a_recorder_hears_an_almanac_finds(void **state)
{
    struct script s = {.floor = LIFE_STREAMS};
    struct link_almanac recorder = script_recorder(&s);

    (void)state;
    assert_true(recorder.recorded == NULL);
    for (uint32_t i = 1000; i-- > 0;)
        recorder.decided(recorder.self,
                         &(struct link_decision){.link = i % 7,
                                                 .direction = i % 2,
                                                 .packet = i,
                                                 .bit = i,
                                                 .is_corrupt = true});
    script_seal(&s);
    for (uint32_t i = 0; i < 1000; i++) {
        struct link_decision d = {i % 7, .direction = i % 2, .packet = i};

        assert_true(script_almanac(&s).recorded(&s, &d));
        assert_int_equal(d.bit, i);
    }
    script_clear(&s);
}

static void a_script_is_read_as_it_was_written(void **state)
{
    struct script s = sample(), copy = script_copy(&s), read;
    json_t *tree = script_tree(&s), *again;
    struct failure f;

    (void)state;
    script_clear(&s);
    assert_true(script_read(tree, &read, &f));
    again = script_tree(&read);
    assert_true(json_equal(tree, again));
    json_decref(again);
    again = script_tree(&copy);
    assert_true(json_equal(tree, again));
    json_decref(again);
    json_decref(tree);
    script_clear(&read);
    script_clear(&copy);
}

static void an_empty_script_is_one(void **state)
{
    struct script s = {.floor = LIFE_STREAMS};

    (void)state;
    t_prints_take(script_tree(&s), "{\"decisions\":null,\"floor\":\"streams\","
                                   "\"seed\":\"0\",\"steps\":[]}");
    script_seal(&s);
    t_prints_take(script_tree(&s), "{\"decisions\":[],\"floor\":\"streams\","
                                   "\"seed\":\"0\",\"steps\":[]}");
    script_clear(&s);
}

static void must_refuse(const char *text, const char *words)
{
    struct script untouched = {.seed = 77};
    json_t *tree = t_tree(text);
    struct failure f;

    assert_false(script_read(tree, &untouched, &f));
    t_says(f.sentence, words);
    assert_int_equal(untouched.seed, 77);
    json_decref(tree);
}

#define HEAD "{\"seed\":\"1\",\"floor\":\"quic\","
#define STEP(rest)                                                             \
    HEAD "\"decisions\":null,\"steps\":[{\"at_ns\":1,\"kind\":\"call\","       \
         "\"number\":1,\"who\":0,\"tie\":0," rest "}]}"
#define DECISION(rest)                                                         \
    HEAD "\"steps\":[],\"decisions\":[{\"link\":0,\"direction\":0," rest "]}"

static void what_is_no_script_is_refused_with_a_sentence(void **state)
{
    static const struct {
        const char *text;
        const char *words;
    } cases[] = {
        {"[]", "expected an object"},
        {"{\"seed\":\"1\"}", "floor: missing"},
        {HEAD "\"steps\":[]}", "decisions: missing"},
        {"{\"seed\":1,\"floor\":\"quic\",\"steps\":[],\"decisions\":null}",
         "seed: expected a string"},
        {"{\"seed\":\"01\",\"floor\":\"quic\",\"steps\":[],\"decisions\":null}",
         "seed: expected a number in a text"},
        {"{\"seed\":\"18446744073709551616\",\"floor\":\"quic\",\"steps\":[],"
         "\"decisions\":null}",
         "seed: expected a number in a text"},
        {"{\"seed\":\"1\",\"floor\":\"sky\",\"steps\":[],\"decisions\":null}",
         "floor: expected streams or quic"},
        {HEAD "\"steps\":[],\"decisions\":7}", "decisions: expected a list"},
        {HEAD "\"steps\":[],\"decisions\":null,\"x\":0}", "x: no such member"},
        {STEP("\"what\":-1"), "step 1: what: expected a whole number"},
        {STEP("\"what\":4294967296"), "step 1: what: expected at most"},
        {STEP("\"what\":1.5"), "step 1: what: expected a whole number"},
        {STEP("\"what\":0,\"why\":0"), "step 1: why: no such member"},
        {STEP("\"what\":0,\"kind\":\"fly\""), "step 1: kind: no such step"},
        {STEP("\"what\":0,\"at_ns\":3600000000001"), "at_ns: expected at most"},
        {DECISION("\"packet\":-1}"), "decision 1: packet: expected a whole"},
        {DECISION("\"packet\":1,\"lost\":1}"), "lost: expected true or false"},
        {DECISION("\"packet\":1,\"late_ns\":3600000000001}"),
         "late_ns: expected at most"},
        {DECISION("\"packet\":1},{\"link\":0,\"direction\":0,\"packet\":1}"),
         "two speak of one datagram"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        must_refuse(cases[i].text, cases[i].words);
}

static void every_step_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < STEPS; i++) {
        for (uint32_t j = 0; j < i; j++)
            assert_string_not_equal(step_name((enum step_kind)i),
                                    step_name((enum step_kind)j));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_kept_by_time_and_then_as_they_came),
        cmocka_unit_test(an_almanac_finds_what_was_decided_and_nothing_else),
        cmocka_unit_test(without_decisions_chance_decides),
        cmocka_unit_test(what_a_recorder_hears_an_almanac_finds),
        cmocka_unit_test(a_script_is_read_as_it_was_written),
        cmocka_unit_test(an_empty_script_is_one),
        cmocka_unit_test(what_is_no_script_is_refused_with_a_sentence),
        cmocka_unit_test(every_step_has_a_name_of_its_own),
    };

    value_setup(1);
    return cmocka_run_group_tests_name("script", tests, NULL, NULL);
}
