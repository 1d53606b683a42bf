/* SPDX-License-Identifier: MIT */
/* Who comes first is first, wherever others leave. */
#include "ref/base/queue.h"
#include "ref/test/t.h"

#define ENTRIES 8

static struct queue q;
static struct queue_entry entries[ENTRIES];
static int names[ENTRIES];

static int begin(void **state)
{
    (void)state;
    q = (struct queue){.first = NULL};
    for (int i = 0; i < ENTRIES; i++) {
        names[i] = i;
        entries[i] = (struct queue_entry){.queue = &q, .owner = &names[i]};
    }
    return 0;
}

/* Whose turn it is, who leaves; -1: nobody's. */
static int take(void)
{
    int *first = queue_first(&q);

    if (!first)
        return -1;
    queue_leave(&entries[*first]);
    return *first;
}

static void those_who_come_are_taken_in_their_order(void **state)
{
    (void)state;
    assert_int_equal(take(), -1);
    queue_enter(&entries[2]);
    queue_enter(&entries[0]);
    queue_enter(&entries[1]);
    assert_int_equal(take(), 2);
    queue_enter(&entries[2]);
    assert_int_equal(take(), 0);
    assert_int_equal(take(), 1);
    assert_int_equal(take(), 2);
    assert_int_equal(take(), -1);
}

static void coming_twice_keeps_the_place(void **state)
{
    (void)state;
    queue_enter(&entries[0]);
    queue_enter(&entries[1]);
    queue_enter(&entries[0]);
    assert_int_equal(take(), 0);
    assert_int_equal(take(), 1);
    assert_int_equal(take(), -1);
}

static void one_that_waits_nowhere_is_never_in(void **state)
{
    struct queue_entry e = {.queue = NULL};

    (void)state;
    queue_enter(&e);
    assert_false(e.is_in);
    queue_leave(&e);
    assert_int_equal(take(), -1);
}

/* The same with an array in which everybody moves up. */
static void it_behaves_like_a_line_of_people(void **state)
{
    int line[ENTRIES], count = 0;
    uint64_t seed = 1;

    (void)state;
    for (int step = 0; step < 20000; step++) {
        int who = (int)t_below(&seed, ENTRIES), at = 0;

        while (at < count && line[at] != who)
            at++;
        assert_int_equal(entries[who].is_in, at < count);
        if (t_below(&seed, 2)) {
            queue_enter(&entries[who]);
            if (at == count)
                line[count++] = who;
        } else {
            queue_leave(&entries[who]);
            count -= at < count;
            for (; at < count; at++)
                line[at] = line[at + 1];
        }
        assert_true(count ? queue_first(&q) == &names[line[0]]
                          : !queue_first(&q));
    }
    for (int i = 0; i < count; i++)
        assert_int_equal(take(), line[i]);
    assert_int_equal(take(), -1);
}

int main(void)
{
#define WITH_QUEUE(test) cmocka_unit_test_setup(test, begin)
    const struct CMUnitTest tests[] = {
        WITH_QUEUE(those_who_come_are_taken_in_their_order),
        WITH_QUEUE(coming_twice_keeps_the_place),
        WITH_QUEUE(one_that_waits_nowhere_is_never_in),
        WITH_QUEUE(it_behaves_like_a_line_of_people),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
