/* SPDX-License-Identifier: MIT */
/* A STOP_SENDING is found behind any frame there is, and rubbish ends the
 * search without harm. */
#include "ref/quic/quic_frames.h"
#include "ref/test/t.h"

#define STOP "\x05\x04\x09" /* stream 4, code 9 */

static const struct {
    const char *name;
    struct slice frame;
} frames[] = {
    {"padding", {(const uint8_t *)"\x00\x00\x00", 3}},
    {"ping", {(const uint8_t *)"\x01", 1}},
    {"ack", {(const uint8_t *)"\x02\x40\x21\x05\x02\x01\x01\x01\x02\x02", 10}},
    {"ack, ecn", {(const uint8_t *)"\x03\x09\x05\x00\x01\x07\x08\x09", 8}},
    {"reset", {(const uint8_t *)"\x04\x04\x01\x0a", 4}},
    {"crypto", {(const uint8_t *)"\x06\x00\x03\x05\x05\x05", 6}},
    {"token", {(const uint8_t *)"\x07\x02\x05\x05", 4}},
    {"stream", {(const uint8_t *)"\x0a\x08\x02\x05\x05", 5}},
    {"stream, offset", {(const uint8_t *)"\x0f\x08\x07\x02\x05\x05", 6}},
    {"max data", {(const uint8_t *)"\x10\x80\x00\x10\x00", 5}},
    {"max stream data", {(const uint8_t *)"\x11\x04\x44\x00", 4}},
    {"max streams", {(const uint8_t *)"\x12\x05\x13\x05", 4}},
    {"blocked", {(const uint8_t *)"\x14\x05\x15\x05\x05\x16\x05\x17\x05", 9}},
    {"new id",
     {(const uint8_t *)"\x18\x01\x00\x04\x05\x05\x05\x05"
                       "\x05\x05\x05\x05\x05\x05\x05\x05"
                       "\x05\x05\x05\x05\x05\x05\x05\x05",
      24}},
    {"retire", {(const uint8_t *)"\x19\x05", 2}},
    {"challenge", {(const uint8_t *)"\x1a\x05\x05\x05\x05\x05\x05\x05\x05", 9}},
    {"response", {(const uint8_t *)"\x1b\x05\x05\x05\x05\x05\x05\x05\x05", 9}},
    {"close", {(const uint8_t *)"\x1c\x05\x05\x01\x05", 5}},
    {"app close", {(const uint8_t *)"\x1d\x05\x01\x05", 4}},
    {"done", {(const uint8_t *)"\x1e", 1}},
    {"datagram", {(const uint8_t *)"\x31\x02\x05\x05", 4}},
};

static void a_stop_is_found_behind_any_frame(void **state)
{
    (void)state;
    for (size_t i = 0; i < T_COUNT(frames); i++) {
        struct quic_frames_stop stop;
        struct slice exact, rest;
        struct buf packet;

        buf_init(&packet, 100);
        buf_put_slice(&packet, frames[i].frame);
        buf_put_slice(&packet, T_BYTES(STOP));
        exact = rest = t_exact(buf_slice(&packet));
        if (!quic_frames_next_stop(&rest, &stop))
            fail_msg("not found behind: %s", frames[i].name);
        assert_int_equal(stop.stream, 4);
        assert_int_equal(stop.code, 9);
        assert_int_equal(rest.len, 0);
        assert_false(quic_frames_next_stop(&rest, &stop));
        t_free(exact);
        buf_clear(&packet);
    }
}

static void a_frame_that_fills_the_packet_hides_nothing(void **state)
{
    struct quic_frames_stop stop;
    struct slice stream = T_BYTES("\x08\x04" STOP);
    struct slice datagram = T_BYTES("\x30" STOP);

    (void)state;
    assert_false(quic_frames_next_stop(&stream, &stop));
    assert_false(quic_frames_next_stop(&datagram, &stop));
}

static void all_stops_are_found(void **state)
{
    struct slice rest = T_BYTES(STOP "\x01\x05\x40\x08\x41\x00");
    struct quic_frames_stop stop;

    (void)state;
    assert_true(quic_frames_next_stop(&rest, &stop));
    assert_true(quic_frames_next_stop(&rest, &stop));
    assert_int_equal(stop.stream, 8);
    assert_int_equal(stop.code, 256);
    assert_false(quic_frames_next_stop(&rest, &stop));
}

static void rubbish_ends_the_search(void **state)
{
    uint64_t chance = 3;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint8_t bytes[40];
        size_t len = t_below(&chance, sizeof bytes);
        struct quic_frames_stop stop;
        struct slice exact, rest;

        for (size_t b = 0; b < len; b++)
            bytes[b] = (uint8_t)(t_random(&chance) % (i % 2 ? 256 : 32));
        exact = rest = t_exact(slice_make(bytes, len));
        while (quic_frames_next_stop(&rest, &stop))
            ;
        t_free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_is_found_behind_any_frame),
        cmocka_unit_test(a_frame_that_fills_the_packet_hides_nothing),
        cmocka_unit_test(all_stops_are_found),
        cmocka_unit_test(rubbish_ends_the_search),
    };

    return cmocka_run_group_tests_name("quic_frames", tests, NULL, NULL);
}
