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
#include "ref/bin/testee.h"
#include "ref/base/bounds.h"
#include "ref/bin/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define READ_LEN 65536 /* bytes taken from standard input at a time */

void testee_write(json_t *tree)
{
    lines_write_take(stdout, tree);
}

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

static void introduce(json_t *answer)
{
    json_t *self = json_pack(
        "{s:s, s:s, s:s, s:s, s:[i,i], s:[s,s,s],"
        " s:[s,s,s,s,s,s,s,s,s,s,s,s], s:[s,s], s:{s:s}, s:{s:i}}",
        "name", "alkref", "version", "1", "language", "C", "runtime",
        "ngtcp2, GnuTLS", "contract", 1, 1, "levels", "L0", "L1", "L2",
        "capabilities", "serve", "call", "callback", "access", "tokens",
        "forwarded_for", "discovery", "hold", "timeouts", "stats", "fence",
        "x509", "profiles", "remote-safe", "peer-graph", "choices", "ids",
        "seeded", "limits", "max_frame", (int)BOUNDS_BODY_MAX);

    json_object_update(answer, self);
    json_decref(self);
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
    testee_write(json_pack("{s:n, s:{s:s}}", "seq", "fail", "reason", why));
}

static void take_line(struct testee *t, struct slice text)
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
    carry_out(t, find_verb(t, value_string(op)), line, answer);
    testee_write(answer);
    json_decref(line);
}

/* One line is complete, or was too long to be looked at. */
static void end_line(struct testee *t, struct testee_input *in)
{
    if (in->is_too_long)
        complain("the line is longer than 4 MiB");
    else
        take_line(t, buf_slice(&in->line));
    buf_reset(&in->line);
    in->is_too_long = false;
}

/* `hello` has just chosen L2, whose verbs want a loop. */
static bool waits_for_loop(const struct testee *t)
{
    return t->level == TESTEE_L2 && !t->udp;
}

static void feed(struct testee *t, struct testee_input *in, struct slice bytes)
{
    while (bytes.len && !t->has_quit && !waits_for_loop(t)) {
        const uint8_t *newline = memchr(bytes.data, '\n', bytes.len);
        size_t len = newline ? (size_t)(newline - bytes.data) : bytes.len;

        if (!in->is_too_long)
            in->is_too_long = !buf_add(&in->line, slice_head(bytes, len));
        if (newline)
            end_line(t, in);
        bytes = slice_skip(bytes, len + (newline ? 1 : 0));
    }
    if (waits_for_loop(t))
        buf_put_slice(&in->rest, bytes);
}

void testee_read_rest(struct testee *t, struct testee_input *in)
{
    feed(t, in, buf_slice(&in->rest));
    (void)fflush(stdout);
}

void testee_read(struct testee *t, struct testee_input *in)
{
    uint8_t bytes[READ_LEN];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);

    if (n > 0)
        feed(t, in, slice_make(bytes, (size_t)n));
    else
        t->has_quit = true; /* the end of input means quit */
    (void)fflush(stdout);
}

int testee_run(void)
{
    struct testee t = {.out = NULL};
    struct testee_input in = {.is_too_long = false};

    buf_init(&in.line, BOUNDS_LINE_MAX);
    buf_init(&in.rest, READ_LEN);
    testee_reset(&t);
    while (!t.has_quit && t.level != TESTEE_L2)
        testee_read(&t, &in);
    if (!t.has_quit)
        testee_udp_run(&t, &in);
    testee_reset(&t);
    stage_free(t.stage);
    json_decref(t.out);
    buf_clear(&in.line);
    buf_clear(&in.rest);
    return 0;
}
