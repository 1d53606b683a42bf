/* SPDX-License-Identifier: MIT */
/*
 * The calls we wait for. The promise under test: every waiter is told exactly
 * once, whatever ends. The last test makes many calls and lets them end in
 * every way at random.
 */
#include "ref/state/pending.h"
#include "ref/test/waiter.h"

static struct pending p;
static struct waiter waiters[3];

static int begin(void **state)
{
    (void)state;
    memset(waiters, 0, sizeof waiters);
    waiter_told = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    pending_close(&p, slice_of("the test is over"));
    pending_clear(&p);
    return 0;
}

static void add(const char *id, struct pending_waiter waiter, uint64_t at_ns)
{
    struct buf frame;

    buf_init(&frame, 100);
    buf_put(&frame, "frame of ");
    buf_put(&frame, id);
    pending_add(&p, slice_of(id), waiter, at_ns, &frame);
    assert_null(frame.data); /* taken */
}

/* Gives the oldest unsent call a stream. */
static void send_next(int64_t stream)
{
    struct pending_entry *e = pending_next_unsent(&p);
    struct buf frame;

    assert_non_null(e);
    frame = pending_send(&p, e, stream);
    assert_memory_equal(frame.data, "frame of ", 9);
    buf_clear(&frame);
}

static bool answer(const char *id, const char *output)
{
    struct pending_outcome ok = {.is_ok = true, .output = slice_of(output)};

    return pending_answer(&p, slice_of(id), &ok);
}

/* [ID-7, PM-8, PM-9] */
static void an_answer_ends_the_call_with_its_id_once(void **state)
{
    (void)state;
    add("r0", waiter_of(&waiters[0]), 100);
    add("r1", waiter_of(&waiters[1]), 100);
    send_next(0);
    send_next(0);
    assert_true(answer("r1", "[1]"));
    waiter_heard(&waiters[1], "ok [1]");
    assert_int_equal(waiters[0].told, 0);
    assert_false(answer("r1", "[2]"));
    assert_int_equal(waiters[1].told, 1);
    assert_true(answer("r0", "null"));
    waiter_heard(&waiters[0], "ok null");
    assert_int_equal(p.count, 0);
}

/* [SM-16] */
static void an_answer_that_nobody_waits_for_is_nothing(void **state)
{
    static const char *const ids[] = {"", "r", "r00", "R0", "x"};

    (void)state;
    assert_false(answer("r0", "1"));
    add("r0", waiter_of(&waiters[0]), 100);
    send_next(0);
    for (size_t i = 0; i < T_COUNT(ids); i++)
        assert_false(answer(ids[i], "1"));
    assert_int_equal(waiters[0].told, 0);
}

/* [PM-5] nobody outside can know the id yet */
static void a_call_that_was_not_sent_cannot_be_answered(void **state)
{
    (void)state;
    add("r0", waiter_of(&waiters[0]), 100);
    assert_false(answer("r0", "1"));
    send_next(4);
    assert_true(answer("r0", "1"));
    waiter_heard(&waiters[0], "ok 1");
}

static void an_error_reaches_the_waiter_as_it_is(void **state)
{
    struct pending_outcome outcome = {
        .error = {slice_of("E"), slice_of("m"), true, slice_of("{}")}};

    (void)state;
    add("r0", waiter_of(&waiters[0]), 100);
    send_next(0);
    assert_true(pending_answer(&p, slice_of("r0"), &outcome));
    waiter_heard(&waiters[0], "E+ m {}");
}

static void calls_get_their_streams_in_the_order_they_were_made(void **state)
{
    (void)state;
    assert_null(pending_next_unsent(&p));
    add("r0", waiter_of(&waiters[0]), NEVER);
    add("r1", waiter_of(&waiters[1]), 5);
    t_same(pending_next_unsent(&p)->id, "r0");
    send_next(0);
    t_same(pending_next_unsent(&p)->id, "r1");
    add("r2", waiter_of(&waiters[2]), 1);
    t_same(pending_next_unsent(&p)->id, "r1");
    send_next(4);
    send_next(8);
    assert_null(pending_next_unsent(&p));
    assert_true(pending_has_stream(&p, 4));
    assert_false(pending_has_stream(&p, 12));
}

/* [TO-5] at the limit, not before, sent or not */
static void a_call_whose_time_is_up_gets_a_timeout(void **state)
{
    (void)state;
    add("r0", waiter_of(&waiters[0]), 100);
    add("r1", waiter_of(&waiters[1]), 50);
    add("r2", waiter_of(&waiters[2]), NEVER);
    send_next(0);
    assert_int_equal(pending_deadline(&p), 50);
    pending_expire(&p, 49);
    assert_int_equal(waiter_told, 0);
    pending_expire(&p, 50);
    waiter_heard(&waiters[1], "TIMEOUT+ request timed out");
    assert_int_equal(pending_deadline(&p), 100);
    pending_expire(&p, NEVER - 1);
    waiter_heard(&waiters[0], "TIMEOUT+ request timed out");
    assert_true(pending_deadline(&p) == NEVER);
    assert_int_equal(waiters[2].told, 0);
    assert_false(answer("r0", "1")); /* too late */
    waiter_heard(&waiters[0], "TIMEOUT+ request timed out");
}

static void the_deadline_is_the_earliest_of_those_who_wait(void **state)
{
    (void)state;
    assert_true(pending_deadline(&p) == NEVER);
    add("r0", waiter_of(&waiters[0]), 10);
    add("r1", waiter_of(&waiters[1]), 30);
    send_next(0);
    send_next(4);
    assert_true(answer("r0", "1")); /* the earliest goes, … */
    add("r2", waiter_of(&waiters[2]), 40);
    assert_int_equal(pending_deadline(&p), 30);
    send_next(8);
    assert_true(answer("r1", "1"));
    assert_int_equal(pending_deadline(&p), 40);
    assert_true(answer("r2", "1"));
    assert_true(pending_deadline(&p) == NEVER);
    add("r0", waiter_of(&waiters[0]), 90); /* … and all begin anew */
    assert_int_equal(pending_deadline(&p), 90);
}

/* [SM-18, SM-19] */
static void a_lost_stream_fails_its_own_calls_alone(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        add((const char *[]){"r0", "r1", "r2"}[i], waiter_of(&waiters[i]), 100);
    send_next(4);
    send_next(0);
    send_next(4);
    pending_fail_stream(&p, 8, slice_of("gone"));
    assert_int_equal(waiter_told, 0);
    pending_fail_stream(&p, 4, slice_of("gone"));
    waiter_heard(&waiters[0], "INTERNAL gone");
    waiter_heard(&waiters[2], "INTERNAL gone");
    assert_true(waiters[0].order < waiters[2].order);
    assert_int_equal(waiters[1].told, 0);
    assert_false(pending_has_stream(&p, 4));
    assert_true(answer("r1", "1"));
}

/* [CN-6] everybody, sent or not, in the order of asking */
static void a_lost_connection_ends_everything(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        add((const char *[]){"r0", "r1", "r2"}[i], waiter_of(&waiters[i]),
            i ? NEVER : 100);
    send_next(0);
    pending_close(&p, slice_of("connection closed"));
    for (int i = 0; i < 3; i++) {
        waiter_heard(&waiters[i], "INTERNAL connection closed");
        assert_int_equal(waiters[i].order, i + 1);
    }
    assert_int_equal(p.count + p.unsent, 0);
    pending_close(&p, slice_of("again"));
    assert_int_equal(waiter_told, 3);
}

/* A waiter that answers everybody else and asks again. */
static void meddle(void *self, const struct pending_outcome *outcome)
{
    waiter_tell(self, outcome);
    (void)answer("r1", "\"from inside\"");
    if (!p.is_closed)
        add("again", waiter_of(&waiters[2]), 60);
}

static void a_waiter_may_do_anything_also_call_again(void **state)
{
    (void)state;
    add("r0", (struct pending_waiter){meddle, &waiters[0]}, 50);
    add("r1", waiter_of(&waiters[1]), 50);
    send_next(0);
    send_next(0);
    pending_expire(&p, 55);
    waiter_heard(&waiters[0], "TIMEOUT+ request timed out");
    waiter_heard(&waiters[1], "ok \"from inside\"");
    assert_int_equal(waiters[2].told, 0);
    assert_int_equal(pending_deadline(&p), 60);
    send_next(0);
    add("r0", (struct pending_waiter){meddle, &waiters[0]}, 50);
    send_next(0);
    pending_close(&p, slice_of("closed"));
    waiter_heard(&waiters[2], "INTERNAL closed");
    assert_int_equal(waiters[0].told, 2);
}

static void clear_with_somebody_waiting(void *arg)
{
    pending_clear(arg);
}

static void add_to_what_is_closed(void *arg)
{
    struct buf *frame = arg;

    pending_add(&p, slice_of("r0"), waiter_of(&waiters[0]), 100, frame);
}

/* and it is noticed before anything is taken or made */
static void adding_to_what_is_closed_is_our_own_mistake(void **state)
{
    struct buf frame;

    (void)state;
    buf_init(&frame, 100);
    buf_put(&frame, "frame of r0");
    pending_close(&p, slice_of("closed"));
    assert_true(t_asserts(add_to_what_is_closed, &frame));
    t_same(buf_slice(&frame), "frame of r0");
    assert_int_equal(p.count, 0);
    buf_clear(&frame);
}

static void leaving_somebody_waiting_is_our_own_mistake(void **state)
{
    (void)state;
    add("r0", waiter_of(&waiters[0]), 100);
    assert_true(t_asserts(clear_with_somebody_waiting, &p));
    assert_int_equal(p.count, 1);
}

/* ------------------------------------------------- many, ending anyhow */

#define MANY 3000

static struct waiter many[MANY];

static void do_anything(uint64_t *seed, int *made, uint64_t *now_ns)
{
    char id[32];

    switch (t_below(seed, 10)) {
    case 0:
        *now_ns += t_below(seed, 20);
        pending_expire(&p, *now_ns);
        break;
    case 1:
        pending_fail_stream(&p, (int64_t)t_below(seed, 30), slice_of("lost"));
        break;
    case 2:
    case 3:
    case 4:
        snprintf(id, sizeof id, "r%zu", t_below(seed, (size_t)*made + 1));
        (void)answer(id, "1");
        break;
    case 5:
    case 6:
        if (pending_next_unsent(&p))
            send_next((int64_t)t_below(seed, 30));
        break;
    default:
        snprintf(id, sizeof id, "r%d", *made);
        add(id, waiter_of(&many[(*made)++]),
            t_below(seed, 5) ? *now_ns + 1 + t_below(seed, 200) : NEVER);
        break;
    }
}

static void check_deadline(void)
{
    uint64_t earliest = NEVER;
    size_t unsent = 0;

    for (struct pending_entry *e = p.first; e; e = e->next) {
        earliest = e->deadline_ns < earliest ? e->deadline_ns : earliest;
        unsent += e->stream == PENDING_NO_STREAM;
    }
    assert_true(pending_deadline(&p) == earliest);
    assert_int_equal(p.unsent, unsent);
}

static void every_waiter_is_told_exactly_once(void **state)
{
    uint64_t seed = 1, now_ns = 0;
    int made = 0;

    (void)state;
    while (made < MANY) {
        int told;

        do_anything(&seed, &made, &now_ns);
        check_deadline();
        told = 0;
        for (int i = 0; made % 100 == 0 && i < made; i++)
            told += many[i].told;
        assert_true(made % 100 || (size_t)(made - told) == p.count);
    }
    pending_close(&p, slice_of("closed"));
    for (int i = 0; i < MANY; i++)
        assert_int_equal(many[i].told, 1);
}

#define WITH_PENDING(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PENDING(an_answer_ends_the_call_with_its_id_once),
        WITH_PENDING(an_answer_that_nobody_waits_for_is_nothing),
        WITH_PENDING(a_call_that_was_not_sent_cannot_be_answered),
        WITH_PENDING(an_error_reaches_the_waiter_as_it_is),
        WITH_PENDING(calls_get_their_streams_in_the_order_they_were_made),
        WITH_PENDING(a_call_whose_time_is_up_gets_a_timeout),
        WITH_PENDING(the_deadline_is_the_earliest_of_those_who_wait),
        WITH_PENDING(a_lost_stream_fails_its_own_calls_alone),
        WITH_PENDING(a_lost_connection_ends_everything),
        WITH_PENDING(a_waiter_may_do_anything_also_call_again),
        WITH_PENDING(adding_to_what_is_closed_is_our_own_mistake),
        WITH_PENDING(leaving_somebody_waiting_is_our_own_mistake),
        WITH_PENDING(every_waiter_is_told_exactly_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
