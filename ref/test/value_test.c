/* SPDX-License-Identifier: MIT */
/*
 * JSON trees: what is read, how it is printed, what a closed list of fields
 * lets pass, and that nothing of it stays in memory. (That trees and scanner
 * agree on what is JSON is tried in scan_test.c.)
 */
#include "ref/base/value.h"
#include "ref/base/bounds.h"
#include "ref/test/t.h"
#include "ref/test/witness.h"

static void a_tree_prints_compactly_and_sorted_by_name(void **state)
{
    static const struct {
        const char *text;
        const char *printed;
    } cases[] = {
        {"null", "null"},
        {" true ", "true"},
        {"-12", "-12"},
        {"0.5", "0.5"},
        {"\"\\u0041\\/\"", "\"A/\""},
        {"[ 1 , \"x\" , [ ] ]", "[1,\"x\",[]]"},
        {"{\"b\": 1, \"a\": {\"d\": 2, \"c\": 3}}",
         "{\"a\":{\"c\":3,\"d\":2},\"b\":1}"},
        {"\"a\\u0000b\"", "\"a\\u0000b\""},
        {"\"\xc3\xa9\"", "\"\xc3\xa9\""},
        {"9007199254740991", "9007199254740991"},
        {"-9223372036854775808", "-9223372036854775808"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        t_prints_take(t_tree(cases[i].text), cases[i].printed);
}

/* [EN-8] */
static void the_last_of_repeated_names_wins(void **state)
{
    (void)state;
    t_prints_take(t_tree("{\"a\":1,\"b\":0,\"a\":[2]}"), "{\"a\":[2],\"b\":0}");
}

/* It may have been a secret. */
static void what_was_wrong_is_not_repeated(void **state)
{
    static const char *const texts[] = {
        "{\"seed\": s3cret}", "s3cret",       "{\"seed\": \"s3cret",
        "[1] \"s3cret\"",     "{\"s3cret\"}", "{\"a\":\"s3cret\" near }",
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(texts); i++) {
        struct failure f = {""};

        assert_null(value_parse(slice_of(texts[i]), &f));
        t_says(f.sentence, "line 1: not JSON: ");
        assert_null(strstr(f.sentence, "s3c"));
    }
}

static void what_is_no_json_is_refused_with_its_line(void **state)
{
    static const struct {
        struct slice text;
        const char *words;
    } cases[] = {
        {{(const uint8_t *)"", 0}, "line 1"},
        {{NULL, 0}, "line 1"},
        {{(const uint8_t *)"{\n\"a\":\nx}", 9}, "line 3"},
        {{(const uint8_t *)"{} {}", 5}, "end of file expected"},
        {{(const uint8_t *)"[1,]", 4}, "not JSON"},
        {{(const uint8_t *)"\"\xff\"", 3}, "byte 0xff"},
        {{(const uint8_t *)"\"\\ud800\"", 8}, "not JSON"},
        {{(const uint8_t *)"1e999", 5}, "overflow"},
        {{(const uint8_t *)"18446744073709551616", 20}, "too big integer"},
        {{(const uint8_t *)"{\"a\\u0000\":1}", 13}, "NUL"},
        {{(const uint8_t *)"[1\0]", 4}, "NUL"},
        {{(const uint8_t *)"true\0", 5}, "NUL"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct failure f = {""};

        assert_null(value_parse(cases[i].text, &f));
        t_says(f.sentence, cases[i].words);
    }
}

static void a_text_is_read_up_to_its_length(void **state)
{
    struct slice text = t_exact(slice_of("[1,2]"));
    struct failure f;
    json_t *tree = value_parse(text, &f);

    (void)state;
    assert_non_null(tree);
    t_free(text);
    t_prints_take(tree, "[1,2]");
    assert_null(value_parse(slice_make("[1,2]", 4), &f));
}

static void printing_says_no_wherever_the_buffer_is_full(void **state)
{
    json_t *tree = t_tree("{\"a\":[1,null,\"x\"],\"b\":{}}");
    size_t needed = strlen("{\"a\":[1,null,\"x\"],\"b\":{}}");

    (void)state;
    for (size_t cap = 0; cap <= needed + 1; cap++) {
        struct buf out;

        buf_init(&out, cap);
        assert_int_equal(value_print(tree, &out), cap >= needed);
        buf_clear(&out);
    }
    json_decref(tree);
}

static void strings_keep_every_byte(void **state)
{
    json_t *string = value_new_string(T_BYTES("a\0\xc3\xa9"));
    json_t *empty = value_new_string(slice_make(NULL, 0));

    (void)state;
    t_same_bytes(value_string(string), T_BYTES("a\0\xc3\xa9"));
    assert_int_equal(value_string(empty).len, 0);
    t_prints_take(string, "\"a\\u0000\xc3\xa9\"");
    t_prints_take(empty, "\"\"");
}

/* ---------------------------------------------------------------- fields */

/* Which texts are of which kind: one letter a column, y or n. */
static void each_kind_takes_exactly_what_it_says(void **state)
{
    static const char *const texts[] = {
        "null",   "true", "false",         "0",
        "7",      "-1",   "1.0",           "\"\"",
        "\"x\"",  "[]",   "[\"a\",\"b\"]", "[\"a\",1]",
        "[null]", "{}",   "{\"a\":\"b\"}"};
    static const struct {
        enum value_kind kind;
        const char *fits;
        const char *words;
    } cases[] = {
        {VALUE_ANY, "yyyyyyyyyyyyyyy", "a value"},
        {VALUE_STRING, "nnnnnnnyynnnnnn", "a string"},
        {VALUE_STRING_OR_NULL, "ynnnnnnyynnnnnn", "a string or null"},
        {VALUE_STRINGS, "nnnnnnnnnyynnnn", "a list of strings"},
        {VALUE_STRINGS_OR_NULL, "ynnnnnnnnyynnnn", "a list of strings or null"},
        {VALUE_INTEGER, "nnnyynnnnnnnnnn", "a whole number"},
        {VALUE_BOOL, "nyynnnnnnnnnnnn", "true or false"},
        {VALUE_LIST, "nnnnnnnnnyyyynn", "a list"},
        {VALUE_OBJECT, "nnnnnnnnnnnnnyy", "an object"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        for (size_t k = 0; k < T_COUNT(texts); k++) {
            const json_t *member = NULL;
            struct value_field field = {"m", cases[i].kind, true, &member};
            json_t *object = json_object();
            struct failure f = {"m: expected nothing"};
            bool fits;

            json_object_set_new(object, "m", t_tree(texts[k]));
            fits = value_fields(object, &field, 1, &f);
            assert_int_equal(fits, cases[i].fits[k] == 'y');
            if (fits)
                assert_ptr_equal(member, json_object_get(object, "m"));
            else
                t_says(f.sentence, cases[i].words);
            json_decref(object);
        }
}

/* Reads a text against: "name" a string, required; "n" an integer. */
static const json_t *name, *number;
static struct failure failure;
static json_t *object;

static bool read_fields(const char *text)
{
    const struct value_field fields[] = {
        {"name", VALUE_STRING, true, &name},
        {"n", VALUE_INTEGER, false, &number},
    };

    json_decref(object);
    object = t_tree(text);
    failure.sentence[0] = '\0';
    return value_fields(object, fields, 2, &failure);
}

static void an_optional_field_may_be_absent_and_a_required_not(void **state)
{
    (void)state;
    assert_true(read_fields("{\"name\":\"x\",\"n\":3}"));
    t_same(value_string(name), "x");
    assert_int_equal(json_integer_value(number), 3);
    assert_true(read_fields("{\"name\":\"x\"}"));
    assert_null(number);
    assert_false(read_fields("{\"n\":3}"));
    assert_string_equal(failure.sentence, "name: missing, expected a string");
    assert_false(read_fields("{\"name\":\"x\",\"n\":null}"));
    assert_string_equal(failure.sentence,
                        "n: expected a whole number, not negative");
    json_decref(object);
    object = NULL;
}

static void the_list_of_fields_is_closed(void **state)
{
    static const struct {
        const char *text;
        const char *sentence;
    } cases[] = {
        {"{\"name\":\"x\",\"Name\":\"x\"}", "Name: no such member is known"},
        {"{\"name\":\"x\",\"n\":1,\"nn\":2}", "nn: no such member is known"},
        {"{\"name\":\"x\",\"\":2}", ": no such member is known"},
        {"[]", "expected an object"},
        {"null", "expected an object"},
        {"\"name\"", "expected an object"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        assert_false(read_fields(cases[i].text));
        assert_string_equal(failure.sentence, cases[i].sentence);
    }
    json_decref(object);
    object = NULL;
}

static void a_list_of_strings_becomes_owned_strings(void **state)
{
    json_t *list = t_tree("[\"b\",\"a\",\"\"]"), *null = json_null();
    struct strings s = value_strings(list);

    (void)state;
    assert_true(value_is_strings(list));
    assert_false(value_is_strings(null));
    assert_false(value_is_strings(NULL));
    json_decref(list);
    assert_int_equal(s.count, 3);
    t_same(s.items[0], "b");
    t_same(s.items[2], "");
    strings_clear(&s);
    assert_int_equal(value_strings(NULL).count, 0);
    assert_int_equal(value_strings(null).count, 0);
}

/* [CP-2] secrets pass through files and lines */
static void what_a_tree_held_is_wiped_when_it_is_freed(void **state)
{
    json_t *tree = t_tree("{\"" WITNESS_MARKER "\":[\"" WITNESS_MARKER "\"]}");

    (void)state;
    json_array_append_new(json_object_get(tree, WITNESS_MARKER),
                          value_new_string(slice_of(WITNESS_MARKER)));
    witness_freed = witness_leaking = 0;
    json_decref(tree);
    assert_true(witness_freed >= 5);
    assert_int_equal(witness_leaking, 0);
}

static void a_text_that_was_refused_is_wiped_as_well(void **state)
{
    struct failure f;

    (void)state;
    witness_freed = witness_leaking = 0;
    assert_null(value_parse(slice_of("[\"" WITNESS_MARKER "\","), &f));
    assert_true(witness_freed > 0);
    assert_int_equal(witness_leaking, 0);
}

/* A list of so many values, all in all. */
static json_t *list_of(size_t values)
{
    struct failure f = {""};
    struct buf text;
    json_t *tree;

    buf_init(&text, 1 << 22);
    buf_put(&text, "[\"[,{\\\"[,{\"");
    for (size_t i = 2; i < values; i++)
        buf_put(&text, ",1");
    buf_put(&text, "]");
    tree = value_parse(buf_slice(&text), &f);
    assert_string_equal(f.sentence,
                        tree ? "" : "more values than are looked into");
    buf_clear(&text);
    return tree;
}

static void a_tree_has_only_so_many_values(void **state)
{
    json_t *tree = list_of(BOUNDS_VALUES_MAX);

    (void)state;
    assert_int_equal(json_array_size(tree), BOUNDS_VALUES_MAX - 1);
    json_decref(tree);
    assert_null(list_of(BOUNDS_VALUES_MAX + 1));
}

/* What is inside a string is none, however it is cut. */
static void values_are_counted_as_they_stand(void **state)
{
    static const struct {
        const char *text;
        size_t count;
    } cases[] = {
        {"", 1},           {"1", 1},           {"[1]", 2}, {"[1,[2,3]]", 5},
        {"{\"a\":{}}", 3}, {"\"[,\\\"{\"", 1}, {"\"[", 1}, {"[\"\\\\\",1]", 3},
        {"\"\\", 1},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct slice text = t_exact(slice_of(cases[i].text));

        assert_int_equal(value_count(text), cases[i].count);
        t_free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_has_only_so_many_values),
        cmocka_unit_test(values_are_counted_as_they_stand),
        cmocka_unit_test(a_tree_prints_compactly_and_sorted_by_name),
        cmocka_unit_test(the_last_of_repeated_names_wins),
        cmocka_unit_test(what_is_no_json_is_refused_with_its_line),
        cmocka_unit_test(what_was_wrong_is_not_repeated),
        cmocka_unit_test(a_text_is_read_up_to_its_length),
        cmocka_unit_test(printing_says_no_wherever_the_buffer_is_full),
        cmocka_unit_test(strings_keep_every_byte),
        cmocka_unit_test(each_kind_takes_exactly_what_it_says),
        cmocka_unit_test(an_optional_field_may_be_absent_and_a_required_not),
        cmocka_unit_test(the_list_of_fields_is_closed),
        cmocka_unit_test(a_list_of_strings_becomes_owned_strings),
        cmocka_unit_test(what_a_tree_held_is_wiped_when_it_is_freed),
        cmocka_unit_test(a_text_that_was_refused_is_wiped_as_well),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
