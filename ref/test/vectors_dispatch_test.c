/* SPDX-License-Identifier: MIT */
/* May this call run: the table of peer_filter.json, asked of the filter and of
 * dispatch as a connection asks them. */
#include "ref/rules/dispatch.h"
#include "ref/test/offer.h"
#include "ref/test/vectors.h"

static bool says(const json_t *test, const char *name, const char *word)
{
    return strcmp(text_of(test, name), word) == 0;
}

static struct peer_filter filter_of(const json_t *test)
{
    return peer_filter_of((struct peer_filter_terms){
        .is_dialled = says(test, "side", "dialled"),
        .is_trusted = json_is_true(get(test, "trusted")),
        .is_peer_graph = says(test, "profile", "peer-graph"),
    });
}

/* The operation of a vector under the name "x/y", if it is there at all. */
static void add_operation(struct registry *registry, const json_t *test)
{
    char spec[400];

    snprintf(spec, sizeof spec,
             "{\"name\":\"x/y\",\"visibility\":\"%s\",\"access\":%s}",
             text_of(test, "visibility"), text_of(test, "access"));
    if (json_is_true(get(test, "registered")))
        offer(registry, spec, json_is_true(get(test, "remote_safe")),
              offer_never);
}

static void run_row(const json_t *test, const json_t *params)
{
    struct identity who = {.resources = NULL};
    struct registry registry = {.is_sealed = false};
    struct context context =
        context_from_wire(slice_of("r1"), slice_of("x/y"), filter_of(test),
                          (struct context_origin){NULL, 0});
    struct call_error error;
    struct buf scratch;
    bool is_let_through;

    (void)params;
    buf_init(&scratch, 1000);
    add_operation(&registry, test);
    if (identity_parse(bytes_of(test, "identity"), &who))
        context.identity = &who;
    is_let_through = dispatch_check(registry_find(&registry, context.operation),
                                    &context, slice_of("{}"), &scratch, &error);
    check_verdict(is_let_through);
    if (!is_let_through)
        check_that(slice_equal(error.code, bytes_of(now.expect, "code")),
                   "the code");
    identity_clear(&who);
    registry_clear(&registry);
    buf_clear(&scratch);
}

static const struct vectors_runner runners[] = {
    {"peer_filter", run_row,
     "registered visibility access remote_safe identity profile side trusted",
     "code"},
};

static void calls_are_let_through_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("peer_filter.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_let_through_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
