/* SPDX-License-Identifier: MIT */
/* The one allocator: what it promises while there is memory. */
#include "ref/base/xalloc.h"
#include "ref/test/t.h"

static void fresh_memory_is_zero_and_never_null(void **state)
{
    uint8_t *bytes = xalloc(1000, 3);
    void *nothing = xalloc(0, 0);

    (void)state;
    for (size_t i = 0; i < 3000; i++)
        assert_int_equal(bytes[i], 0);
    assert_non_null(nothing);
    xalloc_free(nothing);
    xalloc_free(bytes);
    xalloc_free(NULL);
}

static void growing_keeps_what_was_there(void **state)
{
    uint16_t *numbers = NULL;

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        numbers = xalloc_grow(numbers, i + 1, sizeof *numbers);
        numbers[i] = (uint16_t)i;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    numbers = xalloc_grow(numbers, 0, sizeof *numbers);
    assert_non_null(numbers);
    xalloc_free(numbers);
}

static void grow_beyond_the_address_space(void *arg)
{
    (void)arg;
    xalloc_free(xalloc_grow(NULL, SIZE_MAX / 2, 3));
}

static void a_size_that_overflows_is_our_own_mistake(void **state)
{
    (void)state;
    assert_true(t_asserts(grow_beyond_the_address_space, NULL));
}

/* Asked by the sanitizer: what cannot be had is to be NULL, as without it. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void ask_for_too_much(void *arg)
{
    xalloc_free(xalloc(SIZE_MAX / 4, *(size_t *)arg));
}

static void without_memory_there_is_no_going_on(void **state)
{
    size_t size = 2;

    (void)state;
    assert_true(t_asserts(ask_for_too_much, &size));
}

static void a_copied_text_ends_with_a_nul_that_is_not_counted(void **state)
{
    char *copy = xalloc_copy(T_BYTES("a\0b"));
    char *empty = xalloc_copy(slice_make(NULL, 0));

    (void)state;
    assert_memory_equal(copy, "a\0b", 3);
    assert_int_equal(copy[3], 0);
    assert_string_equal(empty, "");
    xalloc_free(copy);
    xalloc_free(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fresh_memory_is_zero_and_never_null),
        cmocka_unit_test(growing_keeps_what_was_there),
        cmocka_unit_test(a_size_that_overflows_is_our_own_mistake),
        cmocka_unit_test(without_memory_there_is_no_going_on),
        cmocka_unit_test(a_copied_text_ends_with_a_nul_that_is_not_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
