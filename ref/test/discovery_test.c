/* SPDX-License-Identifier: MIT */
/* services/list and services/schema, asked as a handler is asked. */
#include "ref/rules/discovery.h"
#include "ref/test/offer.h"
#include "ref/test/t.h"

static struct registry registry;
static struct identity alice; /* holds the scope "s" */

/* What was answered, as text. */
static char answer[4000];
static int answers;

static void take(void *self, uint64_t serial, const struct handler_answer *a)
{
    (void)self;
    assert_int_equal(serial, 42);
    answers++;
    if (a->saying == HANDLER_ERROR)
        snprintf(answer, sizeof answer, "%.*s: %.*s", (int)a->error->code.len,
                 (const char *)a->error->code.data, (int)a->error->message.len,
                 (const char *)a->error->message.data);
    else
        snprintf(answer, sizeof answer, "%.*s", (int)a->output.len,
                 (const char *)a->output.data);
}

static const struct handler_desk desk = {take, NULL};

static int begin(void **state)
{
    struct failure f;

    (void)state;
    assert_true(discovery_register(&registry, &f));
    offer(&registry, "{\"name\":\"z/open\",\"op_type\":\"mutation\"}", false,
          offer_never);
    offer(&registry,
          "{\"name\":\"a/scoped\",\"access\":{\"required_scopes\":[\"s\"]}}",
          true, offer_never);
    offer(&registry, "{\"name\":\"a/inside\",\"visibility\":\"internal\"}",
          true, offer_never);
    return identity_parse(slice_of("{\"id\":\"x\",\"scopes\":[\"s\"],"
                                   "\"resources\":{}}"),
                          &alice)
               ? 0
               : -1;
}

static int end(void **state)
{
    (void)state;
    registry_clear(&registry);
    identity_clear(&alice);
    return 0;
}

/* Runs one of the two as it is registered; exactly one answer, now. */
static const char *ask(const char *operation, const char *input, bool is_open,
                       const struct identity *who)
{
    const struct registration *r =
        registry_find(&registry, slice_of(operation));
    struct context c = context_from_wire(slice_of("r1"), slice_of(operation),
                                         (struct peer_filter){is_open},
                                         (struct context_origin){NULL, 0});

    assert_non_null(r);
    c.identity = who;
    answers = 0;
    r->handler.start(r->handler.self, &c, slice_of(input),
                     (struct handler_call){&desk, 42});
    assert_int_equal(answers, 1);
    return answer;
}

#define ENTRY(name, space, type)                                               \
    "{\"name\":\"" name "\",\"namespace\":\"" space "\",\"op_type\":\"" type   \
    "\"}"
#define LIST ENTRY("services/list", "services", "query")
#define SCHEMA ENTRY("services/schema", "services", "query")
#define SCOPED ENTRY("a/scoped", "a", "query")
#define OPEN ENTRY("z/open", "z", "mutation")

/* [SL-1, SL-2, SL-3, LG-8, VI-3, SD-1] sorted by name */
static void a_list_shows_what_this_caller_may_call(void **state)
{
    static const struct {
        bool is_open, is_alice;
        const char *output;
    } cases[] = {
        {true, true,
         "{\"operations\":[" SCOPED "," LIST "," SCHEMA "," OPEN "]}"},
        {true, false, "{\"operations\":[" LIST "," SCHEMA "," OPEN "]}"},
        {false, true, "{\"operations\":[" SCOPED "," LIST "," SCHEMA "]}"},
        {false, false, "{\"operations\":[" LIST "," SCHEMA "]}"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_string_equal(ask("services/list", "{}", cases[i].is_open,
                                cases[i].is_alice ? &alice : NULL),
                            cases[i].output);
}

static void the_input_of_a_list_means_nothing(void **state)
{
    static const char *const inputs[] = {"null", "7", "{\"name\":\"x\"}", "[]"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(inputs); i++)
        assert_string_equal(ask("services/list", inputs[i], false, NULL),
                            "{\"operations\":[" LIST "," SCHEMA "]}");
}

/* [SS-1, OS-7] */
static void a_schema_is_told_with_and_without_the_slash(void **state)
{
    static const char wanted[] =
        "{\"access_control\":{\"required_scopes\":[],\"required_scopes_any\":"
        "null,\"resource_action\":null,\"resource_type\":null},"
        "\"error_schemas\":[],\"input_schema\":{},\"name\":\"z/open\","
        "\"namespace\":\"z\",\"op_type\":\"mutation\",\"output_schema\":{},"
        "\"visibility\":\"external\"}";

    (void)state;
    assert_string_equal(
        ask("services/schema", "{\"name\":\"z/open\"}", true, NULL), wanted);
    assert_string_equal(
        ask("services/schema", "{\"x\":1,\"name\":\"/z/open\"}", true, NULL),
        wanted);
}

/* [SS-3, SS-4, VI-2] not there, hidden, not allowed: one answer */
static void what_this_caller_may_not_call_has_no_schema(void **state)
{
    static const struct {
        const char *input;
        bool is_open;
        const char *says;
    } cases[] = {
        {"{\"name\":\"x/none\"}", true,
         "NOT_FOUND: operation not found: x/none"},
        {"{\"name\":\"a/inside\"}", true,
         "NOT_FOUND: operation not found: a/inside"},
        {"{\"name\":\"a/scoped\"}", true,
         "NOT_FOUND: operation not found: a/scoped"},
        {"{\"name\":\"z/open\"}", false,
         "NOT_FOUND: operation not found: z/open"},
        {"{\"name\":\"//z/open\"}", true,
         "NOT_FOUND: operation not found: /z/open"},
        {"{\"name\":\"\"}", true, "NOT_FOUND: operation not found: "},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_string_equal(
            ask("services/schema", cases[i].input, cases[i].is_open, NULL),
            cases[i].says);
}

/* [SS-2] */
static void a_schema_needs_a_name(void **state)
{
    static const char *const inputs[] = {"{}",
                                         "null",
                                         "[]",
                                         "\"z/open\"",
                                         "{\"name\":7}",
                                         "{\"name\":null}",
                                         "{\"Name\":\"z/open\"}"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(inputs); i++)
        assert_string_equal(ask("services/schema", inputs[i], true, NULL),
                            "INVALID_INPUT: missing required field: name");
}

static void a_long_name_that_is_not_there_is_answered_too(void **state)
{
    static char input[3000];

    (void)state;
    memset(input, 'n', sizeof input - 1);
    memcpy(input, "{\"name\":\"", 9);
    memcpy(input + sizeof input - 3, "\"}", 2);
    t_says(ask("services/schema", input, true, NULL),
           "NOT_FOUND: operation not found: nnn");
}

/* [SD-2] */
static void discovery_is_registered_once(void **state)
{
    struct failure f;

    (void)state;
    assert_false(discovery_register(&registry, &f));
    t_says(f.sentence, "services/list: registered already");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_shows_what_this_caller_may_call),
        cmocka_unit_test(the_input_of_a_list_means_nothing),
        cmocka_unit_test(a_schema_is_told_with_and_without_the_slash),
        cmocka_unit_test(what_this_caller_may_not_call_has_no_schema),
        cmocka_unit_test(a_schema_needs_a_name),
        cmocka_unit_test(a_long_name_that_is_not_there_is_answered_too),
        cmocka_unit_test(discovery_is_registered_once),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, begin, end);
}
