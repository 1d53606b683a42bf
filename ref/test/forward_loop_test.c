/* SPDX-License-Identifier: MIT */
/*
 * Nodes that offer each other what each has from the other, and one that has
 * dialled itself. Nothing on the wire says how often a call was passed on, so
 * it goes round until a bound, the time or its caller ends it: without a deep
 * stack, with as many calls as there is credit for, and with empty books behind
 * it. Only an abort that follows on its heels may never catch up with it; then
 * one call is under way for as long as the ring holds.
 */
#define MESH_STREAMS 400000 /* enough to come to the bounds */
#include "ref/test/mesh.h"

#include "ref/rules/discovery.h"

#define CLIENT_LINK 0 /* from node 0 to node 1 */
#define ROUND_LINK 1  /* from node 1 to node 2, or to itself */

static struct waiter waiters[4];

/* It offers what a peer offers under the same name. */
static void offer_round(struct wire *w, const char *name, bool is_stream)
{
    const char *const reach[] = {name, NULL};
    char spec[100];

    snprintf(spec, sizeof spec, "{\"name\":\"%s\",\"op_type\":\"%s\"}", name,
             is_stream ? "subscription" : "query");
    offer_composer(&w->registry, spec, NULL, reach,
                   forward_offer((struct peer_ref){{NULL, 0}}, slice_of(name),
                                 is_stream ? SPEC_SUBSCRIPTION : SPEC_QUERY));
}

/* A client, and a node that has `other` for its peer: perhaps itself. */
static void begin_with(int other)
{
    memset(waiters, 0, sizeof waiters);
    mesh_begin();
    for (int i = 1; i < 3; i++) {
        struct failure f;

        assert_true(discovery_register(&mesh_nodes[i].registry, &f));
        offer_round(&mesh_nodes[i], "r/job", false);
        offer_round(&mesh_nodes[i], "r/feed", true);
    }
    mesh_join(CLIENT_LINK, 0, 1);
    mesh_join(ROUND_LINK, 1, other);
    mesh_import(ROUND_LINK, 0);
    mesh_import(ROUND_LINK, 1);
}

static int begin_two(void **state)
{
    (void)state;
    begin_with(2);
    return 0;
}

static int begin_alone(void **state)
{
    (void)state;
    begin_with(1);
    return 0;
}

static int end(void **state)
{
    (void)state;
    mesh_end();
    return 0;
}

/* The calls and requests of all nodes. */
static size_t busy(void)
{
    size_t sum = 0;

    for (int i = 0; i < MESH_NODES; i++) {
        struct connection_stats stats = node_count(mesh_nodes[i].node);

        sum += stats.served + stats.pending;
    }
    return sum;
}

static void all_is_over(const char *end_text)
{
    mesh_run();
    assert_int_equal(waiters[0].told, 1);
    assert_string_equal(waiters[0].text, end_text);
    assert_int_equal(busy(), 0);
}

/* It goes round while there are streams to go on, and waits for one then. */
static uint64_t go_round(bool is_stream)
{
    uint64_t ticket = is_stream
                          ? mesh_subscribe(CLIENT_LINK, "r/feed", &waiters[0])
                          : mesh_call(CLIENT_LINK, "r/job", "1", &waiters[0]);

    mesh_run();
    assert_int_equal(waiters[0].told, 0);
    assert_true(busy() > 100 && busy() < 1000);
    return ticket;
}

/* [FW-7, TO-6] */
static void a_call_that_goes_round_ends_in_time(void **state)
{
    (void)state;
    (void)go_round(false);
    mesh_advance(BOUNDS_TIMEOUT_NS);
    assert_int_equal(busy(), 0);
    assert_int_equal(waiters[0].told, 1);
    t_says(waiters[0].text, "TIMEOUT");
}

/* [AB-10] all the way round, however long that is */
static void what_goes_round_ends_with_its_caller(void **state)
{
    (void)state;
    client_abort(mesh_at(CLIENT_LINK, 0)->c, go_round(true));
    all_is_over("aborted INTERNAL aborted");
}

static void what_goes_round_ends_with_its_callers_connection(void **state)
{
    (void)state;
    (void)go_round(true);
    mesh_cut(CLIENT_LINK);
    all_is_over("INTERNAL connection closed");
}

static void what_goes_round_ends_with_the_round(void **state)
{
    (void)state;
    (void)go_round(true);
    mesh_cut(ROUND_LINK);
    all_is_over("INTERNAL connection closed");
}

static void take_steps(int count)
{
    for (int i = 0; i < count; i++)
        for (int end_no = 0; end_no < 4; end_no++)
            (void)mesh_step(end_no / 2, end_no % 2);
}

/* What runs ahead of its abort is no more than it was then, however long. */
static void what_runs_ahead_of_its_abort_does_not_grow(void **state)
{
    uint64_t ticket = mesh_call(CLIENT_LINK, "r/job", "1", &waiters[0]);
    size_t most;

    (void)state;
    take_steps(20);
    most = busy() + 4;
    client_abort(mesh_at(CLIENT_LINK, 0)->c, ticket);
    for (int i = 0; i < 1000; i++) {
        take_steps(10);
        assert_true(busy() <= most);
    }
    mesh_cut(ROUND_LINK);
    all_is_over("aborted INTERNAL aborted");
}

/* Where there is credit without end, the bounds are one. */
static void with_credit_without_end_it_ends_at_a_bound(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++)
        connection_on_credit(mesh_at(ROUND_LINK, side)->c, 1u << 30);
    (void)mesh_subscribe(CLIENT_LINK, "r/feed", &waiters[0]);
    all_is_over("INTERNAL too many requests are waiting");
}

#define WITH_BOTH(test)                                                        \
    cmocka_unit_test_setup_teardown(test, begin_two, end),                     \
        cmocka_unit_test_setup_teardown(test, begin_alone, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BOTH(a_call_that_goes_round_ends_in_time),
        WITH_BOTH(what_goes_round_ends_with_its_caller),
        WITH_BOTH(what_goes_round_ends_with_its_callers_connection),
        WITH_BOTH(what_goes_round_ends_with_the_round),
        WITH_BOTH(what_runs_ahead_of_its_abort_does_not_grow),
        cmocka_unit_test_setup_teardown(
            with_credit_without_end_it_ends_at_a_bound, begin_alone, end),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
