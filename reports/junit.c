/* SPDX-License-Identifier: MIT */
/*
 * The table says what each verdict is called here. A warning is a test case
 * that passed, with the words as its output: nothing is red that is green
 * elsewhere.
 */
#include "reports/junit.h"

#include "reports/text.h"
#include "reports/xml.h"

enum outcome { PASSED, FAILURE, BROKEN, SKIPPED };
#define OUTCOMES 4

static const char *const elements[OUTCOMES] = {
    [FAILURE] = "failure",
    [BROKEN] = "error",
    [SKIPPED] = "skipped",
};

static enum outcome outcome_of(const struct summary_case *c)
{
    if (verdict_is_excused(c->verdict, slice_of(c->excuse)))
        return SKIPPED;
    switch (c->verdict) {
    case VERDICT_PASS:
    case VERDICT_WARN:
        return PASSED;
    case VERDICT_FAIL:
    case VERDICT_UNTESTABLE:
    case VERDICT_NONDET:
        return FAILURE;
    case VERDICT_NA:
        return SKIPPED;
    case VERDICT_CRASH:
    case VERDICT_TIMEOUT:
    case VERDICT_HARNESS:
        break;
    }
    return BROKEN;
}

struct tally {
    size_t of[OUTCOMES]; /* cases */
    uint64_t wall_ns;    /* time of all */
};

/* Of one area, or with NULL of all. */
static struct tally count(const struct summary *s, const char *area)
{
    struct tally t = {{0}, 0};

    for (size_t i = 0; i < s->cases_count; i++) {
        const struct summary_case *c = &s->cases[i];

        if (area && strcmp(c->area, area) != 0)
            continue;
        t.of[outcome_of(c)]++;
        t.wall_ns += c->wall_ns;
    }
    return t;
}

static void put_attribute(struct buf *b, const char *name, const char *value)
{
    buf_put(b, " ");
    buf_put(b, name);
    buf_put(b, "=\"");
    text_markup(b, slice_of(value));
    buf_put(b, "\"");
}

static void put_count(struct buf *b, const char *name, uint64_t number)
{
    buf_put(b, " ");
    buf_put(b, name);
    buf_put(b, "=\"");
    buf_put_u64(b, number);
    buf_put(b, "\"");
}

/* Seconds with three digits behind the point. */
static void put_seconds(struct buf *b, uint64_t ns)
{
    uint64_t ms = ns / 1000000;
    uint8_t digits[3] = {(uint8_t)('0' + ms / 100 % 10),
                         (uint8_t)('0' + ms / 10 % 10),
                         (uint8_t)('0' + ms % 10)};

    buf_put(b, " time=\"");
    buf_put_u64(b, ms / 1000);
    buf_put(b, ".");
    buf_put_slice(b, slice_make(digits, sizeof digits));
    buf_put(b, "\"");
}

static void put_tally(struct buf *b, const struct tally *t)
{
    put_count(b, "tests",
              t->of[PASSED] + t->of[FAILURE] + t->of[BROKEN] + t->of[SKIPPED]);
    put_count(b, "failures", t->of[FAILURE]);
    put_count(b, "errors", t->of[BROKEN]);
    put_count(b, "skipped", t->of[SKIPPED]);
    put_seconds(b, t->wall_ns);
}

static void put_property(struct buf *b, const char *name, const char *value)
{
    if (!value[0])
        return;
    buf_put(b, "<property");
    put_attribute(b, "name", name);
    put_attribute(b, "value", value);
    buf_put(b, "/>\n");
}

static void put_rules(struct buf *b, const struct summary_case *c)
{
    if (c->rules_count == 0)
        return;
    buf_put(b, "<property name=\"rules\" value=\"");
    for (size_t i = 0; i < c->rules_count; i++) {
        buf_put(b, i ? " " : "");
        text_markup(b, slice_of(c->rules[i].id));
    }
    buf_put(b, "\"/>\n");
}

static void put_properties(struct buf *b, const struct summary_case *c)
{
    buf_put(b, "<properties>\n");
    put_property(b, "level", c->level);
    put_rules(b, c);
    put_property(b, "seed", c->seed);
    put_property(b, "choice", c->choice);
    put_property(b, "repro", c->repro);
    buf_put(b, "</properties>\n");
}

/* Expected, observed and the rules, one a line. */
static void put_story(struct buf *b, const struct summary_case *c)
{
    for (size_t i = 0; i < c->rules_count; i++) {
        text_markup(b, slice_of(c->rules[i].id));
        buf_put(b, ": ");
        text_markup(b, slice_of(c->rules[i].sentence));
        buf_put(b, "\n");
    }
    buf_put(b, "expected: ");
    text_markup(b, slice_of(c->expected));
    buf_put(b, "\nobserved: ");
    text_markup(b, slice_of(c->observed));
    buf_put(b, "\n");
}

static void put_skipped(struct buf *b, const struct summary_case *c)
{
    bool is_excused = c->verdict != VERDICT_NA;

    buf_put(b, "<skipped message=\"");
    buf_put(b, is_excused ? "XFAIL " : "");
    text_markup(b, slice_of(is_excused ? c->excuse : c->observed));
    buf_put(b, "\"/>\n");
}

static void put_outcome(struct buf *b, const struct summary_case *c)
{
    enum outcome outcome = outcome_of(c);

    if (outcome == SKIPPED) {
        put_skipped(b, c);
    } else if (outcome == PASSED && c->verdict == VERDICT_WARN) {
        buf_put(b, "<system-out>WARN\n");
        put_story(b, c);
        buf_put(b, "</system-out>\n");
    } else if (outcome != PASSED) {
        buf_put(b, "<");
        buf_put(b, elements[outcome]);
        put_attribute(b, "type", verdict_name(c->verdict));
        put_attribute(b, "message",
                      c->signature[0] ? c->signature : c->observed);
        buf_put(b, ">");
        put_story(b, c);
        buf_put(b, "</");
        buf_put(b, elements[outcome]);
        buf_put(b, ">\n");
    }
}

static void put_case(struct buf *b, const struct summary_case *c)
{
    buf_put(b, "<testcase");
    put_attribute(b, "name", c->instance);
    put_attribute(b, "classname", c->area);
    put_seconds(b, c->wall_ns);
    buf_put(b, ">\n");
    put_properties(b, c);
    put_outcome(b, c);
    buf_put(b, "</testcase>\n");
}

static void put_suite(struct buf *b, const struct summary *s, const char *area)
{
    struct tally t = count(s, area);

    buf_put(b, "<testsuite");
    put_attribute(b, "name", area);
    put_tally(b, &t);
    buf_put(b, ">\n<properties>\n");
    put_property(b, "testee", s->testee);
    put_property(b, "testee-version", s->version);
    put_property(b, "suite", s->suite);
    put_property(b, "spec", s->spec);
    put_property(b, "seed", s->seed);
    buf_put(b, "</properties>\n");
    for (size_t i = 0; i < s->cases_count; i++)
        if (strcmp(s->cases[i].area, area) == 0)
            put_case(b, &s->cases[i]);
    buf_put(b, "</testsuite>\n");
}

/* What ended before its footer must not look green. */
static size_t broken_run(const struct summary *s)
{
    return s->is_complete ? 0 : 1;
}

static void put_broken_run(struct buf *b, const struct summary *s)
{
    buf_put(b, "<testsuite name=\"callspec\" tests=\"1\" failures=\"0\" "
               "errors=\"1\" skipped=\"0\" time=\"0.000\">\n"
               "<testcase name=\"the run is complete\" "
               "classname=\"callspec\" time=\"0.000\">\n"
               "<error type=\"INCOMPLETE\"");
    put_attribute(b, "message", s->reason);
    buf_put(b, ">");
    if (s->unfinished[0]) {
        buf_put(b, "begun and not ended: ");
        text_markup(b, slice_of(s->unfinished));
    }
    buf_put(b, "</error>\n</testcase>\n</testsuite>\n");
}

void junit_print(struct buf *b, const struct summary *s)
{
    struct tally t = count(s, NULL);

    t.of[BROKEN] += broken_run(s);
    buf_put(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    put_attribute(b, "name", "callspec");
    put_tally(b, &t);
    buf_put(b, ">\n");
    for (size_t i = 0; i < s->areas.count; i++)
        put_suite(b, s, s->areas.groups[i].name);
    if (broken_run(s))
        put_broken_run(b, s);
    buf_put(b, "</testsuites>\n");
}

static bool counts_agree(const struct xml *x, const struct summary *s,
                         struct failure *ret_failure)
{
    struct tally t = count(s, NULL);
    size_t wanted = s->cases_count + broken_run(s);

    t.of[BROKEN] += broken_run(s);
    if (xml_count(x, "testcase") != wanted)
        return failure_say(ret_failure,
                           "the JUnit report has %zu test cases, the log %zu",
                           xml_count(x, "testcase"), wanted);
    for (int i = FAILURE; i < OUTCOMES; i++)
        if (xml_count(x, elements[i]) != t.of[i])
            return failure_say(ret_failure,
                               "the JUnit report has %zu elements %s, the "
                               "log %zu",
                               xml_count(x, elements[i]), elements[i], t.of[i]);
    return true;
}

bool junit_check(struct slice report, const struct summary *s,
                 struct failure *ret_failure)
{
    struct xml x;

    if (!xml_check(report, &x, ret_failure))
        return failure_wrap(ret_failure, "the JUnit report is no XML: ");
    return counts_agree(&x, s, ret_failure);
}

bool junit_write(const char *log_path, const char *path,
                 struct failure *ret_failure)
{
    struct summary s;
    struct buf b;
    bool is_good;

    if (!summary_read(&s, log_path, ret_failure))
        return false;
    buf_init(&b, SIZE_MAX / 2);
    junit_print(&b, &s);
    is_good = junit_check(buf_slice(&b), &s, ret_failure) &&
              text_save(path, buf_slice(&b), ret_failure);
    buf_clear(&b);
    summary_clear(&s);
    return is_good;
}
