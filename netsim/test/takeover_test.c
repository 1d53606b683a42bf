/* SPDX-License-Identifier: MIT */
/* What GnuTLS makes by chance is made by the seed, also deep within it. */
#include "netsim/takeover.h"
#include "ref/test/t.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define KEY_LEN 32

/* A key that GnuTLS has thought of by itself. */
static void make_key(uint64_t seed, uint8_t key[KEY_LEN])
{
    gnutls_x509_privkey_t secret;
    gnutls_datum_t x = {0}, k = {0};
    gnutls_ecc_curve_t curve;

    takeover_begin(seed);
    assert_int_equal(gnutls_x509_privkey_init(&secret), 0);
    assert_int_equal(
        gnutls_x509_privkey_generate(secret, GNUTLS_PK_EDDSA_ED25519, 0, 0), 0);
    assert_int_equal(
        gnutls_x509_privkey_export_ecc_raw(secret, &curve, &x, NULL, &k), 0);
    assert_int_equal(k.size, KEY_LEN);
    memcpy(key, k.data, KEY_LEN);
    gnutls_free(x.data);
    gnutls_free(k.data);
    gnutls_x509_privkey_deinit(secret);
}

static void a_key_follows_from_the_seed(void **state)
{
    uint8_t first[KEY_LEN], again[KEY_LEN], other[KEY_LEN];

    (void)state;
    make_key(1, first);
    assert_true(takeover_drawn() >= KEY_LEN);
    make_key(2, other);
    make_key(1, again);
    assert_memory_equal(first, again, KEY_LEN);
    assert_memory_not_equal(first, other, KEY_LEN);
}

static void what_is_drawn_goes_on_until_it_begins_anew(void **state)
{
    uint8_t first[20], second[20], again[20];

    (void)state;
    takeover_begin(7);
    assert_int_equal(takeover_drawn(), 0);
    assert_int_equal(gnutls_rnd(GNUTLS_RND_NONCE, first, sizeof first), 0);
    assert_int_equal(gnutls_rnd(GNUTLS_RND_KEY, second, sizeof second), 0);
    assert_int_equal(takeover_drawn(), 40);
    assert_memory_not_equal(first, second, sizeof first);
    takeover_begin(7);
    assert_int_equal(gnutls_rnd(GNUTLS_RND_RANDOM, again, sizeof again), 0);
    assert_memory_equal(first, again, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_follows_from_the_seed),
        cmocka_unit_test(what_is_drawn_goes_on_until_it_begins_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
