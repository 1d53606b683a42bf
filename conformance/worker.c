/* SPDX-License-Identifier: MIT */
/*
 * The worker's loop: choose the testee of the instance's level, run, report.
 * A testee that died, hung or babbled is replaced, and the instance is tried
 * once more alone, to tell a broken case from a broken state left behind.
 */
#include "conformance/worker.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance/affinity.h"
#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/bundle.h"
#include "conformance/play.h"
#include "conformance/record.h"
#include "ref/host/entropy.h"

struct company {
    const struct worker_job *job; /* borrowed */
    struct testee testees[3];     /* by level */
    bool is_running[3];           /* of these */
    int fd;                       /* where results go */
};

static size_t slot_of(unsigned lvl)
{
    return lvl == LVL_L0 ? 0 : lvl == LVL_L1 ? 1 : 2;
}

static struct testee *hire(struct company *co, unsigned lvl,
                           struct failure *ret_failure)
{
    const struct worker_job *job = co->job;
    size_t slot = slot_of(lvl);

    if (!co->is_running[slot])
        co->is_running[slot] =
            testee_start(&co->testees[slot], &job->program, lvl, job->seed,
                         job->patience_ns, ret_failure);
    return co->is_running[slot] ? &co->testees[slot] : NULL;
}

static void fire(struct company *co, unsigned lvl)
{
    size_t slot = slot_of(lvl);

    if (co->is_running[slot])
        testee_kill(&co->testees[slot]);
    co->is_running[slot] = false;
}

/* --- what it does not apply to */

static const char *text_of(struct arena *arena, struct slice text)
{
    return (const char *)arena_copy(arena, text).data;
}

static const char *lacks(const struct testee *t, struct slice words,
                         struct arena *arena)
{
    struct slice word;

    while ((word = case_word(&words)).len > 0) {
        struct slice why = testee_lacks(t, word);

        if (!testee_can(t, word))
            return why.len
                       ? text_of(arena, why)
                       : arena_text(arena, "the testee does not declare `%.*s`",
                                    (int)word.len, (const char *)word.data);
    }
    return NULL;
}

/* Why the instance does not apply, or NULL. */
static const char *why_not(const struct testee *t, const struct instance *i,
                           struct arena *arena)
{
    const struct case_axes *a = &i->axes;
    const char *why = NULL;

    if (a->lvl != LVL_L0 && !(a->profile & t->hello.profiles))
        return "the testee does not have that profile";
    if (a->dial == DIAL_THEM && testee_lacks(t, slice_of("dial")).len)
        return text_of(arena, testee_lacks(t, slice_of("dial")));
    if (a->lvl != LVL_L0 && a->caller != CALLER_THEM)
        why = lacks(t, slice_of("serve"), arena);
    if (!why && a->lvl != LVL_L0 && a->caller != CALLER_US)
        why = lacks(t, slice_of("call"), arena);
    return why ? why
               : lacks(t, slice_of(i->of->needs ? i->of->needs : ""), arena);
}

/* --- reporting */

static void send_result(struct company *co, const struct result *r)
{
    struct buf b;
    struct slice rest;

    buf_init(&b, (size_t)2 * RESULT_LINE_MAX);
    result_print(&b, r);
    rest = buf_slice(&b);
    while (rest.len > 0) {
        ssize_t n = write(co->fd, rest.data, rest.len);

        if (n <= 0 && errno != EINTR)
            _exit(1);
        rest = slice_skip(rest, n > 0 ? (size_t)n : 0);
    }
    buf_clear(&b);
}

/* --- running */

static void keep_bundle(struct company *co, struct scene *s,
                        const struct bundle *b, struct result *r)
{
    const char *path = bundle_path(&s->arena, co->job->bundle_dir, b);
    struct failure failure;

    if (bundle_write(b, path, &failure))
        r->bundle = slice_of(path);
    else
        r->trouble = slice_of(scene_text(s, "%s", failure.sentence));
}

/* The instance once more in a fresh process. */
static const char *try_alone(struct company *co, const struct instance *i)
{
    struct failure failure;
    struct testee *t;
    struct scene s;
    bool passes;

    fire(co, i->axes.lvl);
    t = hire(co, i->axes.lvl, &failure);
    if (!t)
        return "the testee could not be started again";
    scene_run(&s, i, t, co->job->seed);
    passes = s.outcome.verdict == VERDICT_PASS;
    scene_end(&s);
    fire(co, i->axes.lvl);
    return passes ? "alone in a fresh process it passes: it depends on what "
                    "ran before"
                  : "alone in a fresh process it fails, too";
}

/* The instance once more; what differs is not deterministic. */
static void run_again(struct company *co, struct scene *first, uint64_t turn,
                      struct result *r)
{
    const struct instance *i = first->instance;
    struct failure failure;
    struct testee *t = hire(co, i->axes.lvl, &failure);
    const char *now = "the testee could not be started again";
    bool is_same = false;
    struct scene s;

    if (t) {
        scene_run(&s, i, t, co->job->seed);
        is_same = s.outcome.verdict == r->verdict &&
                  slice_equal(slice_of(s.outcome.hash), r->hash);
        now = s.outcome.verdict == r->verdict ? "another conversation"
                                              : verdict_name(s.outcome.verdict);
        scene_end(&s);
        if (t->trouble != TESTEE_WELL)
            fire(co, i->axes.lvl);
    }
    if (is_same)
        return;
    r->expected = slice_of("the same conversation with the same seed");
    r->observed =
        slice_of(scene_text(first, "%s the first time, time %" PRIu64 ": %s",
                            verdict_name(r->verdict), turn, now));
    r->verdict = VERDICT_NONDET;
}

static uint64_t times(const struct worker_job *job, const struct result *r)
{
    bool is_checked =
        job->checks_determinism && r->hash.len && r->verdict == VERDICT_PASS;

    return job->repeats > 1 ? job->repeats : is_checked ? 2 : 1;
}

/* What is wanted of a run that may have gone wrong is taken before anything
 * else is asked of its testee. */
static void run_one(struct company *co, size_t place, const struct instance *i,
                    struct testee *t)
{
    uint64_t begun = entropy_now_ns();
    struct bundle bundle = {0};
    struct result r;
    struct scene s;

    scene_run(&s, i, t, co->job->seed);
    r = record_result(&s, place);
    if (co->job->bundle_dir && i != co->job->canary)
        bundle_make(&bundle, &s, &r, co->job->command, co->job->plan);
    if (t->trouble != TESTEE_WELL)
        r.again = slice_of(try_alone(co, i));
    else
        for (uint64_t n = times(co->job, &r), turn = 2;
             turn <= n && r.verdict != VERDICT_NONDET; turn++)
            run_again(co, &s, turn, &r);
    r.wall_ns = entropy_now_ns() - begun;
    if (bundle.instance.len && verdict_is_news(r.verdict))
        keep_bundle(co, &s, &bundle, &r);
    send_result(co, &r);
    scene_end(&s);
}

static void tell(struct company *co, size_t place, enum verdict verdict,
                 const char *expected, const char *observed)
{
    const struct result r = {
        .place = place,
        .verdict = verdict,
        .expected = slice_of(expected),
        .observed = slice_of(observed),
    };

    send_result(co, &r);
}

static void take_turn(struct company *co, size_t place,
                      const struct instance *i, bool is_canary)
{
    struct failure failure;
    struct arena arena;
    struct testee *t;
    const char *why;

    if (!(i->axes.lvl & co->job->offered)) {
        tell(co, place, VERDICT_NA, "", "the testee does not offer that level");
        return;
    }
    t = hire(co, i->axes.lvl, &failure);
    if (!t) {
        tell(co, place, VERDICT_CRASH, "a testee that can be started again",
             failure.sentence);
        return;
    }
    arena_init(&arena);
    why = is_canary ? NULL : why_not(t, i, &arena);
    if (why)
        tell(co, place, VERDICT_NA, "", why);
    else
        run_one(co, place, i, t);
    arena_clear(&arena);
}

static void work(const struct worker_job *job, int fd)
{
    struct company co = {.job = job, .fd = fd};

    affinity_bind(job->number);
    if (job->number == 0)
        take_turn(&co, job->plan->count, job->canary, true);
    for (size_t i = job->number; i < job->plan->count; i += job->workers)
        take_turn(&co, i, job->plan->items[i].instance, false);
    for (size_t slot = 0; slot < 3; slot++) {
        if (co.is_running[slot])
            (void)testee_end(&co.testees[slot]);
    }
}

static void on_signal(int number)
{
    (void)number;
    driver_kill_all();
    _exit(1);
}

bool worker_start(struct worker *w, const struct worker_job *job,
                  struct failure *ret_failure)
{
    int pipes[2];

    if (pipe(pipes) != 0)
        return failure_say(ret_failure, "pipe: %s", strerror(errno));
    w->pid = fork();
    if (w->pid < 0)
        return failure_say(ret_failure, "fork: %s", strerror(errno));
    if (w->pid == 0) {
        (void)close(pipes[0]);
        (void)signal(SIGINT, SIG_IGN);
        (void)signal(SIGTERM, on_signal);
        work(job, pipes[1]);
        _exit(0);
    }
    (void)close(pipes[1]);
    w->fd = pipes[0];
    return true;
}

bool worker_stop(struct worker *w)
{
    int status = 0;

    if (w->pid == 0)
        return true;
    if (w->fd >= 0) {
        (void)kill(w->pid, SIGTERM);
        (void)close(w->fd);
    }
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        ;
    w->pid = 0;
    return w->fd >= 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
