/* SPDX-License-Identifier: MIT */
/*
 * The judge's reader and writer of the wire: framing, limits, the envelope,
 * the error, names. Whatever is read is read whole and byte by byte, and both
 * must agree.
 */
#include "conformance/raw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static struct arena arena;

static int clear_arena(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static void assert_slice(struct slice got, const char *wanted)
{
    assert_int_equal(got.len, strlen(wanted));
    if (got.len)
        assert_memory_equal(got.data, wanted, got.len);
}

static const char why_none[] = "";

/* Reads one body; the refusal's reason, or why_none. */
static const char *refusal(const char *body)
{
    struct raw_frame frame;
    const char *why = why_none;

    (void)raw_parse(&arena, slice_of(body), &frame, &why);
    return why;
}

static void an_envelope_has_each_member_once(void **state)
{
    static const char *const taken[] = {
        "{\"type\":\"t\",\"id\":\"i\",\"payload\":{}}",
        "{\"payload\":null,\"id\":\"\",\"type\":\"\"}",
        " {\"id\":\"i\" ,\"type\":\"no.such\",\"payload\":[1]}\n\t\r ",
        "{\"type\":\"t\",\"id\":\"i\",\"payload\":{\"a\":1,\"a\":2}}",
        "{\"type\":\"t\",\"id\":\"i\",\"payload\":{},\"x\":1,\"x\":2}",
        "{\"type\":\"t\",\"id\":\"\\u0000\\n\",\"payload\":\"x\"}",
        "{\"\\u0074ype\":\"t\",\"id\":\"i\",\"payload\":0}",
        "{\"Type\":1,\"type\":\"t\",\"id\":\"i\",\"payload\":true}",
    };
    static const char *const refused[] = {
        "{}",
        "[]",
        "null",
        "\"x\"",
        "1",
        "",
        "{\"id\":\"i\",\"payload\":{}}",
        "{\"type\":\"t\",\"payload\":{}}",
        "{\"type\":\"t\",\"id\":\"i\"}",
        "{\"Type\":\"t\",\"id\":\"i\",\"payload\":{}}",
        "{\"type\":null,\"id\":\"i\",\"payload\":{}}",
        "{\"type\":1,\"id\":\"i\",\"payload\":{}}",
        "{\"type\":\"t\",\"id\":1,\"payload\":{}}",
        "{\"type\":\"t\",\"id\":null,\"payload\":{}}",
        "{\"type\":\"t\",\"id\":{},\"payload\":{}}",
        "{\"type\":\"t\",\"type\":\"t\",\"id\":\"i\",\"payload\":{}}",
        "{\"type\":\"t\",\"id\":\"i\",\"\\u0069d\":\"i\",\"payload\":{}}",
        "{\"type\":\"t\",\"id\":\"i\",\"payload\":{},\"payload\":{}}",
        "[\"t\",\"i\",{}]",
        "\xef\xbb\xbf{\"type\":\"t\",\"id\":\"i\",\"payload\":{}}",
        "{\"type\":\"t\",\"id\":\"i\",\"payload\":{}}x",
        "{\"type\":\"t\",\"id\":\"i\",\"payload\":{}}{}",
        "{\"type\":\"t\",\"id\":\"i\",\"payload\":1e999}",
        "{\"type\":\"t\",\"id\":\"i\",\"payload\":NaN}",
        "{\"type\":\"t\",\"id\":\"\\ud800\",\"payload\":{}}",
        "{\"type\":\"t\",\"id\":\"i\",\"payload\":\"\xff\"}",
        "{\"type\":\"t\",\"id\":\"i\",\"payload\":{},\"x\":\"\xff\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        assert_ptr_equal(refusal(taken[i]), why_none);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        print_message("%s\n", refused[i]);
        assert_ptr_not_equal(refusal(refused[i]), why_none);
    }
}

static void a_payload_is_kept_as_it_was_written(void **state)
{
    struct raw_frame frame;
    const char *why;

    (void)state;
    assert_true(raw_parse(&arena,
                          slice_of("{\"type\":\"\\u0074\",\"id\":\"\\n\","
                                   "\"payload\": {\"a\" : 1.50} }"),
                          &frame, &why));
    assert_slice(frame.type, "t");
    assert_slice(frame.id, "\n");
    assert_slice(frame.payload, "{\"a\" : 1.50}");
}

/* What a reader made of some bytes. */
struct heard {
    size_t frames;     /* frames taken */
    uint64_t consumed; /* bytes of these */
    size_t left;       /* bytes left over, as far as it was not refused */
    bool is_refused;   /* it ended so */
};

/* Reads `bytes` in pieces of at most `piece`. */
static struct heard hear(struct slice bytes, size_t piece, uint32_t body_max)
{
    struct heard heard = {0};
    struct raw_reader reader;

    raw_reader_init(&reader, body_max);
    while (bytes.len) {
        size_t len = bytes.len < piece ? bytes.len : piece;
        struct raw_frame frame;

        raw_reader_add(&reader, slice_head(bytes, len));
        while (raw_reader_next(&reader, &arena, &frame) == RAW_FRAME)
            heard.frames++;
        bytes = slice_skip(bytes, len);
    }
    heard.consumed = reader.consumed;
    heard.is_refused = reader.why != NULL;
    heard.left = heard.is_refused ? 0 : raw_reader_left(&reader);
    raw_reader_clear(&reader);
    return heard;
}

/* The same in pieces of every size. */
static struct heard hear_all_ways(struct slice bytes, uint32_t body_max)
{
    struct heard whole = hear(bytes, SIZE_MAX, body_max);

    for (size_t piece = 1; piece <= bytes.len; piece++) {
        struct heard cut = hear(bytes, piece, body_max);

        assert_int_equal(cut.frames, whole.frames);
        assert_int_equal(cut.consumed, whole.consumed);
        assert_int_equal(cut.left, whole.left);
        assert_int_equal(cut.is_refused, whole.is_refused);
    }
    return whole;
}

static void put_good(struct buf *b)
{
    raw_put(b, slice_of("call.completed"), slice_of("a"), slice_of("{}"));
}

static void a_frame_is_four_bytes_of_length_and_a_body(void **state)
{
    static const char wanted[] =
        "\0\0\0\x2f{\"type\":\"call.completed\",\"id\":\"a\",\"payload\":{}}";
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    put_good(&b);
    assert_int_equal(b.len, sizeof wanted - 1);
    assert_memory_equal(b.data, wanted, b.len);
    buf_clear(&b);
}

static void frames_are_read_however_they_are_cut(void **state)
{
    struct heard heard;
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    put_good(&b);
    put_good(&b);
    put_good(&b);
    buf_put(&b, "abc");
    b.data[b.len - 3] = b.data[b.len - 2] = b.data[b.len - 1] = 0;
    heard = hear_all_ways(buf_slice(&b), RAW_BODY_MAX);
    assert_int_equal(heard.frames, 3);
    assert_int_equal(heard.consumed, 3 * 51);
    assert_int_equal(heard.left, 3);
    assert_false(heard.is_refused);
    buf_clear(&b);
}

static void nothing_after_a_refusal_is_looked_at(void **state)
{
    struct heard heard;
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    put_good(&b);
    raw_put_body(&b, slice_of("{]"));
    put_good(&b);
    heard = hear_all_ways(buf_slice(&b), RAW_BODY_MAX);
    assert_int_equal(heard.frames, 1);
    assert_int_equal(heard.consumed, 51);
    assert_true(heard.is_refused);
    buf_clear(&b);
}

static void a_length_is_judged_by_the_prefix_alone(void **state)
{
    static const struct row {
        uint32_t len;    /* announced */
        bool is_refused; /* at once */
    } rows[] = {
        {0, true},
        {1, false},
        {RAW_BODY_MAX, false},
        {RAW_BODY_MAX + 1, true},
        {0x7fffffff, true},
        {0x80000000, true},
        {UINT32_MAX, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct heard heard;
        struct buf b;

        buf_init(&b, 64);
        raw_put_lie(&b, rows[i].len, slice_of(""));
        heard = hear_all_ways(buf_slice(&b), RAW_BODY_MAX);
        assert_int_equal(heard.is_refused, rows[i].is_refused);
        assert_int_equal(heard.left, rows[i].is_refused ? 0 : 4);
        buf_clear(&b);
    }
}

static void a_smaller_limit_is_kept_inclusively(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    put_good(&b);
    assert_int_equal(hear_all_ways(buf_slice(&b), 47).frames, 1);
    assert_true(hear_all_ways(buf_slice(&b), 46).is_refused);
    buf_clear(&b);
}

static void a_lying_length_takes_what_it_says(void **state)
{
    static const char body[] = "{\"type\":\"t\",\"id\":\"\",\"payload\":{}}";
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    raw_put_lie(&b, sizeof body, slice_of(body)); /* one too many */
    assert_int_equal(hear_all_ways(buf_slice(&b), RAW_BODY_MAX).frames, 0);
    buf_put(&b, " ");
    assert_int_equal(hear_all_ways(buf_slice(&b), RAW_BODY_MAX).frames, 1);
    b.data[b.len - 1] = '}';
    assert_true(hear_all_ways(buf_slice(&b), RAW_BODY_MAX).is_refused);
    buf_reset(&b);
    raw_put_lie(&b, sizeof body - 2, slice_of(body)); /* one too few */
    assert_true(hear_all_ways(buf_slice(&b), RAW_BODY_MAX).is_refused);
    buf_clear(&b);
}

static void a_frame_of_the_largest_size_is_taken(void **state)
{
    static const char head[] = "{\"type\":\"t\",\"id\":\"\",\"payload\":\"";
    struct buf body, b;
    struct heard heard;

    (void)state;
    buf_init(&body, RAW_BODY_MAX);
    buf_init(&b, RAW_BODY_MAX + 4);
    buf_put(&body, head);
    assert_true(buf_reserve(&body, RAW_BODY_MAX - body.len));
    memset(body.data + body.len, 'x', RAW_BODY_MAX - body.len);
    body.len = RAW_BODY_MAX;
    memcpy(body.data + body.len - 2, "\"}", 2);
    raw_put_body(&b, buf_slice(&body));
    heard = hear(buf_slice(&b), 1 << 20, RAW_BODY_MAX);
    assert_int_equal(heard.frames, 1);
    assert_int_equal(heard.consumed, RAW_BODY_MAX + 4u);
    buf_clear(&body);
    buf_clear(&b);
}

static void the_depth_counts_the_envelope(void **state)
{
    static const struct row {
        size_t levels;   /* of the payload */
        bool is_refused; /* is it too deep? */
    } rows[] = {{1, false}, {32, false}, {127, false}, {128, true}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf payload, b;

        buf_init(&payload, 4096);
        buf_init(&b, 4096);
        for (size_t n = 0; n < rows[i].levels; n++)
            buf_put(&payload, "[");
        for (size_t n = 0; n < rows[i].levels; n++)
            buf_put(&payload, "]");
        raw_put(&b, slice_of("t"), slice_of("i"), buf_slice(&payload));
        assert_int_equal(hear(buf_slice(&b), SIZE_MAX, 4096).is_refused,
                         rows[i].is_refused);
        buf_clear(&payload);
        buf_clear(&b);
    }
}

static void what_is_written_is_read_back(void **state)
{
    static const struct row {
        struct slice type, id; /* any bytes that are text */
    } rows[] = {
        {{(const uint8_t *)"call.requested", 14}, {(const uint8_t *)"", 0}},
        {{(const uint8_t *)"a\0b", 3}, {(const uint8_t *)"\"\\\n\x1b", 4}},
        {{(const uint8_t *)"\xf0\x9f\x98\x80", 4}, {(const uint8_t *)"/", 1}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct raw_frame frame;
        struct raw_reader reader;
        struct buf b;

        buf_init(&b, 4096);
        raw_reader_init(&reader, RAW_BODY_MAX);
        raw_put(&b, rows[i].type, rows[i].id, slice_of("[1]"));
        raw_reader_add(&reader, buf_slice(&b));
        assert_int_equal(raw_reader_next(&reader, &arena, &frame), RAW_FRAME);
        assert_true(slice_equal(frame.type, rows[i].type));
        assert_true(slice_equal(frame.id, rows[i].id));
        assert_slice(frame.payload, "[1]");
        assert_int_equal(raw_reader_next(&reader, &arena, &frame), RAW_MORE);
        raw_reader_clear(&reader);
        buf_clear(&b);
    }
}

static void an_empty_payload_is_left_out(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    raw_put(&b, slice_of("t"), slice_of("i"), slice_of(""));
    assert_slice(slice_skip(buf_slice(&b), 4), "{\"type\":\"t\",\"id\":\"i\"}");
    assert_true(hear_all_ways(buf_slice(&b), 4096).is_refused);
    buf_clear(&b);
}

static void an_error_needs_code_message_and_retryable(void **state)
{
    static const struct row {
        const char *payload; /* of a call.error */
        bool is_taken;       /* is it one? */
        const char *details; /* their source, or NULL */
    } rows[] = {
        {"{\"code\":\"c\",\"message\":\"m\",\"retryable\":true}", true, NULL},
        {"{\"code\":\"\",\"message\":\"\",\"retryable\":true,\"details\":null}",
         true, NULL},
        {"{\"code\":\"c\",\"message\":\"m\",\"retryable\":true,\"details\":0}",
         true, "0"},
        {"{\"code\":\"c\",\"message\":\"m\",\"retryable\":true,\"x\":[]}", true,
         NULL},
        {"{\"code\":0,\"code\":\"c\",\"message\":\"m\",\"retryable\":true}",
         true, NULL},
        {"{\"code\":\"c\",\"message\":\"m\"}", false, NULL},
        {"{\"code\":\"c\",\"message\":\"m\",\"retryable\":1}", false, NULL},
        {"{\"code\":\"c\",\"message\":\"m\",\"retryable\":\"true\"}", false,
         NULL},
        {"{\"code\":1,\"message\":\"m\",\"retryable\":true}", false, NULL},
        {"{\"code\":\"c\",\"message\":null,\"retryable\":true}", false, NULL},
        {"{\"message\":\"m\",\"retryable\":true}", false, NULL},
        {"[\"c\",\"m\",true,null]", false, NULL},
        {"null", false, NULL},
        {"{", false, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct raw_call_error error;
        const char *why = NULL;

        print_message("%s\n", rows[i].payload);
        assert_int_equal(
            raw_call_error(&arena, slice_of(rows[i].payload), &error, &why),
            rows[i].is_taken);
        assert_int_equal(why == NULL, rows[i].is_taken);
        if (!rows[i].is_taken)
            continue;
        assert_true(error.is_retryable);
        assert_int_equal(error.details != NULL, rows[i].details != NULL);
        if (rows[i].details)
            assert_slice(error.details->source, rows[i].details);
    }
}

static void one_slash_is_stripped_from_a_name(void **state)
{
    static const struct row {
        const char *operation_id; /* as sent */
        const char *name;         /* as looked up */
        const char *space;        /* up to its first slash */
    } rows[] = {
        {"/fs/readFile", "fs/readFile", "fs"},
        {"fs/readFile", "fs/readFile", "fs"},
        {"//fs/readFile", "/fs/readFile", ""},
        {"/fs/readFile/", "fs/readFile/", "fs"},
        {"/a/b/c", "a/b/c", "a"},
        {"echo", "echo", "echo"},
        {"/", "", ""},
        {"", "", ""},
        {"/FS/%2e", "FS/%2e", "FS"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice name = raw_name(slice_of(rows[i].operation_id));

        assert_slice(name, rows[i].name);
        assert_slice(raw_namespace(name), rows[i].space);
    }
}

#define TEST(name) cmocka_unit_test_teardown(name, clear_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_envelope_has_each_member_once),
        TEST(a_payload_is_kept_as_it_was_written),
        TEST(a_frame_is_four_bytes_of_length_and_a_body),
        TEST(frames_are_read_however_they_are_cut),
        TEST(nothing_after_a_refusal_is_looked_at),
        TEST(a_length_is_judged_by_the_prefix_alone),
        TEST(a_smaller_limit_is_kept_inclusively),
        TEST(a_lying_length_takes_what_it_says),
        TEST(a_frame_of_the_largest_size_is_taken),
        TEST(the_depth_counts_the_envelope),
        TEST(what_is_written_is_read_back),
        TEST(an_empty_payload_is_left_out),
        TEST(an_error_needs_code_message_and_retryable),
        TEST(one_slash_is_stripped_from_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
