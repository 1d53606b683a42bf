/* SPDX-License-Identifier: MIT */
/* The page says what the log says, needs nothing else, and lets no text of
 * the testee become markup. */
#include "reports/html.h"

#include "reports/test/sample.h"

struct made {
    struct summary s; /* of the sample */
    struct buf b;     /* its page */
};

static void make(struct made *m, bool has_footer)
{
    char *path = sample_path();
    struct failure failure;

    sample_write(path, has_footer);
    assert_true(summary_read(&m->s, path, &failure));
    buf_init(&m->b, SIZE_MAX / 2);
    html_print(&m->b, &m->s);
    (void)remove(path);
    free(path);
}

static void clear(struct made *m)
{
    buf_clear(&m->b);
    summary_clear(&m->s);
}

static size_t count(const struct made *m, const char *part)
{
    struct slice left = buf_slice(&m->b);
    size_t times = 0;

    for (; left.len; left = slice_skip(left, 1))
        times += slice_starts(left, slice_of(part));
    return times;
}

static void every_instance_has_its_details_and_its_cell(void **state)
{
    struct made m;

    (void)state;
    make(&m, true);
    assert_int_equal(count(&m, "<details class=\"i "), SAMPLE_CASES);
    assert_int_equal(count(&m, "<a href=\"#c"), SAMPLE_CASES);
    assert_int_equal(count(&m, "<tr class=\"case\">"), SAMPLE_CASES);
    assert_int_equal(count(&m, "<tr class=\"area\">"), 2);
    assert_int_equal(count(&m, "data-v=\"FAIL\""), 3);
    assert_int_equal(count(&m, "(expected)"), 2);
    assert_int_equal(count(&m, "This run is not complete"), 0);
    clear(&m);
}

static void verdicts_are_told_in_words_and_signs(void **state)
{
    struct made m;

    (void)state;
    make(&m, true);
    assert_int_equal(count(&m, "11 of 11 instances ran, 7 unexpected"), 1);
    for (int v = 0; v < VERDICT_COUNT; v++) {
        char text[64];

        (void)snprintf(text, sizeof text, "<span class=\"sr\"> %s</span>",
                       verdict_name((enum verdict)v));
        assert_int_equal(count(&m, text), v == VERDICT_FAIL ? 3 : 1);
    }
    clear(&m);
}

static void no_foreign_text_becomes_markup(void **state)
{
    struct made m;

    (void)state;
    make(&m, true);
    assert_int_equal(count(&m, "<b attr"), 0);
    assert_int_equal(count(&m, "<us>"), 0);
    assert_true(count(&m, "&lt;b attr=&#39;&amp;&quot;&gt;") > 0);
    assert_null(memchr(m.b.data, 0x1b, m.b.len));
    assert_null(memchr(m.b.data, 0, m.b.len));
    clear(&m);
}

static void the_page_needs_nothing_from_elsewhere(void **state)
{
    static const char *const fetchers[] = {
        "src=", "http:",   "https:", "<link",  "@import",
        "url(", "<iframe", "<img",   "<object"};
    struct made m;

    (void)state;
    make(&m, true);
    for (size_t i = 0; i < sizeof fetchers / sizeof *fetchers; i++)
        assert_int_equal(count(&m, fetchers[i]), 0);
    assert_int_equal(count(&m, "default-src 'none'"), 1);
    clear(&m);
}

static void a_run_that_died_says_so_first(void **state)
{
    struct made m;

    (void)state;
    make(&m, false);
    assert_int_equal(count(&m, "This run is not complete"), 1);
    assert_int_equal(count(&m, "flow.topic.deadly"), 1);
    clear(&m);
}

static void a_log_without_cases_makes_a_page(void **state)
{
    char *log_path = sample_path(), *path = sample_path();
    struct log_header header = sample_header();
    struct log_footer footer = {.exit = 3};
    struct failure failure;
    struct log l;

    (void)state;
    assert_true(log_open(&l, log_path, &failure));
    log_header(&l, &header);
    log_plan(&l, 3, 3);
    log_footer(&l, &footer);
    assert_true(log_close(&l, &failure));
    assert_true(html_write(log_path, path, &failure));
    assert_false(html_write(log_path, "/nowhere/x.html", &failure));
    assert_false(html_write("/nowhere", path, &failure));
    (void)remove(log_path);
    (void)remove(path);
    free(log_path);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instance_has_its_details_and_its_cell),
        cmocka_unit_test(verdicts_are_told_in_words_and_signs),
        cmocka_unit_test(no_foreign_text_becomes_markup),
        cmocka_unit_test(the_page_needs_nothing_from_elsewhere),
        cmocka_unit_test(a_run_that_died_says_so_first),
        cmocka_unit_test(a_log_without_cases_makes_a_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
