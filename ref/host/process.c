/* SPDX-License-Identifier: MIT */
/*
 * See process.h. What a program reads lies ready in memory files before it is
 * started, so that nobody waits for it to read; what it says is taken from a
 * pipe as it comes, or as it is asked for. Its end is something to watch for,
 * too (a pidfd), and only then it is reaped: until then its number, and its
 * group's, is nobody else's.
 */
#define _GNU_SOURCE /* memfd_create, posix_spawn_…_np */
#include "ref/host/process.h"
#include "ref/base/buf.h"
#include "ref/base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FD_CLEAR                                                               \
    10 /* ours in the making stand clear of the program's 0 to 3               \
        */

struct process {
    pid_t pid;                     /* not reaped; also its group's number */
    int pidfd, output_fd;          /* ours; -1: closed */
    struct loop *loop;             /* borrowed */
    struct buf output;             /* owned: what it has said */
    bool is_too_late, is_too_long; /* why we killed it, if we did */
    bool is_mute;                  /* it said all it will */
    struct loop_watch *exit;       /* owned */
    struct loop_watch *words;      /* owned; NULL: nobody listens */
    struct loop_timer *limit;      /* owned */
    void (*said)(void *self, struct slice piece);
    void (*told)(void *self, const struct process_end *end);
    void *self;
};

/* The descriptors that go into the program; -1: not there. */
struct inside {
    int input, output, secrets;
};

static void close_one(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* The same file under a number that stands clear; the other is closed. */
static int lift(int fd)
{
    int clear = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FD_CLEAR);

    close_one(&fd);
    return clear;
}

/* A file of memory, to be read from its beginning. -1 when there is none. */
static int memory_file(struct slice bytes)
{
    int fd = lift(memfd_create("alkref", MFD_CLOEXEC));

    while (fd >= 0 && bytes.len) {
        ssize_t n = write(fd, bytes.data, bytes.len);

        if (n > 0)
            bytes = slice_skip(bytes, (size_t)n);
        else
            close_one(&fd);
    }
    if (fd >= 0 && lseek(fd, 0, SEEK_SET) != 0)
        close_one(&fd);
    return fd;
}

/* A pipe: the program's end is returned, ours does not block. */
static int open_pipe(int *ret_ours)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    *ret_ours = lift(ends[0]);
    ends[1] = lift(ends[1]);
    if (*ret_ours < 0 || fcntl(*ret_ours, F_SETFL, O_NONBLOCK) < 0)
        close_one(&ends[1]);
    return ends[1];
}

static int place(posix_spawn_file_actions_t *files, const struct inside *in)
{
    int code = posix_spawn_file_actions_adddup2(files, in->input, 0);

    if (!code)
        code = posix_spawn_file_actions_adddup2(files, in->output, 1);
    if (!code)
        code = posix_spawn_file_actions_adddup2(files, in->secrets,
                                                PROCESS_SECRETS_FD);
    if (!code)
        code = posix_spawn_file_actions_addclosefrom_np(files,
                                                        PROCESS_SECRETS_FD + 1);
    return code;
}

/* A group of its own, and signals as a fresh program expects them: we block
 * and ignore some. */
static int prepare(posix_spawnattr_t *how)
{
    sigset_t none, all;
    int code;

    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    code = posix_spawnattr_setflags(how, POSIX_SPAWN_SETPGROUP |
                                             POSIX_SPAWN_SETSIGMASK |
                                             POSIX_SPAWN_SETSIGDEF);
    if (!code)
        code = posix_spawnattr_setpgroup(how, 0);
    if (!code)
        code = posix_spawnattr_setsigmask(how, &none);
    return code ? code : posix_spawnattr_setsigdefault(how, &all);
}

/* 0, or the system's reason. */
static int spawn(char *const *argv, const struct inside *in, pid_t *ret_pid)
{
    char *const environment[] = {NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    int code;

    if (posix_spawn_file_actions_init(&files))
        return ENOMEM;
    if (posix_spawnattr_init(&how)) {
        (void)posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    code = place(&files, in);
    if (!code)
        code = prepare(&how);
    if (!code)
        code = posix_spawn(ret_pid, argv[0], &files, &how, argv, environment);
    (void)posix_spawnattr_destroy(&how);
    (void)posix_spawn_file_actions_destroy(&files);
    return code;
}

/* ------------------------------------------------------------- its end */

/* The group is killed before its leader is reaped; afterwards the number may
 * be somebody else's. */
static int reap(struct process *p)
{
    int status = 0;

    (void)kill(-p->pid, SIGKILL);
    while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static void forget(struct process *p)
{
    loop_unwatch(p->exit);
    loop_unwatch(p->words);
    loop_timer_free(p->limit);
    close_one(&p->pidfd);
    close_one(&p->output_fd);
    buf_wipe(&p->output); /* it may have said a secret */
    xalloc_free(p);
}

void process_stop(struct process *p)
{
    (void)reap(p);
    forget(p);
}

/* ------------------------------------------------------------- its life */

/* What it has said and nobody read yet, PROCESS_PIECE_MAX at most; empty when
 * there is nothing. From its end on it is mute. */
static struct slice read_piece(struct process *p, uint8_t *space)
{
    ssize_t n = read(p->output_fd, space, PROCESS_PIECE_MAX);

    p->is_mute = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
    return slice_make(space, n > 0 ? (size_t)n : 0);
}

static void cease_to_listen(struct process *p)
{
    loop_unwatch(p->words);
    p->words = NULL;
}

/* Keeps what it has said so far, or notes that it is too long. */
static void keep_all(struct process *p)
{
    uint8_t space[PROCESS_PIECE_MAX];
    struct slice piece;

    while (!p->is_too_long && (piece = read_piece(p, space)).len)
        p->is_too_long = !buf_add(&p->output, piece);
}

/* Nobody hears it before its end. */
static void on_words(void *self)
{
    struct process *p = self;

    keep_all(p);
    if (p->is_too_long)
        (void)kill(-p->pid, SIGKILL);
    if (p->is_too_long || p->is_mute)
        cease_to_listen(p);
}

/* It is heard piece by piece. */
static void on_piece(void *self)
{
    struct process *p = self;
    uint8_t space[PROCESS_PIECE_MAX];
    struct slice piece = read_piece(p, space);

    if (piece.len || p->is_mute)
        cease_to_listen(p);
    if (piece.len)
        p->said(p->self, piece); /* and it may be gone */
}

void process_ask(struct process *p)
{
    if (!p->words && !p->is_mute)
        p->words = loop_watch(p->loop, p->output_fd, on_piece, p);
}

static void on_limit(void *self)
{
    struct process *p = self;

    p->is_too_late = true;
    (void)kill(-p->pid, SIGKILL);
}

static void on_exit_seen(void *self)
{
    struct process *p = self;
    struct process_end end = {.how = PROCESS_EXITED};
    int status = reap(p);

    keep_all(p);
    end.output = buf_slice(&p->output);
    end.status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    if (p->is_too_long)
        end.how = PROCESS_TOO_LONG;
    else if (p->is_too_late)
        end.how = PROCESS_TOO_LATE;
    else if (!WIFEXITED(status))
        end.how = PROCESS_SIGNALED;
    p->told(p->self, &end);
    forget(p);
}

static struct process *attend(pid_t pid, int output_fd,
                              const struct process_config *config)
{
    struct process *p = xalloc(1, sizeof *p);

    p->pid = pid;
    p->output_fd = output_fd;
    p->pidfd = pidfd_open(pid, 0);
    p->loop = config->loop;
    p->said = config->said;
    p->told = config->told;
    p->self = config->self;
    buf_init(&p->output, config->output_max);
    if (p->pidfd < 0) {
        process_stop(p);
        return NULL;
    }
    (void)fcntl(p->pidfd, F_SETFD, FD_CLOEXEC);
    p->exit = loop_watch(config->loop, p->pidfd, on_exit_seen, p);
    if (!p->said)
        p->words = loop_watch(config->loop, p->output_fd, on_words, p);
    p->limit = loop_timer(config->loop, on_limit, p);
    loop_timer_set(p->limit, config->deadline_ns);
    return p;
}

struct process *process_start(const struct process_config *config,
                              struct failure *ret_failure)
{
    int ours = -1, code = EMFILE;
    struct inside in = {.input = memory_file(config->input),
                        .secrets = memory_file(config->secrets)};
    struct process *p = NULL;
    pid_t pid;

    in.output = open_pipe(&ours);
    if (in.input >= 0 && in.secrets >= 0 && in.output >= 0)
        code = spawn(config->argv, &in, &pid);
    if (!code)
        p = attend(pid, ours, config); /* takes `ours` */
    else
        close_one(&ours);
    if (!p)
        (void)failure_say(ret_failure, "%.120s: cannot be started: %s",
                          config->argv[0], strerror(code ? code : errno));
    close_one(&in.input);
    close_one(&in.secrets);
    close_one(&in.output);
    return p;
}

bool process_can_run(const char *path)
{
    struct stat about;

    return path[0] == '/' && stat(path, &about) == 0 &&
           S_ISREG(about.st_mode) && access(path, X_OK) == 0;
}
