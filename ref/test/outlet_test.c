/* SPDX-License-Identifier: MIT */
/* Writing to somebody who may be slow, or gone: all of it arrives in order, and
 * nobody waits. The other end is read here, when the test wants it to be. */
#include "ref/host/outlet.h"
#include "ref/host/entropy.h"
#include "ref/test/t.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define MUCH (1024 * 1024) /* more than any pipe holds unasked */

struct world {
    struct loop *loop;
    struct outlet *outlet;
    int ends[2];      /* read there, write here */
    unsigned drained; /* how often we were told */
    unsigned broken;  /* likewise */
    int code;         /* why */
};

static void on_drained(void *self)
{
    struct world *w = self;

    assert_true(outlet_is_empty(w->outlet));
    w->drained++;
}

static void on_broken(void *self, int code)
{
    struct world *w = self;

    w->broken++;
    w->code = code;
}

static void open_into(struct world *w, int fd)
{
    struct failure f;
    const struct outlet_watcher watcher = {on_drained, on_broken, w};

    w->loop = loop_new(&f);
    w->outlet = outlet_open(w->loop, fd, &watcher);
}

static void open_pipe(struct world *w)
{
    *w = (struct world){.loop = NULL};
    assert_int_equal(pipe(w->ends), 0);
    open_into(w, w->ends[1]);
}

static void open_socket(struct world *w)
{
    *w = (struct world){.loop = NULL};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, w->ends), 0);
    open_into(w, w->ends[1]);
}

static void close_world(struct world *w)
{
    outlet_close(w->outlet);
    loop_free(w->loop);
    for (int i = 0; i < 2; i++)
        if (w->ends[i] >= 0)
            (void)close(w->ends[i]);
}

/* Letters that tell their place. */
static struct slice much(void)
{
    static uint8_t bytes[MUCH];

    for (size_t i = 0; i < MUCH; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 251);
    return slice_make(bytes, MUCH);
}

/* Reads `len` bytes at the other end and gives the outlet its turns. */
static void read_there(struct world *w, struct slice expected)
{
    uint8_t piece[4096];

    while (expected.len) {
        size_t want = expected.len < sizeof piece ? expected.len : sizeof piece;
        ssize_t n = read(w->ends[0], piece, want);

        assert_true(n > 0);
        assert_memory_equal(piece, expected.data, (size_t)n);
        expected = slice_skip(expected, (size_t)n);
        if (!outlet_is_empty(w->outlet))
            loop_run_once(w->loop, entropy_now_ns() + 1000000);
    }
}

static void what_fits_is_written_at_once(void **state)
{
    struct world w;

    (void)state;
    open_pipe(&w);
    assert_true(outlet_write(w.outlet, slice_of("a line\n")));
    assert_true(outlet_write(w.outlet, slice_of("")));
    assert_true(outlet_is_empty(w.outlet));
    read_there(&w, slice_of("a line\n"));
    assert_int_equal(w.drained, 0);
    close_world(&w);
}

static void the_rest_waits_for_its_reader(void (*open_world)(struct world *))
{
    struct world w;

    open_world(&w);
    assert_false(outlet_write(w.outlet, much()));
    assert_false(outlet_is_empty(w.outlet));
    assert_int_equal(w.drained, 0);
    read_there(&w, much());
    assert_int_equal(w.drained, 1);
    assert_true(outlet_write(w.outlet, slice_of("and on")));
    read_there(&w, slice_of("and on"));
    assert_int_equal(w.broken, 0);
    close_world(&w);
}

static void the_rest_waits(void **state)
{
    (void)state;
    the_rest_waits_for_its_reader(open_pipe);
    the_rest_waits_for_its_reader(open_socket);
}

/* Ours does not wait; whoever else has the descriptor does as before. */
static void nobody_else_notices(void **state)
{
    struct world w;

    (void)state;
    open_pipe(&w);
    assert_int_equal(fcntl(w.ends[1], F_GETFL) & O_NONBLOCK, 0);
    close_world(&w);
    open_socket(&w);
    outlet_close(w.outlet);
    w.outlet = NULL;
    assert_int_equal(fcntl(w.ends[1], F_GETFL) & O_NONBLOCK, 0);
    close_world(&w);
}

static void a_reader_that_goes_is_seen_going(void **state)
{
    struct world w;

    (void)state;
    open_pipe(&w);
    assert_true(outlet_write(w.outlet, slice_of("a line\n")));
    assert_int_equal(close(w.ends[0]), 0);
    w.ends[0] = -1;
    loop_run(w.loop); /* until nothing is left to wait for */
    assert_int_equal(w.broken, 1);
    assert_int_equal(w.code, EPIPE);
    assert_false(outlet_write(w.outlet, slice_of("to nobody")));
    assert_true(outlet_is_empty(w.outlet));
    assert_int_equal(w.broken, 1);
    close_world(&w);
}

static void what_waits_for_a_reader_that_goes_is_forgotten(void **state)
{
    struct world w;

    (void)state;
    open_pipe(&w);
    assert_false(outlet_write(w.outlet, much()));
    assert_int_equal(close(w.ends[0]), 0);
    w.ends[0] = -1;
    loop_run(w.loop);
    assert_int_equal(w.broken, 1);
    assert_int_equal(w.drained, 0);
    assert_true(outlet_is_empty(w.outlet));
    close_world(&w);
}

static void a_reader_that_went_before_is_told(void **state)
{
    struct world w = {.ends = {-1, -1}};

    (void)state;
    assert_int_equal(pipe(w.ends), 0);
    assert_int_equal(close(w.ends[0]), 0);
    w.ends[0] = -1;
    open_into(&w, w.ends[1]);
    assert_false(outlet_write(w.outlet, slice_of("to nobody")));
    assert_int_equal(w.code, EPIPE);
    close_world(&w);
}

static void a_full_disk_is_told(void **state)
{
    struct world w = {.ends = {-1, open("/dev/full", O_WRONLY)}};

    (void)state;
    open_into(&w, w.ends[1]);
    assert_false(outlet_write(w.outlet, slice_of("a line\n")));
    assert_int_equal(w.broken, 1);
    assert_int_equal(w.code, ENOSPC);
    close_world(&w);
}

/* What was there stays: it is not opened from its beginning. */
static void a_file_is_appended_to(void **state)
{
    FILE *file = tmpfile();
    struct world w = {.ends = {-1, -1}};
    char text[32] = "";

    (void)state;
    assert_true(fputs("first, ", file) >= 0 && fflush(file) == 0);
    open_into(&w, fileno(file));
    assert_true(outlet_write(w.outlet, slice_of("second")));
    rewind(file);
    assert_non_null(fgets(text, sizeof text, file));
    assert_string_equal(text, "first, second");
    close_world(&w);
    (void)fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_is_written_at_once),
        cmocka_unit_test(the_rest_waits),
        cmocka_unit_test(nobody_else_notices),
        cmocka_unit_test(a_reader_that_goes_is_seen_going),
        cmocka_unit_test(what_waits_for_a_reader_that_goes_is_forgotten),
        cmocka_unit_test(a_reader_that_went_before_is_told),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(a_file_is_appended_to),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
