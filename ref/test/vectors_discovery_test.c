/* SPDX-License-Identifier: MIT */
/* What a caller is told of what there is: the vectors of discovery.json. Each
 * group has one registry, to which the two operations themselves are added. */
#include "ref/rules/discovery.h"
#include "ref/test/offer.h"
#include "ref/test/vectors.h"

/* What was answered: a code, or an output. */
static struct {
    struct buf text;
    bool is_output;
} answer;

static void take(void *self, uint64_t serial, const struct handler_answer *a)
{
    (void)self;
    (void)serial;
    answer.is_output = a->saying == HANDLER_OUTPUT;
    buf_put_slice(&answer.text, answer.is_output ? a->output : a->error->code);
}

/* Every operation of a group, marked or not. */
static void add_operations(struct registry *registry, const json_t *params)
{
    json_t *list = tree_of(params, "operations");
    struct failure f;

    assert_true(discovery_register(registry, &f));
    assert_true(json_is_array(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *operation = json_array_get(list, i);
        bool is_safe = json_is_true(get(operation, "remote_safe"));
        struct buf spec;

        (void)json_object_del(operation, "remote_safe");
        buf_init(&spec, 10000);
        assert_true(value_print(operation, &spec));
        buf_put_byte(&spec, 0);
        offer(registry, (const char *)spec.data, is_safe, offer_never);
        buf_clear(&spec);
    }
    json_decref(list);
}

static void ask(const struct registry *registry, const json_t *test,
                const struct identity *who)
{
    static const struct handler_desk desk = {take, NULL};
    struct slice name = bytes_of(test, "operation_id");
    const struct registration *r = registry_find(registry, name);
    struct context c = context_from_wire(
        slice_of("r1"), name,
        (struct peer_filter){.is_open = !json_is_true(get(test, "filtered"))},
        (struct context_origin){NULL, 0});

    assert_non_null(r);
    c.identity = who;
    r->handler.start(r->handler.self, &c, bytes_of(test, "input"),
                     (struct handler_call){&desk, 1});
}

static void run_question(const json_t *test, const json_t *params)
{
    struct identity who = {.resources = NULL};
    struct registry registry = {.is_sealed = false};
    bool is_somebody;

    buf_init(&answer.text, 10000);
    add_operations(&registry, params);
    is_somebody = identity_parse(bytes_of(test, "identity"), &who);
    ask(&registry, test, is_somebody ? &who : NULL);
    check_verdict(answer.is_output);
    check_that(answer.is_output ? is_same_json(buf_slice(&answer.text),
                                               bytes_of(now.expect, "output"))
                                : slice_equal(buf_slice(&answer.text),
                                              bytes_of(now.expect, "code")),
               "the answer");
    identity_clear(&who);
    registry_clear(&registry);
    buf_clear(&answer.text);
}

static const struct vectors_runner runners[] = {
    {"discovery", run_question, "identity filtered operation_id input",
     "output code"},
};

static void callers_are_told_what_the_vectors_say(void **state)
{
    (void)state;
    run_file("discovery.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callers_are_told_what_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
