/* SPDX-License-Identifier: MIT */
/*
 * What a handler may compose: first what its operation was given, then every
 * check that a request from the wire meets, then that one answer is enough.
 */
#include "ref/rules/env.h"
#include "ref/test/offer.h"

#define ALICE "{\"id\":\"alice\",\"scopes\":[\"s\"],\"resources\":{}}"

static struct registry registry;
static struct buf scratch;

static void pull_never(void *self, struct handler_call call)
{
    (void)self;
    (void)call;
    fail_msg("a handler was asked for an item");
}

/* Two parents: "p/alice" composes as alice, "p/nobody" as nobody. */
static int begin(void **state)
{
    static const char *const names[] = {"t/open",  "t/inside", "t/scoped",
                                        "t/items", "t/none",   NULL};
    struct handler items = offer_never;

    (void)state;
    items.pull = pull_never;
    buf_init(&scratch, 1000);
    offer(&registry, "{\"name\":\"t/open\"}", false, offer_never);
    offer(&registry, "{\"name\":\"t/beside\"}", true, offer_never);
    offer(&registry, "{\"name\":\"t/inside\",\"visibility\":\"internal\"}",
          false, offer_never);
    offer(&registry,
          "{\"name\":\"t/scoped\",\"access\":{\"required_scopes\":[\"s\"]}}",
          false, offer_never);
    offer(&registry, "{\"name\":\"t/items\",\"op_type\":\"subscription\"}",
          false, items);
    offer_composer(&registry, "{\"name\":\"p/alice\"}", ALICE, names,
                   offer_never);
    offer_composer(&registry, "{\"name\":\"p/nobody\"}", NULL, names,
                   offer_never);
    return 0;
}

static int end(void **state)
{
    (void)state;
    registry_clear(&registry);
    buf_clear(&scratch);
    return 0;
}

/* The operation that may run, or the error; static. */
static const char *verdict(const char *parent_name, const char *name)
{
    static char text[300];
    const struct registration *parent =
        registry_find(&registry, slice_of(parent_name));
    const struct context above =
        context_from_wire(slice_of("r1"), slice_of(parent_name),
                          (struct peer_filter){false}, /* of a dialled peer */
                          (struct context_origin){NULL, 3});
    struct context context = context_from_parent(
        &above, parent->authority, slice_of("own"), slice_of(name));
    const struct registration *r;
    struct call_error e;

    r = env_check(&registry, parent, &context, &scratch, &e);
    if (r)
        snprintf(text, sizeof text, "%.*s", (int)r->spec.name.len,
                 (const char *)r->spec.name.data);
    else
        snprintf(text, sizeof text, "%.*s: %.*s", (int)e.code.len,
                 (const char *)e.code.data, (int)e.message.len,
                 (const char *)e.message.data);
    return text;
}

/* [SE-1, SE-2, SE-3, CK-2, CA-2, RG-8, SU-17] */
static void reach_then_the_checks_then_the_kind(void **state)
{
    static const struct {
        const char *parent, *name, *says;
    } cases[] = {
        {"p/nobody", "t/open", "t/open"},
        {"p/nobody", "t/inside", "t/inside"}, /* [VI-1] */
        {"p/nobody", "t/beside", "NOT_FOUND: operation not found: t/beside"},
        {"p/nobody", "t/none", "NOT_FOUND: operation not found: t/none"},
        {"p/nobody", "/t/open", "NOT_FOUND: operation not found: /t/open"},
        {"p/nobody", "", "NOT_FOUND: operation not found: "},
        {"p/nobody", "t/scoped", "FORBIDDEN: authentication required"},
        {"p/alice", "t/scoped", "t/scoped"},
        {"p/alice", "t/beside", "NOT_FOUND: operation not found: t/beside"},
        {"p/alice", "t/items",
         "INVALID_OPERATION_TYPE: a subscription cannot be composed"},
        {"t/open", "t/open", "NOT_FOUND: operation not found: t/open"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_string_equal(verdict(cases[i].parent, cases[i].name),
                            cases[i].says);
}

static void check_what_is_from_the_wire(void *arg)
{
    const struct context context = context_from_wire(
        slice_of("r1"), slice_of("t/open"), (struct peer_filter){true},
        (struct context_origin){NULL, 3});
    struct call_error e;

    (void)env_check(&registry, arg, &context, &scratch, &e);
}

static void only_composed_calls_are_asked_about(void **state)
{
    (void)state;
    assert_true(t_asserts(
        check_what_is_from_the_wire,
        (void *)(uintptr_t)registry_find(&registry, slice_of("p/alice"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reach_then_the_checks_then_the_kind),
        cmocka_unit_test(only_composed_calls_are_asked_about),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, begin, end);
}
