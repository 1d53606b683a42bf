/* SPDX-License-Identifier: MIT */
/* One served call: it owns copies of everything, gets its secrets last, and
 * leaves none behind. */
#include "ref/session/served.h"
#include "ref/base/xalloc.h"
#include "ref/test/offer.h"
#include "ref/test/t.h"
#include "ref/test/witness.h"

static const struct context_origin origin = {NULL, 3};
static struct commons commons;
static struct registry registry;

/* Nobody is told, and there are no lists to leave. */
static void leave(struct served *call)
{
    (void)call;
}

static void end_quietly(struct served *call,
                        const struct handler_answer *answer)
{
    (void)call;
    (void)answer;
}

static const struct served_outlet outlet = {.leave = leave, .end = end_quietly};

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    (void)self;
    (void)context;
    (void)input;
    assert_ptr_equal(call.desk, &commons.desk);
}

static const struct handler idle = {.start = start};

static int begin(void **state)
{
    (void)state;
    commons = (struct commons){.now_ns = 100};
    return 0;
}

static int end(void **state)
{
    (void)state;
    served_sweep(&commons);
    registry_clear(&registry);
    table_clear(&commons.served);
    agenda_clear(&commons.agenda);
    return 0;
}

static struct served *make(const char *claim)
{
    char id[] = "r1", operation[] = "fs/read";
    struct identity who = {.resources = NULL};
    struct context context =
        context_from_wire(slice_of(id), slice_of(operation),
                          (struct peer_filter){.is_open = true}, origin);
    struct served *call;

    assert_true(identity_parse(
        slice_of("{\"id\":\"alice\",\"scopes\":[],\"resources\":{}}"), &who));
    context.identity = &who;
    call = served_new(&commons, &context,
                      claim ? slice_of(claim) : slice_make(NULL, 0), &outlet);
    identity_clear(&who);
    id[0] = operation[0] = 'X';
    return call;
}

/* An operation "a" with that secret, or with none. */
static const struct registration *operation(const char *secret)
{
    struct registration r = offer_make("{\"name\":\"a\"}", idle);

    if (secret) {
        r.capabilities = capabilities_new();
        capabilities_add(r.capabilities, slice_of("k"), slice_of(secret));
    }
    offer_take(&registry, &r);
    return registry_find(&registry, slice_of("a"));
}

/* Every check was passed. */
static void run(struct served *call, const struct registration *r)
{
    served_choose(call, r);
    served_start(call, slice_of("1"));
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
    served_abort(call);
}

static void a_call_may_come_from_nobody(void **state)
{
    struct context context = {.origin = origin};
    struct served *call =
        served_new(&commons, &context, slice_make(NULL, 0), &outlet);

    (void)state;
    assert_null(call->context.identity);
    t_same(call->context.operation, "");
    served_abort(call);
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
        served_abort(call);
    }
}

/* [CP-1, CP-4, CP-5, CP-6] */
static void
secrets_come_with_admission_and_are_wiped_with_the_call(void **state)
{
    const struct registration *r = operation(WITNESS_MARKER);
    struct served *call = make(NULL);

    (void)state;
    assert_null(call->context.capabilities);
    run(call, r);
    assert_ptr_not_equal(call->context.capabilities, r->capabilities);
    t_same(capabilities_get(call->context.capabilities, slice_of("k")),
           WITNESS_MARKER);
    served_abort(call);
    registry_clear(&registry);
    served_sweep(&commons);
    assert_int_equal(witness_leaking, 0);
}

static void an_operation_without_secrets_hands_over_none(void **state)
{
    struct served *call = make(NULL);

    (void)state;
    run(call, operation(NULL));
    assert_null(call->context.capabilities);
    served_abort(call);
}

/* A handler may still be reading its context when its call ends. */
static void what_is_over_is_kept_until_it_is_swept_away(void **state)
{
    struct served *call = make(NULL);
    uint64_t serial = call->serial;

    (void)state;
    assert_ptr_equal(served_find(&commons, serial), call);
    served_abort(call);
    assert_null(served_find(&commons, serial));
    t_same(call->context.operation, "fs/read");
    served_sweep(&commons);
    assert_null(commons.retired);
}

/* [TO-6] from its start, until it is over */
static void a_deadline_runs_while_the_call_does(void **state)
{
    struct served *call = make(NULL);

    (void)state;
    call->context.deadline_ns = 150;
    assert_true(agenda_next_ns(&commons.agenda) == NEVER);
    run(call, operation(NULL));
    assert_int_equal(agenda_next_ns(&commons.agenda), 150);
    assert_false(served_is_stream(call));
    served_abort(call);
    assert_true(agenda_next_ns(&commons.agenda) == NEVER);
}

#define WITH_COMMONS(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_COMMONS(a_call_owns_what_it_was_made_of),
        WITH_COMMONS(a_call_may_come_from_nobody),
        WITH_COMMONS(a_malformed_claim_is_no_claim),
        WITH_COMMONS(secrets_come_with_admission_and_are_wiped_with_the_call),
        WITH_COMMONS(an_operation_without_secrets_hands_over_none),
        WITH_COMMONS(what_is_over_is_kept_until_it_is_swept_away),
        WITH_COMMONS(a_deadline_runs_while_the_call_does),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
