/* SPDX-License-Identifier: MIT */
/* What the mutator makes of inputs of every sort: as long as it may be, the
 * same again, mostly as well-formed as before. */
#include "fuzz/mutator/mutator.h"
#include "fuzz/mutator/mutator_afl.h"
#include "fuzz/mutator/parts.h"
#include "ref/model/envelope.h"
#include "ref/model/frame.h"
#include "ref/test/t.h"

#define ROUNDS 4000
#define MAX 4096

#define ASKED                                                                  \
    "{\"type\":\"call.requested\",\"id\":\"q7\",\"payload\":{"                 \
    "\"operationId\":\"/o/0\",\"input\":{\"n\":1,\"list\":[1,2,\"three\"]}}}"
#define OTHER                                                                  \
    "{\"type\":\"call.aborted\",\"id\":\"other\",\"payload\":{\"w\":77}}"

static void add(struct buf *out, enum part_kind kind, const char *text)
{
    parts_write(&(struct part){kind, slice_of(text)}, out);
}

/* A byte that says how to cut, and three frames. */
static struct buf some_frames(void)
{
    struct buf b;

    buf_init(&b, SIZE_MAX);
    buf_put_byte(&b, 5);
    add(&b, PART_FRAME, ASKED);
    add(&b, PART_FRAME,
        "{\"type\":\"call.responded\",\"id\":\"q7\","
        "\"payload\":{\"output\":null}}");
    add(&b, PART_FRAME, ASKED);
    return b;
}

/* Steps of three bytes, and what is said in them. */
static struct buf some_program(void)
{
    struct buf b;

    buf_init(&b, SIZE_MAX);
    buf_put(&b, "\x10\x01\x02\x06\x40\x01");
    add(&b, PART_PIECE, ASKED);
    buf_put(&b, "\x07\x41\x03");
    add(&b, PART_PIECE, OTHER);
    buf_put(&b, "\x0b");
    return b;
}

/* ------------------------------------------------------------- readers */

static bool is_envelope(struct slice body)
{
    struct envelope e;
    struct buf scratch;
    const char *why;
    bool is_read;

    buf_init(&scratch, SIZE_MAX);
    is_read = envelope_parse(body, &scratch, &e, &why);
    buf_clear(&scratch);
    return is_read;
}

/* How many frames there are behind the first byte; -1: a length is wrong. */
static int count_frames(struct slice input, int *envelopes)
{
    struct frame_reader reader;
    struct slice rest = slice_skip(input, input.len ? 1 : 0), body;
    const char *why;
    enum frame_result event;
    int count = 0;

    frame_reader_init(&reader, MAX);
    while ((event = frame_read(&reader, &rest, &body, &why)) == FRAME_READY) {
        count++;
        *envelopes += is_envelope(body);
    }
    if (event == FRAME_BAD || frame_is_partial(&reader))
        count = -1;
    frame_reader_clear(&reader);
    return count;
}

/* ------------------------------------------------------------- tests */

static void nothing_is_longer_than_it_may_be_or_empty(void **state)
{
    struct buf frames = some_frames(), out;

    (void)state;
    buf_init(&out, SIZE_MAX);
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        const size_t max = seed % (2 * frames.len);

        (void)mutator_run(buf_slice(&frames), buf_slice(&frames), seed, max,
                          &out);
        assert_true(out.len <= max);
        assert_true(out.len > 0 || max == 0);
        (void)mutator_run(slice_head(buf_slice(&frames), seed % 2),
                          slice_make(NULL, 0), seed, max, &out);
        assert_true(out.len > 0 || max == 0);
    }
    buf_clear(&frames);
    buf_clear(&out);
}

static void one_seed_makes_one_input(void **state)
{
    struct buf frames = some_frames(), program = some_program(), a, b;
    unsigned same = 0;

    (void)state;
    buf_init(&a, SIZE_MAX);
    buf_init(&b, SIZE_MAX);
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        assert_int_equal(
            mutator_run(buf_slice(&frames), buf_slice(&program), seed, MAX, &a),
            mutator_run(buf_slice(&frames), buf_slice(&program), seed, MAX,
                        &b));
        assert_true(slice_equal(buf_slice(&a), buf_slice(&b)));
        same += slice_equal(buf_slice(&a), buf_slice(&frames));
    }
    assert_true(same < ROUNDS / 10); /* and another one than before */
    buf_clear(&frames);
    buf_clear(&program);
    buf_clear(&a);
    buf_clear(&b);
}

static void every_kind_of_change_is_made(void **state)
{
    struct buf inputs[2] = {some_frames(), some_program()}, out;

    (void)state;
    buf_init(&out, SIZE_MAX);
    for (int i = 0; i < 2; i++) {
        unsigned made[MUTATOR_KINDS] = {0};

        for (uint64_t seed = 0; seed < ROUNDS; seed++)
            made[mutator_run(buf_slice(&inputs[i]), buf_slice(&inputs[1 - i]),
                             seed, MAX, &out)]++;
        for (int kind = 0; kind < MUTATOR_KINDS; kind++)
            assert_true(made[kind] > ROUNDS / 100);
    }
    buf_clear(&inputs[0]);
    buf_clear(&inputs[1]);
    buf_clear(&out);
}

/* Else nothing behind a reader of frames would ever be reached. */
static void most_children_of_good_frames_are_good_frames(void **state)
{
    struct buf frames = some_frames(), out;
    int good = 0, bad = 0, count = 0, envelopes = 0;

    (void)state;
    buf_init(&out, SIZE_MAX);
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        int found;

        (void)mutator_run(buf_slice(&frames), buf_slice(&frames), seed, MAX,
                          &out);
        found = count_frames(buf_slice(&out), &envelopes);
        good += found >= 0;
        bad += found < 0;
        count += found > 0 ? found : 0;
    }
    assert_true(good > ROUNDS * 7 / 10);
    assert_true(bad > ROUNDS / 50); /* but not all */
    assert_true(envelopes > count * 7 / 10);
    buf_clear(&frames);
    buf_clear(&out);
}

static void pieces_of_programs_keep_their_lengths(void **state)
{
    struct buf program = some_program(), out;
    unsigned whole = 0;

    (void)state;
    buf_init(&out, SIZE_MAX);
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        struct part parts[PARTS_MAX];
        size_t count, pieces = 0;

        (void)mutator_run(buf_slice(&program), buf_slice(&program), seed, MAX,
                          &out);
        count = parts_read(buf_slice(&out), parts);
        for (size_t i = 0; i < count; i++)
            pieces += parts[i].kind == PART_PIECE;
        whole += pieces > 0;
    }
    assert_true(whole > ROUNDS * 8 / 10);
    buf_clear(&program);
    buf_clear(&out);
}

/* The frames of both, whole ones, and nothing else. */
static void splices_hold_together(void **state)
{
    struct buf frames = some_frames(), other, out;
    unsigned count = 0;

    (void)state;
    buf_init(&out, SIZE_MAX);
    buf_init(&other, SIZE_MAX);
    buf_put_byte(&other, 5);
    add(&other, PART_FRAME, OTHER);
    add(&other, PART_FRAME, OTHER);
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        int ignored = 0;

        if (mutator_run(buf_slice(&frames), buf_slice(&other), seed, MAX,
                        &out) != MUTATOR_SPLICE ||
            slice_find(buf_slice(&out), slice_of("q7")) == out.len ||
            slice_find(buf_slice(&out), slice_of(OTHER)) == out.len)
            continue;
        count += count_frames(buf_slice(&out), &ignored) > 0;
    }
    assert_true(count > ROUNDS / 100);
    buf_clear(&frames);
    buf_clear(&other);
    buf_clear(&out);
}

/* Of one request alone: its id comes back in an answer behind it. */
static void requests_are_answered(void **state)
{
    struct buf frames, out;
    unsigned count = 0;

    (void)state;
    buf_init(&out, SIZE_MAX);
    buf_init(&frames, SIZE_MAX);
    buf_put_byte(&frames, 0);
    add(&frames, PART_FRAME, ASKED);
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        (void)mutator_run(buf_slice(&frames), slice_make(NULL, 0), seed, MAX,
                          &out);
        count += slice_starts(buf_slice(&out), buf_slice(&frames)) &&
                 slice_find(slice_skip(buf_slice(&out), frames.len),
                            slice_of("responded\",\"id\":\"q7\"")) <
                     out.len - frames.len;
    }
    assert_true(count > ROUNDS / 100);
    buf_clear(&frames);
    buf_clear(&out);
}

static void bodies_stay_bodies(void **state)
{
    struct buf out;
    int envelopes = 0;

    (void)state;
    buf_init(&out, SIZE_MAX);
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        (void)mutator_run(slice_of(ASKED), slice_of(OTHER), seed, MAX, &out);
        envelopes += is_envelope(buf_slice(&out));
    }
    assert_true(envelopes > ROUNDS / 2);
    buf_clear(&out);
}

/* From nothing, through everything that comes of it. */
static void any_bytes_are_taken(void **state)
{
    struct buf made[3];

    (void)state;
    for (int i = 0; i < 3; i++)
        buf_init(&made[i], SIZE_MAX);
    for (uint64_t seed = 0; seed < 4 * ROUNDS; seed++)
        (void)mutator_run(buf_slice(&made[seed % 3]),
                          buf_slice(&made[(seed + 2) % 3]), seed,
                          seed % 512 == 0 ? 0 : MAX, &made[(seed + 1) % 3]);
    for (int i = 0; i < 3; i++)
        buf_clear(&made[i]);
}

static void afl_gets_the_same_of_the_same_seed(void **state)
{
    struct buf frames = some_frames();
    void *a = afl_custom_init(NULL, 7), *b = afl_custom_init(NULL, 7);

    (void)state;
    for (int i = 0; i < 100; i++) {
        uint8_t *one, *two;
        size_t one_len =
            afl_custom_fuzz(a, frames.data, frames.len, &one, NULL, 0, MAX);
        size_t two_len =
            afl_custom_fuzz(b, frames.data, frames.len, &two, NULL, 0, MAX);

        assert_true(
            slice_equal(slice_make(one, one_len), slice_make(two, two_len)));
    }
    afl_custom_deinit(a);
    afl_custom_deinit(b);
    buf_clear(&frames);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_longer_than_it_may_be_or_empty),
        cmocka_unit_test(one_seed_makes_one_input),
        cmocka_unit_test(every_kind_of_change_is_made),
        cmocka_unit_test(most_children_of_good_frames_are_good_frames),
        cmocka_unit_test(pieces_of_programs_keep_their_lengths),
        cmocka_unit_test(splices_hold_together),
        cmocka_unit_test(requests_are_answered),
        cmocka_unit_test(bodies_stay_bodies),
        cmocka_unit_test(any_bytes_are_taken),
        cmocka_unit_test(afl_gets_the_same_of_the_same_seed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
