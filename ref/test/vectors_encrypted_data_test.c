/* SPDX-License-Identifier: MIT */
/* What is a sealed secret, and what is none? The vectors of
 * encrypted_data.json. */
#include "ref/model/encrypted_data.h"
#include "ref/test/vectors.h"

static void check_bytes(const char *name, struct slice got)
{
    struct slice wanted = t_unhex(text_of(now.expect, name));

    check_that(slice_equal(got, wanted), name);
    t_free(wanted);
}

/* It says what is expected, and written again it is what it was. */
static void check_read(const struct encrypted_data *e, const json_t *written)
{
    json_t *again = encrypted_data_tree(e);

    check_that(json_integer_value(get(now.expect, "key_version")) ==
                   (json_int_t)e->key_version,
               "key_version");
    check_bytes("salt", e->salt);
    check_bytes("iv", e->iv);
    check_bytes("data", e->data);
    check_that(json_equal(again, written), "what is written");
    json_decref(again);
}

static void run_form(const json_t *test, const json_t *params)
{
    json_t *tree = tree_of(test, "written");
    struct encrypted_data e = {.key_version = 0};
    struct failure f;
    bool is_good = encrypted_data_read(tree, &e, &f);

    (void)params;
    check_verdict(is_good);
    if (is_good)
        check_read(&e, tree);
    else
        check_member(&f);
    encrypted_data_clear(&e);
    json_decref(tree);
}

static const struct vectors_runner runners[] = {
    {"encrypted_data", run_form, "written", "key_version salt iv data member"},
};

static void sealed_secrets_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("encrypted_data.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_secrets_are_read_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
