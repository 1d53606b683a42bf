/* SPDX-License-Identifier: MIT */
/*
 * A run in order: plan, look at the testee, let the workers work, judge, and
 * write the reports. Whatever goes wrong on the way has an exit status of its
 * own, and the report is written all the same once there is something to
 * report.
 */
#include "conformance/run.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "conformance/affinity.h"
#include "conformance/candidate.h"
#include "conformance/contract.h"
#include "conformance/file.h"
#include "conformance/judge.h"
#include "conformance/report.h"
#include "conformance/requirements.h"
#include "conformance/scene.h"
#include "conformance/suite.h"
#include "conformance/testee.h"
#include "conformance/transcript.h"
#include "conformance/worker.h"
#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"

/* What a run against a node as it is has to come to when nothing was chosen:
 * conf/echo, conf/fail, conf/sink and conf/count are enough for it. */
enum floor { FLOOR_TESTS = 90, FLOOR_RULES = 60 };

#define WORKERS_MAX 256 /* as many as --jobs allows */

struct campaign {
    const struct options *o;              /* as asked for */
    const struct run_place *place;        /* where to write */
    struct arena arena;                   /* owned */
    struct plan plan;                     /* owned */
    struct candidate candidate;           /* who is judged */
    unsigned offered;                     /* its levels */
    struct slice name, version, language; /* as it says itself */
    char log_path[64];                    /* of a log nobody asked for; "" */
    struct log log;                       /* open while the run goes on */
    struct terminal terminal;             /* likewise */
    struct judge judge;                   /* likewise */
    struct worker *workers;               /* owned */
    size_t workers_count;                 /* how many */
    struct buf *lines;                    /* owned: what each has said so far */
};

static volatile sig_atomic_t was_interrupted;

static void on_interrupt(int number)
{
    (void)number;
    was_interrupted = 1;
}

static void listen_for_interrupt(void)
{
    struct sigaction action = {.sa_handler = on_interrupt};

    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

static int complain(const struct campaign *c, int status, const char *sentence)
{
    (void)fprintf(c->place->err, "callspec: %s\n", sentence);
    return status;
}

/* --- the canary */

static void sing(struct scene *s)
{
    verify_that(s, !scene_can(s, ""), "nothing", "nothing");
    verify_that(s, json_find(scene_verb(s, "reset", ""), "seq") == NULL,
                "an answer without `seq`", "one with it");
}

static const struct conf_case canary_case = {
    .id = "self.judge.canary",
    .rules = "FR-1",
    .claim = "This case fails; a run in which it does not is worth nothing.",
    .run = sing,
};

static const struct instance *make_canary(struct campaign *c)
{
    struct instance *canary = arena_new(&c->arena, 1, sizeof *canary);
    unsigned lvl = c->plan.items[0].instance->axes.lvl;

    for (size_t i = 0; i < c->plan.count && !(lvl & c->offered); i++)
        lvl = c->plan.items[i].instance->axes.lvl;
    *canary = (struct instance){
        .of = &canary_case,
        .axes = {DIAL_US, CALLER_US, lvl & c->offered ? lvl : LVL_L0,
                 PROFILE_REMOTE_SAFE},
        .name = canary_case.id,
    };
    return canary;
}

/* --- looking at the testee */

static unsigned levels_in(const struct plan *p)
{
    unsigned levels = 0;

    for (size_t i = 0; i < p->count; i++)
        levels |= p->items[i].instance->axes.lvl;
    return levels;
}

static void keep_names(struct campaign *c, const struct testee_hello *h)
{
    c->offered = h->levels;
    c->name = arena_copy(&c->arena, h->name);
    c->version = arena_copy(&c->arena, h->version);
    c->language = arena_copy(&c->arena, h->language);
}

/* Starts it at one level, checks that it keeps to the contract, and learns
 * what it offers. */
static bool look(struct campaign *c, unsigned lvl, struct failure *ret_failure)
{
    struct testee t;
    bool is_fine;

    if (!testee_start(&t, &c->candidate.program, lvl, c->o->seed,
                      options_patience_ns(c->o), ret_failure))
        return false;
    is_fine = contract_check(&t, c->o->seed, ret_failure);
    if (is_fine)
        keep_names(c, &t.hello);
    if (!testee_end(&t) && is_fine)
        is_fine = failure_say(ret_failure, "`quit` must be answered, and be "
                                           "followed by exit status 0");
    return is_fine;
}

/* Any level will do to hear which there are; those that are offered and
 * planned must all work. */
static bool look_at_all(struct campaign *c, struct failure *ret_failure)
{
    unsigned planned = levels_in(&c->plan);
    bool is_heard = false;

    for (unsigned lvl = LVL_L0; lvl <= LVL_L2 && !is_heard; lvl <<= 1)
        is_heard = look(c, lvl, ret_failure);
    if (!is_heard)
        return false;
    for (unsigned lvl = LVL_L0; lvl <= LVL_L2; lvl <<= 1) {
        if ((planned & c->offered & lvl) && !look(c, lvl, ret_failure))
            return failure_wrap(ret_failure, "%s: ", case_lvl_name(lvl));
    }
    return true;
}

/* --- a node instead of a testee */

static bool is_outside(const struct campaign *c)
{
    return c->o->node.addr != NULL;
}

/* Whoever chooses takes what that comes to. */
static uint64_t floor_of(const struct campaign *c, enum floor which)
{
    bool is_all = !c->o->filter && !c->o->skip && !c->o->tests_min;

    if (is_outside(c) && is_all)
        return which;
    return which == FLOOR_TESTS ? c->o->tests_min : 0;
}

/* Of a node nothing but L2 can be seen, and of its profile nothing where we
 * dial: one is as good as both unless somebody knows. */
static struct plan_wish wish_of(const struct campaign *c)
{
    const unsigned both = PROFILE_REMOTE_SAFE | PROFILE_PEER_GRAPH;
    struct plan_wish wish = {
        .lvl = c->o->lvl,
        .profile = c->o->profile,
        .net = c->o->net,
        .filter = c->o->filter,
        .skip = c->o->skip,
    };

    if (is_outside(c)) {
        wish.lvl &= LVL_L2;
        wish.profile =
            wish.profile == both ? PROFILE_REMOTE_SAFE : wish.profile;
    }
    return wish;
}

/* --- the reports */

static bool open_log(struct campaign *c, struct failure *ret_failure)
{
    const char *path = c->o->out;

    if (!path && !report_is_wanted(c->o))
        path = "/dev/null";
    if (!path) {
        int fd;

        (void)snprintf(c->log_path, sizeof c->log_path, "/tmp/callspec-XXXXXX");
        fd = mkstemp(c->log_path);
        if (fd >= 0)
            (void)close(fd);
        path = c->log_path;
    }
    return log_open(&c->log, path, ret_failure);
}

static const char *names_of(struct campaign *c, const char *(*name)(unsigned),
                            unsigned set)
{
    const char *text = "";

    for (unsigned bit = 1; bit <= set; bit <<= 1) {
        if (set & bit)
            text = arena_text(&c->arena, "%s%s%s", text, *text ? " " : "",
                              name(bit));
    }
    return text;
}

/* All there are: a report is to show what nobody asked for, too. */
static void write_requirements(struct campaign *c)
{
    size_t count;
    const struct requirements_rule *rules = requirements_all(&count);

    for (size_t i = 0; i < count; i++) {
        const struct log_requirement r = {
            rules[i].id,     rules[i].level,  rules[i].sentence,
            rules[i].source, rules[i].status, rules[i].reason,
        };

        log_requirement(&c->log, &r);
    }
}

static void write_header(struct campaign *c)
{
    const struct log_header header = {
        .suite = slice_of(SUITE_NAME),
        .spec = slice_of(SUITE_SPEC),
        .cmdline = slice_of(c->place->cmdline),
        .started = slice_of(c->place->started),
        .seed = c->o->seed,
        .testee = c->name,
        .version = c->version,
        .language = c->language,
        .level = slice_of(names_of(c, case_lvl_name, levels_in(&c->plan))),
        .profile = slice_of(names_of(c, case_profile_name, c->o->profile)),
    };

    log_header(&c->log, &header);
    log_plan(&c->log, c->plan.count, floor_of(c, FLOOR_TESTS));
    write_requirements(c);
}

/* Makes the reports from the log; what fails is the harness's own fault. */
static bool write_reports(struct campaign *c, struct failure *ret_failure)
{
    const char *log = c->o->out ? c->o->out : c->log_path;
    bool is_fine = log_close(&c->log, ret_failure);

    if (is_fine)
        is_fine = report_make(log, c->o, ret_failure);
    if (*c->log_path)
        (void)unlink(c->log_path);
    return is_fine;
}

/* --- the workers */

/* In weather they mostly wait for it. */
static uint64_t workers_by_default(const struct campaign *c)
{
    uint64_t most = c->o->net ? 6 * affinity_count() : affinity_count();

    return most < WORKERS_MAX ? most : WORKERS_MAX;
}

static bool start_workers(struct campaign *c, struct failure *ret_failure)
{
    const struct instance *canary = make_canary(c);
    uint64_t wanted = c->o->jobs ? c->o->jobs : workers_by_default(c);

    if (wanted > c->plan.count)
        wanted = c->plan.count;
    c->workers = xalloc((size_t)wanted, sizeof *c->workers);
    c->lines = xalloc((size_t)wanted, sizeof *c->lines);
    for (unsigned i = 0; i < wanted; i++) {
        const struct worker_job job = {
            .plan = &c->plan,
            .canary = canary,
            .program = c->candidate.program,
            .seed = c->o->seed,
            .patience_ns = options_patience_ns(c->o),
            .offered = c->offered,
            .checks_determinism = c->o->checks_determinism,
            .repeats = c->o->repeats,
            .command = c->candidate.command,
            .bundle_dir = c->o->bundle_dir,
            .workers = (unsigned)wanted,
            .number = i,
        };

        buf_init(&c->lines[i], (size_t)2 * RESULT_LINE_MAX);
        if (!worker_start(&c->workers[i], &job, ret_failure))
            return false;
        c->workers_count++;
    }
    return true;
}

static void stop_workers(struct campaign *c)
{
    for (size_t i = 0; i < c->workers_count; i++) {
        if (!worker_stop(&c->workers[i]))
            c->judge.has_harness_fault = true;
        buf_clear(&c->lines[i]);
    }
    xalloc_free(c->workers);
    xalloc_free(c->lines);
}

static void take_lines(struct campaign *c, struct buf *b)
{
    const uint8_t *end;

    while (b->len && (end = memchr(b->data, '\n', b->len)) != NULL) {
        size_t len = (size_t)(end - b->data);

        judge_take(&c->judge, slice_make(b->data, len));
        buf_consume(b, len + 1);
    }
}

static void hear(struct campaign *c, size_t i)
{
    struct worker *w = &c->workers[i];
    struct buf *b = &c->lines[i];
    ssize_t n = -1;

    if (buf_reserve(b, 65536))
        n = read(w->fd, b->data + b->len, 65536);
    if (n > 0) {
        b->len += (size_t)n;
        take_lines(c, b);
    } else if (n == 0 || errno != EINTR) {
        (void)close(w->fd);
        w->fd = -1;
    }
}

/* Waits for results; false when no worker is left. */
static bool hear_all(struct campaign *c)
{
    struct pollfd fds[WORKERS_MAX];
    size_t open = 0;

    for (size_t i = 0; i < c->workers_count; i++) {
        fds[i] = (struct pollfd){.fd = c->workers[i].fd, .events = POLLIN};
        open += c->workers[i].fd >= 0;
    }
    if (open == 0)
        return false;
    if (poll(fds, (nfds_t)c->workers_count, 500) > 0) {
        for (size_t i = 0; i < c->workers_count; i++) {
            if (fds[i].revents)
                hear(c, i);
        }
    }
    return true;
}

/* --- the end */

static const char *closing(struct campaign *c, int status, const char *reason)
{
    char hash[TRANSCRIPT_HASH_LEN];

    if (!*reason)
        reason = verdict_exit_words(status);
    judge_hash(&c->judge, hash);
    return arena_text(&c->arena, "%s; trace %.16s", reason, hash);
}

static int finish(struct campaign *c)
{
    const char *reason;
    int status = judge_status(&c->judge, was_interrupted != 0, &reason);
    const char *missing = judge_not_exercised(&c->judge);
    const char *traffic = judge_traffic(&c->judge);
    const char *speed = judge_speed(&c->judge, c->workers_count);
    const struct log_footer footer = {
        .exit = status,
        .is_complete = c->judge.said == c->plan.count && status != 130,
        .reason = slice_of(closing(c, status, reason)),
    };
    struct failure failure;

    log_footer(&c->log, &footer);
    if (c->place->tally)
        c->place->tally(c->place->out, &c->plan, c->judge.verdicts,
                        c->judge.said);
    terminal_note(&c->terminal, "not exercised", missing);
    terminal_note(&c->terminal, "relay", traffic);
    terminal_note(&c->terminal, "speed", speed);
    if (is_outside(c))
        (void)fprintf(c->place->out, "not asked, and why:\n%s",
                      judge_reasons(&c->judge));
    terminal_end(&c->terminal, &footer);
    (void)fflush(c->place->out);
    if (!write_reports(c, &failure) && status != 130)
        return complain(c, 5, failure.sentence);
    return status;
}

static int conduct(struct campaign *c)
{
    const struct judge_config config = {
        .plan = &c->plan,
        .log = &c->log,
        .terminal = &c->terminal,
        .target = c->candidate.target,
        .manner = options_manner(c->o, &c->arena),
        .counted = c->o->level,
        .seed = c->o->seed,
        .fails_max = c->o->fails_max,
        .tests_min = floor_of(c, FLOOR_TESTS),
        .rules_min = floor_of(c, FLOOR_RULES),
        .is_outside = is_outside(c),
        .begun_ns = entropy_now_ns(),
    };
    struct failure failure;
    int status;

    if (c->o->bundle_dir && !file_make_dir(c->o->bundle_dir, &failure))
        return complain(c, 5, failure.sentence);
    if (!open_log(c, &failure))
        return complain(c, 5, failure.sentence);
    write_header(c);
    terminal_init(&c->terminal, c->place->out, c->place->style, c->plan.count);
    judge_init(&c->judge, &config);
    if (!start_workers(c, &failure)) {
        (void)complain(c, 5, failure.sentence);
        c->judge.has_harness_fault = true;
    }
    while (!was_interrupted && !c->judge.was_stopped && hear_all(c))
        ;
    stop_workers(c);
    status = finish(c);
    judge_clear(&c->judge);
    terminal_clear(&c->terminal);
    return status;
}

static int prepare_and_conduct(struct campaign *c)
{
    const struct plan_wish wish = wish_of(c);
    struct failure failure;
    int status;

    if (!case_lint(c->plan.cases, c->plan.cases_count, &failure))
        return complain(c, 5, failure.sentence);
    if (!plan_choose(&c->plan, &wish, &failure))
        return complain(c, 3, failure.sentence);
    if (c->plan.count == 0)
        return complain(c, 3, "nothing is left to be run");
    status = candidate_find(&c->candidate, c->o, &c->arena, &failure);
    if (status)
        return complain(c, status, failure.sentence);
    candidate_introduce(&c->candidate, c->place->out);
    if (!look_at_all(c, &failure))
        return complain(c, 4, failure.sentence);
    return conduct(c);
}

int run(const struct options *o, const struct run_place *place)
{
    struct campaign c = {.o = o, .place = place};
    int status;

    listen_for_interrupt();
    arena_init(&c.arena);
    plan_init(&c.plan);
    status = prepare_and_conduct(&c);
    plan_clear(&c.plan);
    arena_clear(&c.arena);
    requirements_clear();
    return status;
}
