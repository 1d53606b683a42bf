/* SPDX-License-Identifier: MIT */
/* The target quic tells the same input as the same story: to the last byte on a
 * new connection, and as it is heard on one that has told others before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fuzz/target.h"
#include "fuzz/twins/twins.h"

#define LEN_MAX 400
#define INPUTS 150

extern const struct target target_quic;

static uint8_t bytes[LEN_MAX];

/* An input of chance, the same for the same number. */
static struct slice input(uint32_t number)
{
    struct prng_stream chance = {.key = {.seed = number}};
    struct entropy_source source = prng_entropy(&chance);

    entropy_fill(&source, bytes, sizeof bytes);
    return slice_make(bytes, 8 + number * 7 % (LEN_MAX - 8));
}

static struct twins_fate tell_anew(uint32_t number)
{
    target_quic.setup(); /* a new connection */
    target_quic.run(input(number));
    assert_int_equal(twins_fate.age, 0);
    return twins_fate;
}

static void a_story_on_a_new_connection_is_the_same_to_the_last_byte(void **s)
{
    (void)s;
    for (uint32_t i = 0; i < INPUTS; i++) {
        const struct twins_fate first = tell_anew(i), again = tell_anew(i);

        assert_int_equal(first.sent, again.sent);
        assert_int_equal(first.heard, again.heard);
    }
}

static void stories_are_not_all_the_same(void **s)
{
    uint32_t sent = 0, heard = 0;

    (void)s;
    for (uint32_t i = 0; i + 1 < INPUTS; i++) {
        const struct twins_fate one = tell_anew(i), next = tell_anew(i + 1);

        sent += one.sent != next.sent;
        heard += one.heard != next.heard;
    }
    assert_true(sent > INPUTS / 2);
    assert_true(heard > INPUTS / 2);
}

static void a_story_is_heard_the_same_behind_others(void **s)
{
    uint32_t same = 0, old = 0;

    (void)s;
    for (uint32_t i = 0; i < INPUTS; i++) {
        const struct twins_fate anew = tell_anew(i);

        target_quic.run(input(1000 + i));
        target_quic.run(input(2000 + i));
        target_quic.run(input(i));
        old += twins_fate.age > 0;
        same += twins_fate.heard == anew.heard;
    }
    assert_true(same >= INPUTS - INPUTS / 20); /* the path is a bit older */
    assert_true(old > INPUTS / 2);
}

static int begin(void **s)
{
    (void)s;
    target_quic.setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_story_on_a_new_connection_is_the_same_to_the_last_byte),
        cmocka_unit_test(stories_are_not_all_the_same),
        cmocka_unit_test(a_story_is_heard_the_same_behind_others),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
