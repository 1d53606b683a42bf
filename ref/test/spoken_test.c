/* SPDX-License-Identifier: MIT */
/* What a program says, in pieces of any size, and the lines it comes to. */
#include "ref/bin/spoken.h"
#include "ref/test/t.h"

static const char text[] = "one\n\n  two \r\n\t\nthree\nand a half";
static const char *const lines[] = {"one", "two", "three"};

/* Takes what is complete; returns how many lines have come by now. */
static size_t take_all(struct spoken *s, size_t count)
{
    struct slice line;

    while (spoken_line(s, &line)) {
        assert_true(count < T_COUNT(lines));
        t_same(line, lines[count++]);
    }
    return count;
}

static void lines_are_the_same_however_they_come(void **state)
{
    (void)state;
    for (size_t size = 1; size <= sizeof text; size++) {
        struct slice left = slice_of(text);
        struct spoken s;
        size_t count = 0;

        spoken_init(&s, sizeof text);
        while (left.len) {
            size_t len = size < left.len ? size : left.len;

            spoken_add(&s, slice_head(left, len));
            left = slice_skip(left, len);
            count = take_all(&s, count);
        }
        assert_int_equal(count, T_COUNT(lines));
        t_same(spoken_rest(&s), "and a half");
        spoken_wipe(&s);
    }
}

/* What was taken makes room. */
static void it_holds_what_was_not_taken(void **state)
{
    struct spoken s;
    struct slice line;

    (void)state;
    spoken_init(&s, 8);
    for (int i = 0; i < 100; i++) {
        spoken_add(&s, slice_of("12345\n"));
        assert_true(spoken_line(&s, &line));
        t_same(line, "12345");
        assert_false(spoken_line(&s, &line));
    }
    assert_int_equal(spoken_rest(&s).len, 0);
    spoken_wipe(&s);
}

static void nothing_is_no_line(void **state)
{
    struct slice line;
    struct spoken s;

    (void)state;
    spoken_init(&s, 8);
    assert_false(spoken_line(&s, &line));
    spoken_add(&s, slice_of(""));
    spoken_add(&s, slice_of("\n \n"));
    assert_false(spoken_line(&s, &line));
    assert_int_equal(spoken_rest(&s).len, 0);
    assert_int_equal(spoken_trimmed(slice_of(" \t\r\n")).len, 0);
    spoken_wipe(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_the_same_however_they_come),
        cmocka_unit_test(it_holds_what_was_not_taken),
        cmocka_unit_test(nothing_is_no_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
