/* SPDX-License-Identifier: MIT */
/*
 * Frames: the same bytes give the same bodies however they are cut, a length
 * that cannot be is refused from the prefix alone, and what is announced costs
 * nothing.
 */
#include "ref/model/frame.h"
#include "ref/base/bounds.h"
#include "ref/test/t.h"

/* Everything a reader said about a stream, bodies joined with '|'. */
struct heard {
    struct buf bodies;
    enum frame_result last;
    bool is_partial;
    size_t rest_len; /* bytes it left after a bad frame */
};

/* Feeds one piece, in memory of its own, until the reader wants more. */
static void feed(struct frame_reader *r, struct slice piece, struct heard *h)
{
    struct slice copy = t_exact(piece), rest = copy, body;
    const char *why = NULL;

    while ((h->last = frame_read(r, &rest, &body, &why)) == FRAME_READY) {
        buf_put_slice(&h->bodies, body);
        buf_put(&h->bodies, "|");
    }
    assert_int_equal(h->last == FRAME_BAD, why != NULL);
    assert_true(h->last == FRAME_BAD || rest.len == 0);
    h->rest_len = rest.len;
    t_free(copy);
}

/* Reads a stream that comes in pieces ending at each of `cuts`. */
static void read_cut(struct slice stream, const size_t *cuts, size_t count,
                     struct heard *h)
{
    struct frame_reader r;
    size_t from = 0;

    frame_reader_init(&r, 1000);
    buf_init(&h->bodies, 100000);
    h->last = FRAME_MORE;
    for (size_t i = 0; i <= count && h->last != FRAME_BAD; i++) {
        size_t to = i < count ? cuts[i] : stream.len;

        feed(&r, slice_make(stream.data + from, to - from), h);
        from = to;
    }
    h->is_partial = frame_is_partial(&r);
    frame_reader_clear(&r);
}

static struct slice three_frames(void)
{
    return T_BYTES("\0\0\0\x05"
                   "hello"
                   "\0\0\0\x01"
                   "x"
                   "\0\0\0\x06"
                   "\0\0\0\x01"
                   "yz");
}

static const char three_bodies[] = "hello|x|\0\0\0\1yz|";

static void check_three(struct heard *h)
{
    t_same_bytes(buf_slice(&h->bodies), T_BYTES(three_bodies));
    assert_int_equal(h->last, FRAME_MORE);
    assert_false(h->is_partial);
    buf_clear(&h->bodies);
}

/* [FR-1, FR-2, FR-4, FR-5, FR-7] */
static void frames_follow_each_other_with_nothing_between(void **state)
{
    struct heard h;

    (void)state;
    read_cut(three_frames(), NULL, 0, &h);
    check_three(&h);
}

/* [FR-6] */
static void a_stream_cut_at_any_two_bytes_gives_the_same_frames(void **state)
{
    struct slice stream = three_frames();
    struct heard h;

    (void)state;
    for (size_t i = 0; i <= stream.len; i++)
        for (size_t k = i; k <= stream.len; k++) {
            read_cut(stream, (size_t[]){i, k}, 2, &h);
            check_three(&h);
        }
}

/* [FR-6] */
static void a_stream_in_single_bytes_gives_the_same_frames(void **state)
{
    struct slice stream = three_frames();
    size_t cuts[64];
    struct heard h;

    (void)state;
    for (size_t i = 0; i < stream.len; i++)
        cuts[i] = i;
    read_cut(stream, cuts, stream.len, &h);
    check_three(&h);
}

/* [FL-5, FL-6] */
static void a_stream_that_stops_inside_a_frame_is_noticed(void **state)
{
    struct slice stream = three_frames();

    (void)state;
    for (size_t len = 0; len <= stream.len; len++) {
        bool is_whole = len == 0 || len == 9 || len == 14 || len == 24;
        struct heard h;

        read_cut(slice_head(stream, len), NULL, 0, &h);
        assert_int_equal(h.is_partial, !is_whole);
        buf_clear(&h.bodies);
        read_cut(slice_head(stream, len), (size_t[]){len / 2}, 1, &h);
        assert_int_equal(h.is_partial, !is_whole);
        buf_clear(&h.bodies);
    }
}

/* [FL-1, FL-2, FL-4] by the prefix alone, after frames that stand [FL-11] */
static void a_length_that_cannot_be_is_refused_at_once(void **state)
{
    static const struct {
        const char *prefix;
        bool is_good;
    } cases[] = {
        {"\x00\x00\x00\x00", false}, {"\x00\x00\x00\x01", true},
        {"\x00\x00\x03\xe8", true},  {"\x00\x00\x03\xe9", false},
        {"\x00\x01\x00\x00", false}, {"\x00\x00\xff\xff", false},
        {"\x01\x00\x00\x00", false}, {"\x7f\xff\xff\xff", false},
        {"\x80\x00\x00\x00", false}, {"\xff\xff\xff\xff", false},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        for (size_t cut = 0; cut <= 4; cut++) {
            char stream[10] = "\0\0\0\1x";
            struct heard h;

            memcpy(stream + 5, cases[i].prefix, 4);
            read_cut(slice_make(stream, 9), (size_t[]){5 + cut}, 1, &h);
            assert_int_equal(h.last, cases[i].is_good ? FRAME_MORE : FRAME_BAD);
            t_same(buf_slice(&h.bodies), "x|");
            assert_true(h.is_partial);
            buf_clear(&h.bodies);
        }
}

static void what_follows_a_bad_prefix_is_left_alone(void **state)
{
    struct heard h;

    (void)state;
    read_cut(T_BYTES("\0\0\0\0"
                     "\0\0\0\1x"),
             NULL, 0, &h);
    assert_int_equal(h.last, FRAME_BAD);
    assert_int_equal(h.rest_len, 5);
    assert_int_equal(h.bodies.len, 0);
    buf_clear(&h.bodies);
}

static void a_bad_frame_stays_bad(void **state)
{
    static const char *const prefixes[] = {"\0\0\0\0", "\xff\0\0\0"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(prefixes); i++) {
        struct frame_reader r;
        struct heard h = {.last = FRAME_MORE};

        frame_reader_init(&r, 1000);
        buf_init(&h.bodies, 100);
        feed(&r, slice_make(prefixes[i], 4), &h);
        assert_int_equal(h.last, FRAME_BAD);
        feed(&r, T_BYTES("\0\0\0\1x"), &h);
        assert_int_equal(h.last, FRAME_BAD);
        feed(&r, slice_make(NULL, 0), &h);
        assert_int_equal(h.last, FRAME_BAD);
        frame_reader_clear(&r);
        buf_clear(&h.bodies);
    }
}

/* [FL-1] 64 MiB inclusive, [FL-13] for which nothing is set aside */
static void the_announced_length_is_not_reserved(void **state)
{
    struct frame_reader r;
    struct slice rest = T_BYTES("\x04\0\0\0"
                                "ten bytes!"),
                 body;
    const char *why;

    (void)state;
    frame_reader_init(&r, BOUNDS_BODY_MAX);
    assert_int_equal(frame_read(&r, &rest, &body, &why), FRAME_MORE);
    assert_int_equal(r.body.len, 10);
    assert_true(r.body.capacity <= 64);
    frame_reader_clear(&r);
    rest = T_BYTES("\x04\0\0\1");
    assert_int_equal(frame_read(&r, &rest, &body, &why), FRAME_BAD);
    frame_reader_clear(&r);
}

/* [FL-1] the largest body there is, in two pieces */
static void the_largest_body_is_taken(void **state)
{
    struct frame_reader r;
    size_t half = BOUNDS_BODY_MAX / 2;
    uint8_t *bytes = calloc(half, 1);
    struct slice rest = T_BYTES("\x04\0\0\0"), body;
    const char *why;

    (void)state;
    assert_non_null(bytes);
    frame_reader_init(&r, BOUNDS_BODY_MAX);
    assert_int_equal(frame_read(&r, &rest, &body, &why), FRAME_MORE);
    rest = slice_make(bytes, half);
    assert_int_equal(frame_read(&r, &rest, &body, &why), FRAME_MORE);
    rest = slice_make(bytes, half);
    assert_int_equal(frame_read(&r, &rest, &body, &why), FRAME_READY);
    assert_int_equal(body.len, BOUNDS_BODY_MAX);
    rest = T_BYTES("\0\0\0\1x");
    assert_int_equal(frame_read(&r, &rest, &body, &why), FRAME_READY);
    t_same(body, "x");
    assert_true(r.body.capacity <= 65536); /* and the memory went back */
    frame_reader_clear(&r);
    free(bytes);
}

static void a_body_that_came_whole_is_not_copied(void **state)
{
    struct frame_reader r;
    struct slice stream = three_frames(), rest = stream, body;
    const char *why;

    (void)state;
    frame_reader_init(&r, 1000);
    assert_int_equal(frame_read(&r, &rest, &body, &why), FRAME_READY);
    assert_ptr_equal(body.data, stream.data + 4);
    assert_int_equal(rest.len, stream.len - 9);
    assert_null(r.body.data);
    frame_reader_clear(&r);
}

static void memory_of_small_bodies_is_kept_for_the_next(void **state)
{
    struct frame_reader r;
    struct heard h = {.last = FRAME_MORE};
    const uint8_t *data;

    (void)state;
    frame_reader_init(&r, 1000);
    buf_init(&h.bodies, 100);
    feed(&r, T_BYTES("\0\0\0\2a"), &h);
    data = r.body.data;
    feed(&r, T_BYTES("b\0\0\0\2c"), &h);
    assert_ptr_equal(r.body.data, data);
    feed(&r, T_BYTES("d"), &h);
    t_same(buf_slice(&h.bodies), "ab|cd|");
    frame_reader_clear(&r);
    buf_clear(&h.bodies);
}

static void a_body_may_be_let_go_before_the_next_is_read(void **state)
{
    struct slice rest = T_BYTES("\0\0\0\4ab"), body;
    struct frame_reader r;
    const char *why;

    (void)state;
    frame_reader_init(&r, 10);
    assert_int_equal(frame_read(&r, &rest, &body, &why), FRAME_MORE);
    frame_let_go(&r); /* half of one stays */
    rest = T_BYTES("cd\0\0\0\1x");
    assert_int_equal(frame_read(&r, &rest, &body, &why), FRAME_READY);
    t_same(body, "abcd");
    frame_let_go(&r);
    frame_let_go(&r);
    assert_int_equal(r.body.len, 0);
    assert_int_equal(frame_read(&r, &rest, &body, &why), FRAME_READY);
    t_same(body, "x");
    frame_reader_clear(&r);
}

static void a_cleared_reader_is_at_the_start_of_a_stream(void **state)
{
    struct frame_reader r;
    struct heard h = {.last = FRAME_MORE};

    (void)state;
    frame_reader_init(&r, 1000);
    buf_init(&h.bodies, 100);
    feed(&r, T_BYTES("\0\0\0\5abc"), &h);
    frame_reader_clear(&r);
    assert_false(frame_is_partial(&r));
    feed(&r, T_BYTES("\0\0\0\1x"), &h);
    t_same(buf_slice(&h.bodies), "x|");
    frame_reader_clear(&r);
    buf_clear(&h.bodies);
}

/* [FR-6] frames of all sizes, cut at random */
static void many_frames_cut_at_random_come_out_in_order(void **state)
{
    uint64_t seed = 1;
    struct frame_reader r;
    struct buf sent;
    struct heard h = {.last = FRAME_MORE};

    (void)state;
    frame_reader_init(&r, 200000);
    buf_init(&h.bodies, 1 << 26);
    buf_init(&sent, 1 << 26);
    for (int i = 0; i < 300; i++) {
        size_t start = frame_begin(&sent);

        for (size_t n = 1 + t_below(&seed, i % 50 ? 300 : 150000); n > 0; n--)
            buf_put_byte(&sent, (uint8_t)('a' + n % 26));
        assert_true(frame_end(&sent, start, 200000));
    }
    for (size_t at = 0, n; at < sent.len; at += n) {
        n = 1 + t_below(&seed, t_below(&seed, 2) ? 10 : 20000);
        n = n < sent.len - at ? n : sent.len - at;
        feed(&r, slice_make(sent.data + at, n), &h);
    }
    assert_false(frame_is_partial(&r));
    assert_int_equal(h.bodies.len + (size_t)3 * 300, sent.len);
    for (size_t from = 0, to = 0; from < sent.len; to++) {
        size_t len = (size_t)sent.data[from + 1] << 16 |
                     (size_t)sent.data[from + 2] << 8 | sent.data[from + 3];

        assert_memory_equal(h.bodies.data + to, sent.data + from + 4, len);
        from += 4 + len;
        to += len;
    }
    frame_reader_clear(&r);
    buf_clear(&sent);
    buf_clear(&h.bodies);
}

/* -------------------------------------------------------------- writing */

/* [FR-1, FR-2] */
static void a_written_frame_is_a_prefix_and_its_body(void **state)
{
    static const struct {
        size_t len;
        const char *prefix;
    } cases[] = {{1, "\0\0\0\1"},        {47, "\0\0\0\x2f"},
                 {255, "\0\0\0\xff"},    {256, "\0\0\1\0"},
                 {0x010203, "\0\1\2\3"}, {0x01020304, "\1\2\3\4"}};

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        uint8_t *body = calloc(cases[i].len, 1);
        struct buf out;
        size_t start;

        assert_non_null(body);
        buf_init(&out, BOUNDS_FRAME_MAX);
        buf_put(&out, "before");
        start = frame_begin(&out);
        assert_int_equal(start, 6);
        buf_put_slice(&out, slice_make(body, cases[i].len));
        assert_true(frame_end(&out, start, BOUNDS_BODY_MAX));
        assert_int_equal(out.len, 6 + 4 + cases[i].len);
        assert_memory_equal(out.data, "before", 6);
        assert_memory_equal(out.data + 6, cases[i].prefix, 4);
        buf_clear(&out);
        free(body);
    }
}

/* [FL-3, FL-4] */
static void a_frame_that_may_not_be_sent_is_taken_out_again(void **state)
{
    static const struct {
        const char *body;
        bool is_good;
    } cases[] = {{"", false}, {"1", true}, {"12345", true}, {"123456", false}};

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct buf out;
        size_t start;

        buf_init(&out, 100);
        buf_put(&out, "kept");
        start = frame_begin(&out);
        buf_put(&out, cases[i].body);
        assert_int_equal(frame_end(&out, start, 5), cases[i].is_good);
        if (!cases[i].is_good)
            t_same(buf_slice(&out), "kept");
        buf_clear(&out);
    }
}

static void a_frame_without_room_for_its_prefix_is_none(void **state)
{
    (void)state;
    for (size_t room = 0; room < 5; room++) {
        struct buf out;
        size_t start;

        buf_init(&out, 4 + room);
        buf_put(&out, "kept");
        start = frame_begin(&out);
        (void)buf_add(&out, slice_of("x"));
        assert_false(frame_end(&out, start, 1000) && room < 5);
        t_same(buf_slice(&out), "kept");
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_follow_each_other_with_nothing_between),
        cmocka_unit_test(a_stream_cut_at_any_two_bytes_gives_the_same_frames),
        cmocka_unit_test(a_stream_in_single_bytes_gives_the_same_frames),
        cmocka_unit_test(a_stream_that_stops_inside_a_frame_is_noticed),
        cmocka_unit_test(a_length_that_cannot_be_is_refused_at_once),
        cmocka_unit_test(what_follows_a_bad_prefix_is_left_alone),
        cmocka_unit_test(a_bad_frame_stays_bad),
        cmocka_unit_test(the_announced_length_is_not_reserved),
        cmocka_unit_test(the_largest_body_is_taken),
        cmocka_unit_test(a_body_that_came_whole_is_not_copied),
        cmocka_unit_test(memory_of_small_bodies_is_kept_for_the_next),
        cmocka_unit_test(a_body_may_be_let_go_before_the_next_is_read),
        cmocka_unit_test(a_cleared_reader_is_at_the_start_of_a_stream),
        cmocka_unit_test(many_frames_cut_at_random_come_out_in_order),
        cmocka_unit_test(a_written_frame_is_a_prefix_and_its_body),
        cmocka_unit_test(a_frame_that_may_not_be_sent_is_taken_out_again),
        cmocka_unit_test(a_frame_without_room_for_its_prefix_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
