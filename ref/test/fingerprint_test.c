/* SPDX-License-Identifier: MIT */
/*
 * Fingerprints: a raw Ed25519 key by its bytes, everything else by its hash.
 * The key is the one of RFC 8032, section 7.1, test 1; the hashes were made
 * with sha256sum.
 */
#include "ref/model/fingerprint.h"
#include "ref/base/digest.h"
#include "ref/test/t.h"

#define KEY "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define HEAD "302a300506032b6570032100"

/* [FP-1, FP-3] */
static void a_raw_ed25519_key_is_named_by_its_bytes(void **state)
{
    static const char *const ders[] = {HEAD KEY, HEAD KEY "00ff"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(ders); i++) {
        struct slice der = t_unhex(ders[i]);
        struct fingerprint f = fingerprint_of(der);

        t_same(fingerprint_slice(&f), "ed25519:" KEY);
        assert_true(fingerprint_is_valid(fingerprint_slice(&f)));
        t_free(der);
    }
}

/* What the hash of these bytes is called. */
static void check_hashed(struct slice der)
{
    struct fingerprint f = fingerprint_of(der);
    uint8_t hash[DIGEST_LEN];
    struct buf wanted;

    digest_sha256(der, hash);
    buf_init(&wanted, 100);
    buf_put(&wanted, "SHA256:");
    buf_put_hex(&wanted, slice_make(hash, sizeof hash));
    t_same_bytes(fingerprint_slice(&f), buf_slice(&wanted));
    assert_true(fingerprint_is_valid(fingerprint_slice(&f)));
    buf_clear(&wanted);
}

/* [FP-2, FP-5] */
static void anything_else_is_named_by_its_hash(void **state)
{
    struct slice der = t_unhex(HEAD KEY);
    struct fingerprint empty = fingerprint_of(slice_make(NULL, 0));
    struct fingerprint abc = fingerprint_of(slice_of("abc"));

    (void)state;
    t_same(fingerprint_slice(&abc),
           "SHA256:"
           "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    t_same(fingerprint_slice(&empty),
           "SHA256:"
           "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t len = 0; len < der.len; len++) { /* cut short */
        struct slice copy = t_exact(slice_head(der, len));

        check_hashed(copy);
        t_free(copy);
    }
    for (size_t bit = 0; bit < sizeof(HEAD) / 2 * 8; bit++) { /* bent */
        struct slice copy = t_exact(der);
        uint8_t *bytes = (uint8_t *)(uintptr_t)copy.data;

        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        check_hashed(copy);
        t_free(copy);
    }
    t_free(der);
}

/* A certificate around the key is not the key: it begins otherwise. */
static void a_certificate_with_that_key_is_named_by_its_hash(void **state)
{
    struct slice der = t_unhex("3082000a" HEAD KEY);

    (void)state;
    check_hashed(der);
    t_free(der);
}

/* [FP-4] one spelling each */
static void only_the_two_exact_forms_are_fingerprints(void **state)
{
    static const struct {
        const char *text;
        bool is_valid;
    } cases[] = {
        {"ed25519:" KEY, true},
        {"SHA256:" KEY, true},
        {"ED25519:" KEY, false},
        {"sha256:" KEY, false},
        {KEY, false},
        {":" KEY, false},
        {" ed25519:" KEY, false},
        {"ed25519:" KEY "0", false},
        {"ed25519:" KEY " ", false},
        {"SHA256:" KEY "00", false},
        {"ed25519:", false},
        {"", false},
        {"ed25519:"
         "D75A980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
         false},
        {"ed25519:"
         "g75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
         false},
        {"SHA256:d7:"
         "a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
         false},
        {"SHA256:"
         "75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
         false},
    };
    char nul[] = "SHA256:" KEY;

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_int_equal(fingerprint_is_valid(slice_of(cases[i].text)),
                         cases[i].is_valid);
    nul[70] = '\0';
    assert_false(fingerprint_is_valid(slice_make(nul, 71)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_raw_ed25519_key_is_named_by_its_bytes),
        cmocka_unit_test(anything_else_is_named_by_its_hash),
        cmocka_unit_test(a_certificate_with_that_key_is_named_by_its_hash),
        cmocka_unit_test(only_the_two_exact_forms_are_fingerprints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
