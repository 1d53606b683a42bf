/* SPDX-License-Identifier: MIT */
/* Layer 0: what is registered, what is refused, and that it ends sealed. */
#include "ref/state/registry.h"
#include "ref/test/offer.h"
#include "ref/test/t.h"

static struct registry registry;

static int clear(void **state)
{
    (void)state;
    registry_clear(&registry);
    return 0;
}

static bool add(const char *spec, struct failure *f)
{
    struct registration r = offer_make(spec, offer_never);
    bool is_added;

    r.capabilities = capabilities_new();
    is_added = registry_add_take(&registry, &r, f);
    assert_null(r.spec.name.data); /* taken, either way */
    assert_null(r.capabilities);
    return is_added;
}

/* [OS-8, RG-1] names are exact, [HR-1] and find what was registered */
static void an_operation_is_found_by_its_exact_name(void **state)
{
    static const char *const others[] = {"",         "fs",        "fs/Read",
                                         "/fs/read", "fs/read/",  "fs/rea",
                                         "fs/reads", "fs%2Fread", "FS/READ"};
    const struct registration *found;
    struct failure f;

    (void)state;
    assert_true(add("{\"name\":\"fs/read\",\"op_type\":\"mutation\"}", &f));
    assert_true(add("{\"name\":\"a\"}", &f));
    found = registry_find(&registry, slice_of("fs/read"));
    assert_non_null(found);
    t_same(found->spec.name, "fs/read");
    assert_int_equal(found->spec.op_type, SPEC_MUTATION);
    assert_false(found->is_remote_safe); /* [LG-1] by default */
    for (size_t i = 0; i < T_COUNT(others); i++)
        assert_null(registry_find(&registry, slice_of(others[i])));
    assert_null(registry_find(&registry, slice_make(NULL, 0)));
    assert_null(registry_find(&registry, T_BYTES("fs/read\0")));
}

/* [RG-4] */
static void a_name_is_registered_once(void **state)
{
    const struct registration *first;
    struct failure f;

    (void)state;
    assert_true(add("{\"name\":\"a\"}", &f));
    first = registry_find(&registry, slice_of("a"));
    assert_false(add("{\"name\":\"a\",\"op_type\":\"mutation\"}", &f));
    assert_string_equal(f.sentence, "a: registered already");
    assert_ptr_equal(registry_find(&registry, slice_of("a")), first);
    assert_int_equal(first->spec.op_type, SPEC_QUERY);
}

/* [RG-7] */
static void a_sealed_registry_takes_nothing_more(void **state)
{
    struct failure f;

    (void)state;
    assert_true(add("{\"name\":\"a\"}", &f));
    registry_seal(&registry);
    registry_seal(&registry);
    assert_false(add("{\"name\":\"b\"}", &f));
    t_says(f.sentence, "sealed");
    assert_null(registry_find(&registry, slice_of("b")));
    assert_non_null(registry_find(&registry, slice_of("a")));
}

/* [RG-3, RG-5, OT-2] */
static void
a_subscription_is_refused_to_a_handler_that_answers_once(void **state)
{
    struct failure f;

    (void)state;
    assert_false(add("{\"name\":\"a\",\"op_type\":\"subscription\"}", &f));
    t_says(f.sentence, "a: a subscription needs a streaming handler");
}

static void pull_never(void *self, struct handler_call call)
{
    (void)self;
    (void)call;
}

/* [RG-3, RG-5, OT-2, SU-16] either way round */
static void a_streaming_handler_is_for_subscriptions_alone(void **state)
{
    static const char *const types[] = {"query", "mutation", "subscription"};
    struct handler streaming = offer_never;

    (void)state;
    streaming.pull = pull_never;
    for (size_t i = 0; i < T_COUNT(types); i++) {
        struct registration r;
        struct failure f;
        char spec[100];

        snprintf(spec, sizeof spec, "{\"name\":\"a\",\"op_type\":\"%s\"}",
                 types[i]);
        r = offer_make(spec, streaming);
        assert_int_equal(registry_add_take(&registry, &r, &f), i == 2);
        if (i < 2)
            t_says(f.sentence, "a: a streaming handler is for a subscription");
    }
}

static void a_long_name_still_gives_a_sentence(void **state)
{
    char spec[400], name[300];
    struct failure f;

    (void)state;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(spec, sizeof spec, "{\"name\":\"%s\"}", name);
    assert_true(add(spec, &f));
    assert_false(add(spec, &f));
    t_says(f.sentence, "nnn: registered already");
}

static void a_cleared_registry_is_empty_and_open(void **state)
{
    struct failure f;

    (void)state;
    assert_true(add("{\"name\":\"a\"}", &f));
    registry_seal(&registry);
    registry_clear(&registry);
    assert_null(registry_find(&registry, slice_of("a")));
    assert_true(add("{\"name\":\"a\"}", &f));
}

#define WITH_REGISTRY(test) cmocka_unit_test_teardown(test, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_REGISTRY(an_operation_is_found_by_its_exact_name),
        WITH_REGISTRY(a_name_is_registered_once),
        WITH_REGISTRY(a_sealed_registry_takes_nothing_more),
        WITH_REGISTRY(a_subscription_is_refused_to_a_handler_that_answers_once),
        WITH_REGISTRY(a_streaming_handler_is_for_subscriptions_alone),
        WITH_REGISTRY(a_long_name_still_gives_a_sentence),
        WITH_REGISTRY(a_cleared_registry_is_empty_and_open),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
