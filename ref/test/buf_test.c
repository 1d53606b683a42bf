/* SPDX-License-Identifier: MIT */
/*
 * Bytes: the borrowed ones of slice.h and the owned ones of buf.c. What
 * matters most is the cap: whatever is asked, no buffer passes it, and a
 * refusal changes nothing.
 */
#include "ref/base/buf.h"
#include "ref/test/t.h"

static void slices_are_equal_when_all_their_bytes_are(void **state)
{
    (void)state;
    assert_true(slice_equal(slice_of("ab"), T_BYTES("ab")));
    assert_false(slice_equal(slice_of("ab"), slice_of("aB")));
    assert_false(slice_equal(slice_of("ab"), slice_of("abc")));
    assert_false(slice_equal(T_BYTES("a\0b"), T_BYTES("a\0c")));
    assert_true(slice_equal(slice_of(""), slice_make(NULL, 0)));
}

static void slices_are_ordered_by_bytes_and_then_by_length(void **state)
{
    static const char *const ordered[] = {"", "A", "a", "aa", "b", "\xc3\xa9"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(ordered); i++)
        for (size_t k = 0; k < T_COUNT(ordered); k++) {
            int order =
                slice_compare(slice_of(ordered[i]), slice_of(ordered[k]));

            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    assert_int_equal(slice_compare(slice_make(NULL, 0), slice_of("")), 0);
}

static void slices_are_taken_apart_without_copying(void **state)
{
    struct slice s = slice_of("/fs/read");

    (void)state;
    t_same(slice_head(s, 3), "/fs");
    t_same(slice_skip(s, 3), "/read");
    assert_ptr_equal(slice_skip(s, 3).data, s.data + 3);
    assert_int_equal(slice_skip(s, s.len).len, 0);
    assert_int_equal(slice_skip(slice_make(NULL, 0), 0).len, 0);
    assert_true(slice_starts(s, slice_of("/fs")));
    assert_true(slice_starts(s, s));
    assert_true(slice_starts(s, slice_make(NULL, 0)));
    assert_false(slice_starts(s, slice_of("/fx")));
    assert_false(slice_starts(slice_of("/f"), slice_of("/fs")));
}

static void a_new_buffer_holds_nothing_and_costs_nothing(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 10);
    assert_null(b.data);
    assert_int_equal(buf_slice(&b).len, 0);
    assert_int_equal(b.capacity, 0);
    assert_true(buf_add(&b, slice_make(NULL, 0)));
    assert_null(b.data);
    buf_clear(&b);
}

static void what_is_added_stands_there_in_order(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    assert_true(buf_add(&b, slice_of("one")));
    assert_true(buf_add(&b, T_BYTES("\0two")));
    buf_put(&b, ",three");
    buf_put_byte(&b, '!');
    buf_put_slice(&b, slice_of("?"));
    t_same_bytes(buf_slice(&b), T_BYTES("one\0two,three!?"));
    buf_clear(&b);
}

/* Adds bytes one at a time until the buffer says no. */
static void nothing_passes_the_cap(void **state)
{
    static const size_t caps[] = {0, 1, 63, 64, 65, 100, 128, 129, 5000};

    (void)state;
    for (size_t i = 0; i < T_COUNT(caps); i++) {
        struct buf b;
        size_t taken = 0;

        buf_init(&b, caps[i]);
        while (buf_add(&b, slice_of("x"))) {
            taken++;
            assert_true(b.len <= b.capacity && b.capacity <= caps[i]);
        }
        assert_int_equal(taken, caps[i]);
        assert_int_equal(b.len, caps[i]);
        buf_clear(&b);
    }
}

static void a_refusal_changes_nothing(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 5);
    assert_false(buf_add(&b, slice_of("123456")));
    assert_null(b.data);
    buf_put(&b, "123");
    assert_false(buf_add(&b, slice_of("456")));
    assert_false(buf_reserve(&b, 3));
    assert_false(buf_reserve(&b, SIZE_MAX));
    assert_false(buf_reserve(&b, SIZE_MAX - 2));
    t_same(buf_slice(&b), "123");
    assert_true(buf_add(&b, slice_of("45")));
    t_same(buf_slice(&b), "12345");
    buf_clear(&b);
}

static void data_does_not_move_into_reserved_room(void **state)
{
    struct buf b;
    const uint8_t *data;

    (void)state;
    buf_init(&b, 100000);
    buf_put(&b, "head");
    assert_true(buf_reserve(&b, 90000));
    assert_int_equal(b.len, 4);
    data = b.data;
    for (size_t i = 0; i < 90000; i++)
        buf_put_byte(&b, (uint8_t)i);
    assert_ptr_equal(b.data, data);
    buf_clear(&b);
}

static void growing_is_cheap_and_starts_small(void **state)
{
    struct buf b;
    size_t moves = 0;

    (void)state;
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < 1 << 20; i++) {
        size_t before = b.capacity;

        buf_put_byte(&b, 0);
        moves += b.capacity != before;
        assert_true(b.capacity <= 64 || b.capacity < 2 * b.len);
    }
    assert_true(moves <= 16);
    buf_clear(&b);
}

static void numbers_are_written_in_decimal(void **state)
{
    static const struct {
        uint64_t number;
        const char *text;
    } cases[] = {
        {0, "0"},     {7, "7"},       {10, "10"},
        {909, "909"}, {1000, "1000"}, {UINT64_MAX, "18446744073709551615"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct buf b;

        buf_init(&b, 20);
        buf_put_u64(&b, cases[i].number);
        t_same(buf_slice(&b), cases[i].text);
        buf_clear(&b);
    }
}

static void bytes_are_written_in_lower_case_hex(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 10);
    buf_put_hex(&b, T_BYTES("\x00\x09\xa0\x5f\xff"));
    t_same(buf_slice(&b), "0009a05fff");
    buf_clear(&b);
}

static void consumed_bytes_go_and_the_rest_moves_up(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 6);
    buf_put(&b, "abcdef");
    buf_consume(&b, 0);
    t_same(buf_slice(&b), "abcdef");
    buf_consume(&b, 2);
    t_same(buf_slice(&b), "cdef");
    buf_put(&b, "gh");
    t_same(buf_slice(&b), "cdefgh");
    buf_consume(&b, 6);
    assert_int_equal(b.len, 0);
    buf_clear(&b);
    buf_consume(&b, 0);
}

/* Bytes go in at one end and out at the other, in every pattern. */
static void a_queue_keeps_its_order(void **state)
{
    uint32_t chance = 1;
    uint8_t in = 0, out = 0;
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    for (size_t i = 0; i < 20000; i++) {
        size_t n;

        chance = chance * 1664525u + 1013904223u;
        n = (chance >> 16) % 200;
        if (chance & 0x8000) {
            for (; n && b.len < b.len_max; n--)
                buf_put_byte(&b, in++);
        } else {
            n = n < b.len ? n : b.len;
            for (size_t k = 0; k < n; k++)
                assert_int_equal(b.data[k], out++);
            buf_consume(&b, n);
        }
        assert_true(b.len <= b.capacity);
        assert_true(b.gone + b.capacity <= b.len_max);
    }
    buf_clear(&b);
}

/* One that is nearly full and stays so is not moved for each byte. */
static void a_queue_moves_rarely(void **state)
{
    size_t moves = 0;
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < 8192; i++)
        buf_put_byte(&b, 'x');
    assert_int_equal(b.len, b.capacity);
    for (size_t i = 0; i < 100000; i++) {
        size_t gone;

        buf_consume(&b, 1);
        gone = b.gone;
        buf_put_byte(&b, 'x');
        moves += b.gone < gone;
    }
    assert_true(moves < 40);
    buf_clear(&b);
}

static void a_reset_keeps_the_memory_and_a_clear_gives_it_back(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 70);
    buf_put(&b, "abc");
    buf_reset(&b);
    assert_int_equal(b.len, 0);
    assert_int_equal(b.capacity, 64);
    buf_put(&b, "x");
    t_same(buf_slice(&b), "x");
    buf_clear(&b);
    assert_null(b.data);
    assert_int_equal(b.len_max, 70);
    assert_true(buf_add(&b, slice_of("usable again")));
    buf_clear(&b);
}

static void put_too_much(void *arg)
{
    buf_put(arg, "no room for this");
}

static void consume_too_much(void *arg)
{
    buf_consume(arg, 4);
}

static void putting_or_consuming_too_much_is_our_own_mistake(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 3);
    buf_put(&b, "abc");
    assert_true(t_asserts(put_too_much, &b));
    assert_true(t_asserts(consume_too_much, &b));
    t_same(buf_slice(&b), "abc");
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_are_equal_when_all_their_bytes_are),
        cmocka_unit_test(slices_are_ordered_by_bytes_and_then_by_length),
        cmocka_unit_test(slices_are_taken_apart_without_copying),
        cmocka_unit_test(a_new_buffer_holds_nothing_and_costs_nothing),
        cmocka_unit_test(what_is_added_stands_there_in_order),
        cmocka_unit_test(nothing_passes_the_cap),
        cmocka_unit_test(a_refusal_changes_nothing),
        cmocka_unit_test(data_does_not_move_into_reserved_room),
        cmocka_unit_test(growing_is_cheap_and_starts_small),
        cmocka_unit_test(numbers_are_written_in_decimal),
        cmocka_unit_test(bytes_are_written_in_lower_case_hex),
        cmocka_unit_test(consumed_bytes_go_and_the_rest_moves_up),
        cmocka_unit_test(a_queue_keeps_its_order),
        cmocka_unit_test(a_queue_moves_rarely),
        cmocka_unit_test(a_reset_keeps_the_memory_and_a_clear_gives_it_back),
        cmocka_unit_test(putting_or_consuming_too_much_is_our_own_mistake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
