/* SPDX-License-Identifier: MIT */
/* [AB-15] A few ids are remembered, each is good for one request. */
#include "ref/state/overtaken.h"
#include "ref/test/t.h"

static struct overtaken o;

static int clear(void **state)
{
    (void)state;
    overtaken_clear(&o);
    return 0;
}

static void add(const char *id)
{
    struct slice exact = t_exact(slice_of(id));

    overtaken_add(&o, exact);
    t_free(exact); /* a copy is kept */
}

static bool take(const char *id)
{
    return overtaken_take(&o, slice_of(id));
}

static void an_id_is_remembered_once(void **state)
{
    (void)state;
    assert_false(take("r1"));
    add("r1");
    assert_false(take("r"));
    assert_false(take("r11"));
    assert_true(take("r1"));
    assert_false(take("r1"));
}

/* [ID-5] any text is an id */
static void an_empty_id_is_an_id(void **state)
{
    (void)state;
    assert_false(take(""));
    add("");
    assert_true(take(""));
    assert_false(take(""));
}

/* Whoever says it twice means the same request. */
static void an_id_that_was_aborted_twice_is_remembered_once(void **state)
{
    (void)state;
    add("r1");
    add("r1");
    assert_true(take("r1"));
    assert_false(take("r1"));
}

/* [ID-11] An abort that crossed the answer does not take the id away. */
static void an_id_that_has_just_ended_is_not_remembered(void **state)
{
    (void)state;
    overtaken_end(&o, slice_of("r1"));
    add("r1");
    add("r2");
    assert_false(take("r1"));
    assert_true(take("r2"));
}

static void what_ended_long_ago_is_forgotten(void **state)
{
    (void)state;
    overtaken_end(&o, slice_of("r1"));
    for (size_t i = 0; i < BOUNDS_ENDED_MAX; i++) {
        add("r1");
        assert_false(take("r1"));
        overtaken_end(&o, slice_of("another"));
    }
    add("r1");
    assert_true(take("r1"));
}

static void the_oldest_is_forgotten_when_there_are_too_many(void **state)
{
    char id[20];

    (void)state;
    for (int i = 0; i <= BOUNDS_OVERTAKEN_MAX; i++) {
        snprintf(id, sizeof id, "r%d", i);
        add(id);
    }
    assert_false(take("r0"));
    for (int i = 1; i <= BOUNDS_OVERTAKEN_MAX; i++) {
        snprintf(id, sizeof id, "r%d", i);
        assert_true(take(id));
        assert_false(take(id));
    }
}

static void an_id_that_is_too_long_is_not_remembered(void **state)
{
    char id[BOUNDS_OVERTAKEN_ID_MAX + 2];

    (void)state;
    memset(id, 'x', sizeof id);
    for (size_t len = BOUNDS_OVERTAKEN_ID_MAX; len < sizeof id; len++) {
        overtaken_add(&o, slice_make(id, len));
        assert_int_equal(overtaken_take(&o, slice_make(id, len)),
                         len == BOUNDS_OVERTAKEN_ID_MAX);
    }
}

static void nothing_is_left_after_a_clear(void **state)
{
    (void)state;
    add("r1");
    overtaken_clear(&o);
    assert_false(take("r1"));
    add("r2");
    assert_true(take("r2"));
}

#define CLEARED(test) cmocka_unit_test_teardown(test, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLEARED(an_id_is_remembered_once),
        CLEARED(an_empty_id_is_an_id),
        CLEARED(an_id_that_was_aborted_twice_is_remembered_once),
        CLEARED(an_id_that_has_just_ended_is_not_remembered),
        CLEARED(what_ended_long_ago_is_forgotten),
        CLEARED(the_oldest_is_forgotten_when_there_are_too_many),
        CLEARED(an_id_that_is_too_long_is_not_remembered),
        CLEARED(nothing_is_left_after_a_clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
