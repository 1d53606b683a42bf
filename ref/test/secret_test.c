/* SPDX-License-Identifier: MIT */
/* What is printed instead of a secret is refused where one is read. */
#include "ref/model/secret.h"
#include "ref/test/t.h"

/* [CP-2] */
static void what_is_printed_instead_of_a_secret_is_none(void **state)
{
    struct failure f;

    (void)state;
    assert_true(secret_is_redacted(slice_of("[REDACTED]")));
    assert_true(secret_is_redacted(slice_of(" [REDACTED]\r\n")));
    assert_false(secret_check(slice_of("[REDACTED]"), &f));
    assert_string_equal(f.sentence, "expected a secret, not what is printed "
                                    "instead of one");
}

static void anything_else_may_be_one(void **state)
{
    static const char *const texts[] = {
        "",           " ",           "[REDACTED",   "REDACTED",
        "[redacted]", "[REDACTED]x", "[RED ACTED]",
    };
    struct failure f;

    (void)state;
    for (size_t i = 0; i < T_COUNT(texts); i++)
        assert_true(secret_check(slice_of(texts[i]), &f));
    assert_true(secret_check(T_BYTES("[REDACTED]\0"), &f));
    assert_true(secret_check(slice_make(NULL, 0), &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_instead_of_a_secret_is_none),
        cmocka_unit_test(anything_else_may_be_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
