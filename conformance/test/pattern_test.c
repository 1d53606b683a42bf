/* SPDX-License-Identifier: MIT */
/* Which instances a pattern means. */
#include "conformance/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static const struct conf_case length_zero = {
    .id = "framing.length.zero",
    .rules = "FL-4 AC-12",
};

static const struct instance instance = {
    .of = &length_zero,
    .axes = {DIAL_THEM, CALLER_US, LVL_L1, PROFILE_REMOTE_SAFE},
    .name =
        "framing.length.zero@dial=them,caller=us,lvl=L1,profile=remote-safe",
};

static void a_pattern_means_what_its_segments_say(void **state)
{
    static const struct row {
        const char *pattern;
        bool means;
    } rows[] = {
        {"framing.length.zero", true},
        {"framing.length", true},
        {"framing", true},
        {"framin", false},
        {"framing.length.zero.more", false},
        {"*.length.*", true},
        {"*.prefix.*", false},
        {"framing.*.z*o", true},
        {"**", true},
        {"**.zero", true},
        {"framing.**.zero", true},
        {"**.one", false},
        {"", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(pattern_means(rows[i].pattern, &instance),
                         rows[i].means);
}

static void axes_narrow_it(void **state)
{
    (void)state;
    assert_true(pattern_means("@lvl=L1", &instance));
    assert_true(pattern_means("framing@dial=them,lvl=L*", &instance));
    assert_true(pattern_means(instance.name, &instance));
    assert_false(pattern_means("@lvl=L2", &instance));
    assert_false(pattern_means("@nothing=L1", &instance));
}

static void a_rule_means_the_cases_that_cite_it(void **state)
{
    (void)state;
    assert_true(pattern_means("rule:FL-4", &instance));
    assert_true(pattern_means("rule:AC-*", &instance));
    assert_false(pattern_means("rule:AC-1", &instance));
}

static char *write_file(const char *text)
{
    static char path[] = "/tmp/pattern-test-XXXXXX";
    int fd;

    strcpy(path, "/tmp/pattern-test-XXXXXX");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return path;
}

static void files_hold_patterns_and_failures(void **state)
{
    const char log[] =
        "{\"event\":\"case\",\"instance\":\"a.b.c@lvl=L0\",\"verdict\":"
        "\"PASS\"}"
        "\n{\"event\":\"case\",\"instance\":\"framing.length.zero@lvl=L1\","
        "\"verdict\":\"FAIL\"}\n";
    struct arena arena = {0};
    struct pattern *list = NULL;
    struct failure failure;
    char *path = write_file("# what we look at\nframing.length.zero  \n\n");

    (void)state;
    assert_true(
        pattern_add(&arena, &list, arena_text(&arena, "@%s", path), &failure));
    assert_true(pattern_matches(list, &instance));
    unlink(path);
    list = NULL;
    path = write_file(log);
    assert_true(pattern_add(&arena, &list,
                            arena_text(&arena, "failed:%s", path), &failure));
    assert_true(pattern_matches(list, &instance));
    assert_null(list->next);
    unlink(path);
    assert_false(pattern_add(&arena, &list, "@/no/such/file", &failure));
    arena_clear(&arena);
}

static void a_list_remembers_what_met_nothing(void **state)
{
    struct arena arena = {0};
    struct pattern *list = NULL;
    struct failure failure;

    (void)state;
    assert_true(pattern_add(&arena, &list, "framing", &failure));
    assert_true(pattern_add(&arena, &list, "nothing", &failure));
    assert_true(pattern_matches(list, &instance));
    assert_false(list->has_matched);
    assert_true(list->next->has_matched);
    arena_clear(&arena);
}

static void distance_counts_the_letters_changed(void **state)
{
    (void)state;
    assert_int_equal(pattern_distance("filter", "filter"), 0);
    assert_int_equal(pattern_distance("fliter", "filter"), 2);
    assert_int_equal(pattern_distance("", "abc"), 3);
    assert_int_equal(pattern_distance("abc", ""), 3);
    assert_int_equal(pattern_distance("skip", "skipp"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_means_what_its_segments_say),
        cmocka_unit_test(axes_narrow_it),
        cmocka_unit_test(a_rule_means_the_cases_that_cite_it),
        cmocka_unit_test(files_hold_patterns_and_failures),
        cmocka_unit_test(a_list_remembers_what_met_nothing),
        cmocka_unit_test(distance_counts_the_letters_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
