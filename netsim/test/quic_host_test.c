/* SPDX-License-Identifier: MIT */
/*
 * Nodes on real QUIC in virtual time: what is asked is answered in any weather
 * that lets something through, what is lost is noticed at both ends, and the
 * same seed is the same run to the last byte.
 */
#include "netsim/quic_host.h"
#include "netsim/takeover.h"
#include "netsim/test/village.h"

/* --------------------------------------------------------- opening, closing
 */

static void both_ends_know_who_the_other_is_and_call_at_once(void **state)
{
    (void)state;
    village_connect();
    assert_string_equal(village.ends[0][0].who, "n1");
    assert_string_equal(village.ends[0][1].who, "n0");
    assert_int_equal(village.carrier.handshakes(village.carrier.self), 1);
    village_chat(0);
    village_is_quiet();
}

static void a_stranger_is_let_in_as_nobody(void **state)
{
    const struct carrier_dial dial = {.from = 0, .to = 1, .shows_key = false};

    (void)state;
    village.carrier.dial(village.carrier.self, &dial, 0);
    village_pass(VILLAGE_S);
    village_told(0, 0, 1, 0);
    assert_string_equal(village.ends[0][0].who, "n1");
    assert_string_equal(village.ends[0][1].who, "");
}

static struct waiter each[VILLAGE_TIES];

static void ask_each(uint32_t tie)
{
    memset(&each[tie], 0, sizeof each[tie]);
    village_ask(tie, tie % 2, "t/echo", "5", &each[tie]);
}

static void five_nodes_talk_over_eleven_ties(void **state)
{
    uint32_t tie = 0;

    (void)state;
    for (uint32_t from = 0; from < VILLAGE_NODES; from++)
        for (uint32_t to = 0; to < from; to++)
            village_dial(tie++, from, to);
    village_dial(tie++, 1, 0); /* two nodes may have two ties */
    village_pass(VILLAGE_S);
    assert_int_equal(tie, 11);
    for (uint32_t i = 0; i < tie; i++) {
        village_told(i, 0, 1, 0);
        village_told(i, 1, 1, 0);
    }
    for (uint32_t i = 0; i < tie; i++)
        ask_each(i);
    village_pass(VILLAGE_S);
    for (uint32_t i = 0; i < tie; i++)
        waiter_heard(&each[i], "ok 5");
    village_is_quiet();
}

static void one_that_closes_is_told_so_and_so_is_the_other(void **state)
{
    (void)state;
    village_connect();
    village_hold_both_ways();
    connection_close(village.ends[0][1].c);
    village.carrier.touch(village.carrier.self, 1);
    village_pass(VILLAGE_S);
    village_lost(0);
    village_lost(1);
    village_told(0, 0, 1, 1);
    village_told(0, 1, 1, 1);
    assert_null(village_way(0, 0));
    assert_null(village_way(0, 1));
    village_is_quiet();
}

static void who_is_there_is_heard_of_though_nobody_waits(void **state)
{
    (void)state;
    village_connect();
    village_pass(200 * VILLAGE_S);
    village_told(0, 0, 1, 0);
    village_told(0, 1, 1, 0);
    village_chat(0);
}

/* --------------------------------------------------------------- weather */

static void in(const struct link_config *weather, enum link_harm harm)
{
    uint64_t harmed[LINK_HARMS];

    village_begin_again_in(*weather);
    village_dial(0, 0, 1);
    village_pass(20 * VILLAGE_S);
    village_told(0, 0, 1, 0);
    village_told(0, 1, 1, 0);
    village_chat(0);
    village.carrier.harm(village.carrier.self, harmed);
    if (!harmed[harm])
        fail_msg("none was %s", link_harm_name(harm));
    village_is_quiet();
}

static void in_any_weather_all_calls_are_answered(void **state)
{
    static const struct {
        enum link_harm harm;
        struct link_config weather;
    } all[] = {
        {LINK_LOST, {.loss_ppm = 50000}},
        {LINK_BURST,
         {.burst_begin_ppm = 30000,
          .burst_end_ppm = 300000,
          .burst_loss_ppm = 900000}},
        {LINK_DOUBLED, {.duplicate_ppm = 200000}},
        {LINK_REORDERED,
         {.reorder_ppm = 200000, .reorder_ns = 30 * VILLAGE_MS}},
        {LINK_CORRUPTED, {.corrupt_ppm = 50000}},
        {LINK_TRUNCATED, {.truncate_ppm = 50000}},
        {LINK_CROWDED, {.rate_bytes = 3000, .queue_bytes = 1300}},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(all); i++) {
        struct link_config weather = all[i].weather;

        weather.delay_ns = 10 * VILLAGE_MS;
        weather.jitter_ns = 5 * VILLAGE_MS;
        in(&weather, all[i].harm);
    }
}

static void a_blackhole_is_noticed_at_both_ends(void **state)
{
    (void)state;
    village_connect();
    village_hold_both_ways();
    for (uint32_t side = 0; side < 2; side++)
        village_way(0, side)->is_closed = true;
    village_pass(20 * VILLAGE_S);
    village_told(0, 0, 1, 0);
    village_pass(80 * VILLAGE_S);
    village_told(0, 0, 1, 1);
    village_told(0, 1, 1, 1);
    village_lost(0);
    village_lost(1);
    village_is_quiet();
}

static void a_blackhole_that_passes_is_survived(void **state)
{
    struct link *way;
    struct waiter w = {0};

    (void)state;
    village_connect();
    way = village_way(0, 0);
    way->is_closed = true;
    village_ask(0, 0, "t/echo", "1", &w);
    village_pass(10 * VILLAGE_S);
    assert_int_equal(w.told, 0);
    way->is_closed = false;
    village_pass(30 * VILLAGE_S);
    waiter_heard(&w, "ok 1");
}

/* --------------------------------------------------------------- misfortune */

static void a_crash_is_found_out_and_one_that_returns_is_another(void **state)
{
    (void)state;
    village_connect();
    village_hold_both_ways();
    village_crash(1);
    village_lost(1);
    village_told(0, 1, 1, 0); /* nothing is told of it */
    assert_int_equal(village.forever[0].told, 0);
    village_pass(VILLAGE_S);
    village_start(1, 0);
    village_dial(1, 0, 1);
    village_dial(2, 1, 0);
    village_pass(VILLAGE_S);
    village_chat(1);
    village_chat(2);
    village_pass(40 * VILLAGE_S);
    village_lost(0);
    village_told(0, 0, 1, 1);
    village_told(0, 1, 1, 0);
    assert_null(village_way(0, 0));
    village_is_quiet();
}

static void a_crash_of_the_dialler_leaves_nothing(void **state)
{
    (void)state;
    village_connect();
    village_dial(1, 0, 1);
    village_pass(15 * VILLAGE_MS); /* half a handshake */
    village_crash(0);
    village_pass(100 * VILLAGE_S);
    village_told(0, 1, 1, 1);
    village_told(1, 0, 0, 0);
    village_told(1, 1, 0, 0);
    assert_null(village_way(1, 0));
}

static void one_that_is_not_there_cannot_be_dialled(void **state)
{
    (void)state;
    village_crash(1);
    village_dial(0, 0, 1);
    assert_non_null(village_way(0, 0));
    village_pass(100 * VILLAGE_S);
    village_told(0, 0, 0, 1);
    village_told(0, 1, 0, 0);
    assert_null(village_way(0, 0));
}

static void one_whose_address_changes_goes_on(void **state)
{
    (void)state;
    village_connect();
    village_ask(0, 1, "t/hold", "1", &village.forever[1]);
    for (int i = 0; i < 5; i++) {
        village_pass(100 * VILLAGE_MS);
        village.carrier.rebind(village.carrier.self, 0);
        village_chat(0);
    }
    assert_int_equal(village.forever[1].told, 0);
    village_told(0, 0, 1, 0);
    village_told(0, 1, 1, 0);
}

/* What was sent to the old one is lost, and comes again when side 0 speaks. */
static void an_address_may_change_while_answers_are_on_their_way(void **state)
{
    static struct waiter waiters[VILLAGE_CALLS];

    (void)state;
    memset(waiters, 0, sizeof waiters);
    village_connect();
    for (uint32_t i = 0; i < VILLAGE_CALLS; i++) {
        village_ask(0, i % 2, "t/echo", "1", &waiters[i]);
        village_pass(13 * VILLAGE_MS);
        village.carrier.rebind(village.carrier.self, 0);
    }
    village_pass(60 * VILLAGE_S);
    for (uint32_t i = 0; i < VILLAGE_CALLS; i++)
        waiter_heard(&waiters[i], "ok 1");
}

static void a_new_key_is_for_new_connections(void **state)
{
    (void)state;
    village_connect();
    village.carrier.rekey(village.carrier.self, 1, village_key(1, 1));
    village_dial(1, 0, 1); /* whom nobody knows by that key */
    village_dial(2, 1, 0);
    village_pass(VILLAGE_S);
    village_told(1, 0, 1, 0);
    assert_string_equal(village.ends[1][0].who, "");
    assert_string_equal(village.ends[2][1].who, "");
    village_chat(0);
    village_chat(1);
    village_chat(2);
}

/* It was dialled by the key it had, and gets there when it has another. */
static void a_wrong_pin_never_opens_and_is_told_once(void **state)
{
    (void)state;
    village_dial(0, 0, 1);
    village.carrier.rekey(village.carrier.self, 1, village_key(1, 1));
    village_pass(100 * VILLAGE_S);
    village_told(0, 0, 0, 1);
    village_told(0, 1, 0, 0);
    assert_int_equal(village.carrier.handshakes(village.carrier.self), 0);
}

/* --------------------------------------------------------------- the same */

static uint64_t live(const struct carrier_config *config)
{
    uint64_t hash = village_live(config);

    assert_true(takeover_drawn() > 0);
    return hash;
}

static void the_same_seed_is_the_same_life_and_another_another(void **state)
{
    struct carrier_config config = village_config(village_rough);
    uint64_t first = live(&config);

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(live(&config) == first);
    config.seed = 2;
    assert_true(live(&config) != first);
    config.seed = 1;
    assert_true(live(&config) == first);
}

/* This program, which can be asked for a life and no test. */
static const char *program;

static void another_process_lives_the_same_life(void **state)
{
    struct carrier_config config = village_config(village_rough);
    char command[4096], hash[17], wanted[17];
    FILE *other;

    (void)state;
    snprintf(command, sizeof command, "'%s' life", program);
    snprintf(wanted, sizeof wanted, "%016llx",
             (unsigned long long)live(&config));
    other = popen(command, "r");
    assert_non_null(other);
    assert_int_equal(fscanf(other, "%16s", hash), 1);
    assert_int_equal(pclose(other), 0);
    assert_string_equal(hash, wanted);
}

/* Decisions that were made, in their order; `gone` is left out. */
static struct book {
    struct link_decision decisions[1000];
    size_t count;
    size_t gone;
} book;

static void write_down(void *self, const struct link_decision *d)
{
    (void)self;
    assert_true(book.count < T_COUNT(book.decisions));
    book.decisions[book.count++] = *d;
}

static bool look_up(void *self, struct link_decision *ret)
{
    (void)self;
    for (size_t i = 0; i < book.count; i++) {
        const struct link_decision *d = &book.decisions[i];

        if (i != book.gone && d->link == ret->link &&
            d->direction == ret->direction && d->packet == ret->packet) {
            *ret = *d;
            return true;
        }
    }
    return false;
}

static void one_decision_less_is_another_life(void **state)
{
    const struct link_almanac writer = {.decided = write_down};
    const struct link_almanac reader = {.recorded = look_up};
    struct carrier_config config = village_config(village_rough);
    uint64_t first;

    (void)state;
    book.count = 0;
    book.gone = SIZE_MAX;
    config.almanac = &writer;
    first = live(&config);
    assert_true(book.count > 50);
    config.almanac = &reader;
    assert_true(live(&config) == first);
    book.gone = book.count / 2;
    assert_true(live(&config) != first);
}

static int live_once(void)
{
    struct carrier_config config = village_config(village_rough);

    printf("%016llx\n", (unsigned long long)live(&config));
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        VILLAGE_TEST(both_ends_know_who_the_other_is_and_call_at_once),
        VILLAGE_TEST(a_stranger_is_let_in_as_nobody),
        VILLAGE_TEST(five_nodes_talk_over_eleven_ties),
        VILLAGE_TEST(one_that_closes_is_told_so_and_so_is_the_other),
        VILLAGE_TEST(who_is_there_is_heard_of_though_nobody_waits),
        VILLAGE_TEST(in_any_weather_all_calls_are_answered),
        VILLAGE_TEST(a_blackhole_is_noticed_at_both_ends),
        VILLAGE_TEST(a_blackhole_that_passes_is_survived),
        VILLAGE_TEST(a_crash_is_found_out_and_one_that_returns_is_another),
        VILLAGE_TEST(a_crash_of_the_dialler_leaves_nothing),
        VILLAGE_TEST(one_that_is_not_there_cannot_be_dialled),
        VILLAGE_TEST(one_whose_address_changes_goes_on),
        VILLAGE_TEST(an_address_may_change_while_answers_are_on_their_way),
        VILLAGE_TEST(a_new_key_is_for_new_connections),
        VILLAGE_TEST(a_wrong_pin_never_opens_and_is_told_once),
        cmocka_unit_test(the_same_seed_is_the_same_life_and_another_another),
        cmocka_unit_test(another_process_lives_the_same_life),
        cmocka_unit_test(one_decision_less_is_another_life),
    };

    program = argv[0];
    village_carrier = quic_host_carrier;
    if (argc > 1)
        return live_once();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
