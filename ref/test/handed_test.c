/* SPDX-License-Identifier: MIT */
/* Witnesses of calls that somebody else answers: here as long as their calls
 * are. The node is one in name only. */
#include "ref/bin/handed.h"
#include "ref/session/commons.h"
#include "ref/test/t.h"

static struct commons node;
static const struct handler_desk desk = {.self = &node};

static struct handler_call call_of(uint64_t serial)
{
    return (struct handler_call){&desk, serial};
}

static void begin(uint64_t serial)
{
    (void)table_add(&node.served, slice_make(&serial, sizeof serial), &node);
}

static void end(uint64_t serial)
{
    (void)table_remove(&node.served, slice_make(&serial, sizeof serial));
}

static void add(struct handed *h, uint64_t serial)
{
    begin(serial);
    handed_add(h, call_of(serial), json_integer((json_int_t)serial));
}

static bool takes(struct handed *h, uint64_t serial)
{
    json_t *witness = handed_take(h, call_of(serial));
    bool is_its_own = json_integer_value(witness) == (json_int_t)serial;

    json_decref(witness);
    return is_its_own;
}

static void a_witness_is_there_once_while_its_call_runs(void **state)
{
    struct handed h = {.witnesses = {.count = 0}};

    (void)state;
    add(&h, 1);
    add(&h, 2);
    add(&h, 3);
    assert_true(takes(&h, 1));
    assert_false(takes(&h, 1));
    assert_true(takes(&h, 3));
    assert_true(takes(&h, 2));
    handed_clear(&h);
    table_clear(&node.served);
}

static void who_is_over_goes_when_the_next_one_comes(void **state)
{
    struct handed h = {.witnesses = {.count = 0}};

    (void)state;
    for (uint64_t serial = 1; serial <= 1000; serial++) {
        add(&h, serial);
        end(serial);
        assert_int_equal(h.witnesses.count, 1);
    }
    assert_true(takes(&h, 1000)); /* a call is stopped behind its end */
    add(&h, 1001);
    handed_clear(&h);
    assert_int_equal(h.witnesses.count, 0);
    table_clear(&node.served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_witness_is_there_once_while_its_call_runs),
        cmocka_unit_test(who_is_over_goes_when_the_next_one_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
