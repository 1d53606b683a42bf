/* SPDX-License-Identifier: MIT */
/* Does the input fit the schema, and is that a schema at all? The vectors of
 * validation.json. */
#include "ref/model/schema.h"
#include "ref/test/vectors.h"

static void run_validation(const json_t *test, const json_t *params)
{
    json_t *schema = tree_of(test, "schema"), *input = tree_of(test, "input");
    struct failure f;

    (void)params;
    check_that(schema_check(schema, &f), "the schema");
    check_verdict(schema_allows(schema, input, NULL));
    json_decref(schema);
    json_decref(input);
}

/* A sentence begins with the keyword, or with what was expected instead. */
static void run_form(const json_t *test, const json_t *params)
{
    json_t *schema = tree_of(test, "schema");
    bool has_keyword = json_is_string(get(now.expect, "keyword"));
    struct failure f;
    bool is_good = schema_check(schema, &f);
    char start[100];

    (void)params;
    snprintf(start, sizeof start, "%s: ", text_of(now.expect, "keyword"));
    check_verdict(is_good);
    if (!is_good)
        check_that(
            slice_starts(slice_of(f.sentence),
                         slice_of(has_keyword ? start : "expected a schema")),
            "the keyword");
    json_decref(schema);
}

static const struct vectors_runner runners[] = {
    {"validation", run_validation, "schema input", ""},
    {"validation_form", run_form, "schema", "keyword"},
};

static void inputs_fit_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("validation.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_fit_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
