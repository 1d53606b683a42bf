/* SPDX-License-Identifier: MIT */
/* The last lines of a trace: which are kept, and that they are text. */
#include "netsim/tail.h"
#include "ref/test/t.h"

static void the_last_lines_are_kept_in_their_order(void **state)
{
    static struct tail t;
    struct trace_sink sink = tail_sink(&t);
    struct strings lines;

    (void)state;
    for (uint64_t i = 0; i < 3 * TAIL_LINES + 7; i++)
        trace(&sink, i, "line");
    lines = tail_lines(&t);
    assert_int_equal(lines.count, TAIL_LINES);
    t_same(lines.items[0], "0.000000127 line");
    t_same(lines.items[TAIL_LINES - 1], "0.000000186 line");
    strings_clear(&lines);
}

static void few_lines_are_all_there(void **state)
{
    static struct tail t;
    struct strings lines = tail_lines(&t);

    (void)state;
    assert_int_equal(lines.count, 0);
    tail_add(&t, slice_of("one"));
    tail_add(&t, slice_of(""));
    lines = tail_lines(&t);
    assert_int_equal(lines.count, 2);
    t_same(lines.items[0], "one");
    t_same(lines.items[1], "");
    strings_clear(&lines);
}

static void long_lines_are_cut_and_bad_bytes_are_text(void **state)
{
    static struct tail t;
    static char line[2000];
    struct strings lines;

    (void)state;
    memset(line, 'x', sizeof line);
    tail_add(&t, slice_make(line, sizeof line));
    tail_add(&t, slice_of("a\xff"
                          "b"));
    lines = tail_lines(&t);
    assert_int_equal(lines.items[0].len, TAIL_BYTES);
    t_same(lines.items[1], "a\xef\xbf\xbd"
                           "b");
    strings_clear(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_lines_are_kept_in_their_order),
        cmocka_unit_test(few_lines_are_all_there),
        cmocka_unit_test(long_lines_are_cut_and_bad_bytes_are_text),
    };

    return cmocka_run_group_tests_name("tail", tests, NULL, NULL);
}
