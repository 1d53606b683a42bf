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

/* ------------------------------------------------------- where it is from */

#define INTERNAL "{\"name\":\"a\",\"visibility\":\"internal\"}"

enum { WITH_NOTHING, WITH_AUTHORITY, WITH_REACH, WITH_PIN };

/* Is it taken, from there and with that? */
static bool takes(const char *spec, enum registry_provenance provenance,
                  int with, struct failure *f)
{
    struct registration r = offer_make(spec, offer_never);
    const struct identity who = {.id = slice_of("label")};
    bool is_added;

    r.provenance = provenance;
    if (with == WITH_AUTHORITY)
        r.authority = identity_copy(&who);
    if (with == WITH_REACH)
        strings_add(&r.scoped_env.allowed, slice_of("b"));
    if (with == WITH_PIN)
        strings_add(&r.scoped_env.pinned, slice_of("w1/b"));
    is_added = registry_add_take(&registry, &r, f);
    registry_clear(&registry);
    return is_added;
}

/* [HR-1, HR-2, HR-3, HR-4, CO-3] */
static void only_our_own_code_and_a_sessions_may_compose(void **state)
{
    static const struct {
        enum registry_provenance provenance;
        bool may_compose;
    } cases[] = {
        {REGISTRY_LOCAL, true},         {REGISTRY_SESSION, true},
        {REGISTRY_FROM_OPENAPI, false}, {REGISTRY_FROM_MCP, false},
        {REGISTRY_FROM_CALL, false},    {REGISTRY_FROM_JSONSCHEMA, false},
    };
    struct failure f;

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        assert_true(takes(INTERNAL, cases[i].provenance, WITH_NOTHING, &f));
        for (int with = WITH_AUTHORITY; with <= WITH_PIN; with++) {
            assert_int_equal(takes(INTERNAL, cases[i].provenance, with, &f),
                             cases[i].may_compose);
            if (!cases[i].may_compose)
                t_says(f.sentence, "a: only an operation of our own or of a "
                                   "session may compose");
        }
    }
}

/* [VI-4, VI-5, VI-6, AD-6] */
static void what_is_not_for_the_wire_is_internal(void **state)
{
    static const struct {
        enum registry_provenance provenance;
        bool may_be_external;
    } cases[] = {
        {REGISTRY_LOCAL, true},        {REGISTRY_SESSION, false},
        {REGISTRY_FROM_OPENAPI, true}, {REGISTRY_FROM_MCP, true},
        {REGISTRY_FROM_CALL, false},   {REGISTRY_FROM_JSONSCHEMA, false},
    };
    struct failure f;

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        assert_true(takes(INTERNAL, cases[i].provenance, WITH_NOTHING, &f));
        assert_int_equal(
            takes("{\"name\":\"a\"}", cases[i].provenance, WITH_NOTHING, &f),
            cases[i].may_be_external);
        if (!cases[i].may_be_external)
            t_says(f.sentence, "a: what is imported, or of a session, is "
                               "internal");
    }
}

/* ------------------------------------------------------------- holders */

static int dropped; /* handlers */

static void drop(void *self)
{
    assert_ptr_equal(self, &dropped);
    dropped++;
}

static struct registration droppable(const char *spec)
{
    struct handler handler = offer_never;

    handler.self = &dropped;
    handler.drop = drop;
    dropped = 0;
    return offer_make(spec, handler);
}

/* [LY-5] */
static void what_is_held_outlives_its_registry(void **state)
{
    struct registration r = droppable("{\"name\":\"a\"}");
    const struct registration *first, *second;

    (void)state;
    offer_take(&registry, &r);
    first = registry_hold(registry_find(&registry, slice_of("a")));
    second = registry_hold(first);
    assert_ptr_equal(first, second);
    registry_clear(&registry);
    assert_null(registry_find(&registry, slice_of("a")));
    t_same(first->spec.name, "a");
    registry_release(first);
    assert_int_equal(dropped, 0);
    t_same(second->spec.name, "a");
    registry_release(second);
    assert_int_equal(dropped, 1);
    registry_release(NULL);
}

static void a_handler_is_dropped_once_however_its_operation_goes(void **state)
{
    struct registration r = droppable("{\"name\":\"a\"}");
    struct failure f;

    (void)state;
    offer_take(&registry, &r);
    registry_clear(&registry); /* with its registry */
    assert_int_equal(dropped, 1);
    r = droppable("{\"name\":\"a\",\"op_type\":\"subscription\"}");
    assert_false(registry_add_take(&registry, &r, &f)); /* refused */
    assert_int_equal(dropped, 1);
    registry_drop(&r); /* which holds nothing any more */
    assert_int_equal(dropped, 1);
    r = droppable("{\"name\":\"a\"}");
    registry_drop(&r); /* registered nowhere */
    assert_int_equal(dropped, 1);
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
        WITH_REGISTRY(only_our_own_code_and_a_sessions_may_compose),
        WITH_REGISTRY(what_is_not_for_the_wire_is_internal),
        WITH_REGISTRY(what_is_held_outlives_its_registry),
        WITH_REGISTRY(a_handler_is_dropped_once_however_its_operation_goes),
        WITH_REGISTRY(a_long_name_still_gives_a_sentence),
        WITH_REGISTRY(a_cleared_registry_is_empty_and_open),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
