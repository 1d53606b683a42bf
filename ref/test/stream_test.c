/* SPDX-License-Identifier: MIT */
/* One stream: what it asks its transport for, and when it is over. */
#include "ref/session/stream.h"
#include "ref/base/bounds.h"
#include "ref/test/t.h"

static struct stream *s;

static int begin(void **state)
{
    (void)state;
    s = stream_new(8, false, 1000);
    return 0;
}

static int end(void **state)
{
    (void)state;
    stream_free(s);
    return 0;
}

/* The next action in words; static. */
static const char *next(void)
{
    static const char *const words[] = {
        [ACTION_OPEN] = "open",         [ACTION_WRITE] = "write",
        [ACTION_RESET] = "reset",       [ACTION_STOP] = "stop",
        [ACTION_CONSUMED] = "consumed", [ACTION_CREDIT] = "credit",
        [ACTION_CLOSE] = "close"};
    static char text[100];
    struct action a = {.kind = ACTION_CLOSE};

    if (!stream_poll(s, &a))
        return "nothing";
    assert_int_equal(a.stream, 8);
    assert_int_equal(a.code, 0);
    snprintf(text, sizeof text, "%s%s%.*s%s", words[a.kind],
             a.kind == ACTION_WRITE ? " " : "", (int)a.bytes.len,
             (const char *)a.bytes.data, a.fin ? " fin" : "");
    if (a.kind == ACTION_CONSUMED)
        snprintf(text, sizeof text, "consumed %d", (int)a.count);
    return text;
}

static void a_new_stream_has_nothing_to_do_and_is_not_over(void **state)
{
    (void)state;
    assert_string_equal(next(), "nothing");
    assert_false(stream_is_over(s));
    assert_null(s->unsent.data);
    stream_free(NULL);
}

static void a_write_comes_again_until_it_was_taken(void **state)
{
    (void)state;
    buf_put(&s->unsent, "abcdef");
    assert_string_equal(next(), "write abcdef");
    assert_string_equal(next(), "write abcdef");
    stream_wrote(s, 6);
    assert_string_equal(next(), "nothing");
    assert_false(s->is_write_over);
    assert_null(s->unsent.data); /* an idle stream costs no buffer */
}

static void a_write_taken_in_part_waits_for_room(void **state)
{
    (void)state;
    buf_put(&s->unsent, "abcdef");
    s->must_finish = true;
    assert_string_equal(next(), "write abcdef fin");
    stream_wrote(s, 2);
    assert_true(s->is_blocked);
    assert_string_equal(next(), "nothing");
    s->is_blocked = false;
    assert_string_equal(next(), "write cdef fin");
    stream_wrote(s, 0);
    assert_false(s->is_write_over);
    s->is_blocked = false;
    assert_string_equal(next(), "write cdef fin");
    stream_wrote(s, 4);
    assert_true(s->is_write_over);
    assert_string_equal(next(), "nothing");
}

static void an_end_needs_no_bytes_and_is_said_once(void **state)
{
    (void)state;
    s->must_finish = true;
    assert_string_equal(next(), "write  fin");
    stream_wrote(s, 0);
    assert_true(s->is_write_over);
    assert_string_equal(next(), "nothing");
}

static void the_urgent_comes_first_and_each_is_said_once(void **state)
{
    (void)state;
    s->must_stop = s->must_reset = true;
    s->consumed = 7;
    buf_put(&s->unsent, "x");
    assert_string_equal(next(), "stop");
    assert_string_equal(next(), "consumed 7");
    assert_string_equal(next(), "reset");
    assert_string_equal(next(), "write x");
}

static void a_half_that_is_over_writes_no_more(void **state)
{
    (void)state;
    buf_put(&s->unsent, "abc");
    s->must_finish = true;
    stream_drop_unsent(s);
    assert_null(s->unsent.data);
    assert_string_equal(next(), "nothing");
    buf_put(&s->unsent, "late");
    assert_string_equal(next(), "nothing");
}

static void a_stream_is_over_when_both_halves_are_and_all_was_said(void **state)
{
    (void)state;
    for (int i = 0; i < 32; i++) {
        s->is_read_over = i & 1;
        s->is_write_over = i & 2;
        s->must_stop = i & 4;
        s->must_reset = i & 8;
        s->consumed = i & 16;
        assert_int_equal(stream_is_over(s), i == 3);
    }
}

/* --------------------------------------------------------- unread, unsent */

static void what_is_held_is_passed_over_from_the_front(void **state)
{
    (void)state;
    assert_true(stream_hold(s, slice_of("abc")));
    assert_true(stream_hold(s, slice_of("defgh")));
    t_same(buf_slice(&s->held), "abcdefgh");
    stream_pass(s, 1);
    t_same(buf_slice(&s->held), "bcdefgh");
    stream_pass(s, 4);
    t_same(buf_slice(&s->held), "fgh");
    assert_true(stream_hold(s, slice_of("i")));
    t_same(buf_slice(&s->held), "fghi");
    stream_pass(s, 4);
    assert_null(s->held.data); /* an idle stream costs no buffer */
    assert_int_equal(s->held.len, 0);
    assert_int_equal(s->consumed, 9);
}

static void only_so_much_is_held(void **state)
{
    char *bytes = calloc(1, BOUNDS_HELD_MAX);

    (void)state;
    assert_non_null(bytes);
    assert_true(stream_hold(s, slice_make(bytes, BOUNDS_HELD_MAX)));
    assert_false(stream_hold(s, slice_make(bytes, 1)));
    assert_int_equal(s->held.len, BOUNDS_HELD_MAX);
    free(bytes);
}

static void reading_ends_with_whatever_was_held(void **state)
{
    (void)state;
    (void)stream_hold(s, slice_of("abc"));
    s->is_fin_held = s->must_stop = true;
    stream_end_reading(s);
    assert_true(s->is_read_over);
    assert_false(s->is_fin_held || s->must_stop);
    assert_int_equal(s->held.len, 0);
    assert_string_equal(next(), "consumed 3");
}

/* [FL-13] */
static void what_is_rationed_is_told_later(void **state)
{
    (void)state;
    s->consumed = 5;
    s->is_rationed = true;
    assert_string_equal(next(), "nothing");
    s->is_rationed = false;
    assert_string_equal(next(), "consumed 5");
}

/* [SU-8, SU-9] */
static void a_stream_may_be_read_on_or_asked_for_an_item(void **state)
{
    (void)state;
    for (int i = 0; i < 64; i++) {
        bool is_full = i & 1, is_fin = i & 2, is_streaming = i & 4;
        bool is_unsent = i & 8, is_blocked = i & 16, is_over = i & 32;
        bool may_read = is_fin && !is_full;
        bool may_pull = is_streaming && !is_unsent && !is_blocked && !is_over;

        s->full = is_full;
        s->is_fin_held = is_fin;
        s->streaming = is_streaming;
        s->is_blocked = is_blocked;
        s->is_write_over = is_over;
        buf_clear(&s->unsent);
        buf_put(&s->unsent, is_unsent ? "x" : "");
        assert_int_equal(stream_may_read(s), may_read);
        assert_int_equal(stream_may_pull(s), may_pull);
    }
    s->full = 0;
    s->is_fin_held = false;
    s->streaming = 0;
    assert_false(stream_may_read(s));
    (void)stream_hold(s, slice_of("x"));
    assert_true(stream_may_read(s));
}

static void a_stream_knows_the_request_that_went_out_on_it(void **state)
{
    char id[UUID_LEN];

    (void)state;
    memset(id, 'a', sizeof id);
    memcpy(s->asked, id, sizeof id);
    assert_false(stream_asked(s, slice_make(id, sizeof id))); /* none did */
    s->ticket = 1;
    assert_true(stream_asked(s, slice_make(id, sizeof id)));
    assert_false(stream_asked(s, slice_make(id, sizeof id - 1)));
    id[35] = 'b';
    assert_false(stream_asked(s, slice_make(id, sizeof id)));
}

static void take_more_than_there_is(void *arg)
{
    (void)arg;
    stream_wrote(s, 4);
}

static void more_than_was_offered_cannot_be_taken(void **state)
{
    (void)state;
    buf_put(&s->unsent, "abc");
    assert_true(t_asserts(take_more_than_there_is, NULL));
}

#define WITH_STREAM(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STREAM(a_new_stream_has_nothing_to_do_and_is_not_over),
        WITH_STREAM(a_write_comes_again_until_it_was_taken),
        WITH_STREAM(a_write_taken_in_part_waits_for_room),
        WITH_STREAM(an_end_needs_no_bytes_and_is_said_once),
        WITH_STREAM(the_urgent_comes_first_and_each_is_said_once),
        WITH_STREAM(a_half_that_is_over_writes_no_more),
        WITH_STREAM(a_stream_is_over_when_both_halves_are_and_all_was_said),
        WITH_STREAM(what_is_held_is_passed_over_from_the_front),
        WITH_STREAM(only_so_much_is_held),
        WITH_STREAM(reading_ends_with_whatever_was_held),
        WITH_STREAM(what_is_rationed_is_told_later),
        WITH_STREAM(a_stream_may_be_read_on_or_asked_for_an_item),
        WITH_STREAM(a_stream_knows_the_request_that_went_out_on_it),
        WITH_STREAM(more_than_was_offered_cannot_be_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
