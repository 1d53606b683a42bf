/* SPDX-License-Identifier: MIT */
/* Operations: names and paths, what a specification may say, what is shown. */
#include "ref/model/spec.h"
#include "ref/test/t.h"

/* [OP-1, OP-2, OP-5, OP-8, OS-4, OS-5, OS-6] */
static void one_slash_goes_and_nothing_else_is_touched(void **state)
{
    static const struct {
        const char *path, *name, *space;
    } cases[] = {
        {"/fs/readFile", "fs/readFile", "fs"},
        {"fs/readFile", "fs/readFile", "fs"},
        {"//fs/readFile", "/fs/readFile", ""},
        {"///", "//", ""},
        {"/", "", ""},
        {"", "", ""},
        {"echo", "echo", "echo"},
        {"/echo", "echo", "echo"},
        {"/a/b/", "a/b/", "a"},
        {"docker/container/exec", "docker/container/exec", "docker"},
        {"/a/../b", "a/../b", "a"},
        {"/a%2Fb", "a%2Fb", "a%2Fb"},
        {"/ a/b ", " a/b ", " a"},
        {"/FS/Read", "FS/Read", "FS"},
        {"\\a", "\\a", "\\a"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct slice path = t_exact(slice_of(cases[i].path));
        struct slice name = spec_name_of(path);

        t_same(name, cases[i].name);
        t_same(spec_namespace_of(name), cases[i].space);
        t_free(path);
    }
    assert_int_equal(spec_name_of(slice_make(NULL, 0)).len, 0);
    assert_int_equal(spec_namespace_of(slice_make(NULL, 0)).len, 0);
    t_same_bytes(spec_name_of(T_BYTES("/a\0b")), T_BYTES("a\0b"));
}

/* Reads one specification the way a loader does. */
static bool read_spec(const char *text, struct spec *ret, struct failure *f)
{
    json_t *tree = t_tree(text);
    struct spec_members m;
    struct value_field fields[SPEC_FIELDS];
    bool is_good;

    spec_fields(&m, fields);
    is_good =
        value_fields(tree, fields, SPEC_FIELDS, f) && spec_read(&m, ret, f);
    json_decref(tree);
    return is_good;
}

static struct spec good(const char *text)
{
    struct failure f;
    struct spec s;

    if (!read_spec(text, &s, &f))
        fail_msg("%s: %s", text, f.sentence);
    return s;
}

/* [OS-1, OS-2, OS-3, SS-1, SL-1, AC-4] */
static void what_was_not_said_has_its_default(void **state)
{
    struct spec s = good("{\"name\":\"fs/read\"}");

    (void)state;
    assert_int_equal(s.op_type, SPEC_QUERY);
    assert_int_equal(s.visibility, SPEC_EXTERNAL);
    assert_false(access_is_restricted(&s.access));
    t_prints_take(spec_entry_tree(&s), "{\"name\":\"fs/read\",\"namespace\":"
                                       "\"fs\",\"op_type\":\"query\"}");
    t_prints_take(
        spec_tree(&s),
        "{\"access_control\":{\"required_scopes\":[],\"required_scopes_any\":"
        "null,\"resource_action\":null,\"resource_type\":null},"
        "\"error_schemas\":[],\"input_schema\":{},\"name\":\"fs/read\","
        "\"namespace\":\"fs\",\"op_type\":\"query\",\"output_schema\":{},"
        "\"visibility\":\"external\"}");
    spec_clear(&s);
}

/* [OT-1, VI-1, ED-1, ED-2, ES-4] */
static void everything_that_was_said_is_shown(void **state)
{
    struct spec s = good(
        "{\"name\":\"a/b/c\",\"op_type\":\"mutation\",\"visibility\":"
        "\"internal\",\"access\":{\"required_scopes\":[\"s\"]},"
        "\"input_schema\":{\"type\":\"object\"},\"output_schema\":true,"
        "\"error_schemas\":[{\"code\":\"E\"},{\"code\":\"HTTP_404\","
        "\"description\":\"d\",\"schema\":{\"x\":1},\"http_status\":404}]}");

    (void)state;
    assert_int_equal(s.op_type, SPEC_MUTATION);
    assert_int_equal(s.visibility, SPEC_INTERNAL);
    t_prints_take(
        spec_tree(&s),
        "{\"access_control\":{\"required_scopes\":[\"s\"],"
        "\"required_scopes_any\":null,\"resource_action\":null,"
        "\"resource_type\":null},\"error_schemas\":[{\"code\":\"E\","
        "\"description\":\"\",\"http_status\":null,\"schema\":{}},"
        "{\"code\":\"HTTP_404\",\"description\":\"d\",\"http_status\":404,"
        "\"schema\":{\"x\":1}}],\"input_schema\":{\"type\":\"object\"},"
        "\"name\":\"a/b/c\",\"namespace\":\"a\",\"op_type\":\"mutation\","
        "\"output_schema\":true,\"visibility\":\"internal\"}");
    spec_clear(&s);
}

/* [OT-1] */
static void each_word_of_a_kind_is_read_and_written(void **state)
{
    static const char *const words[] = {[SPEC_QUERY] = "query",
                                        [SPEC_MUTATION] = "mutation",
                                        [SPEC_SUBSCRIPTION] = "subscription"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(words); i++) {
        char text[100];
        struct spec s;

        snprintf(text, sizeof text, "{\"name\":\"x\",\"op_type\":\"%s\"}",
                 words[i]);
        s = good(text);
        assert_int_equal(s.op_type, i);
        snprintf(text, sizeof text,
                 "{\"name\":\"x\",\"namespace\":\"x\",\"op_type\":\"%s\"}",
                 words[i]);
        t_prints_take(spec_entry_tree(&s), text);
        spec_clear(&s);
    }
}

/* [ED-1, ED-2] */
static void an_http_status_has_sixteen_bits_or_is_null(void **state)
{
    static const struct {
        const char *status;
        bool is_good;
    } cases[] = {
        {"null", true},   {"0", true},        {"404", true},
        {"65535", true},  {"65536", false},   {"-1", false},
        {"404.0", false}, {"\"404\"", false}, {"true", false},
        {"[404]", false}, {"{}", false},      {"9223372036854775807", false},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct failure f = {""};
        char text[120];
        struct spec s;

        snprintf(text, sizeof text,
                 "{\"name\":\"a\",\"error_schemas\":[{\"code\":\"E\","
                 "\"http_status\":%s}]}",
                 cases[i].status);
        assert_int_equal(read_spec(text, &s, &f), cases[i].is_good);
        if (cases[i].is_good)
            spec_clear(&s);
        else
            t_says(f.sentence, "error_schemas: http_status: expected a number");
    }
}

/* [OS-5, ED-1, EC-3, ES-6] */
static void a_wrong_member_is_refused_by_its_name(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"{}", "name: missing"},
        {"{\"name\":7}", "name: expected a string"},
        {"{\"name\":\"\"}", "name: expected an operation's name"},
        {"{\"name\":\"/fs/read\"}", "name: expected an operation's name"},
        {"{\"name\":\"a\",\"op_type\":\"Query\"}", "op_type: expected query"},
        {"{\"name\":\"a\",\"op_type\":\"\"}", "op_type: expected query"},
        {"{\"name\":\"a\",\"op_type\":null}", "op_type: expected a string"},
        {"{\"name\":\"a\",\"visibility\":\"public\"}", "visibility: expected"},
        {"{\"name\":\"a\",\"access\":[]}", "access: expected an object"},
        {"{\"name\":\"a\",\"access\":{\"x\":1}}", "access: x: no such member"},
        {"{\"name\":\"a\",\"error_schemas\":null}", "error_schemas: expected"},
        {"{\"name\":\"a\",\"error_schemas\":[1]}",
         "error_schemas: expected an object"},
        {"{\"name\":\"a\",\"error_schemas\":[{}]}",
         "error_schemas: code: missing"},
        {"{\"name\":\"a\",\"error_schemas\":[{\"code\":\"E\"},{\"code\":1}]}",
         "error_schemas: code: expected a string"},
        {"{\"name\":\"a\",\"error_schemas\":[{\"code\":\"NOT_FOUND\"}]}",
         "error_schemas: code: expected one of the operation's own"},
        {"{\"name\":\"a\",\"error_schemas\":[{\"code\":\"TIMEOUT\"}]}",
         "error_schemas: code: expected one of the operation's own"},
        {"{\"name\":\"a\",\"namespace\":\"a\"}", "namespace: no such member"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct failure f = {""};
        struct spec s;

        assert_false(read_spec(cases[i].text, &s, &f));
        t_says(f.sentence, cases[i].words);
    }
}

static void a_specification_outlives_the_text_it_was_read_from(void **state)
{
    json_t *tree = t_tree("{\"name\":\"a/b\",\"input_schema\":{\"a\":[1]}}");
    struct spec_members m;
    struct value_field fields[SPEC_FIELDS];
    struct failure f;
    struct spec s;

    (void)state;
    spec_fields(&m, fields);
    assert_true(value_fields(tree, fields, SPEC_FIELDS, &f));
    assert_true(spec_read(&m, &s, &f));
    json_object_clear(json_object_get(tree, "input_schema"));
    json_decref(tree);
    t_same(s.name, "a/b");
    t_prints_take(json_incref(s.input_schema), "{\"a\":[1]}");
    spec_clear(&s);
    assert_null(s.name.data);
    spec_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_slash_goes_and_nothing_else_is_touched),
        cmocka_unit_test(what_was_not_said_has_its_default),
        cmocka_unit_test(everything_that_was_said_is_shown),
        cmocka_unit_test(each_word_of_a_kind_is_read_and_written),
        cmocka_unit_test(an_http_status_has_sixteen_bits_or_is_null),
        cmocka_unit_test(a_wrong_member_is_refused_by_its_name),
        cmocka_unit_test(a_specification_outlives_the_text_it_was_read_from),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
