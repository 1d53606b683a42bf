/* SPDX-License-Identifier: MIT */
/*
 * See campaign.h. Whoever is idle takes the next few seeds; of a process that
 * died another takes what it left. While a failure is examined the others go
 * on with what they have, and their reports wait in the pipes.
 */
#include "netsim/campaign.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "netsim/examine.h"
#include "netsim/summary.h"
#include "netsim/telling.h"
#include "ref/base/xalloc.h"

#define BATCH_MAX 16u   /* seeds of one process, at most */
#define ALIKE_MAX 3u    /* failures of one kind that are shortened */
#define KEPT_MAX 100u   /* failures that are examined at all */
#define SHOWN_LINES 10u /* of a trace */
#define TICK_MS 100     /* between two looks at the clock */

struct campaign {
    const struct campaign_terms *terms; /* borrowed */
    struct screen *screen;              /* borrowed */
    FILE *log;                          /* owned; or NULL */
    struct account account;
    struct cell *cells;             /* owned; one for each job */
    uint64_t next;                  /* the first seed nobody has */
    uint64_t unbegun;               /* seeds that nobody has */
    uint64_t began_ns;              /* by the clock */
    uint64_t alike[INVARIANTS + 1]; /* failures that were examined, by kind */
    uint64_t examined;              /* all of them */
    bool is_ending;                 /* no more begin */
};

static volatile sig_atomic_t caught;

static void catch (int number)
{
    caught = number;
}

void campaign_catch(void)
{
    struct sigaction how = {.sa_handler = catch};

    (void)sigaction(SIGINT, &how, NULL);
    (void)sigaction(SIGTERM, &how, NULL);
}

bool campaign_is_over(void)
{
    return caught != 0;
}

static uint64_t clock_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* No more begin, for this reason. */
static void end(struct campaign *c, enum account_ending ending)
{
    c->is_ending = true;
    if (ending > c->account.ending)
        c->account.ending = ending;
}

static void complain(struct campaign *c, const struct failure *f)
{
    screen_say(c->screen, slice_of("alksim: "));
    screen_say(c->screen, slice_of(f->sentence));
    screen_say(c->screen, slice_of("\n"));
}

/* The machine refused something that we cannot do without. */
static void give_up(struct campaign *c, const struct failure *f)
{
    complain(c, f);
    end(c, ACCOUNT_REFUSED);
}

/* --- failures */

/* How much of it is worth our time: each kind is shortened a few times. */
static uint64_t lives_for(struct campaign *c, const struct cell_outcome *o)
{
    size_t kind = o->kind == FINDING_BROKEN ? o->report.ledger.broken
                                            : (size_t)INVARIANTS;

    return c->alike[kind]++ < ALIKE_MAX ? c->terms->lives_max : 0;
}

/* Where it is kept; NULL when it is not, or could not be. */
static const char *keep(struct campaign *c, const struct finding *f,
                        char path[400])
{
    struct failure failure;

    if (!c->terms->dir)
        return NULL;
    (void)snprintf(path, 400, "%s/%ju.json", c->terms->dir,
                   (uintmax_t)f->report.seed);
    if (finding_save(f, path, &failure))
        return path;
    give_up(c, &failure);
    return NULL;
}

static void tell(struct campaign *c, const struct finding *f, const char *path)
{
    struct buf text;

    buf_init(&text, SIZE_MAX / 2);
    telling_print(f, path, SHOWN_LINES, &text);
    screen_say(c->screen, buf_slice(&text));
    buf_clear(&text);
    journal_finding(c->log, f, path);
}

static void fail(struct campaign *c, const struct cell_outcome *o)
{
    const struct examine_terms terms = {
        .commit = c->terms->plan.commit,
        .patience_s = c->terms->patience_s,
        .lives_max = lives_for(c, o),
        .is_over = campaign_is_over,
    };
    struct finding found = {.kind = o->kind, .report = o->report};
    struct failure failure;
    char path[400];

    if (c->terms->is_first_only)
        end(c, ACCOUNT_FIRST);
    (void)snprintf(found.commit, sizeof found.commit, "%s", terms.commit);
    found.has_canary = c->terms->plan.has_canary;
    if (c->examined++ < KEPT_MAX &&
        !examine(o, found.has_canary, &terms, &found, &failure))
        complain(c, &failure);
    tell(c, &found, c->examined <= KEPT_MAX ? keep(c, &found, path) : NULL);
    finding_clear(&found);
}

/* --- lives */

static void count(struct campaign *c, const struct cell_outcome *o)
{
    account_add(&c->account, o->kind, &o->report);
    journal_seed(c->log, o->kind, &o->report);
    if (o->kind != FINDING_NONE)
        fail(c, o);
}

/* A process for these. */
static void begin(struct campaign *c, struct cell *cell, uint64_t seed,
                  uint64_t lives)
{
    const struct cell_terms terms = {
        .first = {.seed = seed,
                  .floor = c->terms->plan.floor,
                  .has_canary = c->terms->plan.has_canary},
        .lives = lives,
        .patience_s = c->terms->patience_s,
    };
    struct failure failure;

    if (!cell_begin(cell, &terms, &failure))
        give_up(c, &failure);
}

/* A few seeds; fewer towards the end, so that all jobs end together. */
static uint64_t batch(const struct campaign *c)
{
    uint64_t share = c->unbegun / (c->terms->jobs * 4) + 1;

    if (share > BATCH_MAX)
        share = BATCH_MAX;
    return c->terms->is_first_only ? 1 : share;
}

/* What its process left undone, or the next few. True when there was work. */
static bool employ(struct campaign *c, struct cell *cell)
{
    uint64_t lives;

    if (cell->pid != 0)
        return true;
    if (c->is_ending || (cell->terms.lives == 0 && c->unbegun == 0))
        return false;
    if (cell->terms.lives > 0) {
        begin(c, cell, cell->terms.first.seed, cell->terms.lives);
        return true;
    }
    lives = batch(c);
    begin(c, cell, c->next, lives);
    c->next += lives;
    c->unbegun -= lives;
    return true;
}

/* Gives everybody work. False when nobody has any more. */
static bool employ_all(struct campaign *c)
{
    bool is_busy = false;

    for (uint64_t i = 0; i < c->terms->jobs; i++)
        is_busy |= employ(c, &c->cells[i]);
    return is_busy;
}

/* Until somebody has something to say. */
static void wait(struct campaign *c)
{
    size_t n = 0;
    struct pollfd *fds = xalloc(c->terms->jobs * CELL_PIPES, sizeof *fds);

    for (uint64_t i = 0; i < c->terms->jobs; i++)
        for (size_t p = 0; c->cells[i].pid != 0 && p < CELL_PIPES; p++)
            fds[n++] =
                (struct pollfd){.fd = c->cells[i].pipes[p], .events = POLLIN};
    (void)poll(fds, n, TICK_MS);
    xalloc_free(fds);
}

static void look_at_clock(struct campaign *c)
{
    uint64_t now_ns = clock_ns();
    struct buf line;

    c->account.of[ACCOUNT_WALL_US] = (now_ns - c->began_ns) / 1000;
    if (c->unbegun > 0 && now_ns - c->began_ns >= c->terms->time_ns)
        end(c, ACCOUNT_TIME_UP);
    if (!screen_is_due(c->screen, now_ns))
        return;
    buf_init(&line, SIZE_MAX / 2);
    summary_progress(&c->account,
                     c->terms->plan.last - c->terms->plan.first + 1, &line);
    screen_progress(c->screen, buf_slice(&line), now_ns);
    buf_clear(&line);
}

/* Whoever is at work is stopped; what was lived and not told is as if it had
 * not been. */
static void stop(struct campaign *c)
{
    end(c, ACCOUNT_INTERRUPTED);
    for (uint64_t i = 0; i < c->terms->jobs; i++)
        cell_kill(&c->cells[i]);
}

static void live(struct campaign *c)
{
    struct cell_outcome o;

    while (employ_all(c)) {
        wait(c);
        for (uint64_t i = 0; i < c->terms->jobs; i++)
            while (cell_next(&c->cells[i], &o))
                count(c, &o);
        look_at_clock(c);
        if (campaign_is_over())
            stop(c);
    }
}

/* --- the whole */

static bool open_all(struct campaign *c, struct failure *f)
{
    const char *log = c->terms->log, *dir = c->terms->dir;

    if (dir && mkdir(dir, 0777) != 0 && errno != EEXIST)
        return failure_say(f, "%s: %s", dir, strerror(errno));
    c->log = log ? fopen(log, "w") : NULL;
    return c->log || !log || failure_say(f, "%s: %s", log, strerror(errno));
}

static void close_log(struct campaign *c)
{
    struct failure f;
    bool is_written;

    if (!c->log)
        return;
    is_written = !ferror(c->log);
    is_written &= fclose(c->log) == 0;
    if (!is_written) {
        failure_say(&f, "%s could not be written", c->terms->log);
        give_up(c, &f);
    }
}

static void tell_end(struct campaign *c)
{
    struct buf text;

    buf_init(&text, SIZE_MAX / 2);
    summary_print(&c->account, &text);
    screen_say(c->screen, buf_slice(&text));
    buf_clear(&text);
}

int campaign_run(const struct campaign_terms *terms, struct screen *screen)
{
    struct campaign c = {.terms = terms,
                         .screen = screen,
                         .next = terms->plan.first,
                         .unbegun = terms->plan.last - terms->plan.first + 1,
                         .began_ns = clock_ns()};
    struct failure f;

    if (!open_all(&c, &f)) {
        (void)fprintf(stderr, "alksim: %s\n", f.sentence);
        return ACCOUNT_MACHINE;
    }
    screen->told_ns = c.began_ns;
    c.account.has_canary = terms->plan.has_canary;
    c.cells = xalloc(terms->jobs, sizeof *c.cells);
    journal_plan(c.log, &terms->plan);
    live(&c);
    look_at_clock(&c);
    journal_account(c.log, &c.account);
    close_log(&c);
    tell_end(&c);
    xalloc_free(c.cells);
    return account_status(&c.account);
}
