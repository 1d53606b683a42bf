/* SPDX-License-Identifier: MIT */
/* The page says what the log says, needs nothing else, lets no text of the
 * testee become markup, and stays small whatever the testee says. */
#include "reports/html.h"

#include <jansson.h>

#include "reports/html_page.h"
#include "reports/test/sample.h"

struct made {
    struct summary s; /* of the log */
    struct buf b;     /* its page */
    json_t *data;     /* its data block */
};

/* The data block, found as a browser finds it: up to the next end tag. */
static json_t *data_of(struct slice page)
{
    static const char begin[] = "type=\"application/json\">";
    struct slice end = slice_of("</script");
    size_t from = 0, to;
    json_t *data;

    while (!slice_starts(slice_skip(page, from), slice_of(begin)))
        from++;
    from += sizeof begin - 1;
    for (to = from; !slice_starts(slice_skip(page, to), end);)
        to++;
    data = json_loadb((const char *)page.data + from, to - from, 0, NULL);
    assert_non_null(data);
    return data;
}

static void make_from(struct made *m, const char *path)
{
    struct failure failure;

    assert_true(summary_read(&m->s, path, &failure));
    buf_init(&m->b, SIZE_MAX / 2);
    html_print(&m->b, &m->s);
    m->data = data_of(buf_slice(&m->b));
}

static void make(struct made *m, bool has_footer)
{
    char *path = sample_path();

    sample_write(path, has_footer);
    make_from(m, path);
    (void)remove(path);
    free(path);
}

static void clear(struct made *m)
{
    json_decref(m->data);
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

static size_t length(const struct made *m, const char *list)
{
    return json_array_size(json_object_get(m->data, list));
}

/* An item of an item of a list. */
static const json_t *item(const struct made *m, const char *list, size_t i,
                          size_t n)
{
    return json_array_get(json_array_get(json_object_get(m->data, list), i), n);
}

/* The text that stands there by its number. */
static const char *text(const struct made *m, const char *list, size_t i,
                        size_t n)
{
    json_int_t number = json_integer_value(item(m, list, i, n));
    const json_t *texts = json_object_get(m->data, "texts");

    assert_true(number >= 0);
    return json_string_value(json_array_get(texts, (size_t)number));
}

static void every_instance_is_in_the_data(void **state)
{
    struct made m;

    (void)state;
    make(&m, true);
    assert_int_equal(length(&m, "runs"), SAMPLE_CASES);
    assert_int_equal(length(&m, "cases"), SAMPLE_CASES);
    assert_int_equal(length(&m, "stories"), SAMPLE_CASES - 2);
    for (size_t i = 0; i < SAMPLE_CASES; i++) {
        const char *verdict = json_string_value(item(&m, "runs", i, 2));

        assert_string_equal(verdict, verdict_class(m.s.cases[i].verdict));
        assert_int_equal(json_integer_value(item(&m, "runs", i, 3)), i == 9);
    }
    clear(&m);
}

static void a_story_has_its_texts_and_its_lines(void **state)
{
    struct made m;
    const json_t *lines;

    (void)state;
    make(&m, true);
    assert_int_equal(json_integer_value(item(&m, "stories", 0, 0)), 1);
    assert_string_equal(text(&m, "stories", 0, 1),
                        "error FORBIDDEN, handler not entered");
    assert_int_equal(json_integer_value(item(&m, "stories", 0, 2)), 5);
    assert_int_equal(json_integer_value(item(&m, "stories", 0, 3)), 1200000);
    assert_string_equal(text(&m, "stories", 0, 6),
                        "callspec run --filter 'x' --seed 7");
    lines = item(&m, "stories", 0, 7);
    assert_int_equal(json_array_size(lines), 2);
    assert_string_equal(
        json_string_value(json_array_get(json_array_get(lines, 1), 0)), "them");
    clear(&m);
}

static void a_rule_that_nobody_asks_for_is_there(void **state)
{
    struct made m;

    (void)state;
    make(&m, true);
    assert_int_equal(length(&m, "rules"), 3);
    assert_string_equal(json_string_value(item(&m, "rules", 0, 0)), "AB-1");
    assert_string_equal(json_string_value(item(&m, "rules", 0, 4)), "excluded");
    assert_string_equal(json_string_value(item(&m, "rules", 0, 5)),
                        "Not built yet.");
    assert_string_equal(json_string_value(item(&m, "rules", 1, 0)), "AC-5");
    clear(&m);
}

static void the_head_says_how_it_ended(void **state)
{
    struct made m;

    (void)state;
    make(&m, true);
    assert_int_equal(count(&m, "Something does not conform"), 1);
    assert_int_equal(count(&m, "11 of 11 instances ran, 7 unexpected"), 1);
    assert_int_equal(count(&m, "This run is not complete"), 0);
    assert_int_equal(count(&m, "<dd>5 instances</dd>"), 1);
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

static void no_foreign_text_becomes_markup(void **state)
{
    struct made m;

    (void)state;
    make(&m, true);
    assert_int_equal(count(&m, "<b attr"), 0);
    assert_int_equal(count(&m, "<us>"), 0);
    assert_true(count(&m, "&lt;b attr=&#39;&amp;&quot;&gt;") > 0);
    assert_true(count(&m, "\\u003cb attr=") > 0);
    assert_int_equal(count(&m, "</script>"), 2);
    assert_true(count(&m, "[U+202E]") > 0);
    assert_int_equal(count(&m, "\xe2\x80\xae"), 0);
    assert_null(memchr(m.b.data, 0x1b, m.b.len));
    assert_null(memchr(m.b.data, 0, m.b.len));
    clear(&m);
}

static void the_page_needs_nothing_from_elsewhere(void **state)
{
    static const char *const fetchers[] = {"src=",    "https:", "<link",
                                           "@import", "url(",   "<iframe",
                                           "<img",    "<object"};
    struct made m;

    (void)state;
    make(&m, true);
    for (size_t i = 0; i < sizeof fetchers / sizeof *fetchers; i++)
        assert_int_equal(count(&m, fetchers[i]), 0);
    assert_int_equal(count(&m, "http:"), 1); /* the name of SVG */
    assert_int_equal(count(&m, "default-src 'none'"), 1);
    assert_int_equal(count(&m, html_page_run.digest), 1);
    clear(&m);
}

/* A log of that many failures, each with texts of a megabyte. */
static void write_loud(const char *path, size_t failures)
{
    struct log_header header = sample_header();
    struct log_footer footer = {.exit = 1, .is_complete = true};
    char *loud = malloc(1 << 20);
    struct failure failure;
    struct log l;

    assert_non_null(loud);
    memset(loud, '<', 1 << 20);
    header.testee = slice_make(loud, 1 << 20);
    assert_true(log_open(&l, path, &failure));
    log_header(&l, &header);
    log_plan(&l, failures, 0);
    for (size_t i = 0; i < failures; i++) {
        struct log_case c = sample_case("a.b.c@lvl=L1", VERDICT_FAIL);

        (void)snprintf(loud, 32, "%zu", i);
        c.observed = slice_make(loud, 1 << 20);
        log_case_start(&l, c.instance);
        log_note(&l, LOG_THEM, 0, slice_make(loud, 1 << 20));
        log_case(&l, &c);
    }
    log_footer(&l, &footer);
    assert_true(log_close(&l, &failure));
    free(loud);
}

static void a_loud_testee_makes_no_large_page(void **state)
{
    char *path = sample_path();
    struct made m;

    (void)state;
    write_loud(path, 100);
    make_from(&m, path);
    assert_int_equal(length(&m, "stories"), 100);
    assert_true(json_is_array(item(&m, "stories", 0, 7)));
    assert_true(json_is_null(item(&m, "stories", 99, 7)));
    assert_true(strlen(text(&m, "runs", 99, 4)) < 200);
    assert_true(m.b.len < 2u * 1024 * 1024);
    clear(&m);
    (void)remove(path);
    free(path);
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
        cmocka_unit_test(every_instance_is_in_the_data),
        cmocka_unit_test(a_story_has_its_texts_and_its_lines),
        cmocka_unit_test(a_rule_that_nobody_asks_for_is_there),
        cmocka_unit_test(the_head_says_how_it_ended),
        cmocka_unit_test(a_run_that_died_says_so_first),
        cmocka_unit_test(no_foreign_text_becomes_markup),
        cmocka_unit_test(the_page_needs_nothing_from_elsewhere),
        cmocka_unit_test(a_loud_testee_makes_no_large_page),
        cmocka_unit_test(a_log_without_cases_makes_a_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
