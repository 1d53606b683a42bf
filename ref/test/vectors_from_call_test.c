/* SPDX-License-Identifier: MIT */
/* What becomes of a peer's operations here, and why of none? The vectors of
 * import.json. The peer is played over a connection in memory: each question
 * that goes out is answered, or not, as a vector says. */
#include "ref/session/from_call.h"
#include "ref/test/vectors.h"
#include "ref/test/wire.h"

#define LIMIT (1 << 16)
#define QUESTIONS_MAX 20 /* of one import; one more is a loop */

static struct wire w;
static struct {
    int count;  /* how often it was told */
    bool is_ok; /* then `text` are specifications, else a kind */
    struct buf text;
} told;

/* [HR-3, VI-4] Whatever the peer says, it is a leaf. */
static void check_leaf(const struct registration *r)
{
    check_that(r->provenance == REGISTRY_FROM_CALL, "the provenance");
    check_that(!r->authority && !r->capabilities &&
                   scoped_env_is_empty(&r->scoped_env),
               "what it may");
    check_that((r->handler.pull != NULL) ==
                   (r->spec.op_type == SPEC_SUBSCRIPTION),
               "the handler");
}

static void tell(void *self, const struct operation_adapter_outcome *outcome)
{
    json_t *specs = json_array();

    (void)self;
    told.count++;
    told.is_ok = outcome->is_ok;
    if (outcome->is_ok) {
        const struct table_entry *e =
            table_first(&outcome->operations->by_name);

        for (; e; e = table_next(e)) {
            const struct registration *r = e->value;

            check_leaf(r);
            json_array_append_new(specs, spec_tree(&r->spec));
        }
        assert_true(value_print(specs, &told.text));
    } else {
        check_that(outcome->message.len > 0, "the message");
        buf_put(&told.text, operation_adapter_name(outcome->error));
    }
    json_decref(specs);
}

/* ------------------------------------------------------------- the peer */

/* One frame on the stream of the latest question. */
static void say(const char *type, const char *id, json_t *payload)
{
    json_t *frame =
        json_pack("{s:s,s:s,s:o}", "type", type, "id", id, "payload", payload);
    struct buf text;

    buf_init(&text, LIMIT);
    assert_true(value_print(frame, &text));
    buf_put_byte(&text, '\0');
    wire_hears(&w, w.next - 4, true, (const char *)text.data);
    buf_clear(&text);
    json_decref(frame);
}

static void refuse(const char *id, const char *code)
{
    say("call.error", id,
        json_pack("{s:s,s:s,s:b}", "code", code, "message", "m", "retryable",
                  0));
}

/* As a vector wants it to fail: an error, nothing at all, or the end. */
static void fail_with(const char *id, const char *word)
{
    if (strcmp(word, "lost") == 0)
        connection_on_closed(w.c);
    else if (strcmp(word, "silent") == 0)
        node_advance(w.node, 2 * BOUNDS_TIMEOUT_NS);
    else
        refuse(id, word);
}

/* Is this the question, for the list (null) or for a schema, that fails? */
static bool is_failing(const json_t *failure, const json_t *name)
{
    const json_t *failing = get(failure, "name");

    return failing &&
           (json_is_null(failing) ? name == NULL : json_equal(failing, name));
}

/* Which output the vector has for the question; NULL: none. Borrowed. */
static json_t *output_for(const json_t *list, const json_t *schemas,
                          const char *operation, const json_t *name)
{
    if (strcmp(operation, "/services/list") == 0)
        return (json_t *)(uintptr_t)list;
    assert_string_equal(operation, "/services/schema");
    assert_true(json_is_string(name));
    return json_object_get(schemas, json_string_value(name));
}

/* [FC-6] Answers a request as the vector says. */
static void answer(const json_t *request, const json_t *list,
                   const json_t *schemas, const json_t *failure)
{
    const json_t *payload = get(request, "payload");
    const json_t *name = get(get(payload, "input"), "name");
    const char *id = text_of(request, "id");
    json_t *output =
        output_for(list, schemas, text_of(payload, "operationId"), name);

    if (is_failing(failure, name))
        fail_with(id, text_of(failure, "with"));
    else if (output)
        say("call.responded", id, json_pack("{s:O}", "output", output));
    else
        refuse(id, "NOT_FOUND");
}

/* The request among what went out. The caller's. */
static json_t *question_of(const char *said)
{
    const char *start = strchr(said, '{'), *end = strrchr(said, '}');
    struct failure f;
    json_t *request;

    assert_non_null(start);
    request = value_parse(slice_make(start, (size_t)(end - start) + 1), &f);
    assert_non_null(request);
    return request;
}

static void play(const json_t *test)
{
    json_t *list = tree_of(test, "list"), *schemas = tree_of(test, "schemas");
    json_t *failure = tree_of(test, "failure");

    assert_true(json_is_object(schemas));
    assert_int_equal(json_object_size(failure), failure ? 2 : 0);
    for (int asked = 0; told.count == 0; asked++) {
        json_t *request = question_of(wire_poll(&w));

        assert_true(asked < QUESTIONS_MAX);
        answer(request, list, schemas, failure);
        json_decref(request);
    }
    json_decref(list);
    json_decref(schemas);
    json_decref(failure);
}

/* ------------------------------------------------------------- vectors */

static void begin_import(const json_t *test)
{
    bool has_filter = json_is_string(get(test, "filter"));
    json_t *list = tree_of(test, "filter");
    struct strings filter = value_strings(list);
    const struct from_call_terms terms = {
        .prefix = text_or_none(test, "prefix"),
        .filter = has_filter ? &filter : NULL,
    };

    from_call_import(w.c, &terms,
                     (struct operation_adapter_waiter){tell, NULL});
    strings_clear(&filter);
    json_decref(list);
}

static void run_import(const json_t *test, const json_t *params)
{
    (void)params;
    told.count = 0;
    buf_init(&told.text, LIMIT);
    wire_connect(&w);
    connection_on_credit(w.c, 2 * QUESTIONS_MAX);
    begin_import(test);
    play(test);
    check_that(told.count == 1, "how often it was told");
    check_verdict(told.is_ok);
    check_that(
        told.is_ok
            ? is_same_json(buf_slice(&told.text), bytes_of(now.expect, "specs"))
            : slice_equal(buf_slice(&told.text), bytes_of(now.expect, "kind")),
        "the outcome");
    check_that(told.is_ok || w.c->imported.by_name.count == 0,
               "what is left of a failed import");
    wire_end(&w);
    check_that(told.count == 1, "how often it was told in the end");
    buf_clear(&told.text);
}

static const struct vectors_runner runners[] = {
    {"import", run_import, "list schemas failure prefix filter", "specs kind"},
};

static void peers_are_imported_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("import.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peers_are_imported_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
