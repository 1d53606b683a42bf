/* SPDX-License-Identifier: MIT */
/* What a link decides, a datagram suffers; and a place is found again in its
 * address. */
#include "netsim/flight.h"
#include "netsim/berth.h"
#include "ref/test/t.h"

static struct agenda agenda;
static struct flights flights;
static struct {
    int count;
    struct address from, to;
    uint8_t bytes[100];
    size_t len;
} seen;

static void on_arrival(void *self, const struct datagram *d)
{
    (void)self;
    seen.count++;
    seen.from = d->from;
    seen.to = d->to;
    seen.len = d->bytes.len;
    assert_true(seen.len <= sizeof seen.bytes);
    if (seen.len)
        memcpy(seen.bytes, d->bytes.data, seen.len);
}

static int begin(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof seen);
    flights = (struct flights){.agenda = &agenda, .arrived = on_arrival};
    return 0;
}

static int end(void **state)
{
    (void)state;
    flight_clear(&flights);
    assert_true(agenda_next_ns(&agenda) == NEVER);
    agenda_clear(&agenda);
    return 0;
}

static const uint8_t zeros[50];

/* Sent at 1000, in that weather. */
static void send_in(struct link_config weather)
{
    struct link way = {.config = weather};
    const struct datagram d = {.from = berth_address(berth_home(1)),
                               .to = berth_address(berth_home(2)),
                               .bytes = slice_make(zeros, sizeof zeros)};

    flight_send(&flights, &way, &d, 1000);
}

static void a_datagram_arrives_whole_when_its_time_has_come(void **state)
{
    (void)state;
    send_in((struct link_config){.delay_ns = 500});
    reminder_ring(&agenda, 1499);
    assert_int_equal(seen.count, 0);
    reminder_ring(&agenda, 1500);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.len, sizeof zeros);
    assert_memory_equal(seen.bytes, zeros, sizeof zeros);
    assert_int_equal(berth_of(&seen.from).node, 1);
    assert_int_equal(berth_of(&seen.to).node, 2);
}

static void one_that_is_lost_never_arrives(void **state)
{
    (void)state;
    send_in((struct link_config){.loss_ppm = LINK_PPM});
    assert_true(agenda_next_ns(&agenda) == NEVER);
}

static void one_that_is_doubled_arrives_twice(void **state)
{
    (void)state;
    send_in((struct link_config){.duplicate_ppm = LINK_PPM});
    reminder_ring(&agenda, NEVER - 1);
    assert_int_equal(seen.count, 2);
}

static void of_one_that_is_bent_one_bit_is_turned(void **state)
{
    int turned = 0;

    (void)state;
    send_in((struct link_config){.corrupt_ppm = LINK_PPM});
    reminder_ring(&agenda, NEVER - 1);
    assert_int_equal(seen.len, sizeof zeros);
    for (size_t i = 0; i < seen.len * 8; i++)
        turned += seen.bytes[i / 8] >> i % 8 & 1;
    assert_int_equal(turned, 1);
}

static void one_that_is_cut_is_shorter(void **state)
{
    (void)state;
    send_in((struct link_config){.truncate_ppm = LINK_PPM});
    reminder_ring(&agenda, NEVER - 1);
    assert_int_equal(seen.count, 1);
    assert_true(seen.len < sizeof zeros);
}

static void what_is_still_on_its_way_is_given_back(void **state)
{
    (void)state;
    send_in((struct link_config){.duplicate_ppm = LINK_PPM, .delay_ns = 5});
    send_in((struct link_config){.delay_ns = 3});
}

static void a_place_is_found_again_in_its_address(void **state)
{
    static const struct berth places[] = {
        {0, 0, BERTH_HOME},
        {1, 2, BERTH_FIRST},
        {UINT32_MAX, 0x01020304, UINT16_MAX},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(places); i++) {
        struct address a = berth_address(places[i]);
        struct berth p = berth_of(&a);

        assert_int_equal(p.node, places[i].node);
        assert_int_equal(p.tie, places[i].tie);
        assert_int_equal(p.port, places[i].port);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_datagram_arrives_whole_when_its_time_has_come),
        TEST(one_that_is_lost_never_arrives),
        TEST(one_that_is_doubled_arrives_twice),
        TEST(of_one_that_is_bent_one_bit_is_turned),
        TEST(one_that_is_cut_is_shorter),
        TEST(what_is_still_on_its_way_is_given_back),
        TEST(a_place_is_found_again_in_its_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
