/* SPDX-License-Identifier: MIT */
/*
 * Worlds in which much mischief is done and nothing else goes wrong: it is all
 * done, nobody else comes to harm, and it is the same each time.
 */
#include "netsim/cast.h"
#include "netsim/life.h"
#include "netsim/script.h"
#include "ref/test/t.h"

#define WORLDS 8
#define STEPS_EACH 120
#define MS UINT64_C(1000000)

static uint32_t liars_in(const struct cast *cast)
{
    uint32_t count = 0;

    for (uint32_t at = 0; at < cast->node_count; at++)
        count += cast->nodes[at].role == CAST_LIAR;
    return count;
}

/* The next seed of a small world, with liars or without. */
static uint64_t seed_after(uint64_t seed, bool has_liars)
{
    static struct cast cast;

    do
        cast_draw(&cast, ++seed);
    while (cast.node_count > 7 || cast.node_count < 3 ||
           (liars_in(&cast) > 0) != has_liars);
    return seed;
}

/* One third of the steps asks, one gives up, and one is mischief. */
static struct script busy(uint64_t seed, enum life_floor floor)
{
    static const enum step_kind kinds[] = {STEP_CALL, STEP_MISCHIEF,
                                           STEP_ABORT};
    struct script s = {.seed = seed, .floor = floor};

    for (uint32_t number = 1; number <= STEPS_EACH; number++) {
        const struct step step = {.at_ns = (500 + 60 * number) * MS,
                                  .kind = kinds[number % 3],
                                  .number = number,
                                  .who = number / 3,
                                  .tie = number / 7,
                                  .what = number % 3 == 2 ? number - 2
                                                          : number / 3};

        script_add(&s, &step);
    }
    return s;
}

static struct life_report live(uint64_t seed, enum life_floor floor)
{
    struct script script = busy(seed, floor);
    const struct life_terms terms = {
        .seed = seed, .floor = floor, .script = &script};
    struct life_report r = life_run(&terms);

    script_clear(&script);
    if (r.ledger.is_broken)
        fail_msg("seed %llu: %s: %s", (unsigned long long)seed,
                 invariant_text(r.ledger.broken)->name, r.ledger.what);
    return r;
}

static void harm_nobody(enum life_floor floor)
{
    uint64_t seed = 0, looked = 0;
    struct tally sum = {.of = {0}};

    for (int i = 0; i < WORLDS; i++) {
        struct life_report r = live(seed = seed_after(seed, true), floor);

        tally_add(&sum, &r.tally);
        looked += r.ledger.evaluated[INVARIANT_HARMLESS];
    }
    for (int kind = TALLY_RESETS; kind <= TALLY_STALLED_PEERS; kind++)
        if (!sum.of[kind])
            fail_msg("no %s", tally_name((enum tally_kind)kind));
    assert_true(looked > 100);
}

static void liars_do_all_they_can_on_streams_and_harm_nobody(void **state)
{
    (void)state;
    harm_nobody(LIFE_STREAMS);
}

static void liars_do_all_they_can_on_quic_and_harm_nobody(void **state)
{
    (void)state;
    harm_nobody(LIFE_QUIC);
}

static void lies_are_the_same_each_time(void **state)
{
    const uint64_t seed = seed_after(0, true);

    (void)state;
    for (int floor = LIFE_STREAMS; floor <= LIFE_QUIC; floor++) {
        const struct life_report one = live(seed, (enum life_floor)floor);
        const struct life_report other = live(seed, (enum life_floor)floor);

        assert_int_equal(one.hash, other.hash);
        assert_int_equal(one.lines, other.lines);
    }
}

static void where_nobody_lies_mischief_is_nothing(void **state)
{
    const struct life_report r = live(seed_after(0, false), LIFE_STREAMS);

    (void)state;
    for (int kind = TALLY_RESETS; kind <= TALLY_STALLED_PEERS; kind++)
        assert_int_equal(r.tally.of[kind], 0);
}

static void the_hub_and_its_first_peer_never_lie_and_others_may(void **state)
{
    static struct cast cast;
    uint64_t with = 0, hostile = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        cast_draw(&cast, seed);
        assert_int_not_equal(cast.nodes[0].role, CAST_LIAR);
        assert_int_not_equal(cast.nodes[1].role, CAST_LIAR);
        if (!cast_has(&cast, CAST_HOSTILE))
            assert_int_equal(liars_in(&cast), 0);
        else if (cast.node_count > 2)
            assert_true(liars_in(&cast) > 0);
        with += liars_in(&cast) > 0;
        hostile += cast_has(&cast, CAST_HOSTILE);
    }
    assert_in_range(with, 80, hostile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(liars_do_all_they_can_on_streams_and_harm_nobody),
        cmocka_unit_test(liars_do_all_they_can_on_quic_and_harm_nobody),
        cmocka_unit_test(lies_are_the_same_each_time),
        cmocka_unit_test(where_nobody_lies_mischief_is_nothing),
        cmocka_unit_test(the_hub_and_its_first_peer_never_lie_and_others_may),
    };

    life_setup();
    return cmocka_run_group_tests_name("liar", tests, NULL, NULL);
}
