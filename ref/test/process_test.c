/* SPDX-License-Identifier: MIT */
/* Programs that are started: what they get, what is taken from them, and that
 * none of them stays. The shell is here only as a program like any other. */
#include "ref/host/process.h"
#include "ref/host/entropy.h"
#include "ref/test/t.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS 1000000ull

struct seen {
    struct loop *loop;
    struct process_end end; /* its output is copied */
    char output[256];
    unsigned count;
    size_t heard;            /* bytes, piece by piece */
    struct process *process; /* to be stopped */
};

static void told(void *self, const struct process_end *end)
{
    struct seen *s = self;

    s->end = *end;
    assert_true(end->output.len < sizeof s->output);
    memcpy(s->output, end->output.data ? end->output.data : (uint8_t *)"",
           end->output.len);
    s->count++;
    loop_stop(s->loop);
}

static struct process *start_heard(struct seen *s, const char *script,
                                   uint64_t limit_ns,
                                   void (*said)(void *, struct slice))
{
    char *argv[] = {(char[]){"/bin/sh"}, (char[]){"-c"},
                    (char *)(uintptr_t)script, NULL};
    struct process_config config = {
        .loop = s->loop,
        .argv = argv,
        .input = slice_of("from stdin"),
        .secrets = slice_of("the secret"),
        .output_max = 200,
        .deadline_ns = entropy_now_ns() + limit_ns,
        .said = said,
        .told = told,
        .self = s,
    };
    struct failure f;

    return process_start(&config, &f);
}

static struct process *start(struct seen *s, const char *script,
                             uint64_t limit_ns)
{
    return start_heard(s, script, limit_ns, NULL);
}

static struct seen run(const char *script, uint64_t limit_ns)
{
    struct failure f;
    struct seen s = {.loop = loop_new(&f)};

    assert_non_null(start(&s, script, limit_ns));
    loop_run(s.loop);
    loop_free(s.loop);
    assert_int_equal(s.count, 1);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombie */
    assert_int_equal(errno, ECHILD);
    return s;
}

static struct slice said(const struct seen *s)
{
    return slice_make(s->output, s->end.output.len);
}

static void a_program_reads_says_and_ends(void **state)
{
    struct seen s = run("cat; cat <&3; exit 7", 5000 * MS);

    (void)state;
    assert_int_equal(s.end.how, PROCESS_EXITED);
    assert_int_equal(s.end.status, 7);
    t_same(said(&s), "from stdinthe secret");
}

static void a_program_may_read_nothing_and_say_nothing(void **state)
{
    struct seen s = run("exec <&- 3<&- >&-; exit 0", 5000 * MS);

    (void)state;
    assert_int_equal(s.end.how, PROCESS_EXITED);
    assert_int_equal(s.end.output.len, 0);
}

/* The descriptor in `ls` that is the folder itself comes on top. */
static void nothing_of_ours_is_open_in_it(void **state)
{
    int leaky = open("/dev/null", O_RDONLY); /* without CLOEXEC */
    struct seen s;

    (void)state;
    assert_true(leaky >= 0);
    s = run("ls /proc/self/fd | tr '\\n' ' '", 5000 * MS);
    t_same(said(&s), "0 1 2 3 4 ");
    (void)close(leaky);
}

static void its_environment_is_empty(void **state)
{
    struct seen s;

    (void)state;
    assert_int_equal(setenv("ALKREF_DECOY", "decoy", 1), 0);
    s = run("tr '\\0' '\\n' </proc/$$/environ", 5000 * MS);
    assert_int_equal(s.end.output.len, 0);
}

static void its_signals_are_fresh(void **state)
{
    sigset_t blocked;
    struct seen s;

    (void)state;
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGTERM);
    assert_int_equal(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
    (void)signal(SIGPIPE, SIG_IGN);
    s = run("kill -PIPE $$; echo alive", 5000 * MS);
    assert_int_equal(s.end.how, PROCESS_SIGNALED);
    assert_int_equal(s.end.status, SIGPIPE);
    s = run("kill -TERM $$; echo alive", 5000 * MS);
    assert_int_equal(s.end.how, PROCESS_SIGNALED);
    assert_int_equal(s.end.status, SIGTERM);
    (void)sigprocmask(SIG_UNBLOCK, &blocked, NULL);
}

static void at_its_deadline_it_is_killed(void **state)
{
    struct seen s = run("trap '' TERM; echo begun; sleep 600", 300 * MS);

    (void)state;
    assert_int_equal(s.end.how, PROCESS_TOO_LATE);
    t_same(said(&s), "begun\n");
}

static void who_says_too_much_is_killed(void **state)
{
    struct seen s = run("while :; do echo more and more; done", 60000 * MS);

    (void)state;
    assert_int_equal(s.end.how, PROCESS_TOO_LONG);
}

/* It holds a pipe open for as long as it lives. */
static void what_it_left_behind_goes_with_it(void **state)
{
    char folder[] = "/tmp/process_test.XXXXXX", path[64], script[128];
    struct pollfd end = {.events = POLLIN};
    struct seen s;

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/alive", folder);
    (void)snprintf(script, sizeof script, "exec 9>%s; sleep 600 &", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    end.fd = open(path, O_RDONLY | O_NONBLOCK);
    s = run(script, 5000 * MS);
    assert_int_equal(s.end.how, PROCESS_EXITED);
    assert_int_equal(poll(&end, 1, 20000), 1);
    assert_true(end.revents & POLLHUP);
    close(end.fd);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void stopped_it_is_gone_and_nobody_is_told(void **state)
{
    struct failure f;
    struct seen s = {.loop = loop_new(&f)};
    struct process *p = start(&s, "sleep 600", 60000 * MS);

    (void)state;
    assert_non_null(p);
    process_stop(p);
    assert_int_equal(s.count, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    loop_free(s.loop);
}

/* ------------------------------------------------------------- in pieces */

static void hear(void *self, struct slice piece)
{
    struct seen *s = self;

    assert_true(piece.len > 0 && piece.len <= PROCESS_PIECE_MAX);
    s->heard += piece.len;
    loop_stop(s->loop);
}

static void it_is_heard_when_it_is_asked(void **state)
{
    struct failure f;
    struct seen s = {.loop = loop_new(&f)};
    struct process *p = start_heard(&s, "echo one; read line; echo two; exit 7",
                                    5000 * MS, hear);

    (void)state;
    process_ask(p);
    process_ask(p); /* which is once */
    while (s.count == 0)
        loop_run(s.loop);
    assert_int_equal(s.heard + s.end.output.len, 8); /* nothing is lost */
    assert_int_equal(s.end.how, PROCESS_EXITED);
    assert_int_equal(s.end.status, 7);
    loop_free(s.loop);
}

/* It would say more than anybody could keep. */
static void unasked_it_has_to_wait(void **state)
{
    struct failure f;
    struct seen s = {.loop = loop_new(&f)};
    struct process *p =
        start_heard(&s, "while :; do echo yes; done", 60000 * MS, hear);
    size_t pieces = 100;

    (void)state;
    for (size_t i = 0; i < pieces; i++) {
        process_ask(p);
        loop_run(s.loop);
    }
    assert_in_range(s.heard, pieces, pieces * PROCESS_PIECE_MAX);
    loop_run_once(s.loop, entropy_now_ns() + 100 * MS); /* nobody is told */
    assert_in_range(s.heard, pieces, pieces * PROCESS_PIECE_MAX);
    assert_int_equal(s.count, 0);
    process_stop(p);
    loop_free(s.loop);
}

static void whoever_hears_it_may_stop_it(void *self, struct slice piece)
{
    struct seen *s = self;

    hear(self, piece);
    process_stop(s->process);
}

static void stopped_while_it_is_heard_it_is_gone(void **state)
{
    struct failure f;
    struct seen s = {.loop = loop_new(&f)};

    (void)state;
    s.process = start_heard(&s, "echo one; sleep 600", 60000 * MS,
                            whoever_hears_it_may_stop_it);
    process_ask(s.process);
    loop_run(s.loop);
    assert_int_equal(s.heard, 4);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    loop_free(s.loop);
}

/* A mute program is not waited for in a circle. */
static void it_may_close_its_mouth_and_live_on(void **state)
{
    struct failure f;
    struct seen s = {.loop = loop_new(&f)};
    struct process *p = start_heard(&s, "exec >&-; sleep 600", 300 * MS, hear);
    unsigned turns = 0;

    (void)state;
    process_ask(p);
    for (; s.count == 0; turns++)
        loop_run_once(s.loop, NEVER);
    assert_in_range(turns, 1, 20);
    assert_int_equal(s.end.how, PROCESS_TOO_LATE);
    assert_int_equal(s.heard, 0);
    loop_free(s.loop);
}

static void what_cannot_be_run_is_said(void **state)
{
    char *argv[] = {(char[]){"/no/such/program"}, NULL};
    struct failure f;
    struct process_config config = {.loop = loop_new(&f), .argv = argv};

    (void)state;
    assert_null(process_start(&config, &f));
    t_says(f.sentence, "/no/such/program: cannot be started: No such file");
    loop_free(config.loop);
    assert_true(process_can_run("/bin/sh"));
    assert_false(process_can_run("sh"));
    assert_false(process_can_run("/etc"));
    assert_false(process_can_run("/etc/passwd"));
    assert_false(process_can_run("/no/such/program"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_reads_says_and_ends),
        cmocka_unit_test(a_program_may_read_nothing_and_say_nothing),
        cmocka_unit_test(nothing_of_ours_is_open_in_it),
        cmocka_unit_test(its_environment_is_empty),
        cmocka_unit_test(its_signals_are_fresh),
        cmocka_unit_test(at_its_deadline_it_is_killed),
        cmocka_unit_test(who_says_too_much_is_killed),
        cmocka_unit_test(what_it_left_behind_goes_with_it),
        cmocka_unit_test(stopped_it_is_gone_and_nobody_is_told),
        cmocka_unit_test(it_is_heard_when_it_is_asked),
        cmocka_unit_test(unasked_it_has_to_wait),
        cmocka_unit_test(stopped_while_it_is_heard_it_is_gone),
        cmocka_unit_test(it_may_close_its_mouth_and_live_on),
        cmocka_unit_test(what_cannot_be_run_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
