/* SPDX-License-Identifier: MIT */
/* What a call from the wire knows at first: where it is from, and no more. */
#include "ref/rules/context.h"
#include "ref/test/t.h"

/* [CX-1, CX-2, CP-6, FF-4] */
static void a_call_from_the_wire_begins_without_rights(void **state)
{
    struct peer_filter filter = {.is_open = true};
    struct context_origin origin = {&filter, 7};
    struct context c =
        context_from_wire(slice_of("r1"), slice_of("fs/read"), filter, origin);

    (void)state;
    t_same(c.request_id, "r1");
    t_same(c.operation, "fs/read");
    assert_true(c.filter.is_open);
    assert_ptr_equal(c.origin.owner, &filter);
    assert_int_equal(c.origin.serial, 7);
    assert_false(c.is_internal);
    assert_null(c.identity);
    assert_null(c.forwarded_for);
    assert_null(c.capabilities);
}

/* [CX-1, CX-2, CX-4, CX-5, CX-6, CA-2, CP-6] */
static void
a_composed_call_takes_over_time_and_origin_and_no_rights(void **state)
{
    struct identity caller = {.id = slice_of("caller")};
    struct identity authority = {.id = slice_of("operation")};
    struct context parent = context_from_wire(
        slice_of("r1"), slice_of("a"), (struct peer_filter){.is_open = false},
        (struct context_origin){&caller, 7});
    struct context c;

    (void)state;
    assert_true(parent.deadline_ns == NEVER);
    parent.identity = parent.forwarded_for = &caller;
    parent.deadline_ns = 50;
    parent.authority = &authority;
    c = context_from_parent(&parent, slice_of("x"), slice_of("b"));
    t_same(c.request_id, "x");
    t_same(c.operation, "b");
    assert_ptr_equal(c.identity, &authority);
    assert_null(c.forwarded_for);
    assert_null(c.capabilities);
    assert_true(c.is_internal);
    assert_true(c.filter.is_open);
    assert_ptr_equal(c.origin.owner, &caller);
    assert_int_equal(c.origin.serial, 7);
    assert_int_equal(c.deadline_ns, 50);
    c = context_from_parent(&c, slice_of("y"), slice_of("c"));
    assert_null(c.identity);
    assert_int_equal(c.deadline_ns, 50);
}

/* [FF-6, FF-7, FW-4, CA-2] carried beside the authority, and no right of it */
static void for_whom_it_is_done_is_known_at_every_depth(void **state)
{
    struct identity user = {.id = slice_of("user")};
    struct identity claimed = {.id = slice_of("claimed")};
    struct identity authority = {.id = slice_of("label")};
    struct context c = context_from_wire(slice_of("r1"), slice_of("a"),
                                         (struct peer_filter){true},
                                         (struct context_origin){NULL, 7});

    (void)state;
    assert_null(context_end_user(&c));
    c.forwarded_for = &claimed; /* [FW-5] which is only what the caller says */
    assert_null(context_end_user(&c));
    c.identity = &user;
    for (int depth = 0; depth < 3; depth++) {
        assert_ptr_equal(context_end_user(&c), &user);
        c.authority = depth == 1 ? NULL : &authority;
        c = context_from_parent(&c, slice_of("x"), slice_of("b"));
        assert_ptr_equal(c.identity, depth == 1 ? NULL : &authority);
        assert_null(c.forwarded_for);
        assert_null(c.authority); /* its own, once it runs */
        assert_null(c.scoped_env);
    }
}

/* [LY-4, CX-9, OW-6] */
static void layers_and_owners_are_handed_on(void **state)
{
    struct registry session = {.is_sealed = false}, base = session;
    struct overlays peers = {.first = NULL};
    struct access_owners owners = {.self = NULL};
    struct context c = context_from_wire(slice_of("r1"), slice_of("a"),
                                         (struct peer_filter){true},
                                         (struct context_origin){NULL, 7});

    (void)state;
    c.layers = (struct overlay_layers){&session, &peers, &base};
    c.owners = &owners;
    c.takes_items = true;
    c = context_from_parent(&c, slice_of("x"), slice_of("b"));
    assert_ptr_equal(c.layers.session, &session);
    assert_ptr_equal(c.layers.peers, &peers);
    assert_ptr_equal(c.layers.base, &base);
    assert_ptr_equal(c.owners, &owners);
    assert_false(c.takes_items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_from_the_wire_begins_without_rights),
        cmocka_unit_test(
            a_composed_call_takes_over_time_and_origin_and_no_rights),
        cmocka_unit_test(for_whom_it_is_done_is_known_at_every_depth),
        cmocka_unit_test(layers_and_owners_are_handed_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
