/* SPDX-License-Identifier: MIT */
/*
 * Four kinds of words, tried in turn: statuses and verdicts out of a table,
 * requirements and cases out of the suite.
 */
#include "conformance/explain.h"

#include <strings.h>

#include "conformance/catalogue.h"
#include "conformance/decision.h"
#include "conformance/listing.h"
#include "conformance/plan.h"
#include "conformance/requirements.h"
#include "reports/verdict.h"

/* --- what stands in a table */

static const struct entry {
    const char *word;    /* as it is asked for */
    const char *meaning; /* a sentence */
    const char *next;    /* what to do about it */
} entries[] = {
    {"0", "Exit status: everything planned ran, and nothing was unexpected.",
     "Nothing. (replay: the same verdict and the same trace.)"},
    {"1", "Exit status: something does not conform.",
     "Take the first block above the last line and paste its repro line. "
     "(doctor: there is something to fix; replay: another verdict.)"},
    {"3",
     "Exit status: not everything planned ran: a pattern or word meant "
     "nothing, nothing applied, fewer than --min-tests, or a bundle cannot be "
     "used.",
     "Look at the sentence; `callspec list` shows what there is."},
    {"4",
     "Exit status: the testee could not be started, or does not keep to "
     "the contract.",
     "Run `callspec doctor` with the same testee."},
    {"5",
     "Exit status: the harness itself is at fault, or a report could not "
     "be written.",
     "Look whether there is room where reports go; else report it to us."},
    {"6", "Exit status: nothing but differences from run to run.",
     "Look for a clock, randomness or a hash order in the testee. (replay: the "
     "same verdict, another trace.)"},
    {"64", "Exit status: the command line was not understood.",
     "`callspec help` has all options."},
    {"130", "Exit status: the run was interrupted.",
     "The log is there and says that it is not complete."},
    {"PASS", "Verdict: as demanded.", "Nothing."},
    {"FAIL", "Verdict: not as demanded.",
     "Compare expected with observed, at that step; `callspec show` has the "
     "case."},
    {"WARN", "Verdict: not as it should be; it does not count at this --level.",
     "Nothing has to be done; --level should makes it count."},
    {"CRASH",
     "Verdict: the testee died; the instance was tried once more "
     "alone.",
     "Its last words on standard error are in the log."},
    {"TIMEOUT",
     "Verdict: the testee did not answer a verb in time; the "
     "instance was tried once more alone.",
     "If it is slow and not stuck, give it more with --verb-timeout."},
    {"UNTESTABLE", "Verdict: it declared a capability and refused the verb.",
     "Do not declare it in `hello`, or do what it promises."},
    {"N/A", "Verdict: it did not declare what the case needs.",
     "Nothing; the rules that nobody asked for are named at the end of a run."},
    {"NONDET", "Verdict: the same seed gave another verdict or conversation.",
     "At L0 and L1 nothing may depend on a clock, on randomness of its own, or "
     "on what ran before."},
    {"HARNESS", "Verdict: our own fault.", "Please report it."},
};

#define ENTRIES_COUNT (sizeof entries / sizeof entries[0])

static bool explain_entry(const char *word, FILE *out)
{
    for (size_t i = 0; i < ENTRIES_COUNT; i++) {
        if (strcasecmp(entries[i].word, word) != 0)
            continue;
        (void)fprintf(out, "%s\n  %s\n  next: %s\n", entries[i].word,
                      entries[i].meaning, entries[i].next);
        return true;
    }
    return false;
}

/* --- requirements */

static void say(FILE *out, const char *label, struct slice text)
{
    if (text.len)
        (void)fprintf(out, "  %-9s%.*s\n", label, (int)text.len,
                      (const char *)text.data);
}

struct citation {
    FILE *out;
    struct slice rule; /* the one that is looked for */
    size_t count;      /* found so far */
};

static void cited(struct citation *c, const char *label, struct slice id,
                  const char *remark)
{
    (void)fprintf(c->out, "  %-9s%.*s%s\n", c->count++ ? "" : label,
                  (int)id.len, (const char *)id.data, remark);
}

/* Is it one of those that are made of vectors? They are told with them. */
static bool is_vector(struct slice id)
{
    static const char *const areas[] = {"codec.", "dialogue.", "validation.",
                                        "ownership.access."};

    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
        if (slice_starts(id, slice_of(areas[i])))
            return true;
    return false;
}

static void say_cases(struct citation *c, const struct plan *p)
{
    for (size_t i = 0; i < p->cases_count; i++) {
        struct slice id = slice_of(p->cases[i]->id);

        if (!is_vector(id) && case_cites(p->cases[i], c->rule))
            cited(c, "cases:", id, "");
    }
}

static const char *where_asked(const struct json *group)
{
    if (catalogue_is_decode(group))
        return "";
    return catalogue_is_dialogue(group) || decision_is_asked(group)
               ? " (played at L1)"
               : " (not askable through L0)";
}

static void say_vector(void *self, const struct json *groups,
                       const struct json *group, const struct json *test)
{
    const struct json *rules = json_find(test, "rules");
    struct citation *c = self;

    (void)groups;
    for (const struct json *v = rules ? rules->first : NULL; v; v = v->next) {
        if (slice_equal(v->text, c->rule))
            cited(c, "vectors:", json_find(test, "id")->text,
                  where_asked(group));
    }
}

static bool explain_rule(const char *word, struct plan *p, FILE *out)
{
    const struct requirements_rule *rule = requirements_find(slice_of(word));
    struct citation cases = {out, slice_of(word), 0};
    struct citation tests = cases;

    if (!rule)
        return false;
    (void)fprintf(out, "%s\n  %.*s\n", word, (int)rule->sentence.len,
                  (const char *)rule->sentence.data);
    say(out, "level:", rule->level);
    say(out, "profile:", rule->profile);
    say(out, "source:", rule->source);
    say(out, "seen:", rule->seen);
    say(out, "proof:", rule->status);
    say(out, "reason:", rule->reason);
    say_cases(&cases, p);
    catalogue_walk(&p->arena, say_vector, &tests);
    if (cases.count + tests.count == 0)
        (void)fprintf(out, "  no case and no vector cites it\n");
    return true;
}

/* --- what was meant */

static void nearer(const char *word, const char *candidate, size_t *least,
                   const char **nearest)
{
    size_t distance = pattern_distance(word, candidate);

    if (distance < *least) {
        *least = distance;
        *nearest = candidate;
    }
}

static const char *nearest_word(const char *word, struct plan *p)
{
    const char *nearest = plan_nearest(p, word);
    size_t least = pattern_distance(word, nearest);
    const struct requirements_rule *rules;
    size_t count;

    rules = requirements_all(&count);
    for (size_t i = 0; i < count; i++)
        nearer(word,
               arena_text(&p->arena, "%.*s", (int)rules[i].id.len,
                          (const char *)rules[i].id.data),
               &least, &nearest);
    for (size_t i = 0; i < ENTRIES_COUNT; i++)
        nearer(word, entries[i].word, &least, &nearest);
    return nearest;
}

/* The id of a vector may do without `codec.` before it. */
static const char *case_meant(const char *word, struct plan *p)
{
    const char *bare =
        arena_text(&p->arena, "%.*s", (int)strcspn(word, "@"), word);
    const char *codec = arena_text(&p->arena, "codec.%s", bare);

    return plan_find(p, bare) ? word : plan_find(p, codec) ? codec : NULL;
}

int explain(const char *word, FILE *out, FILE *err)
{
    struct plan p;
    const char *meant;
    int status = 0;

    plan_init(&p);
    meant = case_meant(word, &p);
    if (meant) {
        status = listing_show(meant, out, err);
    } else if (!explain_entry(word, out) && !explain_rule(word, &p, out)) {
        (void)fprintf(err,
                      "callspec: there is no rule, case, verdict or exit "
                      "status %s; the nearest is %s\n",
                      word, nearest_word(word, &p));
        status = 3;
    }
    plan_clear(&p);
    requirements_clear();
    return status;
}
