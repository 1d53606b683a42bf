/* SPDX-License-Identifier: MIT */
/* Where the id of a resource stands in an input, and when it is none. */
#include "ref/model/resource_path.h"
#include "ref/test/t.h"

/* What is found, or "-" for nothing; static. */
static const char *find(const char *path, const char *input)
{
    static char text[100];
    struct slice exact = t_exact(slice_of(path));
    json_t *tree = input ? t_tree(input) : NULL;
    struct slice found;

    assert_true(resource_path_is_valid(exact));
    found = resource_path_find(exact, tree);
    snprintf(text, sizeof text, found.data ? "%.*s" : "-", (int)found.len,
             (const char *)found.data);
    json_decref(tree);
    t_free(exact);
    return text;
}

/* [RP-2] three ways of writing one path */
static void a_path_may_be_written_with_dots_and_with_slashes(void **state)
{
    static const char *const paths[] = {"$.a.b", "$.a/b", "$/a/b", "$a.b",
                                        "$a/b"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(paths); i++)
        assert_string_equal(find(paths[i], "{\"a\":{\"b\":\"x\"},\"b\":\"y\"}"),
                            "x");
}

/* [RP-1, RP-2] */
static void a_path_leads_through_objects_and_lists(void **state)
{
    static const struct {
        const char *path, *input, *found;
    } cases[] = {
        {"$.containerId", "{\"containerId\":\"c1\"}", "c1"},
        {"$.containerId", "{\"x\":1,\"containerId\":\"\"}", ""},
        {"$.l.1", "{\"l\":[\"a\",\"b\"]}", "b"},
        {"$/l/0", "{\"l\":[\"a\",\"b\"]}", "a"},
        {"$.1", "{\"1\":\"a member\"}", "a member"},
        {"$/0", "[\"first\"]", "first"},
        {"$/a.b", "{\"a.b\":\"dotted\",\"a\":{\"b\":\"no\"}}", "dotted"},
        {"$/a~1b", "{\"a/b\":\"slash\"}", "slash"},
        {"$/a~0b", "{\"a~b\":\"tilde\"}", "tilde"},
        {"$/a~01b", "{\"a~1b\":\"both\"}", "both"},
        {"$/a~", "{\"a~\":\"bare\"}", "bare"},
        {"$/", "{\"\":\"empty\"}", "empty"},
        {"$.a..b", "{\"a\":{\"\":{\"b\":\"deep\"}}}", "deep"},
        {"$.\xc3\xa4", "{\"\xc3\xa4\":\"umlaut\"}", "umlaut"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_string_equal(find(cases[i].path, cases[i].input),
                            cases[i].found);
}

/* [RP-3] a string or nothing, [RP-2] and "$" alone names nothing */
static void what_is_not_a_string_there_is_no_id(void **state)
{
    static const struct {
        const char *path, *input;
    } cases[] = {
        {"$.id", "{}"},
        {"$.id", "{\"id\":7}"},
        {"$.id", "{\"id\":null}"},
        {"$.id", "{\"id\":true}"},
        {"$.id", "{\"id\":[\"c1\"]}"},
        {"$.id", "{\"id\":{\"id\":\"c1\"}}"},
        {"$.id", "{\"ID\":\"c1\"}"},
        {"$.id", "{\"idx\":\"c1\",\"i\":\"c1\"}"},
        {"$.id.x", "{\"id\":\"c1\"}"},
        {"$.id", "\"c1\""},
        {"$.id", "null"},
        {"$.id", "[]"},
        {"$.id", "[\"c1\"]"},
        {"$.l.2", "{\"l\":[\"a\",\"b\"]}"},
        {"$.l.-1", "{\"l\":[\"a\",\"b\"]}"},
        {"$.l.01", "{\"l\":[\"a\",\"b\"]}"},
        {"$.l.", "{\"l\":[\"a\",\"b\"]}"},
        {"$.l.1x", "{\"l\":[\"a\",\"b\"]}"},
        {"$.l.18446744073709551616", "{\"l\":[\"a\",\"b\"]}"},
        {"$", "\"c1\""},
        {"$", "{\"\":\"c1\"}"},
        {"$.id", NULL},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        if (strcmp(find(cases[i].path, cases[i].input), "-") != 0)
            fail_msg("%s in %s", cases[i].path,
                     cases[i].input ? cases[i].input : "nothing");
}

/* [RP-2] */
static void a_path_begins_with_a_dollar(void **state)
{
    static const char *const others[] = {"", "id", ".id", "/id", " $.id"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(others); i++)
        assert_false(resource_path_is_valid(slice_of(others[i])));
    assert_false(resource_path_is_valid(slice_make(NULL, 0)));
    assert_false(resource_path_is_valid(T_BYTES("$.a\0b")));
    assert_true(resource_path_is_valid(slice_of("$")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_may_be_written_with_dots_and_with_slashes),
        cmocka_unit_test(a_path_leads_through_objects_and_lists),
        cmocka_unit_test(what_is_not_a_string_there_is_no_id),
        cmocka_unit_test(a_path_begins_with_a_dollar),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
