/* SPDX-License-Identifier: MIT */
/*
 * A map that remembers order. The last test holds it against a plain array
 * over many random steps; the others say what it is for.
 */
#include "ref/base/table.h"
#include "ref/test/t.h"

static int values[3];

static void what_was_added_is_found_and_nothing_else(void **state)
{
    struct table t = {.count = 0};

    (void)state;
    assert_null(table_find(&t, slice_of("a")));
    assert_true(table_add(&t, slice_of("a"), &values[0]));
    assert_true(table_add(&t, slice_of(""), &values[1]));
    assert_true(table_add(&t, T_BYTES("a\0"), &values[2]));
    assert_ptr_equal(table_find(&t, slice_of("a")), &values[0]);
    assert_ptr_equal(table_find(&t, slice_make(NULL, 0)), &values[1]);
    assert_ptr_equal(table_find(&t, T_BYTES("a\0")), &values[2]);
    assert_null(table_find(&t, slice_of("A")));
    assert_null(table_find(&t, slice_of("aa")));
    table_clear(&t);
    assert_int_equal(t.count, 0);
    assert_null(table_find(&t, slice_of("a")));
    assert_true(table_add(&t, slice_of("a"), &values[0]));
    table_clear(&t);
}

static void a_second_value_under_a_key_is_refused(void **state)
{
    struct table t = {.count = 0};

    (void)state;
    assert_true(table_add(&t, slice_of("a"), &values[0]));
    assert_false(table_add(&t, slice_of("a"), &values[1]));
    assert_ptr_equal(table_find(&t, slice_of("a")), &values[0]);
    assert_int_equal(t.count, 1);
    table_clear(&t);
}

static void a_key_is_copied(void **state)
{
    struct table t = {.count = 0};
    char key[] = "key";

    (void)state;
    table_add(&t, slice_of(key), &values[0]);
    key[0] = 'K';
    assert_ptr_equal(table_find(&t, slice_of("key")), &values[0]);
    assert_null(table_find(&t, slice_of("Key")));
    table_clear(&t);
}

static void removing_hands_the_value_over(void **state)
{
    struct table t = {.count = 0};

    (void)state;
    assert_null(table_remove(&t, slice_of("a")));
    table_add(&t, slice_of("a"), &values[0]);
    assert_null(table_remove(&t, slice_of("b")));
    assert_ptr_equal(table_remove(&t, slice_of("a")), &values[0]);
    assert_null(table_remove(&t, slice_of("a")));
    assert_null(table_first(&t));
    assert_true(table_add(&t, slice_of("a"), &values[1]));
    assert_ptr_equal(table_find(&t, slice_of("a")), &values[1]);
    table_clear(&t);
}

/* The keys in order, joined. */
static void check_order(const struct table *t, const char *wanted)
{
    char keys[64] = "";

    for (struct table_entry *e = table_first(t); e; e = table_next(e))
        strncat(keys, (const char *)e->key.data, e->key.len);
    assert_string_equal(keys, wanted);
}

static void a_walk_goes_in_the_order_of_arrival(void **state)
{
    struct table t = {.count = 0};

    (void)state;
    for (const char *key = "zebra"; *key; key++)
        table_add(&t, slice_make(key, 1), &values[0]);
    check_order(&t, "zebra");
    table_remove(&t, slice_of("z"));
    check_order(&t, "ebra");
    table_remove(&t, slice_of("b"));
    check_order(&t, "era");
    table_remove(&t, slice_of("a"));
    check_order(&t, "er");
    table_add(&t, slice_of("z"), &values[0]);
    check_order(&t, "erz");
    table_clear(&t);
}

static void an_entry_may_go_while_one_stands_on_it(void **state)
{
    struct table t = {.count = 0};
    struct table_entry *next;
    char key[] = "0";
    int i = 0;

    (void)state;
    for (; key[0] <= '9'; key[0]++)
        table_add(&t, slice_of(key), &values[0]);
    for (struct table_entry *e = table_first(&t); e; e = next) {
        next = table_next(e);
        if (i++ % 2 == 0)
            table_remove(&t, e->key);
    }
    check_order(&t, "13579");
    table_clear(&t);
}

/* ------------------------------------------------ against a plain array */

#define MODEL_MAX 1000

struct model {
    unsigned keys[MODEL_MAX]; /* in order of arrival */
    size_t count;             /* of keys */
};

static size_t model_find(const struct model *m, unsigned key)
{
    size_t i = 0;

    while (i < m->count && m->keys[i] != key)
        i++;
    return i;
}

static void step(struct table *t, struct model *m, uint64_t *seed)
{
    unsigned number = (unsigned)t_below(seed, MODEL_MAX);
    size_t at = model_find(m, number);
    struct slice key = slice_make(&number, sizeof number);
    void *value = (void *)((uintptr_t)number + 1);
    bool is_there = at < m->count;

    assert_ptr_equal(table_find(t, key), is_there ? value : NULL);
    if (t_below(seed, 5) < 3) {
        assert_int_equal(table_add(t, key, value), !is_there);
        if (!is_there)
            m->keys[m->count++] = number;
        return;
    }
    assert_ptr_equal(table_remove(t, key), is_there ? value : NULL);
    if (is_there)
        memmove(m->keys + at, m->keys + at + 1,
                (--m->count - at) * sizeof *m->keys);
}

static void check_same(const struct table *t, const struct model *m)
{
    size_t i = 0;
    const struct table_entry *last = NULL;

    assert_int_equal(t->count, m->count);
    for (struct table_entry *e = table_first(t); e; e = table_next(e)) {
        assert_memory_equal(e->key.data, &m->keys[i], sizeof m->keys[i]);
        assert_ptr_equal(e->previous, last);
        last = e;
        i++;
    }
    assert_int_equal(i, m->count);
    assert_ptr_equal(t->last, last);
}

static void it_behaves_like_an_array_that_is_searched(void **state)
{
    struct table t = {.count = 0};
    struct model m = {.count = 0};
    uint64_t seed = 1;
    size_t most = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        step(&t, &m, &seed);
        if (i % 100 == 0)
            check_same(&t, &m);
        most = m.count > most ? m.count : most;
    }
    assert_true(most > 500);
    table_clear(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_is_found_and_nothing_else),
        cmocka_unit_test(a_second_value_under_a_key_is_refused),
        cmocka_unit_test(a_key_is_copied),
        cmocka_unit_test(removing_hands_the_value_over),
        cmocka_unit_test(a_walk_goes_in_the_order_of_arrival),
        cmocka_unit_test(an_entry_may_go_while_one_stands_on_it),
        cmocka_unit_test(it_behaves_like_an_array_that_is_searched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
