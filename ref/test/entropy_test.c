/* SPDX-License-Identifier: MIT */
/* Chance from the system: never twice the same, whoever asks. */
#include "ref/host/entropy.h"
#include "ref/test/t.h"

#include <sys/wait.h>
#include <unistd.h>

#define DRAW 16

static void what_was_drawn_does_not_come_again(void **state)
{
    struct entropy_source chance = entropy_system();
    uint8_t drawn[200][DRAW];

    (void)state;
    for (size_t i = 0; i < T_COUNT(drawn); i++) {
        entropy_fill(&chance, drawn[i], DRAW);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(drawn[i], drawn[k], DRAW);
    }
}

static void much_at_once_is_filled(void **state)
{
    struct entropy_source chance = entropy_system();
    uint8_t much[5000] = {0}, none[64] = {0};

    (void)state;
    entropy_fill(&chance, much, sizeof much);
    assert_memory_not_equal(much, none, sizeof none);
    assert_memory_not_equal(much + sizeof much - sizeof none, none,
                            sizeof none);
}

/* Two processes that were one must not go on alike: ids and keys are made of
 * this. */
static void halves_of_a_process_draw_differently(void **state)
{
    struct entropy_source chance = entropy_system();
    uint8_t ours[DRAW], theirs[DRAW];
    int ends[2], status;
    pid_t pid;

    (void)state;
    entropy_fill(&chance, ours, DRAW); /* something was fetched */
    assert_int_equal(pipe(ends), 0);
    pid = fork();
    assert_true(pid >= 0);
    entropy_fill(&chance, ours, DRAW);
    if (pid == 0)
        _exit(write(ends[1], ours, DRAW) == DRAW ? 0 : 1);
    assert_int_equal(read(ends[0], theirs, DRAW), DRAW);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_memory_not_equal(ours, theirs, DRAW);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_drawn_does_not_come_again),
        cmocka_unit_test(much_at_once_is_filled),
        cmocka_unit_test(halves_of_a_process_draw_differently),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
