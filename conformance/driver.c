/* SPDX-License-Identifier: MIT */
/*
 * Three pipes and a process group. All descriptors on our side are
 * non-blocking; the only places that wait are poll() with a deadline and the
 * collection of a process that has been killed.
 *
 * That a program cannot be started is told through a fourth pipe, which closes
 * by itself when the new program takes over.
 */
#include "conformance/driver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ref/base/buf.h"
#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"

#define READ_BYTES 65536
#define READS_MAX 64 /* at once, of one who writes as fast as we read */
#define MS 1000000ull
#define SECOND (1000 * MS)
#define LIVE_MAX 16

/* The pipes: its three, and the one that tells why it could not start. */
enum { IN, OUT, ERR, TOLD };

struct driver {
    pid_t pid;        /* the process and its group; 0: collected */
    int in;           /* its standard input; -1: closed */
    int out;          /* its standard output; -1: at its end */
    int err;          /* its standard error; -1: at its end */
    struct buf lines; /* owned: what it wrote and nobody took yet */
    size_t taken;     /* of these, so many bytes are done with */
    size_t searched;  /* so many hold no newline behind `taken` */
    struct buf tail;  /* owned: the end of its standard error */
    int status;       /* as wait() gave it */
    char end[64];     /* the sentence about it */
};

/* The groups to be killed when we are told to stop. */
static volatile sig_atomic_t live[LIVE_MAX];

static void remember(pid_t pid)
{
    for (size_t i = 0; i < LIVE_MAX; i++) {
        if (live[i] == 0) {
            live[i] = (sig_atomic_t)pid;
            return;
        }
    }
}

static void forget(pid_t pid)
{
    for (size_t i = 0; i < LIVE_MAX; i++) {
        if (live[i] == (sig_atomic_t)pid)
            live[i] = 0;
    }
}

void driver_kill_all(void)
{
    for (size_t i = 0; i < LIVE_MAX; i++) {
        if (live[i] != 0)
            (void)kill(-(pid_t)live[i], SIGKILL);
    }
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* What a new program would not inherit, a copy of ourselves has to drop. */
static void play(const struct driver_program *program, int pipes[4][2])
{
    for (size_t i = 0; i < 4; i++) {
        close_fd(&pipes[i][0]);
        close_fd(&pipes[i][1]);
    }
    _exit(program->play(program->self));
}

static void become(const struct driver_program *program, int pipes[4][2])
{
    int told = pipes[TOLD][1];

    (void)setpgid(0, 0);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGTERM, SIG_DFL);
    if (dup2(pipes[IN][0], STDIN_FILENO) >= 0 &&
        dup2(pipes[OUT][1], STDOUT_FILENO) >= 0 &&
        dup2(pipes[ERR][1], STDERR_FILENO) >= 0) {
        if (!program->argv)
            play(program, pipes);
        (void)execvp(program->argv[0], program->argv);
    }
    if (write(told, &errno, sizeof errno) < 0)
        _exit(126);
    _exit(127);
}

/* What a child that could not become the program says about it, or 0. */
static int hear(int told)
{
    int why = 0;
    ssize_t n;

    do
        n = read(told, &why, sizeof why);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof why ? why : 0;
}

static bool make_pipes(int pipes[4][2])
{
    for (size_t i = 0; i < 4; i++) {
        if (pipe(pipes[i]) != 0)
            return false;
        for (size_t end = 0; end < 2; end++)
            (void)fcntl(pipes[i][end], F_SETFD, FD_CLOEXEC);
    }
    return true;
}

static struct driver *adopt(pid_t pid, int in, int out, int err)
{
    struct driver *d = xalloc(1, sizeof *d);
    const int ours[] = {in, out, err};

    for (size_t i = 0; i < 3; i++)
        (void)fcntl(ours[i], F_SETFL, O_NONBLOCK);
    d->pid = pid;
    d->in = in;
    d->out = out;
    d->err = err;
    buf_init(&d->lines, (size_t)2 * DRIVER_LINE_MAX);
    buf_init(&d->tail, (size_t)2 * DRIVER_STDERR_MAX);
    remember(pid);
    return d;
}

struct driver *driver_start(const struct driver_program *program,
                            struct failure *ret_failure)
{
    int pipes[4][2] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    struct driver *d = NULL;
    int why = 0;
    pid_t pid = -1;

    if (make_pipes(pipes))
        pid = fork();
    if (pid == 0)
        become(program, pipes);
    if (pid < 0)
        why = errno;
    close_fd(&pipes[IN][0]);
    close_fd(&pipes[OUT][1]);
    close_fd(&pipes[ERR][1]);
    close_fd(&pipes[TOLD][1]);
    if (pid > 0) {
        (void)setpgid(pid, pid);
        why = hear(pipes[TOLD][0]);
        d = adopt(pid, pipes[IN][1], pipes[OUT][0], pipes[ERR][0]);
    }
    close_fd(&pipes[TOLD][0]);
    if (why) {
        failure_say(ret_failure, "%s: %s",
                    program->argv ? program->argv[0] : "a copy of ourselves",
                    strerror(why));
        driver_stop(d);
        d = NULL;
    }
    return d;
}

/* Collects the process; when `may_wait` is false only if it is over. */
static bool collect(struct driver *d, bool may_wait)
{
    pid_t got;

    if (d->pid == 0)
        return true;
    do
        got = waitpid(d->pid, &d->status, may_wait ? 0 : WNOHANG);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return false;
    forget(d->pid);
    d->pid = 0;
    return true;
}

void driver_stop(struct driver *d)
{
    if (!d)
        return;
    close_fd(&d->in);
    if (d->pid != 0) {
        (void)kill(-d->pid, SIGKILL);
        (void)collect(d, true);
    }
    close_fd(&d->out);
    close_fd(&d->err);
    buf_clear(&d->lines);
    buf_clear(&d->tail);
    xalloc_free(d);
}

bool driver_is_flooded(const struct driver *d)
{
    return d->lines.len - d->taken > DRIVER_LINE_MAX &&
           d->searched > DRIVER_LINE_MAX;
}

bool driver_is_gone(const struct driver *d)
{
    return d->out < 0 && d->taken + d->searched >= d->lines.len;
}

/* Moves what can be read into `b`; closes the descriptor at its end. */
static bool drain(int *fd, struct buf *b)
{
    ssize_t n;

    if (*fd < 0 || !buf_reserve(b, READ_BYTES))
        return false;
    n = read(*fd, b->data + b->len, READ_BYTES);
    if (n > 0)
        b->len += (size_t)n;
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        close_fd(fd);
    return n > 0;
}

void driver_read(struct driver *d)
{
    if (d->taken > 0) {
        buf_consume(&d->lines, d->taken);
        d->taken = 0;
    }
    for (int i = 0; i < READS_MAX && !driver_is_flooded(d); i++) {
        if (!drain(&d->out, &d->lines))
            break;
    }
    for (int i = 0; i < READS_MAX && drain(&d->err, &d->tail); i++) {
        if (d->tail.len > DRIVER_STDERR_MAX)
            buf_consume(&d->tail, d->tail.len - DRIVER_STDERR_MAX);
    }
}

static int wait_ms(uint64_t deadline_ns)
{
    uint64_t now = entropy_now_ns();
    uint64_t left = deadline_ns > now ? (deadline_ns - now + MS - 1) / MS : 0;

    return left > 60000 ? 60000 : (int)left;
}

/* Waits for room to write (`wants_room`) or something to read. */
static bool turn(struct driver *d, bool wants_room, uint64_t deadline_ns)
{
    struct pollfd fds[] = {
        {.fd = d->out, .events = POLLIN},
        {.fd = d->err, .events = POLLIN},
        {.fd = wants_room ? d->in : -1, .events = POLLOUT},
    };
    int n = poll(fds, 3, wait_ms(deadline_ns));

    if (n > 0)
        driver_read(d);
    return n > 0 || (n < 0 && errno == EINTR);
}

bool driver_wait(struct driver *d, uint64_t deadline_ns)
{
    return d->out >= 0 && turn(d, false, deadline_ns);
}

bool driver_write(struct driver *d, struct slice bytes, uint64_t deadline_ns)
{
    while (bytes.len > 0 && d->in >= 0) {
        ssize_t n = write(d->in, bytes.data, bytes.len);

        if (n > 0)
            bytes = slice_skip(bytes, (size_t)n);
        else if (errno != EAGAIN && errno != EINTR)
            close_fd(&d->in);
        else if (!turn(d, true, deadline_ns))
            return false;
        else if (driver_is_flooded(d))
            return false;
    }
    return bytes.len == 0;
}

bool driver_line(struct driver *d, struct slice *ret_line)
{
    struct slice rest = slice_skip(buf_slice(&d->lines), d->taken);
    const uint8_t *from = rest.len ? rest.data + d->searched : NULL;
    const uint8_t *end =
        from ? memchr(from, '\n', rest.len - d->searched) : NULL;

    if (!end) {
        d->searched = rest.len;
        return false;
    }
    *ret_line = slice_head(rest, (size_t)(end - rest.data));
    d->taken += ret_line->len + 1;
    d->searched = 0;
    return true;
}

static void describe_end(struct driver *d)
{
    if (d->pid != 0)
        (void)snprintf(d->end, sizeof d->end, "it closed its output but runs");
    else if (WIFSIGNALED(d->status))
        (void)snprintf(d->end, sizeof d->end, "it was killed by signal %d",
                       WTERMSIG(d->status));
    else
        (void)snprintf(d->end, sizeof d->end, "it exited with status %d",
                       WEXITSTATUS(d->status));
}

const char *driver_end(struct driver *d)
{
    uint64_t deadline = entropy_now_ns() + SECOND;

    while (!collect(d, false) && entropy_now_ns() < deadline) {
        struct pollfd err = {.fd = d->err, .events = POLLIN};

        (void)poll(&err, 1, 1);
        driver_read(d);
    }
    driver_read(d);
    describe_end(d);
    return d->end;
}

bool driver_ended_well(const struct driver *d)
{
    return d->pid == 0 && WIFEXITED(d->status) && WEXITSTATUS(d->status) == 0;
}

void driver_hang_up(struct driver *d)
{
    close_fd(&d->in);
}

struct slice driver_stderr(const struct driver *d)
{
    return buf_slice(&d->tail);
}

int driver_fd(const struct driver *d)
{
    return d->out;
}

int driver_stderr_fd(const struct driver *d)
{
    return d->err;
}
