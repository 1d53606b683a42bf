/* SPDX-License-Identifier: MIT */
/* What is within reach, from whom, and what can be handed on of it. */
#include "ref/model/scoped_env.h"
#include "ref/test/t.h"

static struct scoped_env read_env(const char *text)
{
    json_t *tree = t_tree(text);
    struct scoped_env env;
    struct failure f;

    if (!scoped_env_read(tree, &env, &f))
        fail_msg("%s: %s", text, f.sentence);
    json_decref(tree);
    return env;
}

/* `peer` NULL: any. */
static bool allows(const struct scoped_env *env, const char *peer,
                   const char *name)
{
    struct peer_ref ref = {peer ? slice_of(peer) : slice_make(NULL, 0)};

    return scoped_env_allows(env, ref, slice_of(name));
}

/* [SE-1, SE-3, SE-4, SE-5] two sets, and who asks for whom */
static void a_name_is_reached_of_all_and_a_pin_of_one(void **state)
{
    static const struct {
        const char *peer, *name;
        bool is_allowed;
    } cases[] = {
        {NULL, "fs/read", true},     {"w1", "fs/read", true},
        {"w2", "fs/read", true},     {"", "fs/read", true},
        {NULL, "gpu/run", false},    {"w1", "gpu/run", true},
        {"w2", "gpu/run", false},    {"", "gpu/run", false},
        {NULL, "both/do", true},     {"w1", "both/do", true},
        {"w2", "both/do", true}, /* the pin takes nothing away */
        {NULL, "fs/write", false},   {"w1", "fs/write", false},
        {NULL, "", false},           {"w1", "", false},
        {NULL, "w1/gpu/run", false}, {"w1", "w1/gpu/run", false},
    };
    struct scoped_env env =
        read_env("{\"allowed\":[\"fs/read\",\"both/do\"],"
                 "\"pinned\":[\"w1/gpu/run\",\"w1/both/do\"]}");

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        if (allows(&env, cases[i].peer, cases[i].name) != cases[i].is_allowed)
            fail_msg("%s of %s", cases[i].name,
                     cases[i].peer ? cases[i].peer : "any");
    scoped_env_clear(&env);
    assert_true(scoped_env_is_empty(&env));
}

/* [SE-2] */
static void nothing_is_within_reach_unless_it_was_said(void **state)
{
    static const char *const texts[] = {"{}", "{\"allowed\":[]}",
                                        "{\"pinned\":[]}",
                                        "{\"allowed\":[],\"pinned\":[]}"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(texts); i++) {
        struct scoped_env env = read_env(texts[i]);

        assert_true(scoped_env_is_empty(&env));
        assert_false(allows(&env, NULL, "a"));
        assert_false(allows(&env, "w1", "a"));
        assert_false(allows(&env, "", ""));
        scoped_env_clear(&env);
    }
}

static void either_set_alone_is_something(void **state)
{
    struct scoped_env allowed = read_env("{\"allowed\":[\"a\"]}");
    struct scoped_env pinned = read_env("{\"pinned\":[\"w1/a\"]}");

    (void)state;
    assert_false(scoped_env_is_empty(&allowed));
    assert_false(scoped_env_is_empty(&pinned));
    scoped_env_clear(&allowed);
    scoped_env_clear(&pinned);
}

/* [SE-7] the id of a peer has no slash in it, so a pin is read one way; and it
 * is compared as a whole */
static void a_pin_is_an_id_and_a_name_and_nothing_near_it(void **state)
{
    static const struct {
        const char *peer, *name;
    } others[] = {{"w", "1/a/b"}, {"w1", "a"},   {"w1", "a/bc"}, {"w11", "a/b"},
                  {"w1", "/a/b"}, {"W1", "a/b"}, {"w1", "a/B"},  {"w", "/a/b"},
                  {"w1/a/b", ""}, {"", "w1/a/b"}};
    struct scoped_env env = read_env("{\"pinned\":[\"w1/a/b\"]}");

    (void)state;
    assert_true(allows(&env, "w1", "a/b"));
    for (size_t i = 0; i < T_COUNT(others); i++)
        if (allows(&env, others[i].peer, others[i].name))
            fail_msg("%s of %s", others[i].name, others[i].peer);
    scoped_env_clear(&env);
}

/* [SE-9] what is in both, and nobody gives what it does not have */
static void what_is_handed_on_is_never_more_than_one_has(void **state)
{
    struct scoped_env env = read_env("{\"allowed\":[\"a\",\"b\"],"
                                     "\"pinned\":[\"w1/c\",\"w1/d\"]}");
    struct scoped_env wanted =
        read_env("{\"allowed\":[\"b\",\"c\",\"z\"],"
                 "\"pinned\":[\"w1/d\",\"w1/a\",\"w2/c\"]}");
    struct scoped_env narrow = scoped_env_narrow(&env, &wanted);

    (void)state;
    scoped_env_clear(&env); /* it shares nothing */
    scoped_env_clear(&wanted);
    assert_int_equal(narrow.allowed.count, 1);
    assert_int_equal(narrow.pinned.count, 1);
    assert_true(allows(&narrow, NULL, "b"));
    assert_true(allows(&narrow, "w1", "d"));
    assert_false(allows(&narrow, NULL, "a"));
    assert_false(allows(&narrow, NULL, "c"));
    assert_false(allows(&narrow, "w1", "c"));
    assert_false(allows(&narrow, "w2", "c"));
    scoped_env_clear(&narrow);
}

/* [SE-4] "any" is not a peer without a name */
static void a_pin_without_a_peer_reaches_nothing_of_any(void **state)
{
    struct scoped_env env = read_env("{\"pinned\":[\"/a/b\",\"/\"]}");

    (void)state;
    assert_false(allows(&env, NULL, "a/b"));
    assert_false(allows(&env, NULL, ""));
    scoped_env_clear(&env);
}

static void what_is_no_reach_is_refused_by_its_member(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"[]", "object"},
        {"{\"allowed\":\"a\"}", "allowed"},
        {"{\"allowed\":[1]}", "allowed"},
        {"{\"pinned\":null}", "pinned"},
        {"{\"pinned\":{\"w1\":[\"a\"]}}", "pinned"},
        {"{\"denied\":[]}", "denied"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        json_t *tree = t_tree(cases[i].text);
        struct scoped_env env;
        struct failure f;

        assert_false(scoped_env_read(tree, &env, &f));
        t_says(f.sentence, cases[i].words);
        json_decref(tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_reached_of_all_and_a_pin_of_one),
        cmocka_unit_test(nothing_is_within_reach_unless_it_was_said),
        cmocka_unit_test(either_set_alone_is_something),
        cmocka_unit_test(a_pin_is_an_id_and_a_name_and_nothing_near_it),
        cmocka_unit_test(what_is_handed_on_is_never_more_than_one_has),
        cmocka_unit_test(a_pin_without_a_peer_reaches_nothing_of_any),
        cmocka_unit_test(what_is_no_reach_is_refused_by_its_member),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
