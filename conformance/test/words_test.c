/* SPDX-License-Identifier: MIT */
/* Command lines, split as a person expects. */
#include "conformance/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void words_are_split_at_blanks_and_held_by_quotes(void **state)
{
    static const struct row {
        const char *text;
        const char *words[4];
    } rows[] = {
        {"a", {"a"}},
        {"  a  b\tc ", {"a", "b", "c"}},
        {"'a b' \"c d\"", {"a b", "c d"}},
        {"a'b'\"c\"", {"abc"}},
        {"a\\ b", {"a b"}},
        {"\"a\\\"b\\\\c\"", {"a\"b\\c"}},
        {"'a\\b'", {"a\\b"}},
        {"'' a", {"", "a"}},
        {"$HOME *", {"$HOME", "*"}},
    };
    struct arena arena = {0};
    struct failure failure;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char **words = words_split(&arena, rows[i].text, &failure);
        size_t n = 0;

        assert_non_null(words);
        for (; rows[i].words[n]; n++)
            assert_string_equal(words[n], rows[i].words[n]);
        assert_null(words[n]);
    }
    arena_clear(&arena);
}

static void open_quotes_and_empty_lines_are_refused(void **state)
{
    struct arena arena = {0};
    struct failure failure;

    (void)state;
    assert_null(words_split(&arena, "a 'b", &failure));
    assert_null(words_split(&arena, "\"", &failure));
    assert_null(words_split(&arena, "   ", &failure));
    arena_clear(&arena);
}

static void what_is_joined_is_split_into_the_same_words(void **state)
{
    static const char *const words[] = {
        "run",        "it's '$HOME' \"*\"", "",   "a\\b",
        "@dial=us,x", "two words",          "''", NULL};
    struct arena arena = {0};
    struct failure failure;
    const char *line = words_join(&arena, (char *const *)words);
    char **again = words_split(&arena, line, &failure);

    (void)state;
    assert_non_null(again);
    for (size_t i = 0; words[i]; i++)
        assert_string_equal(again[i], words[i]);
    assert_string_equal(words_quote(&arena, "it's"), "'it'\\''s'");
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_split_at_blanks_and_held_by_quotes),
        cmocka_unit_test(what_is_joined_is_split_into_the_same_words),
        cmocka_unit_test(open_quotes_and_empty_lines_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
