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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_from_the_wire_begins_without_rights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
