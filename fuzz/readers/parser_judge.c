/* SPDX-License-Identifier: MIT */
/*
 * What the judge reads: lines of a testee (of one that is not there, see
 * still_driver.c), patterns and lists of them, logs and bundles; and the DER of
 * a key, which both sides name, each for itself.
 */
#include "fuzz/readers/parser.h"

#include <stdio.h>

#include "conformance/bundle.h"
#include "conformance/fingerprint.h"
#include "conformance/pattern.h"
#include "conformance/testee.h"
#include "fuzz/broken.h"
#include "fuzz/readers/still_driver.h"
#include "ref/model/fingerprint.h"
#include "reports/html_data.h"

/* ------------------------------------------------- testees */

static void check_trouble(const struct testee *t)
{
    broken_unless((t->trouble == TESTEE_WELL) == (t->why == NULL), PARSER_OURS,
                  "trouble without a word, or words without trouble");
}

/* A hello, and then a verb and what comes to it, until all is read. */
static void run_testee(struct slice input)
{
    const struct driver_program program = {.argv = (char *[]){NULL}};
    struct failure why = {""};
    struct transcript transcript;
    struct arena arena = {NULL, 0};
    struct testee t;

    still_driver_says(input);
    transcript = (struct transcript){.arena = &arena};
    if (!testee_start(&t, &program, LVL_L1, 1, UINT64_C(1) << 60, &why)) {
        parser_expect_sentence(&why, "hello");
        arena_clear(&arena);
        return;
    }
    testee_attend(&t, &arena, &transcript,
                  &(struct testee_audience){NULL, NULL, NULL});
    (void)testee_send(&t, "reset", slice_of(""));
    testee_drain(&t);
    check_trouble(&t);
    testee_kill(&t);
    arena_clear(&arena);
}

/* ------------------------------------------------- patterns */

static const struct conf_case some_case = {
    .id = "framing.length.zero", .claim = "c", .rules = "FR-1 EN-2"};

/* The file of them, and what its first line says of an instance. */
static void run_pattern(struct slice input)
{
    struct arena arena = {NULL, 0};
    struct pattern *list = NULL;
    struct failure why = {""};
    const struct instance i = {.of = &some_case, .name = "n"};
    char option[64];

    (void)snprintf(option, sizeof option, "%s%s",
                   input.len && input.data[0] == '{' ? "failed:" : "@",
                   parser_file(input));
    if (pattern_add(&arena, &list, option, &why))
        for (struct pattern *p = list; p; p = p->next)
            (void)(strlen(p->text) < 40 && pattern_means(p->text, &i));
    else
        parser_expect_sentence(&why, "list of patterns");
    arena_clear(&arena);
}

/* ------------------------------------------------- logs */

static void run_log(struct slice input)
{
    FILE *file = fopen(parser_file(input), "r");
    struct failure why = {""};
    struct summary s;
    struct buf out;

    buf_init(&out, SIZE_MAX);
    if (file && summary_load(&s, file, "log", &why)) {
        html_data_print(&out, &s);
        broken_unless(!memchr(out.data, '<', out.len), PARSER_OURS,
                      "a log gets into the page as markup");
        summary_sentence(&out, &s);
        summary_clear(&s);
    } else {
        parser_expect_sentence(&why, "log");
    }
    if (file)
        (void)fclose(file);
    buf_clear(&out);
}

/* ------------------------------------------------- bundles */

static bool is_same_bundle(const struct bundle *a, const struct bundle *b)
{
    bool is_same =
        a->seed == b->seed && a->script_count == b->script_count &&
        slice_equal(a->instance, b->instance) &&
        slice_equal(a->suite, b->suite) &&
        slice_equal(a->command, b->command) &&
        slice_equal(a->observed, b->observed) &&
        slice_equal(a->hash, b->hash) &&
        (a->dialogue ? json_same(a->dialogue, b->dialogue) : !b->dialogue);

    for (size_t i = 0; is_same && i < a->script_count; i++)
        is_same = slice_equal(a->script[i], b->script[i]);
    return is_same;
}

/* Axes are named by us, never by what was read. */
static void check_bundle(const struct bundle *b, struct arena *arena)
{
    const char *path = parser_file(slice_make(NULL, 0));
    struct failure why = {""};
    struct bundle again;

    if (b->instance.len && memchr(b->instance.data, '@', b->instance.len))
        return;
    broken_unless(bundle_write(b, path, &why) &&
                      bundle_read(arena, path, &again, &why) &&
                      is_same_bundle(b, &again),
                  PARSER_OURS, "a bundle is not read as it was written: %s",
                  why.sentence);
}

/* Behind a head with the digest that fits: the rest is the input. */
static void run_bundle(struct slice input)
{
    char digest[TRANSCRIPT_HASH_LEN];
    struct arena arena = {NULL, 0};
    struct failure why = {""};
    struct bundle bundle;
    struct buf text;

    buf_init(&text, SIZE_MAX);
    transcript_digest(input, digest);
    buf_put(&text, "{\"format\":\"" BUNDLE_FORMAT "\",\"digest\":\"");
    buf_put(&text, digest);
    buf_put(&text, "\",");
    buf_put_slice(&text, input);
    if (bundle_read(&arena, parser_file(buf_slice(&text)), &bundle, &why))
        check_bundle(&bundle, &arena);
    else
        parser_expect_sentence(&why, "bundle");
    buf_clear(&text);
    arena_clear(&arena);
}

/* ------------------------------------------------- keys */

static void run_der(struct slice input)
{
    struct arena arena = {NULL, 0};
    struct fingerprint ours = fingerprint_of(input);
    const char *theirs = fingerprint_text(&arena, input);

    broken_unless(slice_equal(fingerprint_slice(&ours), slice_of(theirs)),
                  "FP-3", "%s for one and %s for the other", ours.text, theirs);
    arena_clear(&arena);
}

const struct parser parser_judge[] = {
    {"testee's lines", run_testee}, {"patterns", run_pattern}, {"log", run_log},
    {"DER of a key", run_der},      {"bundle", run_bundle},    {NULL, NULL},
};
