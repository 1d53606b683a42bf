/* SPDX-License-Identifier: MIT */
/* [ID-3] The shape of our request ids, and that all else is the entropy's. */
#include "ref/base/uuid.h"
#include "ref/test/t.h"

static void fill_with(void *self, uint8_t *bytes, size_t len)
{
    memset(bytes, *(const uint8_t *)self, len);
}

static void fill_at_random(void *self, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)t_random(self);
}

static void version_and_variant_are_set_and_nothing_else(void **state)
{
    static const struct {
        uint8_t byte;
        const char *text;
    } cases[] = {
        {0x00, "00000000-0000-4000-8000-000000000000"},
        {0xff, "ffffffff-ffff-4fff-bfff-ffffffffffff"},
        {0x5a, "5a5a5a5a-5a5a-4a5a-9a5a-5a5a5a5a5a5a"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        uint8_t byte = cases[i].byte;
        struct entropy_source entropy = {fill_with, &byte};
        struct buf out;

        buf_init(&out, UUID_LEN); /* it fits exactly */
        uuid_put(&out, &entropy);
        t_same(buf_slice(&out), cases[i].text);
        buf_clear(&out);
    }
}

static void check_shape(const char *text)
{
    for (size_t i = 0; i < UUID_LEN; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

        assert_int_equal(text[i] == '-', is_dash);
        assert_true(is_dash || strchr("0123456789abcdef", text[i]));
    }
    assert_int_equal(text[14], '4');
    assert_non_null(strchr("89ab", text[19]));
}

static void one_comes_behind_the_other_and_none_is_like_another(void **state)
{
    uint64_t seed = 1;
    struct entropy_source entropy = {fill_at_random, &seed};
    struct buf out;

    (void)state;
    buf_init(&out, 1000 * UUID_LEN);
    for (size_t i = 0; i < 1000; i++)
        uuid_put(&out, &entropy);
    assert_int_equal(out.len, 1000 * UUID_LEN);
    for (size_t i = 0; i < 1000; i++) {
        const char *text = (const char *)out.data + i * UUID_LEN;

        check_shape(text);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(text, out.data + j * UUID_LEN, UUID_LEN);
    }
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_and_variant_are_set_and_nothing_else),
        cmocka_unit_test(one_comes_behind_the_other_and_none_is_like_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
