/* SPDX-License-Identifier: MIT */
/*
 * Who hangs below whom. The last test lets a forest grow and be cut at random,
 * and holds it against a plain list of parents.
 */
#include "ref/state/calltree.h"
#include "ref/test/t.h"

#define CALLS 40

static struct calltree calls[CALLS];

static int begin(void **state)
{
    (void)state;
    memset(calls, 0, sizeof calls);
    return 0;
}

static void add(int parent, int child)
{
    calltree_add(&calls[parent], &calls[child], CALLTREE_ABORT_DEPENDENTS);
}

/* The calls below `root` in the order of the walk, as "0 1 4". Static. */
static const char *walk(int root)
{
    static char text[CALLS * 4];
    size_t len = 0;

    text[0] = '\0';
    for (const struct calltree *c = &calls[root]; c;
         c = calltree_next(&calls[root], c))
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%d",
                                len ? " " : "", (int)(c - calls));
    return text;
}

static void a_zeroed_call_is_a_tree_of_its_own(void **state)
{
    (void)state;
    assert_string_equal(walk(0), "0");
    calltree_remove(&calls[0]);
    assert_string_equal(walk(0), "0");
}

static void parents_come_before_children_and_elder_before_younger(void **state)
{
    (void)state;
    add(0, 1);
    add(0, 2);
    add(1, 3);
    add(2, 4);
    add(1, 5);
    assert_string_equal(walk(0), "0 1 3 5 2 4");
    assert_string_equal(walk(1), "1 3 5"); /* and not beyond it */
    assert_string_equal(walk(2), "2 4");
    assert_string_equal(walk(5), "5");
}

static void a_child_has_its_policy_and_its_depth(void **state)
{
    (void)state;
    calltree_add(&calls[0], &calls[1], CALLTREE_CONTINUE_RUNNING);
    calltree_add(&calls[1], &calls[2], CALLTREE_ABORT_DEPENDENTS);
    assert_int_equal(calls[0].depth, 0);
    assert_int_equal(calls[1].depth, 1);
    assert_int_equal(calls[2].depth, 2);
    assert_int_equal(calls[1].policy, CALLTREE_CONTINUE_RUNNING);
    assert_int_equal(calls[2].policy, CALLTREE_ABORT_DEPENDENTS);
    assert_ptr_equal(calls[2].parent, &calls[1]);
}

/* [AB-8] */
static void one_that_is_removed_leaves_orphans_with_their_families(void **state)
{
    (void)state;
    add(0, 1);
    add(0, 2);
    add(0, 3);
    add(2, 4);
    add(2, 5);
    add(4, 6);
    calltree_remove(&calls[2]);
    assert_string_equal(walk(0), "0 1 3");
    assert_string_equal(walk(2), "2");
    assert_string_equal(walk(4), "4 6");
    assert_string_equal(walk(5), "5");
    assert_null(calls[4].parent);
    assert_int_equal(calls[6].depth, 3); /* as when it was made */
    calltree_remove(&calls[1]);
    calltree_remove(&calls[3]);
    assert_string_equal(walk(0), "0");
    add(0, 7);
    assert_string_equal(walk(0), "0 7");
}

static void add_below_a_barren_one(void *arg)
{
    (void)arg;
    add(0, 1);
}

static void a_barren_call_can_have_no_more_children(void **state)
{
    (void)state;
    calls[0].is_barren = true;
    assert_true(t_asserts(add_below_a_barren_one, NULL));
    assert_string_equal(walk(0), "0");
}

/* ------------------------------------------------------------- at random */

static int parents[CALLS]; /* of each call that is in, else -2; -1: none */

/* The same walk, from the list: children in the order of `made`. */
static int made[CALLS]; /* as which of all it was added */

static size_t walk_list(int root, char *out, size_t room)
{
    size_t len = (size_t)snprintf(out, room, "%d", root);
    int last = -1;

    for (;;) {
        int next = -1;

        for (int i = 0; i < CALLS; i++)
            if (parents[i] == root && made[i] > last &&
                (next < 0 || made[i] < made[next]))
                next = i;
        if (next < 0)
            return len;
        last = made[next];
        out[len++] = ' ';
        len += walk_list(next, out + len, room - len);
    }
}

static void cut(int call)
{
    calltree_remove(&calls[call]);
    parents[call] = -2;
    for (int i = 0; i < CALLS; i++)
        if (parents[i] == call)
            parents[i] = -1;
}

static void grow(int child, int parent, int n)
{
    if (parents[child] != -2)
        return;
    calls[child] = (struct calltree){.parent = NULL};
    made[child] = n;
    parents[child] = parent == child || parents[parent] == -2 ? -1 : parent;
    if (parents[child] >= 0)
        add(parent, child);
}

static void a_forest_is_what_was_added_and_not_removed(void **state)
{
    char wanted[CALLS * 4];
    uint64_t seed = 1;

    (void)state;
    for (int i = 0; i < CALLS; i++)
        parents[i] = -2;
    for (int n = 0; n < 20000; n++) {
        int call = (int)t_below(&seed, CALLS);

        if (parents[call] != -2 && t_below(&seed, 4) == 0)
            cut(call);
        else
            grow(call, (int)t_below(&seed, CALLS), n);
        if (parents[call] == -2)
            continue;
        walk_list(call, wanted, sizeof wanted);
        assert_string_equal(walk(call), wanted);
    }
}

#define WITH_CALLS(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CALLS(a_zeroed_call_is_a_tree_of_its_own),
        WITH_CALLS(parents_come_before_children_and_elder_before_younger),
        WITH_CALLS(a_child_has_its_policy_and_its_depth),
        WITH_CALLS(one_that_is_removed_leaves_orphans_with_their_families),
        WITH_CALLS(a_barren_call_can_have_no_more_children),
        WITH_CALLS(a_forest_is_what_was_added_and_not_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
