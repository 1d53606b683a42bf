/* SPDX-License-Identifier: MIT */
/* Who has shown this key, who says this token, and which books are refused:
 * the vectors of peer_book.json. */
#include "ref/state/peerbook.h"
#include "ref/test/vectors.h"

static bool read_book(const json_t *test, struct peerbook *ret,
                      struct failure *ret_failure)
{
    json_t *tree = tree_of(test, "book");
    bool is_good = peerbook_read(tree, ret, ret_failure);

    json_decref(tree);
    return is_good;
}

static void run_look(const json_t *test, const json_t *params)
{
    struct peerbook book;
    struct failure f;

    (void)params;
    assert_true(read_book(test, &book, &f));
    check_identity(
        get(test, "token")
            ? peerbook_by_token(&book, bytes_of(test, "token"))
            : peerbook_by_fingerprint(&book, bytes_of(test, "fingerprint")));
    peerbook_clear(&book);
}

static void run_form(const json_t *test, const json_t *params)
{
    struct peerbook book = {NULL, 0};
    struct failure f;
    bool is_good = read_book(test, &book, &f);

    (void)params;
    check_list(is_good, "peer", &f);
    peerbook_clear(&book);
}

static const struct vectors_runner runners[] = {
    {"peer_book", run_look, "book fingerprint token", "identity"},
    {"peer_book_form", run_form, "book", "peer member"},
};

static void peers_are_known_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("peer_book.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peers_are_known_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
