/* SPDX-License-Identifier: MIT */
/* Command lines, read by the table: one row of each kind, and its refusals. */
#include "conformance/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static enum options_got read_words(struct options *o, struct arena *arena,
                                   const char *const *words,
                                   struct failure *ret_failure)
{
    return options_read(o, arena, (char *const *)words, ret_failure);
}

static void every_kind_goes_where_it_belongs(void **state)
{
    static const char *const words[] = {"--testee",
                                        "a b",
                                        "--seed=18446744073709551615",
                                        "--lvl",
                                        "L2,L0",
                                        "--ascii",
                                        "-v",
                                        "--filter=framing",
                                        "--filter",
                                        "calls",
                                        "--level",
                                        "should",
                                        "--repeat",
                                        "3",
                                        "--color=never",
                                        "--net",
                                        "loss10-burst,clean",
                                        "--weather=mtu",
                                        NULL};
    struct arena arena = {0};
    struct failure failure;
    struct options o;

    (void)state;
    assert_int_equal(read_words(&o, &arena, words, &failure), OPTIONS_FINE);
    assert_string_equal(o.testee, "a b");
    assert_true(o.seed == UINT64_MAX);
    assert_int_equal(o.lvl, LVL_L0 | LVL_L2);
    assert_true(o.is_ascii && o.is_verbose && !o.is_json);
    assert_non_null(o.filter->next);
    assert_int_equal(o.level, CASE_SHOULD);
    assert_int_equal(o.repeats, 3);
    assert_int_equal(o.color, OPTIONS_NEVER);
    assert_null(o.out);
    assert_string_equal(options_manner(&o, &arena),
                        " --level should --net clean,loss10-burst --repeat 3");
    assert_string_equal(o.weather->name, "mtu");
    assert_true(options_patience_ns(&o) == 30000000000u);
    o.net = 0;
    assert_true(options_patience_ns(&o) == 5000000000u);
    arena_clear(&arena);
}

static void what_does_not_fit_is_refused_in_a_sentence(void **state)
{
    static const struct row {
        const char *words[3];
        const char *sentence;
    } rows[] = {
        {{"--seed", "-1"}, "--seed wants a number, not \"-1\""},
        {{"--seed", "1x"}, "--seed wants a number, not \"1x\""},
        {{"--seed", "18446744073709551616"},
         "--seed wants a number, not \"18446744073709551616\""},
        {{"--seed"}, "--seed wants a value"},
        {{"--jobs=257"}, "--jobs wants a number from 1 to 256, not \"257\""},
        {{"--ascii=1"}, "--ascii takes no value"},
        {{"--lvl", "L0,L7"},
         "--lvl wants L0, L1, L2 or several with commas, not \"L0,L7\""},
        {{"--lvl", ""},
         "--lvl wants L0, L1, L2 or several with commas, not \"\""},
        {{"--net", "loss2,sunny"},
         "--net wants clean, delay, loss2, loss10-burst, reorder, dup, rebind, "
         "mtu, corrupt or several with commas, not \"loss2,sunny\""},
        {{"--weather", "loss2,dup"},
         "--weather wants one of clean, delay, loss2, loss10-burst, reorder, "
         "dup, rebind, mtu, corrupt, not \"loss2,dup\""},
        {{"--level", "most"},
         "--level wants must, should or choice, not \"most\""},
        {{"--repaet", "2"},
         "there is no option --repaet; did you mean --repeat?"},
    };
    struct arena arena = {0};
    struct failure failure;
    struct options o;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(read_words(&o, &arena, rows[i].words, &failure),
                         OPTIONS_USAGE);
        assert_string_equal(failure.sentence, rows[i].sentence);
    }
    arena_clear(&arena);
}

static void every_weather_is_named_where_one_is_wanted(void **state)
{
    static const char *const words[] = {"--net", "", NULL};
    struct arena arena = {0};
    struct failure failure;
    struct options o;

    (void)state;
    assert_int_equal(read_words(&o, &arena, words, &failure), OPTIONS_USAGE);
    for (size_t i = 0; i < WEATHERS; i++) {
        assert_non_null(strstr(failure.sentence, weathers[i].name));
        assert_non_null(strstr(options_help(), weathers[i].name));
    }
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_goes_where_it_belongs),
        cmocka_unit_test(what_does_not_fit_is_refused_in_a_sentence),
        cmocka_unit_test(every_weather_is_named_where_one_is_wanted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
