/* SPDX-License-Identifier: MIT */
/*
 * The cascade. Trees are written as one letter for each call, its children in
 * parentheses behind it: D depends on its parent, C continues; a small letter
 * is one that was not started. What comes out is one sign for each letter, in
 * the same order: x for one that ends, + for one that goes on.
 *
 * The last test tries every tree of up to six calls, with every policy, every
 * call of it aborted, against the rule as the documents tell it.
 */
#include "ref/rules/abort.h"
#include "ref/test/t.h"

#include <ctype.h>

#define CALLS 20

static struct calltree calls[CALLS];
static int call_count;

/* Adds the calls of the text below `parent`; returns where it stopped. */
static const char *plant(const char *text, struct calltree *parent)
{
    struct calltree *call = NULL;

    for (; *text && *text != ')'; text++) {
        if (*text == '(') {
            text = plant(text + 1, call);
            continue;
        }
        call = &calls[call_count++];
        call->is_started = isupper((unsigned char)*text);
        if (parent)
            calltree_add(parent, call,
                         tolower((unsigned char)*text) == 'c'
                             ? CALLTREE_CONTINUE_RUNNING
                             : CALLTREE_ABORT_DEPENDENTS);
    }
    return text;
}

static void plant_tree(const char *text)
{
    memset(calls, 0, sizeof calls);
    call_count = 0;
    assert_int_equal(*plant(text, NULL), '\0');
}

/* Who ends and who goes on; the plan names each once, and the tree says the
 * same. Static. */
static const char *fate(int root)
{
    static char signs[CALLS + 1];

    memset(signs, '+', CALLS);
    signs[call_count] = '\0';
    for (const struct calltree *c = abort_plan(&calls[root]); c;
         c = c->next_doomed) {
        assert_int_equal(signs[c - calls], '+');
        signs[c - calls] = 'x';
    }
    for (int i = 0; i < call_count; i++)
        assert_int_equal(calls[i].is_doomed, signs[i] == 'x');
    return signs;
}

/* [AB-4, AB-5, AB-7, AB-9a, AB-20] */
static void the_cascade_follows_the_policies(void **state)
{
    static const struct {
        const char *tree;
        int root;
        const char *fate;
    } cases[] = {
        {"D", 0, "x"},
        {"D(D)", 0, "xx"},
        {"D(d)", 0, "xx"},
        {"D(C)", 0, "x+"},
        {"D(c)", 0, "xx"},
        {"D(DCD)", 0, "xx+x"},         /* each for itself */
        {"D(D(D(D(D))))", 0, "xxxxx"}, /* at any depth */
        {"D(C(C(C)))", 0, "x+++"},
        {"D(C(D))", 0, "x++"}, /* what hangs on a survivor goes on … */
        {"D(C(d))", 0, "x+x"}, /* … when it was started */
        {"D(C(c))", 0, "x+x"},
        {"D(C(D(Cd)))", 0, "x+++x"},
        {"D(D(C))", 0, "xx+"}, /* a survivor below one that ends */
        {"D(D(C(D)))", 0, "xx++"},
        {"D(D(D)C(D))", 1, "+xx++"}, /* only down */
        {"D(C(D)D)", 1, "+xx+"},     /* its own policy is its parent's affair */
        {"D(DDD)", 2, "++x+"},
        {"d", 0, "x"}, /* refused before it was started */
        {"C(C)", 0, "x+"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        plant_tree(cases[i].tree);
        assert_string_equal(fate(cases[i].root), cases[i].fate);
    }
}

/* [AB-5] "no new descendants", and nobody else is forbidden anything */
static void whoever_goes_on_below_may_compose_no_more(void **state)
{
    (void)state;
    plant_tree("D(D(C(D))DC)");
    assert_string_equal(fate(1), "+x++++");
    assert_true(calls[2].is_barren);
    assert_true(calls[3].is_barren);
    assert_false(calls[0].is_barren);
    assert_false(calls[4].is_barren);
    assert_false(calls[5].is_barren);
}

static void parents_end_before_their_children_elder_before_younger(void **state)
{
    static const int order[] = {0, 1, 3, 4, 6};
    const struct calltree *c;
    size_t n = 0;

    (void)state;
    plant_tree("D(D(CD)D(C)D)");
    for (c = abort_plan(&calls[0]); c; c = c->next_doomed)
        assert_ptr_equal(c, &calls[order[n++]]);
    assert_int_equal(n, T_COUNT(order));
}

/* A survivor that is aborted later, when those above it are gone. */
static void a_survivor_is_the_root_of_what_is_left(void **state)
{
    (void)state;
    plant_tree("D(C(DC))");
    assert_string_equal(fate(0), "x+++");
    calltree_remove(&calls[0]);
    calls[0].is_doomed = false;
    assert_string_equal(fate(1), "+xx+");
}

/* ------------------------------------------------------- every small tree */

/* What the documents say of `call`, of whose parent is known that it ends, or
 * that it goes on; marks it and all below. */
static void mark(const int parents[], int call, bool parent_ends, char *signs)
{
    const struct calltree *c = &calls[call];
    bool ends = !c->is_started ||
                (parent_ends && c->policy == CALLTREE_ABORT_DEPENDENTS);

    signs[call] = ends ? 'x' : '+';
    for (int i = call + 1; i < call_count; i++)
        if (parents[i] == call)
            mark(parents, i, ends, signs);
}

static void try_root(const int parents[], int root)
{
    char signs[CALLS + 1];

    memset(signs, '+', CALLS);
    signs[call_count] = '\0';
    signs[root] = 'x';
    for (int i = root + 1; i < call_count; i++)
        if (parents[i] == root)
            mark(parents, i, true, signs);
    assert_string_equal(fate(root), signs);
    for (int i = 0; i < call_count; i++)
        calls[i].is_doomed = calls[i].is_barren = false;
}

/* Two bits for each call but the first: its policy, and whether it runs. */
static void try_policies(const int parents[], unsigned bits)
{
    memset(calls, 0, sizeof calls);
    calls[0].is_started = true;
    for (int i = 1; i < call_count; i++, bits >>= 2) {
        calls[i].is_started = bits & 1;
        calltree_add(&calls[parents[i]], &calls[i],
                     bits & 2 ? CALLTREE_CONTINUE_RUNNING
                              : CALLTREE_ABORT_DEPENDENTS);
    }
    for (int root = 0; root < call_count; root++)
        try_root(parents, root);
}

/* Every choice of a parent for each call among those before it. */
static size_t try_shapes(int parents[], int next)
{
    size_t tried = 0;

    if (next == call_count) {
        for (unsigned bits = 0; bits < 1u << 2 * (next - 1); bits++)
            try_policies(parents, bits);
        return 1;
    }
    for (parents[next] = 0; parents[next] < next; parents[next]++)
        tried += try_shapes(parents, next + 1);
    return tried;
}

static void every_small_tree_ends_as_the_documents_say(void **state)
{
    static const size_t shapes[] = {1, 1, 2, 6, 24, 120};
    int parents[6];

    (void)state;
    for (int n = 1; n <= 6; n++) {
        call_count = n;
        assert_int_equal(try_shapes(parents, 1), shapes[n - 1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cascade_follows_the_policies),
        cmocka_unit_test(whoever_goes_on_below_may_compose_no_more),
        cmocka_unit_test(
            parents_end_before_their_children_elder_before_younger),
        cmocka_unit_test(a_survivor_is_the_root_of_what_is_left),
        cmocka_unit_test(every_small_tree_ends_as_the_documents_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
