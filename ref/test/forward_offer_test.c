/* SPDX-License-Identifier: MIT */
/* Offering what a peer serves: answers, items, ends, and a slow consumer. */
#include "ref/test/hub.h"

/* ------------------------------------------------------------- offering */

/* [OC-6, FW-1, FW-2] under the name that it has there, and not itself */
static void an_operation_offers_what_a_peer_serves(void **state)
{
    (void)state;
    mesh_call(CLIENT_HUB, "w/hold", "{\"a\":1}", &waiters[0]);
    mesh_run();
    assert_int_equal(worker->held_count, 1);
    t_same(worker->held[0].context->identity->id, "n1");
    t_same(worker->held[0].context->forwarded_for->id, "n0");
    handler_respond(worker->held[0].call, slice_of("7"));
    mesh_run();
    waiter_heard(&waiters[0], "ok 7");
    check_nothing_is_left();
}

static void without_a_peer_there_is_nothing_to_offer(void **state)
{
    (void)state; /* nothing is imported */
    mesh_call(CLIENT_HUB, "w/hold", "1", &waiters[0]);
    mesh_call(CLIENT_HUB, "h/at-3", "1", &waiters[1]);
    mesh_subscribe(CLIENT_HUB, "h/items", &waiters[2]);
    mesh_run();
    waiter_heard(&waiters[0], "NOT_FOUND operation not found: w/hold");
    waiter_heard(&waiters[1], "NOT_FOUND operation not found: h/at-3");
    waiter_heard(&waiters[2], "NOT_FOUND operation not found: h/items");
    check_nothing_is_left();
}

/* [PE-4, PE-5] */
static void any_is_the_first_peer_and_a_certain_one_is_that_one(void **state)
{
    (void)state;
    mesh_call(CLIENT_HUB, "w/hold", "1", &waiters[0]);
    mesh_call(CLIENT_HUB, "h/at-3", "1", &waiters[1]);
    mesh_call(CLIENT_HUB, "h/alone-at-3", "1", &waiters[2]);
    mesh_run();
    assert_int_equal(worker->held_count, 1);
    assert_int_equal(other->held_count, 1);
    waiter_heard(&waiters[2], "NOT_FOUND operation not found: h/alone-at-3");
    mesh_cut(HUB_OTHER);
    mesh_run();
    waiter_heard(&waiters[1], "INTERNAL connection closed");
    mesh_call(CLIENT_HUB, "h/at-3", "1", &waiters[3]); /* no falling through */
    mesh_run();
    waiter_heard(&waiters[3], "NOT_FOUND operation not found: h/at-3");
    assert_int_equal(worker->held_count, 1);
}

/* [FW-13, CA-3, SE-6] it is composed, as far as rights go */
static void an_offer_has_its_own_reach_and_authority(void **state)
{
    (void)state;
    mesh_call(CLIENT_HUB, "h/as-nobody", "1", &waiters[0]);
    mesh_call(CLIENT_HUB, "h/out-of-reach", "1", &waiters[1]);
    mesh_call(CLIENT_HUB, "h/own", "1", &waiters[2]);
    mesh_call(CLIENT_HUB, "h/scoped", "1", &waiters[3]);
    mesh_run();
    waiter_heard(&waiters[0], "FORBIDDEN authentication required");
    waiter_heard(&waiters[1], "NOT_FOUND operation not found: h/out-of-reach");
    waiter_heard(&waiters[2], "NOT_FOUND operation not found: h/own");
    assert_int_equal(waiters[3].told, 0);
    assert_int_equal(worker->held_count, 1);
    assert_int_equal(hub->held_count, 0);
}

static void an_offer_is_of_the_kind_that_it_offers(void **state)
{
    (void)state;
    mesh_call(CLIENT_HUB, "h/not-one", "1", &waiters[0]);
    mesh_subscribe(CLIENT_HUB, "h/not-many", &waiters[1]);
    mesh_run();
    t_says(waiters[0].text, "INVALID_OPERATION_TYPE ");
    t_says(waiters[1].text, "INVALID_OPERATION_TYPE ");
    assert_int_equal(worker->held_count, 0);
    check_nothing_is_left();
}

/* [FW-7] */
static void an_offer_passes_on_the_time_that_is_left(void **state)
{
    (void)state;
    mesh_call(CLIENT_HUB, "w/hold", "1", &waiters[0]);
    mesh_run();
    assert_int_equal(worker_limit_ns(), 30 * S);
    mesh_subscribe(CLIENT_HUB, "h/items", &waiters[1]); /* [CX-12] */
    mesh_run();
    mesh_advance(10000 * S);
    t_says(waiters[0].text, "TIMEOUT+ ");
    assert_int_equal(waiters[0].told, 1);
    assert_int_equal(worker->held[0].stopped, 1);
    assert_int_equal(waiters[1].told, 0);
    assert_int_equal(worker->held[1].stopped, 0);
}

/* ------------------------------------------------------------- items */

/* A subscription to "h/items" that the worker holds; its ticket. */
static uint64_t subscribe(struct waiter *waiter)
{
    uint64_t ticket = mesh_subscribe(CLIENT_HUB, "h/items", waiter);

    mesh_run();
    assert_int_equal(worker->held_count, 1);
    assert_int_equal(worker->held[0].pulled, 1);
    return ticket;
}

static void give_items(int from, int count)
{
    for (int i = from; i < from + count; i++) {
        char item[20];

        snprintf(item, sizeof item, "%d", i);
        handler_item(worker->held[0].call, slice_of(item));
        mesh_run();
    }
}

/* [FW-10, SU-7, SU-17] */
static void every_item_is_passed_on_in_order_and_so_is_the_end(void **state)
{
    (void)state;
    subscribe(&waiters[0]);
    give_items(1, 5);
    assert_string_equal(waiters[0].items, "1 2 3 4 5 ");
    handler_complete(worker->held[0].call);
    mesh_run();
    waiter_got(&waiters[0], "1 2 3 4 5 ", "ok ");
    check_nothing_is_left();
}

/* [FW-6, SU-5] */
static void an_error_ends_the_items(void **state)
{
    const struct call_error error = {.code = slice_of("BUSY"),
                                     .message = slice_of("later")};

    (void)state;
    subscribe(&waiters[0]);
    give_items(1, 2);
    handler_fail(worker->held[0].call, &error);
    mesh_run();
    waiter_got(&waiters[0], "1 2 ", "BUSY later");
    check_nothing_is_left();
}

/* [AB-10, SU-11] */
static void who_wants_no_more_items_stops_the_peer(void **state)
{
    uint64_t ticket = subscribe(&waiters[0]);

    (void)state;
    give_items(1, 2);
    client_abort(mesh_at(CLIENT_HUB, 0)->c, ticket);
    mesh_run();
    assert_int_equal(worker->held[0].stopped, 1);
    waiter_got(&waiters[0], "1 2 ", "aborted INTERNAL aborted");
    check_nothing_is_left();
}

/* [SU-14] without a word, by the stream alone */
static void a_lost_stream_of_the_callers_stops_the_peer(void **state)
{
    (void)state;
    subscribe(&waiters[0]);
    give_items(1, 2);
    connection_on_stop(mesh_at(CLIENT_HUB, 1)->c, 0);
    mesh_run();
    assert_int_equal(worker->held[0].stopped, 1);
    assert_int_equal(waiters[0].told, 1);
    check_nothing_is_left();
}

static void a_lost_connection_of_the_callers_stops_the_peer(void **state)
{
    (void)state;
    subscribe(&waiters[0]);
    mesh_cut(CLIENT_HUB);
    mesh_run();
    assert_int_equal(worker->held[0].stopped, 1);
    check_nothing_is_left();
}

/* [SM-18] the only stream that the hub has opened there since it imported */
static void a_lost_stream_of_the_peers_ends_the_items(void **state)
{
    int64_t stream;

    (void)state;
    subscribe(&waiters[0]);
    give_items(1, 2);
    stream = mesh_at(HUB_WORKER, 0)->next - 4;
    connection_on_reset(mesh_at(HUB_WORKER, 0)->c, stream);
    mesh_run();
    assert_string_equal(waiters[0].items, "1 2 ");
    assert_int_equal(waiters[0].told, 1);
    t_says(waiters[0].text, "INTERNAL ");
}

/* [CN-6, LY-5] once */
static void a_lost_connection_of_the_peers_ends_the_items(void **state)
{
    (void)state;
    subscribe(&waiters[0]);
    give_items(1, 2);
    mesh_cut(HUB_WORKER);
    mesh_run();
    waiter_got(&waiters[0], "1 2 ", "INTERNAL connection closed");
    check_nothing_is_left();
}

/* The number with which every item of the flood begins. */
struct taker {
    int items, told;
    bool is_ok;
};

static bool take_item(void *self, struct slice output)
{
    struct taker *t = self;
    char text[10];

    assert_int_equal(output.len, DROP);
    snprintf(text, sizeof text, "%.*s", 8, (const char *)output.data + 1);
    assert_int_equal(atoi(text), t->items);
    t->items++;
    return false; /* one at a time */
}

static void take_end(void *self, const struct pending_outcome *outcome)
{
    struct taker *t = self;

    t->told++;
    t->is_ok = outcome->is_ok;
}

/* [SU-9, PM-13, SU-17] from the subscriber through the hub to the producer:
 * each window, one item on its way and one ahead, and no more, however long
 * nobody takes any; then all of them, in order, and the end */
static void a_slow_consumer_holds_the_producer(void **state)
{
    const struct client_request request = {.operation = slice_of("h/flood"),
                                           .input = slice_of("1")};
    const int most = 2 * (MESH_WINDOW / DROP + 2) + 2;
    struct taker taker = {.items = 0};
    uint64_t ticket =
        client_subscribe(mesh_at(CLIENT_HUB, 0)->c, &request,
                         (struct pending_waiter){take_end, take_item, &taker});

    (void)state;
    for (int i = 1; i <= FLOOD; i++) {
        struct connection_stats stats;

        mesh_run();
        assert_int_equal(taker.items, i);
        assert_true(produced - i <= most);
        stats = node_count(hub->node);
        assert_true(stats.bytes <= 3 * (MESH_WINDOW + 2 * DROP));
        assert_int_equal(taker.told, 0);
        client_resume(mesh_at(CLIENT_HUB, 0)->c, ticket);
    }
    mesh_run();
    assert_int_equal(produced, FLOOD);
    assert_true(taker.told == 1 && taker.is_ok);
    assert_true(mesh_most <= MESH_WINDOW);
    check_nothing_is_left();
}

/* An item comes before it is asked for, while so much is kept for others. */
static struct taker get_ahead(size_t others)
{
    const struct client_request request = {.operation = slice_of("h/flood"),
                                           .input = slice_of("1")};
    struct commons *commons = mesh_at(CLIENT_HUB, 1)->c->commons;
    struct taker taker = {.items = 0}, then;
    uint64_t ticket =
        client_subscribe(mesh_at(CLIENT_HUB, 0)->c, &request,
                         (struct pending_waiter){take_end, take_item, &taker});

    commons->ahead = others;
    while (mesh_step(CLIENT_HUB, 0)) {
    }
    while (mesh_step(HUB_WORKER, 0) || mesh_step(HUB_WORKER, 1)) {
    }
    mesh_run();
    then = taker;
    client_abort(mesh_at(CLIENT_HUB, 0)->c, ticket);
    mesh_run();
    assert_int_equal(commons->ahead, others); /* all was given back */
    assert_int_equal(taker.told, 1);
    check_nothing_is_left();
    return then;
}

/* [FL-13] It is kept; but all that a node keeps so has an end. */
static void what_is_ahead_is_kept_while_there_is_room(void **state)
{
    struct taker taker = get_ahead(0);

    (void)state;
    assert_true(taker.items == 1 && taker.told == 0);
    taker = get_ahead(BOUNDS_AHEAD_MAX - DROP);
    assert_true(taker.items == 1 && taker.told == 0);
    taker = get_ahead(BOUNDS_AHEAD_MAX - DROP + 1);
    assert_true(taker.items == 0 && taker.told == 1);
}

/* The client sends a frame of the largest size at once, whatever the windows:
 * a call that the hub passes on. */
static void send_much(int64_t stream)
{
    size_t len = BOUNDS_BODY_MAX - 1000;
    char *input = malloc(len);
    struct buf frame;

    assert_non_null(input);
    memset(input, 'x', len);
    input[0] = input[len - 1] = '"';
    buf_init(&frame, BOUNDS_FRAME_MAX);
    assert_true(envelope_print_requested(
        slice_of("much"),
        &(struct envelope_request){.operation = slice_of("w/hold"),
                                   .input = slice_make(input, len)},
        BOUNDS_BODY_MAX, &frame));
    free(input);
    connection_on_data(mesh_at(CLIENT_HUB, 1)->c, stream, buf_slice(&frame),
                       true);
    buf_clear(&frame);
}

/* [FL-13] The peer does not read, and callers go on: what waits for the peer
 * has an end, whether it has a stream already or not. */
static void what_a_peer_leaves_unread_has_an_end(void **state)
{
    struct connection *to_worker = mesh_at(HUB_WORKER, 0)->c;

    (void)state;
    for (int i = 0; i < 4; i++) {
        send_much(4000 + 4 * i);
        if (i == 0)
            (void)mesh_step(HUB_WORKER, 0); /* it has a stream */
    }
    assert_int_equal(to_worker->asking.pending.count, 3);
    assert_true(asking_unsent(&to_worker->asking) < 3 * BOUNDS_FRAME_MAX);
    mesh_cut(HUB_WORKER);
    assert_int_equal(node_count(hub->node).served, 0);
}

/* What lies ahead when the subscriber goes is lost, and nothing else is. */
static void a_producer_that_is_held_can_be_stopped(void **state)
{
    (void)state;
    waiters[0].room = 1;
    subscribe(&waiters[0]);
    give_items(1, 1);
    for (int i = 2; worker->held[0].pulled >= i && i < 40; i++)
        give_items(i, 1);
    assert_string_equal(waiters[0].items, "1 ");
    mesh_cut(CLIENT_HUB);
    mesh_run();
    assert_int_equal(worker->held[0].stopped, 1);
    check_nothing_is_left();
}

#define WITH_PEERS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEERS(an_operation_offers_what_a_peer_serves),
        cmocka_unit_test_setup_teardown(
            without_a_peer_there_is_nothing_to_offer, link_up, end),
        WITH_PEERS(any_is_the_first_peer_and_a_certain_one_is_that_one),
        WITH_PEERS(an_offer_has_its_own_reach_and_authority),
        WITH_PEERS(an_offer_is_of_the_kind_that_it_offers),
        WITH_PEERS(an_offer_passes_on_the_time_that_is_left),
        WITH_PEERS(every_item_is_passed_on_in_order_and_so_is_the_end),
        WITH_PEERS(an_error_ends_the_items),
        WITH_PEERS(who_wants_no_more_items_stops_the_peer),
        WITH_PEERS(a_lost_stream_of_the_callers_stops_the_peer),
        WITH_PEERS(a_lost_connection_of_the_callers_stops_the_peer),
        WITH_PEERS(a_lost_stream_of_the_peers_ends_the_items),
        WITH_PEERS(a_lost_connection_of_the_peers_ends_the_items),
        WITH_PEERS(a_slow_consumer_holds_the_producer),
        WITH_PEERS(what_is_ahead_is_kept_while_there_is_room),
        WITH_PEERS(what_a_peer_leaves_unread_has_an_end),
        WITH_PEERS(a_producer_that_is_held_can_be_stopped),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
