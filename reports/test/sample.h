/* SPDX-License-Identifier: MIT */
/*
 * A small run with something of everything, for the tests of all reports, and
 * a file to write it to.
 */
#ifndef REPORTS_TEST_SAMPLE_H
#define REPORTS_TEST_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "reports/log.h"

/* A string literal with its NULs, as a slice's initialiser. */
#define SAMPLE_BYTES(literal)                                                  \
    {                                                                          \
        (const uint8_t *)(literal), sizeof(literal) - 1                        \
    }

/* What a testee might say that wants to break a report. */
static const struct slice sample_hostile = SAMPLE_BYTES(
    "a\0b\x1b[31m\xff\xc3( ]]> <b attr='&\">\xef\xbf\xbe\xc2\x9b\n\tend"
    "</script>\xe2\x80\xae\xed\xa0\x80");

static const struct log_rule sample_rules[] = {
    {SAMPLE_BYTES("AC-5"), SAMPLE_BYTES("must"),
     SAMPLE_BYTES("A caller without the scope is refused.")},
    {SAMPLE_BYTES("OC-1"), SAMPLE_BYTES("should"),
     SAMPLE_BYTES("Visibility is checked before access.")},
};

static const struct log_axis sample_axes[] = {
    {SAMPLE_BYTES("dial"), SAMPLE_BYTES("them")},
    {SAMPLE_BYTES("caller"), SAMPLE_BYTES("us")},
    {SAMPLE_BYTES("lvl"), SAMPLE_BYTES("L1")},
    {SAMPLE_BYTES("profile"), SAMPLE_BYTES("remote-safe")},
};

static inline struct log_header sample_header(void)
{
    return (struct log_header){
        .suite = slice_of("callspec 1"),
        .spec = slice_of("2026-07"),
        .cmdline = slice_of("callspec run --testee ./t"),
        .started = slice_of("2026-11-21 12:00"),
        .seed = UINT64_MAX,
        .testee = slice_of("demo"),
        .version = slice_of("1.0"),
        .language = slice_of("C"),
        .level = slice_of("L1"),
        .profile = slice_of("remote-safe"),
    };
}

static inline struct log_case sample_case(const char *instance,
                                          enum verdict verdict)
{
    const char *at = strchr(instance, '@');
    struct slice name = slice_of(instance);

    return (struct log_case){
        .instance = name,
        .id = at ? slice_head(name, (size_t)(at - instance)) : name,
        .claim = slice_of("An unknown peer is refused."),
        .level = slice_of("must"),
        .axes = sample_axes,
        .axes_count = 4,
        .rules = sample_rules,
        .rules_count = 2,
        .verdict = verdict,
        .signature = slice_of("FAIL step=5"),
        .expected = slice_of("error FORBIDDEN, handler not entered"),
        .observed = slice_of("error FORBIDDEN, handler entered once"),
        .repro = slice_of("callspec run --filter 'x' --seed 7"),
        .step = 5,
        .seed = 7,
        .virtual_ns = 1200000,
        .wall_ns = 34000000,
    };
}

/* A new file under /tmp; the caller removes and frees its name. */
static inline char *sample_path(void)
{
    char name[] = "/tmp/callspec-report-XXXXXX";
    int fd = mkstemp(name);
    size_t size = sizeof name;
    char *path = malloc(size);

    assert_true(fd >= 0 && path);
    (void)close(fd);
    memcpy(path, name, size);
    return path;
}

/* One that no case asks for. */
static const struct log_requirement sample_requirement = {
    SAMPLE_BYTES("AB-1"),
    SAMPLE_BYTES("must"),
    SAMPLE_BYTES("An abort ends the call."),
    SAMPLE_BYTES("call protocol document, events"),
    SAMPLE_BYTES("excluded"),
    SAMPLE_BYTES("Not built yet."),
};

/* Every verdict once, an excused failure and a hostile one: 11 instances. */
static inline void sample_cases(struct log *l)
{
    for (int v = 0; v < VERDICT_COUNT; v++) {
        char name[64];
        struct log_case c;

        (void)snprintf(name, sizeof name, "%s.topic.case-%d@dial=us",
                       v % 2 ? "authz" : "flow", v);
        c = sample_case(name, (enum verdict)v);
        log_case_start(l, c.instance);
        log_note(l, LOG_US, 0, slice_of("stream 0: call.requested r1"));
        log_note(l, LOG_THEM, 1200000, slice_of("call.error FORBIDDEN"));
        log_case(l, &c);
    }
}

static inline void sample_odd_cases(struct log *l)
{
    struct log_case c = sample_case("authz.topic.excused", VERDICT_FAIL);

    c.excuse = slice_of("not built yet");
    log_case_start(l, c.instance);
    log_case(l, &c);
    c = sample_case("authz.topic.hostile@dial=<us>&\"'", VERDICT_FAIL);
    c.observed = sample_hostile;
    c.signature = sample_hostile;
    log_case_start(l, c.instance);
    log_note(l, LOG_ASIDE, 5, sample_hostile);
    log_case(l, &c);
}

#define SAMPLE_CASES (VERDICT_COUNT + 2)

/* Writes the sample; without a footer when it is to look cut off. */
static inline void sample_write(const char *path, bool has_footer)
{
    struct log_header header = sample_header();
    struct log_footer footer = {.exit = 1, .is_complete = true};
    struct failure failure;
    struct log l;

    assert_true(log_open(&l, path, &failure));
    log_header(&l, &header);
    log_plan(&l, SAMPLE_CASES, 5);
    log_requirement(&l, &sample_requirement);
    sample_cases(&l);
    sample_odd_cases(&l);
    if (has_footer)
        log_footer(&l, &footer);
    else
        log_case_start(&l, slice_of("flow.topic.deadly"));
    assert_true(log_close(&l, &failure));
}

static inline bool sample_contains(struct slice text, const char *part)
{
    size_t len = strlen(part);

    for (size_t i = 0; i + len <= text.len; i++)
        if (memcmp(text.data + i, part, len) == 0)
            return true;
    return false;
}

#endif
