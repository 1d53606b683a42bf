/* SPDX-License-Identifier: MIT */
/* What may a handler compose, and what can it hand on? The vectors of
 * scoped_env.json. */
#include "ref/model/scoped_env.h"
#include "ref/test/vectors.h"

/* Reads the reach in a member of a vector. False: refused. */
static bool read_env(const json_t *test, const char *name,
                     struct scoped_env *ret, struct failure *ret_failure)
{
    json_t *tree = tree_of(test, name);
    bool is_good = scoped_env_read(tree, ret, ret_failure);

    json_decref(tree);
    return is_good;
}

static void run_reach(const json_t *test, const json_t *params)
{
    struct scoped_env env;
    struct failure f;

    (void)params;
    assert_true(read_env(test, "env", &env, &f));
    check_verdict(
        scoped_env_allows(&env, peer_of(test), bytes_of(test, "name")));
    scoped_env_clear(&env);
}

static void run_form(const json_t *test, const json_t *params)
{
    struct scoped_env env = {.allowed = {NULL, 0}};
    struct failure f;
    bool is_good = read_env(test, "env", &env, &f);

    (void)params;
    check_verdict(is_good);
    if (!is_good)
        check_member(&f);
    scoped_env_clear(&env);
}

/* Does the list of that name hold what is expected, and nothing else? */
static void check_left(const json_t *left, const char *name,
                       const struct strings *have)
{
    const json_t *wanted = get(left, name);
    bool is_same = json_array_size(wanted) == have->count;

    for (size_t i = 0; i < json_array_size(wanted); i++)
        is_same = is_same &&
                  strings_has(have, value_string(json_array_get(wanted, i)));
    check_that(is_same, name);
}

static void run_narrow(const json_t *test, const json_t *params)
{
    json_t *left = tree_of(now.expect, "left");
    struct scoped_env env, wanted, narrow;
    struct failure f;

    (void)params;
    assert_true(read_env(test, "env", &env, &f));
    assert_true(read_env(test, "wanted", &wanted, &f));
    narrow = scoped_env_narrow(&env, &wanted);
    check_left(left, "allowed", &narrow.allowed);
    check_left(left, "pinned", &narrow.pinned);
    assert_int_equal(json_object_size(left), 2);
    scoped_env_clear(&env);
    scoped_env_clear(&wanted);
    scoped_env_clear(&narrow);
    json_decref(left);
}

static const struct vectors_runner runners[] = {
    {"scoped_env", run_reach, "env peer name", ""},
    {"scoped_env_form", run_form, "env", "member"},
    {"scoped_env_narrow", run_narrow, "env wanted", "left"},
};

static void handlers_reach_what_the_vectors_say(void **state)
{
    (void)state;
    run_file("scoped_env.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handlers_reach_what_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
