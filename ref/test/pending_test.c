/* SPDX-License-Identifier: MIT */
/*
 * The calls we wait for. The promise under test: every waiter is told exactly
 * once, whatever ends. The last test makes many calls and lets them end in
 * every way at random.
 */
#include "ref/state/pending.h"
#include "ref/test/waiter.h"

static struct pending p;
static struct agenda agenda;
static struct waiter waiters[3];
static uint64_t last_ticket;

static void expire(struct pending *pending, struct pending_entry *e)
{
    pending_fail(pending, e, CALL_ERROR_TIMEOUT, "request timed out");
}

static int begin(void **state)
{
    (void)state;
    memset(waiters, 0, sizeof waiters);
    waiter_told = 0;
    p = (struct pending){.agenda = &agenda, .expire = expire};
    return 0;
}

static int end(void **state)
{
    (void)state;
    pending_close(&p, "the test is over");
    pending_clear(&p);
    assert_true(agenda_next_ns(&agenda) == NEVER);
    agenda_clear(&agenda);
    return 0;
}

static void add(const char *id, struct pending_waiter waiter, uint64_t at_ns)
{
    struct pending_request request = {
        .id = slice_of(id),
        .ticket = ++last_ticket,
        .waiter = waiter,
        .deadline_ns = at_ns,
    };
    struct buf frame;

    buf_init(&frame, 100);
    buf_put(&frame, "frame of ");
    buf_put(&frame, id);
    request.frame = &frame;
    pending_add(&p, &request);
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

static bool end_with(const char *id, const struct pending_outcome *outcome)
{
    struct pending_entry *e = pending_find(&p, slice_of(id));

    if (e)
        pending_end(&p, e, outcome);
    return e != NULL;
}

static bool answer(const char *id, const char *output)
{
    return end_with(id, &(struct pending_outcome){.is_ok = true,
                                                  .output = slice_of(output)});
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
    assert_true(end_with("r0", &outcome));
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
    assert_int_equal(pending_find(&p, slice_of("r1"))->stream, 4);
}

/* [AB-16] found from the first moment to the last, and never again */
static void a_request_is_found_by_its_ticket_sent_or_not(void **state)
{
    uint64_t first = last_ticket + 1;
    struct pending_entry *e;

    (void)state;
    assert_null(pending_find_ticket(&p, first));
    add("r0", waiter_of(&waiters[0]), NEVER);
    e = pending_find_ticket(&p, first);
    assert_non_null(e);
    send_next(8);
    assert_ptr_equal(pending_find_ticket(&p, first), e);
    assert_ptr_equal(pending_find(&p, slice_of("r0")), e);
    assert_true(answer("r0", "1"));
    assert_null(pending_find_ticket(&p, first));
    assert_null(pending_find_ticket(&p, 0));
}

/* An entry may end while it waits for a stream, wherever it stands. */
static void
an_unsent_request_that_ends_leaves_the_others_their_turn(void **state)
{
    uint64_t first = last_ticket + 1;

    (void)state;
    for (int i = 0; i < 3; i++)
        add((const char *[]){"r0", "r1", "r2"}[i], waiter_of(&waiters[i]), 100);
    pending_fail(&p, pending_find_ticket(&p, first + 1), CALL_ERROR_INTERNAL,
                 "away");
    t_same(pending_next_unsent(&p)->id, "r0");
    pending_fail(&p, pending_find_ticket(&p, first), CALL_ERROR_INTERNAL,
                 "away");
    t_same(pending_next_unsent(&p)->id, "r2");
    send_next(0);
    assert_null(pending_next_unsent(&p));
    waiter_heard(&waiters[0], "INTERNAL away");
    waiter_heard(&waiters[1], "INTERNAL away");
    assert_int_equal(p.count, 1);
}

/* [TO-5] at the limit, not before, sent or not */
static void a_call_whose_time_is_up_gets_a_timeout(void **state)
{
    (void)state;
    add("r0", waiter_of(&waiters[0]), 100);
    add("r1", waiter_of(&waiters[1]), 50);
    add("r2", waiter_of(&waiters[2]), NEVER);
    send_next(0);
    assert_int_equal(agenda_next_ns(&agenda), 50);
    reminder_ring(&agenda, 49);
    assert_int_equal(waiter_told, 0);
    reminder_ring(&agenda, 50);
    waiter_heard(&waiters[1], "TIMEOUT+ request timed out");
    assert_int_equal(agenda_next_ns(&agenda), 100);
    reminder_ring(&agenda, NEVER - 1);
    waiter_heard(&waiters[0], "TIMEOUT+ request timed out");
    assert_true(agenda_next_ns(&agenda) == NEVER);
    assert_int_equal(waiters[2].told, 0);
    assert_false(answer("r0", "1")); /* too late */
    waiter_heard(&waiters[0], "TIMEOUT+ request timed out");
}

static void the_deadline_is_the_earliest_of_those_who_wait(void **state)
{
    (void)state;
    assert_true(agenda_next_ns(&agenda) == NEVER);
    add("r0", waiter_of(&waiters[0]), 10);
    add("r1", waiter_of(&waiters[1]), 30);
    send_next(0);
    send_next(4);
    assert_true(answer("r0", "1")); /* the earliest goes, … */
    add("r2", waiter_of(&waiters[2]), 40);
    assert_int_equal(agenda_next_ns(&agenda), 30);
    send_next(8);
    assert_true(answer("r1", "1"));
    assert_int_equal(agenda_next_ns(&agenda), 40);
    assert_true(answer("r2", "1"));
    assert_true(agenda_next_ns(&agenda) == NEVER);
    add("r0", waiter_of(&waiters[0]), 90); /* … and all begin anew */
    assert_int_equal(agenda_next_ns(&agenda), 90);
}

/* [CN-6] everybody, sent or not, in the order of asking */
static void a_lost_connection_ends_everything(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        add((const char *[]){"r0", "r1", "r2"}[i], waiter_of(&waiters[i]),
            i ? NEVER : 100);
    send_next(0);
    pending_close(&p, "connection closed");
    for (int i = 0; i < 3; i++) {
        waiter_heard(&waiters[i], "INTERNAL connection closed");
        assert_int_equal(waiters[i].order, i + 1);
    }
    assert_int_equal(p.count, 0);
    assert_null(p.unsent_first);
    pending_close(&p, "again");
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
    add("r0", (struct pending_waiter){meddle, NULL, &waiters[0]}, 50);
    add("r1", waiter_of(&waiters[1]), 50);
    send_next(0);
    send_next(0);
    reminder_ring(&agenda, 55);
    waiter_heard(&waiters[0], "TIMEOUT+ request timed out");
    waiter_heard(&waiters[1], "ok \"from inside\"");
    assert_int_equal(waiters[2].told, 0);
    assert_int_equal(agenda_next_ns(&agenda), 60);
    send_next(0);
    add("r0", (struct pending_waiter){meddle, NULL, &waiters[0]}, 50);
    send_next(0);
    pending_close(&p, "closed");
    waiter_heard(&waiters[2], "INTERNAL closed");
    assert_int_equal(waiters[0].told, 2);
}

static void clear_with_somebody_waiting(void *arg)
{
    pending_clear(arg);
}

static void add_to_what_is_closed(void *arg)
{
    pending_add(&p, &(struct pending_request){
                        .id = slice_of("r0"), .ticket = 1, .frame = arg});
}

/* and it is noticed before anything is taken or made */
static void adding_to_what_is_closed_is_our_own_mistake(void **state)
{
    struct buf frame;

    (void)state;
    buf_init(&frame, 100);
    buf_put(&frame, "frame of r0");
    pending_close(&p, "closed");
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
        reminder_ring(&agenda, *now_ns);
        break;
    case 1:
        if (p.last)
            pending_fail(&p, p.last, CALL_ERROR_INTERNAL, "lost");
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

static void check_books(void)
{
    uint64_t earliest = NEVER;
    size_t count = 0;
    bool is_unsent = false;

    for (struct pending_entry *e = p.first; e; e = e->next) {
        uint64_t at_ns = e->limit.entry.place ? e->limit.entry.at_ns : NEVER;

        earliest = at_ns < earliest ? at_ns : earliest;
        is_unsent = is_unsent || e->stream == PENDING_NO_STREAM;
        assert_int_equal(is_unsent, e->stream == PENDING_NO_STREAM);
        assert_ptr_equal(pending_find_ticket(&p, e->ticket), e);
        count++;
    }
    assert_int_equal(p.count, count);
    assert_int_equal(is_unsent, p.unsent_first != NULL);
    assert_true(agenda_next_ns(&agenda) == earliest);
}

static void every_waiter_is_told_exactly_once(void **state)
{
    uint64_t seed = 1, now_ns = 0;
    int made = 0;

    (void)state;
    while (made < MANY) {
        int told;

        do_anything(&seed, &made, &now_ns);
        check_books();
        told = 0;
        for (int i = 0; made % 100 == 0 && i < made; i++)
            told += many[i].told;
        assert_true(made % 100 || (size_t)(made - told) == p.count);
    }
    pending_close(&p, "closed");
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
        WITH_PENDING(a_request_is_found_by_its_ticket_sent_or_not),
        WITH_PENDING(an_unsent_request_that_ends_leaves_the_others_their_turn),
        WITH_PENDING(a_call_whose_time_is_up_gets_a_timeout),
        WITH_PENDING(the_deadline_is_the_earliest_of_those_who_wait),
        WITH_PENDING(a_lost_connection_ends_everything),
        WITH_PENDING(a_waiter_may_do_anything_also_call_again),
        WITH_PENDING(adding_to_what_is_closed_is_our_own_mistake),
        WITH_PENDING(leaving_somebody_waiting_is_our_own_mistake),
        WITH_PENDING(every_waiter_is_told_exactly_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
