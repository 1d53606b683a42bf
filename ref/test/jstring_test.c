/* SPDX-License-Identifier: MIT */
/*
 * JSON strings as written. What can be tried exhaustively is: every escape,
 * every UTF-16 unit, every short sequence of bytes, each against arithmetic
 * that was written down a second time here, in another way.
 */
#include "ref/base/jstring.h"
#include "ref/test/t.h"

/* Is the whole of `text` one string? Tried in memory without a byte to spare.
 */
static bool is_string(struct slice text, bool *ret_has_escapes)
{
    struct slice copy = t_exact(text);
    const uint8_t *at = copy.data;
    const char *why = jstring_skip(&at, copy.data + copy.len, ret_has_escapes);
    bool is_whole = !why && at == copy.data + copy.len;

    t_free(copy);
    return is_whole;
}

/* Is "before" + text + "after" a string once it has quotes? */
static bool is_content(struct slice content)
{
    struct buf text;
    bool has_escapes, is_good;

    buf_init(&text, content.len + 2);
    buf_put_byte(&text, '"');
    buf_put_slice(&text, content);
    buf_put_byte(&text, '"');
    is_good = is_string(buf_slice(&text), &has_escapes);
    buf_clear(&text);
    return is_good;
}

static void good_strings_are_stepped_over(void **state)
{
    static const struct {
        const char *text;
        bool has_escapes;
    } cases[] = {
        {"\"\"", false},
        {"\"a\"", false},
        {"\" \x7f/'\"", false},
        {"\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\"", false},
        {"\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"", false},
        {"\"\\n\"", true},
        {"\"\\\"\"", true},
        {"\"\\\\\"", true},
        {"\"\\u0000\"", true},
        {"\"\\uABCD\\uabcd\"", true},
        {"\"\\ud83d\\uDe00\"", true},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        bool has_escapes = !cases[i].has_escapes;

        assert_true(is_string(slice_of(cases[i].text), &has_escapes));
        assert_int_equal(has_escapes, cases[i].has_escapes);
    }
}

static void a_string_ends_at_its_quote(void **state)
{
    struct slice text = slice_of("\"ab\"cd\"");
    const uint8_t *at = text.data;
    bool has_escapes;

    (void)state;
    assert_null(jstring_skip(&at, text.data + text.len, &has_escapes));
    assert_int_equal(at - text.data, 4);
}

/* Cut anywhere, also inside an escape or a character, it is no string. */
static void a_string_cut_anywhere_is_refused(void **state)
{
    struct slice text =
        slice_of("\"a\xc3\xa9\\n\\u00e9\xe2\x82\xac\\ud83d\\ude00"
                 "\xf0\x9f\x98\x80\"");
    bool has_escapes;

    (void)state;
    assert_true(is_string(text, &has_escapes));
    for (size_t len = 0; len < text.len; len++)
        assert_false(is_string(slice_head(text, len), &has_escapes));
}

static void each_refusal_says_why(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        {"a\"", "expected a string"},
        {"\"a\nb\"", "control"},
        {"\"\x01\"", "control"},
        {"\"\\x\"", "escape"},
        {"\"\\u12g4\"", "four hex digits"},
        {"\"\\u12\"", "four hex digits"},
        {"\"\\udc00\"", "low surrogate"},
        {"\"\\ud800\"", "high surrogate"},
        {"\"\\ud800\\ud800\"", "high surrogate"},
        {"\"\\ud800x\\udc00\"", "high surrogate"},
        {"\"\\ud800\\ndc00\"", "high surrogate"},
        {"\"\\ud800\\udc0\"", "high surrogate"},
        {"\"\xff\"", "UTF-8"},
        {"\"abc", "without an end"},
        {"\"abc\\\"", "without an end"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct slice text = slice_of(cases[i].text);
        const uint8_t *at = text.data;
        bool has_escapes;
        const char *why = jstring_skip(&at, text.data + text.len, &has_escapes);

        assert_non_null(why);
        t_says(why, cases[i].why);
    }
}

/* What a byte means alone and what it means behind a backslash. */
static void every_byte_is_taken_or_refused_as_json_says(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t raw[] = {'a', (uint8_t)byte, 'b'};
        uint8_t escaped[] = {'\\', (uint8_t)byte, 'b'};
        bool is_plain = byte >= 0x20 && byte < 0x80 && byte != '"';

        assert_int_equal(is_content(slice_make(raw, 3)),
                         is_plain && byte != '\\' ? 1 : byte == '\\');
        assert_int_equal(is_content(slice_make(escaped, 3)),
                         byte && strchr("\"\\/bfnrt", (int)byte) != NULL);
    }
}

/* ---------------------------------------------------------------- UTF-8 */

/* A second opinion: the number is taken out and judged by its size. */
static bool is_utf8(const uint8_t *bytes, size_t len)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

    for (size_t i = 0, n; i < len; i += n) {
        uint32_t point = bytes[i];

        n = point < 0x80   ? 1
            : point < 0xc0 ? 0
            : point < 0xe0 ? 2
            : point < 0xf0 ? 3
            : point < 0xf8 ? 4
                           : 0;
        if (n == 0 || i + n > len)
            return false;
        if (n > 1)
            point &= 0x7fu >> n;
        for (size_t k = 1; k < n; k++) {
            if ((bytes[i + k] & 0xc0) != 0x80)
                return false;
            point = point << 6 | (bytes[i + k] & 0x3f);
        }
        if (n > 1 && (point < smallest[n] || point > 0x10ffff ||
                      (point >= 0xd800 && point < 0xe000)))
            return false;
    }
    return true;
}

/* [EN-14] two bytes in every combination */
static void every_pair_of_bytes_is_judged_as_utf8(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 0x10000; i++) {
        uint8_t pair[] = {(uint8_t)(i >> 8), (uint8_t)i};

        if (pair[0] >= 0x80)
            assert_int_equal(is_content(slice_make(pair, 2)),
                             is_utf8(pair, 2) && pair[1] >= 0x20 &&
                                 pair[1] != '"' && pair[1] != '\\');
    }
}

/* [EN-14] three and four bytes: every lead, each edge of what may follow */
static void longer_sequences_are_judged_at_every_edge(void **state)
{
    static const uint8_t edges[] = {0x40, 0x7f, 0x80, 0x8f, 0x90,
                                    0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    size_t n = T_COUNT(edges);

    (void)state;
    for (unsigned lead = 0x80; lead < 0x100; lead++)
        for (size_t i = 0; i < n * n * n; i++) {
            uint8_t bytes[] = {(uint8_t)lead, edges[i % n], edges[i / n % n],
                               edges[i / n / n]};

            for (size_t len = 3; len <= 4; len++)
                assert_int_equal(is_content(slice_make(bytes, len)),
                                 is_utf8(bytes, len));
        }
}

/* -------------------------------------------------------------- decoding */

/* What the string says, borrowed from `out`, which is emptied first. */
static struct slice decode(const char *text, struct buf *out)
{
    buf_reset(out);
    assert_true(buf_reserve(out, strlen(text)));
    return jstring_decode(slice_of(text), out);
}

/* The code point of a sequence that is known to be good. */
static uint32_t point_of(struct slice s)
{
    uint32_t point = s.len == 1 ? s.data[0] : s.data[0] & (0x7fu >> s.len);

    for (size_t i = 1; i < s.len; i++)
        point = point << 6 | (s.data[i] & 0x3f);
    return point;
}

static void every_escaped_unit_is_read_or_refused(void **state)
{
    struct buf out;
    char text[16];
    bool has_escapes;

    (void)state;
    buf_init(&out, 64);
    for (uint32_t unit = 0; unit < 0x10000; unit++) {
        bool is_half = unit >= 0xd800 && unit < 0xe000;
        struct slice said;

        snprintf(text, sizeof text, unit & 1 ? "\"\\u%04X\"" : "\"\\u%04x\"",
                 unit);
        assert_int_equal(is_string(slice_of(text), &has_escapes), !is_half);
        if (is_half)
            continue;
        said = decode(text, &out);
        assert_true(is_utf8(said.data, said.len));
        assert_int_equal(point_of(said), unit);
    }
    buf_clear(&out);
}

/* The high half decides the plane, the low half the place in it. */
static void every_surrogate_pair_is_one_character(void **state)
{
    struct buf out;
    char text[16];
    bool has_escapes;

    (void)state;
    buf_init(&out, 64);
    for (uint32_t point = 0x10000; point < 0x110000; point += 0x3f) {
        struct slice said;

        snprintf(text, sizeof text, "\"\\u%04x\\u%04x\"",
                 0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
        assert_true(is_string(slice_of(text), &has_escapes));
        said = decode(text, &out);
        assert_int_equal(said.len, 4);
        assert_true(is_utf8(said.data, said.len));
        assert_int_equal(point_of(said), point);
    }
    buf_clear(&out);
}

static void escapes_become_what_they_stand_for(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 64);
    t_same(decode("\"\"", &out), "");
    t_same(decode("\"plain\"", &out), "plain");
    t_same(decode("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", &out), "\"\\/\b\f\n\r\t");
    t_same_bytes(decode("\"a\\u0000b\"", &out), T_BYTES("a\0b"));
    t_same(decode("\"\\u00e9\xc3\xa9\\u20AC\"", &out),
           "\xc3\xa9\xc3\xa9\xe2\x82\xac");
    buf_clear(&out);
}

static void what_was_decoded_before_stays_where_it_is(void **state)
{
    struct buf out;
    struct slice first, second;

    (void)state;
    buf_init(&out, 64);
    assert_true(buf_reserve(&out, 64));
    first = jstring_decode(slice_of("\"o\\u006ee\""), &out);
    second = jstring_decode(slice_of("\"tw\\u006f\""), &out);
    t_same(first, "one");
    t_same(second, "two");
    assert_ptr_equal(second.data, first.data + first.len);
    buf_clear(&out);
}

static void a_name_is_the_same_however_it_is_written(void **state)
{
    static const struct {
        const char *text;
        const char *word;
        bool is_it;
    } cases[] = {
        {"\"type\"", "type", true},
        {"\"\\u0074ype\"", "type", true},
        {"\"typ\\u0065\"", "type", true},
        {"\"\\u0074\\u0079\\u0070\\u0065\"", "type", true},
        {"\"\"", "", true},
        {"\"a\\/b\"", "a/b", true},
        {"\"\\u00e9\"", "\xc3\xa9", true},
        {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80", true},
        {"\"typ\"", "type", false},
        {"\"types\"", "type", false},
        {"\"type\\u0000\"", "type", false},
        {"\"\\u0000\"", "", false},
        {"\"\"", "type", false},
        {"\"Type\"", "type", false},
        {"\"\\u0054ype\"", "type", false},
        {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x81", false},
        {"\"\\ud83d\\ude00\"", "\xf0", false},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_int_equal(jstring_is(slice_of(cases[i].text), cases[i].word),
                         cases[i].is_it);
}

/* -------------------------------------------------------------- quoting */

static void a_quoted_string_is_as_short_as_it_can_be(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 200);
    assert_true(jstring_quote(&out, T_BYTES("\"\\/\b\f\n\r\t\0\x1f\x7f")));
    t_same(buf_slice(&out), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\"");
    buf_reset(&out);
    assert_true(jstring_quote(&out, slice_make(NULL, 0)));
    assert_true(jstring_quote(&out, slice_of("\xc3\xa9 x")));
    t_same(buf_slice(&out), "\"\"\"\xc3\xa9 x\"");
    buf_clear(&out);
}

static void what_is_quoted_reads_back_as_it_was(void **state)
{
    uint64_t seed = 1;
    struct buf text, said;

    (void)state;
    buf_init(&text, 1000);
    buf_init(&said, 1000);
    for (int i = 0; i < 2000; i++) {
        uint8_t bytes[40];
        size_t len = t_below(&seed, sizeof bytes);
        bool has_escapes;

        for (size_t k = 0; k < len; k++)
            bytes[k] = (uint8_t)t_below(&seed, t_below(&seed, 2) ? 0x24 : 0x80);
        buf_reset(&text);
        assert_true(jstring_quote(&text, slice_make(bytes, len)));
        assert_true(is_string(buf_slice(&text), &has_escapes));
        buf_reset(&said);
        assert_true(buf_reserve(&said, text.len));
        t_same_bytes(jstring_decode(buf_slice(&text), &said),
                     slice_make(bytes, len));
    }
    buf_clear(&text);
    buf_clear(&said);
}

static void a_full_buffer_says_no_wherever_it_is_full(void **state)
{
    struct slice bytes = slice_of("ab\n\x01yz\"");
    size_t needed = strlen("\"ab\\n\\u0001yz\\\"\"");

    (void)state;
    for (size_t cap = 0; cap <= needed + 1; cap++) {
        struct buf out;

        buf_init(&out, cap);
        assert_int_equal(jstring_quote(&out, bytes), cap >= needed);
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_strings_are_stepped_over),
        cmocka_unit_test(a_string_ends_at_its_quote),
        cmocka_unit_test(a_string_cut_anywhere_is_refused),
        cmocka_unit_test(each_refusal_says_why),
        cmocka_unit_test(every_byte_is_taken_or_refused_as_json_says),
        cmocka_unit_test(every_pair_of_bytes_is_judged_as_utf8),
        cmocka_unit_test(longer_sequences_are_judged_at_every_edge),
        cmocka_unit_test(every_escaped_unit_is_read_or_refused),
        cmocka_unit_test(every_surrogate_pair_is_one_character),
        cmocka_unit_test(escapes_become_what_they_stand_for),
        cmocka_unit_test(what_was_decoded_before_stays_where_it_is),
        cmocka_unit_test(a_name_is_the_same_however_it_is_written),
        cmocka_unit_test(a_quoted_string_is_as_short_as_it_can_be),
        cmocka_unit_test(what_is_quoted_reads_back_as_it_was),
        cmocka_unit_test(a_full_buffer_says_no_wherever_it_is_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
