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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saying_it_is_refusing),
        cmocka_unit_test(whoever_knows_more_puts_words_in_front),
        cmocka_unit_test(a_sentence_that_is_too_long_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
