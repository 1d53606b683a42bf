/* SPDX-License-Identifier: MIT */
/* Numbers are given in order, once each, and stay what they are. */
#include "reports/index.h"

#include "reports/test/sample.h"

static void a_text_keeps_its_number(void **state)
{
    struct index x;

    (void)state;
    index_init(&x);
    assert_int_equal(index_add(&x, slice_of("a")), 0);
    assert_int_equal(index_add(&x, slice_of("")), 1);
    assert_int_equal(index_add(&x, slice_of("a")), 0);
    assert_int_equal(index_add(&x, slice_make("a\0b", 3)), 2);
    assert_int_equal(index_add(&x, slice_make("a\0b", 3)), 2);
    assert_int_equal(x.count, 3);
    index_clear(&x);
    assert_int_equal(x.count, 0);
}

static void many_texts_keep_theirs_while_it_grows(void **state)
{
    static char names[5000][8];
    struct index x;

    (void)state;
    index_init(&x);
    for (size_t i = 0; i < 5000; i++) {
        (void)snprintf(names[i], sizeof names[i], "%zu", i);
        assert_int_equal(index_add(&x, slice_of(names[i])), i);
    }
    for (size_t i = 5000; i-- > 0;)
        assert_int_equal(index_add(&x, slice_of(names[i])), i);
    assert_int_equal(x.count, 5000);
    index_clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_keeps_its_number),
        cmocka_unit_test(many_texts_keep_theirs_while_it_grows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
