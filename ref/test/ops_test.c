/* SPDX-License-Identifier: MIT */
/* The operations file: every mistake in it, what it makes of a peer's
 * operation, and that the other way in, the test contract's, gets no program
 * started. What it makes of programs: exec_test.c. */
#include "ref/bin/ops.h"
#include "ref/bin/assemble.h"
#include "ref/rules/context.h"
#include "ref/test/folder.h"

/* ------------------------------------------------------------- mistakes */

#define OP(members) "{\"operations\":[{" members "}]}"
static const struct {
    const char *text, *sentence;
} mistakes[] = {
    {"{", "ops.json: line 1: not JSON"},
    {"[]", "ops.json: expected an object"},
    {"{}", "ops.json: operations: missing, expected a list"},
    {"{\"operations\":[],\"x\":1}", "ops.json: x: no such member"},
    {"{\"operations\":[1]}", "operation 0: expected an object"},
    {OP("\"behaviour\":\"conf/echo\""), "operation 0: name: missing"},
    {OP("\"name\":\"/a\",\"behaviour\":\"conf/echo\""),
     "name: expected an operation's name without a slash"},
    {OP("\"name\":\"a\""), "operation 0: behaviour: missing"},
    {OP("\"name\":\"a\",\"behaviour\":7"), "behaviour: expected a string"},
    {OP("\"name\":\"a\",\"behaviour\":\"exec\""),
     "behaviour: exec is none that is known"},
    {OP("\"name\":\"a\",\"behaviour\":{}"), "behaviour: exec: missing"},
    {OP("\"name\":\"a\",\"behaviour\":{\"exec\":\"ls\"}"),
     "behaviour: exec: expected a list of strings"},
    {OP("\"name\":\"a\",\"behaviour\":{\"exec\":[]}"),
     "exec: expected first the absolute path"},
    {OP("\"name\":\"a\",\"behaviour\":{\"exec\":[\"sh\"]}"),
     "exec: expected first the absolute path"},
    {OP("\"name\":\"a\",\"behaviour\":{\"exec\":[\"/etc/passwd\"]}"),
     "of a program that can be run"},
    {OP("\"name\":\"a\",\"behaviour\":{\"exec\":[\"/bin/sh\","
        "\"a\\u0000b\"]}"),
     "exec: 1: expected no NUL"},
    {OP("\"name\":\"a\",\"behaviour\":{\"exec\":[\"/bin/sh\"],"
        "\"timeout_ms\":0}"),
     "behaviour: timeout_ms: expected 1 to"},
    {OP("\"name\":\"a\",\"behaviour\":{\"exec\":[\"/bin/sh\"],"
        "\"env\":[]}"),
     "behaviour: env: no such member"},
    {OP("\"name\":\"a\",\"behaviour\":\"conf/echo\",\"op_type\":\"x\""),
     "op_type: expected query"},
    {OP("\"name\":\"a\",\"behaviour\":\"conf/echo\","
        "\"op_type\":\"subscription\""),
     "a: a subscription needs"},
    {OP("\"name\":\"a\",\"behaviour\":\"conf/echo\",\"remote_safe\":1"),
     "remote_safe: expected true or false"},
    {OP("\"name\":\"a\",\"behaviour\":\"conf/echo\",\"input_schema\":[]"),
     "input_schema: expected an object, true or false"},
    {OP("\"name\":\"a\",\"behaviour\":\"conf/echo\",\"access\":{\"x\":1}"),
     "access: x: no such member"},
    {OP("\"name\":\"a\",\"behaviour\":\"conf/echo\","
        "\"capabilities\":{\"k\":7}"),
     "capabilities: k: expected the path of a file"},
    {OP("\"name\":\"a\",\"behaviour\":\"conf/echo\","
        "\"capabilities\":{\"k\":\"/none\"}"),
     "capabilities: k: /none: cannot be read"},
    {"{\"operations\":[{\"name\":\"a\",\"behaviour\":\"conf/echo\"},"
     "{\"name\":\"a\",\"behaviour\":\"conf/echo\"}]}",
     "operation 1: a: registered already"},
    {OP("\"name\":\"services/list\",\"behaviour\":\"conf/echo\""),
     "services/list: registered already"},
    {OP("\"name\":\"a\",\"behaviour\":{\"forward\":7}"),
     "behaviour: forward: expected an object"},
    {OP("\"name\":\"a\",\"behaviour\":{\"forward\":{\"peer\":\"w\"}}"),
     "behaviour: forward: operation: missing"},
    {OP("\"name\":\"a\",\"behaviour\":{\"forward\":"
        "{\"operation\":\"b\",\"peer\":1}}"),
     "behaviour: forward: peer: expected a string or null"},
    {OP("\"name\":\"a\",\"behaviour\":{\"forward\":"
        "{\"operation\":\"b\"},\"exec\":[\"/bin/sh\"]}"),
     "behaviour: exec: no such member"},
    {OP("\"name\":\"a\",\"behaviour\":{\"forward\":"
        "{\"operation\":\"b\"}}"),
     "behaviour: forward: expected an operation that scoped_env"},
    {OP("\"name\":\"a\",\"scoped_env\":{\"pinned\":[\"w/b\"]},"
        "\"behaviour\":{\"forward\":{\"operation\":\"b\"}}"),
     "behaviour: forward: expected an operation that scoped_env"},
    {OP("\"name\":\"a\",\"scoped_env\":{\"pinned\":7},"
        "\"behaviour\":\"conf/compose\""),
     "scoped_env: pinned: expected a list of strings"},
    {OP("\"name\":\"a\",\"resource_id_path\":\"b\","
        "\"behaviour\":\"conf/echo\""),
     "resource_id_path: expected a path"},
};
#undef OP

static void every_mistake_is_a_sentence(void **state)
{
    struct failure f;

    (void)state;
    for (size_t i = 0; i < T_COUNT(mistakes); i++) {
        struct ops o;

        f.sentence[0] = 0;
        assert_false(
            ops_load(folder_write("ops.json", mistakes[i].text), NULL, &o, &f));
        t_says(f.sentence, mistakes[i].sentence);
        t_says(f.sentence, "ops.json: ");
        ops_clear(&o);
    }
}

/* ------------------------------------------------------------- a peer's */

static const char forwards[] =
    "{\"operations\":["
    "{\"name\":\"a\",\"scoped_env\":{\"pinned\":[\"w/b\"]},"
    "\"behaviour\":{\"forward\":{\"peer\":\"w\",\"operation\":\"b\"}}},"
    "{\"name\":\"s\",\"op_type\":\"subscription\","
    "\"scoped_env\":{\"allowed\":[\"b\"]},"
    "\"behaviour\":{\"forward\":{\"operation\":\"b\"}}},"
    "{\"name\":\"p\",\"behaviour\":\"services/list-peers\"}]}";

static void note_error(void *self, uint64_t serial,
                       const struct handler_answer *a)
{
    struct buf *said = self;

    assert_int_equal(serial, 1);
    assert_int_equal(a->saying, HANDLER_ERROR);
    buf_put_slice(said, a->error->code);
    buf_put_byte(said, ' ');
    buf_put_slice(said, a->error->message);
    buf_put(said, "; ");
}

/* Asks for what nobody serves. */
static void start_forward(const struct ops *o, const char *name,
                          const struct handler_desk *desk)
{
    const struct registration *r = registry_find(&o->registry, slice_of(name));
    struct overlays nobody = {.first = NULL};
    const struct context context = {.operation = slice_of(name),
                                    .scoped_env = &r->scoped_env,
                                    .layers = {.peers = &nobody}};

    r->handler.start(r->handler.self, &context, slice_of("{}"),
                     (struct handler_call){desk, 1});
}

static void a_peer_s_operation_is_offered_and_counted(void **state)
{
    struct buf said;
    const struct handler_desk desk = {note_error, &said};
    struct failure f;
    struct ops o;

    (void)state;
    buf_init(&said, 1000);
    assert_true(ops_load(folder_write("ops.json", forwards), NULL, &o, &f));
    start_forward(&o, "a", &desk);
    start_forward(&o, "s", &desk);
    t_same(buf_slice(&said), "NOT_FOUND operation not found: a; "
                             "NOT_FOUND operation not found: s; ");
    t_prints_take(ops_counts(&o), "{\"a\":1,\"p\":0,\"s\":1,"
                                  "\"services/list\":0,"
                                  "\"services/schema\":0}");
    ops_clear(&o);
    buf_clear(&said);
}

/* ------------------------------------------------------------- others */

/* What the test contract registers is described in the same words, but a
 * program is none of them. */
static void nobody_else_can_name_a_program(void **state)
{
    static const char *const texts[] = {
        "{\"name\":\"a\",\"behaviour\":{\"exec\":[\"/bin/sh\"]}}",
        "{\"name\":\"a\",\"behaviour\":[\"/bin/sh\"]}",
        "{\"name\":\"a\",\"behaviour\":\"exec\"}",
        "{\"name\":\"a\",\"behaviour\":\"/bin/sh\"}",
        "{\"name\":\"a\",\"behaviour\":\"conf/echo\",\"exec\":[\"/bin/sh\"]}",
    };
    struct stage *stage = stage_new(&(struct stage_report){NULL, NULL, NULL});
    struct registry registry = {.is_sealed = false};
    struct failure f;

    (void)state;
    for (size_t i = 0; i < T_COUNT(texts); i++) {
        json_t *tree = t_tree(texts[i]);

        assert_false(assemble_operation(tree, stage, &registry, &f));
        json_decref(tree);
    }
    assert_int_equal(registry.by_name.count, 0);
    stage_free(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake_is_a_sentence),
        cmocka_unit_test(a_peer_s_operation_is_offered_and_counted),
        cmocka_unit_test(nobody_else_can_name_a_program),
    };

    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
