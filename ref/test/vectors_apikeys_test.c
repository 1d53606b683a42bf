/* SPDX-License-Identifier: MIT */
/* Who says this API key, and which lists are refused: the vectors of
 * api_key.json. */
#include "ref/state/apikeys.h"
#include "ref/test/vectors.h"

static bool read_keys(const json_t *test, struct apikeys *ret,
                      struct failure *ret_failure)
{
    json_t *tree = tree_of(test, "keys");
    bool is_good = apikeys_read(tree, ret, ret_failure);

    json_decref(tree);
    return is_good;
}

static void run_look(const json_t *test, const json_t *params)
{
    json_int_t now_s = json_integer_value(get(test, "now"));
    struct slice token = t_exact(bytes_of(test, "token"));
    struct apikeys keys;
    struct failure f;

    (void)params;
    assert_true(read_keys(test, &keys, &f));
    check_identity(apikeys_by_token(&keys, token, (uint64_t)now_s));
    apikeys_clear(&keys);
    t_free(token);
}

static void run_form(const json_t *test, const json_t *params)
{
    struct apikeys keys = {NULL, 0};
    struct failure f;
    bool is_good = read_keys(test, &keys, &f);

    (void)params;
    check_list(is_good, "key", &f);
    apikeys_clear(&keys);
}

static const struct vectors_runner runners[] = {
    {"api_key", run_look, "keys token now", "identity"},
    {"api_key_form", run_form, "keys", "key member"},
};

static void keys_are_known_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("api_key.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_known_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
