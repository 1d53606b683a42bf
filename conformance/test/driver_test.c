/* SPDX-License-Identifier: MIT */
/* Real processes, started and ended: the driver against small shell programs.
 */
#include "conformance/driver.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"

#define SECOND 1000000000ull

static struct driver *start(const char *script)
{
    char *const argv[] = {"sh", "-c", (char *)script, NULL};
    struct failure failure;
    const struct driver_program program = {.argv = argv};
    struct driver *d = driver_start(&program, &failure);

    assert_non_null(d);
    return d;
}

static bool next_line(struct driver *d, struct slice *ret_line)
{
    uint64_t deadline = entropy_now_ns() + 10 * SECOND;

    driver_read(d);
    while (!driver_line(d, ret_line)) {
        if (driver_is_gone(d) || driver_is_flooded(d))
            return false;
        if (!driver_wait(d, deadline) && !driver_is_gone(d))
            return false;
    }
    return true;
}

static void lines_go_in_and_out(void **state)
{
    struct driver *d = start("cat");
    struct slice line;

    (void)state;
    assert_true(
        driver_write(d, slice_of("one\ntwo\n"), entropy_now_ns() + SECOND));
    assert_true(next_line(d, &line));
    assert_true(slice_equal(line, slice_of("one")));
    assert_true(next_line(d, &line));
    assert_true(slice_equal(line, slice_of("two")));
    driver_hang_up(d);
    assert_false(next_line(d, &line));
    assert_string_equal(driver_end(d), "it exited with status 0");
    assert_true(driver_ended_well(d));
    driver_stop(d);
}

static void a_long_line_comes_whole_through_a_pipe_that_fills(void **state)
{
    struct driver *d = start("cat");
    size_t len = 3u * 1024 * 1024;
    char *text = xalloc(len + 1, 1);
    struct slice line;

    (void)state;
    memset(text, 'x', len);
    text[len] = '\n';
    assert_true(driver_write(d, slice_make(text, len + 1),
                             entropy_now_ns() + 10 * SECOND));
    assert_true(next_line(d, &line));
    assert_int_equal(line.len, len);
    xalloc_free(text);
    driver_stop(d);
}

static void a_line_without_an_end_is_a_flood(void **state)
{
    struct driver *d = start("exec cat /dev/zero");
    struct slice line;

    (void)state;
    assert_false(next_line(d, &line));
    assert_true(driver_is_flooded(d));
    driver_stop(d);
}

static void a_death_is_told_with_its_signal(void **state)
{
    struct driver *d = start("echo why >&2; kill -9 $$");
    struct slice line;

    (void)state;
    assert_false(next_line(d, &line));
    assert_string_equal(driver_end(d), "it was killed by signal 9");
    assert_true(slice_equal(driver_stderr(d), slice_of("why\n")));
    driver_stop(d);
}

static void what_it_started_is_ended_with_it(void **state)
{
    struct driver *d = start("sleep 1000 & echo $!; wait");
    struct slice line;
    pid_t child;

    (void)state;
    assert_true(next_line(d, &line));
    child = (pid_t)strtol((const char *)line.data, NULL, 10);
    assert_int_equal(kill(child, 0), 0);
    driver_stop(d);
    /* It is gone, or nobody's and about to be collected. */
    for (int i = 0; i < 1000000 && kill(child, 0) == 0; i++)
        assert_true(getppid() > 0);
}

static void a_program_that_is_not_there_is_a_sentence(void **state)
{
    char *const argv[] = {"/no/such/program", NULL};
    struct failure failure;

    (void)state;
    assert_null(driver_start(&(struct driver_program){.argv = argv}, &failure));
    assert_string_equal(failure.sentence,
                        "/no/such/program: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_go_in_and_out),
        cmocka_unit_test(a_long_line_comes_whole_through_a_pipe_that_fills),
        cmocka_unit_test(a_line_without_an_end_is_a_flood),
        cmocka_unit_test(a_death_is_told_with_its_signal),
        cmocka_unit_test(what_it_started_is_ended_with_it),
        cmocka_unit_test(a_program_that_is_not_there_is_a_sentence),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
