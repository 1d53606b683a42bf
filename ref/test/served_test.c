/* SPDX-License-Identifier: MIT */
/* One served call: it owns copies of everything, gets its secrets last, and
 * leaves none behind. */
#include "ref/session/served.h"
#include "ref/base/xalloc.h"
#include "ref/test/offer.h"
#include "ref/test/t.h"
#include "ref/test/witness.h"

static const struct peer_filter filter = {.is_open = true};
static const struct context_origin origin = {NULL, 3};

static struct served *make(const char *claim)
{
    char id[] = "r1", operation[] = "fs/read";
    struct identity who = {.resources = NULL};
    struct served_request request = {
        .id = slice_of(id),
        .operation = slice_of(operation),
        .identity = &who,
        .forwarded_for = claim ? slice_of(claim) : slice_make(NULL, 0),
    };
    struct served *call;

    assert_true(identity_parse(
        slice_of("{\"id\":\"alice\",\"scopes\":[],\"resources\":{}}"), &who));
    call = served_new(&request, filter, origin);
    identity_clear(&who);
    id[0] = operation[0] = 'X';
    return call;
}

static void a_call_owns_what_it_was_made_of(void **state)
{
    struct served *call = make(NULL);

    (void)state;
    t_same(call->context.request_id, "r1");
    t_same(call->context.operation, "fs/read");
    t_same(call->context.identity->id, "alice");
    assert_null(call->context.forwarded_for);
    assert_int_equal(call->context.origin.serial, 3);
    assert_true(call->context.filter.is_open);
    assert_false(call->context.is_internal);
    served_free(call);
}

static void a_call_may_come_from_nobody(void **state)
{
    struct served_request request = {.id = slice_make(NULL, 0)};
    struct served *call = served_new(&request, filter, origin);

    (void)state;
    assert_null(call->context.identity);
    t_same(call->context.operation, "");
    served_free(call);
}

/* [FF-4, FF-5, RQ-6, RQ-7, RQ-8] */
static void a_malformed_claim_is_no_claim(void **state)
{
    static const struct {
        const char *claim, *id;
    } cases[] = {
        {"{\"id\":\"bob\",\"scopes\":[\"x\"],\"resources\":{},\"y\":1}", "bob"},
        {"{\"id\":\"\",\"scopes\":[],\"resources\":{}}", ""},
        {"null", NULL},
        {"\"bob\"", NULL},
        {"{}", NULL},
        {"{\"id\":\"bob\",\"scopes\":[1],\"resources\":{}}", NULL},
        {"[\"bob\",[],{}]", NULL},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        struct served *call = make(cases[i].claim);

        if (cases[i].id)
            t_same(call->context.forwarded_for->id, cases[i].id);
        else
            assert_null(call->context.forwarded_for);
        t_same(call->context.identity->id, "alice"); /* [FF-2] */
        served_free(call);
    }
}

/* [CP-1, CP-4, CP-5, CP-6] */
static void
secrets_come_with_admission_and_are_wiped_with_the_call(void **state)
{
    struct registration r = offer_make("{\"name\":\"a\"}", offer_never);
    struct served *call = make(NULL);

    (void)state;
    r.capabilities = capabilities_new();
    capabilities_add(r.capabilities, slice_of("k"), slice_of(WITNESS_MARKER));
    assert_null(call->context.capabilities);
    served_admit(call, &r);
    assert_ptr_equal(call->handler.start, offer_start_never);
    assert_ptr_not_equal(call->context.capabilities, r.capabilities);
    registry_drop(&r);
    t_same(capabilities_get(call->context.capabilities, slice_of("k")),
           WITNESS_MARKER);
    served_free(call);
    assert_int_equal(witness_leaking, 0);
}

static void an_operation_without_secrets_hands_over_none(void **state)
{
    struct registration r = offer_make("{\"name\":\"a\"}", offer_never);
    struct served *call = make(NULL);

    (void)state;
    served_admit(call, &r);
    assert_null(call->context.capabilities);
    served_free(call);
    registry_drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_owns_what_it_was_made_of),
        cmocka_unit_test(a_call_may_come_from_nobody),
        cmocka_unit_test(a_malformed_claim_is_no_claim),
        cmocka_unit_test(
            secrets_come_with_admission_and_are_wiped_with_the_call),
        cmocka_unit_test(an_operation_without_secrets_hands_over_none),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
