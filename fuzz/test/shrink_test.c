/* SPDX-License-Identifier: MIT */
/* What is left of an input, and that it breaks the same as before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "fuzz/broken.h"
#include "fuzz/feed.h"
#include "fuzz/shrink.h"
#include "ref/base/xalloc.h"

static bool has(struct slice bytes, char wanted)
{
    return bytes.len && memchr(bytes.data, wanted, bytes.len);
}

/* Breaks one rule for an A before a B, another one for an X. */
static void run_letters(struct slice input)
{
    const uint8_t *a = input.len ? memchr(input.data, 'A', input.len) : NULL;

    broken_unless(!has(input, 'X'), "FL-5", "an X of %zu", input.len);
    broken_unless(!a || !has(slice_skip(input, (size_t)(a - input.data)), 'B'),
                  "FR-1", "B behind A in %zu bytes of \"%c\"", input.len,
                  input.data[0]);
}

static const struct target letters = {.name = "letters", .run = run_letters};

/* Pieces that say their own length, all there; breaks at one that holds a Z
 * behind a piece that holds an A. */
static void run_pieces(struct slice input)
{
    struct feed feed = {input};
    bool is_after = false;

    while (!feed_is_over(&feed) && feed.rest.data[0] < feed.rest.len) {
        struct slice piece = feed_piece(&feed);

        broken_unless(!is_after || !has(piece, 'Z'), "FR-1", "a piece");
        is_after = is_after || has(piece, 'A');
    }
}

static const struct target pieces = {.name = "pieces", .run = run_pieces};

/* Reads one byte too many of a long input, loses memory at a short one, and
 * gives up at an empty one. */
static void run_crash(struct slice input)
{
    static void *volatile kept;

    if (input.len == 2 && !kept) {
        kept = xalloc(100, 1);
        kept = NULL;
    }
    if (input.len > 4 && input.data[input.len] == 1)
        (void)write(STDERR_FILENO, "1", 1);
    if (input.len == 0)
        abort();
}

static const struct target crash = {.name = "crash", .run = run_crash};

static struct shrink_result shrunk(const struct target *t, const char *text,
                                   struct buf *left)
{
    buf_init(left, 4096);
    assert_true(buf_add(left, slice_make(text, strlen(text))));
    return shrink(t, left, 5000);
}

static void assert_left(const struct target *t, const char *from,
                        const char *symptom, const char *to)
{
    struct buf left;
    struct shrink_result got = shrunk(t, from, &left);

    assert_string_equal(got.symptom.text, symptom);
    assert_true(got.is_minimal);
    assert_int_equal(left.len, strlen(to));
    assert_memory_equal(left.data, to, left.len);
    buf_clear(&left);
}

static void only_what_breaks_is_left(void **state)
{
    (void)state;
    assert_left(&letters, "some A and much text behind it, then B, and more",
                "FR-1: B behind A in # bytes of \"\"", "AB");
}

static void another_broken_rule_is_not_the_same(void **state)
{
    (void)state;
    assert_left(&letters, "an A, a B, and an X behind", "FL-5: an X of #", "X");
}

static void lengths_shrink_with_what_they_measure(void **state)
{
    (void)state;
    assert_left(&pieces, "\x05..A..\x07...Z...\x01q", "FR-1: a piece",
                "\x01"
                "A"
                "\x01"
                "Z");
}

static void an_input_that_breaks_nothing_stays(void **state)
{
    struct buf left;
    struct shrink_result got = shrunk(&letters, "BA", &left);

    (void)state;
    assert_string_equal(got.symptom.text, "");
    assert_int_equal(got.tries, 0);
    assert_int_equal(left.len, 2);
    buf_clear(&left);
}

static void crashes_are_known_by_their_first_own_place(void **state)
{
    struct symptom long_one = symptom_of(&crash, slice_make("12345", 5));
    struct symptom lost = symptom_of(&crash, slice_make("12", 2));
    struct symptom none = symptom_of(&crash, slice_make("1", 1));
    struct symptom empty = symptom_of(&crash, slice_make("", 0));

    (void)state;
    assert_string_equal(long_one.text, "heap-buffer-overflow in run_crash");
    assert_string_equal(lost.text, "leak in run_crash");
    assert_string_equal(none.text, "");
    assert_string_equal(empty.text, "ended by signal 6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_breaks_is_left),
        cmocka_unit_test(another_broken_rule_is_not_the_same),
        cmocka_unit_test(lengths_shrink_with_what_they_measure),
        cmocka_unit_test(an_input_that_breaks_nothing_stays),
        cmocka_unit_test(crashes_are_known_by_their_first_own_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
