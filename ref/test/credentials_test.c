/* SPDX-License-Identifier: MIT */
/* The store of sealed secrets: put, get and delete, by provider [IP-9]. */
#include "ref/state/credentials.h"
#include "ref/base/bounds.h"
#include "ref/test/t.h"

static struct credentials store;
static struct failure failure;

static int clear(void **state)
{
    (void)state;
    credentials_clear(&store);
    return 0;
}

static bool put(const char *provider, const char *data)
{
    const struct encrypted_data sealed = {.key_version = 1,
                                          .salt = slice_of("salt"),
                                          .iv = slice_of("iv"),
                                          .data = slice_of(data)};

    return credentials_put(&store, slice_of(provider), &sealed, &failure);
}

static struct slice data_of(const char *provider)
{
    const struct encrypted_data *e =
        credentials_get(&store, slice_of(provider));

    return e ? e->data : slice_of("(none)");
}

static void what_was_put_is_got_by_its_exact_name(void **state)
{
    (void)state;
    assert_true(put("openai", "one"));
    assert_true(put("github", "two"));
    t_same(data_of("openai"), "one");
    t_same(data_of("github"), "two");
    t_same(data_of("OpenAI"), "(none)");
    t_same(data_of(""), "(none)");
    t_same(credentials_get(&store, slice_of("openai"))->salt, "salt");
}

static void the_last_one_put_is_kept(void **state)
{
    (void)state;
    assert_true(put("openai", "one"));
    assert_true(put("openai", "two"));
    t_same(data_of("openai"), "two");
    assert_true(credentials_put(&store, slice_of("openai"),
                                credentials_get(&store, slice_of("openai")),
                                &failure));
    t_same(data_of("openai"), "two");
}

static void what_was_deleted_or_never_there_is_not_there(void **state)
{
    (void)state;
    credentials_delete(&store, slice_of("openai"));
    assert_true(put("openai", "one"));
    credentials_delete(&store, slice_of("github"));
    t_same(data_of("openai"), "one");
    credentials_delete(&store, slice_of("openai"));
    t_same(data_of("openai"), "(none)");
    credentials_delete(&store, slice_of("openai"));
}

static void a_full_store_takes_nothing_new(void **state)
{
    char name[BOUNDS_PROVIDER_MAX + 2] = "";

    (void)state;
    memset(name, 'x', BOUNDS_PROVIDER_MAX);
    assert_true(put(name, "one"));
    name[BOUNDS_PROVIDER_MAX] = 'x';
    assert_false(put(name, "one"));
    t_says(failure.sentence, "at most 256 bytes");
    for (unsigned i = 1; i < BOUNDS_CREDENTIALS_MAX; i++) {
        (void)snprintf(name, sizeof name, "p%u", i);
        assert_true(put(name, "one"));
    }
    assert_false(put("more", "one"));
    t_says(failure.sentence, "no room for more than 4096");
    assert_true(put("p1", "two"));
    t_same(data_of("more"), "(none)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_was_put_is_got_by_its_exact_name, clear),
        cmocka_unit_test_teardown(the_last_one_put_is_kept, clear),
        cmocka_unit_test_teardown(what_was_deleted_or_never_there_is_not_there,
                                  clear),
        cmocka_unit_test_teardown(a_full_store_takes_nothing_new, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
