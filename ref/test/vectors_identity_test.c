/* SPDX-License-Identifier: MIT */
/* Whom a request claims to speak for, out of its payload: the vectors of
 * forwarded_for.json. A claim that is refused counts as absent. */
#include "ref/base/bounds.h"
#include "ref/model/envelope.h"
#include "ref/test/vectors.h"

static void run_claim(const json_t *test, const json_t *params)
{
    struct identity who = {.resources = NULL};
    struct buf body, scratch;
    struct envelope e;
    const char *why;
    bool is_claim;

    (void)params;
    buf_init(&body, BOUNDS_BODY_MAX);
    buf_init(&scratch, BOUNDS_BODY_MAX);
    buf_put(&body, "{\"type\":\"call.requested\",\"id\":\"1\",\"payload\":");
    buf_put_slice(&body, bytes_of(test, "payload"));
    buf_put(&body, "}");
    assert_true(envelope_parse(buf_slice(&body), &scratch, &e, &why));
    is_claim = e.forwarded_for.data && identity_parse(e.forwarded_for, &who);
    check_identity(is_claim ? &who : NULL);
    identity_clear(&who);
    buf_clear(&body);
    buf_clear(&scratch);
}

static const struct vectors_runner runners[] = {
    {"forwarded_for", run_claim, "payload", "identity"},
};

static void claims_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("forwarded_for.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_read_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
