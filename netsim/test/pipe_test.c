/* SPDX-License-Identifier: MIT */
/*
 * Streams in memory: what is sent arrives, in its order and some time, whatever
 * the weather; who is gone is missed; and both ends know of a stream what those
 * of QUIC would.
 */
#include "netsim/pipe.h"
#include "netsim/test/village.h"

/* --------------------------------------------------------------- opening */

static void both_ends_know_who_the_other_is_and_call_at_once(void **state)
{
    (void)state;
    village_connect();
    assert_string_equal(village.ends[0][0].who, "n1");
    assert_string_equal(village.ends[0][1].who, "n0");
    village_chat(0);
    village_is_quiet();
}

static void the_acceptor_opens_first_and_the_dialler_when_it_hears(void **state)
{
    (void)state;
    village_dial(0, 0, 1);
    village_pass(10 * VILLAGE_MS);
    village_told(0, 1, 1, 0);
    village_told(0, 0, 0, 0);
    village_pass(10 * VILLAGE_MS);
    village_told(0, 0, 1, 0);
}

static void what_overtakes_the_welcome_waits_for_it(void **state)
{
    struct waiter w = {0};

    (void)state;
    village_dial(0, 0, 1);
    village_way(0, 1)->is_closed = true;
    village_pass(10 * VILLAGE_MS); /* the welcome is lost */
    village_way(0, 1)->is_closed = false;
    village_ask(0, 1, "t/echo", "1", &w);
    village_pass(15 * VILLAGE_MS);
    village_told(0, 0, 0, 0);
    village_pass(VILLAGE_S);
    waiter_heard(&w, "ok 1");
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

static void a_wrong_pin_never_opens_and_is_told_once(void **state)
{
    (void)state;
    village_dial(0, 0, 1);
    village.carrier.rekey(village.carrier.self, 1, village_key(1, 1));
    village_pass(100 * VILLAGE_S);
    village_told(0, 0, 0, 1);
    village_told(0, 1, 0, 0);
    assert_null(village_way(0, 0));
}

static void one_that_is_not_there_cannot_be_dialled(void **state)
{
    (void)state;
    village_crash(1);
    village_dial(0, 0, 1);
    village_pass(9 * VILLAGE_S);
    village_told(0, 0, 0, 0);
    village_pass(100 * VILLAGE_S);
    village_told(0, 0, 0, 1);
    village_told(0, 1, 0, 0);
    assert_null(village_way(0, 0));
}

static void one_that_comes_back_in_time_lets_in_who_is_waiting(void **state)
{
    (void)state;
    village_crash(1);
    village_dial(0, 0, 1);
    village_pass(5 * VILLAGE_S);
    village_start(1, 0);
    village_pass(4 * VILLAGE_S);
    village_told(0, 0, 1, 0);
    village_told(0, 1, 1, 0);
    village_chat(0);
}

static void a_dialler_that_crashes_leaves_nothing(void **state)
{
    (void)state;
    village_dial(0, 0, 1);
    village_pass(5 * VILLAGE_MS);
    village_crash(0);
    village_pass(100 * VILLAGE_S);
    village_told(0, 0, 0, 0);
    village_told(0, 1, 0, 0);
    assert_null(village_way(0, 0));
}

/* --------------------------------------------------------------- streams */

/* One long answer, that has to be the question to the last byte. */
static struct {
    char text[100000];
    int told;
    bool is_same;
    uint64_t told_ns;
} whole;

static void tell_whole(void *self, const struct pending_outcome *o)
{
    (void)self;
    whole.told++;
    whole.told_ns = village.now_ns;
    whole.is_same = o->is_ok && slice_equal(o->output, slice_of(whole.text));
}

static void ask_whole(size_t len)
{
    const struct pending_waiter waiter = {.tell = tell_whole};
    struct client_request request = {.operation = slice_of("t/echo"),
                                     .timeout_ns = 600 * VILLAGE_S};

    memset(&whole, 0, sizeof whole);
    for (size_t i = 0; i < len; i++)
        whole.text[i] = (char)('0' + (i * i + i / 7) % 10);
    whole.text[0] = whole.text[len - 1] = '"';
    request.input = slice_of(whole.text);
    node_advance(village.nodes[0], village.now_ns);
    client_call(village.ends[0][0].c, &request, waiter);
    village.carrier.touch(village.carrier.self, 0);
}

static void assert_whole(void)
{
    assert_int_equal(whole.told, 1);
    assert_true(whole.is_same);
}

static void within_a_stream_all_comes_in_its_order(void **state)
{
    static const uint32_t pieces[] = {0, 7, 100, 1200};
    static const uint64_t windows[] = {0, 100, 5000};
    struct carrier_config config =
        village_config((struct link_config){.delay_ns = 2 * VILLAGE_MS,
                                            .jitter_ns = 9 * VILLAGE_MS,
                                            .loss_ppm = 30000,
                                            .reorder_ppm = 200000,
                                            .duplicate_ppm = 100000,
                                            .reorder_ns = 20 * VILLAGE_MS});

    (void)state;
    for (size_t i = 0; i < T_COUNT(pieces) * T_COUNT(windows); i++) {
        config.piece_max = pieces[i % T_COUNT(pieces)];
        config.window = windows[i / T_COUNT(pieces)];
        village_begin_again(&config);
        village_connect();
        ask_whole(6000);
        village_pass(60 * VILLAGE_S);
        assert_whole();
        village_is_quiet();
    }
}

static void between_streams_there_is_no_order(void **state)
{
    struct waiter waiters[20] = {{0}};
    int overtaken = 0;

    (void)state;
    village_begin_again_in((struct link_config){.delay_ns = 10 * VILLAGE_MS,
                                                .reorder_ppm = 300000,
                                                .reorder_ns = 50 * VILLAGE_MS});
    village_connect();
    for (int i = 0; i < 20; i++)
        village_ask(0, 0, "t/echo", "1", &waiters[i]);
    village_pass(VILLAGE_S);
    for (int i = 0; i < 20; i++)
        waiter_heard(&waiters[i], "ok 1");
    for (int i = 1; i < 20; i++)
        overtaken += waiters[i].order < waiters[i - 1].order;
    assert_true(overtaken > 0);
}

static void a_window_is_as_wide_as_it_is_told(void **state)
{
    struct carrier_config config = village_config(village_clean);
    uint64_t began_ns;

    (void)state;
    config.window = 1000;
    village_begin_again(&config);
    village_connect();
    began_ns = village.now_ns;
    ask_whole(20000);
    village_pass(60 * VILLAGE_S);
    assert_whole();
    /* there and back for each 1000 bytes of two times 20000, and a little */
    assert_in_range(whole.told_ns - began_ns, 40 * 20 * VILLAGE_MS,
                    43 * 20 * VILLAGE_MS);
}

static void no_more_streams_are_opened_than_are_let(void **state)
{
    static struct waiter waiters[10];
    struct carrier_config config = village_config(village_clean);

    (void)state;
    memset(waiters, 0, sizeof waiters);
    config.stream_count = 2;
    village_begin_again(&config);
    village_connect();
    for (int i = 0; i < 10; i++)
        village_ask(0, 0, i < 2 ? "t/hold" : "t/echo", "1", &waiters[i]);
    village_pass(5 * VILLAGE_S);
    assert_int_equal(village.held, 2);
    for (int i = 0; i < 10; i++)
        assert_int_equal(waiters[i].told, 0);
    assert_int_equal(node_count(village.nodes[1]).streams, 2);
}

static void with_one_stream_at_a_time_all_is_answered(void **state)
{
    struct carrier_config config = village_config(village_clean);

    (void)state;
    config.stream_count = 1;
    village_begin_again(&config);
    village_connect();
    village_chat(0);
    village_is_quiet();
}

/* --------------------------------------------------------------- weather */

static void loss_delays_and_loses_nothing(void **state)
{
    uint64_t harmed[LINK_HARMS], began_ns;

    (void)state;
    village_begin_again_in(
        (struct link_config){.delay_ns = VILLAGE_MS, .loss_ppm = 400000});
    village_connect();
    began_ns = village.now_ns;
    ask_whole(50000);
    village_pass(60 * VILLAGE_S);
    assert_whole();
    assert_true(whole.told_ns - began_ns > 50 * VILLAGE_MS);
    village.carrier.harm(village.carrier.self, harmed);
    assert_true(harmed[LINK_LOST] > 20);
    village_is_quiet();
}

static void what_is_broken_or_cut_is_sent_again(void **state)
{
    (void)state;
    village_begin_again_in((struct link_config){
        .delay_ns = VILLAGE_MS, .corrupt_ppm = 200000, .truncate_ppm = 200000});
    village_connect();
    village_chat(0);
    village_is_quiet();
}

static void silence_ends_both_ends(void **state)
{
    (void)state;
    village_connect();
    village_hold_both_ways();
    village_way(0, 0)->is_closed = true; /* one way is enough */
    village_pass(25 * VILLAGE_S);
    village_told(0, 0, 1, 0);
    village_pass(60 * VILLAGE_S);
    village_told(0, 0, 1, 1);
    village_told(0, 1, 1, 1);
    village_lost(0);
    village_lost(1);
    assert_null(village_way(0, 0));
    village_is_quiet();
}

static void a_blackhole_that_passes_is_survived(void **state)
{
    struct waiter w = {0};

    (void)state;
    village_connect();
    village_way(0, 0)->is_closed = true;
    village_way(0, 1)->is_closed = true;
    village_ask(0, 0, "t/echo", "1", &w);
    village_pass(20 * VILLAGE_S);
    assert_int_equal(w.told, 0);
    village_way(0, 0)->is_closed = false;
    village_way(0, 1)->is_closed = false;
    village_pass(30 * VILLAGE_S);
    waiter_heard(&w, "ok 1");
    village_pass(300 * VILLAGE_S);
    village_told(0, 0, 1, 0);
}

static void rebinding_does_nothing(void **state)
{
    uint64_t hashes[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        village_begin_again_in(village_clean);
        village_connect();
        if (i)
            village.carrier.rebind(village.carrier.self, 0);
        village_chat(0);
        hashes[i] = village.hash;
    }
    assert_true(hashes[0] == hashes[1]);
}

/* --------------------------------------------------------------- leaving */

static void one_that_closes_says_goodbye(void **state)
{
    (void)state;
    village_connect();
    village_hold_both_ways();
    connection_close(village.ends[0][1].c);
    village.carrier.touch(village.carrier.self, 1);
    village_pass(5 * VILLAGE_MS);
    village_told(0, 1, 1, 1);
    village_told(0, 0, 1, 0);
    village_pass(5 * VILLAGE_MS);
    village_told(0, 0, 1, 1);
    village_lost(0);
    village_lost(1);
    assert_null(village_way(0, 0));
    village_is_quiet();
}

static void who_does_not_hear_the_goodbye_hears_nothing(void **state)
{
    (void)state;
    village_connect();
    village_way(0, 1)->is_closed = true;
    connection_close(village.ends[0][1].c);
    village.carrier.touch(village.carrier.self, 1);
    village_pass(VILLAGE_S);
    village_way(0, 1)->is_closed = false; /* it has given up saying so */
    village_pass(20 * VILLAGE_S);
    village_told(0, 0, 1, 0);
    village_pass(20 * VILLAGE_S);
    village_told(0, 0, 1, 1);
}

static void a_crash_is_found_out_and_one_that_returns_is_another(void **state)
{
    (void)state;
    village_connect();
    village_hold_both_ways();
    village_crash(1);
    village_lost(1);
    village_told(0, 1, 1, 0); /* nothing is told of it */
    village_pass(VILLAGE_S);
    village_start(1, 0);
    village_dial(1, 0, 1);
    village_dial(2, 1, 0);
    village_pass(VILLAGE_S);
    village_chat(1);
    village_chat(2);
    assert_int_equal(village.forever[0].told, 0);
    village_pass(40 * VILLAGE_S);
    village_lost(0);
    village_lost(1);
    village_told(0, 0, 1, 1);
    village_told(0, 1, 1, 0);
    assert_null(village_way(0, 0));
    village_is_quiet();
}

/* What is on its way when its sender dies arrives; what was lost does not. */
static void the_dead_do_not_send_again(void **state)
{
    static struct waiter w;

    (void)state;
    village_connect();
    village_ask(0, 0, "t/hold", "1", &w);
    village_pass(VILLAGE_MS);
    village_crash(0);
    village_pass(VILLAGE_S);
    assert_int_equal(village.held, 1);
    village_start(0, 0);
    village_dial(1, 0, 1);
    village_pass(VILLAGE_S);
    village_way(1, 0)->is_closed = true;
    village_ask(1, 0, "t/hold", "1", &w);
    village_pass(VILLAGE_MS);
    village_way(1, 0)->is_closed = false;
    village_crash(0);
    village_pass(10 * VILLAGE_S);
    assert_int_equal(village.held, 1);
}

/* --------------------------------------------------------------- the same */

static uint64_t live(uint64_t seed)
{
    struct carrier_config config = village_config(village_rough);

    config.seed = seed;
    config.piece_max = 50;
    return village_live(&config);
}

static void the_same_seed_is_the_same_life_and_another_another(void **state)
{
    const uint64_t first = live(1);

    (void)state;
    assert_true(live(1) == first);
    assert_true(live(2) != first);
    assert_true(live(1) == first);
}

static void what_is_under_way_at_the_end_is_given_back(void **state)
{
    (void)state;
    village_connect();
    village_ask(0, 0, "t/hold", "1", &village.forever[0]);
    village_dial(1, 2, 3);
    ask_whole(50000);
    village_pass(12 * VILLAGE_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VILLAGE_TEST(both_ends_know_who_the_other_is_and_call_at_once),
        VILLAGE_TEST(the_acceptor_opens_first_and_the_dialler_when_it_hears),
        VILLAGE_TEST(what_overtakes_the_welcome_waits_for_it),
        VILLAGE_TEST(a_stranger_is_let_in_as_nobody),
        VILLAGE_TEST(a_wrong_pin_never_opens_and_is_told_once),
        VILLAGE_TEST(one_that_is_not_there_cannot_be_dialled),
        VILLAGE_TEST(one_that_comes_back_in_time_lets_in_who_is_waiting),
        VILLAGE_TEST(a_dialler_that_crashes_leaves_nothing),
        VILLAGE_TEST(within_a_stream_all_comes_in_its_order),
        VILLAGE_TEST(between_streams_there_is_no_order),
        VILLAGE_TEST(a_window_is_as_wide_as_it_is_told),
        VILLAGE_TEST(no_more_streams_are_opened_than_are_let),
        VILLAGE_TEST(with_one_stream_at_a_time_all_is_answered),
        VILLAGE_TEST(loss_delays_and_loses_nothing),
        VILLAGE_TEST(what_is_broken_or_cut_is_sent_again),
        VILLAGE_TEST(silence_ends_both_ends),
        VILLAGE_TEST(a_blackhole_that_passes_is_survived),
        VILLAGE_TEST(rebinding_does_nothing),
        VILLAGE_TEST(one_that_closes_says_goodbye),
        VILLAGE_TEST(who_does_not_hear_the_goodbye_hears_nothing),
        VILLAGE_TEST(a_crash_is_found_out_and_one_that_returns_is_another),
        VILLAGE_TEST(the_dead_do_not_send_again),
        cmocka_unit_test(the_same_seed_is_the_same_life_and_another_another),
        VILLAGE_TEST(what_is_under_way_at_the_end_is_given_back),
    };

    village_carrier = pipe_carrier;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
