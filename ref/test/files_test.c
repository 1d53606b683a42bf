/* SPDX-License-Identifier: MIT */
/* What is read from disk, good and bad: every mistake is a sentence that names
 * the file, the member and what was expected. */
#include "ref/host/files.h"
#include "ref/test/t.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/files_test.XXXXXX";

static const char *path_of(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *write_file(const char *name, const char *text)
{
    const char *path = path_of(name);
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    return path;
}

static void fill_with_seven(void *self, uint8_t *bytes, size_t len)
{
    (void)self;
    memset(bytes, 7, len);
}

static void a_key_that_was_made_is_read_back(void **state)
{
    const struct entropy_source sevens = {fill_with_seven, NULL};
    uint8_t made[FILES_SEED_LEN], read[FILES_SEED_LEN];
    const char *path = path_of("new.key");
    struct failure f;
    struct stat s;

    (void)state;
    assert_true(files_make_key(path, &sevens, made, &f));
    assert_true(files_read_key(path, read, &f));
    assert_memory_equal(made, read, sizeof made);
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
}

static void a_key_is_never_written_over_another(void **state)
{
    const struct entropy_source sevens = {fill_with_seven, NULL};
    const char *path = write_file("old.key", "precious");
    uint8_t seed[FILES_SEED_LEN];
    struct failure f;

    (void)state;
    assert_false(files_make_key(path, &sevens, seed, &f));
    assert_non_null(strstr(f.sentence, "old.key: cannot be made"));
}

static void mistakes_in_keys_are_named(void **state)
{
    static const struct {
        const char *text, *sentence;
    } rows[] = {
        {"", "not JSON"},
        {"{", "not JSON"},
        {"[]", "expected an object"},
        {"{}", "ed25519_seed: missing"},
        {"{\"ed25519_seed\":1}", "ed25519_seed: expected a string"},
        {"{\"ed25519_seed\":\"00\"}", "ed25519_seed: expected 64"},
        {"{\"ed25519_seed\":\"[REDACTED]\"}",
         "ed25519_seed: expected a secret, not what is printed"},
        {"{\"ed25519_seed\":\"00\",\"x\":1}", "x: no such member"},
    };
    uint8_t seed[FILES_SEED_LEN];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct failure f = {""};

        assert_false(
            files_read_key(write_file("bad.key", rows[i].text), seed, &f));
        if (!strstr(f.sentence, rows[i].sentence) ||
            !strstr(f.sentence, "bad.key: "))
            fail_msg("%s: %s", rows[i].text, f.sentence);
    }
}

static void a_peer_book_is_read(void **state)
{
    struct auth_policy book;
    struct failure f;

    (void)state;
    assert_true(files_read_policy(
        write_file("p.json", "{\"peers\":[{\"peer_id\":\"a\"}]}"), &book, &f));
    assert_int_equal(book.peers.count, 1);
    auth_policy_clear(&book);
}

static void a_mistake_in_a_peer_book_names_file_peer_and_member(void **state)
{
    struct auth_policy book;
    struct failure f;

    (void)state;
    assert_false(files_read_policy(
        write_file("p.json",
                   "{\"peers\":[{\"peer_id\":\"a\"},{\"peer_id\":7}]}"),
        &book, &f));
    assert_non_null(
        strstr(f.sentence, "p.json: peer 1: peer_id: expected a string"));
}

static void a_token_is_the_first_line(void **state)
{
    struct buf token;
    struct failure f;

    (void)state;
    buf_init(&token, 1000);
    assert_true(files_read_token(write_file("t", "abc\ndef\n"), &token, &f));
    assert_int_equal(token.len, 3);
    buf_reset(&token);
    assert_true(files_read_token(write_file("t", "abc"), &token, &f));
    assert_int_equal(token.len, 3);
    buf_reset(&token);
    assert_false(files_read_token(write_file("t", "\nabc"), &token, &f));
    assert_false(files_read_token(write_file("t", ""), &token, &f));
    assert_non_null(strstr(f.sentence, "t: expected a token on its first"));
    assert_false(files_read_token(write_file("t", "[REDACTED]\n"), &token, &f));
    assert_non_null(strstr(f.sentence, "t: expected a secret, not what is"));
    assert_int_equal(token.len, 0);
    buf_clear(&token);
}

static void what_is_not_there_is_said(void **state)
{
    struct auth_policy book;
    struct failure f;

    (void)state;
    assert_false(files_read_policy(path_of("none"), &book, &f));
    assert_non_null(strstr(f.sentence, "none: cannot be read"));
    assert_false(files_read_policy(folder, &book, &f));
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    static const char *const names[] = {"new.key", "old.key", "bad.key",
                                        "p.json", "t"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)unlink(path_of(names[i]));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_that_was_made_is_read_back),
        cmocka_unit_test(a_key_is_never_written_over_another),
        cmocka_unit_test(mistakes_in_keys_are_named),
        cmocka_unit_test(a_peer_book_is_read),
        cmocka_unit_test(a_mistake_in_a_peer_book_names_file_peer_and_member),
        cmocka_unit_test(a_token_is_the_first_line),
        cmocka_unit_test(what_is_not_there_is_said),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
