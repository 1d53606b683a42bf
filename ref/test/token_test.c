/* SPDX-License-Identifier: MIT */
/* What is kept of a token. The hash was made with sha256sum; what counts as a
 * token at all is shown by vectors_token_test.c. */
#include "ref/model/token.h"
#include "ref/test/t.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* [PI-6] */
static void a_token_becomes_its_hash(void **state)
{
    const struct token_hash h = token_hash_of(slice_of("open sesame"));

    (void)state;
    t_same(token_hash_slice(&h),
           "sha256:"
           "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb");
    assert_string_equal(h.text, token_hash_slice(&h).data);
}

static void only_the_exact_form_is_a_hash(void **state)
{
    static const struct {
        const char *text;
        bool is_valid;
    } cases[] = {
        {"sha256:" HEX64, true},      {"SHA256:" HEX64, false},
        {"sha256:" HEX64 "0", false}, {" sha256:" HEX64, false},
        {"ed25519:" HEX64, false},    {HEX64, false},
        {"sha256:", false},           {"", false},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_int_equal(token_hash_is_valid(slice_of(cases[i].text)),
                         cases[i].is_valid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_becomes_its_hash),
        cmocka_unit_test(only_the_exact_form_is_a_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
