/* SPDX-License-Identifier: MIT */
/*
 * Handlers that compose: what their children are told, who ends with whom, and
 * that nobody outside hears of it. Parents come in as requests of a peer's. The
 * last test lets trees grow and end in every way at random.
 */
#include "ref/session/composing.h"
#include "ref/test/wire.h"

#define ALICE "{\"id\":\"alice\",\"scopes\":[],\"resources\":{}}"

static struct wire w;
static struct waiter waiters[80];

static void pull_and_compose(void *self, struct handler_call call);

/* What every parent here may compose. */
static const char *const reach[] = {"t/parent", "t/echo",   "t/hold", "t/items",
                                    "t/none",   "t/scoped", "t/job",  NULL};

static int begin(void **state)
{
    struct handler hold = {.start = wire_hold, .stop = wire_stop, .self = &w};
    struct handler items = hold, source = hold;

    (void)state;
    memset(waiters, 0, sizeof waiters);
    items.pull = wire_pull;
    source.pull = pull_and_compose;
    wire_begin(&w, 0);
    offer_composer(&w.registry, "{\"name\":\"t/parent\"}", ALICE, reach, hold);
    offer_composer(&w.registry,
                   "{\"name\":\"t/parent-items\",\"op_type\":\"subscription\"}",
                   NULL, reach, items);
    offer_composer(&w.registry,
                   "{\"name\":\"t/source\",\"op_type\":\"subscription\"}", NULL,
                   reach, source);
    w.c = node_add(w.node, slice_make(NULL, 0), (struct peer_filter){true});
    return 0;
}

static int end(void **state)
{
    (void)state;
    wire_end(&w);
    return 0;
}

/* A parent that runs, asked for by the peer on stream 0. */
static struct wire_held *parent(const char *operation)
{
    char ask[200];

    snprintf(ask, sizeof ask, WIRE_ASK("r1", "%s", "1"), operation);
    wire_hears(&w, 0, false, ask);
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(w.held_count, 1);
    return &w.held[0];
}

static void invoke_with(const struct wire_held *h, const char *operation,
                        const enum calltree_policy *policy,
                        struct waiter *waiter)
{
    struct composing_request request = {
        .operation = slice_of(operation),
        .input = slice_of("5"),
        .policy = policy ? *policy : CALLTREE_ABORT_DEPENDENTS,
        .has_policy = policy != NULL,
    };

    node_invoke(h->call, &request, waiter_of(waiter));
}

static void invoke(const struct wire_held *h, const char *operation,
                   struct waiter *waiter)
{
    invoke_with(h, operation, NULL, waiter);
}

/* A child that was started, with that policy. */
static struct wire_held *compose(const struct wire_held *h,
                                 const char *operation,
                                 enum calltree_policy policy,
                                 struct waiter *waiter)
{
    size_t n = w.held_count;

    invoke_with(h, operation, &policy, waiter);
    assert_int_equal(w.held_count, n); /* not from inside */
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(w.held_count, n + 1);
    return &w.held[n];
}

static struct wire_held *depend(const struct wire_held *h,
                                struct waiter *waiter)
{
    return compose(h, "t/parent", CALLTREE_ABORT_DEPENDENTS, waiter);
}

static struct wire_held *go_on(const struct wire_held *h, struct waiter *waiter)
{
    return compose(h, "t/parent", CALLTREE_CONTINUE_RUNNING, waiter);
}

#define ABORTED "aborted INTERNAL aborted"

/* ---------------------------------------------------------------- answers */

/* [AB-32, ID-10] */
static void a_child_answers_its_composer_and_nobody_else(void **state)
{
    const struct wire_held *p = parent("t/parent");

    (void)state;
    invoke(p, "t/echo", &waiters[0]);
    assert_int_equal(waiters[0].told, 0);
    assert_string_equal(wire_poll(&w), "");
    waiter_heard(&waiters[0], "ok 5");
    assert_int_equal(node_count(w.node).served, 1);
    handler_respond(p->call, slice_of("6"));
    assert_string_equal(wire_poll(&w), "0 " WIRE_OK("r1", "6") "; credit 1");
}

/* [CX-1, CX-2, CX-5, CX-6, CA-2] */
static void a_child_is_told_of_its_own_call(void **state)
{
    const struct wire_held *p = parent("t/parent");
    const struct context *c = depend(p, &waiters[0])->context,
                         *above = p->context;

    (void)state;
    assert_true(c->is_internal);
    t_same(c->operation, "t/parent");
    t_same(c->request_id, WIRE_ID0);
    t_same(c->identity->id, "alice");
    assert_null(above->identity);
    assert_int_equal(c->deadline_ns, above->deadline_ns);
    assert_int_equal(c->origin.serial, above->origin.serial);
}

/* [PE-1, PE-4] Of anybody our own will do; of a certain peer it will not. */
static void a_composer_says_of_whom(void **state)
{
    const struct wire_held *p = parent("t/parent");
    struct composing_request request = {.operation = slice_of("t/echo"),
                                        .input = slice_of("5")};

    (void)state;
    node_invoke(p->call, &request, waiter_of(&waiters[0]));
    request.peer.id = slice_of("w");
    node_invoke(p->call, &request, waiter_of(&waiters[1]));
    waiter_heard(&waiters[1], "NOT_FOUND operation not found: t/echo");
    assert_string_equal(wire_poll(&w), "");
    waiter_heard(&waiters[0], "ok 5");
}

/* [SE-2, AC-8, SU-17] at once, without anybody being started */
static void what_may_not_be_composed_is_refused_at_once(void **state)
{
    static const struct {
        const char *operation, *heard;
    } cases[] = {
        {"t/parent-items",
         "NOT_FOUND operation not found: t/parent-items"}, /* out of reach */
        {"t/none", "NOT_FOUND operation not found: t/none"},
        {"/t/echo", "NOT_FOUND operation not found: /t/echo"},
        {"t/scoped", "FORBIDDEN missing scope: s"},
        {"t/items", "INVALID_OPERATION_TYPE a subscription cannot be composed"},
    };
    const struct wire_held *p = parent("t/parent");

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        invoke(p, cases[i].operation, &waiters[i]);
        if (i == 3)
            t_says(waiters[i].text, "FORBIDDEN");
        else
            waiter_heard(&waiters[i], cases[i].heard);
        assert_int_equal(waiters[i].told, 1);
    }
    assert_string_equal(wire_poll(&w), "");
    assert_int_equal(w.held_count, 1);
}

/* [EC-7, HF-4] as a peer would be told */
static void the_error_of_a_child_is_its_composers_to_judge(void **state)
{
    struct call_error error = {.code = slice_of("E"), .message = slice_of("m")};
    const struct wire_held *p = parent("t/parent");
    struct wire_held *child = depend(p, &waiters[0]);

    (void)state;
    handler_fail(child->call, &error);
    waiter_heard(&waiters[0], "E m");
    child = depend(p, &waiters[1]);
    handler_break_down(child->call);
    waiter_heard(&waiters[1], "INTERNAL the handler broke down");
    assert_int_equal(p->stopped, 0);
    assert_int_equal(node_count(w.node).served, 1);
}

/* An answer that is made of another, and asked for from inside an answer. */
static void compose_again(void *self, const struct pending_outcome *outcome)
{
    waiter_tell(self, outcome);
    invoke(&w.held[0], "t/echo", &waiters[1]);
}

static void a_composer_may_compose_again_when_it_is_told(void **state)
{
    const struct composing_request request = {.operation = slice_of("t/echo"),
                                              .input = slice_of("1")};

    (void)state;
    node_invoke(parent("t/parent")->call, &request,
                (struct pending_waiter){compose_again, NULL, &waiters[0]});
    assert_string_equal(wire_poll(&w), "");
    waiter_heard(&waiters[0], "ok 1");
    waiter_heard(&waiters[1], "ok 5");
}

/* A streaming handler whose items are made by a child, each when it is asked
 * for. */
static struct handler_call source_call;

static void give_as_item(void *self, const struct pending_outcome *outcome)
{
    waiter_tell(self, outcome);
    handler_item(source_call, outcome->output);
}

static void pull_and_compose(void *self, struct handler_call call)
{
    const struct composing_request request = {.operation = slice_of("t/echo"),
                                              .input = slice_of("7")};

    (void)self;
    source_call = call;
    if (waiters[0].told == 3)
        handler_complete(call);
    else
        node_invoke(call, &request,
                    (struct pending_waiter){give_as_item, NULL, &waiters[0]});
}

static void an_item_may_be_composed(void **state)
{
    (void)state;
    wire_hears(&w, 0, true, WIRE_ASK("r1", "t/source", "1"));
    assert_string_equal(
        wire_poll(&w),
        "0 " WIRE_OK("r1", "7") "; 0 " WIRE_OK("r1", "7") "; 0 " WIRE_OK(
            "r1", "7") "; 0 " WIRE_DONE("r1") " fin; credit 1");
}

/* ---------------------------------------------------------------- cascade */

/* [AB-4, AB-9, AB-12, AB-32] */
static void an_abort_ends_all_that_depend_and_no_frame_tells(void **state)
{
    struct wire_held *p = parent("t/parent"), *child = depend(p, &waiters[0]),
                     *grandchild = depend(child, &waiters[1]);

    (void)state;
    wire_hears(&w, 4, true, WIRE_ABORT("r1"));
    assert_int_equal(p->stopped, 1);
    assert_int_equal(child->stopped, 1);
    assert_int_equal(grandchild->stopped, 1);
    waiter_heard(&waiters[0], ABORTED);
    waiter_heard(&waiters[1], ABORTED);
    handler_respond(grandchild->call, slice_of("1")); /* too late */
    handler_respond(child->call, slice_of("1"));
    handler_respond(p->call, slice_of("1"));
    assert_string_equal(wire_poll(&w), "4 fin; credit 2");
    waiter_heard(&waiters[0], ABORTED);
    assert_int_equal(node_count(w.node).served, 0);
}

/* [AB-5, AB-20] */
static void a_started_child_that_is_to_continue_goes_on(void **state)
{
    struct wire_held *p = parent("t/parent"), *child = go_on(p, &waiters[0]);

    (void)state;
    invoke(child, "t/hold", &waiters[1]); /* not started yet */
    wire_hears(&w, 4, true, WIRE_ABORT("r1"));
    assert_int_equal(p->stopped, 1);
    assert_int_equal(child->stopped, 0);
    waiter_heard(&waiters[1], ABORTED);
    (void)wire_poll(&w);
    assert_int_equal(w.held_count, 2);    /* and it never is */
    invoke(child, "t/echo", &waiters[2]); /* no new descendants */
    waiter_heard(&waiters[2],
                 "aborted INTERNAL what this call belongs to was aborted");
    assert_int_equal(waiters[0].told, 0);
    handler_respond(child->call, slice_of("8"));
    waiter_heard(&waiters[0], "ok 8");
    assert_int_equal(node_count(w.node).served, 0);
}

/* [AB-9a, CX-10] */
static void a_policy_is_inherited_unless_another_is_chosen(void **state)
{
    struct wire_held *p = parent("t/parent"), *child = go_on(p, &waiters[0]),
                     *heir, *other;

    (void)state;
    invoke(child, "t/parent", &waiters[1]);
    (void)wire_poll(&w);
    heir = &w.held[2];
    other = depend(child, &waiters[2]);
    handler_respond(child->call, slice_of("1")); /* and so its own end */
    assert_int_equal(heir->stopped, 0);
    assert_int_equal(other->stopped, 1);
    waiter_heard(&waiters[2], ABORTED);
    handler_respond(heir->call, slice_of("2"));
    waiter_heard(&waiters[1], "ok 2");
}

/* [AB-7, AB-8] */
static void siblings_and_what_is_finished_are_not_touched(void **state)
{
    struct wire_held *p = parent("t/parent"), *child = depend(p, &waiters[0]),
                     *sibling = depend(p, &waiters[1]);

    (void)state;
    handler_respond(child->call, slice_of("1"));
    assert_int_equal(sibling->stopped, 0);
    wire_hears(&w, 4, true, WIRE_ABORT("r1"));
    assert_int_equal(child->stopped, 0);
    assert_int_equal(sibling->stopped, 1);
    waiter_heard(&waiters[0], "ok 1");
    waiter_heard(&waiters[1], ABORTED);
}

static void a_child_that_was_not_started_never_is(void **state)
{
    const struct wire_held *p = parent("t/parent");
    enum calltree_policy policy = CALLTREE_CONTINUE_RUNNING;

    (void)state;
    invoke_with(p, "t/hold", &policy, &waiters[0]);
    invoke(p, "t/hold", &waiters[1]);
    connection_on_stop(w.c, 0);
    waiter_heard(&waiters[0], ABORTED);
    waiter_heard(&waiters[1], ABORTED);
    assert_string_equal(wire_poll(&w), "0 reset; credit 1");
    assert_int_equal(w.held_count, 1);
}

static void whose_call_is_over_composes_no_more(void **state)
{
    const struct wire_held *p = parent("t/parent");

    (void)state;
    handler_respond(p->call, slice_of("1"));
    invoke(p, "t/echo", &waiters[0]);
    waiter_heard(&waiters[0], "aborted INTERNAL the call is over");
}

/* [AB-9b] and whatever else ends a call ends what depends on it */
static void every_end_of_a_parent_is_one_of_its_children(void **state)
{
    static void (*const lose[])(struct connection *, int64_t) = {
        connection_on_reset, connection_on_stop, connection_on_gone};

    (void)state;
    for (size_t i = 0; i <= T_COUNT(lose); i++) {
        struct wire_held *child;

        (void)end(NULL);
        (void)begin(NULL);
        child = depend(parent("t/parent-items"), &waiters[0]);
        if (i < T_COUNT(lose))
            lose[i](w.c, 0);
        else
            connection_on_closed(w.c);
        assert_int_equal(child->stopped, 1);
        waiter_heard(&waiters[0], ABORTED);
    }
}

/* ------------------------------------------------------ time, loss, bounds */

/* [TO-6a, CX-5] one deadline for all, whoever goes on */
static void at_the_deadline_the_whole_tree_ends(void **state)
{
    struct wire_held *p = parent("t/parent"), *survivor, *child;

    (void)state;
    node_advance(w.node, 1000); /* a child gets no time of its own */
    survivor = go_on(p, &waiters[0]);
    child = depend(p, &waiters[1]);
    node_advance(w.node, BOUNDS_TIMEOUT_NS - 1);
    assert_int_equal(p->stopped + survivor->stopped + child->stopped, 0);
    node_advance(w.node, BOUNDS_TIMEOUT_NS);
    assert_int_equal(p->stopped, 1);
    assert_int_equal(survivor->stopped, 1);
    assert_int_equal(child->stopped, 1);
    waiter_heard(&waiters[0], "TIMEOUT+ the call took too long");
    waiter_heard(&waiters[1], ABORTED);
    t_says(wire_poll(&w), "\"TIMEOUT\"");
    assert_true(node_deadline(w.node) == NEVER);
    assert_int_equal(node_count(w.node).served, 0);
}

/* [CX-12] */
static void what_a_subscription_composes_has_no_deadline(void **state)
{
    struct wire_held *child = depend(parent("t/parent-items"), &waiters[0]);

    (void)state;
    assert_true(child->context->deadline_ns == NEVER);
    assert_true(node_deadline(w.node) == NEVER);
}

/* [AB-5, CN-6] it belongs to the node, and ends with it at the latest */
static void a_survivor_outlives_its_connection_and_not_its_node(void **state)
{
    struct wire_held *p = parent("t/parent"), *a = go_on(p, &waiters[0]),
                     *b = go_on(p, &waiters[1]);

    (void)state;
    node_remove(w.node, w.c);
    assert_int_equal(a->stopped + b->stopped, 0);
    assert_int_equal(node_count(w.node).served, 2);
    handler_respond(a->call, slice_of("1"));
    waiter_heard(&waiters[0], "ok 1");
    assert_int_equal(waiters[1].told, 0);
    node_free(w.node);
    w.node = NULL;
    assert_int_equal(b->stopped, 1);
    waiter_heard(&waiters[1], ABORTED);
}

/* Each answers with what its child answered. */
static struct wire_held chain[BOUNDS_COMPOSED_DEPTH_MAX + 1];

static void pass_on(void *self, const struct pending_outcome *outcome)
{
    struct wire_held *h = self;

    assert_true(outcome->is_ok);
    handler_respond(h->call, outcome->output);
}

static void calls_compose_one_another_so_deep_and_no_deeper(void **state)
{
    const struct composing_request request = {.operation = slice_of("t/parent"),
                                              .input = slice_of("1")};
    size_t depth = 0;

    (void)state;
    chain[0] = *parent("t/parent");
    for (; depth < BOUNDS_COMPOSED_DEPTH_MAX; depth++) {
        w.held_count = 0;
        node_invoke(chain[depth].call, &request,
                    (struct pending_waiter){pass_on, NULL, &chain[depth]});
        (void)wire_poll(&w);
        assert_int_equal(w.held_count, 1);
        chain[depth + 1] = w.held[0];
    }
    invoke(&chain[depth], "t/echo", &waiters[0]);
    waiter_heard(&waiters[0], "INTERNAL composed too deep");
    handler_respond(chain[depth].call, slice_of("\"from below\""));
    assert_string_equal(wire_poll(&w),
                        "0 " WIRE_OK("r1", "\"from below\"") "; credit 1");
}

static void so_many_run_at_once_and_no_more(void **state)
{
    const struct wire_held *p = parent("t/parent");
    static struct waiter many[BOUNDS_COMPOSED_MAX];

    (void)state;
    memset(many, 0, sizeof many);
    for (size_t i = 0; i < BOUNDS_COMPOSED_MAX; i++)
        invoke(p, "t/hold", &many[i]);
    invoke(p, "t/hold", &waiters[0]);
    waiter_heard(&waiters[0], "INTERNAL too many composed calls at once");
    assert_int_equal(node_count(w.node).served, BOUNDS_COMPOSED_MAX + 1);
    connection_on_closed(w.c);
    for (size_t i = 0; i < BOUNDS_COMPOSED_MAX; i++)
        assert_int_equal(many[i].told, 1);
    assert_int_equal(node_count(w.node).served, 0);
}

#define WITH_WIRE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WIRE(a_child_answers_its_composer_and_nobody_else),
        WITH_WIRE(a_child_is_told_of_its_own_call),
        WITH_WIRE(a_composer_says_of_whom),
        WITH_WIRE(what_may_not_be_composed_is_refused_at_once),
        WITH_WIRE(the_error_of_a_child_is_its_composers_to_judge),
        WITH_WIRE(a_composer_may_compose_again_when_it_is_told),
        WITH_WIRE(an_item_may_be_composed),
        WITH_WIRE(an_abort_ends_all_that_depend_and_no_frame_tells),
        WITH_WIRE(a_started_child_that_is_to_continue_goes_on),
        WITH_WIRE(a_policy_is_inherited_unless_another_is_chosen),
        WITH_WIRE(siblings_and_what_is_finished_are_not_touched),
        WITH_WIRE(a_child_that_was_not_started_never_is),
        WITH_WIRE(whose_call_is_over_composes_no_more),
        WITH_WIRE(every_end_of_a_parent_is_one_of_its_children),
        WITH_WIRE(at_the_deadline_the_whole_tree_ends),
        WITH_WIRE(what_a_subscription_composes_has_no_deadline),
        WITH_WIRE(a_survivor_outlives_its_connection_and_not_its_node),
        WITH_WIRE(calls_compose_one_another_so_deep_and_no_deeper),
        WITH_WIRE(so_many_run_at_once_and_no_more),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
