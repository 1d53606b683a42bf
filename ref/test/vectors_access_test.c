/* SPDX-License-Identifier: MIT */
/* May this identity do this? The vectors of access.json. */
#include "ref/model/access.h"
#include "ref/test/vectors.h"

/* Reads the access object of a vector. False: refused. */
static bool read_access(const json_t *test, struct access *ret)
{
    json_t *tree = tree_of(test, "access");
    struct failure f;
    bool is_good = access_read(tree, ret, &f);

    json_decref(tree);
    return is_good;
}

static void run_access(const json_t *test, const json_t *params)
{
    bool is_somebody = json_is_string(get(test, "identity"));
    struct identity who = {.resources = NULL};
    struct access a;
    struct buf why;

    (void)params;
    buf_init(&why, 1000);
    assert_true(read_access(test, &a));
    if (is_somebody)
        assert_true(identity_parse(bytes_of(test, "identity"), &who));
    check_verdict(access_check(&a, is_somebody ? &who : NULL,
                               (struct access_resource){.owners = NULL}, &why));
    access_clear(&a);
    identity_clear(&who);
    buf_clear(&why);
}

static void run_form(const json_t *test, const json_t *params)
{
    struct access a;
    struct buf written;
    bool is_good = read_access(test, &a);
    json_t *tree;

    (void)params;
    check_verdict(is_good);
    if (!is_good)
        return;
    tree = access_tree(&a);
    buf_init(&written, 1000);
    assert_true(value_print(tree, &written));
    check_that(access_is_restricted(&a) ==
                   json_is_true(get(now.expect, "restricted")),
               "restricted");
    check_that(
        is_same_json(buf_slice(&written), bytes_of(now.expect, "written")),
        "written");
    buf_clear(&written);
    json_decref(tree);
    access_clear(&a);
}

static const struct vectors_runner runners[] = {
    {"access", run_access, "access identity", ""},
    {"access_form", run_form, "access", "restricted written"},
};

static void access_is_decided_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("access.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(access_is_decided_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
