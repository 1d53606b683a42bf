/* SPDX-License-Identifier: MIT */
/* The digest of a conversation: of what was said, not of when. */
#include "conformance/transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct arena arena;

static int clear_arena(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

/* The digest of one line, with `id` made at random (unless NULL). */
static const char *hash_of(const char *line, const char *id)
{
    struct transcript t = {.arena = &arena};
    char *hash = arena_new(&arena, TRANSCRIPT_HASH_LEN, 1);

    transcript_add(&t, false, 0, slice_of(line));
    if (id)
        transcript_random_id(&t, slice_of(id));
    transcript_hash(&t, hash);
    return hash;
}

static void numbers_of_verbs_do_not_matter(void **state)
{
    (void)state;
    assert_string_equal(hash_of("{\"seq\":7,\"ok\":true}", NULL),
                        hash_of("{\"seq\":1234,\"ok\":true}", NULL));
    assert_string_not_equal(hash_of("{\"seq\":7,\"ok\":true}", NULL),
                            hash_of("{\"seq\":7,\"ok\":false}", NULL));
}

static void random_ids_do_not_matter_in_text_or_hex(void **state)
{
    (void)state;
    assert_string_equal(hash_of("{\"id\":\"q1\",\"hex\":\"007131ff\"}", "q1"),
                        hash_of("{\"id\":\"z9\",\"hex\":\"007a39ff\"}", "z9"));
    assert_string_not_equal(hash_of("{\"id\":\"q1\"}", NULL),
                            hash_of("{\"id\":\"z9\"}", NULL));
}

static void who_said_it_matters(void **state)
{
    struct transcript t = {.arena = &arena};
    char hash[TRANSCRIPT_HASH_LEN];

    (void)state;
    transcript_add(&t, true, 0, slice_of("x"));
    transcript_hash(&t, hash);
    assert_string_not_equal(hash, hash_of("x", NULL));
}

static void the_digest_is_sha_256(void **state)
{
    char hash[TRANSCRIPT_HASH_LEN];

    (void)state;
    transcript_digest(slice_of("abc"), hash);
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223"
                              "b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(numbers_of_verbs_do_not_matter, clear_arena),
        cmocka_unit_test_teardown(random_ids_do_not_matter_in_text_or_hex,
                                  clear_arena),
        cmocka_unit_test_teardown(who_said_it_matters, clear_arena),
        cmocka_unit_test(the_digest_is_sha_256),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
