/* SPDX-License-Identifier: MIT */
/*
 * The judge's reader of JSON against RFC 8259: what it takes, what it refuses
 * and where, what it finds and what it calls equal.
 */
#include <stdalign.h>

#include "conformance/json_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

/* A string literal with its NULs. */
#define BYTES(literal)                                                         \
    {                                                                          \
        (const uint8_t *)(literal), sizeof(literal) - 1                        \
    }

static struct arena arena;

static int clear_arena(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static const struct json *read_slice(struct slice text)
{
    const struct json *v = NULL;

    return json_parse(&arena, text, JSON_DEPTH_MAX, &v, NULL) ? v : NULL;
}

static const struct json *read_text(const char *text)
{
    return read_slice(slice_of(text));
}

static void assert_slice(struct slice got, struct slice wanted)
{
    assert_int_equal(got.len, wanted.len);
    if (wanted.len)
        assert_memory_equal(got.data, wanted.data, wanted.len);
}

static void what_is_json_is_read_and_printed_compactly(void **state)
{
    static const struct row {
        const char *text;   /* as it is read */
        const char *wanted; /* as it is printed */
    } rows[] = {
        {"null", "null"},
        {" true\t", "true"},
        {"\r\nfalse\n", "false"},
        {"0", "0"},
        {"-0", "-0"},
        {"-1.50e+10", "-1.50e+10"},
        {"1E5", "1E5"},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
        {"1e-999", "1e-999"},
        {"\"\"", "\"\""},
        {"\"\\u0041\\/\"", "\"A/\""},
        {"\"\\b\\f\\n\\r\\t\\\"\\\\\"", "\"\\b\\f\\n\\r\\t\\\"\\\\\""},
        {"\"\\u000b\\u0000\\u001F\"", "\"\\u000b\\u0000\\u001f\""},
        {"\"\\ud83d\\uDE00\"", "\"\xf0\x9f\x98\x80\""},
        {"\"\\u00e9\\u20ac\"", "\"\xc3\xa9\xe2\x82\xac\""},
        {"\"\\uffff\"", "\"\xef\xbf\xbf\""},
        {"\"\x7f\"", "\"\x7f\""},
        {"[]", "[]"},
        {"[ ]", "[]"},
        {"{ }", "{}"},
        {"[1 , [ ] ,{}]", "[1,[],{}]"},
        {"{\"b\" : 1,\"a\":[true]}", "{\"b\":1,\"a\":[true]}"},
        {"{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}"},
        {"{\"\":null}", "{\"\":null}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct json *v = read_text(rows[i].text);
        struct buf printed;

        print_message("%s\n", rows[i].text);
        assert_non_null(v);
        buf_init(&printed, 4096);
        json_out_print(&printed, v);
        assert_slice(buf_slice(&printed), slice_of(rows[i].wanted));
        assert_true(json_same(v, read_slice(buf_slice(&printed))));
        buf_clear(&printed);
    }
}

static const struct refused {
    struct slice text; /* no JSON */
    size_t offset;     /* where that is seen */
} refused[] = {
    {BYTES(""), 0},
    {BYTES("  "), 2},
    {BYTES("nul"), 0},
    {BYTES("nulL"), 0},
    {BYTES("True"), 0},
    {BYTES("nullx"), 4},
    {BYTES("1 2"), 2},
    {BYTES("{} {}"), 3},
    {BYTES("{}\0"), 2},
    {BYTES("\xef\xbb\xbf{}"), 0},
    {BYTES("NaN"), 0},
    {BYTES("Infinity"), 0},
    {BYTES("-Infinity"), 1},
    {BYTES("1e999"), 5},
    {BYTES("-1e999"), 6},
    {BYTES("01"), 1},
    {BYTES("-"), 1},
    {BYTES("-01"), 2},
    {BYTES("+1"), 0},
    {BYTES(".5"), 0},
    {BYTES("1."), 2},
    {BYTES("1.e1"), 2},
    {BYTES("1e"), 2},
    {BYTES("1e+"), 3},
    {BYTES("0x10"), 1},
    {BYTES("1_000"), 1},
    {BYTES("'a'"), 0},
    {BYTES("\""), 1},
    {BYTES("\"a"), 2},
    {BYTES("\"\\"), 1},
    {BYTES("\"\\x\""), 1},
    {BYTES("\"\\\0\""), 1},
    {BYTES("\"\\U0041\""), 1},
    {BYTES("\"\\u12"), 1},
    {BYTES("\"\\u12g4\""), 1},
    {BYTES("\"a\nb\""), 2},
    {BYTES("\"a\0b\""), 2},
    {BYTES("\"\x1f\""), 1},
    {BYTES("\"\\ud800\""), 1},
    {BYTES("\"\\udc00\""), 1},
    {BYTES("\"\\ud800\\u0041\""), 1},
    {BYTES("\"\\ud800\\ud800\""), 1},
    {BYTES("\"\\ud800\\n\""), 1},
    {BYTES("\"\\ud83d\xed\xb8\x80\""), 1},
    {BYTES("\"\x80\""), 1},
    {BYTES("\"\xc0\xaf\""), 1},
    {BYTES("\"\xc1\xbf\""), 1},
    {BYTES("\"\xe0\x80\x80\""), 1},
    {BYTES("\"\xed\xa0\x80\""), 1},
    {BYTES("\"\xf0\x80\x80\x80\""), 1},
    {BYTES("\"\xf4\x90\x80\x80\""), 1},
    {BYTES("\"\xf5\x80\x80\x80\""), 1},
    {BYTES("\"ab\xe2\x82\""), 3},
    {BYTES("\"\xff\""), 1},
    {BYTES("\xa0"
           "1"),
     0},
    {BYTES("["), 1},
    {BYTES("[1"), 2},
    {BYTES("[1,"), 3},
    {BYTES("[1,]"), 3},
    {BYTES("[,1]"), 1},
    {BYTES("[1 2]"), 3},
    {BYTES("[1}"), 2},
    {BYTES("]"), 0},
    {BYTES("{"), 1},
    {BYTES("{\"a\"}"), 4},
    {BYTES("{\"a\":}"), 5},
    {BYTES("{\"a\":1,}"), 7},
    {BYTES("{a:1}"), 1},
    {BYTES("{1:1}"), 1},
    {BYTES("{\"a\" 1}"), 5},
    {BYTES("{\"a\":1]"), 6},
    {BYTES("{\"a\":1 \"b\":2}"), 7},
    {BYTES("[1] // one"), 4},
    {BYTES("/* */1"), 0},
    {BYTES("\f1"), 0},
};

static void what_is_no_json_is_refused_where_it_goes_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const struct json *v = NULL;
        struct json_error error = {0};

        print_message("row %zu: %.*s\n", i, (int)refused[i].text.len,
                      (const char *)refused[i].text.data);
        assert_false(json_parse(&arena, refused[i].text, 8, &v, &error));
        assert_null(v);
        assert_non_null(error.why);
        assert_int_equal(error.offset, refused[i].offset);
        assert_false(
            json_parse_shallow(&arena, refused[i].text, 8, 1, &v, &error));
        assert_int_equal(error.offset, refused[i].offset);
    }
}

static void a_value_without_text_is_refused(void **state)
{
    (void)state;
    assert_null(read_slice((struct slice){0}));
}

static struct slice nested(char opener, char closer, size_t levels)
{
    uint8_t *text = arena_new(&arena, 2 * levels, 1);

    memset(text, opener, levels);
    memset(text + levels, closer, levels);
    return slice_make(text, 2 * levels);
}

static void the_depth_is_what_the_caller_allows(void **state)
{
    const struct json *v;
    struct json_error error;

    (void)state;
    assert_true(json_parse(&arena, nested('[', ']', 128), 128, &v, NULL));
    assert_false(json_parse(&arena, nested('[', ']', 129), 128, &v, &error));
    assert_int_equal(error.offset, 129);
    assert_true(json_parse(&arena, slice_of("1"), 0, &v, NULL));
    assert_false(json_parse(&arena, slice_of("[]"), 0, &v, NULL));
    assert_true(json_parse(&arena, slice_of("[[],{},[]]"), 2, &v, NULL));
    assert_false(json_parse(&arena, nested('[', ']', 1000000), 128, &v, NULL));
}

static void a_long_number_is_read_as_a_double(void **state)
{
    char text[400];
    const struct json *v;

    (void)state;
    memset(text, '0', sizeof text);
    text[0] = '1';
    assert_null(read_slice(slice_make(text, sizeof text)));
    v = read_slice(slice_make(text, 200));
    assert_true(v->number > 0.99e199 && v->number < 1.01e199);
    memcpy(text + sizeof text - 5, "e-390", 5);
    v = read_slice(slice_make(text, sizeof text));
    assert_true(v->number > 9.9e3 && v->number < 10.1e3);
}

static void strings_are_decoded_with_their_nuls(void **state)
{
    static const uint8_t wanted[] = {'a', 0, 'b', 0xf0, 0x90, 0x80, 0x80};
    struct slice text;

    (void)state;
    assert_true(json_get_text(read_text("\"a\\u0000b\\uD800\\udc00\""), &text));
    assert_slice(text, slice_make(wanted, sizeof wanted));
}

static void the_last_of_repeated_members_counts(void **state)
{
    const struct json *v = read_text("{\"a\":1,\"b\":2,\"\\u0061\":3}");
    uint64_t number;

    (void)state;
    assert_int_equal(v->count, 3);
    assert_int_equal(json_count(v, "a"), 2);
    assert_int_equal(json_count(v, "b"), 1);
    assert_int_equal(json_count(v, "c"), 0);
    assert_true(json_get_u64(json_find(v, "a"), &number));
    assert_int_equal(number, 3);
    assert_true(json_get_u64(v->first, &number));
    assert_int_equal(number, 1);
    assert_null(json_find(v, "c"));
}

static void lookups_in_the_wrong_place_find_nothing(void **state)
{
    const struct json *list = read_text("[10,[20]]");
    uint64_t number;

    (void)state;
    assert_null(json_find(NULL, "a"));
    assert_null(json_find(list, "a"));
    assert_int_equal(json_count(list, "a"), 0);
    assert_null(json_at(NULL, 0));
    assert_null(json_at(list, 2));
    assert_null(json_at(json_at(list, 0), 0));
    assert_true(json_get_u64(json_at(json_at(list, 1), 0), &number));
    assert_int_equal(number, 20);
    assert_false(json_is(NULL, JSON_NULL));
    assert_false(json_is_text(NULL, ""));
    assert_true(json_is_text(read_text("\"x\""), "x"));
    assert_false(json_is_text(read_text("\"x\\u0000\""), "x"));
}

static void every_value_remembers_its_source(void **state)
{
    const struct json *v =
        read_text(" { \"a\" : [1, 2] , \"b\":\"\\u0041\" } ");

    (void)state;
    assert_slice(v->source, slice_of("{ \"a\" : [1, 2] , \"b\":\"\\u0041\" }"));
    assert_slice(json_find(v, "a")->source, slice_of("[1, 2]"));
    assert_slice(json_at(json_find(v, "a"), 1)->source, slice_of("2"));
    assert_slice(json_find(v, "b")->source, slice_of("\"\\u0041\""));
}

static void a_shallow_read_keeps_only_the_source_of_what_is_inside(void **state)
{
    struct slice text = slice_of("{\"a\":[[1],{\"x\":\"\\n\"}],\"b\":\"\\n\"}");
    const struct json *v;

    (void)state;
    assert_true(json_parse_shallow(&arena, text, 128, 1, &v, NULL));
    assert_int_equal(v->count, 2);
    assert_true(json_is(json_find(v, "a"), JSON_ARRAY));
    assert_null(json_at(json_find(v, "a"), 0));
    assert_slice(json_find(v, "a")->source, slice_of("[[1],{\"x\":\"\\n\"}]"));
    assert_true(json_is_text(json_find(v, "b"), "\n"));
    assert_false(
        json_parse_shallow(&arena, slice_of("[[[1e999]]]"), 128, 1, &v, NULL));
    assert_true(json_parse_shallow(&arena, text, 128, 2, &v, NULL));
    assert_true(json_is(json_at(json_find(v, "a"), 0), JSON_ARRAY));
    assert_null(json_find(json_at(json_find(v, "a"), 1), "x"));
}

static void integers_are_exact_up_to_64_bits(void **state)
{
    static const struct row {
        const char *text; /* a number */
        bool is_u64;      /* it is one */
        uint64_t as_u64;  /* and which */
        bool is_i64;      /* likewise */
        int64_t as_i64;   /* likewise */
    } rows[] = {
        {"0", true, 0, true, 0},
        {"-0", true, 0, true, 0},
        {"-1", false, 0, true, -1},
        {"9007199254740993", true, 9007199254740993, true, 9007199254740993},
        {"9223372036854775807", true, INT64_MAX, true, INT64_MAX},
        {"9223372036854775808", true, 1ull << 63, false, 0},
        {"-9223372036854775808", false, 0, true, INT64_MIN},
        {"-9223372036854775809", false, 0, false, 0},
        {"18446744073709551615", true, UINT64_MAX, false, 0},
        {"18446744073709551616", false, 0, false, 0},
        {"99999999999999999999", false, 0, false, 0},
        {"1.0", false, 0, false, 0},
        {"1e2", false, 0, false, 0},
        {"\"1\"", false, 0, false, 0},
        {"true", false, 0, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct json *v = read_text(rows[i].text);
        uint64_t u = 7;
        int64_t s = 7;

        print_message("%s\n", rows[i].text);
        assert_int_equal(json_get_u64(v, &u), rows[i].is_u64);
        assert_true(u == (rows[i].is_u64 ? rows[i].as_u64 : 7));
        assert_int_equal(json_get_i64(v, &s), rows[i].is_i64);
        assert_true(s == (rows[i].is_i64 ? rows[i].as_i64 : 7));
    }
}

static void equality_is_by_value(void **state)
{
    static const struct row {
        const char *a;     /* one value */
        const char *b;     /* another */
        bool are_the_same; /* are they? */
    } rows[] = {
        {"null", "null", true},
        {"null", "false", false},
        {"true", "false", false},
        {"1", "1.0", true},
        {"100", "1e2", true},
        {"0", "-0", true},
        {"-0.0", "0", true},
        {"1", "-1", false},
        {"1", "\"1\"", false},
        {"9007199254740993", "9007199254740992", false},
        {"9007199254740993", "9007199254740992.0", true},
        {"18446744073709551615", "18446744073709551614", false},
        {"18446744073709551616", "18446744073709551617", true},
        {"\"\\u0041\"", "\"A\"", true},
        {"\"A\"", "\"A\\u0000\"", false},
        {"[1,2]", "[ 1, 2 ]", true},
        {"[1,2]", "[2,1]", false},
        {"[1]", "[1,1]", false},
        {"[]", "{}", false},
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true},
        {"{\"a\":1}", "{\"a\":1,\"b\":2}", false},
        {"{\"a\":1,\"b\":2}", "{\"a\":1}", false},
        {"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false},
        {"{\"a\":0,\"a\":1}", "{\"a\":1}", true},
        {"{\"a\":1,\"a\":0}", "{\"a\":1}", false},
        {"{\"a\":null}", "{}", false},
        {"{\"a\":[{\"b\":{}}]}", "{\"a\":[{\"b\":{}}]}", true},
        {"{\"a\":[{\"b\":{}}]}", "{\"a\":[{\"b\":[]}]}", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct json *a = read_text(rows[i].a), *b = read_text(rows[i].b);

        print_message("%s and %s\n", rows[i].a, rows[i].b);
        assert_int_equal(json_same(a, b), rows[i].are_the_same);
        assert_int_equal(json_same(b, a), rows[i].are_the_same);
        assert_true(json_same(a, a));
        assert_false(json_same(a, NULL));
    }
    assert_true(json_same(NULL, NULL));
}

static void an_object_is_written_member_by_member(void **state)
{
    struct json_out out;
    struct buf line;

    (void)state;
    buf_init(&line, 4096);
    json_out_begin(&out, &line);
    json_out_text(&out, "te\"xt", slice_of("a\nb"));
    json_out_u64(&out, "n", UINT64_MAX);
    json_out_bool(&out, "yes", true);
    json_out_null(&out, "none");
    json_out_array(&out, "list");
    json_out_hex(&out, NULL, slice_of("\x01\xff"));
    json_out_object(&out, NULL);
    json_out_end(&out);
    json_out_raw(&out, NULL, slice_of("1e5"));
    json_out_end(&out);
    json_out_value(&out, "v", read_text("[ true, false ]"));
    json_out_end(&out);
    assert_slice(buf_slice(&line),
                 slice_of("{\"te\\\"xt\":\"a\\nb\",\"n\":18446744073709551615,"
                          "\"yes\":true,\"none\":null,"
                          "\"list\":[\"01ff\",{},1e5],\"v\":[true,false]}"));
    buf_reset(&line);
    json_out_begin_array(&out, &line);
    json_out_end(&out);
    assert_slice(buf_slice(&line), slice_of("[]"));
    buf_clear(&line);
}

static void
what_is_no_text_is_written_as_the_replacement_character(void **state)
{
    struct slice hostile = BYTES("a\xff\xc3(\0\x1b\xe2\x82");
    struct buf line;

    (void)state;
    buf_init(&line, 4096);
    json_out_quote(&line, hostile);
    assert_slice(buf_slice(&line),
                 slice_of("\"a\xef\xbf\xbd\xef\xbf\xbd(\\u0000\\u001b"
                          "\xef\xbf\xbd\xef\xbf\xbd\""));
    assert_non_null(read_slice(buf_slice(&line)));
    buf_clear(&line);
}

static void every_cut_of_a_text_is_refused(void **state)
{
    struct slice text =
        slice_of("{\"a\":[1.5e3,\"\\ud83d\\ude00\xc3\xa9\",null],\"b\":{}}");

    (void)state;
    assert_non_null(read_slice(text));
    for (size_t len = 0; len < text.len; len++)
        assert_null(read_slice(slice_head(text, len)));
}

static void an_arena_gives_aligned_zeroed_memory(void **state)
{
    (void)state;
    for (size_t size = 1; size < 20000; size += 97) {
        uint8_t *memory = arena_new(&arena, 1, size);

        assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xaa, size);
    }
    assert_string_equal(arena_text(&arena, "%s %d", "x", 7), "x 7");
    assert_string_equal((const char *)arena_copy(&arena, slice_of("hi")).data,
                        "hi");
}

#define TEST(name) cmocka_unit_test_teardown(name, clear_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_json_is_read_and_printed_compactly),
        TEST(what_is_no_json_is_refused_where_it_goes_wrong),
        TEST(a_value_without_text_is_refused),
        TEST(the_depth_is_what_the_caller_allows),
        TEST(a_long_number_is_read_as_a_double),
        TEST(strings_are_decoded_with_their_nuls),
        TEST(the_last_of_repeated_members_counts),
        TEST(lookups_in_the_wrong_place_find_nothing),
        TEST(every_value_remembers_its_source),
        TEST(a_shallow_read_keeps_only_the_source_of_what_is_inside),
        TEST(integers_are_exact_up_to_64_bits),
        TEST(equality_is_by_value),
        TEST(an_object_is_written_member_by_member),
        TEST(what_is_no_text_is_written_as_the_replacement_character),
        TEST(every_cut_of_a_text_is_refused),
        TEST(an_arena_gives_aligned_zeroed_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
