/* SPDX-License-Identifier: MIT */
/*
 * Who our peers are. Tokens: "open sesame" has the SHA-256 41ef4bb0…, made with
 * sha256sum like the other one.
 */
#include "ref/state/peerbook.h"
#include "ref/test/t.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SESAME                                                                 \
    "sha256:"                                                                  \
    "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb"
#define ABC                                                                    \
    "sha256:"                                                                  \
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static struct peerbook book;
static struct failure failure;

static int clear(void **state)
{
    (void)state;
    peerbook_clear(&book);
    return 0;
}

static bool read_book(const char *text)
{
    json_t *list = t_tree(text);
    bool is_good = peerbook_read(list, &book, &failure);

    json_decref(list);
    return is_good;
}

/* The id behind an identity, or "nobody". */
static const char *id_of(const struct identity *who)
{
    return who ? (const char *)who->id.data : "nobody";
}

static const char *by_key(const char *fingerprint)
{
    return id_of(peerbook_by_fingerprint(&book, slice_of(fingerprint)));
}

static const char *by_token(const char *token)
{
    return id_of(peerbook_by_token(&book, slice_of(token)));
}

/* [PI-4, IP-2, IP-3] */
static void a_peer_is_known_by_its_keys_and_by_its_token(void **state)
{
    (void)state;
    assert_true(read_book(
        "[{\"peer_id\":\"alice\",\"fingerprints\":[\"ed25519:" HEX64 "\","
        "\"SHA256:" HEX64 "\"],\"auth_token_hash\":\"" SESAME "\","
        "\"scopes\":[\"a\"],\"resources\":{\"t\":[\"x\"]},"
        "\"display_name\":\"Alice\",\"enabled\":true},"
        "{\"peer_id\":\"bob\",\"auth_token_hash\":\"" ABC "\"}]"));
    assert_string_equal(by_key("ed25519:" HEX64), "alice");
    assert_string_equal(by_key("SHA256:" HEX64), "alice");
    assert_string_equal(by_token("open sesame"), "alice");
    assert_string_equal(by_token("abc"), "bob");
    assert_true(strings_has(&book.entries[0].identity.scopes, slice_of("a")));
    assert_non_null(
        identity_resource(&book.entries[0].identity, slice_of("t")));
}

/* [FP-4] and exactly so */
static void nearly_the_same_is_somebody_else(void **state)
{
    (void)state;
    assert_true(read_book(
        "[{\"peer_id\":\"alice\",\"fingerprints\":[\"ed25519:" HEX64 "\"],"
        "\"auth_token_hash\":\"" SESAME "\"}]"));
    assert_string_equal(by_key("SHA256:" HEX64), "nobody");
    assert_string_equal(by_key("ED25519:" HEX64), "nobody");
    assert_string_equal(by_key(HEX64), "nobody");
    assert_string_equal(by_key(""), "nobody");
    assert_string_equal(by_token("open sesame "), "nobody");
    assert_string_equal(by_token("Open sesame"), "nobody");
    assert_string_equal(by_token(SESAME), "nobody");
    assert_string_equal(by_token(""), "nobody");
    assert_string_equal(id_of(peerbook_by_token(&book, slice_make(NULL, 0))),
                        "nobody");
}

/* A peer without a token is not the one who says nothing. */
static void a_peer_without_a_token_has_none(void **state)
{
    (void)state;
    assert_true(read_book("[{\"peer_id\":\"a\"},{\"peer_id\":\"b\","
                          "\"auth_token_hash\":null,\"fingerprints\":[]}]"));
    assert_string_equal(by_token(""), "nobody");
    assert_string_equal(by_key(""), "nobody");
}

/* [IP-6] */
static void a_disabled_peer_is_nobody(void **state)
{
    (void)state;
    assert_true(read_book(
        "[{\"peer_id\":\"old\",\"enabled\":false,\"fingerprints\":["
        "\"ed25519:" HEX64 "\"],\"auth_token_hash\":\"" SESAME "\"},"
        "{\"peer_id\":\"off\",\"enabled\":false,\"fingerprints\":["
        "\"SHA256:" HEX64 "\"],\"auth_token_hash\":\"" ABC "\"},"
        "{\"peer_id\":\"new\",\"fingerprints\":[\"ed25519:" HEX64 "\"],"
        "\"auth_token_hash\":\"" SESAME "\"}]"));
    assert_string_equal(by_key("ed25519:" HEX64), "new");
    assert_string_equal(by_token("open sesame"), "new");
    assert_string_equal(by_key("SHA256:" HEX64), "nobody");
    assert_string_equal(by_token("abc"), "nobody");
}

/* [IP-2, IP-3] */
static void the_first_of_several_peers_counts(void **state)
{
    (void)state;
    assert_true(
        read_book("[{\"peer_id\":\"a\",\"fingerprints\":[\"ed25519:" HEX64
                  "\"],\"auth_token_hash\":\"" ABC "\"},{\"peer_id\":\"b\","
                  "\"fingerprints\":[\"ed25519:" HEX64 "\"],"
                  "\"auth_token_hash\":\"" ABC "\"}]"));
    assert_string_equal(by_key("ed25519:" HEX64), "a");
    assert_string_equal(by_token("abc"), "a");
}

/* [IP-1] found or not at all */
static void an_empty_book_knows_nobody(void **state)
{
    (void)state;
    assert_string_equal(by_key("ed25519:" HEX64), "nobody");
    assert_string_equal(by_token("open sesame"), "nobody");
    assert_true(read_book("[]"));
    assert_string_equal(by_token("open sesame"), "nobody");
}

/* [PI-6, PI-7, FP-4] */
static void a_mistake_in_a_book_is_one_sentence(void **state)
{
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"{}", "expected a list of peers"},
        {"[1]", "peer 0: expected an object"},
        {"[{}]", "peer 0: peer_id: missing, expected a string"},
        {"[{\"peer_id\":\"a\"},{\"peer_id\":7}]",
         "peer 1: peer_id: expected a string"},
        {"[{\"peer_id\":\"\"}]", "peer 0: peer_id: expected a name without"},
        {"[{\"peer_id\":\"a/b\"}]", "peer 0: peer_id: expected a name without"},
        {"[{\"peer_id\":\"local\"}]", "peer 0: peer_id: expected a name"},
        {"[{\"peer_id\":\"a\"},{\"peer_id\":\"b\"},{\"peer_id\":\"a\"}]",
         "peer 2: peer_id: a is there twice"},
        {"[{\"peer_id\":\"a\",\"fingerprints\":[\"ed25519:00\"]}]",
         "peer 0: fingerprints: expected"},
        {"[{\"peer_id\":\"a\",\"fingerprints\":[\"sha256:" HEX64 "\"]}]",
         "peer 0: fingerprints: expected"},
        {"[{\"peer_id\":\"a\",\"fingerprints\":null}]",
         "peer 0: fingerprints: expected a list of strings"},
        {"[{\"peer_id\":\"a\",\"auth_token_hash\":\"[REDACTED]\"}]",
         "peer 0: auth_token_hash: expected a secret, not what is printed"},
        {"[{\"peer_id\":\"a\",\"auth_token_hash\":\"open sesame\"}]",
         "peer 0: auth_token_hash: expected \"sha256:\""},
        {"[{\"peer_id\":\"a\",\"auth_token_hash\":\"SHA256:" HEX64 "\"}]",
         "peer 0: auth_token_hash: expected \"sha256:\""},
        {"[{\"peer_id\":\"a\",\"auth_token_hash\":\"sha256:A123456789abcdef"
         "0123456789abcdef0123456789abcdef0123456789abcdef\"}]",
         "peer 0: auth_token_hash: expected \"sha256:\""},
        {"[{\"peer_id\":\"a\",\"auth_token_hash\":\"sha256:" HEX64 "0\"}]",
         "peer 0: auth_token_hash: expected \"sha256:\""},
        {"[{\"peer_id\":\"a\",\"resources\":{\"t\":[1]}}]",
         "peer 0: resources: expected an object of lists"},
        {"[{\"peer_id\":\"a\",\"resources\":{\"s\":[\"x\"],\"t\":1}}]",
         "peer 0: resources: expected an object of lists"},
        {"[{\"peer_id\":\"a\",\"scopes\":\"x\"}]", "peer 0: scopes: expected"},
        {"[{\"peer_id\":\"a\",\"enabled\":1}]", "peer 0: enabled: expected"},
        {"[{\"peer_id\":\"a\",\"id\":\"a\"}]", "peer 0: id: no such member"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        assert_false(read_book(cases[i].text));
        t_says(failure.sentence, cases[i].sentence);
        assert_int_equal(book.count, 0);
    }
}

/* Names that only look like the reserved ones are names. */
static void peculiar_names_are_names(void **state)
{
    (void)state;
    assert_true(read_book("[{\"peer_id\":\"Local\"},{\"peer_id\":\"locals\"},"
                          "{\"peer_id\":\" \"},{\"peer_id\":\"a\\\\b\"}]"));
    assert_int_equal(book.count, 4);
}

#define WITH_BOOK(test) cmocka_unit_test_teardown(test, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BOOK(a_peer_is_known_by_its_keys_and_by_its_token),
        WITH_BOOK(nearly_the_same_is_somebody_else),
        WITH_BOOK(a_peer_without_a_token_has_none),
        WITH_BOOK(a_disabled_peer_is_nobody),
        WITH_BOOK(the_first_of_several_peers_counts),
        WITH_BOOK(an_empty_book_knows_nobody),
        WITH_BOOK(a_mistake_in_a_book_is_one_sentence),
        WITH_BOOK(peculiar_names_are_names),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
