/* SPDX-License-Identifier: MIT */
/* Which resource is a call about, and what is a path to it? The vectors of
 * resource_path.json. */
#include "ref/model/resource_path.h"
#include "ref/test/vectors.h"

static void run_find(const json_t *test, const json_t *params)
{
    struct slice path = t_exact(bytes_of(test, "path"));
    json_t *input = tree_of(test, "input");
    struct slice id;

    (void)params;
    assert_non_null(input);
    assert_true(resource_path_is_valid(path));
    id = resource_path_find(path, input);
    check_verdict(id.data != NULL);
    if (id.data)
        check_that(slice_equal(id, bytes_of(now.expect, "id")), "the id");
    json_decref(input);
    t_free(path);
}

static void run_form(const json_t *test, const json_t *params)
{
    struct slice path = t_exact(bytes_of(test, "path"));

    (void)params;
    check_verdict(resource_path_is_valid(path));
    t_free(path);
}

static const struct vectors_runner runners[] = {
    {"resource_path", run_find, "path input", "id"},
    {"resource_path_form", run_form, "path", ""},
};

static void resources_are_found_where_the_vectors_say(void **state)
{
    (void)state;
    run_file("resource_path.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resources_are_found_where_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
