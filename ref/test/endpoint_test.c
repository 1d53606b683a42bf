/* SPDX-License-Identifier: MIT */
/*
 * Many connections at one address: which packet goes to whom, who is visited,
 * and who is freed when.
 */
#include "ref/test/pair.h"

#define MANY 200

/* A dialler's first flight, taken off the wire. */
static struct pair_flight *first_flight(void)
{
    pair_dial();
    pair_turn(&pair.dialler, &pair.acceptor);
    assert_true(pair.flight_count >= 1);
    return &pair.flights[0];
}

static void rubbish_changes_nothing(void **state)
{
    uint8_t bytes[1500];

    (void)state;
    for (int i = 0; i < 5000; i++) {
        size_t len = t_below(&pair.chance, sizeof bytes);

        pair_fill(NULL, bytes, len);
        if (len && i % 2)
            bytes[0] |= 0xc0;
        endpoint_receive(pair.acceptor.endpoint, &pair.dialler.address,
                         slice_make(bytes, len), pair.now_ns);
    }
    assert_int_equal(endpoint_count(pair.acceptor.endpoint), 0);
    pair.flight_count = 0;
    pair_turn(&pair.acceptor, &pair.dialler);
    pair.flight_count = 0;
    pair_open();
}

static void damaged_packets_do_not_hurt_a_connection(void **state)
{
    int64_t stream;

    (void)state;
    pair.acceptor.is_echo = true;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    for (int i = 0; i < 200; i++) {
        quic_write(pair.dialler.quic, stream, slice_of("abc"), false);
        pair_turn(&pair.dialler, &pair.acceptor);
        for (size_t f = 0; f < pair.flight_count; f++) {
            struct pair_flight copy = pair.flights[f];

            copy.bytes[t_below(&pair.chance, copy.len)] ^= 0x10;
            endpoint_receive(copy.to->endpoint, &copy.from,
                             slice_make(copy.bytes, copy.len), pair.now_ns);
        }
        pair_run(10 * PAIR_MS);
    }
    assert_int_equal(pair.dialler.received, 600);
    assert_int_equal(pair.acceptor.closed_count, 0);
}

static void an_unknown_version_is_answered_with_those_we_speak(void **state)
{
    struct pair_flight *f = first_flight();
    struct datagram d;

    (void)state;
    memcpy(f->bytes + 1, "\x1a\x2a\x3a\x4a", 4);
    endpoint_receive(pair.acceptor.endpoint, &f->from,
                     slice_make(f->bytes, f->len), pair.now_ns);
    assert_int_equal(endpoint_deadline(pair.acceptor.endpoint), 0);
    assert_true(endpoint_send(pair.acceptor.endpoint, &d, pair.now_ns));
    assert_true(address_equal(&d.to, &pair.dialler.address));
    assert_true(d.bytes.data[0] & 0x80);
    assert_memory_equal(d.bytes.data + 1, "\0\0\0\0", 4);
    assert_memory_equal(d.bytes.data + d.bytes.len - 4, "\0\0\0\1", 4);
    assert_false(endpoint_send(pair.acceptor.endpoint, &d, pair.now_ns));
    assert_int_equal(endpoint_count(pair.acceptor.endpoint), 0);
}

static void one_that_does_not_listen_lets_nobody_in(void **state)
{
    struct endpoint_config e = {.defaults = pair_config(&pair.acceptor),
                                .local = pair.acceptor.address};

    (void)state;
    endpoint_free(pair.acceptor.endpoint);
    pair.acceptor.endpoint = endpoint_new(&e);
    pair_dial();
    pair_run(PAIR_S);
    assert_int_equal(endpoint_count(pair.acceptor.endpoint), 0);
    assert_int_equal(pair.dialler.opened_count, 0);
}

static void half_open_connections_are_bounded_and_time_out(void **state)
{
    (void)state;
    for (int i = 0; i < 1500; i++) {
        struct pair_flight *f = first_flight();

        endpoint_receive(pair.acceptor.endpoint, &f->from,
                         slice_make(f->bytes, f->len), pair.now_ns);
        endpoint_release(pair.dialler.endpoint, pair.dialler.quic);
        pair_turn(&pair.dialler, &pair.acceptor);
        pair.flight_count = 0;
    }
    assert_int_equal(endpoint_count(pair.acceptor.endpoint), 1024);
    pair.is_cut = true;
    pair_run(20 * PAIR_S);
    assert_int_equal(endpoint_count(pair.acceptor.endpoint), 0);
    assert_int_equal(endpoint_refused_count(pair.acceptor.endpoint), 1024);
    pair.is_cut = false;
    pair.dialler.closed_count = 0;
    pair_open();
}

static bool is_seen_where_it_is(void)
{
    struct address seen = quic_remote(pair.acceptor.quic);

    return address_equal(&seen, &pair.dialler.address);
}

static void a_peer_whose_port_changes_is_followed(void **state)
{
    int64_t stream;

    (void)state;
    pair.acceptor.is_echo = true;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    quic_write(pair.dialler.quic, stream, slice_of("one"), false);
    pair_run(PAIR_S);
    assert_true(is_seen_where_it_is());
    pair.dialler.address = pair_address(3333);
    quic_write(pair.dialler.quic, stream, slice_of("two"), false);
    pair_run(5 * PAIR_S);
    assert_int_equal(pair.dialler.received, 6);
    quic_write(pair.dialler.quic, stream, slice_of("three"), true);
    pair_run(5 * PAIR_S);
    assert_int_equal(pair.dialler.received, 11);
    assert_int_equal(pair.dialler.closed_count, 0);
    assert_true(is_seen_where_it_is());
}

/* Or somebody else has sent a copy of what it said from there. */
static void a_peer_who_comes_back_at_once_is_followed(void **state)
{
    const struct address home = pair.dialler.address;
    int64_t stream;

    (void)state;
    pair.acceptor.is_echo = true;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    quic_write(pair.dialler.quic, stream, slice_of("one"), false);
    pair_run(PAIR_S);
    pair.dialler.address = pair_address(3333);
    quic_write(pair.dialler.quic, stream, slice_of("two"), false);
    pair_turn(&pair.dialler, &pair.acceptor);
    pair.dialler.address = home;
    pair_run(2 * PAIR_DELAY);
    quic_write(pair.dialler.quic, stream, slice_of("three"), true);
    pair_run(5 * PAIR_S);
    assert_int_equal(pair.dialler.received, 11);
    assert_int_equal(pair.dialler.closed_count, 0);
    assert_true(is_seen_where_it_is());
}

/* Over and over, while much is under way and some of it is lost. */
static void a_peer_whose_port_changes_often_is_followed(void **state)
{
    static char bytes[100000];
    uint64_t total = 0;
    int64_t stream;

    (void)state;
    pair.acceptor.is_echo = true;
    pair_open();
    pair.lose_one_in = 10;
    assert_true(quic_open(pair.dialler.quic, &stream));
    for (uint16_t i = 0; i < 30; i++) {
        total += quic_write(pair.dialler.quic, stream,
                            slice_make(bytes, sizeof bytes), false);
        pair_run(3 * PAIR_MS);
        pair.dialler.address = pair_address((uint16_t)(3000 + i));
        pair_run(PAIR_S);
    }
    pair_run(20 * PAIR_S);
    assert_true(total > sizeof bytes);
    assert_int_equal(pair.dialler.received, total);
    assert_true(is_seen_where_it_is());
    assert_int_equal(pair.dialler.closed_count, 0);
    assert_int_equal(pair.acceptor.closed_count, 0);
}

static void only_those_with_something_to_say_are_visited(void **state)
{
    struct quic *all[MANY];
    struct quic_event event;
    int64_t stream;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        pair_dial();
        all[i] = pair.dialler.quic;
        quic_set_user(all[i], &all[i]);
        pair_run(PAIR_S / 10);
    }
    assert_int_equal(endpoint_count(pair.acceptor.endpoint), MANY);
    assert_int_equal(pair.dialler.opened_count, MANY);
    assert_null(endpoint_ready(pair.dialler.endpoint));
    assert_null(endpoint_ready(pair.acceptor.endpoint));
    assert_true(quic_open(all[17], &stream));
    quic_write(all[17], stream, slice_of("here"), false);
    pair_turn(&pair.dialler, &pair.acceptor);
    pair.now_ns += PAIR_DELAY;
    pair_deliver();
    pair.acceptor.quic = endpoint_ready(pair.acceptor.endpoint);
    assert_non_null(pair.acceptor.quic);
    assert_true(endpoint_ready(pair.acceptor.endpoint) == pair.acceptor.quic);
    assert_true(quic_poll(pair.acceptor.quic, &event));
    assert_int_equal(event.kind, QUIC_DATA);
    assert_false(quic_poll(pair.acceptor.quic, &event));
    assert_null(endpoint_ready(pair.acceptor.endpoint));
    assert_true(quic_user(all[17]) == &all[17]);
}

static void a_connection_is_freed_when_both_are_done_with_it(void **state)
{
    (void)state;
    pair_open();
    quic_close(pair.dialler.quic, 4);
    pair_run(60 * PAIR_S);
    assert_int_equal(endpoint_count(pair.dialler.endpoint), 1);
    assert_int_equal(endpoint_count(pair.acceptor.endpoint), 1);
    endpoint_release(pair.dialler.endpoint, pair.dialler.quic);
    endpoint_release(pair.acceptor.endpoint, pair.acceptor.quic);
    pair_run(0);
    assert_int_equal(endpoint_count(pair.dialler.endpoint), 0);
    assert_int_equal(endpoint_count(pair.acceptor.endpoint), 0);
    assert_true(endpoint_deadline(pair.dialler.endpoint) == NEVER);
}

static void one_that_is_given_back_open_is_closed(void **state)
{
    (void)state;
    pair_open();
    endpoint_release(pair.dialler.endpoint, pair.dialler.quic);
    pair.dialler.quic = NULL;
    pair_run(PAIR_S);
    pair_closed_is(&pair.acceptor, QUIC_LAYER_APP, 0, QUIC_BY_THEM);
    assert_int_equal(endpoint_count(pair.dialler.endpoint), 0);
}

static void a_lost_farewell_is_said_again(void **state)
{
    int64_t stream;

    (void)state;
    pair_open();
    assert_true(quic_open(pair.acceptor.quic, &stream));
    pair.is_cut = true;
    quic_close(pair.dialler.quic, 5);
    pair_turn(&pair.dialler, &pair.acceptor);
    pair.is_cut = false;
    assert_int_equal(pair.dialler.closed_count, 1);
    quic_write(pair.acceptor.quic, stream, slice_of("anybody?"), false);
    pair_run(PAIR_S);
    pair_closed_is(&pair.acceptor, QUIC_LAYER_APP, 5, QUIC_BY_THEM);
}

static void one_endpoint_dials_and_accepts(void **state)
{
    struct quic_config config = pair_config(&pair.dialler);
    struct endpoint_config e = {.defaults = config,
                                .local = pair.dialler.address,
                                .is_listening = true};
    struct failure failure;

    (void)state;
    endpoint_free(pair.dialler.endpoint);
    pair.dialler.endpoint = endpoint_new(&e);
    pair_open();
    config = pair_config(&pair.acceptor);
    pair.acceptor.quic =
        endpoint_dial(pair.acceptor.endpoint, &pair.dialler.address, &config,
                      pair.now_ns, &failure);
    assert_non_null(pair.acceptor.quic);
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.opened_count, 2);
    assert_int_equal(pair.acceptor.opened_count, 2);
    assert_false(quic_is_dialler(pair.dialler.quic));
}

static void a_dialler_may_begin_elsewhere_than_its_endpoint(void **state)
{
    struct address elsewhere = pair_address(4444);

    (void)state;
    pair.dial.from = elsewhere;
    pair.dialler.address = elsewhere; /* where the wire leads back to */
    pair_open();
    elsewhere = quic_remote(pair.acceptor.quic);
    assert_true(address_equal(&elsewhere, &pair.dial.from));
    elsewhere = quic_local(pair.dialler.quic);
    assert_true(address_equal(&elsewhere, &pair.dial.from));
    assert_int_equal(pair.strange_count, 0);
}

static void a_new_key_is_shown_to_those_who_come_later(void **state)
{
    struct tls_key *fresh = pair_key(9);
    struct quic *before;

    (void)state;
    pair_open();
    before = pair.dialler.quic;
    endpoint_set_key(pair.acceptor.endpoint, fresh);
    pair_dial();
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.opened_count, 2);
    assert_true(
        slice_equal(quic_peer_der(before), tls_key_spki(pair.acceptor.key)));
    assert_true(
        slice_equal(quic_peer_der(pair.dialler.quic), tls_key_spki(fresh)));
    endpoint_free(pair.acceptor.endpoint);
    pair.acceptor.endpoint = NULL;
    tls_key_free(fresh);
}

static void the_same_chance_gives_the_same_names(void **state)
{
    uint8_t head[64];
    size_t len = 1 + 4 + 1 + 18 + 1 + 18;
    struct pair_flight *f = first_flight();

    memcpy(head, f->bytes + 1, len - 1);
    pair_end(state);
    pair_begin(state);
    f = first_flight();
    assert_memory_equal(head, f->bytes + 1, len - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, pair_begin, pair_end)
        TEST(rubbish_changes_nothing),
        TEST(damaged_packets_do_not_hurt_a_connection),
        TEST(an_unknown_version_is_answered_with_those_we_speak),
        TEST(one_that_does_not_listen_lets_nobody_in),
        TEST(half_open_connections_are_bounded_and_time_out),
        TEST(a_peer_whose_port_changes_is_followed),
        TEST(a_peer_who_comes_back_at_once_is_followed),
        TEST(a_peer_whose_port_changes_often_is_followed),
        TEST(only_those_with_something_to_say_are_visited),
        TEST(a_connection_is_freed_when_both_are_done_with_it),
        TEST(one_that_is_given_back_open_is_closed),
        TEST(a_lost_farewell_is_said_again),
        TEST(one_endpoint_dials_and_accepts),
        TEST(a_dialler_may_begin_elsewhere_than_its_endpoint),
        TEST(a_new_key_is_shown_to_those_who_come_later),
        TEST(the_same_chance_gives_the_same_names),
    };

    return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
