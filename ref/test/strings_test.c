/* SPDX-License-Identifier: MIT */
/* Short lists of owned strings. */
#include "ref/base/strings.h"
#include "ref/test/t.h"

static void strings_stay_in_the_order_they_came(void **state)
{
    struct strings s = {NULL, 0};

    (void)state;
    strings_add(&s, slice_of("b"));
    strings_add(&s, slice_of("a"));
    strings_add(&s, slice_of("b"));
    assert_int_equal(s.count, 3);
    t_same(s.items[0], "b");
    t_same(s.items[1], "a");
    t_same(s.items[2], "b");
    strings_clear(&s);
    assert_int_equal(s.count, 0);
    assert_null(s.items);
}

/* [AC-7] no folding, no patterns, no prefixes */
static void only_exactly_the_same_text_is_found(void **state)
{
    static const struct {
        struct slice text;
        bool is_there;
    } cases[] = {
        {{(const uint8_t *)"fs:read", 7}, true},
        {{(const uint8_t *)"fs:*", 4}, true},
        {{(const uint8_t *)"a\0b", 3}, true},
        {{(const uint8_t *)"", 0}, true},
        {{(const uint8_t *)"fs:rea", 6}, false},
        {{(const uint8_t *)"fs:read ", 8}, false},
        {{(const uint8_t *)"FS:read", 7}, false},
        {{(const uint8_t *)"fs:write", 8}, false},
        {{(const uint8_t *)"a", 1}, false},
        {{(const uint8_t *)"a\0c", 3}, false},
    };
    struct strings s = {NULL, 0};

    (void)state;
    assert_false(strings_has(&s, slice_of("")));
    strings_add(&s, slice_of("fs:read"));
    strings_add(&s, slice_of("fs:*"));
    strings_add(&s, T_BYTES("a\0b"));
    strings_add(&s, slice_make(NULL, 0));
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_int_equal(strings_has(&s, cases[i].text), cases[i].is_there);
    strings_clear(&s);
}

static void a_list_owns_what_was_added(void **state)
{
    struct strings s = {NULL, 0};
    char text[] = "scope";

    (void)state;
    strings_add(&s, slice_of(text));
    text[0] = 'X';
    t_same(s.items[0], "scope");
    strings_clear(&s);
}

static void a_copy_shares_nothing(void **state)
{
    struct strings s = {NULL, 0}, copy, nothing;

    (void)state;
    nothing = strings_copy(&s);
    assert_int_equal(nothing.count, 0);
    strings_add(&s, slice_of("a"));
    strings_add(&s, slice_of("b"));
    copy = strings_copy(&s);
    strings_clear(&s);
    assert_int_equal(copy.count, 2);
    t_same(copy.items[0], "a");
    t_same(copy.items[1], "b");
    strings_clear(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_stay_in_the_order_they_came),
        cmocka_unit_test(only_exactly_the_same_text_is_found),
        cmocka_unit_test(a_list_owns_what_was_added),
        cmocka_unit_test(a_copy_shares_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
