/* SPDX-License-Identifier: MIT */
/* SHA-256 against the published answers (FIPS 180-4 examples), and equality
 * whose answer, if not its duration, can be tested here. */
#include "ref/base/digest.h"
#include "ref/test/t.h"

static void hashes_are_the_published_ones(void **state)
{
    static const struct {
        const char *text;
        const char *hash;
    } cases[] = {
        {"",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc",
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct slice wanted = t_unhex(cases[i].hash);
        uint8_t hash[DIGEST_LEN];

        digest_sha256(slice_of(cases[i].text), hash);
        assert_memory_equal(hash, wanted.data, DIGEST_LEN);
        t_free(wanted);
    }
}

static void a_million_bytes_are_hashed_whole(void **state)
{
    struct slice wanted = t_unhex(
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    char *bytes = malloc(1000000);
    uint8_t hash[DIGEST_LEN];

    (void)state;
    assert_non_null(bytes);
    memset(bytes, 'a', 1000000);
    digest_sha256(slice_make(bytes, 1000000), hash);
    assert_memory_equal(hash, wanted.data, DIGEST_LEN);
    free(bytes);
    t_free(wanted);
}

static void nothing_at_all_can_be_hashed(void **state)
{
    uint8_t hash[DIGEST_LEN], empty[DIGEST_LEN];

    (void)state;
    digest_sha256(slice_make(NULL, 0), hash);
    digest_sha256(slice_of(""), empty);
    assert_memory_equal(hash, empty, DIGEST_LEN);
}

/* Whatever stands before the boundary: the digest is that of both together. */
static void a_secret_goes_before_the_bytes(void **state)
{
    uint8_t hash[DIGEST_LEN], whole[DIGEST_LEN];

    (void)state;
    digest_secretly(slice_of("se"), slice_of("cret"), hash);
    digest_sha256(slice_of("secret"), whole);
    assert_memory_equal(hash, whole, DIGEST_LEN);
    digest_secretly(slice_of("SE"), slice_of("cret"), hash);
    assert_memory_not_equal(hash, whole, DIGEST_LEN);
}

static void equal_means_every_byte_and_the_length(void **state)
{
    char a[32] = {0}, b[32] = {0};

    (void)state;
    assert_true(digest_equal(slice_make(a, 32), slice_make(b, 32)));
    assert_false(digest_equal(slice_make(a, 32), slice_make(b, 31)));
    assert_false(digest_equal(slice_make(a, 32), slice_make(NULL, 0)));
    assert_true(digest_equal(slice_make(NULL, 0), slice_make(a, 0)));
    assert_false(digest_equal(slice_of("a"), slice_of("b")));
    for (size_t i = 0; i < sizeof b * 8; i++) {
        b[i / 8] = (char)(1u << i % 8);
        assert_false(digest_equal(slice_make(a, 32), slice_make(b, 32)));
        b[i / 8] = 0;
    }
}

/* The text ends with a NUL and fills its 3 + 64 + 1 bytes. */
static void thirty_two_bytes_are_spelt_in_lower_case(void **state)
{
    uint8_t bytes[DIGEST_LEN];
    char *text = malloc(3 + 2 * DIGEST_LEN + 1);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < DIGEST_LEN; i++)
        bytes[i] = (uint8_t)(i * 8 + i);
    digest_spell("me:", bytes, text);
    assert_string_equal(text, "me:0009121b242d363f48515a636c757e87"
                              "9099a2abb4bdc6cfd8e1eaf3fc050e17");
    assert_true(digest_is_spelt("me:", slice_of(text)));
    assert_false(digest_is_spelt("you:", slice_of(text)));
    assert_false(digest_is_spelt("me", slice_of(text)));
    assert_false(digest_is_spelt("me:", slice_make(text, 66)));
    text[10] = 'A';
    assert_false(digest_is_spelt("me:", slice_of(text)));
    text[10] = '\0';
    assert_false(digest_is_spelt("me:", slice_make(text, 67)));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_the_published_ones),
        cmocka_unit_test(a_million_bytes_are_hashed_whole),
        cmocka_unit_test(nothing_at_all_can_be_hashed),
        cmocka_unit_test(a_secret_goes_before_the_bytes),
        cmocka_unit_test(equal_means_every_byte_and_the_length),
        cmocka_unit_test(thirty_two_bytes_are_spelt_in_lower_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
