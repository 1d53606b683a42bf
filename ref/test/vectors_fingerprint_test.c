/* SPDX-License-Identifier: MIT */
/* The names of keys and certificates: the vectors of fingerprint.json. */
#include "ref/model/fingerprint.h"
#include "ref/test/vectors.h"

static void run_key(const json_t *test, const json_t *params)
{
    struct slice der = t_unhex(text_of(test, "der"));
    struct fingerprint f = fingerprint_of(der);

    (void)params;
    check_verdict(true); /* everything has a name */
    check_that(
        slice_equal(fingerprint_slice(&f), bytes_of(now.expect, "fingerprint")),
        "the fingerprint");
    check_that(fingerprint_is_valid(fingerprint_slice(&f)), "its form");
    t_free(der);
}

static void run_text(const json_t *test, const json_t *params)
{
    struct slice text = t_exact(bytes_of(test, "written"));

    (void)params;
    check_verdict(fingerprint_is_valid(text));
    t_free(text);
}

static const struct vectors_runner runners[] = {
    {"fingerprint", run_key, "der", "fingerprint"},
    {"fingerprint_text", run_text, "written", ""},
};

static void keys_are_named_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("fingerprint.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_named_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
