/* SPDX-License-Identifier: MIT */
/*
 * How much of what was written is kept, and for whom: streams by themselves,
 * then streams of a connection to a peer that reads some and leaves others.
 */
#include "ref/quic/quic_core.h"
#include "ref/test/pair.h"

#define OWN QUIC_STREAM_OWN
#define SHARED QUIC_STREAM_SHARED
#define WIDE UINT64_MAX /* a window that admits anything */

static const uint8_t zeros[2 * QUIC_STREAM_MAX];

static struct slice much(void)
{
    return slice_make(zeros, sizeof zeros);
}

/* Sends all that was not sent, as if a packet had taken it. */
static void send_all(struct quic_stream *s)
{
    bool fin;

    while (s->sent < s->written)
        quic_stream_sent(s, quic_stream_unsent(s, &fin).len, false);
}

/* ---------------------------------------------------------- by themselves */

static void a_stream_takes_no_more_than_its_most(void **state)
{
    struct quic_stream_table table = {.count = 0};
    struct quic_stream *s = quic_stream_add(&table, 0);

    (void)state;
    assert_int_equal(quic_stream_write(s, much(), false, WIDE),
                     QUIC_STREAM_MAX);
    assert_int_equal(quic_stream_write(s, much(), false, WIDE), 0);
    assert_int_equal(table.shared, QUIC_STREAM_MAX - OWN);
    quic_stream_clear(&table);
}

static void every_stream_keeps_its_own_when_all_is_shared_out(void **state)
{
    struct quic_stream_table table = {.count = 0};
    uint64_t taken = 0;

    (void)state;
    for (int64_t id = 0; id < 1000; id++)
        taken += quic_stream_write(quic_stream_add(&table, id * 4), much(),
                                   false, WIDE);
    assert_int_equal(taken, SHARED + 1000 * OWN);
    assert_int_equal(table.shared, SHARED);
    quic_stream_clear(&table);
    assert_int_equal(table.shared, 0);
}

static void what_the_peer_does_not_admit_is_the_streams_own(void **state)
{
    struct quic_stream_table table = {.count = 0};
    struct quic_stream *s = quic_stream_add(&table, 0);

    (void)state;
    assert_int_equal(quic_stream_write(s, much(), false, 0), OWN);
    assert_int_equal(quic_stream_write(s, much(), false, OWN), 0);
    assert_int_equal(quic_stream_write(s, much(), false, OWN + 5000), 5000);
    assert_int_equal(table.shared, 5000);
    quic_stream_clear(&table);
}

static void what_was_acknowledged_makes_room_and_is_told_once(void **state)
{
    struct quic_stream_table table = {.count = 0};
    struct quic_stream *s = quic_stream_add(&table, 0);

    (void)state;
    quic_stream_write(s, much(), false, WIDE);
    send_all(s);
    quic_stream_acked(s, 1000);
    assert_false(quic_stream_has_room_again(s, WIDE));
    assert_int_equal(table.shared, QUIC_STREAM_MAX - OWN - 1000);
    quic_stream_acked(s, QUIC_STREAM_MAX / 2);
    assert_true(quic_stream_has_room_again(s, WIDE));
    assert_false(quic_stream_has_room_again(s, WIDE));
    quic_stream_acked(s, QUIC_STREAM_MAX / 2 - 1000);
    assert_int_equal(table.shared, 0);
    assert_null(s->oldest);
    quic_stream_clear(&table);
}

static void a_stream_without_window_is_told_when_its_own_is_there(void **state)
{
    struct quic_stream_table table = {.count = 0};
    struct quic_stream *s = quic_stream_add(&table, 0);

    (void)state;
    quic_stream_write(s, much(), false, 0);
    assert_false(quic_stream_has_room_again(s, 0));
    assert_true(quic_stream_has_room_again(s, WIDE));
    quic_stream_write(s, much(), false, 0);
    send_all(s);
    quic_stream_acked(s, OWN);
    assert_true(quic_stream_has_room_again(s, 0));
    quic_stream_clear(&table);
}

/* What was sent stays in place: somebody may look at it again. */
static void a_stream_that_is_over_forgets_what_it_did_not_send(void **state)
{
    struct quic_stream_table table = {.count = 0};
    struct quic_stream *s = quic_stream_add(&table, 0);

    (void)state;
    quic_stream_write(s, much(), false, WIDE);
    quic_stream_sent(s, 100, false);
    quic_stream_end(s);
    assert_int_equal(table.shared, 0);
    assert_false(quic_stream_is_pending(s));
    assert_non_null(s->oldest);
    assert_int_equal(quic_stream_write(s, much(), false, WIDE), 0);
    assert_false(quic_stream_has_room_again(s, WIDE));
    quic_stream_acked(s, 100);
    assert_null(s->oldest);
    quic_stream_clear(&table);
}

/* --------------------------------------------------------- on a connection */

#define STREAMS 60
#define BODY (200 * 1024u)
#define WINDOW (64 * 1024u)

static struct slice rests[STREAMS]; /* of bodies: not taken yet */

/* Opens them all, and writes once on each. */
static void begin_bodies(void)
{
    int64_t stream;

    for (size_t i = 0; i < STREAMS; i++) {
        assert_true(quic_open(pair.dialler.quic, &stream));
        assert_int_equal(stream, i * 4);
        pair.dialler.is_writable[i] = true;
        rests[i] = slice_make(zeros, BODY);
    }
}

/* Writes where there is room again, and nowhere else. */
static void go_on(void)
{
    for (size_t i = 0; i < STREAMS; i++) {
        if (!pair.dialler.is_writable[i] || !rests[i].len)
            continue;
        pair.dialler.is_writable[i] = false;
        rests[i] =
            slice_skip(rests[i], quic_write(pair.dialler.quic, (int64_t)i * 4,
                                            rests[i], true));
    }
    assert_true(pair.dialler.quic->table.shared <= SHARED);
}

static void run_bodies(uint64_t seconds)
{
    for (uint64_t i = 0; i < seconds * 100; i++) {
        go_on();
        pair_run(PAIR_S / 100);
    }
}

static void listen_narrowly(void)
{
    struct quic_config listen = pair_config(&pair.acceptor);

    listen.stream_window = WINDOW;
    pair_listen(&listen);
}

static void a_stream_that_is_not_consumed_stops_at_its_window(void **state)
{
    struct slice rest = slice_make(zeros, 2 * WINDOW);
    int64_t stream, other;

    (void)state;
    listen_narrowly();
    pair.acceptor.is_hoarding = true;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    rest = slice_skip(rest, quic_write(pair.dialler.quic, stream, rest, true));
    pair_run(5 * PAIR_S);
    rest = slice_skip(rest, quic_write(pair.dialler.quic, stream, rest, true));
    pair_run(5 * PAIR_S);
    assert_int_equal(pair.acceptor.received, WINDOW);
    assert_true(quic_is_flushed(pair.dialler.quic));
    assert_true(quic_open(pair.dialler.quic, &other));
    quic_write(pair.dialler.quic, other, slice_of("passes"), true);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.received, WINDOW + 6);
    quic_consumed(pair.acceptor.quic, stream, WINDOW);
    pair_run(PAIR_S / 1000);
    assert_false(quic_is_flushed(pair.dialler.quic));
    pair_run(PAIR_S);
    quic_write(pair.dialler.quic, stream, rest, true);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.received, 2 * WINDOW + 6);
    assert_int_equal(pair.acceptor.fin_count, 2);
    assert_true(quic_is_flushed(pair.dialler.quic));
}

static void some_are_not_read_and_the_others_go_on(uint64_t lose_one_in)
{
    listen_narrowly();
    for (size_t i = 0; i < STREAMS; i++)
        pair.acceptor.is_unread[i] = i % 3 != 0;
    pair_open();
    pair.lose_one_in = lose_one_in;
    begin_bodies();
    run_bodies(20);
    assert_int_equal(pair.acceptor.fin_count, STREAMS / 3);
    assert_int_equal(pair.dialler.quic->table.shared, 0);
    for (size_t i = 0; i < STREAMS; i++) {
        pair.acceptor.is_unread[i] = false;
        if (i % 3)
            quic_consumed(pair.acceptor.quic, (int64_t)i * 4, WINDOW);
    }
    run_bodies(20);
    assert_int_equal(pair.acceptor.fin_count, STREAMS);
    assert_int_equal(pair.acceptor.received, STREAMS * BODY);
}

static void streams_that_are_not_read_stop_no_other(void **state)
{
    (void)state;
    some_are_not_read_and_the_others_go_on(0);
}

static void nor_do_they_on_a_bad_wire(void **state)
{
    (void)state;
    some_are_not_read_and_the_others_go_on(50);
}

static void a_stream_may_be_reset_while_none_is_read(void **state)
{
    (void)state;
    listen_narrowly();
    pair.acceptor.is_hoarding = true;
    pair_open();
    begin_bodies();
    run_bodies(5);
    assert_int_equal(pair.acceptor.received, STREAMS * WINDOW);
    for (int64_t i = 0; i < STREAMS; i += 2)
        quic_reset(pair.dialler.quic, i * 4, 7);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.reset_count, STREAMS / 2);
}

/* ------------------------------------------------------------- receiving */

static void what_is_consumed_after_a_reset_does_no_harm(void **state)
{
    int64_t stream;

    (void)state;
    pair.acceptor.is_hoarding = true;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    quic_write(pair.dialler.quic, stream, slice_make(zeros, 5000), false);
    pair_run(PAIR_S);
    quic_reset(pair.dialler.quic, stream, 1);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.reset_count, 1);
    quic_consumed(pair.acceptor.quic, stream, 5000);
    quic_write(pair.acceptor.quic, stream, slice_of("answer"), true);
    pair_run(PAIR_S);
    quic_consumed(pair.acceptor.quic, stream, 5000);
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.received, 6);
    assert_int_equal(pair.acceptor.stream_closed_count, 1);
    assert_int_equal(pair.acceptor.closed_count, 0);
    assert_int_equal(pair.dialler.closed_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_takes_no_more_than_its_most),
        cmocka_unit_test(every_stream_keeps_its_own_when_all_is_shared_out),
        cmocka_unit_test(what_the_peer_does_not_admit_is_the_streams_own),
        cmocka_unit_test(what_was_acknowledged_makes_room_and_is_told_once),
        cmocka_unit_test(a_stream_without_window_is_told_when_its_own_is_there),
        cmocka_unit_test(a_stream_that_is_over_forgets_what_it_did_not_send),
#define TEST(name) cmocka_unit_test_setup_teardown(name, pair_begin, pair_end)
        TEST(a_stream_that_is_not_consumed_stops_at_its_window),
        TEST(streams_that_are_not_read_stop_no_other),
        TEST(nor_do_they_on_a_bad_wire),
        TEST(a_stream_may_be_reset_while_none_is_read),
        TEST(what_is_consumed_after_a_reset_does_no_harm),
    };

    return cmocka_run_group_tests_name("quic_stream", tests, NULL, NULL);
}
