/* SPDX-License-Identifier: MIT */
/* Addresses in and out, and two sockets on the loopback. */
#include "ref/host/udp.h"
#include "ref/host/entropy.h"
#include "ref/host/loop.h"
#include "ref/test/t.h"

static void addresses_are_printed_as_they_are_read(void **state)
{
    static const char *const texts[] = {"127.0.0.1:4433", "[::1]:4433",
                                        "0.0.0.0:0", "10.1.2.3:65535"};
    char printed[UDP_TEXT_LEN_MAX];
    struct address a;

    (void)state;
    for (size_t i = 0; i < T_COUNT(texts); i++) {
        assert_true(udp_address_parse(slice_of(texts[i]), &a));
        udp_address_print(&a, printed);
        assert_string_equal(printed, texts[i]);
    }
}

static void what_is_no_address_is_refused(void **state)
{
    static const char *const texts[] = {
        "",        "127.0.0.1", "127.0.0.1:",       "127.0.0.1:65536", ":1",
        "::1:443", "name:1",    "127.0.0.1:12345x", "[::1]",           "[]:1"};
    struct failure failure;
    struct address a;

    (void)state;
    for (size_t i = 0; i < T_COUNT(texts); i++)
        assert_false(udp_address_parse(slice_of(texts[i]), &a));
    assert_false(udp_address_resolve(slice_of("nowhere"), &a, &failure));
    t_says(failure.sentence, "host:port");
}

static void names_are_asked_for(void **state)
{
    struct failure failure;
    struct address a;
    char printed[UDP_TEXT_LEN_MAX];

    (void)state;
    assert_true(udp_address_resolve(slice_of("localhost:5"), &a, &failure));
    udp_address_print(&a, printed);
    assert_string_equal(printed, "127.0.0.1:5");
    assert_false(
        udp_address_resolve(slice_of("nobody.invalid:5"), &a, &failure));
    t_says(failure.sentence, "nobody.invalid");
}

struct arrival {
    struct udp *udp;
    struct loop *loop;
    struct address from;
    uint8_t bytes[100];
    size_t len;
    int timer_count;
    uint64_t fired_ns;
};

static void on_readable(void *self)
{
    struct arrival *a = self;

    while (udp_receive(a->udp, &a->from, a->bytes, sizeof a->bytes, &a->len))
        loop_stop(a->loop);
}

static void on_timer(void *self)
{
    struct arrival *a = self;

    a->timer_count++;
    a->fired_ns = entropy_now_ns();
    loop_stop(a->loop);
}

static void a_datagram_passes_between_two_sockets(void **state)
{
    struct udp a, b;
    struct address any;
    struct failure failure;
    struct loop *l = loop_new(&failure);
    struct arrival arrival = {.udp = &b, .loop = l};
    struct loop_watch *watch;

    (void)state;
    assert_true(udp_address_parse(slice_of("127.0.0.1:0"), &any));
    assert_true(udp_open(&a, &any, &failure));
    assert_true(udp_open(&b, &any, &failure));
    assert_false(udp_receive(&b, &any, arrival.bytes, 1, &arrival.len));
    watch = loop_watch(l, b.fd, on_readable, &arrival);
    udp_send(&a, &b.local, slice_of("hello"));
    loop_run(l);
    t_same(slice_make(arrival.bytes, arrival.len), "hello");
    assert_true(address_equal(&arrival.from, &a.local));
    assert_false(udp_open(&b, &a.local, &failure));
    t_says(failure.sentence, "cannot be bound");
    loop_unwatch(watch);
    loop_free(l);
    udp_close(&a);
}

static void a_timer_comes_late_never_early(void **state)
{
    struct failure failure;
    struct loop *l = loop_new(&failure);
    struct arrival arrival = {.loop = l};
    struct loop_timer *timer = loop_timer(l, on_timer, &arrival);
    uint64_t due_ns = entropy_now_ns() + 3000000;

    (void)state;
    loop_timer_set(timer, due_ns - 2000000);
    loop_timer_set(timer, due_ns);
    loop_run(l);
    assert_int_equal(arrival.timer_count, 1);
    assert_true(arrival.fired_ns >= due_ns);
    loop_timer_set(timer, 0);
    loop_run(l);
    assert_int_equal(arrival.timer_count, 2);
    loop_timer_set(timer, entropy_now_ns() + 1000000);
    loop_timer_set(timer, NEVER);
    loop_run_once(l, entropy_now_ns() + 2000000);
    assert_int_equal(arrival.timer_count, 2);
    loop_timer_free(timer);
    loop_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_printed_as_they_are_read),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(names_are_asked_for),
        cmocka_unit_test(a_datagram_passes_between_two_sockets),
        cmocka_unit_test(a_timer_comes_late_never_early),
    };

    return cmocka_run_group_tests_name("udp", tests, NULL, NULL);
}
