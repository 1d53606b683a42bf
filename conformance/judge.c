/* SPDX-License-Identifier: MIT */
/*
 * From results to verdicts: each result passes through a list of amendments,
 * in order, and is then written down. Read amend() first.
 */
#include "conformance/judge.h"

#include <inttypes.h>
#include <stdlib.h>

#include "conformance/requirements.h"
#include "conformance/traffic.h"
#include "conformance/transcript.h"
#include "conformance/words.h"
#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"

#define RULES_MAX 32
#define AXES_MAX 8

struct judge_choice {
    struct slice name;         /* the question */
    struct slice taken;        /* the answer */
    const char *instance;      /* who said so first */
    struct judge_choice *next; /* or NULL */
};

void judge_init(struct judge *j, const struct judge_config *config)
{
    size_t count = config->plan->count + 1;

    *j = (struct judge){.config = *config};
    arena_init(&j->arena);
    j->results = xalloc(count, sizeof *j->results);
    j->has_come = xalloc(count, sizeof *j->has_come);
    j->verdicts = xalloc(count, sizeof *j->verdicts);
}

void judge_clear(struct judge *j)
{
    xalloc_free(j->results);
    xalloc_free(j->has_come);
    xalloc_free(j->verdicts);
    arena_clear(&j->arena);
}

/* --- amendments */

static void overrule(struct result *r, enum verdict verdict,
                     const char *expected, const char *observed)
{
    r->verdict = verdict;
    r->expected = slice_of(expected);
    r->observed = slice_of(observed);
}

/* A negative stands on its twin. */
static void amend_twin(struct judge *j, size_t place, struct result *r)
{
    const struct plan_item *item = &j->config.plan->items[place];
    const char *twin = item->instance->of->twin;

    if (item->twin == PLAN_NONE || r->verdict != VERDICT_PASS)
        return;
    if (j->verdicts[item->twin] == VERDICT_NA)
        overrule(r, VERDICT_NA, "",
                 arena_text(&j->arena, "its twin %s is not applicable", twin));
    else if (j->verdicts[item->twin] != VERDICT_PASS)
        overrule(r, VERDICT_FAIL,
                 arena_text(&j->arena, "its twin %s to pass as well", twin),
                 "twin did not pass");
}

static struct judge_choice *choice_of(struct judge *j, struct slice name)
{
    struct judge_choice *c = j->choices;

    while (c && !slice_equal(c->name, name))
        c = c->next;
    return c;
}

static void add_choice(struct judge *j, struct slice name, struct slice taken,
                       const char *instance)
{
    struct judge_choice *c = arena_new(&j->arena, 1, sizeof *c);

    *c = (struct judge_choice){name, taken, instance, j->choices};
    j->choices = c;
}

/* What is left open has to be done the same way all along. */
static void amend_choices(struct judge *j, size_t place, struct result *r)
{
    const char *instance = j->config.plan->items[place].instance->name;

    for (size_t i = 0; r->choices && i < r->choices->count; i++) {
        const struct json *choice = json_at(r->choices, i);
        struct slice name = json_at(choice, 0)->text;
        struct slice taken = json_at(choice, 1)->text;
        const struct judge_choice *before = choice_of(j, name);

        if (!before)
            add_choice(j, name, taken, instance);
        else if (!slice_equal(before->taken, taken))
            overrule(
                r, VERDICT_FAIL,
                arena_text(&j->arena, "%.*s: %.*s, as in %s", (int)name.len,
                           (const char *)name.data, (int)before->taken.len,
                           (const char *)before->taken.data, before->instance),
                arena_text(&j->arena, "%.*s: %.*s", (int)name.len,
                           (const char *)name.data, (int)taken.len,
                           (const char *)taken.data));
    }
}

/* What does not count for this run is a warning. */
static void amend_level(const struct judge *j, size_t place, struct result *r)
{
    const struct conf_case *c = j->config.plan->items[place].instance->of;

    if (c->level > j->config.counted && r->verdict == VERDICT_FAIL)
        r->verdict = VERDICT_WARN;
}

static void amend(struct judge *j, size_t place, struct result *r)
{
    amend_twin(j, place, r);
    amend_level(j, place, r);
    amend_choices(j, place, r);
}

/* --- writing down */

static size_t fill_rules(const struct conf_case *c,
                         struct log_rule rules[RULES_MAX])
{
    struct slice words = slice_of(c->rules);
    struct slice word;
    size_t count = 0;

    while (count < RULES_MAX && (word = case_word(&words)).len > 0) {
        const struct requirements_rule *rule = requirements_find(word);

        rules[count++] =
            (struct log_rule){word, rule ? rule->level : slice_of(""),
                              rule ? rule->sentence : slice_of("")};
    }
    return count;
}

static size_t fill_axes(const struct instance *i,
                        struct log_axis axes[AXES_MAX])
{
    size_t count = 0;

    for (size_t k = 0; instance_axes[k]; k++) {
        const char *value = instance_axis(i, slice_of(instance_axes[k]));

        if (value)
            axes[count++] =
                (struct log_axis){slice_of(instance_axes[k]), slice_of(value)};
    }
    return count;
}

static const char *choice_text(struct judge *j, const struct result *r)
{
    const char *text = "";

    for (size_t i = 0; r->choices && i < r->choices->count; i++) {
        const struct json *choice = json_at(r->choices, i);
        struct slice name = json_at(choice, 0)->text;
        struct slice taken = json_at(choice, 1)->text;

        text = arena_text(&j->arena, "%s%s%.*s: %.*s", text, i ? ", " : "",
                          (int)name.len, (const char *)name.data,
                          (int)taken.len, (const char *)taken.data);
    }
    return text;
}

static void write_notes(struct judge *j, const struct result *r)
{
    for (size_t i = 0; r->dialogue && i < r->dialogue->count; i++) {
        const struct json *line = json_at(r->dialogue, i);
        uint64_t at = 0;

        (void)json_get_u64(json_at(line, 1), &at);
        log_note(j->config.log, json_at(line, 0)->is_true ? LOG_US : LOG_THEM,
                 at, json_at(line, 2)->text);
    }
    if (r->again.len)
        log_note(j->config.log, LOG_ASIDE, r->virtual_ns, r->again);
    if (r->trouble.len)
        log_note(j->config.log, LOG_ASIDE, r->virtual_ns, r->trouble);
    if (r->stderr_tail.len)
        log_note(j->config.log, LOG_ASIDE, r->virtual_ns, r->stderr_tail);
}

static struct slice observed_of(struct judge *j, const struct result *r)
{
    if (r->again.len == 0)
        return r->observed;
    return slice_of(arena_text(&j->arena, "%.*s; %.*s", (int)r->observed.len,
                               (const char *)r->observed.data,
                               (int)r->again.len, (const char *)r->again.data));
}

static const char *repro(struct judge *j, const struct instance *i)
{
    return arena_text(&j->arena,
                      "callspec run %s --filter %s --seed %" PRIu64 "%s",
                      j->config.target, words_quote(&j->arena, i->name),
                      j->config.seed, j->config.manner);
}

static void write_down(struct judge *j, const struct instance *i,
                       const struct result *r)
{
    struct log_rule rules[RULES_MAX];
    struct log_axis axes[AXES_MAX];
    bool is_news = verdict_is_news(r->verdict);
    const struct log_case c = {
        .instance = slice_of(i->name),
        .id = slice_of(i->of->id),
        .claim = slice_of(i->of->claim),
        .level = slice_of(case_level_name(i->of->level)),
        .axes = axes,
        .axes_count = fill_axes(i, axes),
        .rules = rules,
        .rules_count = fill_rules(i->of, rules),
        .verdict = r->verdict,
        .signature = slice_of(result_signature(&j->arena, r)),
        .expected = r->expected,
        .observed = observed_of(j, r),
        .choice = slice_of(choice_text(j, r)),
        .repro = slice_of(is_news ? repro(j, i) : ""),
        .bundle = r->bundle,
        .trace_hash = r->hash,
        .step = r->step,
        .seed = j->config.seed,
        .virtual_ns = r->virtual_ns,
        .wall_ns = r->wall_ns,
    };

    log_case_start(j->config.log, c.instance);
    write_notes(j, r);
    log_case(j->config.log, &c);
    terminal_case(j->config.terminal, &c,
                  entropy_now_ns() - j->config.begun_ns);
    verdict_add(&j->counts, r->verdict, c.excuse);
}

static void say_next(struct judge *j)
{
    const struct instance *i = j->config.plan->items[j->said].instance;
    struct result *r = &j->results[j->said];

    amend(j, j->said, r);
    j->verdicts[j->said] = r->verdict;
    j->has_harness_fault = j->has_harness_fault ||
                           r->verdict == VERDICT_HARNESS || r->trouble.len > 0;
    j->bad += verdict_is_bad(r->verdict) && r->verdict != VERDICT_NONDET;
    write_down(j, i, r);
    j->said++;
    if (j->config.fails_max && j->bad >= j->config.fails_max)
        j->was_stopped = j->said < j->config.plan->count;
}

void judge_take(struct judge *j, struct slice line)
{
    size_t count = j->config.plan->count;
    struct result r;

    if (!result_parse(&j->arena, line, &r) || r.place > count) {
        j->has_harness_fault = true;
        return;
    }
    j->results[r.place] = r;
    j->has_come[r.place] = true;
    while (j->said < count && j->has_come[j->said] && !j->was_stopped)
        say_next(j);
}

/* --- the end */

static uint64_t executed(const struct judge *j)
{
    return verdict_total(&j->counts) - j->counts.of[VERDICT_NA];
}

static bool is_cited(const struct judge *j, struct slice rule, bool not_only)
{
    for (size_t i = 0; i < j->said; i++) {
        if ((j->verdicts[i] == VERDICT_NA) == not_only &&
            case_cites(j->config.plan->items[i].instance->of, rule))
            return true;
    }
    return false;
}

/* --- the end, seen from outside */

static uint64_t asked_rules(const struct judge *j)
{
    size_t count;
    const struct requirements_rule *rules = requirements_all(&count);
    uint64_t asked = 0;

    for (size_t i = 0; i < count; i++)
        asked += is_cited(j, rules[i].id, false);
    return asked;
}

static uint64_t reserved(const struct judge *j)
{
    uint64_t count = 0;

    for (size_t i = 0; i < j->said; i++)
        count += j->verdicts[i] == VERDICT_PASS && j->results[i].observed.len;
    return count;
}

/* What an exit status refers to that was reached without a driver. */
static const char *from_outside(struct judge *j)
{
    return arena_text(&j->arena,
                      "from outside %" PRIu64 " instances were asked about "
                      "%" PRIu64 " requirements, %" PRIu64
                      " of them without their witness; the floor is %" PRIu64
                      " about %" PRIu64
                      ", and the exit status refers to what can be asked from "
                      "outside",
                      executed(j), asked_rules(j), reserved(j),
                      j->config.tests_min, j->config.rules_min);
}

struct reason {
    struct slice why; /* why something did not apply */
    uint64_t count;   /* to how many */
};

static int by_count(const void *a, const void *b)
{
    uint64_t left = ((const struct reason *)a)->count;
    uint64_t right = ((const struct reason *)b)->count;

    return (left < right) - (left > right);
}

static void add_reason(struct reason *reasons, size_t *count, struct slice why)
{
    size_t i = 0;

    if (slice_starts(why, slice_of("its twin ")))
        why = slice_of("its twin, which has to pass as well, was not asked");
    while (i < *count && !slice_equal(reasons[i].why, why))
        i++;
    reasons[i].why = why;
    reasons[i].count++;
    *count += i == *count;
}

const char *judge_reasons(struct judge *j)
{
    struct reason *reasons = arena_new(&j->arena, j->said + 1, sizeof *reasons);
    const char *text = "";
    size_t count = 0;

    for (size_t i = 0; i < j->said; i++) {
        if (j->verdicts[i] == VERDICT_NA)
            add_reason(reasons, &count, j->results[i].observed);
    }
    qsort(reasons, count, sizeof *reasons, by_count);
    for (size_t i = 0; i < count; i++)
        text = arena_text(&j->arena, "%s  %5" PRIu64 "  %.*s\n", text,
                          reasons[i].count, (int)reasons[i].why.len,
                          (const char *)reasons[i].why.data);
    return text;
}

/* --- the end */

static bool canary_lives(const struct judge *j)
{
    size_t place = j->config.plan->count;

    return j->has_come[place] && j->results[place].verdict != VERDICT_FAIL;
}

int judge_status(struct judge *j, bool is_interrupted, const char **ret_reason)
{
    uint64_t ran = executed(j);
    size_t planned = j->config.plan->count;

    if (is_interrupted) {
        *ret_reason = "interrupted";
        return 130;
    }
    if (j->has_harness_fault || canary_lives(j)) {
        *ret_reason = canary_lives(j) ? "the canary did not fail: this judge "
                                        "cannot be trusted"
                                      : "the harness itself is at fault";
        return 5;
    }
    if (!j->was_stopped &&
        (ran == 0 || j->said != planned || ran < j->config.tests_min ||
         (j->config.rules_min && asked_rules(j) < j->config.rules_min))) {
        *ret_reason =
            j->config.is_outside && j->said == planned
                ? from_outside(j)
                : arena_text(&j->arena,
                             "%" PRIu64 " instances were exercised, %zu of "
                             "%zu accounted for, at least %" PRIu64
                             " asked for",
                             ran, j->said, planned,
                             j->config.tests_min ? j->config.tests_min : 1);
        return 3;
    }
    *ret_reason = j->was_stopped         ? "stopped by --max-fail"
                  : j->config.is_outside ? from_outside(j)
                                         : "";
    if (j->bad)
        return 1;
    return j->counts.of[VERDICT_NONDET] ? 6 : 0;
}

void judge_hash(const struct judge *j, char *ret_hash)
{
    struct buf b;

    buf_init(&b, (j->said + 1) * TRANSCRIPT_HASH_LEN);
    for (size_t i = 0; i < j->said; i++)
        buf_put_slice(&b, j->results[i].hash);
    transcript_digest(buf_slice(&b), ret_hash);
    buf_clear(&b);
}

const char *judge_not_exercised(struct judge *j)
{
    size_t count;
    const struct requirements_rule *rules = requirements_all(&count);
    const char *text = "";

    for (size_t i = 0; i < count; i++) {
        if (is_cited(j, rules[i].id, true) && !is_cited(j, rules[i].id, false))
            text = arena_text(&j->arena, "%s%s%.*s", text, *text ? " " : "",
                              (int)rules[i].id.len,
                              (const char *)rules[i].id.data);
    }
    return text;
}

/* "1,900"; a speed is below a million. */
static const char *grouped(struct judge *j, uint64_t number)
{
    if (number < 1000)
        return arena_text(&j->arena, "%" PRIu64, number);
    return arena_text(&j->arena, "%" PRIu64 ",%03" PRIu64, number / 1000,
                      number % 1000);
}

const char *judge_speed(struct judge *j, size_t workers)
{
    const char *text = "";

    for (unsigned lvl = LVL_L0; lvl <= LVL_L2; lvl <<= 1) {
        uint64_t count = 0;
        uint64_t busy_ns = 0;

        for (size_t i = 0; i < j->said; i++) {
            if (j->config.plan->items[i].instance->axes.lvl != lvl)
                continue;
            count++;
            busy_ns += j->results[i].wall_ns;
        }
        if (busy_ns == 0)
            continue;
        text = arena_text(&j->arena, "%s%s%s %s/s", text, *text ? ", " : "",
                          case_lvl_name(lvl),
                          grouped(j, count * workers * 1000000000u / busy_ns));
    }
    return text;
}

const char *judge_traffic(struct judge *j)
{
    struct relay_counts sum = {0};

    for (size_t i = 0; i < j->said; i++)
        relay_counts_add(&sum, &j->results[i].traffic);
    return sum.forwarded ? traffic_text(&j->arena, &sum) : "";
}
