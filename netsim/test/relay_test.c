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
    struct address seen; /* where the upstream saw the client last */
    bool is_stubborn;    /* the upstream answers where it saw it first */
    int places;          /* so many in a row that were not the same */
    uint8_t last[100];   /* what the client got last */
    size_t last_len;     /* of that */
} w;

static void on_upstream(void *self)
{
    uint8_t bytes[100];
    struct address from;
    size_t len;

    (void)self;
    while (udp_receive(&w.upstream, &from, bytes, sizeof bytes, &len)) {
        w.echoed++;
        w.places += !address_equal(&from, &w.seen);
        if (w.is_stubborn && w.places > 1)
            from = w.seen;
        w.seen = from;
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
        memcpy(w.last, bytes, len);
        w.last_len = len;
    }
}

static int begin(void **state)
{
    struct relay_config config = {.weather = weather_clean(), .seed = 3};
    struct failure failure;
    struct address any;

    (void)state;
    w.echoed = w.answered = w.places = 0;
    w.seen = (struct address){0};
    w.is_stubborn = false;
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
static uint64_t exchange_of(const char *text, int count, int wanted)
{
    uint64_t begin_ns = entropy_now_ns();

    for (int i = 0; i < count; i++)
        udp_send(&w.client, relay_address(w.relay), slice_of(text));
    while (w.answered < wanted && entropy_now_ns() < begin_ns + LIMIT_NS)
        loop_run_once(w.loop, begin_ns + LIMIT_NS);
    assert_int_equal(w.answered, wanted);
    return entropy_now_ns() - begin_ns;
}

static uint64_t exchange(int count, int wanted)
{
    return exchange_of("ping", count, wanted);
}

static void clean_weather_passes_everything(void **state)
{
    struct relay_counts counts;

    (void)state;
    exchange(50, 50);
    counts = relay_counts(w.relay);
    assert_int_equal(w.echoed, 50);
    assert_int_equal(counts.forwarded, 100);
    assert_int_equal(counts.dropped, 0);
    assert_int_equal(counts.prompt, 100);
    assert_true(counts.prompt_ns > 0);
    assert_in_range(counts.prompt_max_ns, counts.prompt_ns / 100,
                    counts.prompt_ns);
    assert_int_equal(w.places, 1);
}

static void a_delay_is_taken_on_both_ways(void **state)
{
    struct weather slow = {.link = {.delay_ns = 5000000}};

    (void)state;
    relay_set_weather(w.relay, &slow);
    assert_true(exchange(3, 3) >= 10000000);
    assert_int_equal(relay_counts(w.relay).prompt, 0);
}

static void doubles_are_delivered_and_losses_counted(void **state)
{
    struct weather twice = {.link = {.duplicate_ppm = LINK_PPM}};
    struct weather dead = {.link = {.loss_ppm = LINK_PPM}};

    (void)state;
    relay_set_weather(w.relay, &twice);
    exchange(2, 8);
    relay_set_weather(w.relay, &dead);
    udp_send(&w.client, relay_address(w.relay), slice_of("ping"));
    loop_run_once(w.loop, entropy_now_ns() + LIMIT_NS);
    assert_int_equal(relay_counts(w.relay).dropped, 1);
    assert_int_equal(relay_counts(w.relay).harmed[LINK_LOST], 1);
    assert_int_equal(relay_counts(w.relay).harmed[LINK_DOUBLED], 6);
    assert_int_equal(w.answered, 8);
}

static unsigned bits_apart(const uint8_t *a, const char *b, size_t len)
{
    unsigned count = 0;

    for (size_t i = 0; i < len; i++)
        for (unsigned apart = a[i] ^ (unsigned)b[i]; apart; apart >>= 1)
            count += apart & 1;
    return count;
}

static void a_bit_is_turned_on_each_way(void **state)
{
    struct weather bent = {.link = {.corrupt_ppm = LINK_PPM}};

    (void)state;
    relay_set_weather(w.relay, &bent);
    exchange(1, 1);
    assert_int_equal(w.last_len, 4);
    assert_int_equal(bits_apart(w.last, "ping", 4), 2);
    assert_int_equal(relay_counts(w.relay).harmed[LINK_CORRUPTED], 2);
}

static void tails_are_cut(void **state)
{
    struct weather cut = {.link = {.truncate_ppm = LINK_PPM}};

    (void)state;
    relay_set_weather(w.relay, &cut);
    exchange(1, 1);
    assert_true(w.last_len < 3);
    assert_memory_equal(w.last, "ping", w.last_len);
}

static void
a_client_is_seen_elsewhere_but_not_while_it_shakes_hands(void **state)
{
    struct weather forgetful = {.rebind_after = 2};

    (void)state;
    relay_set_weather(w.relay, &forgetful);
    exchange_of("\xc0 long", 10, 10);
    exchange_of("ping", 20, 30);
    assert_int_equal(w.places, 1);
    exchange_of("\xc0 long", 1, 31);
    exchange_of("ping", 2, 33);
    assert_int_equal(w.places, 1);
    for (int i = 1; i <= 5; i++)
        exchange_of("ping", 1, 33 + i);
    assert_int_equal(w.places, 4);
    assert_int_equal(relay_counts(w.relay).rebinds, 3);
}

static void an_upstream_that_does_not_follow_is_noticed(void **state)
{
    struct weather forgetful = {.rebind_after = 2}, clean = {0};

    (void)state;
    w.is_stubborn = true;
    relay_set_weather(w.relay, &forgetful);
    for (int i = 1; i <= 2; i++)
        exchange_of("ping", 1, i);
    relay_set_weather(w.relay, &clean);
    for (int i = 3; i <= 20; i++)
        exchange_of("ping", 1, i);
    assert_int_equal(relay_counts(w.relay).rebinds, 1);
    assert_int_equal(relay_counts(w.relay).strayed, 3);
}

/* Those that are on it at the end are given back; the sanitizer looks. */
static void only_so_many_are_on_their_way(void **state)
{
    struct weather slow = {
        .link = {.delay_ns = 2 * LIMIT_NS, .duplicate_ppm = LINK_PPM}};
    const int room = 2048, more = 10;

    (void)state;
    relay_set_weather(w.relay, &slow);
    for (int i = 0; i < (room + more) / 2; i++) {
        udp_send(&w.client, relay_address(w.relay), slice_of("ping"));
        loop_run_once(w.loop, entropy_now_ns() + LIMIT_NS);
    }
    assert_int_equal(relay_counts(w.relay).harmed[LINK_DOUBLED],
                     (room + more) / 2);
    assert_int_equal(relay_counts(w.relay).dropped, more);
    assert_int_equal(w.echoed, 0);
}

static void counts_are_added_up(void **state)
{
    struct relay_counts sum = {.forwarded = 1, .prompt_max_ns = 5};
    struct relay_counts more = {.forwarded = 2,
                                .dropped = 3,
                                .harmed = {[LINK_LOST] = 4},
                                .rebinds = 5,
                                .strayed = 8,
                                .prompt = 6,
                                .prompt_ns = 7,
                                .prompt_max_ns = 3};

    (void)state;
    relay_counts_add(&sum, &more);
    relay_counts_add(&sum, &more);
    assert_int_equal(sum.forwarded, 5);
    assert_int_equal(sum.dropped, 6);
    assert_int_equal(sum.harmed[LINK_LOST], 8);
    assert_int_equal(sum.rebinds, 10);
    assert_int_equal(sum.strayed, 16);
    assert_int_equal(sum.prompt, 12);
    assert_int_equal(sum.prompt_ns, 14);
    assert_int_equal(sum.prompt_max_ns, 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(clean_weather_passes_everything),
        TEST(a_delay_is_taken_on_both_ways),
        TEST(doubles_are_delivered_and_losses_counted),
        TEST(a_bit_is_turned_on_each_way),
        TEST(tails_are_cut),
        TEST(a_client_is_seen_elsewhere_but_not_while_it_shakes_hands),
        TEST(an_upstream_that_does_not_follow_is_noticed),
        TEST(only_so_many_are_on_their_way),
        cmocka_unit_test(counts_are_added_up),
    };

    return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
