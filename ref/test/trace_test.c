/* SPDX-License-Identifier: MIT */
/* One line per thing that happened, which no peer can forge or split. */
#include "ref/base/trace.h"
#include "ref/test/t.h"

/* A sink that keeps the last line. */
struct heard {
    char line[1024];
    size_t len;
    int count;
};

static void hear(void *self, struct slice line)
{
    struct heard *h = self;

    assert_true(line.len < sizeof h->line);
    memcpy(h->line, line.data, line.len);
    h->len = line.len;
    h->count++;
}

static struct slice last(const struct heard *h)
{
    return slice_make(h->line, h->len);
}

static void a_line_begins_with_seconds_and_all_nanoseconds(void **state)
{
    static const struct {
        uint64_t now_ns;
        const char *line;
    } cases[] = {
        {0, "0.000000000 x"},
        {1, "0.000000001 x"},
        {12004000000, "12.004000000 x"},
        {UINT64_MAX, "18446744073.709551615 x"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct heard h = {.count = 0};
        struct trace_sink sink = {hear, &h};

        trace(&sink, cases[i].now_ns, "%c", 'x');
        t_same(last(&h), cases[i].line);
        assert_int_equal(h.count, 1);
    }
}

static void slices_are_printed_up_to_their_length(void **state)
{
    struct heard h = {.count = 0};
    struct trace_sink sink = {hear, &h};

    (void)state;
    trace(&sink, 0, "a %.*s b", 2, "fs/read");
    t_same(last(&h), "0.000000000 a fs b");
}

static void control_bytes_become_question_marks(void **state)
{
    struct heard h = {.count = 0};
    struct trace_sink sink = {hear, &h};

    (void)state;
    trace(&sink, 0, "id \n\r\t\x1b[2J\x01\x1f\x7f\x20~\xc3\xa9");
    t_same(last(&h), "0.000000000 id ????[2J??? ~\xc3\xa9");
}

static void a_long_line_is_cut(void **state)
{
    struct heard h = {.count = 0};
    struct trace_sink sink = {hear, &h};
    char text[1000];

    (void)state;
    memset(text, 'x', sizeof text);
    trace(&sink, 0, "%.*s", 1000, text);
    assert_int_equal(h.len, 511);
    assert_memory_equal(h.line, "0.000000000 xxxx", 16);
}

static void nobody_has_to_listen(void **state)
{
    struct trace_sink deaf = {NULL, NULL};

    (void)state;
    trace(NULL, 0, "into the void");
    trace(&deaf, 0, "into the void");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_begins_with_seconds_and_all_nanoseconds),
        cmocka_unit_test(slices_are_printed_up_to_their_length),
        cmocka_unit_test(control_bytes_become_question_marks),
        cmocka_unit_test(a_long_line_is_cut),
        cmocka_unit_test(nobody_has_to_listen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
