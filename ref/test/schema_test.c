/* SPDX-License-Identifier: MIT */
/*
 * What a schema may be, what is said of one that is not understood, and what is
 * said of a value that does not fit. Which values fit is for the most part in
 * vectors/validation.json; here is what a vector does not show.
 */
#include "ref/model/schema.h"
#include "ref/base/bounds.h"
#include "ref/test/t.h"

/* Why the value does not fit; "" when it does. Static. */
static const char *verdict(const char *schema, const char *value)
{
    static char words[2 * BOUNDS_NAME_ECHO_MAX];
    json_t *s = t_tree(schema), *v = t_tree(value);
    struct failure f;
    struct buf why;
    bool is_fit;

    if (!schema_check(s, &f))
        fail_msg("%s: %s", schema, f.sentence);
    buf_init(&why, sizeof words - 1);
    is_fit = schema_allows(s, v, &why);
    assert_int_equal(is_fit, why.len == 0);
    assert_int_equal(schema_allows(s, v, NULL), is_fit);
    assert_true(is_fit || !schema_is_open(s));
    snprintf(words, sizeof words, "%.*s", (int)why.len,
             why.len ? (const char *)why.data : "");
    buf_clear(&why);
    json_decref(s);
    json_decref(v);
    return words;
}

static void a_fault_is_told_by_keyword_and_place(void **state)
{
#define UNFIT "does not fit the schema: "
    static const struct {
        const char *schema, *value, *words;
    } cases[] = {
        {"{\"type\":\"string\"}", "7", UNFIT "type"},
        {"false", "7", UNFIT "false"},
        {"{\"required\":[\"a\",\"b\"]}", "{\"a\":1}", UNFIT "required (b)"},
        {"{\"properties\":{\"a\":{\"required\":[\"\"]}}}", "{\"a\":{}}",
         UNFIT "required () at /a"},
        {"{\"properties\":{\"a\":{\"items\":{\"minimum\":2}}}}",
         "{\"a\":[2,3,1]}", UNFIT "minimum at /a/2"},
        {"{\"properties\":{\"a\":false}}", "{\"a\":1}", UNFIT "false at /a"},
        {"{\"items\":{\"items\":{\"const\":1}}}", "[[],[1,1,2]]",
         UNFIT "const at /1/2"},
        /* the first keyword of the table, however the schema has them */
        {"{\"enum\":[\"x\"],\"type\":\"string\"}", "7", UNFIT "type"},
        /* [HF-5] the caller's names are not repeated */
        {"{\"additionalProperties\":false}", "{\"hush-4711\":1}",
         UNFIT "additionalProperties"},
        {"{\"additionalProperties\":{\"properties\":{\"b\":{\"type\":"
         "\"null\"}}}}",
         "{\"hush-4711\":{\"b\":1}}", UNFIT "type at /*/b"},
        {"{\"properties\":{\"a\":true},\"additionalProperties\":false}",
         "{\"a\":1,\"hush-4711\":2}", UNFIT "additionalProperties"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_string_equal(verdict(cases[i].schema, cases[i].value),
                            cases[i].words);
}

static void a_schema_that_is_not_understood_is_refused(void **state)
{
    static const struct {
        const char *schema, *words;
    } cases[] = {
        {"3", "expected a schema: an object, true or false"},
        {"null", "expected a schema"},
        {"[]", "expected a schema"},
        {"{\"pattern\":\"a\"}", "pattern: a keyword that is not supported"},
        {"{\"Type\":\"string\"}", "Type: a keyword that is not supported"},
        {"{\"\":1}", ": a keyword that is not supported"},
        {"{\"properties\":{\"a\":{\"items\":{\"$ref\":\"#\"}}}}",
         "$ref: a keyword that is not supported at /properties/a/items"},
        {"{\"additionalProperties\":{\"oneOf\":[]}}",
         "oneOf: a keyword that is not supported at /additionalProperties"},
        {"{\"type\":\"text\"}", "type: expected a type or a list of types"},
        {"{\"type\":[]}", "type: expected"},
        {"{\"type\":[\"string\",\"text\"]}", "type: expected"},
        {"{\"type\":null}", "type: expected"},
        {"{\"type\":{}}", "type: expected"},
        {"{\"enum\":1}", "enum: expected a list"},
        {"{\"required\":\"a\"}", "required: expected a list of strings"},
        {"{\"required\":[\"a\",1]}", "required: expected a list of strings"},
        {"{\"properties\":[]}", "properties: expected an object"},
        {"{\"properties\":{\"a\":1}}", "expected a schema: an object, true or "
                                       "false at /properties/a"},
        {"{\"additionalProperties\":null}",
         "expected a schema: an object, true or false at "
         "/additionalProperties"},
        {"{\"items\":[{}]}", "expected a schema: an object, true or false at "
                             "/items"},
        {"{\"minimum\":\"1\"}", "minimum: expected a number"},
        {"{\"maximum\":null}", "maximum: expected a number"},
        {"{\"exclusiveMinimum\":true}", "exclusiveMinimum: expected a number"},
        {"{\"exclusiveMaximum\":[]}", "exclusiveMaximum: expected a number"},
        {"{\"minLength\":-1}", "minLength: expected a whole number, not neg"},
        {"{\"maxLength\":1.5}", "maxLength: expected a whole number"},
        {"{\"minItems\":true}", "minItems: expected a whole number"},
        {"{\"items\":{\"maxItems\":-0.5}}",
         "maxItems: expected a whole number, not negative at /items"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        json_t *schema = t_tree(cases[i].schema);
        struct failure f;

        assert_false(schema_check(schema, &f));
        t_says(f.sentence, cases[i].words);
        assert_false(schema_is_open(schema));
        json_decref(schema);
    }
}

static void annotations_are_open_whatever_they_hold(void **state)
{
    static const struct {
        const char *schema;
        bool is_open;
    } cases[] = {
        {"{}", true},
        {"true", true},
        {"false", false},
        {"{\"$schema\":1,\"$id\":2,\"$comment\":3,\"title\":4,"
         "\"description\":5,\"default\":6,\"examples\":7,\"deprecated\":8,"
         "\"readOnly\":9,\"writeOnly\":10,\"format\":11}",
         true},
        {"{\"title\":\"t\",\"type\":\"string\"}", false},
        {"{\"items\":true}", false},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        json_t *schema = t_tree(cases[i].schema);
        struct failure f;

        assert_true(schema_check(schema, &f));
        assert_int_equal(schema_is_open(schema), cases[i].is_open);
        json_decref(schema);
    }
    assert_string_equal(verdict("{\"format\":\"email\"}", "\"nobody\""), "");
}

/* A schema of `levels` objects that stand in each other's items. */
static json_t *nested(size_t levels)
{
    json_t *schema = json_true();

    while (levels-- > 0)
        schema = json_pack("{s:o}", "items", schema);
    return schema;
}

static void nesting_has_an_end(void **state)
{
    json_t *deep = nested(BOUNDS_DEPTH_MAX);
    json_t *deeper = nested(BOUNDS_DEPTH_MAX + 1);
    struct failure f;

    (void)state;
    assert_true(schema_check(deep, &f));
    assert_false(schema_check(deeper, &f));
    t_says(f.sentence, "too many schemas inside each other at /items/items");
    json_decref(deep);
    json_decref(deeper);
}

/* Sentences stay short, and no character in them is halved. */
static void long_names_are_cut(void **state)
{
    struct buf text;
    const char *words;

    (void)state;
    buf_init(&text, 4000);
    buf_put(&text, "{\"required\":[\"x");
    for (size_t i = 0; i < 100; i++)
        buf_put(&text, "\xc3\xa4");
    buf_put(&text, "\"]}");
    buf_put_byte(&text, '\0');
    words = verdict((const char *)text.data, "{}");
    assert_int_equal(strlen(words), strlen(UNFIT "required ()") + 63);
    t_says(words, "\xa4)");
    buf_clear(&text);
}

static void a_deep_place_is_cut(void **state)
{
    json_t *schema = nested(BOUNDS_DEPTH_MAX - 1);
    json_t *innermost = schema, *value = json_integer(1);
    struct buf why;

    (void)state;
    for (size_t i = 0; i + 1 < BOUNDS_DEPTH_MAX - 1; i++)
        innermost = json_object_get(innermost, "items");
    json_object_set_new(innermost, "items", json_false());
    for (size_t i = 0; i < BOUNDS_DEPTH_MAX - 1; i++)
        value = json_pack("[o]", value);
    buf_init(&why, BOUNDS_NAME_ECHO_MAX);
    assert_false(schema_allows(schema, value, &why));
    assert_true(why.len > 200 && why.len <= BOUNDS_NAME_ECHO_MAX);
    buf_clear(&why);
    buf_init(&why, 0); /* and no room at all is none of its business */
    assert_false(schema_allows(schema, value, &why));
    json_decref(schema);
    json_decref(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_is_told_by_keyword_and_place),
        cmocka_unit_test(a_schema_that_is_not_understood_is_refused),
        cmocka_unit_test(annotations_are_open_whatever_they_hold),
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(long_names_are_cut),
        cmocka_unit_test(a_deep_place_is_cut),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
