/* SPDX-License-Identifier: MIT */
/* A client, a relay and an upstream that echoes, on the loopback. */
#include "netsim/relay.h"
#include "ref/host/entropy.h"
#include "ref/host/udp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LIMIT_NS 2000000000ull

static struct {
    struct loop *loop;
    struct udp client, upstream;
    struct loop_watch *client_watch, *upstream_watch;
    struct relay *relay;
    int echoed, answered;
} w;

static void on_upstream(void *self)
{
    uint8_t bytes[100];
    struct address from;
    size_t len;

    (void)self;
    while (udp_receive(&w.upstream, &from, bytes, sizeof bytes, &len)) {
        w.echoed++;
        udp_send(&w.upstream, &from, slice_make(bytes, len));
    }
}

static void on_client(void *self)
{
    uint8_t bytes[100];
    struct address from;
    size_t len;

    (void)self;
    while (udp_receive(&w.client, &from, bytes, sizeof bytes, &len)) {
        assert_true(address_equal(&from, relay_address(w.relay)));
        w.answered++;
    }
}

static int begin(void **state)
{
    struct relay_config config = {.seed = 3};
    struct failure failure;
    struct address any;

    (void)state;
    w.echoed = w.answered = 0;
    w.loop = loop_new(&failure);
    assert_true(udp_address_parse(slice_of("127.0.0.1:0"), &any));
    assert_true(udp_open(&w.client, &any, &failure));
    assert_true(udp_open(&w.upstream, &any, &failure));
    config.upstream = w.upstream.local;
    w.relay = relay_new(w.loop, &config, &failure);
    assert_non_null(w.relay);
    w.client_watch = loop_watch(w.loop, w.client.fd, on_client, NULL);
    w.upstream_watch = loop_watch(w.loop, w.upstream.fd, on_upstream, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    relay_free(w.relay);
    loop_unwatch(w.client_watch);
    loop_unwatch(w.upstream_watch);
    udp_close(&w.client);
    udp_close(&w.upstream);
    loop_free(w.loop);
    return 0;
}

/* Sends so many and waits until so many came back. */
static uint64_t exchange(int count, int wanted)
{
    uint64_t begin_ns = entropy_now_ns();

    for (int i = 0; i < count; i++)
        udp_send(&w.client, relay_address(w.relay), slice_of("ping"));
    while (w.answered < wanted && entropy_now_ns() < begin_ns + LIMIT_NS)
        loop_run_once(w.loop, begin_ns + LIMIT_NS);
    assert_int_equal(w.answered, wanted);
    return entropy_now_ns() - begin_ns;
}

static void clean_weather_passes_everything(void **state)
{
    (void)state;
    exchange(50, 50);
    assert_int_equal(w.echoed, 50);
    assert_int_equal(relay_counts(w.relay).forwarded, 100);
    assert_int_equal(relay_counts(w.relay).dropped, 0);
}

static void a_delay_is_taken_on_both_ways(void **state)
{
    struct link_config slow = {.delay_ns = 5000000};

    (void)state;
    relay_set_weather(w.relay, &slow);
    assert_true(exchange(3, 3) >= 10000000);
}

static void doubles_are_delivered_and_losses_counted(void **state)
{
    struct link_config twice = {.duplicate_ppm = LINK_PPM};
    struct link_config dead = {.loss_ppm = LINK_PPM};

    (void)state;
    relay_set_weather(w.relay, &twice);
    exchange(2, 8);
    relay_set_weather(w.relay, &dead);
    udp_send(&w.client, relay_address(w.relay), slice_of("ping"));
    loop_run_once(w.loop, entropy_now_ns() + LIMIT_NS);
    assert_int_equal(relay_counts(w.relay).dropped, 1);
    assert_int_equal(w.answered, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(clean_weather_passes_everything, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_delay_is_taken_on_both_ways, begin,
                                        end),
        cmocka_unit_test_setup_teardown(
            doubles_are_delivered_and_losses_counted, begin, end),
    };

    return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
