/* SPDX-License-Identifier: MIT */
/* The form in which sealed secrets are exchanged [IP-10]. */
#include "ref/model/encrypted_data.h"
#include "ref/base/bounds.h"
#include "ref/test/t.h"

static bool read_text(const char *text, struct encrypted_data *ret,
                      struct failure *f)
{
    json_t *tree = t_tree(text);
    bool is_good = encrypted_data_read(tree, ret, f);

    json_decref(tree);
    return is_good;
}

static void it_is_read_and_printed_as_it_was(void **state)
{
    static const char text[] = "{\"data\":[0,255,1],\"iv\":[],"
                               "\"key_version\":4294967295,\"salt\":[7]}";
    struct encrypted_data e;
    struct failure f;

    (void)state;
    assert_true(read_text(text, &e, &f));
    assert_int_equal(e.key_version, UINT32_MAX);
    t_same_bytes(e.data, T_BYTES("\0\377\1"));
    t_same_bytes(e.salt, T_BYTES("\7"));
    assert_int_equal(e.iv.len, 0);
    t_prints_take(encrypted_data_tree(&e), text);
    encrypted_data_clear(&e);
    t_prints_take(encrypted_data_tree(&e), "{\"data\":[],\"iv\":[],"
                                           "\"key_version\":0,\"salt\":[]}");
}

static void a_copy_shares_nothing(void **state)
{
    struct encrypted_data e, copy;
    struct failure f;

    (void)state;
    assert_true(read_text("{\"key_version\":1,\"salt\":[1],\"iv\":[2,0,2],"
                          "\"data\":[3]}",
                          &e, &f));
    copy = encrypted_data_copy(&e);
    encrypted_data_clear(&e);
    t_prints_take(encrypted_data_tree(&copy),
                  "{\"data\":[3],\"iv\":[2,0,2],\"key_version\":1,"
                  "\"salt\":[1]}");
    encrypted_data_clear(&copy);
}

#define REST ",\"salt\":[1],\"iv\":[2],\"data\":[3]}"
#define BEFORE "{\"key_version\":1,\"salt\":[1],\"iv\":[2],\"data\":"

static void anything_else_is_refused_with_its_member(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"[]", "expected an object"},
        {"{\"salt\":[1],\"iv\":[2],\"data\":[3]}", "key_version: missing"},
        {"{\"key_version\":\"1\"" REST, "key_version: expected a whole"},
        {"{\"key_version\":1.0" REST, "key_version: expected a whole"},
        {"{\"key_version\":-1" REST, "key_version: expected a whole"},
        {"{\"key_version\":4294967296" REST, "key_version: expected a number"},
        {"{\"key_version\":1,\"iv\":[2],\"data\":[3]}", "salt: missing"},
        {"{\"key_version\":1,\"salt\":[1],\"data\":[3]}", "iv: missing"},
        {"{\"key_version\":1,\"salt\":[1],\"iv\":[2]}", "data: missing"},
        {"{\"key_version\":1,\"salt\":[256],\"iv\":[],\"data\":[]}", "salt: "},
        {"{\"key_version\":1,\"salt\":[],\"iv\":[-1],\"data\":[]}", "iv: "},
        {BEFORE "\"AQID\"}", "data: expected a list"},
        {BEFORE "null}", "data: expected a list"},
        {BEFORE "[1,2,256]}", "data: expected a list of numbers"},
        {BEFORE "[1,-1]}", "data: expected a list of numbers"},
        {BEFORE "[1.5]}", "data: expected a list of numbers"},
        {BEFORE "[\"1\"]}", "data: expected a list of numbers"},
        {BEFORE "[1],\"algorithm\":\"none\"}", "algorithm: no such member"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct encrypted_data e;
        struct failure f;

        assert_false(read_text(cases[i].text, &e, &f));
        t_says(f.sentence, cases[i].words);
    }
}

/* A list of so many bytes, in the data. */
static bool read_long(size_t count, struct failure *f)
{
    json_t *tree = t_tree(BEFORE "[]}"), *list = json_array();
    struct encrypted_data e;
    bool is_good;

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_integer((json_int_t)(i % 256)));
    json_object_set_new(tree, "data", list);
    is_good = encrypted_data_read(tree, &e, f);
    json_decref(tree);
    if (is_good)
        encrypted_data_clear(&e);
    return is_good;
}

static void a_part_is_only_so_long(void **state)
{
    struct failure f;

    (void)state;
    assert_true(read_long(BOUNDS_SEALED_MAX, &f));
    assert_false(read_long(BOUNDS_SEALED_MAX + 1, &f));
    t_says(f.sentence, "data: expected at most 65536 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_read_and_printed_as_it_was),
        cmocka_unit_test(a_copy_shares_nothing),
        cmocka_unit_test(anything_else_is_refused_with_its_member),
        cmocka_unit_test(a_part_is_only_so_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
