/* SPDX-License-Identifier: MIT */
/* What is kept of a token: the vectors of token_hash.json. */
#include "ref/model/token.h"
#include "ref/test/vectors.h"

static void run_token(const json_t *test, const json_t *params)
{
    struct slice token = t_exact(bytes_of(test, "token"));
    struct token_hash hash = token_hash_of(token);

    (void)params;
    check_that(
        slice_equal(token_hash_slice(&hash), bytes_of(now.expect, "hash")),
        "the hash");
    check_that(token_hash_is_valid(token_hash_slice(&hash)), "its form");
    t_free(token);
}

static const struct vectors_runner runners[] = {
    {"token_hash", run_token, "token", "hash"},
};

static void tokens_are_hashed_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("token_hash.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_hashed_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
