/* SPDX-License-Identifier: MIT */
/* A refusal in one sentence: said once, wrapped outwards, cut, never lost. */
#include "ref/base/failure.h"
#include "ref/test/t.h"

static void saying_it_is_refusing(void **state)
{
    struct failure f = {"something old"};

    (void)state;
    assert_false(failure_say(&f, "no file of %d bytes", 7));
    assert_string_equal(f.sentence, "no file of 7 bytes");
}

static void whoever_knows_more_puts_words_in_front(void **state)
{
    struct failure f;

    (void)state;
    failure_say(&f, "expected a string");
    assert_false(failure_wrap(&f, "peer %u: ", 3u));
    assert_false(failure_wrap(&f, "%s: ", "peers.json"));
    assert_string_equal(f.sentence, "peers.json: peer 3: expected a string");
    assert_false(failure_wrap(&f, "%s", ""));
    assert_string_equal(f.sentence, "peers.json: peer 3: expected a string");
}

static void a_sentence_that_is_too_long_is_cut(void **state)
{
    struct failure f;
    char text[400];

    (void)state;
    memset(text, 'x', sizeof text);
    text[399] = '\0';
    failure_say(&f, "%s", text);
    assert_int_equal(strlen(f.sentence), sizeof f.sentence - 1);
    failure_wrap(&f, "name: ");
    assert_int_equal(strlen(f.sentence), sizeof f.sentence - 1);
    assert_memory_equal(f.sentence, "name: xxx", 9);
    failure_wrap(&f, "%s", text);
    assert_int_equal(strlen(f.sentence), sizeof f.sentence - 1);
    assert_memory_equal(f.sentence, "xxxxxxxx", 8);
}

/* Names in files, words of a command line: whatever they are made of. */
static void what_is_repeated_moves_no_cursor(void **state)
{
    struct failure f;

    (void)state;
    failure_say(&f, "%s: expected a name", "a\n\x1b[2J\x7f\tb\xc3\xa9");
    assert_string_equal(f.sentence, "a??[2J??b\xc3\xa9: expected a name");
    failure_wrap(&f, "%s: ", "x\r\n.json");
    assert_string_equal(f.sentence,
                        "x??.json: a??[2J??b\xc3\xa9: expected a name");
}

/* A name is cut at so many bytes, and may not have been UTF-8 before. */
static void a_sentence_is_utf8_whatever_it_repeats(void **state)
{
    static const struct {
        const char *repeated;
        const char *said;
    } cases[] = {
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
         "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"a\xc3", "a?"}, /* halves */
        {"\xe2\x82", "??"},
        {"\xf0\x9f\x98", "???"},
        {"\xa9 \xff", "? ?"},              /* no beginning */
        {"\xc0\x80\xe0\x80\x80", "?????"}, /* overlong */
        {"\xed\xa0\x80", "???"},           /* a surrogate */
        {"\xf4\x90\x80\x80", "????"},      /* beyond the last */
        {"\xc2\x85", "??"},                /* a control character */
        {"\xf4\x8f\xbf\xbf\xc2\xa0", "\xf4\x8f\xbf\xbf\xc2\xa0"},
    };
    struct failure f;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        failure_say(&f, "%s", cases[i].repeated);
        assert_string_equal(f.sentence, cases[i].said);
    }
}

/* The end of a sentence that is too long may be the middle of a character. */
static void no_character_is_halved_at_the_end(void **state)
{
    struct failure f;
    char text[400] = "x";

    (void)state;
    for (size_t i = 1; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa9", 3);
    failure_say(&f, "%s", text);
    assert_string_equal(f.sentence + sizeof f.sentence - 3, "\xc3\xa9");
    failure_wrap(&f, "y");
    assert_string_equal(f.sentence + sizeof f.sentence - 4, "\xc3\xa9?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saying_it_is_refusing),
        cmocka_unit_test(whoever_knows_more_puts_words_in_front),
        cmocka_unit_test(a_sentence_that_is_too_long_is_cut),
        cmocka_unit_test(what_is_repeated_moves_no_cursor),
        cmocka_unit_test(a_sentence_is_utf8_whatever_it_repeats),
        cmocka_unit_test(no_character_is_halved_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
