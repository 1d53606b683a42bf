/* SPDX-License-Identifier: MIT */
/*
 * See cell.h. A report is a struct that goes through a pipe as it lies in
 * memory: both sides are one program. Who writes it may have been damaged by
 * what we look for, so it is not believed beyond what it can be.
 */
#include "netsim/cell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reports/text.h"

#define CHUNK 65536                   /* bytes read at a time */
#define WORDS_MAX 4096u               /* of standard error: the first say why */
#define UNREAD_MAX (1u << 20)         /* of a trace: a line is shorter */
#define TICK_MS 100                   /* between two looks at our own end */
#define COUNT_MAX (UINT64_C(1) << 50) /* nothing happens more often */

/* --- inside */

static void write_all(int to, struct slice bytes)
{
    while (bytes.len) {
        ssize_t n = write(to, bytes.data, bytes.len);

        if (n > 0)
            bytes = slice_skip(bytes, (size_t)n);
        else if (errno != EINTR)
            _exit(1);
    }
}

/* Line by line, so that none is lost when we die. */
static void pass_line(void *self, struct slice line)
{
    char text[CHUNK];
    struct slice kept =
        slice_head(line, line.len < CHUNK - 1 ? line.len : CHUNK - 1);

    if (kept.len)
        memcpy(text, kept.data, kept.len);
    text[kept.len] = '\n';
    write_all(*(int *)self, slice_make(text, kept.len + 1));
}

/* So much more of the processor, from here. */
static void allow(uint64_t patience_s)
{
    struct rlimit limit = {0};
    struct rusage used = {0};

    (void)getrlimit(RLIMIT_CPU, &limit);
    (void)getrusage(RUSAGE_SELF, &used);
    limit.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1 +
                     (rlim_t)patience_s;
    (void)setrlimit(RLIMIT_CPU, &limit);
}

static void settle(int words)
{
    struct rlimit none = {0};

    (void)signal(SIGINT, SIG_IGN); /* whoever began us decides */
    (void)signal(SIGTERM, SIG_IGN);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)dup2(words, STDERR_FILENO);
}

/* Never returns. */
static void inhabit(const struct cell_terms *terms, int ends[CELL_PIPES])
{
    struct life_terms life = terms->first;

    settle(ends[CELL_WORDS]);
    if (life.trace.line)
        life.trace = (struct trace_sink){pass_line, &ends[CELL_TRACE]};
    for (uint64_t i = 0; i < terms->lives; i++, life.seed++) {
        struct life_report report;

        allow(terms->patience_s);
        report = life_run(&life);
        write_all(ends[CELL_REPORTS], slice_make(&report, sizeof report));
    }
    _exit(0);
}

/* --- beginning */

static void shut(int fds[CELL_PIPES])
{
    for (size_t i = 0; i < CELL_PIPES; i++) {
        if (fds[i] >= 0)
            (void)close(fds[i]);
        fds[i] = -1;
    }
}

/* Our ends do not make us wait. */
static bool open_pipes(struct cell *c, int theirs[CELL_PIPES])
{
    for (size_t i = 0; i < CELL_PIPES; i++) {
        int ends[2];

        if (pipe(ends) != 0)
            return false;
        c->pipes[i] = ends[0];
        theirs[i] = ends[1];
        (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
        (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
        (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    }
    return true;
}

bool cell_begin(struct cell *c, const struct cell_terms *terms,
                struct failure *ret_failure)
{
    int theirs[CELL_PIPES] = {-1, -1, -1};

    *c = (struct cell){.terms = *terms, .pipes = {-1, -1, -1}};
    for (size_t i = 0; i < CELL_PIPES; i++)
        buf_init(&c->read[i], UNREAD_MAX);
    (void)fflush(NULL);
    c->pid = open_pipes(c, theirs) ? fork() : -1;
    if (c->pid == 0)
        inhabit(terms, theirs);
    shut(theirs);
    if (c->pid > 0)
        return true;
    shut(c->pipes);
    c->pid = 0;
    return failure_say(ret_failure, "no process could be begun: %s",
                       strerror(errno));
}

/* --- outside */

/* What is there, or as much of it as is read at a time. What there is no room
 * for is forgotten. False: nothing was there. */
static bool fill(struct cell *c, enum cell_pipe which)
{
    uint8_t chunk[CHUNK];
    ssize_t n;

    if (c->pipes[which] < 0)
        return false;
    n = read(c->pipes[which], chunk, sizeof chunk);
    if (n > 0)
        (void)buf_add(&c->read[which], slice_make(chunk, (size_t)n));
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        (void)close(c->pipes[which]);
        c->pipes[which] = -1;
    }
    return n > 0;
}

static void tell_lines(struct cell *c)
{
    struct buf *b = &c->read[CELL_TRACE];
    const struct trace_sink *sink = &c->terms.first.trace;
    size_t len;

    while ((len = slice_find(buf_slice(b), slice_of("\n"))) < b->len) {
        if (sink->line)
            sink->line(sink->self, slice_head(buf_slice(b), len));
        buf_consume(b, len + 1);
    }
}

static void hear(struct cell *c)
{
    while (fill(c, CELL_REPORTS))
        ;
    while (fill(c, CELL_WORDS))
        ;
    while (fill(c, CELL_TRACE))
        tell_lines(c);
}

/* Counts one life off. */
static void count_off(struct cell *c)
{
    c->terms.lives--;
    c->terms.first.seed++;
}

static bool are_counts(const uint64_t *counts, size_t n)
{
    while (n > 0 && counts[n - 1] < COUNT_MAX)
        n--;
    return n == 0;
}

static bool is_sane(const struct life_report *r, uint64_t seed)
{
    return r->seed == seed && r->floor >= LIFE_STREAMS &&
           r->floor <= LIFE_QUIC && r->ledger.broken < INVARIANTS &&
           memchr(r->ledger.what, '\0', sizeof r->ledger.what) &&
           are_counts(r->ledger.evaluated, INVARIANTS) &&
           are_counts(r->tally.of, TALLIES) &&
           are_counts(r->tally.harmed, LINK_HARMS) && r->lines < COUNT_MAX &&
           r->virtual_ns < COUNT_MAX;
}

/* A life that came to no end. */
static struct cell_outcome unended(const struct cell *c, enum finding_kind kind)
{
    const struct life_terms *terms = &c->terms.first;
    struct cell_outcome o = {
        .kind = kind,
        .report = {.seed = terms->seed, .floor = terms->floor},
    };

    return o;
}

/* What it said: the beginning, as text, without blanks at its end. */
static void put_words(struct buf *out, struct slice said)
{
    while (said.len && said.data[said.len - 1] <= ' ')
        said.len--;
    buf_put(out, said.len ? ": " : "");
    text_clean(out, said, WORDS_MAX);
    buf_put_byte(out, '\0');
}

/* How it died, and what it said. */
static void say_why(const struct cell *c, int status, struct ledger *l)
{
    struct buf words;

    buf_init(&words, SIZE_MAX / 2);
    put_words(&words, buf_slice(&c->read[CELL_WORDS]));
    if (WIFSIGNALED(status))
        (void)snprintf(l->what, sizeof l->what, "%s%s",
                       strsignal(WTERMSIG(status)), (const char *)words.data);
    else
        (void)snprintf(l->what, sizeof l->what, "it left with status %d%s",
                       WEXITSTATUS(status), (const char *)words.data);
    buf_clear(&words);
}

/* The process is gone. True when it left a life unended. */
static bool bury(struct cell *c, struct cell_outcome *ret)
{
    bool is_unended = c->terms.lives > 0;
    int status = 0;

    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        ;
    *ret = unended(c, WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU
                          ? FINDING_HUNG
                          : FINDING_DIED);
    say_why(c, status, &ret->report.ledger);
    c->pid = 0;
    shut(c->pipes);
    for (size_t i = 0; i < CELL_PIPES; i++)
        buf_clear(&c->read[i]);
    if (is_unended)
        count_off(c);
    return is_unended;
}

static bool take_report(struct cell *c, struct cell_outcome *ret)
{
    struct buf *b = &c->read[CELL_REPORTS];

    if (c->terms.lives == 0 || b->len < sizeof ret->report)
        return false;
    memcpy(&ret->report, b->data, sizeof ret->report);
    buf_consume(b, sizeof ret->report);
    ret->kind = ret->report.ledger.is_broken ? FINDING_BROKEN : FINDING_NONE;
    if (!is_sane(&ret->report, c->terms.first.seed)) {
        *ret = unended(c, FINDING_DIED);
        (void)snprintf(ret->report.ledger.what, sizeof ret->report.ledger.what,
                       "its report makes no sense");
    }
    count_off(c);
    return true;
}

bool cell_next(struct cell *c, struct cell_outcome *ret)
{
    if (c->pid == 0)
        return false;
    hear(c);
    if (take_report(c, ret))
        return true;
    return c->pipes[CELL_REPORTS] < 0 && c->pipes[CELL_WORDS] < 0 &&
           c->pipes[CELL_TRACE] < 0 && bury(c, ret);
}

void cell_kill(struct cell *c)
{
    struct cell_outcome untold;

    if (c->pid == 0)
        return;
    (void)kill(c->pid, SIGKILL);
    (void)bury(c, &untold);
}

/* For something to read, or an end, or a tick; not when all has come to its
 * end. */
static void await(const struct cell *c)
{
    struct pollfd fds[CELL_PIPES];
    bool is_open = false;

    for (size_t i = 0; i < CELL_PIPES; i++) {
        fds[i] = (struct pollfd){.fd = c->pipes[i], .events = POLLIN};
        is_open |= c->pipes[i] >= 0;
    }
    if (is_open)
        (void)poll(fds, CELL_PIPES, TICK_MS);
}

bool cell_live(const struct life_terms *terms, uint64_t patience_s,
               bool (*is_over)(void), struct cell_outcome *ret,
               struct failure *ret_failure)
{
    struct cell c;
    struct cell_outcome untold;

    if (!cell_begin(&c,
                    &(struct cell_terms){
                        .first = *terms, .lives = 1, .patience_s = patience_s},
                    ret_failure))
        return false;
    while (!cell_next(&c, ret)) {
        if (is_over && is_over()) {
            cell_kill(&c);
            return failure_say(ret_failure, "it was interrupted");
        }
        await(&c);
    }
    while (c.pid != 0) {
        await(&c);
        (void)cell_next(&c, &untold);
    }
    return true;
}
