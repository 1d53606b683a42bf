/* SPDX-License-Identifier: MIT */
/*
 * From a sealed secret to a capability. What seals here turns each byte round
 * with the first byte of the salt: nobody's idea of safe, but the plain text
 * is in memory only while it is open, and a witness looks whether it stays.
 */
#include "ref/state/vault.h"
#include "ref/base/bounds.h"
#include "ref/test/t.h"
#include "ref/test/witness.h"

static struct credentials store;
static struct capabilities *capabilities;
static struct failure failure;

static uint8_t turned(uint8_t byte, const struct encrypted_data *sealed)
{
    return (uint8_t)(byte ^ sealed->salt.data[0]);
}

/* Key version 2 opens as far as the middle and fails. */
static bool decrypt(void *self, const struct encrypted_data *sealed,
                    struct buf *ret_plain)
{
    size_t len =
        sealed->key_version == 2 ? sealed->data.len / 2 : sealed->data.len;

    assert_ptr_equal(self, &store);
    assert_int_equal(ret_plain->capacity, BOUNDS_SEALED_MAX); /* never moves */
    for (size_t i = 0; i < len; i++)
        buf_put_byte(ret_plain, turned(sealed->data.data[i], sealed));
    return sealed->key_version != 2;
}

static const struct vault opener = {decrypt, &store};

static void seal(const char *provider, const char *plain, uint32_t key_version)
{
    uint8_t bytes[BOUNDS_SEALED_MAX];
    struct encrypted_data sealed = {.key_version = key_version,
                                    .salt = slice_make("\x5a", 1),
                                    .iv = slice_of("iv"),
                                    .data = {bytes, strlen(plain)}};

    assert_true(sealed.data.len <= sizeof bytes);
    for (size_t i = 0; i < sealed.data.len; i++)
        bytes[i] = turned((uint8_t)plain[i], &sealed);
    assert_true(credentials_put(&store, slice_of(provider), &sealed, &failure));
}

static bool fill(const char *provider, const char *name)
{
    return vault_fill(&opener, &store, slice_of(provider), slice_of(name),
                      capabilities, &failure);
}

static int begin(void **state)
{
    (void)state;
    capabilities = capabilities_new();
    witness_leaking = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    credentials_clear(&store);
    capabilities_free(capabilities);
    return 0;
}

/* [CP-4] */
static void a_capability_is_filled_from_the_store(void **state)
{
    (void)state;
    seal("openai", "sk-1", 1);
    assert_true(fill("openai", "api_key:openai"));
    t_same(capabilities_get(capabilities, slice_of("api_key:openai")), "sk-1");
    assert_int_equal(capabilities_count(capabilities), 1);
}

/* [IP-9] */
static void the_store_itself_stays_sealed(void **state)
{
    const struct encrypted_data *sealed;

    (void)state;
    seal("openai", "sk-1", 1);
    assert_true(fill("openai", "key"));
    sealed = credentials_get(&store, slice_of("openai"));
    assert_int_equal(sealed->data.len, 4);
    assert_memory_not_equal(sealed->data.data, "sk-1", 4);
}

/* It says so, and adds nothing. */
static void refuses(const char *provider, const char *sentence)
{
    assert_false(fill(provider, "key"));
    assert_string_equal(failure.sentence, sentence);
    assert_null(capabilities_get(capabilities, slice_of("key")).data);
}

static void what_cannot_be_filled_is_refused_with_a_sentence(void **state)
{
    (void)state;
    refuses("openai", "credential of openai: there is none");
    seal("openai", "sk-1", 2);
    refuses("openai", "credential of openai: it cannot be decrypted");
    seal("openai", "", 1);
    refuses("openai", "credential of openai: nothing is sealed in it");
    seal("openai", "[REDACTED]", 1);
    refuses("openai", "credential of openai: expected a secret, not what is "
                      "printed instead of one");
}

static void a_capability_is_filled_once(void **state)
{
    (void)state;
    seal("openai", "sk-1", 1);
    seal("github", "gh-1", 1);
    assert_true(fill("openai", "key"));
    assert_false(fill("github", "key"));
    t_says(failure.sentence, "there is a capability of that name");
    t_same(capabilities_get(capabilities, slice_of("key")), "sk-1");
}

/* [CP-1] No block is given back with the secret in it, whether the secret came
 * to its place or not, and however long it is; and no sentence repeats it. */
static void the_plain_text_is_wiped_behind_it(void **state)
{
    static char marker[BOUNDS_SEALED_MAX + 1];
    size_t freed = witness_freed;

    (void)state;
    memset(marker, WITNESS_MARKER[0], BOUNDS_SEALED_MAX);
    for (uint32_t version = 1; version <= 2; version++) {
        seal("short", WITNESS_MARKER, version);
        seal("long", marker, version);
        assert_int_equal(fill("short", "a"), version == 1);
        assert_int_equal(fill("long", "b"), version == 1);
        assert_false(fill("short", "a")); /* taken, or not to be opened */
        assert_null(strstr(failure.sentence, "~"));
    }
    assert_true(witness_freed >= freed + 6);
    assert_int_equal(witness_leaking, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_capability_is_filled_from_the_store,
                                        begin, end),
        cmocka_unit_test_setup_teardown(the_store_itself_stays_sealed, begin,
                                        end),
        cmocka_unit_test_setup_teardown(
            what_cannot_be_filled_is_refused_with_a_sentence, begin, end),
        cmocka_unit_test_setup_teardown(a_capability_is_filled_once, begin,
                                        end),
        cmocka_unit_test_setup_teardown(the_plain_text_is_wiped_behind_it,
                                        begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
