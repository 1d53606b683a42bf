/* SPDX-License-Identifier: MIT */
/* Findings: a file says all that is needed to live one again, and what is no
 * finding is refused with a sentence. */
#include "netsim/finding.h"
#include "ref/test/folder.h"

static struct finding sample(void)
{
    struct finding f = {
        .commit = "0123abcd",
        .kind = FINDING_BROKEN,
        .report = {.seed = UINT64_MAX,
                   .floor = LIFE_QUIC,
                   .ledger = {.is_broken = true,
                              .broken = INVARIANT_ORDER,
                              .what = "item 3 before item 2, \"\xff\""},
                   .virtual_ns = 12,
                   .lines = 345,
                   .hash = 0x00ff00ff00ff00ff},
        .has_script = true,
        .script = {.seed = UINT64_MAX, .floor = LIFE_QUIC},
        .steps_before = 100,
        .decisions_before = 1000,
        .lives = 77,
        .is_minimal = true,
    };

    strings_add(&f.trace, slice_of("0.000000001 a line"));
    strings_add(&f.trace, slice_of("0.000000002 another"));
    script_add(&f.script, &(struct step){5, STEP_CUT, 1, 2, 3, 4});
    script_seal(&f.script);
    return f;
}

static void a_finding_is_read_as_it_was_written(void **state)
{
    struct finding f = sample(), read;
    json_t *tree = finding_tree(&f), *again;
    struct failure failure;

    (void)state;
    assert_true(finding_read(tree, &read, &failure));
    again = finding_tree(&read);
    assert_true(json_equal(tree, again));
    assert_string_equal(finding_name(&read), "order");
    assert_int_equal(read.report.hash, f.report.hash);
    assert_int_equal(read.script.steps[0].what, 4);
    json_decref(tree);
    json_decref(again);
    finding_clear(&f);
    finding_clear(&read);
}

static void it_names_the_rules_that_were_broken(void **state)
{
    struct finding f = sample();
    json_t *tree = finding_tree(&f);
    struct strings rules = value_strings(json_object_get(tree, "rules"));

    (void)state;
    assert_true(strings_has(&rules, slice_of("SU-7")));
    assert_true(rules.count > 1);
    strings_clear(&rules);
    json_decref(tree);
    finding_clear(&f);
}

static void a_death_needs_nothing_but_its_seed(void **state)
{
    struct finding f = {.kind = FINDING_DIED,
                        .report = {.seed = 9, .floor = LIFE_STREAMS}},
                   read;
    json_t *tree = finding_tree(&f);
    struct failure failure;

    (void)state;
    assert_true(finding_read(tree, &read, &failure));
    assert_string_equal(finding_name(&read), "died");
    assert_true(finding_terms(&read).script == NULL);
    assert_int_equal(finding_terms(&read).seed, 9);
    json_decref(tree);
    finding_clear(&read);
}

static void the_same_way_is_the_same_invariant(void **state)
{
    struct finding f = {.kind = FINDING_BROKEN,
                        .report.ledger.broken = INVARIANT_LIVE};
    struct life_report other = {.ledger.broken = INVARIANT_ORDER};

    (void)state;
    assert_true(finding_is_same(&f, FINDING_BROKEN, &f.report));
    assert_false(finding_is_same(&f, FINDING_BROKEN, &other));
    assert_false(finding_is_same(&f, FINDING_DIED, &f.report));
    f.kind = FINDING_HUNG;
    assert_true(finding_is_same(&f, FINDING_HUNG, &other));
}

/* Of the sample, one member of its tree put in the place of another. */
static void must_refuse(const char *member, json_t *value, const char *words)
{
    struct finding f = sample(), untouched = {.lives = 5};
    json_t *tree = finding_tree(&f);
    struct failure failure;

    if (value)
        json_object_set_new(tree, member, value);
    else
        json_object_del(tree, member);
    assert_false(finding_read(tree, &untouched, &failure));
    t_says(failure.sentence, words);
    assert_int_equal(untouched.lives, 5);
    json_decref(tree);
    finding_clear(&f);
}

static void what_is_no_finding_is_refused_with_a_sentence(void **state)
{
    (void)state;
    must_refuse("format", json_string("callspec-bundle/1"),
                "format: expected alksim-finding/1");
    must_refuse("seed", NULL, "seed: missing");
    must_refuse("seed", json_string("-1"), "seed: expected a number");
    must_refuse("seed", json_string("1"), "script: of another seed");
    must_refuse("floor", json_string("sky"), "floor: expected streams");
    must_refuse("broken", json_string("luck"), "broken: no such invariant");
    must_refuse("hash", json_string("00FF00ff00ff00ff"), "hash: expected 16");
    must_refuse("lines", json_integer(-1), "lines: expected a whole number");
    must_refuse("script", json_integer(1), "script: expected an object");
    must_refuse("shrunk", json_integer(1), "shrunk: expected an object");
    must_refuse("more", json_null(), "more: no such member");
}

static void a_file_is_written_and_read(void **state)
{
    const char *path = folder_write("finding", "");
    struct finding f = sample(), read;
    struct failure failure;

    (void)state;
    assert_true(finding_save(&f, path, &failure));
    assert_true(finding_load(path, &read, &failure));
    assert_int_equal(read.trace.count, 2);
    finding_clear(&read);
    finding_clear(&f);
    assert_false(finding_load(folder_write("finding", "{}"), &read, &failure));
    t_says(failure.sentence, "/finding: format: missing");
    folder_remove("finding");
    assert_false(finding_load("/no/such/finding", &read, &failure));
    t_says(failure.sentence, "/no/such/finding");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_finding_is_read_as_it_was_written),
        cmocka_unit_test(it_names_the_rules_that_were_broken),
        cmocka_unit_test(a_death_needs_nothing_but_its_seed),
        cmocka_unit_test(the_same_way_is_the_same_invariant),
        cmocka_unit_test(what_is_no_finding_is_refused_with_a_sentence),
        cmocka_unit_test(a_file_is_written_and_read),
    };

    value_setup(1);
    return cmocka_run_group_tests_name("finding", tests, folder_set_up,
                                       folder_tear_down);
}
