/* SPDX-License-Identifier: MIT */
/* services/list, services/schema and services/list-peers, asked as a handler is
 * asked. */
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

/* ------------------------------------------------------------- list-peers */

static struct registry worker_a, worker_b, worker_c;
static struct overlays peers;

static void pull_never(void *self, struct handler_call call)
{
    (void)self;
    (void)call;
    fail_msg("a handler was asked for an item");
}

static void serve(struct registry *worker, const char *spec,
                  bool is_remote_safe)
{
    struct registration r = offer_make(spec, offer_never);

    r.spec.visibility = SPEC_INTERNAL; /* as all that is imported */
    r.provenance = REGISTRY_FROM_CALL;
    if (r.spec.op_type == SPEC_SUBSCRIPTION)
        r.handler.pull = pull_never;
    r.is_remote_safe = is_remote_safe;
    offer_take(worker, &r);
}

/* Two workers, the later of whom comes first in the alphabet, and one that has
 * nothing. */
static int attach(void **state)
{
    (void)state;
    serve(&worker_b, "{\"name\":\"w/b\",\"op_type\":\"subscription\"}", true);
    serve(&worker_b, "{\"name\":\"a/scoped\"}", false);
    serve(&worker_a,
          "{\"name\":\"w/s\",\"access\":{\"required_scopes\":[\"s\"]}}", false);
    serve(&worker_a, "{\"name\":\"w/a\",\"op_type\":\"mutation\"}", false);
    overlay_attach(&peers, slice_of("b"), &worker_b);
    overlay_attach(&peers, slice_of("c"), &worker_c);
    overlay_attach(&peers, slice_of("a"), &worker_a);
    return 0;
}

static int detach(void **state)
{
    (void)state;
    overlay_clear(&peers);
    registry_clear(&worker_a);
    registry_clear(&worker_b);
    registry_clear(&worker_c);
    return 0;
}

static const char *ask_peers(bool is_open, const struct identity *who)
{
    struct handler h = discovery_list_peers(&registry);
    struct context c = context_from_wire(
        slice_of("r1"), slice_of("services/list-peers"),
        (struct peer_filter){is_open}, (struct context_origin){NULL, 0});

    c.identity = who;
    c.layers = (struct overlay_layers){.peers = &peers, .base = &registry};
    answers = 0;
    h.start(h.self, &c, slice_of("{}"), (struct handler_call){&desk, 42});
    assert_int_equal(answers, 1);
    return answer;
}

#define PEER(id, operations)                                                   \
    "{\"operations\":[" operations "],\"peer_id\":\"" id "\"}"
#define PEERS(list) "{\"peers\":[" list "]}"
#define W_A ENTRY("w/a", "w", "mutation")
#define W_S ENTRY("w/s", "w", "query")
#define W_B ENTRY("w/b", "w", "subscription")

/* [LP-1, LP-2, LP-3, LP-4, LP-5] ourselves first, then peers in the
 * order in which they came, with the types that their operations have; whoever
 * has nothing for this caller is left out. What is restricted here under the
 * same name hides nothing of theirs. */
static void what_peers_serve_is_listed_peer_by_peer(void **state)
{
    (void)state;
    assert_string_equal(
        ask_peers(true, &alice),
        PEERS(PEER("local", SCOPED "," LIST "," SCHEMA "," OPEN) "," PEER(
            "b", SCOPED "," W_B) "," PEER("a", W_A "," W_S)));
    assert_string_equal(ask_peers(true, NULL),
                        PEERS(PEER("local", LIST "," SCHEMA "," OPEN) "," PEER(
                            "b", SCOPED "," W_B) "," PEER("a", W_A)));
}

/* [LP-5, LG-4, LG-8] */
static void whom_we_dialled_sees_of_it_what_is_marked(void **state)
{
    (void)state;
    assert_string_equal(
        ask_peers(false, &alice),
        PEERS(PEER("local", SCOPED "," LIST "," SCHEMA) "," PEER("b", W_B)));
}

/* [LP-2] */
static void who_serves_nothing_has_no_entry(void **state)
{
    struct registry nothing = {.is_sealed = false};
    struct handler h = discovery_list_peers(&nothing);
    struct context c = context_from_wire(
        slice_of("r1"), slice_of("services/list-peers"),
        (struct peer_filter){true}, (struct context_origin){NULL, 0});

    (void)state;
    h.start(h.self, &c, slice_of("{}"), (struct handler_call){&desk, 42});
    assert_string_equal(answer, PEERS(""));
}

/* [LP-7, SD-1] it is added by whoever wants it, with an access of its own */
static void listing_peers_is_for_whoever_adds_it_to_allow(void **state)
{
    struct registry own = {.is_sealed = false};
    struct context c = context_from_wire(
        slice_of("r1"), slice_of("services/list-peers"),
        (struct peer_filter){true}, (struct context_origin){NULL, 0});
    const struct registration *r;
    struct failure f;

    (void)state;
    assert_true(discovery_register(&own, &f));
    assert_null(registry_find(&own, c.operation));
    offer(&own,
          "{\"name\":\"services/list-peers\",\"access\":{"
          "\"required_scopes\":[\"s\"]}}",
          true, discovery_list_peers(&own));
    r = registry_find(&own, c.operation);
    assert_false(dispatch_allows(r, &c));
    c.identity = &alice;
    assert_true(dispatch_allows(r, &c));
    registry_clear(&own);
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
        cmocka_unit_test_setup_teardown(what_peers_serve_is_listed_peer_by_peer,
                                        attach, detach),
        cmocka_unit_test_setup_teardown(
            whom_we_dialled_sees_of_it_what_is_marked, attach, detach),
        cmocka_unit_test(who_serves_nothing_has_no_entry),
        cmocka_unit_test(listing_peers_is_for_whoever_adds_it_to_allow),
        cmocka_unit_test(discovery_is_registered_once),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, begin, end);
}
