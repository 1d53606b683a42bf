/* SPDX-License-Identifier: MIT */
/* Casts: one for each seed, always the same, each lacking something else. */
#include "netsim/cast.h"
#include "ref/test/t.h"

#define SEEDS 400

static struct cast cast, other;

static void the_same_seed_has_the_same_cast(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        cast_draw(&cast, seed);
        memset(&other, 0x55, sizeof other);
        cast_draw(&other, seed);
        assert_int_equal(cast.features, other.features);
        assert_int_equal(cast.node_count, other.node_count);
        for (uint32_t at = 0; at < cast.node_count; at++)
            for (int name = 0; name < CAST_NAMES; name++) {
                const struct cast_op *a = &cast.nodes[at].ops[name];
                const struct cast_op *b = &other.nodes[at].ops[name];

                assert_int_equal(a->exists, b->exists);
                assert_int_equal(a->scopes, b->scopes);
                assert_int_equal(a->reach, b->reach);
                assert_int_equal(a->offer_peer, b->offer_peer);
            }
    }
}

static void each_feature_is_on_in_some_worlds_and_off_in_others(void **state)
{
    int on[CAST_FEATURES] = {0};

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        cast_draw(&cast, seed);
        for (int f = 0; f < CAST_FEATURES; f++)
            on[f] += cast_has(&cast, (enum cast_feature)f);
    }
    for (int f = 0; f < CAST_FEATURES; f++) {
        assert_in_range(on[f], SEEDS / 20, SEEDS - SEEDS / 10);
    }
}

static void what_a_world_lacks_nobody_has(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        cast_draw(&cast, seed);
        for (uint32_t at = 0; at < cast.node_count; at++) {
            const struct cast_node *n = &cast.nodes[at];

            assert_true(n->role != CAST_LIAR || cast_has(&cast, CAST_HOSTILE));
            assert_true(!n->has_owners || cast_has(&cast, CAST_OWNERSHIP));
            for (int i = 0; i < CAST_NAMES; i++) {
                const struct cast_op *op = &n->ops[i];

                assert_true(!op->is_stream || cast_has(&cast, CAST_STREAMING));
                assert_true(!op->is_checked || cast_has(&cast, CAST_SCHEMAS));
                assert_true(!op->is_offer ||
                            (at == 0 && cast_has(&cast, CAST_OFFERS)));
            }
        }
    }
}

static void every_world_has_a_hub_and_at_most_so_many_nodes(void **state)
{
    uint32_t most = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        cast_draw(&cast, seed);
        assert_in_range(cast.node_count, 2, CAST_NODES_MAX);
        assert_int_equal(cast.nodes[0].role, CAST_HUB);
        for (uint32_t at = 1; at < cast.node_count; at++)
            assert_int_not_equal(cast.nodes[at].role, CAST_HUB);
        most = cast.node_count > most ? cast.node_count : most;
    }
    assert_true(most > CAST_NODES_MAX / 2);
}

static void weather_is_as_the_features_let_it(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct link_config c;

        cast_draw(&cast, seed);
        c = cast_weather(&cast, 3);
        assert_true(!c.loss_ppm || cast_has(&cast, CAST_LOSS));
        assert_true(!c.burst_begin_ppm || cast_has(&cast, CAST_BURSTS));
        assert_true(!c.jitter_ns || cast_has(&cast, CAST_DISORDER));
        assert_true(!c.corrupt_ppm || cast_has(&cast, CAST_DAMAGE));
        assert_true(!c.rate_bytes || cast_has(&cast, CAST_NARROW));
        assert_true(c.losses_max > 0); /* somebody gets through at last */
    }
}

static void room_is_tight_in_some_worlds(void **state)
{
    int streams = 0, windows = 0, pieces = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct cast_room room;

        cast_draw(&cast, seed);
        room = cast_room(&cast);
        streams += room.streams > 0;
        windows += room.window > 0;
        pieces += room.piece_max > 0;
    }
    assert_in_range(streams, SEEDS / 3, 2 * SEEDS / 3);
    assert_in_range(windows, SEEDS / 3, 2 * SEEDS / 3);
    assert_in_range(pieces, SEEDS / 3, 2 * SEEDS / 3);
}

static void whom_a_node_knows_may_change_with_its_book(void **state)
{
    struct cast_rights rights, again;
    int changes = 0, unknown = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        bool is_known;

        cast_draw(&cast, seed);
        is_known = cast_knows(&cast, 0, 1, 0, &rights);
        assert_int_equal(cast_knows(&cast, 0, 1, 0, &again), is_known);
        assert_int_equal(rights.scopes, again.scopes);
        unknown += !is_known;
        changes += cast_knows(&cast, 0, 1, 1, &again) != is_known;
    }
    assert_true(unknown > 0 && unknown < SEEDS / 2);
    assert_true(changes > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_has_the_same_cast),
        cmocka_unit_test(each_feature_is_on_in_some_worlds_and_off_in_others),
        cmocka_unit_test(what_a_world_lacks_nobody_has),
        cmocka_unit_test(every_world_has_a_hub_and_at_most_so_many_nodes),
        cmocka_unit_test(weather_is_as_the_features_let_it),
        cmocka_unit_test(room_is_tight_in_some_worlds),
        cmocka_unit_test(whom_a_node_knows_may_change_with_its_book),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
