/* SPDX-License-Identifier: MIT */
/*
 * Lines, their envelope, and the verbs of every level. A line is a verb; it is
 * looked up in the lists of the parts, carried out, and answered with what
 * happened because of it.
 *
 * Nothing here judges. What the harness must be able to rely on is kept in one
 * place: every verb is answered exactly once and in order, an unknown verb is
 * unsupported, an unknown member is a failure, and a failure changes nothing.
 */
#include "ref/bin/testee_lines.h"
#include "ref/base/bounds.h"
#include "ref/bin/lines.h"
#include "ref/bin/testee_calls.h"
#include "ref/bin/testee_codec.h"
#include "ref/bin/testee_import.h"
#include "ref/bin/testee_scene.h"
#include "ref/bin/testee_streams.h"
#include "ref/bin/testee_udp.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define READ_LEN 65536 /* bytes taken from standard input at a time */

/* Who reads the lines, and for whom. */
struct reader {
    struct testee testee;
    struct buf line;  /* owned: the one that is not complete yet … */
    bool is_too_long; /* … and is thrown away */
};

/* ------------------------------------------------------------- verbs */

static bool no_members(const json_t *line, struct failure *f)
{
    return value_fields(line, NULL, 0, f);
}

static bool read_level(const json_t *level, unsigned *ret)
{
    static const char *const names[] = {"L0", "L1", "L2"};

    for (unsigned i = 0; i < 3; i++)
        if (slice_equal(value_string(level), slice_of(names[i]))) {
            *ret = 1u << i;
            return true;
        }
    return false;
}

static bool read_seed(const json_t *seed, uint64_t *ret)
{
    const char *text = json_string_value(seed);

    if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
        return false;
    *ret = strtoull(text, NULL, 16);
    return true;
}

static const char introduction[] =
    "{\"name\":\"alkref\", \"version\":\"1\", \"language\":\"C\","
    " \"runtime\":\"ngtcp2, GnuTLS\", \"contract\":[1,1],"
    " \"levels\":[\"L0\",\"L1\",\"L2\"],"
    " \"capabilities\":[\"serve\",\"call\",\"callback\",\"access\","
    "  \"tokens\",\"forwarded_for\",\"discovery\",\"hold\",\"timeouts\","
    "  \"stats\",\"fence\",\"x509\",\"subscriptions\",\"abort\","
    "  \"compose\",\"deadlines\",\"panic\",\"import\",\"list_peers\","
    "  \"ownership\",\"validation\",\"api_keys\",\"reload\"],"
    " \"profiles\":[\"remote-safe\",\"peer-graph\"],"
    " \"choices\":{\"ids\":\"seeded\"}}";

static void introduce(json_t *answer)
{
    struct failure unused;

    json_object_update_new(answer,
                           value_parse(slice_of(introduction), &unused));
    json_object_set_new(answer, "limits",
                        json_pack("{s:i}", "max_frame", (int)BOUNDS_BODY_MAX));
}

static bool run_hello(struct testee *t, const json_t *line, json_t *answer,
                      struct failure *f)
{
    const json_t *contract, *level, *seed;
    const struct value_field fields[] = {
        {"contract", VALUE_INTEGER, true, &contract},
        {"level", VALUE_STRING, true, &level},
        {"rng_seed", VALUE_STRING, true, &seed},
    };
    unsigned wanted;

    if (!value_fields(line, fields, 3, f))
        return false;
    if (t->level)
        return failure_say(f, "hello was said before");
    if (json_integer_value(contract) != 1)
        return failure_say(f, "contract: only 1 is spoken here");
    if (!read_level(level, &wanted))
        return failure_say(f, "level: expected L0, L1 or L2");
    if (!read_seed(seed, &t->rng_seed))
        return failure_say(f, "rng_seed: expected 16 hex digits");
    t->level = wanted;
    introduce(answer);
    return true;
}

static bool run_reset(struct testee *t, const json_t *line, json_t *answer,
                      struct failure *f)
{
    (void)answer;
    if (!no_members(line, f))
        return false;
    testee_udp_reset(t);
    testee_reset(t);
    return true;
}

static bool run_quit(struct testee *t, const json_t *line, json_t *answer,
                     struct failure *f)
{
    (void)answer;
    t->has_quit = no_members(line, f);
    return t->has_quit;
}

static const struct testee_verb verbs[] = {
    {"hello", ~0u, run_hello},
    {"reset", ~0u, run_reset},
    {"quit", ~0u, run_quit},
};

/* ------------------------------------------------------------- lines */

static const struct testee_verb *find_verb(const struct testee *t,
                                           struct slice op)
{
    const struct testee_verbs lists[] = {
        {verbs, sizeof verbs / sizeof *verbs},
        testee_codec_verbs(),
        testee_scene_verbs(),
        testee_calls_verbs(),
        testee_import_verbs(),
        testee_streams_verbs(),
        testee_udp_verbs(),
    };

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t j = 0; j < lists[i].count; j++) {
            const struct testee_verb *v = &lists[i].verbs[j];

            if (slice_equal(slice_of(v->op), op) &&
                (v->levels == ~0u || v->levels & t->level))
                return v;
        }
    return NULL;
}

/* L1: everything that follows from the verb has happened before it is
 * answered, and nothing will until the next, or until the time given. */
static void settle(struct testee *t, json_t *answer)
{
    uint64_t next;

    if (t->level != TESTEE_L1)
        return;
    testee_streams_pump(t);
    next = t->node ? node_deadline(t->node) : NEVER;
    json_object_set(answer, "out", t->out);
    json_decref(t->out);
    t->out = json_array();
    json_object_set_new(answer, "next",
                        next == NEVER ? json_null()
                                      : json_integer((json_int_t)next));
}

static void carry_out(struct testee *t, const struct testee_verb *v,
                      json_t *line, json_t *answer)
{
    struct failure f = {""};

    json_object_del(line, "seq");
    json_object_del(line, "op");
    testee_udp_turn(t); /* what came before it, came before it */
    if (!v)
        json_object_set_new(answer, "unsupported", json_true());
    else if (v->run(t, line, answer, &f))
        json_object_set_new(answer, "ok", json_true());
    else
        json_object_set_new(answer, "fail",
                            json_pack("{s:s}", "reason", f.sentence));
    settle(t, answer);
    testee_udp_turn(t);
}

static void complain(const char *why)
{
    lines_write_take(stdout,
                     json_pack("{s:n, s:{s:s}}", "seq", "fail", "reason", why));
}

static void on_lines(void *self);

/* `hello` may have chosen L2, whose verbs want a loop. */
static void open_loop(struct reader *r)
{
    if (r->testee.level == TESTEE_L2 && !r->testee.udp)
        testee_udp_open(&r->testee, on_lines, r);
}

static void take_line(struct reader *r, struct slice text)
{
    struct failure f;
    json_t *line = value_parse(text, &f), *answer;
    const json_t *seq = json_object_get(line, "seq");
    const json_t *op = json_object_get(line, "op");

    if (!json_is_integer(seq) || !json_is_string(op)) {
        complain(line ? "expected an object with an integer seq and an op"
                      : f.sentence);
        json_decref(line);
        return;
    }
    answer = json_object();
    json_object_set_new(answer, "seq", json_deep_copy(seq));
    carry_out(&r->testee, find_verb(&r->testee, value_string(op)), line,
              answer);
    open_loop(r);
    lines_write_take(stdout, answer);
    json_decref(line);
}

/* One line is complete, or was too long to be looked at. */
static void end_line(struct reader *r)
{
    if (r->is_too_long)
        complain("the line is longer than 4 MiB");
    else
        take_line(r, buf_slice(&r->line));
    buf_reset(&r->line);
    r->is_too_long = false;
}

static void feed(struct reader *r, struct slice bytes)
{
    while (bytes.len && !r->testee.has_quit) {
        const uint8_t *newline = memchr(bytes.data, '\n', bytes.len);
        size_t len = newline ? (size_t)(newline - bytes.data) : bytes.len;

        if (!r->is_too_long)
            r->is_too_long = !buf_add(&r->line, slice_head(bytes, len));
        if (newline)
            end_line(r);
        bytes = slice_skip(bytes, len + (newline ? 1 : 0));
    }
}

/* Carries out the lines that are complete, and sends the answers. */
static void on_lines(void *self)
{
    struct reader *r = self;
    uint8_t bytes[READ_LEN];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);

    if (n > 0)
        feed(r, slice_make(bytes, (size_t)n));
    else
        r->testee.has_quit = true; /* the end of input means quit */
    (void)fflush(stdout);
}

int testee_run(void)
{
    struct reader r = {.is_too_long = false};
    struct testee *t = &r.testee;

    buf_init(&r.line, BOUNDS_LINE_MAX);
    testee_reset(t);
    while (!t->has_quit)
        if (t->udp)
            testee_udp_wait(t);
        else
            on_lines(&r);
    testee_udp_close(t);
    testee_clear(t);
    buf_clear(&r.line);
    return 0;
}
