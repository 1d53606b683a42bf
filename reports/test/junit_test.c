/* SPDX-License-Identifier: MIT */
/* The JUnit report is XML, says what the log says, and does not lie. */
#include "reports/junit.h"

#include "reports/test/sample.h"
#include "reports/xml.h"

struct made {
    struct summary s; /* of the sample */
    struct buf b;     /* its report */
};

static void make(struct made *m, bool has_footer)
{
    char *path = sample_path();
    struct failure failure;

    sample_write(path, has_footer);
    assert_true(summary_read(&m->s, path, &failure));
    buf_init(&m->b, SIZE_MAX / 2);
    junit_print(&m->b, &m->s);
    (void)remove(path);
    free(path);
}

static void clear(struct made *m)
{
    buf_clear(&m->b);
    summary_clear(&m->s);
}

static void the_report_agrees_with_the_log(void **state)
{
    struct failure failure = {""};
    struct made m;
    struct xml x;

    (void)state;
    make(&m, true);
    assert_true(junit_check(buf_slice(&m.b), &m.s, &failure));
    assert_true(xml_check(buf_slice(&m.b), &x, &failure));
    assert_int_equal(xml_count(&x, "testcase"), SAMPLE_CASES);
    assert_int_equal(xml_count(&x, "testsuite"), 2);
    assert_int_equal(xml_count(&x, "failure"), 4);
    assert_int_equal(xml_count(&x, "error"), 3);
    assert_int_equal(xml_count(&x, "skipped"), 2);
    assert_int_equal(xml_count(&x, "system-out"), 1);
    clear(&m);
}

static void a_case_has_its_name_area_and_properties(void **state)
{
    static const char *const parts[] = {
        "<testsuites name=\"callspec\" tests=\"11\" failures=\"4\" "
        "errors=\"3\" skipped=\"2\" time=\"0.374\">",
        "<testcase name=\"authz.topic.case-1@dial=us\" classname=\"authz\" "
        "time=\"0.034\">",
        "<property name=\"rules\" value=\"AC-5 OC-1\"/>",
        "<property name=\"level\" value=\"must\"/>",
        "<property name=\"seed\" value=\"7\"/>",
        "<property name=\"repro\" value=\"callspec run --filter "
        "&#39;x&#39; --seed 7\"/>",
        "<failure type=\"FAIL\" message=\"FAIL step=5\">",
        "<error type=\"CRASH\"",
        "<skipped message=\"XFAIL not built yet\"/>",
        "<skipped message=\"error FORBIDDEN, handler entered once\"/>",
        "name=\"authz.topic.hostile@dial=&lt;us&gt;&amp;&quot;&#39;\"",
    };
    struct made m;

    (void)state;
    make(&m, true);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        print_message("%s\n", parts[i]);
        assert_true(sample_contains(buf_slice(&m.b), parts[i]));
    }
    clear(&m);
}

static void a_run_that_died_is_an_error(void **state)
{
    struct failure failure = {""};
    struct made m;
    struct xml x;

    (void)state;
    make(&m, false);
    assert_true(junit_check(buf_slice(&m.b), &m.s, &failure));
    assert_true(xml_check(buf_slice(&m.b), &x, &failure));
    assert_int_equal(xml_count(&x, "testcase"), SAMPLE_CASES + 1);
    assert_int_equal(xml_count(&x, "error"), 4);
    assert_true(sample_contains(buf_slice(&m.b), "flow.topic.deadly"));
    clear(&m);
}

static void a_report_that_differs_from_the_log_is_refused(void **state)
{
    struct failure failure = {""};
    struct made m;
    uint8_t *found;

    (void)state;
    make(&m, true);
    assert_false(junit_check(slice_of("<testsuites/>"), &m.s, &failure));
    assert_string_equal(failure.sentence,
                        "the JUnit report has 0 test cases, the log 11");
    assert_false(
        junit_check(slice_head(buf_slice(&m.b), m.b.len - 4), &m.s, &failure));
    assert_memory_equal(failure.sentence, "the JUnit report is no XML: ", 28);
    m.s.cases[VERDICT_FAIL].verdict = VERDICT_PASS;
    assert_false(junit_check(buf_slice(&m.b), &m.s, &failure));
    m.s.cases[VERDICT_FAIL].verdict = VERDICT_FAIL;
    assert_true(junit_check(buf_slice(&m.b), &m.s, &failure));
    found = memchr(m.b.data, '&', m.b.len);
    assert_non_null(found);
    *found = '\x1b';
    assert_false(junit_check(buf_slice(&m.b), &m.s, &failure));
    clear(&m);
}

static void a_report_is_made_from_a_file_into_a_file(void **state)
{
    char *log_path = sample_path(), *path = sample_path();
    struct failure failure = {""};

    (void)state;
    sample_write(log_path, true);
    assert_true(junit_write(log_path, path, &failure));
    assert_false(junit_write("/nowhere", path, &failure));
    assert_false(junit_write(log_path, "/nowhere/x.xml", &failure));
    (void)remove(log_path);
    (void)remove(path);
    free(log_path);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_report_agrees_with_the_log),
        cmocka_unit_test(a_case_has_its_name_area_and_properties),
        cmocka_unit_test(a_run_that_died_is_an_error),
        cmocka_unit_test(a_report_that_differs_from_the_log_is_refused),
        cmocka_unit_test(a_report_is_made_from_a_file_into_a_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
