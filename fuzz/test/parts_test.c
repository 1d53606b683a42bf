/* SPDX-License-Identifier: MIT */
/* Inputs taken apart, texts looked through: what was found is there, and put
 * together again it is what it was. */
#include "fuzz/mutator/chance.h"
#include "fuzz/mutator/parts.h"
#include "fuzz/mutator/values.h"
#include "ref/test/t.h"

static size_t read_parts(const char *bytes, size_t len,
                         struct part parts[static PARTS_MAX])
{
    struct buf again;
    size_t count = parts_read(slice_make(bytes, len), parts);

    buf_init(&again, SIZE_MAX);
    for (size_t i = 0; i < count; i++)
        parts_write(&parts[i], &again);
    t_same_bytes(buf_slice(&again), slice_make(bytes, len));
    buf_clear(&again);
    return count;
}

#define READ(literal) read_parts((literal), sizeof(literal) - 1, parts)

static void frames_are_found_behind_other_bytes(void **state)
{
    struct part parts[PARTS_MAX];

    (void)state;
    assert_int_equal(READ("\7\0\0\0\2{}\0\0\0\4[12]\0\0\0\11{"), 4);
    assert_int_equal(parts[0].kind, PART_BYTES);
    assert_int_equal(parts[1].kind, PART_FRAME);
    t_same(parts[1].inside, "{}");
    t_same(parts[2].inside, "[12]");
    assert_int_equal(parts[3].kind, PART_BYTES);
}

static void pieces_are_found_with_short_and_long_lengths(void **state)
{
    struct part parts[PARTS_MAX];
    char input[3 + 300 + 1] = "\6";

    (void)state;
    assert_int_equal(READ("\6\1\2{}\7\1\6\0\0\0\2{}\3"), 5);
    assert_int_equal(parts[1].kind, PART_PIECE);
    t_same(parts[1].inside, "{}");
    assert_int_equal(parts[3].kind, PART_PIECE);
    t_same_bytes(parts[3].inside, T_BYTES("\0\0\0\2{}"));
    input[1] = (char)(0xc0 + 1);
    input[2] = 300 - 256;
    memset(input + 3, ' ', 300);
    input[3] = '{';
    input[302] = '}';
    assert_int_equal(read_parts(input, 303, parts), 2);
    assert_int_equal(parts[1].kind, PART_PIECE);
    assert_int_equal(parts[1].inside.len, 300);
}

static void a_text_may_have_one_byte_before_it(void **state)
{
    struct part parts[PARTS_MAX];

    (void)state;
    assert_int_equal(READ("{\"a\":1}"), 1);
    assert_int_equal(parts[0].kind, PART_BODY);
    assert_int_equal(READ("\3[1,2]"), 2);
    assert_int_equal(parts[1].kind, PART_BODY);
    t_same(parts[1].inside, "[1,2]");
}

static void any_bytes_come_together_again(void **state)
{
    struct chance c = chance_of(1);
    char bytes[64];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        static const char letters[] = {0, 0, 0, 1, 2, 3, 5, 7, '{', '}', '['};
        struct part parts[PARTS_MAX];
        size_t len = chance_below(&c, sizeof bytes);

        for (size_t i = 0; i < len; i++)
            bytes[i] = chance_pick(&c, letters);
        assert_true(read_parts(bytes, len, parts) > 0);
    }
}

static void values_are_found_with_their_names(void **state)
{
    struct value found[VALUES_MAX];
    size_t count = values_find(
        slice_of("{ \"a\" : [1, \"x\\\"y\"],\"b\":{\"a\":null} }"), found);

    (void)state;
    assert_int_equal(count, 6);
    t_same(found[1].text, "[1, \"x\\\"y\"]");
    t_same(found[1].name, "\"a\"");
    t_same(values_whole(&found[1]), "\"a\" : [1, \"x\\\"y\"]");
    assert_int_equal(found[3].in, 1);
    t_same(found[3].text, "\"x\\\"y\"");
    t_same(found[5].text, "null");
    assert_int_equal(found[5].in, 4);
    assert_int_equal(values_member(found, count, "b"), 4);
    assert_int_equal(values_member(found, count, "c"), count);
}

static void of_broken_texts_something_is_found(void **state)
{
    struct value found[VALUES_MAX];
    const struct slice text = slice_of("]{\"a\":[1,{\"b\":\"\\");
    size_t count = values_find(text, found);

    (void)state;
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++)
        assert_true(found[i].text.data + found[i].text.len <=
                    text.data + text.len);
    t_same(found[4].name, "\"b\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_found_behind_other_bytes),
        cmocka_unit_test(pieces_are_found_with_short_and_long_lengths),
        cmocka_unit_test(a_text_may_have_one_byte_before_it),
        cmocka_unit_test(any_bytes_come_together_again),
        cmocka_unit_test(values_are_found_with_their_names),
        cmocka_unit_test(of_broken_texts_something_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
