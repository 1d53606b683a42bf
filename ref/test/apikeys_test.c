/* SPDX-License-Identifier: MIT */
/* API keys: what the vectors of api_key.json do not show, which is what a list
 * looks like after it was read, and that an empty one is no special case. */
#include "ref/state/apikeys.h"
#include "ref/model/token.h"
#include "ref/test/t.h"

static struct apikeys keys;

static int clear(void **state)
{
    (void)state;
    apikeys_clear(&keys);
    return 0;
}

/* A list of one key, "alk_1234", whose token is `token`. */
static void read_one(const char *token)
{
    const struct token_hash hash = token_hash_of(slice_of(token));
    struct failure f;
    char text[300];
    json_t *list;

    snprintf(text, sizeof text,
             "[{\"prefix\":\"alk_1234\",\"hash\":\"%s\",\"scopes\":[\"s\"],"
             "\"expires_at\":10}]",
             hash.text);
    list = t_tree(text);
    if (!apikeys_read(list, &keys, &f))
        fail_msg("%s: %s", text, f.sentence);
    json_decref(list);
}

/* [PI-5, IP-4] */
static void a_key_is_good_until_the_second_of_its_end(void **state)
{
    const struct identity *who;

    (void)state;
    read_one("alk_1234-secret");
    who = apikeys_by_token(&keys, slice_of("alk_1234-secret"), 9);
    assert_non_null(who);
    t_same(who->id, "alk_1234");
    assert_true(strings_has(&who->scopes, slice_of("s")));
    assert_int_equal(who->resource_count, 0);
    assert_int_equal(keys.entries[0].expires_at_s, 10);
    assert_null(apikeys_by_token(&keys, slice_of("alk_1234-secret"), 10));
    assert_null(apikeys_by_token(&keys, slice_of("alk_1234-secret"), NEVER));
}

static void a_token_may_be_shorter_than_any_prefix(void **state)
{
    (void)state;
    read_one("alk_1234-secret");
    assert_null(apikeys_by_token(&keys, slice_make(NULL, 0), 0));
    for (size_t len = 0; len < 15; len++) {
        struct slice part = t_exact(slice_make("alk_1234-secret", len));

        assert_null(apikeys_by_token(&keys, part, 0));
        t_free(part);
    }
}

static void an_empty_list_knows_nobody(void **state)
{
    (void)state;
    assert_null(apikeys_by_token(&keys, slice_of("alk_1234-secret"), 0));
}

/* Two names for nobody in particular would be one caller. */
static void a_prefix_is_not_empty(void **state)
{
    json_t *list = t_tree("[{\"prefix\":\"\",\"hash\":\"\",\"scopes\":[]}]");
    struct failure f;

    (void)state;
    assert_false(apikeys_read(list, &keys, &f));
    t_says(f.sentence, "key 0: prefix: expected the first characters");
    assert_int_equal(keys.count, 0);
    json_decref(list);
}

/* [CP-2] */
static void what_is_printed_instead_of_a_secret_is_no_key(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"[{\"prefix\":\"[REDACTED]\",\"hash\":\"\",\"scopes\":[]}]",
         "key 0: prefix: expected a secret, not what is printed"},
        {"[{\"prefix\":\"alk_1\",\"hash\":\"[REDACTED]\",\"scopes\":[]}]",
         "key 0: hash: expected a secret, not what is printed"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        json_t *list = t_tree(cases[i].text);
        struct failure f;

        assert_false(apikeys_read(list, &keys, &f));
        t_says(f.sentence, cases[i].words);
        json_decref(list);
    }
}

#define WITH_KEYS(test) cmocka_unit_test_teardown(test, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_KEYS(a_key_is_good_until_the_second_of_its_end),
        WITH_KEYS(a_token_may_be_shorter_than_any_prefix),
        WITH_KEYS(an_empty_list_knows_nobody),
        WITH_KEYS(a_prefix_is_not_empty),
        WITH_KEYS(what_is_printed_instead_of_a_secret_is_no_key),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
