/* SPDX-License-Identifier: MIT */
/*
 * One seed is one life: lived twice it is the same to the last byte, and so is
 * one that was written down, in which nothing is left to chance.
 */
#include "netsim/life.h"
#include "netsim/script.h"
#include "ref/test/t.h"

#define SEEDS 40

static struct life_report live(uint64_t seed, const struct script *script,
                               struct script *ret_script)
{
    const struct life_terms terms = {.seed = seed,
                                     .floor = LIFE_STREAMS,
                                     .script = script,
                                     .ret_script = ret_script};
    struct life_report r = life_run(&terms);

    if (r.ledger.is_broken)
        fail_msg("seed %llu: %s", (unsigned long long)seed, r.ledger.what);
    return r;
}

static void assert_alike(const struct life_report *one,
                         const struct life_report *other)
{
    assert_int_equal(one->hash, other->hash);
    assert_int_equal(one->lines, other->lines);
    assert_int_equal(one->virtual_ns, other->virtual_ns);
    assert_memory_equal(one->tally.of, other->tally.of, sizeof one->tally.of);
    assert_memory_equal(one->tally.harmed, other->tally.harmed,
                        sizeof one->tally.harmed);
}

static void one_seed_is_one_life(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct life_report one = live(seed, NULL, NULL);
        struct life_report other = live(seed, NULL, NULL);

        assert_alike(&one, &other);
    }
}

static void another_seed_is_another_life(void **state)
{
    uint64_t hashes[SEEDS];

    (void)state;
    for (uint64_t i = 0; i < SEEDS; i++) {
        hashes[i] = live(1 + i, NULL, NULL).hash;
        for (uint64_t before = 0; before < i; before++)
            assert_int_not_equal(hashes[before], hashes[i]);
    }
}

/* --------------------------------------------------------- written down */

/* What was lived, as it comes out of its file. */
static struct script through_a_file(const struct script *s)
{
    json_t *tree = script_tree(s);
    struct script read = {.seed = 0};
    struct failure f;
    struct buf text;

    buf_init(&text, 1 << 24);
    assert_true(value_print(tree, &text));
    json_decref(tree);
    tree = value_parse(buf_slice(&text), &f);
    buf_clear(&text);
    if (!tree || !script_read(tree, &read, &f))
        fail_msg("%s", f.sentence);
    json_decref(tree);
    return read;
}

static struct script written_down(uint64_t seed, struct life_report *ret)
{
    struct script lived = {.seed = 0}, read;

    *ret = live(seed, NULL, &lived);
    read = through_a_file(&lived);
    script_clear(&lived);
    return read;
}

static void what_was_written_down_is_lived_again_without_chance(void **state)
{
    size_t decisions = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct life_report one, other;
        struct script script = written_down(seed, &one);

        assert_true(script.has_decisions);
        decisions += script.decision_count;
        other = live(seed, &script, NULL);
        assert_alike(&one, &other);
        script_clear(&script);
    }
    assert_true(decisions > 1000);
}

/* Chance would have them all. */
static void decisions_that_were_taken_out_do_not_come_back(void **state)
{
    struct life_report one, other;
    struct script script = written_down(1, &one);

    (void)state;
    assert_true(one.tally.harmed[LINK_LOST] + one.tally.harmed[LINK_BURST] > 0);
    script.decision_count = 0;
    other = live(1, &script, NULL);
    assert_int_equal(other.tally.harmed[LINK_LOST], 0);
    assert_int_equal(other.tally.harmed[LINK_BURST], 0);
    assert_int_equal(other.tally.harmed[LINK_REORDERED], 0);
    script_clear(&script);
}

static void one_step_less_is_another_life(void **state)
{
    struct life_report one, other;
    struct script script = written_down(3, &one);

    (void)state;
    script.step_count--;
    other = live(3, &script, NULL);
    assert_int_not_equal(one.hash, other.hash);
    script_clear(&script);
}

static void one_step_that_is_changed_makes_another_life(void **state)
{
    struct life_report one, other;
    struct script script = written_down(3, &one);

    (void)state;
    script.steps[0].what++;
    other = live(3, &script, NULL);
    assert_int_not_equal(one.hash, other.hash);
    script_clear(&script);
}

/* --------------------------------------------------------- looking and alarm
 */

static void count_line(void *self, struct slice line)
{
    (void)line;
    ++*(uint64_t *)self;
}

static void who_listens_changes_nothing(void **state)
{
    uint64_t heard = 0;
    const struct life_terms terms = {
        .seed = 7, .floor = LIFE_STREAMS, .trace = {count_line, &heard}};
    struct life_report one = live(7, NULL, NULL), other = life_run(&terms);

    (void)state;
    assert_alike(&one, &other);
    assert_int_equal(heard, other.lines);
}

static void the_canary_is_heard(void **state)
{
    const struct life_terms terms = {
        .seed = 1, .floor = LIFE_STREAMS, .has_canary = true};
    struct life_report r = life_run(&terms);

    (void)state;
    assert_true(r.ledger.is_broken);
    assert_int_equal(r.ledger.broken, INVARIANT_CANARY);
}

static void many_lives_look_at_every_invariant_and_meet_every_harm(void **state)
{
    struct ledger sum = {.is_broken = false};
    struct tally tally = {.of = {0}};

    (void)state;
    for (uint64_t seed = 1; seed <= 3 * SEEDS; seed++) {
        struct life_report r = live(seed, NULL, NULL);

        tally_add(&tally, &r.tally);
        for (int i = 0; i < INVARIANTS; i++)
            sum.evaluated[i] += r.ledger.evaluated[i];
    }
    for (int i = 0; i < LINK_HARMS; i++)
        if (!tally.harmed[i] && i != LINK_TOO_LONG) /* words are short */
            fail_msg("nothing was %s", link_harm_name((enum link_harm)i));
    for (int i = 0; i < INVARIANTS; i++)
        if (!sum.evaluated[i] && i != INVARIANT_CANARY &&
            i != INVARIANT_HARMLESS)
            fail_msg("nobody looked at %s",
                     invariant_text((enum invariant)i)->name);
}

/* --------------------------------------------------------- other builds */

static void print(enum life_floor floor, uint64_t seeds)
{
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        const struct life_terms terms = {.seed = seed, .floor = floor};

        printf("%d %llu %016llx\n", (int)floor, (unsigned long long)seed,
               (unsigned long long)life_run(&terms).hash);
    }
}

/* With any argument it lives some lives and says what they were:
 * determinism_test.sh holds builds against each other. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_seed_is_one_life),
        cmocka_unit_test(another_seed_is_another_life),
        cmocka_unit_test(what_was_written_down_is_lived_again_without_chance),
        cmocka_unit_test(decisions_that_were_taken_out_do_not_come_back),
        cmocka_unit_test(one_step_less_is_another_life),
        cmocka_unit_test(one_step_that_is_changed_makes_another_life),
        cmocka_unit_test(who_listens_changes_nothing),
        cmocka_unit_test(the_canary_is_heard),
        cmocka_unit_test(
            many_lives_look_at_every_invariant_and_meet_every_harm),
    };

    (void)argv;
    life_setup();
    if (argc > 1) {
        print(LIFE_STREAMS, 2 * SEEDS);
        print(LIFE_QUIC, SEEDS / 4);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
