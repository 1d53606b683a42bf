/* SPDX-License-Identifier: MIT */
/* Is somebody the same who comes with another key, or with the same one to
 * another policy? The vectors of rotation.json. */
#include "ref/state/auth_policy.h"
#include "ref/test/vectors.h"

/* Whom a policy knows by a credential; NULL for nobody. Owned by `policy`. */
static const struct identity *known(const json_t *test, const char *policy_name,
                                    const char *name,
                                    struct auth_policy *policy)
{
    json_t *tree = tree_of(test, policy_name);
    json_t *credential = tree_of(test, name);
    json_int_t now_s = json_integer_value(get(test, "now"));
    const struct identity *who;
    struct failure f;

    if (!auth_policy_read(tree, policy, &f))
        fail_msg("%s: %s", now.id, f.sentence);
    assert_int_equal(json_object_size(credential), 1);
    who = get(credential, "token")
              ? auth_policy_by_token(policy, bytes_of(credential, "token"),
                                     (uint64_t)now_s)
              : auth_policy_by_fingerprint(policy,
                                           bytes_of(credential, "fingerprint"));
    json_decref(tree);
    json_decref(credential);
    return who;
}

static void run_rotation(const json_t *test, const json_t *params)
{
    struct auth_policy before = {.peers = {NULL, 0}}, after = before;
    const struct identity *was = known(test, "before", "was", &before);
    const struct identity *is = known(test, "after", "is", &after);
    bool is_same;

    (void)params;
    assert_non_null(was);
    is_same = is && slice_equal(was->id, is->id);
    check_verdict(is_same);
    if (is_same)
        check_that(slice_equal(is->id, bytes_of(now.expect, "id")), "the id");
    auth_policy_clear(&before);
    auth_policy_clear(&after);
}

static const struct vectors_runner runners[] = {
    {"rotation", run_rotation, "before was after is now", "id"},
};

static void ids_stay_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("rotation.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_stay_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
