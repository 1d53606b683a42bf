/* SPDX-License-Identifier: MIT */
/* Secrets: handed out by name, never overwritten, wiped when given back. */
#include "ref/model/capabilities.h"
#include "ref/test/t.h"
#include "ref/test/witness.h"

static void a_secret_is_found_by_its_exact_name(void **state)
{
    struct capabilities *c = capabilities_new();

    (void)state;
    assert_true(capabilities_add(c, slice_of("api"), T_BYTES("s3\0cret")));
    assert_true(capabilities_add(c, slice_of("empty"), slice_of("")));
    t_same_bytes(capabilities_get(c, slice_of("api")), T_BYTES("s3\0cret"));
    assert_non_null(capabilities_get(c, slice_of("empty")).data);
    assert_int_equal(capabilities_get(c, slice_of("empty")).len, 0);
    assert_null(capabilities_get(c, slice_of("API")).data);
    assert_null(capabilities_get(c, slice_of("ap")).data);
    assert_null(capabilities_get(c, slice_of("")).data);
    assert_int_equal(capabilities_get(c, slice_of("")).len, 0);
    capabilities_free(c);
}

static void names_may_be_told(void **state)
{
    struct capabilities *c = capabilities_new();

    (void)state;
    assert_int_equal(capabilities_count(c), 0);
    capabilities_add(c, slice_of("b"), slice_of("1"));
    capabilities_add(c, slice_of("a"), slice_of("2"));
    assert_int_equal(capabilities_count(c), 2);
    t_same(capabilities_name(c, 0), "b");
    t_same(capabilities_name(c, 1), "a");
    capabilities_free(c);
}

static void a_name_is_given_once(void **state)
{
    struct capabilities *c = capabilities_new();

    (void)state;
    assert_true(capabilities_add(c, slice_of("api"), slice_of("first")));
    assert_false(capabilities_add(c, slice_of("api"), slice_of("second")));
    t_same(capabilities_get(c, slice_of("api")), "first");
    assert_int_equal(capabilities_count(c), 1);
    capabilities_free(c);
}

/* [CP-2] what was printed instead of a secret is no secret */
static void the_redacted_text_is_refused(void **state)
{
    struct capabilities *c = capabilities_new();

    (void)state;
    assert_false(capabilities_add(c, slice_of("a"), slice_of("[REDACTED]")));
    assert_int_equal(capabilities_count(c), 0);
    assert_true(capabilities_add(c, slice_of("a"), slice_of("[REDACTED]x")));
    capabilities_free(c);
}

static void no_set_at_all_has_no_secrets(void **state)
{
    (void)state;
    assert_int_equal(capabilities_count(NULL), 0);
    assert_null(capabilities_get(NULL, slice_of("a")).data);
    assert_null(capabilities_copy(NULL));
    capabilities_free(NULL);
}

static void a_copy_outlives_what_it_was_made_of(void **state)
{
    struct capabilities *c = capabilities_new(), *copy;

    (void)state;
    capabilities_add(c, slice_of("a"), slice_of("1"));
    capabilities_add(c, slice_of("b"), slice_of("2"));
    copy = capabilities_copy(c);
    capabilities_free(c);
    assert_int_equal(capabilities_count(copy), 2);
    t_same(capabilities_get(copy, slice_of("a")), "1");
    t_same(capabilities_get(copy, slice_of("b")), "2");
    capabilities_free(copy);
}

/* [CP-1] */
static void a_secret_is_wiped_before_its_memory_goes(void **state)
{
    struct capabilities *c = capabilities_new(), *copy;

    (void)state;
    for (char name = 'a'; name <= 'z'; name++)
        capabilities_add(c, slice_make(&name, 1), slice_of(WITNESS_MARKER));
    copy = capabilities_copy(c);
    capabilities_free(c);
    capabilities_free(copy);
    assert_true(witness_freed >= 100);
    assert_int_equal(witness_leaking, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_is_found_by_its_exact_name),
        cmocka_unit_test(names_may_be_told),
        cmocka_unit_test(a_name_is_given_once),
        cmocka_unit_test(the_redacted_text_is_refused),
        cmocka_unit_test(no_set_at_all_has_no_secrets),
        cmocka_unit_test(a_copy_outlives_what_it_was_made_of),
        cmocka_unit_test(a_secret_is_wiped_before_its_memory_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
