/* SPDX-License-Identifier: MIT */
/* Operations of which there is only a description: what an adapter tells of
 * them, where they are seen, and what comes of calling one. */
#include "ref/rules/from_jsonschema.h"
#include "ref/rules/discovery.h"
#include "ref/test/offer.h"

/* What an import told, taken over. */
struct told {
    int count;
    bool is_ok;
    enum operation_adapter_error error;
    char message[200];
    struct registry operations; /* owned */
};

static void tell(void *self, const struct operation_adapter_outcome *outcome)
{
    struct told *t = self;

    t->count++;
    t->is_ok = outcome->is_ok;
    if (outcome->is_ok) {
        t->operations = *outcome->operations;
        *outcome->operations = (struct registry){.is_sealed = false};
        return;
    }
    t->error = outcome->error;
    snprintf(t->message, sizeof t->message, "%.*s", (int)outcome->message.len,
             (const char *)outcome->message.data);
}

static struct from_jsonschema *describe(const char *spec, const char *schema)
{
    struct registration r = offer_make(spec, offer_never);
    json_t *tree = t_tree(schema);
    struct from_jsonschema *f = from_jsonschema_new(&r.spec, tree);

    assert_null(r.spec.name.data); /* taken */
    json_decref(tree);
    return f;
}

static struct told import(struct from_jsonschema *f)
{
    struct operation_adapter adapter = from_jsonschema_adapter(f);
    struct told told = {.count = 0};

    adapter.import(adapter.self,
                   (struct operation_adapter_waiter){tell, &told});
    assert_int_equal(told.count, 1);
    return told;
}

#define SPEC                                                                   \
    "{\"name\":\"h/get\",\"op_type\":\"mutation\",\"access\":{"                \
    "\"required_scopes\":[\"s\"]},\"error_schemas\":[{\"code\":\"HTTP_404\","  \
    "\"description\":\"d\",\"schema\":{}}]}"

/* [AD-1, AD-6, HR-2, HR-5, CO-3, CP-8] External it may be called, internal it
 * is */
static void an_adapter_tells_of_one_leaf_as_it_was_described(void **state)
{
    struct from_jsonschema *f = describe(SPEC, "{\"type\":\"object\"}");
    struct told told = import(f);
    const struct registration *r =
        registry_find(&told.operations, slice_of("h/get"));

    (void)state;
    assert_true(told.is_ok);
    assert_int_equal(told.operations.by_name.count, 1);
    assert_int_equal(r->provenance, REGISTRY_FROM_JSONSCHEMA);
    assert_int_equal(r->spec.visibility, SPEC_INTERNAL);
    assert_int_equal(r->spec.op_type, SPEC_MUTATION);
    assert_true(strings_has(&r->spec.access.required_scopes, slice_of("s")));
    assert_true(spec_declares(&r->spec, slice_of("HTTP_404")));
    assert_string_equal(
        json_string_value(json_object_get(r->spec.input_schema, "type")),
        "object");
    assert_null(r->authority);
    assert_null(r->capabilities);
    assert_true(scoped_env_is_empty(&r->scoped_env));
    assert_false(r->is_remote_safe);
    from_jsonschema_free(f); /* what was told needs it no more */
    t_same(r->spec.name, "h/get");
    registry_clear(&told.operations);
}

static void an_adapter_may_be_asked_again(void **state)
{
    struct from_jsonschema *f = describe(SPEC, "{}");
    struct told first = import(f), again = import(f);

    (void)state;
    assert_true(first.is_ok && again.is_ok);
    registry_clear(&first.operations);
    assert_non_null(registry_find(&again.operations, slice_of("h/get")));
    registry_clear(&again.operations);
    from_jsonschema_free(f);
    from_jsonschema_free(NULL);
}

/* [AD-6] */
static void what_is_not_an_object_is_no_schema(void **state)
{
    static const char *const others[] = {"true", "[]", "null", "\"object\""};

    (void)state;
    for (size_t i = 0; i < T_COUNT(others); i++) {
        struct from_jsonschema *f = describe(SPEC, others[i]);
        struct told told = import(f);

        assert_false(told.is_ok);
        assert_int_equal(told.error, OPERATION_ADAPTER_SCHEMA_PARSE);
        assert_string_equal(told.message, "schema must be a JSON object");
        from_jsonschema_free(f);
    }
}

/* ------------------------------------------------------------- calling */

static char answer[300];

static void take(void *self, uint64_t serial, const struct handler_answer *a)
{
    (void)self;
    (void)serial;
    if (a->saying == HANDLER_OUTPUT)
        snprintf(answer, sizeof answer, "%.*s", (int)a->output.len,
                 (const char *)a->output.data);
    else
        snprintf(answer, sizeof answer, "%.*s: %.*s", (int)a->error->code.len,
                 (const char *)a->error->code.data, (int)a->error->message.len,
                 (const char *)a->error->message.data);
}

static const struct handler_desk desk = {take, NULL};

static const char *run(const struct handler *h, const char *name)
{
    struct context c = context_from_wire(slice_of("r1"), slice_of(name),
                                         (struct peer_filter){true},
                                         (struct context_origin){NULL, 0});

    answer[0] = '\0';
    h->start(h->self, &c, slice_of("{}"), (struct handler_call){&desk, 1});
    return answer;
}

/* [AD-6, AD-7] in the words for what is not there; either kind */
static void whoever_calls_one_is_told_that_it_is_not_there(void **state)
{
    static const char *const specs[] = {
        "{\"name\":\"h/x\"}",
        "{\"name\":\"h/x\",\"op_type\":\"subscription\"}"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(specs); i++) {
        struct from_jsonschema *f = describe(specs[i], "{}");
        struct told told = import(f);
        const struct registration *r =
            registry_find(&told.operations, slice_of("h/x"));

        assert_true(told.is_ok);
        assert_string_equal(run(&r->handler, "h/x"),
                            "NOT_FOUND: operation not found: h/x");
        if (r->handler.pull) /* nothing comes of being asked for more */
            r->handler.pull(r->handler.self, (struct handler_call){&desk, 1});
        assert_int_equal(r->handler.pull != NULL, i == 1);
        registry_clear(&told.operations);
        from_jsonschema_free(f);
    }
}

/* [AD-6, VI-3] */
static void no_peer_sees_one(void **state)
{
    struct from_jsonschema *f = describe("{\"name\":\"h/x\"}", "{}");
    struct told told = import(f);
    struct handler list = discovery_list(&told.operations);
    struct handler peers = discovery_list_peers(&told.operations);

    (void)state;
    assert_string_equal(run(&list, "services/list"), "{\"operations\":[]}");
    assert_string_equal(run(&peers, "services/list-peers"), "{\"peers\":[]}");
    registry_clear(&told.operations);
    from_jsonschema_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_adapter_tells_of_one_leaf_as_it_was_described),
        cmocka_unit_test(an_adapter_may_be_asked_again),
        cmocka_unit_test(what_is_not_an_object_is_no_schema),
        cmocka_unit_test(whoever_calls_one_is_told_that_it_is_not_there),
        cmocka_unit_test(no_peer_sees_one),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
