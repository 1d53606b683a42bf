/* SPDX-License-Identifier: MIT */
/*
 * Importing what a peer serves. The peer is a script: the n-th thing it is
 * asked is answered by the n-th line, an output or, behind "!", the code of an
 * error. Everything we send is held against what it should have been.
 */
#include "ref/test/mesh.h"

static struct wire w;
static struct mesh_import told;
static int asked; /* questions, since the beginning */

/* A connection to "n1", who has shown the key for it, or to a stranger. */
static void connect(const char *key)
{
    json_t *tree = t_tree(mesh_policy);
    struct failure f;

    asked = 0;
    told = (struct mesh_import){.told = 0};
    wire_begin(&w, 0);
    assert_true(auth_policy_read(tree, &w.policy, &f));
    json_decref(tree);
    w.c = node_add(w.node, slice_of(key), (struct peer_filter){true});
    connection_on_credit(w.c, 1000);
}

static int begin(void **state)
{
    (void)state;
    connect(MESH_KEY("1"));
    return 0;
}

static int end(void **state)
{
    (void)state;
    wire_end(&w);
    return 0;
}

/* The id of our n-th request; static. */
static const char *id_of(int n)
{
    static char id[40];

    snprintf(id, sizeof id,
             "%02x%02x%02x%02x-%02x%02x-4%x%02x-%02x%02x-"
             "%02x%02x%02x%02x%02x%02x",
             n, n, n, n, n, n, n & 15, n, 0x80 | (n & 63), n, n, n, n, n, n, n);
    return id;
}

/* Answers our next question; what we had asked, static. */
static const char *answer(const char *line)
{
    static char frame[2000], question[2000];

    snprintf(question, sizeof question, "%s", wire_poll(&w));
    if (*line == '!')
        snprintf(frame, sizeof frame, WIRE_NO("%s", "%s", "no"), id_of(asked),
                 line + 1);
    else
        snprintf(frame, sizeof frame, WIRE_OK("%s", "%s"), id_of(asked), line);
    wire_hears(&w, 4 * asked, true, frame);
    asked++;
    return question;
}

static void play(const char *const script[])
{
    for (; *script; script++)
        answer(*script);
}

static void begin_import(const char *prefix, const struct strings *filter)
{
    const struct from_call_terms terms = {slice_of(prefix), filter};

    told = (struct mesh_import){.told = 0};
    from_call_import(w.c, &terms, mesh_import_waiter(&told));
}

/* Imports by that script, which must be what the import needs and no more. */
static void import(const char *const script[])
{
    begin_import("", NULL);
    play(script);
    assert_int_equal(told.told, 1);
    assert_null(strstr(wire_poll(&w), "open")); /* nothing more is asked */
}

#define SCRIPT(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NAME(name) "{\"name\":\"" name "\"}"
#define LIST(entries) "{\"operations\":[" entries "]}"
#define SCHEMA(name, more)                                                     \
    "{\"name\":\"" name "\",\"op_type\":\"query\"" more "}"

/* The names that are imported now, in their order; static. */
static const char *imported(void)
{
    static char text[300];
    size_t len = 0;

    text[0] = '\0';
    for (struct table_entry *e = table_first(&w.c->imported.by_name); e;
         e = table_next(e))
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%.*s",
                                len ? " " : "", (int)e->key.len,
                                (const char *)e->key.data);
    return text;
}

static const struct registration *find(const char *name)
{
    return registry_find(&w.c->imported, slice_of(name));
}

/* The one peer whose operations may be composed, or NULL. */
static const struct overlay *attached(void)
{
    const struct overlay *first = w.c->commons->overlays.first;

    assert_true(!first || !first->next);
    return first;
}

/* ------------------------------------------------------------- questions */

/* [FC-6] two operations are all it asks for, one after the other */
static void a_peer_is_asked_for_its_list_and_for_each_schema(void **state)
{
    (void)state;
    begin_import("", NULL);
    assert_string_equal(
        answer(LIST(NAME("a/x") "," NAME("a/y"))),
        "open 0; 0 " WIRE_ASK(WIRE_ID0, "/services/list", "{}") " fin");
    assert_string_equal(answer(SCHEMA("a/x", "")),
                        "open 4; 4 " WIRE_ASK(WIRE_ID1, "/services/schema",
                                              "{\"name\":\"a/x\"}") " fin");
    assert_int_equal(told.told, 0);
    assert_string_equal(imported(), "");
    assert_string_equal(answer(SCHEMA("a/y", "")),
                        "open 8; 8 " WIRE_ASK(WIRE_ID2, "/services/schema",
                                              "{\"name\":\"a/y\"}") " fin");
    assert_int_equal(told.told, 1);
    assert_true(told.is_ok);
    assert_string_equal(imported(), "a/x a/y");
}

/* [AU-10, PE-3] under the identity of the connection */
static void what_was_imported_is_attached_to_its_peer(void **state)
{
    (void)state;
    import(SCRIPT(LIST(NAME("a/x")), SCHEMA("a/x", "")));
    assert_non_null(attached());
    t_same(attached()->peer, "n1");
    assert_ptr_equal(overlay_serving(attached()), &w.c->imported);
}

/* [PE-8, CC-16] and is there for whoever has the connection */
static void a_stranger_is_attached_to_nobody(void **state)
{
    (void)state;
    wire_end(&w);
    connect("");
    import(SCRIPT(LIST(NAME("a/x")), SCHEMA("a/x", "")));
    assert_true(told.is_ok);
    assert_null(attached());
    assert_string_equal(imported(), "a/x");
}

static void a_peer_that_serves_nothing_serves_nothing(void **state)
{
    (void)state;
    import(SCRIPT(LIST("")));
    assert_true(told.is_ok);
    assert_string_equal(imported(), "");
}

/* ------------------------------------------------------- what is taken over */

#define ACCESS                                                                 \
    ",\"access_control\":{\"required_scopes\":[\"s\"],"                        \
    "\"required_scopes_any\":null,\"resource_type\":\"box\","                  \
    "\"resource_action\":null,\"unknown\":1}"

/* [FW-13, ES-4, CP-8, HR-3, RP-4, VI-4, VI-6] its access is mirrored;
 * external there, internal here; and a leaf */
static void an_import_is_a_leaf_that_mirrors_its_peer(void **state)
{
    const struct registration *r;

    (void)state;
    import(SCRIPT(
        LIST(NAME("a/x")),
        "{\"name\":\"other\",\"namespace\":\"other\",\"op_type\":\"mutation\","
        "\"visibility\":\"external\",\"resource_id_path\":\"$.id\","
        "\"input_schema\":{\"anything\":1},\"more\":[]" ACCESS "}"));
    r = find("a/x"); /* as it was listed */
    assert_non_null(r);
    assert_int_equal(r->provenance, REGISTRY_FROM_CALL);
    assert_int_equal(r->spec.visibility, SPEC_INTERNAL);
    assert_int_equal(r->spec.op_type, SPEC_MUTATION);
    assert_true(strings_has(&r->spec.access.required_scopes, slice_of("s")));
    assert_false(r->spec.access.has_any);
    t_same(r->spec.access.resource_type, "box");
    assert_null(r->spec.resource_id_path.data);
    assert_null(r->authority);
    assert_null(r->capabilities);
    assert_true(scoped_env_is_empty(&r->scoped_env));
    assert_false(r->is_remote_safe);
}

/* [OT-1, OT-2] */
static void a_subscription_is_imported_as_one(void **state)
{
    static const char *const types[] = {"query", "mutation", "subscription"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        char schema[100];

        snprintf(schema, sizeof schema, "{\"op_type\":\"%s\"}", types[i]);
        import(SCRIPT(LIST(NAME("a/x")), schema));
        assert_int_equal(find("a/x")->spec.op_type, i);
        assert_int_equal(find("a/x")->handler.pull != NULL, i == 2);
    }
}

/* [ED-1, EC-3] what cannot be declared here is left out, the rest stays */
static void an_error_without_a_code_of_its_own_is_left_out(void **state)
{
    const struct spec *spec;

    (void)state;
    import(SCRIPT(
        LIST(NAME("a/x")),
        SCHEMA("a/x", ",\"error_schemas\":["
                      "{\"code\":\"GONE\",\"description\":\"d\",\"schema\":{},"
                      "\"http_status\":404},{\"description\":\"no code\"},"
                      "{\"code\":\"FORBIDDEN\",\"description\":\"ours\","
                      "\"schema\":{}}]")));
    spec = &find("a/x")->spec;
    assert_true(spec_declares(spec, slice_of("GONE")));
    assert_int_equal(json_array_size(spec->error_schemas), 1);
}

/* [FC-1, FC-2] by the peer's names, and nothing else is asked about */
static void a_filter_says_what_is_wanted(void **state)
{
    struct strings filter = {.items = NULL};

    (void)state;
    strings_add(&filter, slice_of("a/y"));
    strings_add(&filter, slice_of("a/none"));
    begin_import("w", &filter);
    strings_clear(&filter); /* it was copied */
    answer(LIST(NAME("a/x") "," NAME("a/y") "," NAME("w/a/x")));
    t_says(answer(SCHEMA("a/y", "")), "{\"name\":\"a/y\"}");
    assert_true(told.told == 1 && told.is_ok);
    assert_string_equal(imported(), "w/a/y");
}

static void an_empty_filter_wants_nothing(void **state)
{
    const struct strings filter = {.items = NULL};

    (void)state;
    begin_import("", &filter);
    answer(LIST(NAME("a/x")));
    assert_true(told.told == 1 && told.is_ok);
    assert_string_equal(imported(), "");
}

/* [FC-3, FC-4] */
static void a_prefix_stands_before_every_name(void **state)
{
    (void)state;
    begin_import("worker", NULL);
    play(SCRIPT(LIST(NAME("fs/read") "," NAME("x")), SCHEMA("fs/read", ""),
                SCHEMA("x", "")));
    assert_true(told.is_ok);
    assert_string_equal(imported(), "worker/fs/read worker/x");
    t_same(spec_namespace_of(find("worker/fs/read")->spec.name), "worker");
}

/* [FC-9] */
static void how_a_peer_is_discovered_is_not_imported(void **state)
{
    (void)state;
    import(SCRIPT(
        LIST(NAME("services/list") "," NAME("services/schema") "," NAME(
            "services/list-peers") "," NAME("services") "," NAME("servicesx/"
                                                                 "y")),
        SCHEMA("services", ""), SCHEMA("servicesx/y", "")));
    assert_true(told.is_ok);
    assert_string_equal(imported(), "services servicesx/y");
}

/* ------------------------------------------------------------- failures */

#define ONE_OF_TWO LIST(NAME("a/x") "," NAME("a/y")), SCHEMA("a/x", "")

static const struct {
    const char *script[4];
    enum operation_adapter_error error;
} failures[] = {
    {{"!NOT_FOUND"}, OPERATION_ADAPTER_DISCOVERY_FAILED},
    {{"!INTERNAL"}, OPERATION_ADAPTER_DISCOVERY_FAILED},
    {{"!SOMETHING_ELSE"}, OPERATION_ADAPTER_DISCOVERY_FAILED},
    {{"!FORBIDDEN"}, OPERATION_ADAPTER_UNAUTHORIZED},
    {{"!TIMEOUT"}, OPERATION_ADAPTER_TRANSPORT},
    {{"{}"}, OPERATION_ADAPTER_SCHEMA_PARSE},
    {{"null"}, OPERATION_ADAPTER_SCHEMA_PARSE},
    {{"[]"}, OPERATION_ADAPTER_SCHEMA_PARSE},
    {{"{\"operations\":{}}"}, OPERATION_ADAPTER_SCHEMA_PARSE},
    {{LIST("{}")}, OPERATION_ADAPTER_SCHEMA_PARSE},
    {{LIST("7")}, OPERATION_ADAPTER_SCHEMA_PARSE},
    {{LIST("{\"name\":7}")}, OPERATION_ADAPTER_SCHEMA_PARSE},
    {{LIST(NAME("a/x") ",{}")}, OPERATION_ADAPTER_SCHEMA_PARSE},
    {{ONE_OF_TWO, "!NOT_FOUND"}, OPERATION_ADAPTER_DISCOVERY_FAILED},
    {{ONE_OF_TWO, "!FORBIDDEN"}, OPERATION_ADAPTER_UNAUTHORIZED},
    {{ONE_OF_TWO, "!TIMEOUT"}, OPERATION_ADAPTER_TRANSPORT},
    {{ONE_OF_TWO, "{}"}, OPERATION_ADAPTER_SCHEMA_PARSE},
    {{ONE_OF_TWO, "null"}, OPERATION_ADAPTER_SCHEMA_PARSE},
    {{ONE_OF_TWO, "{\"op_type\":\"stream\"}"}, /* [OT-3] */
     OPERATION_ADAPTER_SCHEMA_PARSE},
    {{ONE_OF_TWO, "{\"op_type\":null}"}, OPERATION_ADAPTER_SCHEMA_PARSE},
    {{ONE_OF_TWO, SCHEMA("a/y", ",\"access_control\":{\"required_scopes\":7}")},
     OPERATION_ADAPTER_SCHEMA_PARSE},
    {{LIST(NAME("a/x") "," NAME("a/x")), SCHEMA("a/x", ""), SCHEMA("a/x", "")},
     OPERATION_ADAPTER_SAME_PEER_COLLISION}, /* [FC-7] */
};

/* [AD-2, AD-3, FC-7, FC-10] told once, in words, and what there was stays */
static void a_failure_says_which_it_is_and_changes_nothing(void **state)
{
    const struct registration *before;

    (void)state;
    import(SCRIPT(LIST(NAME("old/x")), SCHEMA("old/x", "")));
    before = find("old/x");
    for (size_t i = 0; i < T_COUNT(failures); i++) {
        begin_import("", NULL);
        play(failures[i].script);
        if (told.told != 1 || told.is_ok || told.error != failures[i].error)
            fail_msg("failure %zu: told %d times, %s", i, told.told,
                     told.is_ok ? "ok" : operation_adapter_name(told.error));
        assert_true(told.message[0] != '\0');
        assert_null(strstr(wire_poll(&w), "open"));
        assert_string_equal(imported(), "old/x");
        assert_ptr_equal(find("old/x"), before);
        assert_ptr_equal(overlay_serving(attached()), &w.c->imported);
    }
}

/* [FC-7] the same name of another peer is another operation; here it is the
 * same connection again, which is a new import and no collision */
static void an_import_does_not_collide_with_the_one_before_it(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        import(SCRIPT(LIST(NAME("a/x")), SCHEMA("a/x", "")));
        assert_true(told.is_ok);
        assert_string_equal(imported(), "a/x");
    }
}

/* The next thing we ask is answered by this output. */
static void answer_much(const struct buf *output)
{
    struct buf frame;

    buf_init(&frame, 1 << 23);
    (void)wire_poll(&w);
    assert_true(envelope_print_responded(slice_of(id_of(asked)),
                                         buf_slice(output), 1 << 22, &frame));
    connection_on_data(w.c, 4 * asked, buf_slice(&frame), true);
    buf_clear(&frame);
    asked++;
}

/* A schema that is mostly brackets: small as a text, and large as a tree. */
static void schemas_have_only_so_many_values_together(void **state)
{
    struct buf schema;

    (void)state;
    buf_init(&schema, 1 << 22);
    buf_put(&schema, "{\"op_type\":\"query\",\"input_schema\":{\"enum\":[1");
    for (size_t i = 0; i < BOUNDS_VALUES_MAX / 2; i++)
        buf_put(&schema, ",1");
    buf_put(&schema, "]}}");
    begin_import("", NULL);
    answer(LIST(NAME("a/x") "," NAME("a/y")));
    answer_much(&schema);
    assert_int_equal(told.told, 0);
    answer_much(&schema);
    assert_int_equal(told.told, 1);
    assert_false(told.is_ok);
    assert_string_equal(told.message, "too much to import");
    buf_clear(&schema);
}

static void more_than_anybody_has_is_not_imported(void **state)
{
    struct buf list;

    (void)state;
    buf_init(&list, 1 << 20);
    buf_put(&list, "{\"operations\":[" NAME("o/x"));
    for (unsigned i = 0; i < BOUNDS_IMPORT_MAX; i++)
        buf_put(&list, "," NAME("o/x"));
    buf_put(&list, "]}");
    begin_import("", NULL);
    answer_much(&list);
    assert_int_equal(told.told, 1);
    assert_false(told.is_ok);
    assert_int_equal(told.error, OPERATION_ADAPTER_DISCOVERY_FAILED);
    buf_clear(&list);
}

/* ------------------------------------------------------------- endings */

static void check_lost(void)
{
    assert_int_equal(told.told, 1);
    assert_false(told.is_ok);
    assert_int_equal(told.error, OPERATION_ADAPTER_TRANSPORT);
}

/* [AD-3] wherever it is lost, and whether or not it is given back; [LY-5,
 * FC-11] what it had brought goes with it */
static void a_lost_connection_ends_an_import(void **state)
{
    (void)state;
    for (int lines = 0; lines < 3; lines++)
        for (int way = 0; way < 3; way++) {
            wire_end(&w);
            connect(MESH_KEY("1"));
            import(SCRIPT(LIST(NAME("old/x")), SCHEMA("old/x", "")));
            begin_import("", NULL);
            if (lines > 0)
                answer(LIST(NAME("a/x") "," NAME("a/y")));
            if (lines > 1)
                answer(SCHEMA("a/x", ""));
            assert_int_equal(told.told, 0);
            if (way == 0)
                connection_on_closed(w.c);
            else if (way == 1)
                connection_close(w.c);
            else
                node_remove(w.node, w.c);
            check_lost();
            if (way < 2)
                assert_null(attached());
        }
}

static void an_import_over_a_closed_connection_fails_at_once(void **state)
{
    (void)state;
    connection_on_closed(w.c);
    begin_import("", NULL);
    check_lost();
    assert_null(attached());
}

/* [LY-5, FC-11] by whatever way it comes */
static void what_comes_behind_the_end_is_attached_to_nobody(void **state)
{
    struct registry fresh = {.is_sealed = false};

    (void)state;
    connection_on_closed(w.c);
    connection_import_take(w.c, &fresh);
    assert_null(attached());
}

/* [TO-1, AD-3] */
static void a_peer_that_does_not_answer_is_a_lost_one(void **state)
{
    (void)state;
    begin_import("", NULL);
    answer(LIST(NAME("a/x")));
    (void)wire_poll(&w);
    node_advance(w.node, BOUNDS_TIMEOUT_NS);
    check_lost();
}

/* [SM-18] the connection lives, the question does not */
static void a_stream_that_is_lost_ends_an_import(void **state)
{
    (void)state;
    begin_import("", NULL);
    (void)wire_poll(&w);
    connection_on_reset(w.c, 0);
    assert_int_equal(told.told, 1);
    assert_false(told.is_ok);
    assert_int_equal(told.error, OPERATION_ADAPTER_DISCOVERY_FAILED);
}

/* [FC-10, FC-8, PE-7] all at once: until the last answer the old ones serve,
 * and what the peer has no longer is gone */
static void a_new_import_takes_the_place_of_the_old_one(void **state)
{
    (void)state;
    import(SCRIPT(LIST(NAME("a/x") "," NAME("a/y")), SCHEMA("a/x", ""),
                  SCHEMA("a/y", "")));
    begin_import("", NULL);
    answer(LIST(NAME("a/y") "," NAME("a/z")));
    answer(SCHEMA("a/y", ""));
    assert_string_equal(imported(), "a/x a/y");
    answer(SCHEMA("a/z", ""));
    assert_true(told.is_ok);
    assert_string_equal(imported(), "a/y a/z");
    assert_ptr_equal(overlay_serving(attached()), &w.c->imported);
}

static void of_two_imports_at_once_each_is_told(void **state)
{
    struct mesh_import first = {.told = 0};
    const struct from_call_terms terms = {.filter = NULL};

    (void)state;
    from_call_import(w.c, &terms, mesh_import_waiter(&first));
    begin_import("", NULL); /* questions 0 and 1 are lists */
    answer(LIST(NAME("a/x")));
    answer(LIST(NAME("a/y")));
    answer(SCHEMA("a/x", "")); /* 2 and 3 schemas */
    assert_true(first.told == 1 && first.is_ok);
    assert_string_equal(imported(), "a/x");
    answer(SCHEMA("a/y", ""));
    assert_true(told.told == 1 && told.is_ok);
    assert_string_equal(imported(), "a/y");
}

/* [IR-5, AU-10] a token makes somebody else of one call, and of no peer */
static void a_token_of_a_call_does_not_rename_its_peer(void **state)
{
    struct auth_policy policy = {.peers = {NULL, 0}};
    struct failure f;
    json_t *tree =
        t_tree("{\"peers\":[{\"peer_id\":\"bob\",\"fingerprints\":[],"
               "\"auth_token_hash\":\"sha256:"
               "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a"
               "40b0da4153e0\"}]}"); /* of "token" */

    (void)state;
    assert_true(auth_policy_read(tree, &policy, &f));
    json_decref(tree);
    node_set_policy(w.node, &policy); /* [IP-7] */
    wire_hears(&w, 1, false,
               "{\"type\":\"call.requested\",\"id\":\"r1\",\"payload\":{"
               "\"operationId\":\"t/hold\",\"input\":1,"
               "\"auth_token\":\"token\"}}");
    import(SCRIPT(LIST(NAME("a/x")), SCHEMA("a/x", "")));
    t_same(w.held[0].context->identity->id, "bob");
    t_same(attached()->peer, "n1");
    connection_on_closed(w.c);
    auth_policy_clear(&policy);
}

#define WITH_PEER(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PEER(a_peer_is_asked_for_its_list_and_for_each_schema),
        WITH_PEER(what_was_imported_is_attached_to_its_peer),
        WITH_PEER(a_stranger_is_attached_to_nobody),
        WITH_PEER(a_peer_that_serves_nothing_serves_nothing),
        WITH_PEER(an_import_is_a_leaf_that_mirrors_its_peer),
        WITH_PEER(a_subscription_is_imported_as_one),
        WITH_PEER(an_error_without_a_code_of_its_own_is_left_out),
        WITH_PEER(a_filter_says_what_is_wanted),
        WITH_PEER(an_empty_filter_wants_nothing),
        WITH_PEER(a_prefix_stands_before_every_name),
        WITH_PEER(how_a_peer_is_discovered_is_not_imported),
        WITH_PEER(a_failure_says_which_it_is_and_changes_nothing),
        WITH_PEER(an_import_does_not_collide_with_the_one_before_it),
        WITH_PEER(schemas_have_only_so_many_values_together),
        WITH_PEER(more_than_anybody_has_is_not_imported),
        WITH_PEER(a_lost_connection_ends_an_import),
        WITH_PEER(an_import_over_a_closed_connection_fails_at_once),
        WITH_PEER(what_comes_behind_the_end_is_attached_to_nobody),
        WITH_PEER(a_peer_that_does_not_answer_is_a_lost_one),
        WITH_PEER(a_stream_that_is_lost_ends_an_import),
        WITH_PEER(a_new_import_takes_the_place_of_the_old_one),
        WITH_PEER(of_two_imports_at_once_each_is_told),
        WITH_PEER(a_token_of_a_call_does_not_rename_its_peer),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
