/* SPDX-License-Identifier: MIT */
/*
 * What is written comes back: through hostile texts, cuts and bad lines.
 */
#include "reports/summary.h"
#include "reports/test/sample.h"
#include "reports/text.h"
#include "reports/utf8.h"

static struct summary read_sample(bool has_footer)
{
    char *path = sample_path();
    struct summary s;
    struct failure failure;

    sample_write(path, has_footer);
    assert_true(summary_read(&s, path, &failure));
    (void)remove(path);
    free(path);
    return s;
}

static void a_header_comes_back(void **state)
{
    struct summary s = read_sample(true);

    (void)state;
    assert_string_equal(s.suite, "callspec 1");
    assert_string_equal(s.spec, "2026-07");
    assert_string_equal(s.cmdline, "callspec run --testee ./t");
    assert_string_equal(s.seed, "18446744073709551615");
    assert_string_equal(s.testee, "demo");
    assert_string_equal(s.language, "C");
    assert_string_equal(s.profile, "remote-safe");
    assert_int_equal(s.planned, SAMPLE_CASES);
    assert_int_equal(s.floor, 5);
    summary_clear(&s);
}

static void a_requirement_comes_back(void **state)
{
    struct summary s = read_sample(true);

    (void)state;
    assert_int_equal(s.requirements_count, 1);
    assert_string_equal(s.requirements[0].id, "AB-1");
    assert_string_equal(s.requirements[0].level, "must");
    assert_string_equal(s.requirements[0].sentence, "An abort ends the call.");
    assert_string_equal(s.requirements[0].status, "excluded");
    assert_string_equal(s.requirements[0].reason, "Not built yet.");
    summary_clear(&s);
}

static void a_case_comes_back_with_all_it_has(void **state)
{
    struct summary s = read_sample(true);
    const struct summary_case *c = &s.cases[VERDICT_FAIL];

    (void)state;
    assert_string_equal(c->instance, "authz.topic.case-1@dial=us");
    assert_string_equal(c->id, "authz.topic.case-1");
    assert_string_equal(c->area, "authz");
    assert_string_equal(c->claim, "An unknown peer is refused.");
    assert_string_equal(c->level, "must");
    assert_string_equal(c->seed, "7");
    assert_string_equal(c->choice, "");
    assert_int_equal(c->verdict, VERDICT_FAIL);
    assert_int_equal(c->step, 5);
    assert_int_equal(c->virtual_ns, 1200000);
    assert_int_equal(c->axes_count, 4);
    assert_string_equal(summary_axis(c, "caller"), "us");
    assert_string_equal(summary_axis(c, "net"), "");
    assert_int_equal(c->rules_count, 2);
    assert_string_equal(c->rules[1].id, "OC-1");
    assert_string_equal(c->rules[1].level, "should");
    assert_int_equal(c->notes_count, 2);
    assert_int_equal(c->notes[1].lane, LOG_THEM);
    assert_int_equal(c->notes[1].at_ns, 1200000);
    summary_clear(&s);
}

static void counts_are_kept_for_all_and_for_groups(void **state)
{
    struct summary s = read_sample(true);

    (void)state;
    assert_int_equal(s.cases_count, SAMPLE_CASES);
    assert_int_equal(verdict_total(&s.counts), SAMPLE_CASES);
    assert_int_equal(s.counts.of[VERDICT_FAIL], 3);
    assert_int_equal(s.counts.excused, 1);
    assert_int_equal(verdict_unexpected(&s.counts), 7);
    assert_int_equal(s.areas.count, 2);
    assert_string_equal(s.areas.groups[0].name, "flow");
    assert_int_equal(verdict_total(&s.areas.groups[0].counts), 5);
    assert_int_equal(verdict_total(&s.areas.groups[1].counts), 6);
    assert_int_equal(s.levels.count, 1);
    assert_int_equal(s.rules.count, 2);
    assert_int_equal(verdict_total(&s.rules.groups[1].counts), SAMPLE_CASES);
    assert_true(s.is_complete);
    assert_int_equal(s.exit, 1);
    assert_string_equal(s.reason, "something does not conform");
    assert_string_equal(s.unfinished, "");
    summary_clear(&s);
}

static void a_log_without_a_footer_is_not_complete(void **state)
{
    struct summary s = read_sample(false);

    (void)state;
    assert_false(s.is_complete);
    assert_int_equal(s.exit, 130);
    assert_int_equal(s.cases_count, SAMPLE_CASES);
    assert_string_equal(s.unfinished, "flow.topic.deadly");
    summary_clear(&s);
}

/* The whole of a file; the caller frees it. */
static struct slice content(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(1 << 20);
    size_t len;

    assert_true(file && data);
    len = fread(data, 1, 1 << 20, file);
    (void)fclose(file);
    return slice_make(data, len);
}

/* Reads `text` as a log. */
static bool reads(struct slice text, struct summary *ret, struct failure *why)
{
    FILE *file = tmpfile();
    bool is_read;

    assert_non_null(file);
    assert_true(text.len == 0 || fwrite(text.data, text.len, 1, file) == 1);
    rewind(file);
    is_read = summary_load(ret, file, "x.jsonl", why);
    (void)fclose(file);
    return is_read;
}

static void a_log_may_be_cut_anywhere_behind_its_header(void **state)
{
    char *path = sample_path();
    struct slice text;
    size_t header;

    (void)state;
    sample_write(path, true);
    text = content(path);
    header = (size_t)((uint8_t *)memchr(text.data, '\n', text.len) - text.data);
    for (size_t len = 0; len < text.len; len += 61) {
        struct summary s;
        struct failure why;
        bool is_read = reads(slice_head(text, len), &s, &why);

        assert_int_equal(is_read, len > header);
        if (!is_read)
            continue;
        assert_false(s.is_complete);
        summary_clear(&s);
    }
    free((void *)(uintptr_t)text.data);
    (void)remove(path);
    free(path);
}

#define HEADER "{\"event\":\"header\",\"format\":\"callspec-log/1\"}\n"

static void a_bad_line_is_one_sentence_with_its_number(void **state)
{
    static const struct row {
        const char *text;     /* of a log */
        const char *sentence; /* how what is wrong with it begins */
    } rows[] = {
        {"", "x.jsonl: there is no log in it"},
        {"hello\n", "x.jsonl: line 1: no JSON"},
        {"{\"event\":\"plan\",\"n\":1}\n",
         "x.jsonl: line 1: the log does not begin"},
        {"{\"event\":\"header\",\"format\":\"other/1\"}\n",
         "x.jsonl: line 1: this is no log of format"},
        {"{\"event\":\"header\"}\n", "x.jsonl: line 1: this is no log"},
        {HEADER "\n", "x.jsonl: line 2: no JSON"},
        {HEADER "[]\n", "x.jsonl: line 2: there is no event"},
        {HEADER "{\"event\":\"a\",\"event\":\"b\"}\n",
         "x.jsonl: line 2: no JSON"},
        {HEADER "{\"event\":\"plan\",\"n\":\"1\"}\n",
         "x.jsonl: line 2: a number"},
        {HEADER "{\"event\":\"plan\",\"n\":-1}\n", "x.jsonl: line 2: a number"},
        {HEADER "{\"event\":\"requirement\",\"id\":7}\n",
         "x.jsonl: line 2: a member of the requirement"},
        {HEADER "{\"event\":\"case\",\"verdict\":\"PASS\"}\n",
         "x.jsonl: line 2: the case has no instance"},
        {HEADER "{\"event\":\"case\",\"instance\":\"a\"}\n",
         "x.jsonl: line 2: the case has no verdict"},
        {HEADER "{\"event\":\"case\",\"instance\":\"a\",\"verdict\":\"OK\"}\n",
         "x.jsonl: line 2: the case has no verdict"},
        {HEADER "{\"event\":\"case\",\"instance\":\"a\",\"verdict\":\"PASS\","
                "\"axes\":[1]}\n",
         "x.jsonl: line 2: a member of the case"},
        {HEADER "{\"event\":\"case\",\"instance\":\"a\",\"verdict\":\"PASS\","
                "\"axes\":{\"a\":\"b\",\"c\":1}}\n",
         "x.jsonl: line 2: a member of the case"},
        {HEADER "{\"event\":\"case\",\"instance\":\"a\",\"verdict\":\"PASS\","
                "\"rules\":{}}\n",
         "x.jsonl: line 2: a member of the case"},
        {HEADER "{\"event\":\"note\",\"text\":3}\n",
         "x.jsonl: line 2: a member of the note"},
        {HEADER "{\"event\":\"note\",\"text\":\"a\\u0000b\"}\n",
         "x.jsonl: line 2: no JSON"},
        {HEADER "{\"event\":\"footer\",\"exit\":999}\n",
         "x.jsonl: line 2: a member of the footer"},
        {HEADER "{\"event\":\"footer\",\"exit\":0}\n{\"event\":\"x\"}\n",
         "x.jsonl: line 3: something follows"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct summary s;
        struct failure why;

        print_message("%s", rows[i].text);
        assert_false(reads(slice_of(rows[i].text), &s, &why));
        print_message("%s\n", why.sentence);
        assert_memory_equal(why.sentence, rows[i].sentence,
                            strlen(rows[i].sentence));
    }
}

static void what_a_later_log_has_more_is_passed_over(void **state)
{
    struct summary s;
    struct failure why;

    (void)state;
    assert_true(
        reads(slice_of(HEADER
                       "{\"event\":\"weather\",\"x\":[1]}\n"
                       "{\"event\":\"case\",\"instance\":\"a.b\",\"y\":1,"
                       "\"verdict\":\"PASS\"}\n"
                       "{\"event\":\"footer\",\"complete\":true,\"exit\":0}\n"),
              &s, &why));
    assert_int_equal(s.cases_count, 1);
    assert_true(s.is_complete);
    summary_clear(&s);
}

static void hostile_texts_are_made_harmless(void **state)
{
    struct summary s = read_sample(true);
    const char *text = s.cases[SAMPLE_CASES - 1].observed;

    (void)state;
    assert_string_equal(
        text, "a␀b␛[31m" UTF8_REPLACEMENT UTF8_REPLACEMENT
              "( ]]> <b attr='&\">" UTF8_REPLACEMENT UTF8_REPLACEMENT
              "\n\tend</script>[U+202E]" UTF8_REPLACEMENT UTF8_REPLACEMENT
                  UTF8_REPLACEMENT);
    assert_string_equal(s.cases[SAMPLE_CASES - 1].notes[0].text, text);
    summary_clear(&s);
}

static void a_very_long_text_is_cut_with_a_mark(void **state)
{
    const size_t len = 10 * 1024 * 1024;
    uint8_t *bytes = malloc(len);
    struct buf b;

    (void)state;
    assert_non_null(bytes);
    memset(bytes, 0xff, len);
    buf_init(&b, SIZE_MAX / 2);
    text_clean(&b, slice_make(bytes, len), TEXT_MAX);
    assert_true(b.len < TEXT_MAX + 64);
    assert_true(sample_contains(buf_slice(&b), "[cut: 10485760 bytes in all]"));
    for (struct slice left = buf_slice(&b); left.len;) {
        assert_true(utf8_step(left) > 0);
        left = slice_skip(left, utf8_step(left));
    }
    buf_clear(&b);
    free(bytes);
}

static void only_so_many_notes_of_a_case_are_kept(void **state)
{
    char *path = sample_path();
    struct log_header header = sample_header();
    struct log_case c = sample_case("a.b.c", VERDICT_PASS);
    struct summary s;
    struct failure failure;
    struct log l;

    (void)state;
    assert_true(log_open(&l, path, &failure));
    log_header(&l, &header);
    log_case_start(&l, c.instance);
    for (size_t i = 0; i < LOG_NOTES_MAX + 500; i++)
        log_note(&l, LOG_US, i, slice_of("x"));
    log_case(&l, &c);
    assert_true(log_close(&l, &failure));
    assert_true(summary_read(&s, path, &failure));
    assert_int_equal(s.cases[0].notes_count, LOG_NOTES_MAX + 1);
    assert_string_equal(s.cases[0].notes[LOG_NOTES_MAX].text,
                        "what came after this was not kept");
    summary_clear(&s);
    (void)remove(path);
    free(path);
}

static void a_log_that_cannot_be_written_says_so(void **state)
{
    struct log_header header = sample_header();
    struct failure failure;
    struct log l;

    (void)state;
    assert_false(log_open(&l, "/nowhere/x.jsonl", &failure));
    assert_string_equal(failure.sentence,
                        "/nowhere/x.jsonl: No such file or directory");
    assert_true(log_open(&l, "/dev/full", &failure));
    log_header(&l, &header);
    assert_false(log_close(&l, &failure));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_comes_back),
        cmocka_unit_test(a_requirement_comes_back),
        cmocka_unit_test(a_case_comes_back_with_all_it_has),
        cmocka_unit_test(counts_are_kept_for_all_and_for_groups),
        cmocka_unit_test(a_log_without_a_footer_is_not_complete),
        cmocka_unit_test(a_log_may_be_cut_anywhere_behind_its_header),
        cmocka_unit_test(a_bad_line_is_one_sentence_with_its_number),
        cmocka_unit_test(what_a_later_log_has_more_is_passed_over),
        cmocka_unit_test(hostile_texts_are_made_harmless),
        cmocka_unit_test(a_very_long_text_is_cut_with_a_mark),
        cmocka_unit_test(only_so_many_notes_of_a_case_are_kept),
        cmocka_unit_test(a_log_that_cannot_be_written_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
