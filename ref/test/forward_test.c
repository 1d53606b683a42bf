/* SPDX-License-Identifier: MIT */
/* Composing what a peer serves: whom it works for, how long, what comes back,
 * and what becomes of it when somebody goes. */
#include "ref/test/hub.h"

/* ------------------------------------------------------------- composing */

/* A handler of the hub's that the client has asked for, and that waits. */
static struct handler_call ask_parent(const char *operation,
                                      struct waiter *waiter)
{
    size_t n = hub->held_count;

    mesh_call(CLIENT_HUB, operation, "1", waiter);
    mesh_run();
    assert_int_equal(hub->held_count, n + 1);
    return hub->held[n].call;
}

static void invoke(struct handler_call parent, const char *operation,
                   const char *peer, struct waiter *waiter)
{
    const struct composing_request request = {
        .operation = slice_of(operation),
        .peer = peer_of(peer),
        .input = slice_of("{\"a\":1}"),
    };

    node_invoke(parent, &request, waiter_of(waiter));
}

/* A call of "w/hold" that the first worker holds. */
static struct wire_held *compose_held(struct handler_call parent,
                                      struct waiter *waiter)
{
    invoke(parent, "w/hold", NULL, waiter);
    mesh_run();
    assert_int_equal(worker->held_count, 1);
    return &worker->held[0];
}

/* [FW-1, FC-3] and it is asked of the peer that came first [PE-5] */
static void what_is_imported_is_done_by_its_peer(void **state)
{
    struct handler_call parent = ask_parent("h/parent", &waiters[0]);

    (void)state;
    invoke(parent, "w/echo", NULL, &waiters[1]);
    mesh_run();
    waiter_heard(&waiters[1], "ok {\"a\":1}");
    t_same(compose_held(parent, &waiters[2])->context->operation, "w/hold");
    assert_int_equal(other->held_count, 0);
    handler_respond(worker->held[0].call, slice_of("7"));
    mesh_run();
    waiter_heard(&waiters[2], "ok 7");
    handler_respond(parent, slice_of("8"));
    mesh_run();
    waiter_heard(&waiters[0], "ok 8");
    check_nothing_is_left();
}

/* [PE-4] */
static void a_certain_peer_is_asked_and_no_other(void **state)
{
    struct handler_call parent = ask_parent("h/parent", &waiters[0]);

    (void)state;
    invoke(parent, "w/hold", "n3", &waiters[1]);
    invoke(parent, "w/alone", "n3", &waiters[2]);
    mesh_run();
    assert_int_equal(other->held_count, 1);
    assert_int_equal(worker->held_count, 0);
    waiter_heard(&waiters[2], "NOT_FOUND operation not found: w/alone");
}

/* [FW-2, FF-6, FF-7, FF-8, FW-5, CX-4] we ask as ourselves, for whoever made
 * the call from the wire; what that one claimed of others goes no further */
static void a_peer_is_told_for_whom_it_works(void **state)
{
    const struct client_request request = {
        .operation = slice_of("h/parent"),
        .input = slice_of("1"),
        .forwarded_for = slice_of(ALICE),
    };
    const struct context *there;

    (void)state;
    client_call(mesh_at(CLIENT_HUB, 0)->c, &request, waiter_of(&waiters[0]));
    mesh_run();
    t_same(hub->held[0].context->forwarded_for->id, "alice");
    there = compose_held(hub->held[0].call, &waiters[1])->context;
    t_same(there->identity->id, "n1");
    t_same(there->forwarded_for->id, "n0");
    assert_true(strings_has(&there->forwarded_for->scopes, slice_of("s")));
}

/* [FF-6] at every depth, whatever authority stands between */
static void it_is_the_end_user_at_every_depth(void **state)
{
    struct handler_call parent = ask_parent("h/parent", &waiters[0]);

    (void)state;
    invoke(parent, "h/parent", NULL, &waiters[1]);
    mesh_run();
    t_same(hub->held[1].context->identity->id, "alice");
    t_same(compose_held(hub->held[1].call, &waiters[2])
               ->context->forwarded_for->id,
           "n0");
}

/* [FW-2] left out, not null */
static void for_nobody_in_particular_nobody_is_named(void **state)
{
    (void)state;
    mesh_tie(SPARE, 0, CLIENT, mesh_keys[HUB]);
    mesh_tie(SPARE, 1, HUB, "");
    mesh_call(SPARE, "h/parent", "1", &waiters[0]);
    mesh_run();
    assert_null(hub->held[0].context->identity);
    assert_null(
        compose_held(hub->held[0].call, &waiters[1])->context->forwarded_for);
}

/* [FW-6] */
static void an_error_comes_back_as_it_was(void **state)
{
    const struct call_error error = {
        .code = slice_of("BUSY"),
        .message = slice_of("later"),
        .retryable = true,
        .details = slice_of("{\"in\":5}"),
    };
    struct handler_call parent = ask_parent("h/parent", &waiters[0]);

    (void)state;
    handler_fail(compose_held(parent, &waiters[1])->call, &error);
    mesh_run();
    waiter_heard(&waiters[1], "BUSY+ later {\"in\":5}");
}

/* [FW-13] before anything is sent */
static void the_access_of_the_peer_is_asked_here_already(void **state)
{
    struct handler_call nobody = ask_parent("h/nobody", &waiters[0]);
    struct handler_call alice = ask_parent("h/parent", &waiters[1]);

    (void)state;
    invoke(nobody, "w/scoped", NULL, &waiters[2]);
    waiter_heard(&waiters[2], "FORBIDDEN authentication required");
    mesh_run();
    assert_int_equal(worker->held_count, 0);
    invoke(alice, "w/scoped", NULL, &waiters[3]);
    mesh_run();
    assert_int_equal(worker->held_count, 1);
}

/* [PE-10, RG-8, SU-17] */
static void a_subscription_of_a_peers_cannot_be_composed(void **state)
{
    struct handler_call parent = ask_parent("h/parent", &waiters[0]);

    (void)state;
    invoke(parent, "w/items", NULL, &waiters[1]);
    waiter_heard(&waiters[1],
                 "INVALID_OPERATION_TYPE a subscription cannot be composed");
    mesh_run();
    assert_int_equal(worker->held_count, 0);
}

/* [OC-6, FW-11] */
static void an_import_is_not_there_for_the_wire(void **state)
{
    (void)state;
    mesh_call(CLIENT_HUB, "w/echo", "1", &waiters[0]);
    mesh_run();
    waiter_heard(&waiters[0], "NOT_FOUND operation not found: w/echo");
}

/* [FW-7, CX-5, TO-8] what is left of the caller's, not a new half a minute */
static void a_peer_has_the_time_that_is_left(void **state)
{
    struct handler_call parent;

    (void)state;
    mesh_advance(5 * S); /* 30 s from here */
    parent = ask_parent("h/parent", &waiters[0]);
    mesh_advance(25 * S);
    compose_held(parent, &waiters[1]);
    assert_int_equal(worker_limit_ns(), 35 * S);
    mesh_advance(35 * S - 1);
    assert_int_equal(waiters[1].told, 0);
    assert_int_equal(worker->held[0].stopped, 0);
    mesh_advance(35 * S); /* the worker itself would wait until 55 s */
    assert_int_equal(waiters[1].told, 1);
    assert_int_equal(worker->held[0].stopped, 1);
    check_nothing_is_left();
}

/* [FW-7, CX-5] through an operation that offers it likewise */
static void an_offer_that_is_composed_has_no_more_time(void **state)
{
    struct handler_call parent;

    (void)state;
    mesh_advance(5 * S);
    parent = ask_parent("h/parent", &waiters[0]);
    mesh_advance(25 * S);
    invoke(parent, "h/scoped", NULL, &waiters[1]);
    mesh_run();
    assert_int_equal(worker->held_count, 1);
    assert_int_equal(worker_limit_ns(), 35 * S);
    t_same(worker->held[0].context->forwarded_for->id, "n0"); /* [FF-6] */
}

/* [AB-10, FW-8, AB-32] under the id that it has there */
static void an_abort_goes_on_to_the_peer(void **state)
{
    uint64_t ticket = mesh_call(CLIENT_HUB, "h/parent", "1", &waiters[0]);

    (void)state;
    mesh_run();
    compose_held(hub->held[0].call, &waiters[1]);
    assert_false(slice_equal(worker->held[0].context->request_id,
                             hub->held[0].context->request_id));
    client_abort(mesh_at(CLIENT_HUB, 0)->c, ticket);
    mesh_run();
    assert_int_equal(hub->held[0].stopped, 1);
    assert_int_equal(worker->held[0].stopped, 1);
    waiter_heard(&waiters[0], "aborted INTERNAL aborted");
    waiter_heard(&waiters[1], "aborted INTERNAL aborted");
    check_nothing_is_left();
}

/* ------------------------------------------------- losing a connection */

static void check_peer_is_gone(struct handler_call parent,
                               struct waiter *waiter)
{
    invoke(parent, "w/alone", NULL, waiter);
    waiter_heard(waiter, "NOT_FOUND operation not found: w/alone");
}

/* [LY-5] closed, or given back as well */
static void a_running_call_ends_with_its_connection(void **state)
{
    (void)state;
    for (int is_freed = 0; is_freed < 2; is_freed++) {
        struct handler_call parent;

        if (is_freed) {
            end(state);
            begin(state);
        }
        parent = ask_parent("h/parent", &waiters[0]);
        compose_held(parent, &waiters[1]);
        if (is_freed)
            mesh_cut(HUB_WORKER);
        else
            connection_on_closed(mesh_at(HUB_WORKER, 0)->c);
        waiter_heard(&waiters[1], "INTERNAL connection closed");
        check_peer_is_gone(parent, &waiters[2]);
        invoke(parent, "w/echo", NULL, &waiters[3]); /* which another has */
        mesh_run();
        waiter_heard(&waiters[3], "ok {\"a\":1}");
    }
}

/* [LY-5] it was let through and has not been started: it keeps its operation,
 * whose connection is no more */
static void a_queued_call_outlives_what_it_was_to_run_on(void **state)
{
    (void)state;
    for (int is_freed = 0; is_freed < 2; is_freed++) {
        struct handler_call parent;

        if (is_freed) {
            end(state);
            begin(state);
        }
        parent = ask_parent("h/parent", &waiters[0]);
        invoke(parent, "w/alone", NULL, &waiters[1]);
        assert_int_equal(waiters[1].told, 0);
        if (is_freed)
            mesh_cut(HUB_WORKER);
        else
            connection_on_closed(mesh_at(HUB_WORKER, 0)->c);
        mesh_run();
        waiter_heard(&waiters[1], "INTERNAL connection closed");
        check_peer_is_gone(parent, &waiters[2]);
        handler_respond(parent, slice_of("1"));
        mesh_run();
        waiter_heard(&waiters[0], "ok 1");
    }
}

/* [FC-10, LY-5] */
static void a_call_goes_on_when_its_operation_is_imported_anew(void **state)
{
    struct handler_call parent = ask_parent("h/parent", &waiters[0]);

    (void)state;
    compose_held(parent, &waiters[1]);
    invoke(parent, "w/echo", "n2", &waiters[2]); /* queued */
    mesh_import(HUB_WORKER, 0);
    waiter_heard(&waiters[2], "ok {\"a\":1}");
    handler_respond(worker->held[0].call, slice_of("7"));
    mesh_run();
    waiter_heard(&waiters[1], "ok 7");
}

/* [PE-9] the later connection of a peer serves, and when it goes the one before
 * it serves again; what runs on either goes on */
static void a_peer_may_be_there_twice(void **state)
{
    struct handler_call parent = ask_parent("h/parent", &waiters[0]);

    (void)state;
    compose_held(parent, &waiters[1]);
    mesh_join(SPARE, HUB, WORKER); /* the worker again */
    mesh_import(SPARE, 0);
    invoke(parent, "w/alone", "n2", &waiters[2]);
    mesh_run();
    assert_int_equal(mesh_at(HUB_WORKER, 0)->c->asking.pending.count, 1);
    assert_int_equal(mesh_at(SPARE, 0)->c->asking.pending.count, 1);
    mesh_cut(SPARE);
    waiter_heard(&waiters[2], "INTERNAL connection closed");
    assert_int_equal(waiters[1].told, 0);
    invoke(parent, "w/alone", "n2", &waiters[3]);
    mesh_run();
    assert_int_equal(mesh_at(HUB_WORKER, 0)->c->asking.pending.count, 2);
}

/* A node that ends while calls of its are passed on. */
static void a_node_may_end_in_the_middle_of_it_all(void **state)
{
    struct handler_call parent = ask_parent("h/parent", &waiters[0]);

    (void)state;
    compose_held(parent, &waiters[1]);
    invoke(parent, "w/alone", NULL, &waiters[2]);
    mesh_subscribe(CLIENT_HUB, "h/items", &waiters[3]);
    for (int link = 0; link < MESH_LINKS; link++)
        mesh_at(link, link == CLIENT_HUB)->c = NULL; /* the hub's */
    node_free(hub->node);
    hub->node = NULL;
    assert_int_equal(waiters[1].told, 1);
    assert_int_equal(waiters[2].told, 1);
}

#define WITH_PEERS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEERS(what_is_imported_is_done_by_its_peer),
        WITH_PEERS(a_certain_peer_is_asked_and_no_other),
        WITH_PEERS(a_peer_is_told_for_whom_it_works),
        WITH_PEERS(it_is_the_end_user_at_every_depth),
        WITH_PEERS(for_nobody_in_particular_nobody_is_named),
        WITH_PEERS(an_error_comes_back_as_it_was),
        WITH_PEERS(the_access_of_the_peer_is_asked_here_already),
        WITH_PEERS(a_subscription_of_a_peers_cannot_be_composed),
        WITH_PEERS(an_import_is_not_there_for_the_wire),
        WITH_PEERS(a_peer_has_the_time_that_is_left),
        WITH_PEERS(an_offer_that_is_composed_has_no_more_time),
        WITH_PEERS(an_abort_goes_on_to_the_peer),
        WITH_PEERS(a_running_call_ends_with_its_connection),
        WITH_PEERS(a_queued_call_outlives_what_it_was_to_run_on),
        WITH_PEERS(a_call_goes_on_when_its_operation_is_imported_anew),
        WITH_PEERS(a_peer_may_be_there_twice),
        WITH_PEERS(a_node_may_end_in_the_middle_of_it_all),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
