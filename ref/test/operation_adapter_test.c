/* SPDX-License-Identifier: MIT */
/* Why an import failed has a name each, and is told once. */
#include "ref/state/operation_adapter.h"
#include "ref/test/t.h"

/* [AD-2] */
static void every_reason_has_a_name_of_its_own(void **state)
{
    static const char *const names[] = {
        [OPERATION_ADAPTER_DISCOVERY_FAILED] = "discovery_failed",
        [OPERATION_ADAPTER_SCHEMA_PARSE] = "schema_parse",
        [OPERATION_ADAPTER_TRANSPORT] = "transport",
        [OPERATION_ADAPTER_UNAUTHORIZED] = "unauthorized",
        [OPERATION_ADAPTER_SAME_PEER_COLLISION] = "same_peer_collision",
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(names); i++)
        assert_string_equal(
            operation_adapter_name((enum operation_adapter_error)i), names[i]);
}

static void tell(void *self, const struct operation_adapter_outcome *outcome)
{
    int *told = self;

    ++*told;
    assert_false(outcome->is_ok);
    assert_null(outcome->operations);
    assert_int_equal(outcome->error, OPERATION_ADAPTER_TRANSPORT);
    t_same(outcome->message, "gone");
}

/* [AD-1] */
static void a_failure_is_told_once_and_at_once(void **state)
{
    int told = 0;

    (void)state;
    operation_adapter_fail((struct operation_adapter_waiter){tell, &told},
                           OPERATION_ADAPTER_TRANSPORT, slice_of("gone"));
    assert_int_equal(told, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_has_a_name_of_its_own),
        cmocka_unit_test(a_failure_is_told_once_and_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
