/* SPDX-License-Identifier: MIT */
/*
 * One connection, from both of its ends: who gets in, what streams do, how it
 * ends. The wire is memory and the clock a number.
 */
#include "ref/quic/quic_core.h"
#include "ref/test/pair.h"

/* ------------------------------------------------------------ who gets in */

static void both_sides_prove_their_keys(void **state)
{
    (void)state;
    pair_open();
    assert_int_equal(quic_peer_kind(pair.dialler.quic), TLS_PEER_RAW_KEY);
    assert_int_equal(quic_peer_kind(pair.acceptor.quic), TLS_PEER_RAW_KEY);
    t_same_bytes(quic_peer_der(pair.dialler.quic),
                 tls_key_spki(pair.acceptor.key));
    t_same_bytes(quic_peer_der(pair.acceptor.quic),
                 tls_key_spki(pair.dialler.key));
    assert_int_equal(pair.dialler.asked_count, 1);
    assert_int_equal(pair.acceptor.asked_count, 1);
    assert_true(quic_is_dialler(pair.dialler.quic));
    assert_false(quic_is_dialler(pair.acceptor.quic));
}

/* [CC-13] */
static void a_dialler_without_a_key_is_let_in_unasked(void **state)
{
    (void)state;
    pair.dial.key = NULL;
    pair.acceptor.refuses = true;
    pair_open();
    assert_int_equal(quic_peer_kind(pair.acceptor.quic), TLS_PEER_NONE);
    assert_int_equal(quic_peer_der(pair.acceptor.quic).len, 0);
    assert_int_equal(pair.acceptor.asked_count, 0);
    assert_int_equal(quic_peer_kind(pair.dialler.quic), TLS_PEER_RAW_KEY);
}

static void a_wrong_pin_is_refused_by_the_dialler(void **state)
{
    (void)state;
    pair.dialler.refuses = true;
    pair_dial();
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.opened_count, 0);
    pair_closed_is(&pair.dialler, QUIC_LAYER_TLS, 42, QUIC_BY_US);
    assert_null(pair.acceptor.quic);
    assert_int_equal(endpoint_refused_count(pair.acceptor.endpoint), 1);
}

static void a_wrong_key_is_refused_by_the_acceptor(void **state)
{
    (void)state;
    pair.acceptor.refuses = true;
    pair_dial();
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.opened_count, 0);
    pair_closed_is(&pair.dialler, QUIC_LAYER_TLS, 42, QUIC_BY_THEM);
    assert_null(pair.acceptor.quic);
    assert_int_equal(endpoint_refused_count(pair.acceptor.endpoint), 1);
}

/* [AU-11] */
static void a_key_that_cannot_sign_is_refused_by_the_acceptor(void **state)
{
    struct tls_key *honest = pair_key(9), *liar;
    struct failure failure;
    uint8_t seed[TLS_SEED_LEN] = {7};

    (void)state;
    liar = tls_key_new_mismatched(seed, tls_key_spki(honest).data, &failure);
    assert_non_null(liar);
    pair.dial.key = liar;
    pair_dial();
    pair_run(PAIR_S);
    assert_null(pair.acceptor.quic);
    assert_int_equal(endpoint_refused_count(pair.acceptor.endpoint), 1);
    assert_int_equal(pair.dialler.opened_count, 0);
    assert_int_equal(pair.dialler.closed.layer, QUIC_LAYER_TLS);
    assert_int_equal(pair.dialler.closed.by, QUIC_BY_THEM);
    endpoint_free(pair.dialler.endpoint);
    pair.dialler.endpoint = NULL;
    tls_key_free(liar);
    tls_key_free(honest);
}

/* [CC-10] */
static void an_acceptor_that_cannot_sign_is_refused_by_the_dialler(void **state)
{
    struct quic_config listen = pair_config(&pair.acceptor);
    struct failure failure;
    uint8_t seed[TLS_SEED_LEN] = {7};
    struct tls_key *liar = tls_key_new_mismatched(
        seed, tls_key_spki(pair.acceptor.key).data, &failure);

    (void)state;
    assert_non_null(liar);
    listen.key = liar;
    pair_listen(&listen);
    pair_dial();
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.opened_count, 0);
    assert_int_equal(pair.dialler.closed.layer, QUIC_LAYER_TLS);
    assert_int_equal(pair.dialler.closed.by, QUIC_BY_US);
    endpoint_free(pair.acceptor.endpoint);
    pair.acceptor.endpoint = NULL;
    tls_key_free(liar);
}

static void nobody_home_is_a_loss_after_the_handshake_timeout(void **state)
{
    (void)state;
    pair.is_cut = true;
    pair_dial();
    pair_run(9 * PAIR_S);
    assert_int_equal(pair.dialler.closed_count, 0);
    pair_run(2 * PAIR_S);
    pair_closed_is(&pair.dialler, QUIC_LAYER_IDLE, 0, QUIC_BY_LOST);
}

static void the_first_call_does_not_wait_for_the_pacer(void **state)
{
    (void)state;
    pair_dial();
    pair_run(5 * PAIR_DELAY);
    assert_int_equal(pair.acceptor.opened_count, 1);
    assert_int_equal(pair.dialler.opened_count, 1);
}

/* Whoever waits for an answer has nobody to wake it but the peer. (ngtcp2 1.x
 * keeps pauses of any length.) */
static void a_small_burst_asks_for_no_timer(void **state)
{
    int64_t stream;

    (void)state;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    quic_write(pair.dialler.quic, stream, slice_of("a call"), true);
    pair_run(0);
    assert_true(quic_deadline(pair.dialler.quic) >
                pair.now_ns + COMPAT_PAUSE_MIN_NS);
}

/* ----------------------------------------------------------------- streams */

static void nothing_is_opened_before_the_handshake_is_over(void **state)
{
    int64_t stream;

    (void)state;
    pair_dial();
    assert_false(quic_open(pair.dialler.quic, &stream));
    assert_int_equal(quic_streams_left(pair.dialler.quic), 0);
}

static void what_is_sent_is_echoed_and_both_ends_finish(void **state)
{
    int64_t stream;

    (void)state;
    pair.acceptor.is_echo = true;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    assert_int_equal(stream, 0);
    assert_int_equal(
        quic_write(pair.dialler.quic, stream, slice_of("hello"), true), 5);
    assert_false(quic_is_flushed(pair.dialler.quic));
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.received, 5);
    assert_true(pair.dialler.checksum == pair.acceptor.checksum);
    assert_int_equal(pair.acceptor.fin_count, 1);
    assert_int_equal(pair.dialler.fin_count, 1);
    assert_int_equal(pair.dialler.stream_closed_count, 1);
    assert_int_equal(pair.acceptor.stream_closed_count, 1);
    assert_int_equal(quic_stream_count(pair.dialler.quic), 0);
    assert_true(quic_is_flushed(pair.dialler.quic));
}

static void the_acceptor_opens_streams_too(void **state)
{
    int64_t stream;

    (void)state;
    pair_open();
    assert_true(quic_open(pair.acceptor.quic, &stream));
    assert_int_equal(stream, 1);
    quic_write(pair.acceptor.quic, stream, slice_of("x"), false);
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.received, 1);
    assert_int_equal(pair.dialler.stream, 1);
}

static void an_empty_write_with_fin_ends_the_stream(void **state)
{
    int64_t stream;

    (void)state;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    quic_write(pair.dialler.quic, stream, slice_of("abc"), false);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.fin_count, 0);
    quic_write(pair.dialler.quic, stream, slice_of(""), true);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.fin_count, 1);
    assert_int_equal(pair.acceptor.received, 3);
    assert_int_equal(
        quic_write(pair.dialler.quic, stream, slice_of("more"), false), 0);
}

static void give_a_hundred(void)
{
    struct quic_config listen = pair_config(&pair.acceptor);

    listen.streams_max = 100;
    pair_listen(&listen);
}

static void a_hundred_streams_are_free_and_more_are_granted(void **state)
{
    int64_t stream;
    int opened = 0;

    (void)state;
    give_a_hundred();
    pair_open();
    assert_int_equal(quic_streams_left(pair.dialler.quic), 100);
    while (quic_open(pair.dialler.quic, &stream)) {
        quic_write(pair.dialler.quic, stream, slice_of("hi"), true);
        opened++;
    }
    assert_int_equal(opened, 100);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.fin_count, 100);
    assert_int_equal(pair.dialler.credit_count, 0);
    quic_grant_streams(pair.acceptor.quic, 50);
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.credit_count, 1);
    while (quic_open(pair.dialler.quic, &stream)) {
        quic_write(pair.dialler.quic, stream, slice_of("hi"), true);
        opened++;
    }
    assert_int_equal(opened, 150);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.fin_count, 150);
    assert_int_equal(pair.acceptor.received, 300);
}

static void a_closed_stream_is_not_replaced_by_itself(void **state)
{
    int64_t stream;

    (void)state;
    give_a_hundred();
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    quic_write(pair.dialler.quic, stream, slice_of("a"), true);
    pair_run(PAIR_S);
    quic_write(pair.acceptor.quic, stream, slice_of("b"), true);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.stream_closed_count, 1);
    assert_int_equal(quic_streams_left(pair.dialler.quic), 99);
}

/* Writes all of the body, as room comes, and lets it be echoed. */
static void echo_body(const uint8_t *body, size_t len)
{
    struct slice rest = slice_make(body, len);
    int64_t stream;
    int seen = 0;

    assert_true(quic_open(pair.dialler.quic, &stream));
    for (int turns = 0; rest.len; turns++) {
        assert_true(turns < 100000);
        rest =
            slice_skip(rest, quic_write(pair.dialler.quic, stream, rest, true));
        while (rest.len && pair.dialler.writable_count == seen &&
               turns++ < 100000)
            pair_run(PAIR_MS);
        seen = pair.dialler.writable_count;
    }
    for (int i = 0; i < 600 && !pair.dialler.fin_count; i++)
        pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.received, len);
    assert_int_equal(pair.dialler.received, len);
    assert_true(pair.dialler.checksum == pair.acceptor.checksum);
}

static uint8_t *random_body(size_t len)
{
    uint64_t chance = 5;
    uint8_t *body = malloc(len);

    assert_non_null(body);
    for (size_t i = 0; i < len; i++)
        body[i] = (uint8_t)t_random(&chance);
    return body;
}

static void a_large_body_passes_both_ways_in_order(void **state)
{
    size_t len = 4 << 20;
    uint8_t *body = random_body(len);

    (void)state;
    pair.acceptor.is_echo = true;
    pair_open();
    echo_body(body, len);
    assert_true(pair.dialler.writable_count > 0);
    free(body);
}

static void a_bad_wire_only_makes_it_slower(void **state)
{
    size_t len = 300 * 1000;
    uint8_t *body = random_body(len);

    (void)state;
    pair.acceptor.is_echo = true;
    pair_open();
    pair.lose_one_in = 20;
    echo_body(body, len);
    assert_true(pair.lost_count > 10);
    free(body);
}

static void a_handshake_survives_a_bad_wire(void **state)
{
    (void)state;
    pair.lose_one_in = 4;
    pair_dial();
    pair_run(9 * PAIR_S);
    assert_int_equal(pair.dialler.opened_count, 1);
    assert_int_equal(pair.acceptor.opened_count, 1);
    assert_true(pair.lost_count > 0);
}

/* A packet that a decent peer would not send. */
static void send_raw(int64_t stream, const char *text, uint32_t flags)
{
    struct quic *q = pair.dialler.quic;
    uint8_t packet[1200];
    ngtcp2_vec vec = {(uint8_t *)(uintptr_t)text, strlen(text)};
    ngtcp2_ssize len =
        ngtcp2_conn_writev_stream(q->conn, NULL, NULL, packet, sizeof packet,
                                  NULL, flags, stream, &vec, 1, pair.now_ns);

    assert_true(len > 0);
    endpoint_receive(pair.acceptor.endpoint, &pair.dialler.address,
                     slice_make(packet, (size_t)len), pair.now_ns);
}

/* [SM-1] */
static void unidirectional_streams_are_swallowed(void **state)
{
    char text[1001];
    int64_t stream;

    (void)state;
    memset(text, 'u', sizeof text - 1);
    text[sizeof text - 1] = 0;
    pair_open();
    assert_int_equal(
        ngtcp2_conn_open_uni_stream(pair.dialler.quic->conn, &stream, NULL), 0);
    for (int i = 0; i < 200; i++) {
        send_raw(stream, text, 0);
        pair_run(10 * PAIR_MS);
    }
    send_raw(stream, text, NGTCP2_WRITE_STREAM_FLAG_FIN);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.received, 0);
    assert_int_equal(pair.acceptor.stream_closed_count, 0);
    assert_int_equal(pair.acceptor.closed_count, 0);
}

/* [SM-1] */
static void datagrams_are_swallowed(void **state)
{
    uint8_t packet[1200];
    uint8_t text[] = "unasked";
    ngtcp2_vec vec = {text, sizeof text};
    int taken = 0;
    ngtcp2_ssize len;

    (void)state;
    pair_open();
    len = ngtcp2_conn_writev_datagram(pair.dialler.quic->conn, NULL, NULL,
                                      packet, sizeof packet, &taken, 0, 1, &vec,
                                      1, pair.now_ns);
    assert_true(len > 0 && taken);
    endpoint_receive(pair.acceptor.endpoint, &pair.dialler.address,
                     slice_make(packet, (size_t)len), pair.now_ns);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.closed_count, 0);
}

/* ------------------------------------------------------------------ the end */

static void both_ends_learn_the_code_of_a_close(void **state)
{
    (void)state;
    pair_open();
    quic_close(pair.dialler.quic, 0x1234);
    assert_false(quic_is_flushed(pair.dialler.quic));
    pair_run(PAIR_S);
    pair_closed_is(&pair.dialler, QUIC_LAYER_APP, 0x1234, QUIC_BY_US);
    pair_closed_is(&pair.acceptor, QUIC_LAYER_APP, 0x1234, QUIC_BY_THEM);
    assert_true(quic_is_flushed(pair.dialler.quic));
}

static void what_came_before_a_close_is_polled_before_it(void **state)
{
    int64_t stream;

    (void)state;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    quic_write(pair.dialler.quic, stream, slice_of("last words"), true);
    pair_run(PAIR_S);
    quic_close(pair.dialler.quic, 3);
    pair_run(PAIR_S);
    assert_int_equal(pair.acceptor.received, 10);
    assert_int_equal(pair.acceptor.closed_count, 1);
}

static void a_closed_connection_takes_every_wish_and_does_nothing(void **state)
{
    int64_t stream;

    (void)state;
    pair_open();
    assert_true(quic_open(pair.dialler.quic, &stream));
    quic_close(pair.dialler.quic, 1);
    assert_false(quic_open(pair.dialler.quic, &stream));
    assert_int_equal(quic_write(pair.dialler.quic, stream, slice_of("x"), true),
                     0);
    quic_reset(pair.dialler.quic, stream, 1);
    quic_stop(pair.dialler.quic, stream, 1);
    quic_consumed(pair.dialler.quic, stream, 1);
    quic_grant_streams(pair.dialler.quic, 1);
    quic_keep_alive(pair.dialler.quic, true);
    quic_close(pair.dialler.quic, 2);
    pair_run(PAIR_S);
    pair_closed_is(&pair.dialler, QUIC_LAYER_APP, 1, QUIC_BY_US);
}

static void silence_is_a_loss(void **state)
{
    (void)state;
    pair_open();
    pair.is_cut = true;
    pair_run(29 * PAIR_S);
    assert_int_equal(pair.acceptor.closed_count, 0);
    pair_run(5 * PAIR_S);
    pair_closed_is(&pair.acceptor, QUIC_LAYER_IDLE, 0, QUIC_BY_LOST);
    pair_closed_is(&pair.dialler, QUIC_LAYER_IDLE, 0, QUIC_BY_LOST);
}

static void a_keep_alive_outlasts_silence(void **state)
{
    (void)state;
    pair_open();
    quic_keep_alive(pair.dialler.quic, true);
    pair_run(300 * PAIR_S);
    assert_int_equal(pair.dialler.closed_count, 0);
    quic_keep_alive(pair.dialler.quic, false);
    pair_run(60 * PAIR_S);
    assert_int_equal(pair.dialler.closed_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, pair_begin, pair_end)
        TEST(both_sides_prove_their_keys),
        TEST(a_dialler_without_a_key_is_let_in_unasked),
        TEST(a_wrong_pin_is_refused_by_the_dialler),
        TEST(a_wrong_key_is_refused_by_the_acceptor),
        TEST(a_key_that_cannot_sign_is_refused_by_the_acceptor),
        TEST(an_acceptor_that_cannot_sign_is_refused_by_the_dialler),
        TEST(nobody_home_is_a_loss_after_the_handshake_timeout),
        TEST(the_first_call_does_not_wait_for_the_pacer),
        TEST(a_small_burst_asks_for_no_timer),
        TEST(nothing_is_opened_before_the_handshake_is_over),
        TEST(what_is_sent_is_echoed_and_both_ends_finish),
        TEST(the_acceptor_opens_streams_too),
        TEST(an_empty_write_with_fin_ends_the_stream),
        TEST(a_hundred_streams_are_free_and_more_are_granted),
        TEST(a_closed_stream_is_not_replaced_by_itself),
        TEST(a_large_body_passes_both_ways_in_order),
        TEST(a_bad_wire_only_makes_it_slower),
        TEST(a_handshake_survives_a_bad_wire),
        TEST(unidirectional_streams_are_swallowed),
        TEST(datagrams_are_swallowed),
        TEST(both_ends_learn_the_code_of_a_close),
        TEST(what_came_before_a_close_is_polled_before_it),
        TEST(a_closed_connection_takes_every_wish_and_does_nothing),
        TEST(silence_is_a_loss),
        TEST(a_keep_alive_outlasts_silence),
    };

    return cmocka_run_group_tests_name("quic", tests, NULL, NULL);
}
