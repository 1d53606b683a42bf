/* SPDX-License-Identifier: MIT */
/*
 * The peer's subscriptions and the ends of its requests before their time:
 * items asked for one by one as they can be sent, aborts wherever they travel,
 * streams that are lost, deadlines.
 */
#include "ref/session/serving.h"
#include "ref/test/wire.h"

static struct wire w;

static int begin(void **state)
{
    (void)state;
    wire_connect(&w);
    return 0;
}

static int end(void **state)
{
    (void)state;
    wire_end(&w);
    return 0;
}

/* The peer subscribes on that stream; its items are asked for. */
static struct wire_held *subscribe(int64_t stream, bool fin)
{
    size_t n = w.held_count;

    wire_hears(&w, stream, fin, WIRE_ASK("r1", "t/items", "1"));
    assert_int_equal(w.held_count, n + 1);
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(w.held[n].pulled, 1);
    return &w.held[n];
}

static struct wire_held *call(int64_t stream, bool fin)
{
    size_t n = w.held_count;

    wire_hears(&w, stream, fin, WIRE_ASK("r1", "t/hold", "1"));
    assert_int_equal(w.held_count, n + 1);
    return &w.held[n];
}

/* ------------------------------------------------------------------ items */

/* [SU-1, SU-2, SU-7, SU-8] */
static void items_go_out_one_by_one_in_order(void **state)
{
    struct wire_held *h = subscribe(0, true);

    (void)state;
    handler_item(h->call, slice_of("1"));
    assert_int_equal(h->pulled, 1); /* not from inside */
    assert_string_equal(wire_poll(&w), "0 " WIRE_OK("r1", "1"));
    assert_int_equal(h->pulled, 2);
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(h->pulled, 2); /* asked once for each */
    handler_item(h->call, slice_of("2"));
    assert_string_equal(wire_poll(&w), "0 " WIRE_OK("r1", "2"));
    handler_complete(h->call);
    assert_string_equal(wire_poll(&w), "0 " WIRE_DONE("r1") " fin; credit 1");
    assert_int_equal(h->stopped, 0);
    assert_int_equal(node_count(w.node).streams, 0);
}

/* [SU-3] */
static void no_items_are_a_sequence_too(void **state)
{
    struct wire_held *h = subscribe(0, false);

    (void)state;
    handler_complete(h->call);
    assert_string_equal(wire_poll(&w), "0 " WIRE_DONE("r1") "; credit 1");
}

/* [SU-4, SU-5] */
static void an_error_is_the_last_word(void **state)
{
    struct call_error error = {.code = slice_of("E"), .message = slice_of("m")};
    struct wire_held *h = subscribe(0, true);

    (void)state;
    handler_item(h->call, slice_of("1"));
    (void)wire_poll(&w);
    handler_fail(h->call, &error);
    handler_item(h->call, slice_of("2"));
    handler_complete(h->call);
    handler_break_down(h->call);
    assert_string_equal(wire_poll(&w),
                        "0 " WIRE_NO("r1", "E", "m") " fin; credit 1");
    assert_int_equal(h->pulled, 2);
    assert_int_equal(h->stopped, 0);
}

/* [HF-4] of either kind */
static void a_handler_that_breaks_down_ends_its_call_alone(void **state)
{
    struct wire_held *h = subscribe(0, true), *other = call(4, true);

    (void)state;
    handler_break_down(h->call);
    assert_string_equal(
        wire_poll(&w),
        "0 " WIRE_NO("r1", "INTERNAL", "the handler broke down") " fin; "
                                                                 "credit 1");
    handler_break_down(other->call);
    t_says(wire_poll(&w), "the handler broke down");
}

/* [SU-6] */
static void a_subscription_that_is_refused_has_one_error(void **state)
{
    node_remove(w.node, w.c);
    (void)state;
    w.c = node_add(w.node, slice_make(NULL, 0), (struct peer_filter){false});
    wire_hears(&w, 0, true, WIRE_ASK("r1", "t/items", "1"));
    assert_string_equal(
        wire_poll(&w),
        "0 " WIRE_NO("r1", "NOT_FOUND",
                     "operation not found: t/items") " fin; credit 1");
    assert_int_equal(w.held_count, 0);
}

/* [SU-9] a peer that does not read stops whoever makes the items */
static void nothing_is_asked_for_while_bytes_are_unsent(void **state)
{
    struct wire_held *h = subscribe(0, false);

    (void)state;
    w.room = 5;
    handler_item(h->call, slice_of("1"));
    assert_string_equal(wire_poll(&w), "0 blocked");
    connection_on_writable(w.c, 0);
    assert_string_equal(wire_poll(&w), "0 blocked");
    assert_int_equal(h->pulled, 1);
    w.room = SIZE_MAX;
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(h->pulled, 1);
    connection_on_writable(w.c, 0);
    (void)wire_poll(&w);
    assert_int_equal(h->pulled, 2);
}

static void one_that_stalls_holds_up_no_other_stream(void **state)
{
    struct wire_held *a = subscribe(0, false), *b = subscribe(4, false);

    (void)state;
    w.room = 5;
    handler_item(a->call, slice_of("1"));
    assert_string_equal(wire_poll(&w), "0 blocked");
    w.room = SIZE_MAX;
    for (int i = 1; i <= 3; i++) {
        handler_item(b->call, slice_of("2"));
        assert_string_equal(wire_poll(&w), "4 " WIRE_OK("r1", "2"));
        assert_int_equal(b->pulled, i + 1);
    }
    assert_int_equal(a->pulled, 1);
}

/* [SU-9, SM-11, SM-12] and a call between them is answered meanwhile */
static void several_on_one_stream_take_turns(void **state)
{
    (void)state;
    wire_hears(&w, 0, false, WIRE_ASK("r1", "t/items", "1"),
               WIRE_ASK("r2", "t/items", "1"), WIRE_ASK("r3", "t/echo", "3"));
    assert_string_equal(wire_poll(&w), "0 " WIRE_OK("r3", "3"));
    assert_int_equal(w.held[0].pulled, 1);
    assert_int_equal(w.held[1].pulled, 1);
    handler_item(w.held[1].call, slice_of("2"));
    assert_string_equal(wire_poll(&w), "0 " WIRE_OK("r2", "2"));
    assert_int_equal(w.held[0].pulled, 1); /* it was asked already */
    assert_int_equal(w.held[1].pulled, 2);
    handler_item(w.held[0].call, slice_of("1"));
    handler_item(w.held[1].call, slice_of("2"));
    assert_string_equal(wire_poll(&w),
                        "0 " WIRE_OK("r1", "1") " " WIRE_OK("r2", "2"));
    handler_complete(w.held[0].call);
    assert_string_equal(wire_poll(&w), "0 " WIRE_DONE("r1"));
    assert_int_equal(w.held[0].pulled, 2);
    handler_complete(w.held[1].call);
    assert_string_equal(wire_poll(&w), "0 " WIRE_DONE("r2") "; credit 1");
}

/* [FL-3] */
static void an_item_that_fits_no_frame_ends_the_sequence(void **state)
{
    char text[300];
    struct wire_held *h;

    (void)state;
    wire_end(&w);
    wire_begin(&w, 200);
    w.c = node_add(w.node, slice_make(NULL, 0), (struct peer_filter){true});
    h = subscribe(0, true);
    memset(text, '1', sizeof text);
    handler_item(h->call, slice_make(text, sizeof text));
    assert_int_equal(h->stopped, 1);
    handler_complete(h->call);
    assert_string_equal(
        wire_poll(&w),
        "0 " WIRE_NO("r1", "INTERNAL",
                     "the output does not fit into a frame") " fin; credit 1");
}

/* An id so long that not even an end fits: the stream is reset, so that the
 * caller knows. */
static void an_end_that_fits_no_frame_resets_its_stream(void **state)
{
    char body[200];
    int room;

    (void)state;
    wire_end(&w);
    wire_begin(&w, 100);
    w.c = node_add(w.node, slice_make(NULL, 0), (struct peer_filter){true});
    room = 100 - (int)strlen("{\"type\":\"call.requested\",\"id\":\"\","
                             "\"payload\":{\"operationId\":\"t/items\"}}");
    snprintf(body, sizeof body,
             "{\"type\":\"call.requested\",\"id\":\"%0*d\","
             "\"payload\":{\"operationId\":\"t/items\"}}",
             room, 0);
    wire_hears(&w, 0, false, body);
    (void)wire_poll(&w);
    handler_item(w.held[0].call, slice_of("\"12345678901234567890\""));
    t_says(wire_poll(&w), "reset");
    assert_int_equal(w.held[0].stopped, 1);
    assert_int_equal(node_count(w.node).served, 0);
}

/* The same where too much lies unread on it. */
static void an_end_that_cannot_be_kept_resets_its_stream(void **state)
{
    size_t len = BOUNDS_BODY_MAX - strlen(WIRE_OK("r", ""));
    char *output = malloc(len);

    (void)state;
    assert_non_null(output);
    memset(output, '1', len);
    wire_hears(&w, 0, false, WIRE_ASK("r", "t/items", "1"),
               WIRE_ASK("r", "t/hold", "1"), WIRE_ASK("r", "t/hold", "1"));
    w.room = 0;
    for (size_t i = 1; i <= 2; i++)
        handler_respond(w.held[i].call, slice_make(output, len));
    assert_string_equal(wire_poll(&w), "0 blocked");
    handler_complete(w.held[0].call);
    assert_string_equal(wire_poll(&w), "0 reset; credit 1");
    assert_int_equal(node_count(w.node).bytes, 0);
    free(output);
}

static void give_what_was_not_asked_for(void *arg)
{
    struct wire_held *h = arg;

    handler_item(h->call, slice_of("1"));
}

static void items_unasked_for_are_our_own_mistake(void **state)
{
    struct wire_held *h = subscribe(0, false);

    (void)state;
    handler_item(h->call, slice_of("1"));
    assert_true(t_asserts(give_what_was_not_asked_for, h));
}

/* ----------------------------------------------------------------- aborts */

/* [AB-1, AB-9, AB-13, AB-27, AB-28] on any stream of the peer's, before it or
 * behind it: told once, and no word is owed */
static void an_abort_stops_whatever_runs_under_that_id(void **state)
{
    static const struct {
        const char *operation;
        int64_t stream; /* of the abort */
    } cases[] = {{"t/hold", 0}, {"t/hold", 4}, {"t/items", 0}, {"t/items", 4}};

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        char ask[200];

        wire_end(&w);
        wire_connect(&w);
        snprintf(ask, sizeof ask, WIRE_ASK("r1", "%s", "1"),
                 cases[i].operation);
        wire_hears(&w, 0, false, ask);
        (void)wire_poll(&w);
        wire_hears(&w, cases[i].stream, false, WIRE_ABORT("r1"),
                   WIRE_ABORT("r1"), WIRE_ABORT("unknown"),
                   WIRE_ASK("r2", "t/echo", "2"));
        assert_int_equal(w.held[0].stopped, 1);
        handler_item(w.held[0].call, slice_of("1")); /* too late */
        handler_complete(w.held[0].call);
        handler_respond(w.held[0].call, slice_of("1"));
        t_says(wire_poll(&w), WIRE_OK("r2", "2"));
        assert_null(strstr((const char *)w.said.data, "\"r1\""));
        assert_int_equal(node_count(w.node).served, 0);
        connection_on_data(w.c, 0, slice_make(NULL, 0), true);
        t_says(wire_poll(&w), "0 fin");
        assert_int_equal(w.held[0].stopped, 1);
    }
}

/* [AB-2, AB-25, AB-26] */
static void an_abort_that_means_nothing_is_nothing(void **state)
{
    (void)state;
    wire_hears(&w, 0, false, WIRE_ABORT("r1"), WIRE_ASK("r2", "t/echo", "2"),
               WIRE_ABORT("r2"), WIRE_ASK("r3", "t/echo", "3"));
    assert_string_equal(wire_poll(&w), "0 " WIRE_OK("r2", "2") " " WIRE_OK(
                                           "r3", "3") "; credit 1");
}

/* [AB-14, AB-15] once, and its stream ends like any other */
static void an_abort_may_overtake_its_request(void **state)
{
    (void)state;
    wire_hears(&w, 4, true, WIRE_ABORT("r1"));
    assert_string_equal(wire_poll(&w), "4 fin; credit 1");
    wire_hears(&w, 0, true, WIRE_ASK("r1", "t/hold", "1"));
    assert_int_equal(w.held_count, 0);
    assert_string_equal(wire_poll(&w), "0 fin; credit 1");
    wire_hears(&w, 8, true, WIRE_ASK("r1", "t/echo", "1"));
    assert_string_equal(wire_poll(&w),
                        "8 " WIRE_OK("r1", "1") " fin; credit 1");
}

/* [ID-5] whoever gives two requests one id aborts both, on whatever streams */
static void requests_with_one_id_are_aborted_together(void **state)
{
    (void)state;
    wire_hears(&w, 0, false, WIRE_ASK("r1", "t/hold", "1"),
               WIRE_ASK("r1", "t/items", "1"), WIRE_ASK("r2", "t/hold", "1"));
    wire_hears(&w, 4, false, WIRE_ASK("r1", "t/hold", "1"));
    wire_hears(&w, 8, false, WIRE_ABORT("r1"));
    assert_int_equal(w.held[0].stopped, 1);
    assert_int_equal(w.held[1].stopped, 1);
    assert_int_equal(w.held[2].stopped, 0);
    assert_int_equal(w.held[3].stopped, 1);
    assert_int_equal(node_count(w.node).served, 1);
}

/* [AB-26, AB-29] on a stream that we opened the callee speaks */
static void an_abort_of_the_callees_leaves_its_requests_alone(void **state)
{
    struct waiter waiter = {.told = 0};

    (void)state;
    connection_on_credit(w.c, 1);
    w.next = 1;
    (void)wire_call(&w, "1", &waiter);
    (void)wire_poll(&w);
    wire_hears(&w, 0, false, WIRE_ASK(WIRE_ID0, "t/hold", "1"));
    wire_hears(&w, 1, false, WIRE_ABORT(WIRE_ID0));
    waiter_heard(&waiter, "aborted INTERNAL aborted");
    assert_int_equal(w.held[0].stopped, 0);
    wire_hears(&w, 4, false, WIRE_ABORT(WIRE_ID0));
    assert_int_equal(w.held[0].stopped, 1);
}

/* ------------------------------------------------------------ lost streams */

/* [AB-9b, SM-27, SM-28] by reset a subscription ends and a call goes on, by
 * whatever closes our half both end; FIN ends neither */
static void what_becomes_of_a_stream_ends_what_it_carries(void **state)
{
    static const struct {
        void (*lose)(struct connection *c, int64_t stream);
        int items_stopped, call_stopped;
        const char *said;
    } cases[] = {
        {connection_on_reset, 1, 0, ""},
        {connection_on_stop, 1, 1, "0 reset; credit 1"},
        {connection_on_gone, 1, 1, "credit 1"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        wire_end(&w);
        wire_connect(&w);
        wire_hears(&w, 0, false, WIRE_ASK("r1", "t/items", "1"),
                   WIRE_ASK("r2", "t/hold", "1"),
                   WIRE_ASK("r3", "t/items", "1"));
        wire_hears(&w, 4, false, WIRE_ASK("r1", "t/items", "1"));
        (void)wire_poll(&w);
        cases[i].lose(w.c, 0);
        assert_int_equal(w.held[0].stopped, cases[i].items_stopped);
        assert_int_equal(w.held[1].stopped, cases[i].call_stopped);
        assert_int_equal(w.held[2].stopped, cases[i].items_stopped);
        assert_int_equal(w.held[3].stopped, 0);
        handler_item(w.held[0].call, slice_of("1"));
        assert_string_equal(wire_poll(&w), cases[i].said);
        connection_on_closed(w.c);
        for (int j = 0; j < 4; j++)
            assert_int_equal(w.held[j].stopped, 1);
    }
}

/* [SM-28] whoever hears no more is not served any more */
static void behind_a_stop_nothing_new_is_started(void **state)
{
    (void)state;
    (void)call(0, false);
    connection_on_stop(w.c, 0);
    assert_string_equal(wire_poll(&w), "0 reset; credit 1");
    wire_hears(&w, 0, false, WIRE_ASK("r2", "t/hold", "1"),
               WIRE_ASK("r3", "t/none", "1"));
    assert_int_equal(w.held_count, 1);
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(node_count(w.node).bytes, 0);
    wire_hears(&w, 0, true, NULL);
    (void)wire_poll(&w);
    assert_int_equal(node_count(w.node).streams, 0);
}

/* -------------------------------------------------------------- deadlines */

/* [TO-6, TO-6a, TO-8] to the tick */
static void a_call_that_takes_too_long_is_ended(void **state)
{
    struct wire_held *h;

    (void)state;
    node_advance(w.node, 7);
    h = call(0, true);
    assert_int_equal(h->context->deadline_ns, 7 + BOUNDS_TIMEOUT_NS);
    node_advance(w.node, 6 + BOUNDS_TIMEOUT_NS);
    assert_int_equal(h->stopped, 0);
    assert_int_equal(node_deadline(w.node), 7 + BOUNDS_TIMEOUT_NS);
    node_advance(w.node, 7 + BOUNDS_TIMEOUT_NS);
    assert_int_equal(h->stopped, 1);
    handler_respond(h->call, slice_of("1"));
    assert_string_equal(
        wire_poll(&w),
        "0 {\"type\":\"call.error\",\"id\":\"r1\",\"payload\":{\"code\":"
        "\"TIMEOUT\",\"message\":\"the call took too long\","
        "\"retryable\":true}} fin; credit 1");
    assert_true(node_deadline(w.node) == NEVER);
}

/* [TO-9, CX-12] */
static void a_subscription_has_no_deadline(void **state)
{
    struct wire_held *h = subscribe(0, false);

    (void)state;
    assert_true(h->context->deadline_ns == NEVER);
    assert_true(node_deadline(w.node) == NEVER);
    node_advance(w.node, NEVER - 1);
    assert_int_equal(h->stopped, 0);
}

#define WITH_WIRE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WIRE(items_go_out_one_by_one_in_order),
        WITH_WIRE(no_items_are_a_sequence_too),
        WITH_WIRE(an_error_is_the_last_word),
        WITH_WIRE(a_handler_that_breaks_down_ends_its_call_alone),
        WITH_WIRE(a_subscription_that_is_refused_has_one_error),
        WITH_WIRE(nothing_is_asked_for_while_bytes_are_unsent),
        WITH_WIRE(one_that_stalls_holds_up_no_other_stream),
        WITH_WIRE(several_on_one_stream_take_turns),
        WITH_WIRE(an_item_that_fits_no_frame_ends_the_sequence),
        WITH_WIRE(an_end_that_fits_no_frame_resets_its_stream),
        WITH_WIRE(an_end_that_cannot_be_kept_resets_its_stream),
        WITH_WIRE(items_unasked_for_are_our_own_mistake),
        WITH_WIRE(an_abort_stops_whatever_runs_under_that_id),
        WITH_WIRE(an_abort_that_means_nothing_is_nothing),
        WITH_WIRE(an_abort_may_overtake_its_request),
        WITH_WIRE(requests_with_one_id_are_aborted_together),
        WITH_WIRE(an_abort_of_the_callees_leaves_its_requests_alone),
        WITH_WIRE(what_becomes_of_a_stream_ends_what_it_carries),
        WITH_WIRE(behind_a_stop_nothing_new_is_started),
        WITH_WIRE(a_call_that_takes_too_long_is_ended),
        WITH_WIRE(a_subscription_has_no_deadline),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
