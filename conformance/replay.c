/* SPDX-License-Identifier: MIT */
/*
 * The case itself is run again, by its name and with the bundle's seed, so that
 * it is judged by the same sentences; the script in the bundle says whether
 * the case still asks the same.
 */
#include "conformance/replay.h"

#include <inttypes.h>
#include <signal.h>

#include "conformance/bundle.h"
#include "conformance/candidate.h"
#include "conformance/elsewhere.h"
#include "conformance/play.h"
#include "conformance/record.h"
#include "conformance/requirements.h"
#include "conformance/suite.h"
#include "reports/text.h"

#define SHOWN_MAX 300

struct rerun {
    const struct options *o; /* as asked for */
    FILE *out;               /* where people read */
    FILE *err;               /* where complaints go */
    struct arena arena;      /* owned */
    struct plan plan;        /* owned */
    struct bundle kept;      /* as it was */
};

static int complain(const struct rerun *r, int status, const char *sentence)
{
    (void)fprintf(r->err, "callspec: %s\n", sentence);
    return status;
}

static void say(const struct rerun *r, const char *label, struct slice text)
{
    if (text.len == 0)
        return;
    (void)fprintf(r->out, "  %-10s", label);
    text_print(r->out, text, SHOWN_MAX);
    (void)fputc('\n', r->out);
}

static void say_recorded(const struct rerun *r)
{
    const struct bundle *b = &r->kept;

    say(r, "instance:", b->instance);
    say(r, "testee:", b->command);
    say(r, "name:", b->name);
    say(r, "version:", b->version);
    (void)fprintf(r->out, "  seed:     %" PRIu64 "\n", b->seed);
    say(r, "recorded:", b->signature);
    say(r, "expected:", b->expected);
    say(r, "observed:", b->observed);
    say(r, "trace:", b->hash);
}

/* A suite that has changed may ask something else under the same name. */
static void say_changes(const struct rerun *r)
{
    char hash[TRANSCRIPT_HASH_LEN];

    suite_digest(&r->plan, hash);
    if (!slice_equal(r->kept.suite_digest, slice_of(hash)))
        (void)fprintf(r->out, "  note:     it was written by another suite; "
                              "the case may have changed\n");
}

/* The weather in its name, as plan_weather() wants it. */
static unsigned weather_in(struct slice instance)
{
    const struct slice axis = slice_of(",net=");
    size_t at = slice_find(instance, axis);
    const struct weather *w = NULL;

    if (at < instance.len)
        w = weather_find(slice_skip(instance, at + axis.len));
    return w ? 1u << (w - weathers) : 0;
}

static const struct instance *find_instance(const struct rerun *r)
{
    for (size_t i = 0; i < r->plan.all_count; i++) {
        if (slice_equal(slice_of(r->plan.all[i]->name), r->kept.instance))
            return r->plan.all[i];
    }
    return NULL;
}

/* --- comparing */

/* Where the two conversations part, as far as our side shows it. */
static void say_parting(const struct rerun *r, const struct bundle *now)
{
    const struct bundle *then = &r->kept;
    size_t i = 0;

    while (i < then->script_count && i < now->script_count &&
           slice_equal(then->script[i], now->script[i]))
        i++;
    if (i == then->script_count && i == now->script_count) {
        (void)fprintf(r->out, "  parting:  we sent the same lines; an answer "
                              "differs\n");
        return;
    }
    (void)fprintf(r->out, "  parting:  line %zu of the script\n", i + 1);
    say(r, "then:",
        i < then->script_count ? then->script[i] : slice_of("nothing"));
    say(r,
        "now:", i < now->script_count ? now->script[i] : slice_of("nothing"));
}

static int compare(const struct rerun *r, const struct bundle *now)
{
    const char *sentence = "the same verdict, the same trace";
    int status = 0;

    say(r, "now:", now->signature);
    say(r, "trace:", now->hash);
    if (!slice_equal(r->kept.signature, now->signature)) {
        status = 1;
        sentence = "another verdict";
        say(r, "expected:", now->expected);
        say(r, "observed:", now->observed);
    } else if (!slice_equal(r->kept.hash, now->hash)) {
        status = 6;
        sentence = "the same verdict, another trace";
        say_parting(r, now);
    } else if (now->hash.len == 0) {
        sentence = "the same verdict; the network was real, so there is no "
                   "trace to compare";
    }
    (void)fprintf(r->out, "callspec: %s, exit %d\n", sentence, status);
    return status;
}

/* --- running */

static int play(const struct rerun *r, const struct instance *i,
                const struct candidate *candidate)
{
    struct failure failure;
    struct result result;
    struct bundle now;
    struct testee t;
    struct scene s;
    int status;

    if (!testee_start(&t, &candidate->program, i->axes.lvl, r->kept.seed,
                      options_patience_ns(r->o), &failure))
        return complain(r, 4, failure.sentence);
    scene_run(&s, i, &t, r->kept.seed);
    result = record_result(&s, 0);
    bundle_make(&now, &s, &result, candidate->command, &r->plan);
    status = compare(r, &now);
    scene_end(&s);
    (void)testee_end(&t);
    return status;
}

static int rerun(struct rerun *r)
{
    const struct instance *i = find_instance(r);
    const char *name = arena_text(&r->arena, "%.*s", (int)r->kept.instance.len,
                                  (const char *)r->kept.instance.data);
    struct candidate candidate;
    struct failure failure;
    int status;

    if (!i)
        return complain(r, 3,
                        arena_text(&r->arena,
                                   "this suite has no %s; the nearest id is %s",
                                   name, plan_nearest(&r->plan, name)));
    status = candidate_find(&candidate, r->o, &r->arena, &failure);
    if (status)
        return complain(r, status, failure.sentence);
    say_changes(r);
    return play(r, i, &candidate);
}

/* A world of the reference's own judges nobody else. */
static int replay_world(const struct rerun *r, const char *path)
{
    struct failure failure;

    if (r->o->testee || r->o->node.addr)
        return complain(r, 64,
                        "a world of alksim's is lived by the reference alone: "
                        "--testee and --addr mean nothing there");
    (void)elsewhere_replay(path, &failure);
    return complain(r, 4, failure.sentence);
}

int replay(const char *path, const struct options *o, FILE *out, FILE *err)
{
    struct options own = *o;
    struct rerun r = {.o = &own, .out = out, .err = err};
    struct failure failure;
    int status = 0;

    if (elsewhere_is_world(path))
        return replay_world(&r, path);
    (void)signal(SIGPIPE, SIG_IGN);
    plan_init(&r.plan);
    if (!bundle_read(&r.arena, path, &r.kept, &failure)) {
        status = complain(&r, 3, failure.sentence);
    } else {
        own.net = weather_in(r.kept.instance);
        plan_weather(&r.plan, own.net);
        say_recorded(&r);
        if (o->testee || o->node.addr)
            status = rerun(&r);
        else
            (void)fprintf(out, "callspec: this is what is recorded; it was "
                               "not run, there is no --testee or --addr\n");
    }
    plan_clear(&r.plan);
    arena_clear(&r.arena);
    requirements_clear();
    return status;
}
