/* SPDX-License-Identifier: MIT */
/*
 * Who may do what, on casts made by hand whose fates anybody can read: node 0
 * has operations, node 1 serves it one more, and somebody asks.
 */
#include "netsim/model.h"
#include "ref/test/t.h"

static struct cast cast;
static struct model_view view;
static struct cast_op *op;     /* node 0's "o/0" */
static struct cast_op *served; /* node 1's "o/1" */

static const struct model_asker nobody = {.is_known = false, .node = 2};
static const struct model_asker known = {
    .is_known = true, .node = 2, .rights = {.scopes = 1, .actions = 1}};

static int begin(void **state)
{
    (void)state;
    memset(&cast, 0, sizeof cast);
    cast.node_count = 3;
    op = &cast.nodes[0].ops[0];
    op->exists = op->is_safe = true;
    served = &cast.nodes[1].ops[1];
    served->exists = served->is_safe = true;
    view = (struct model_view){.count = 1};
    view.served[0] = (struct model_served){
        .peer = 1, .names = 1u << 1, .as = known, .is_open = true};
    return 0;
}

static const struct model_question plain = {.name = 0, .resource = CAST_NOBODY};

static enum model_end gate(const struct model_asker *who, bool is_open,
                           bool is_composed)
{
    return model_gate(&cast, 0, who, is_open, is_composed, plain);
}

/* --------------------------------------------------------------- the gate */

static void an_operation_that_asks_for_nothing_runs_for_anybody(void **state)
{
    (void)state;
    assert_int_equal(gate(&nobody, true, false), MODEL_RUNS);
    assert_string_equal(model_code(MODEL_RUNS), "");
}

static void what_is_not_there_is_not_found_by_either_way(void **state)
{
    (void)state;
    op->exists = false;
    assert_int_equal(gate(&known, true, false), MODEL_NOT_FOUND);
    assert_int_equal(gate(&known, true, true), MODEL_NOT_FOUND);
}

static void what_is_internal_is_there_for_handlers_alone(void **state)
{
    (void)state;
    op->is_internal = true;
    assert_int_equal(gate(&known, true, false), MODEL_NOT_FOUND);
    assert_int_equal(gate(&known, true, true), MODEL_RUNS);
}

static void what_is_not_safe_is_hidden_from_whom_the_filter_stops(void **state)
{
    (void)state;
    op->is_safe = false;
    assert_int_equal(gate(&known, true, false), MODEL_RUNS);
    assert_int_equal(gate(&known, false, false), MODEL_NOT_FOUND);
    op->is_safe = true;
    assert_int_equal(gate(&known, false, false), MODEL_RUNS);
}

static void all_scopes_are_asked_for_of_somebody_who_is_known(void **state)
{
    struct model_asker unknown = known;

    (void)state;
    op->scopes = 1;
    assert_int_equal(gate(&known, true, false), MODEL_RUNS);
    op->scopes = 3;
    assert_int_equal(gate(&known, true, false), MODEL_FORBIDDEN);
    op->scopes = 1;
    unknown.is_known = false;
    assert_int_equal(gate(&unknown, true, false), MODEL_FORBIDDEN);
}

static void one_of_any_is_asked_for_and_of_none_nobody_has_one(void **state)
{
    (void)state;
    op->has_any = true;
    op->any = 3;
    assert_int_equal(gate(&known, true, false), MODEL_RUNS);
    op->any = 2;
    assert_int_equal(gate(&known, true, false), MODEL_FORBIDDEN);
    op->any = 0;
    assert_int_equal(gate(&known, true, false), MODEL_FORBIDDEN);
}

static void where_nobody_keeps_owners_rights_decide(void **state)
{
    (void)state;
    op->has_action = true;
    assert_int_equal(gate(&known, true, false), MODEL_RUNS);
    op->action = 1;
    assert_int_equal(gate(&known, true, false), MODEL_FORBIDDEN);
}

/* Its number stands for whoever owns resource 0 at node 0. */
static struct model_asker owner_of_first(void)
{
    struct model_asker who = {.is_known = true};

    while ((who.node = cast_owner(&cast, 0, 0)) == CAST_NOBODY)
        cast.seed++;
    return who;
}

static void where_somebody_does_owning_decides(void **state)
{
    const struct model_asker owner = owner_of_first();
    struct model_asker other = owner, authority = owner;
    struct model_question q = {.name = 0, .resource = 0};

    (void)state;
    cast.nodes[0].has_owners = true;
    op->has_action = op->is_named = true;
    other.node = (owner.node + 1) % 3;
    other.rights.actions = 1; /* of no use */
    authority.node = CAST_NOBODY;
    assert_int_equal(model_gate(&cast, 0, &owner, true, false, q), MODEL_RUNS);
    assert_int_equal(model_gate(&cast, 0, &other, true, false, q),
                     MODEL_FORBIDDEN);
    assert_int_equal(model_gate(&cast, 0, &authority, true, true, q),
                     MODEL_FORBIDDEN);
    q.resource = CAST_NOBODY; /* one that nobody has ever heard of */
    assert_int_equal(model_gate(&cast, 0, &owner, true, false, q),
                     MODEL_FORBIDDEN);
    op->is_named = false; /* then owning anything is enough */
    assert_int_equal(model_gate(&cast, 0, &owner, true, false, q), MODEL_RUNS);
}

static void inputs_are_checked_behind_access(void **state)
{
    struct model_question q = plain;

    (void)state;
    op->is_checked = true;
    assert_int_equal(gate(&known, true, false), MODEL_INVALID_INPUT);
    q.has_must = true;
    assert_int_equal(model_gate(&cast, 0, &known, true, false, q), MODEL_RUNS);
    op->scopes = 2;
    assert_int_equal(gate(&known, true, false), MODEL_FORBIDDEN);
}

static void a_handler_composes_no_subscription(void **state)
{
    (void)state;
    op->is_stream = true;
    assert_int_equal(gate(&known, true, false), MODEL_RUNS);
    assert_int_equal(gate(&known, true, true), MODEL_WRONG_TYPE);
}

/* --------------------------------------------------------------- ways */

static void assert_fate(struct model_fate fate, enum model_end end_wanted,
                        uint32_t node, uint32_t name)
{
    assert_int_equal(fate.end, end_wanted);
    assert_int_equal(fate.node, node);
    assert_int_equal(fate.name, name);
}

static struct model_fate over_wire(void)
{
    return model_wire(&cast, 0, &view, &known, true, plain);
}

static void offer(void)
{
    op->is_offer = true;
    op->offer_peer = CAST_ANY;
    op->offer_name = 1;
    op->has_authority = true;
}

static void what_is_offered_runs_where_it_is_served(void **state)
{
    (void)state;
    offer();
    assert_fate(over_wire(), MODEL_RUNS, 1, 1);
    op->offer_peer = 1;
    assert_fate(over_wire(), MODEL_RUNS, 1, 1);
    op->offer_peer = 2;
    assert_fate(over_wire(), MODEL_NOT_FOUND, 0, 0);
    view.count = 0;
    op->offer_peer = CAST_ANY;
    assert_fate(over_wire(), MODEL_NOT_FOUND, 0, 0);
}

static void an_offer_is_asked_for_under_its_own_authority(void **state)
{
    (void)state;
    offer();
    served->scopes = 1;
    assert_fate(over_wire(), MODEL_FORBIDDEN, 0, 1);
    op->authority.scopes = 1;
    assert_fate(over_wire(), MODEL_RUNS, 1, 1);
    view.served[0].as.rights.scopes = 0; /* there we are somebody else */
    assert_fate(over_wire(), MODEL_FORBIDDEN, 1, 1);
    served->is_stream = true;
    assert_fate(over_wire(), MODEL_WRONG_TYPE, 0, 1);
    served->is_offer = true;
    served->is_stream = false;
    assert_true(over_wire().is_vague);
}

static void what_is_refused_at_the_door_gets_no_further(void **state)
{
    (void)state;
    offer();
    op->scopes = 2;
    assert_fate(over_wire(), MODEL_FORBIDDEN, 0, 0);
}

static struct model_fate composed(uint32_t peer, uint32_t name)
{
    const struct model_question q = {.name = name, .resource = CAST_NOBODY};
    const struct cast_op by = {
        .has_authority = true, .authority.scopes = 1, .reach = 3};

    return model_composed(&cast, 0, &view, &by, peer, q);
}

static void a_handler_reaches_what_it_may_and_peers_come_first(void **state)
{
    (void)state;
    assert_fate(composed(CAST_ANY, 2), MODEL_NOT_FOUND, 0, 2); /* no reach */
    assert_fate(composed(CAST_ANY, 0), MODEL_RUNS, 0, 0);      /* our own */
    assert_fate(composed(1, 0), MODEL_NOT_FOUND, 0, 0);
    cast.nodes[0].ops[1] = (struct cast_op){.exists = true};
    assert_fate(composed(CAST_ANY, 1), MODEL_RUNS, 1, 1);
    assert_fate(composed(1, 1), MODEL_RUNS, 1, 1);
    view.count = 0;
    assert_fate(composed(CAST_ANY, 1), MODEL_RUNS, 0, 1);
    cast.nodes[0].ops[1].scopes = 2;
    assert_fate(composed(CAST_ANY, 1), MODEL_FORBIDDEN, 0, 1);
}

static void listed_is_what_would_be_let_through(void **state)
{
    (void)state;
    assert_int_equal(model_listed(&cast, 0, &nobody, true), 1);
    cast.nodes[0].ops[3] = (struct cast_op){.exists = true, .scopes = 1};
    assert_int_equal(model_listed(&cast, 0, &nobody, true), 1);
    assert_int_equal(model_listed(&cast, 0, &known, true), 9);
    assert_int_equal(model_listed(&cast, 0, &known, false), 1);
    op->is_internal = true;
    assert_int_equal(model_listed(&cast, 0, &known, true), 8);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_operation_that_asks_for_nothing_runs_for_anybody),
        TEST(what_is_not_there_is_not_found_by_either_way),
        TEST(what_is_internal_is_there_for_handlers_alone),
        TEST(what_is_not_safe_is_hidden_from_whom_the_filter_stops),
        TEST(all_scopes_are_asked_for_of_somebody_who_is_known),
        TEST(one_of_any_is_asked_for_and_of_none_nobody_has_one),
        TEST(where_nobody_keeps_owners_rights_decide),
        TEST(where_somebody_does_owning_decides),
        TEST(inputs_are_checked_behind_access),
        TEST(a_handler_composes_no_subscription),
        TEST(what_is_offered_runs_where_it_is_served),
        TEST(an_offer_is_asked_for_under_its_own_authority),
        TEST(what_is_refused_at_the_door_gets_no_further),
        TEST(a_handler_reaches_what_it_may_and_peers_come_first),
        TEST(listed_is_what_would_be_let_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
