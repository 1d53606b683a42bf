/* SPDX-License-Identifier: MIT */
/*
 * One queue of verbs, answered in order. Read from the end: testee_start() is
 * the life of a process, testee_take() its everyday.
 *
 * CONTRACT.md 1 and 3 say what is written here.
 */
#include "conformance/testee.h"

#include <inttypes.h>

#include "conformance/json_out.h"
#include "ref/host/entropy.h"

#define QUIT_NS 1000000000ull

static void trouble(struct testee *t, enum testee_trouble kind, const char *why)
{
    if (t->trouble != TESTEE_WELL)
        return;
    t->trouble = kind;
    t->why = why;
}

static void garbled(struct testee *t, const char *what, struct slice line)
{
    int len = line.len > 200 ? 200 : (int)line.len;

    trouble(t, TESTEE_GARBLED,
            arena_text(&t->lasting, "%s: %.*s", what, len,
                       line.len ? (const char *)line.data : ""));
}

static enum testee_got judge_answer(const struct json *answer)
{
    bool is_ok;
    bool is_unsupported;

    if (json_get_bool(json_find(answer, "ok"), &is_ok) && is_ok)
        return TESTEE_OK;
    if (json_get_bool(json_find(answer, "unsupported"), &is_unsupported) &&
        is_unsupported)
        return TESTEE_UNSUPPORTED;
    if (json_is(json_find(answer, "fail"), JSON_OBJECT))
        return TESTEE_FAIL;
    return TESTEE_WAITING;
}

static void listen_to(struct testee *t, bool is_ours, struct slice line)
{
    if (t->transcript)
        transcript_add(t->transcript, is_ours, t->at_ns, line);
}

static void on_answer(struct testee *t, const struct json *tree,
                      struct slice line)
{
    struct testee_verb *verb = t->queue;
    uint64_t seq = 0;
    bool has_seq = json_get_u64(json_find(tree, "seq"), &seq);

    if (!verb) {
        garbled(t, "an answer to nothing", line);
        return;
    }
    if (has_seq ? seq != verb->seq : verb->seq != 0) {
        garbled(t, "an answer out of order", line);
        return;
    }
    verb->got = judge_answer(tree);
    if (verb->got == TESTEE_WAITING) {
        garbled(t, "an answer that is neither ok, unsupported nor fail", line);
        return;
    }
    t->queue = verb->next;
    if (!t->queue)
        t->queue_end = NULL;
    t->since_ns = entropy_now_ns();
    verb->answer = tree;
    listen_to(t, true, verb->line);
    listen_to(t, false, line);
    if (t->audience.answered)
        t->audience.answered(t->audience.self, verb);
}

static void on_line(struct testee *t, struct slice borrowed)
{
    struct slice line = arena_copy(t->arena, borrowed);
    const struct json *tree;
    struct json_error error;

    if (!json_parse(t->arena, line, JSON_DEPTH_MAX + 16, &tree, &error) ||
        !json_is(tree, JSON_OBJECT)) {
        garbled(t, "a line that is no JSON object", line);
    } else if (json_find(tree, "seq")) {
        on_answer(t, tree, line);
    } else if (json_is(json_find(tree, "ev"), JSON_STRING)) {
        listen_to(t, false, line);
        if (t->audience.happened)
            t->audience.happened(t->audience.self, tree);
    } else {
        garbled(t, "a line that is neither an answer nor an event", line);
    }
}

bool testee_take(struct testee *t)
{
    struct slice line;
    bool has_taken = false;

    if (t->trouble != TESTEE_WELL)
        return true;
    driver_read(t->driver);
    while (t->trouble == TESTEE_WELL && driver_line(t->driver, &line)) {
        on_line(t, line);
        has_taken = true;
    }
    if (driver_is_flooded(t->driver))
        garbled(t, "a line longer than 4 MiB", slice_of(""));
    if (driver_is_gone(t->driver))
        trouble(t, TESTEE_DIED, driver_end(t->driver));
    return has_taken || t->trouble != TESTEE_WELL;
}

uint64_t testee_deadline(const struct testee *t)
{
    return t->queue ? t->since_ns + t->patience_ns : NEVER;
}

void testee_check_time(struct testee *t)
{
    if (t->queue && entropy_now_ns() >= testee_deadline(t))
        trouble(
            t, TESTEE_HUNG,
            arena_text(&t->lasting, "no answer to `%s` within %" PRIu64 " ms%s",
                       t->queue->op, t->patience_ns / 1000000,
                       strcmp(t->queue->op, "hello") == 0 ? "; is it flushed?"
                                                          : ""));
}

void testee_drain(struct testee *t)
{
    (void)testee_take(t);
    while (t->trouble == TESTEE_WELL && t->queue) {
        if (driver_wait(t->driver, testee_deadline(t)) ||
            driver_is_gone(t->driver))
            (void)testee_take(t);
        testee_check_time(t);
    }
}

static void enqueue(struct testee *t, struct testee_verb *verb)
{
    if (t->queue_end)
        t->queue_end->next = verb;
    else
        t->since_ns = entropy_now_ns();
    if (!t->queue)
        t->queue = verb;
    t->queue_end = verb;
}

static void write_line(struct testee *t, struct slice line)
{
    uint64_t deadline = entropy_now_ns() + t->patience_ns;

    if (t->trouble != TESTEE_WELL || driver_write(t->driver, line, deadline))
        return;
    (void)testee_take(t);
    trouble(t, TESTEE_HUNG, "it does not read its standard input");
}

struct testee_verb *testee_send(struct testee *t, const char *op,
                                struct slice members)
{
    struct testee_verb *verb = arena_new(t->arena, 1, sizeof *verb);
    const char *line;

    verb->op = op;
    verb->seq = ++t->seq;
    line = arena_text(t->arena, "{\"seq\":%" PRIu64 ",\"op\":\"%s\"%s%.*s}\n",
                      verb->seq, op, members.len ? "," : "", (int)members.len,
                      members.len ? (const char *)members.data : "");
    verb->line = slice_make(line, strlen(line) - 1);
    enqueue(t, verb);
    write_line(t, slice_of(line));
    return verb;
}

void testee_attend(struct testee *t, struct arena *arena,
                   struct transcript *transcript,
                   const struct testee_audience *audience)
{
    assert(!t->queue || t->trouble != TESTEE_WELL);
    t->arena = arena;
    t->transcript = transcript;
    t->audience = *audience;
    t->at_ns = 0;
}

bool testee_can(const struct testee *t, struct slice capability)
{
    const struct json *list = t->hello.promises;

    for (const struct json *v = list ? list->first : NULL; v; v = v->next) {
        if (json_is(v, JSON_STRING) && slice_equal(v->text, capability))
            return true;
    }
    return false;
}

struct slice testee_lacks(const struct testee *t, struct slice what)
{
    struct slice why = slice_of("");

    if (t->is_stand_in && !testee_can(t, what))
        (void)json_get_text(json_find_slice(t->hello.lacks, what), &why);
    return why;
}

struct slice testee_reason(const struct testee_verb *verb)
{
    struct slice reason = slice_of("it is not supported");

    if (verb->got == TESTEE_FAIL)
        reason = slice_of("no reason given");
    (void)json_get_text(json_find(json_find(verb->answer, "fail"), "reason"),
                        &reason);
    return reason;
}

/* --- the beginning and the end */

static unsigned words_mask(const struct json *list,
                           const char *(*name)(unsigned), unsigned last)
{
    unsigned mask = 0;

    for (size_t i = 0; list && i < list->count; i++) {
        for (unsigned bit = 1; bit <= last; bit <<= 1) {
            if (json_is_text(json_at(list, i), name(bit)))
                mask |= bit;
        }
    }
    return mask;
}

static bool read_hello(struct testee_hello *h, const struct json *answer)
{
    bool is_whole =
        json_get_text(json_find(answer, "name"), &h->name) &&
        json_get_text(json_find(answer, "version"), &h->version) &&
        json_get_text(json_find(answer, "language"), &h->language) &&
        json_is(json_find(answer, "levels"), JSON_ARRAY) &&
        json_is(json_find(answer, "capabilities"), JSON_ARRAY) &&
        json_is(json_find(answer, "profiles"), JSON_ARRAY);

    h->answer = answer;
    h->promises = json_find(answer, "capabilities");
    h->levels = words_mask(json_find(answer, "levels"), case_lvl_name, LVL_L2);
    h->profiles = words_mask(json_find(answer, "profiles"), case_profile_name,
                             PROFILE_PEER_GRAPH);
    h->has_random_ids =
        !json_is_text(json_find(json_find(answer, "choices"), "ids"), "seeded");
    (void)json_get_u64(json_find(json_find(answer, "limits"), "max_frame"),
                       &h->frame_max);
    return is_whole;
}

/* Nobody else may excuse himself in this way. */
static void read_stand_in(struct testee *t)
{
    struct testee_hello *h = &t->hello;

    h->lacks = json_find(h->answer, "lacks");
    h->operations = json_find(h->answer, "operations");
    (void)json_get_text(json_find(h->answer, "fingerprint"), &h->fingerprint);
    (void)json_get_text(json_find(h->answer, "key"), &h->key);
    (void)json_get_text(json_find(h->answer, "token"), &h->token);
    h->fingerprint = arena_copy(&t->lasting, h->fingerprint);
    h->token = arena_copy(&t->lasting, h->token);
}

static bool speaks_our_contract(const struct json *answer)
{
    const struct json *range = json_find(answer, "contract");
    uint64_t lowest;
    uint64_t highest;

    return json_get_u64(json_at(range, 0), &lowest) &&
           json_get_u64(json_at(range, 1), &highest) &&
           lowest <= TESTEE_CONTRACT && TESTEE_CONTRACT <= highest;
}

const char *testee_last_words(struct arena *arena, struct slice words)
{
    size_t from;

    while (words.len && words.data[words.len - 1] <= ' ')
        words = slice_head(words, words.len - 1);
    for (from = words.len; from > 0 && words.data[from - 1] != '\n'; from--)
        ;
    words = slice_skip(words, from);
    return words.len ? arena_text(arena, "; its last words: %.*s",
                                  (int)(words.len < 120 ? words.len : 120),
                                  (const char *)words.data)
                     : "";
}

static bool greet(struct testee *t, uint64_t seed, struct failure *ret_failure)
{
    const char *members = arena_text(
        t->arena,
        "\"contract\":%d,\"level\":\"%s\",\"rng_seed\":\"%016" PRIx64 "\"",
        TESTEE_CONTRACT, case_lvl_name(t->lvl), seed);
    struct testee_verb *verb = testee_send(t, "hello", slice_of(members));
    struct slice reason;

    t->hello.line = verb->line;
    testee_drain(t);
    if (t->trouble != TESTEE_WELL)
        return failure_say(
            ret_failure, "at hello: %s%s", t->why,
            testee_last_words(t->arena, driver_stderr(t->driver)));
    reason = testee_reason(verb);
    if (verb->got != TESTEE_OK)
        return failure_say(ret_failure, "it refused hello: %.*s",
                           (int)reason.len, (const char *)reason.data);
    if (!speaks_our_contract(verb->answer))
        return failure_say(ret_failure, "it does not speak contract %d",
                           TESTEE_CONTRACT);
    if (!read_hello(&t->hello, verb->answer))
        return failure_say(ret_failure, "its answer to hello lacks a member "
                                        "(CONTRACT.md, 3)");
    if (t->is_stand_in)
        read_stand_in(t);
    return true;
}

bool testee_start(struct testee *t, const struct driver_program *program,
                  unsigned lvl, uint64_t seed, uint64_t patience_ns,
                  struct failure *ret_failure)
{
    *t = (struct testee){.lvl = lvl,
                         .is_stand_in = program->play != NULL,
                         .patience_ns = patience_ns};
    arena_init(&t->lasting);
    t->arena = &t->lasting;
    t->driver = driver_start(program, ret_failure);
    t->was_started = t->driver != NULL;
    if (t->driver && greet(t, seed, ret_failure))
        return true;
    testee_kill(t);
    return false;
}

struct testee_verb *testee_send_line(struct testee *t, const char *what,
                                     uint64_t seq, struct slice line)
{
    struct testee_verb *verb = arena_new(t->arena, 1, sizeof *verb);

    verb->op = what;
    verb->seq = seq;
    verb->line = slice_head(line, line.len - 1);
    enqueue(t, verb);
    write_line(t, line);
    return verb;
}

void testee_kill(struct testee *t)
{
    driver_stop(t->driver);
    t->driver = NULL;
    arena_clear(&t->lasting);
}

bool testee_end(struct testee *t)
{
    bool is_well = false;

    if (t->driver && t->trouble == TESTEE_WELL) {
        t->arena = &t->lasting;
        t->transcript = NULL;
        t->audience = (struct testee_audience){0};
        t->patience_ns = QUIT_NS;
        (void)testee_send(t, "quit", slice_of(""));
        testee_drain(t);
        (void)driver_end(t->driver);
        is_well = driver_ended_well(t->driver);
    }
    testee_kill(t);
    return is_well;
}
