/* SPDX-License-Identifier: MIT */
/*
 * All streams of a connection: the order in which they are polled, when ours
 * end, and that each stream of the peer's gives its credit back once.
 */
#include "ref/session/streams.h"
#include "ref/base/bounds.h"
#include "ref/test/t.h"

static struct streams all;

static int begin(void **state)
{
    (void)state;
    streams_init(&all, 1000, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    streams_clear(&all);
    return 0;
}

/* The transport takes so many bytes. */
static void take(struct stream *s, size_t len)
{
    stream_wrote(s, len);
    streams_settle(&all, s);
}

/* Every action until there is none, as "8w 4s credit2"; writes are taken
 * whole. Static. */
static const char *poll_all(void)
{
    static char text[500];
    struct action a;
    size_t len = 0;

    text[0] = '\0';
    while (streams_poll(&all, &a)) {
        assert_true(len < sizeof text - 20);
        len +=
            (size_t)(a.kind == ACTION_CREDIT
                         ? snprintf(text + len, 20, " credit%d", (int)a.count)
                         : snprintf(text + len, 20, " %d%c%s", (int)a.stream,
                                    "owrsckx"[a.kind], a.fin ? "f" : ""));
        if (a.kind == ACTION_WRITE)
            take(streams_find(&all, a.stream), a.bytes.len);
    }
    return text;
}

static struct stream *add(int64_t id, bool is_ours)
{
    return streams_add(&all, id, is_ours);
}

static void say(struct stream *s, const char *text)
{
    buf_put(&s->unsent, text);
    streams_settle(&all, s);
}

static void a_stream_is_found_by_its_number(void **state)
{
    struct stream *a = add(0, false), *b = add(INT64_MAX, true);

    (void)state;
    assert_ptr_equal(streams_find(&all, 0), a);
    assert_ptr_equal(streams_find(&all, INT64_MAX), b);
    assert_null(streams_find(&all, 4));
    assert_true(b->is_ours && !a->is_ours);
    assert_int_equal(a->reader.body_max, 1000);
}

static void
streams_are_polled_in_the_order_they_got_something_to_do(void **state)
{
    struct stream *a = add(0, false), *b = add(4, false), *c = add(8, false);

    (void)state;
    assert_string_equal(poll_all(), "");
    say(b, "x");
    say(a, "x");
    say(b, "y");
    assert_string_equal(poll_all(), " 4w 0w");
    assert_string_equal(poll_all(), "");
    say(c, "x");
    say(b, "x");
    assert_string_equal(poll_all(), " 8w 4w");
}

/* [SM-20, SM-21] */
static void our_end_waits_for_the_peers_and_for_the_last_answer(void **state)
{
    struct stream *s = add(0, false);

    (void)state;
    s->owed = 2;
    s->has_served = s->is_read_over = true;
    streams_settle(&all, s);
    assert_string_equal(poll_all(), "");
    s->owed = 1;
    say(s, "answer");
    assert_string_equal(poll_all(), " 0w");
    s->owed = 0;
    say(s, "answer");
    assert_string_equal(poll_all(), " 0wf credit1");
    assert_null(streams_find(&all, 0)); /* over, and gone */
    assert_int_equal(all.idle_count, 0);
}

/* [SM-25] */
static void a_stream_that_the_peer_does_not_end_stays_open(void **state)
{
    struct stream *s = add(0, false);

    (void)state;
    s->has_served = true;
    say(s, "answer");
    assert_string_equal(poll_all(), " 0w credit1");
    say(s, "another");
    assert_string_equal(poll_all(), " 0w"); /* its credit was given */
    assert_int_equal(all.idle_count, 1);
    s->is_read_over = true;
    streams_settle(&all, s);
    assert_string_equal(poll_all(), " 0wf");
    assert_int_equal(all.idle_count, 0);
}

/* [FL-8] */
static void a_refused_stream_ends_after_the_last_answer(void **state)
{
    struct stream *s = add(0, false);

    (void)state;
    s->is_refused = s->must_stop = true;
    s->owed = 1;
    streams_settle(&all, s);
    assert_string_equal(poll_all(), " 0s");
    s->owed = 0;
    say(s, "answer");
    assert_string_equal(poll_all(), " 0wf");
    assert_non_null(streams_find(&all, 0)); /* its number is still in use */
    s->is_read_over = true;
    streams_settle(&all, s);
    assert_string_equal(poll_all(), " credit1");
    assert_null(streams_find(&all, 0));
}

static void a_stream_of_ours_is_ended_by_who_opened_it(void **state)
{
    struct stream *s = add(1, true);

    (void)state;
    s->is_read_over = s->has_served = true;
    streams_settle(&all, s);
    assert_string_equal(poll_all(), "");
    s->must_finish = true;
    streams_settle(&all, s);
    assert_string_equal(poll_all(), " 1wf"); /* and no credit for it */
    assert_null(streams_find(&all, 1));
    assert_int_equal(all.idle_count, 0);
}

static void a_stream_that_still_owes_is_kept(void **state)
{
    struct stream *s = add(0, false);

    (void)state;
    s->owed = 1;
    s->is_read_over = s->is_write_over = true;
    streams_settle(&all, s);
    assert_string_equal(poll_all(), "");
    assert_ptr_equal(streams_find(&all, 0), s);
    s->owed = 0;
    streams_settle(&all, s);
    assert_string_equal(poll_all(), " credit1");
    assert_null(streams_find(&all, 0));
}

/* [SM-25] beyond the cap the credit comes when the stream is gone */
static void idle_streams_are_forgiven_up_to_a_cap(void **state)
{
    int64_t count = BOUNDS_IDLE_STREAMS_MAX + 3;
    char wanted[40];

    (void)state;
    for (int64_t id = 0; id < count; id++) {
        struct stream *s = add(id, false);

        s->has_served = true;
        streams_settle(&all, s);
    }
    snprintf(wanted, sizeof wanted, " credit%u", BOUNDS_IDLE_STREAMS_MAX);
    assert_string_equal(poll_all(), wanted);
    for (int64_t id = count - 1; id >= 0; id--) {
        struct stream *s = streams_find(&all, id);

        s->is_read_over = s->is_write_over = true;
        streams_settle(&all, s);
        assert_string_equal(poll_all(), id >= count - 3 ? " credit1" : "");
    }
    assert_int_equal(all.by_id.count, 0);
    assert_int_equal(all.idle_count, 0);
}

/* ------------------------------------------------- what the session does */

static void only_those_that_are_stirred_wait_for_the_session(void **state)
{
    struct stream *a = add(0, false), *b = add(4, false);

    (void)state;
    a->streaming = b->streaming = 1;
    a->is_blocked = true;
    streams_settle(&all, a);
    streams_settle(&all, b);
    streams_settle(&all, b); /* once is enough */
    assert_ptr_equal(streams_stirred(&all), b);
    assert_null(streams_stirred(&all));
    a->is_blocked = false;
    streams_settle(&all, a);
    assert_ptr_equal(streams_stirred(&all), a);
    assert_string_equal(poll_all(), "");
    a->streaming = b->streaming = 0;
}

/* One that waits for the session is kept for it, however over it is. */
static void a_stream_that_is_over_is_kept_while_it_is_in_a_queue(void **state)
{
    struct stream *s = add(0, true);

    (void)state;
    (void)stream_hold(s, slice_of("x"));
    s->is_read_over = s->is_write_over = true;
    streams_settle(&all, s);
    assert_string_equal(poll_all(), "");
    assert_ptr_equal(streams_stirred(&all), s);
    stream_pass(s, 1);
    assert_string_equal(poll_all(), " 0c");
    assert_null(streams_find(&all, 0));
}

/* [FL-13] the oldest alone, and whoever is oldest then */
static void rationed_streams_get_their_windows_one_by_one(void **state)
{
    struct stream *s[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        s[i] = add(4 * i, false);
        s[i]->reader.body.len =
            BOUNDS_HALF_READ_MAX; /* half read, as it were */
        s[i]->consumed = 10;
        streams_settle(&all, s[i]);
    }
    assert_string_equal(poll_all(), " 0c");
    for (int i = 0; i < 3; i++) {
        s[i]->reader.body.len = 0;
        streams_settle(&all, s[i]);
        assert_string_equal(poll_all(), i == 0 ? " 4c" : i == 1 ? " 8c" : "");
    }
    assert_int_equal(all.half_read, 0);
}

/* [FL-1] what everybody has to take is taken on all of them, in any order */
static void a_share_is_let_in_on_whatever_the_budget(void **state)
{
    struct stream *big = add(0, false), *small = add(4, false);

    (void)state;
    big->reader.body.len = BOUNDS_HALF_READ_MAX;
    streams_settle(&all, big);
    (void)poll_all();
    small->reader.body.len = BOUNDS_HALF_READ_SHARE - 1;
    small->consumed = 10;
    streams_settle(&all, small);
    assert_string_equal(poll_all(), " 4c");
    small->reader.body.len = BOUNDS_HALF_READ_SHARE;
    small->consumed = 10;
    streams_settle(&all, small);
    assert_string_equal(poll_all(), "");
}

#define WITH_STREAMS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STREAMS(a_stream_is_found_by_its_number),
        WITH_STREAMS(streams_are_polled_in_the_order_they_got_something_to_do),
        WITH_STREAMS(our_end_waits_for_the_peers_and_for_the_last_answer),
        WITH_STREAMS(a_stream_that_the_peer_does_not_end_stays_open),
        WITH_STREAMS(a_refused_stream_ends_after_the_last_answer),
        WITH_STREAMS(a_stream_of_ours_is_ended_by_who_opened_it),
        WITH_STREAMS(a_stream_that_still_owes_is_kept),
        WITH_STREAMS(only_those_that_are_stirred_wait_for_the_session),
        WITH_STREAMS(a_stream_that_is_over_is_kept_while_it_is_in_a_queue),
        WITH_STREAMS(rationed_streams_get_their_windows_one_by_one),
        WITH_STREAMS(a_share_is_let_in_on_whatever_the_budget),
        WITH_STREAMS(idle_streams_are_forgiven_up_to_a_cap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
