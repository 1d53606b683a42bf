/* SPDX-License-Identifier: MIT */
/* What must be true: that its table is whole and names rules that bind, and
 * that a ledger keeps the first that was broken. */
#include "netsim/invariant.h"
#include "ref/test/t.h"
#include "vectors/vectors.h"

static void every_invariant_has_a_name_of_its_own_and_a_sentence(void **state)
{
    (void)state;
    for (enum invariant i = 0; i < INVARIANTS; i++) {
        const struct invariant_text *text = invariant_text(i);

        assert_non_null(text->name);
        assert_int_equal(invariant_find(text->name), i);
        assert_int_equal(text->says[strlen(text->says) - 1], '.');
        assert_true(i == INVARIANT_CANARY || *text->rules);
    }
    assert_int_equal(invariant_find("unheard-of"), INVARIANTS);
}

static json_t *requirements(void)
{
    const struct vectors_file *file = vectors_files;
    struct failure f;

    while (strcmp(file->name, "requirements.json") != 0)
        assert_true(++file < vectors_files + vectors_files_count);
    return value_parse(slice_make(file->data, file->len), &f);
}

static const json_t *find_rule(const json_t *rules, const char *id)
{
    for (size_t i = 0; i < json_array_size(rules); i++) {
        const json_t *rule = json_array_get(rules, i);

        if (strcmp(json_string_value(json_object_get(rule, "id")), id) == 0)
            return rule;
    }
    return NULL;
}

static void must_bind(const json_t *rules, const char *id, const char *name)
{
    const json_t *rule = find_rule(rules, id);

    if (!rule)
        fail_msg("%s of %s is no rule", id, name);
    t_same(value_string(json_object_get(rule, "level")), "must");
    if (strcmp(json_string_value(json_object_get(rule, "status")),
               "excluded") == 0)
        fail_msg("%s of %s is excluded", id, name);
}

static void every_rule_of_an_invariant_exists_and_binds(void **state)
{
    json_t *tree = requirements();
    const json_t *rules = json_object_get(tree, "requirements");

    (void)state;
    for (enum invariant i = 0; i < INVARIANTS; i++) {
        const struct invariant_text *text = invariant_text(i);
        char ids[200], *rest = NULL;

        assert_true(strlen(text->rules) < sizeof ids);
        strcpy(ids, text->rules);
        for (char *id = strtok_r(ids, " ", &rest); id;
             id = strtok_r(NULL, " ", &rest))
            must_bind(rules, id, text->name);
    }
    json_decref(tree);
}

static void what_holds_is_counted_and_breaks_nothing(void **state)
{
    struct ledger l = {0};

    (void)state;
    assert_true(invariant_holds(&l, INVARIANT_ORDER, true, "fine"));
    assert_true(invariant_holds(&l, INVARIANT_ORDER, true, "fine"));
    assert_int_equal(l.evaluated[INVARIANT_ORDER], 2);
    assert_int_equal(l.evaluated[INVARIANT_LIVE], 0);
    assert_false(l.is_broken);
}

static void the_first_that_broke_is_kept_and_nothing_else_counts(void **state)
{
    struct ledger l = {0};

    (void)state;
    assert_false(invariant_holds(&l, INVARIANT_LIVE, false, "call %d", 7));
    assert_false(invariant_holds(&l, INVARIANT_ORDER, false, "later"));
    assert_true(invariant_holds(&l, INVARIANT_ORDER, true, "later"));
    assert_true(l.is_broken);
    assert_int_equal(l.broken, INVARIANT_LIVE);
    assert_string_equal(l.what, "call 7");
    assert_int_equal(l.evaluated[INVARIANT_LIVE], 1);
    assert_int_equal(l.evaluated[INVARIANT_ORDER], 0);
}

static void long_words_are_cut(void **state)
{
    struct ledger l = {0};

    (void)state;
    invariant_holds(&l, INVARIANT_LIVE, false, "%*s", 2000, "x");
    assert_int_equal(strlen(l.what), INVARIANT_WHAT_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_invariant_has_a_name_of_its_own_and_a_sentence),
        cmocka_unit_test(every_rule_of_an_invariant_exists_and_binds),
        cmocka_unit_test(what_holds_is_counted_and_breaks_nothing),
        cmocka_unit_test(the_first_that_broke_is_kept_and_nothing_else_counts),
        cmocka_unit_test(long_words_are_cut),
    };

    return cmocka_run_group_tests_name("invariant", tests, NULL, NULL);
}
