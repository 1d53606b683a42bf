/* SPDX-License-Identifier: MIT */
/*
 * The judge's own code against the vectors: it must make of each what the
 * vector says, and where that is left open, what the vector says of us. The
 * files are read with the judge's own JSON. The judge decides nothing about
 * peers and access for itself, so vectors of those it only counts.
 *
 * Every decode vector runs whole, in the pieces it lists and, where that is
 * not silly, byte by byte. All that differ are printed before the test fails.
 */
#include "conformance/fingerprint.h"
#include "conformance/raw.h"
#include "conformance/transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "vectors/vectors.h"

#define BYTE_BY_BYTE_MAX 4096

/* One vector on its way through a runner. */
struct test {
    struct arena *arena;       /* for what is read; emptied after the vector */
    const struct json *vector; /* the test itself */
    const struct json *expect; /* its member of that name */
    uint64_t body_max;         /* its group's limit */
};

/* Everything that has been run. */
struct tally {
    size_t run;     /* vectors */
    size_t differ;  /* of these, where we made something else of it */
    size_t unknown; /* of a group type that nobody told us */
    size_t passed;  /* of a group type that is none of ours */
};

static struct slice text_of(const struct json *v)
{
    struct slice text = {0};
    bool is_text = json_get_text(v, &text);

    assert_true(is_text);
    return text;
}

static uint64_t number_of(const struct json *v)
{
    uint64_t number = 0;
    bool is_number = json_get_u64(v, &number);

    assert_true(is_number);
    return number;
}

static bool is_text(struct slice got, const struct json *wanted)
{
    return slice_equal(got, text_of(wanted));
}

static uint8_t nibble(uint8_t digit)
{
    assert_true((digit >= '0' && digit <= '9') ||
                (digit >= 'a' && digit <= 'f'));
    return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

static void put_hex(struct buf *b, struct slice hex)
{
    assert_int_equal(hex.len % 2, 0);
    for (size_t i = 0; i < hex.len; i += 2)
        buf_put_byte(
            b, (uint8_t)(nibble(hex.data[i]) << 4 | nibble(hex.data[i + 1])));
}

static void put_step(struct buf *b, const struct json *step)
{
    struct slice hex = text_of(json_at(step, 1));
    uint64_t times = 1;

    if (json_is_text(json_at(step, 0), "rep"))
        times = number_of(json_at(step, 2));
    else
        assert_true(json_is_text(json_at(step, 0), "hex"));
    while (times-- > 0)
        put_hex(b, hex);
}

static void put_steps(struct buf *b, const struct json *steps)
{
    assert_true(json_is(steps, JSON_ARRAY));
    for (const struct json *step = steps->first; step; step = step->next)
        put_step(b, step);
}

/* The bytes of a `wire`. */
static void put_wire(struct buf *b, const struct json *wire)
{
    if (json_is(wire, JSON_STRING))
        put_hex(b, wire->text);
    else
        put_steps(b, json_find(wire, "gen"));
}

static const struct json *parsed(struct arena *arena, struct slice text)
{
    const struct json *v = NULL;

    assert_true(json_parse(arena, text, JSON_DEPTH_MAX, &v, NULL));
    return v;
}

/* The value of an expected `payload`, a text or a generator of one. */
static const struct json *payload_of(struct arena *arena,
                                     const struct json *payload)
{
    struct buf b;
    struct slice text;

    if (json_is(payload, JSON_STRING))
        return parsed(arena, payload->text);
    buf_init(&b, SIZE_MAX / 2);
    put_steps(&b, json_find(payload, "gen"));
    text = arena_copy(arena, buf_slice(&b));
    buf_clear(&b);
    return parsed(arena, text);
}

/* What we do where the vector leaves it open, else what everybody must. */
static const struct json *verdict_of(const struct json *expect)
{
    const struct json *verdict = json_find(expect, "verdict");

    return json_is_text(verdict, "either") ? json_find(expect, "ours")
                                           : verdict;
}

static bool is_frame(struct arena *arena, const struct raw_frame *frame,
                     const struct json *wanted)
{
    return wanted && is_text(frame->type, json_find(wanted, "type")) &&
           is_text(frame->id, json_find(wanted, "id")) &&
           json_same(parsed(arena, frame->payload),
                     payload_of(arena, json_find(wanted, "payload")));
}

/* Takes what is whole; moves `*wanted` on; false at the first that differs. */
static bool frames_agree(struct arena *arena, struct raw_reader *reader,
                         const struct json **wanted)
{
    struct raw_frame frame;

    while (raw_reader_next(reader, arena, &frame) == RAW_FRAME) {
        if (!is_frame(arena, &frame, *wanted))
            return false;
        *wanted = (*wanted)->next;
    }
    return true;
}

static const char *end_of(const struct raw_reader *reader)
{
    if (reader->why)
        return "reject";
    return raw_reader_left(reader) ? "partial" : "accept";
}

/* Pieces of the lengths that `segments` lists (NULL: all in one), or of one
 * byte. */
static bool wire_agrees(const struct test *t, struct slice wire,
                        const struct json *segments, bool is_byte_by_byte)
{
    const struct json *wanted = json_find(t->expect, "frames")->first;
    const struct json *segment = segments ? segments->first : NULL;
    struct raw_reader reader;
    bool agrees = true;

    raw_reader_init(&reader, (uint32_t)t->body_max);
    while (wire.len && agrees) {
        size_t len = is_byte_by_byte ? 1
                     : segment       ? (size_t)number_of(segment)
                                     : wire.len;

        segment = segment ? segment->next : NULL;
        raw_reader_add(&reader, slice_head(wire, len));
        agrees = frames_agree(t->arena, &reader, &wanted);
        wire = slice_skip(wire, len);
    }
    agrees = agrees && !wanted &&
             json_is_text(verdict_of(t->expect), end_of(&reader)) &&
             reader.consumed == number_of(json_find(t->expect, "consumed"));
    raw_reader_clear(&reader);
    return agrees;
}

static bool decode_agrees(const struct test *t)
{
    const struct json *segments = json_find(t->vector, "segments");
    struct buf wire;
    bool agrees;

    buf_init(&wire, SIZE_MAX / 2);
    put_wire(&wire, json_find(t->vector, "wire"));
    agrees = wire_agrees(t, buf_slice(&wire), NULL, false);
    if (segments)
        agrees &= wire_agrees(t, buf_slice(&wire), segments, false);
    if (wire.len < BYTE_BY_BYTE_MAX)
        agrees &= wire_agrees(t, buf_slice(&wire), NULL, true);
    buf_clear(&wire);
    return agrees;
}

static bool details_agree(struct arena *arena, const struct json *details,
                          const struct json *wanted)
{
    if (!json_is(wanted, JSON_STRING))
        return !details;
    return json_same(details, parsed(arena, wanted->text));
}

static bool call_error_agrees(const struct test *t)
{
    struct slice payload = text_of(json_find(t->vector, "payload"));
    const struct json *retryable = json_find(t->expect, "retryable");
    struct raw_call_error error;
    const char *why;

    if (!raw_call_error(t->arena, payload, &error, &why))
        return json_is_text(verdict_of(t->expect), "reject");
    return json_is_text(verdict_of(t->expect), "accept") &&
           is_text(error.code, json_find(t->expect, "code")) &&
           is_text(error.message, json_find(t->expect, "message")) &&
           json_is(retryable, JSON_BOOL) &&
           error.is_retryable == retryable->is_true &&
           details_agree(t->arena, error.details,
                         json_find(t->expect, "details"));
}

static bool name_agrees(const struct test *t)
{
    struct slice written = text_of(json_find(t->vector, "operation_id"));
    struct slice name = raw_name(text_of(parsed(t->arena, written)));
    struct slice path = text_of(json_find(t->expect, "path"));

    return is_text(name, json_find(t->expect, "name")) &&
           is_text(raw_namespace(name), json_find(t->expect, "namespace")) &&
           slice_starts(path, slice_of("/")) &&
           slice_equal(slice_skip(path, 1), name);
}

static bool fingerprint_agrees(const struct test *t)
{
    struct slice wanted = text_of(json_find(t->expect, "fingerprint"));
    struct buf der;
    const char *text;

    buf_init(&der, SIZE_MAX / 2);
    put_hex(&der, text_of(json_find(t->vector, "der")));
    text = fingerprint_text(t->arena, buf_slice(&der));
    buf_clear(&der);
    return slice_equal(slice_of(text), wanted);
}

static bool token_hash_agrees(const struct test *t)
{
    char hash[TRANSCRIPT_HASH_LEN];

    transcript_digest(text_of(json_find(t->vector, "token")), hash);
    return is_text(slice_of(arena_text(t->arena, "sha256:%s", hash)),
                   json_find(t->expect, "hash"));
}

static const struct runner {
    const char *type;                     /* of a group */
    bool (*agrees)(const struct test *t); /* runs one vector of it; NULL: the
                                             judge has no opinion */
} runners[] = {
    {"fingerprint", fingerprint_agrees},
    {"token_hash", token_hash_agrees},
    {"access", NULL},
    {"access_form", NULL},
    {"peer_filter", NULL},
    {"fingerprint_text", NULL},
    {"peer_book", NULL},
    {"peer_book_form", NULL},
    {"api_key", NULL},
    {"api_key_form", NULL},
    {"validation", NULL},
    {"validation_form", NULL},
    {"discovery", NULL},
    {"forwarded_for", NULL},
    {"scoped_env", NULL},
    {"scoped_env_form", NULL},
    {"scoped_env_narrow", NULL},
    {"lookup", NULL},
    {"import", NULL},
    {"resource_path", NULL},
    {"resource_path_form", NULL},
    {"ownership", NULL},
    {"access_owned", NULL},
    {"rotation", NULL},
    {"encrypted_data", NULL},
    {"dialogue", NULL},
    {"decode", decode_agrees},
    {"call_error", call_error_agrees},
    {"name", name_agrees},
};

static const struct runner *runner_of(const struct json *group)
{
    for (size_t i = 0; i < sizeof runners / sizeof *runners; i++)
        if (json_is_text(json_find(group, "type"), runners[i].type))
            return &runners[i];
    return NULL;
}

static void run_group(struct tally *tally, const struct json *group)
{
    const struct runner *runner = runner_of(group);
    const struct json *params = json_find(group, "params");
    struct arena arena = {0};
    struct test t = {.arena = &arena, .body_max = RAW_BODY_MAX};

    if (!runner) {
        tally->unknown++;
        return;
    }
    (void)json_get_u64(json_find(params, "max_frame"), &t.body_max);
    t.vector = json_find(group, "tests")->first;
    for (; t.vector; t.vector = t.vector->next) {
        struct slice id = text_of(json_find(t.vector, "id"));

        t.expect = json_find(t.vector, "expect");
        tally->run++;
        tally->passed += !runner->agrees;
        if (runner->agrees && !runner->agrees(&t)) {
            tally->differ++;
            print_message("differs: %.*s\n", (int)id.len,
                          (const char *)id.data);
        }
        arena_clear(&arena);
    }
}

static void our_reader_makes_of_every_vector_what_it_says(void **state)
{
    (void)state;
    assert_true(vectors_files_count > 0);
    for (size_t i = 0; i < vectors_files_count; i++) {
        struct slice text =
            slice_make(vectors_files[i].data, vectors_files[i].len);
        struct arena arena = {0};
        struct tally tally = {0};
        const struct json *groups, *file = parsed(&arena, text);

        groups = json_find(file, "groups");
        if (groups) {
            for (const struct json *g = groups->first; g; g = g->next)
                run_group(&tally, g);
            print_message("%s: %zu vectors, %zu of them not ours\n",
                          vectors_files[i].name, tally.run, tally.passed);
            assert_int_equal(tally.unknown, 0);
            assert_int_equal(tally.differ, 0);
            assert_int_equal(tally.run,
                             number_of(json_find(file, "numberOfTests")));
        }
        arena_clear(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_reader_makes_of_every_vector_what_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
