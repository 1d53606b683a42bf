/* SPDX-License-Identifier: MIT */
/*
 * See ops.h. An operation is described as in the test contract's `register`,
 * with two differences: a behaviour may also be a program or what a peer
 * serves, and capabilities are told as the files they lie in.
 */
#include "ref/bin/ops.h"
#include "ref/base/bounds.h"
#include "ref/bin/assemble.h"
#include "ref/bin/exec.h"
#include "ref/host/files.h"
#include "ref/host/process.h"

#define NS_PER_MS 1000000ull
#define LIMIT_MS_MAX 86400000 /* a day */

/* ------------------------------------------------------------- a program */

static bool is_word(const json_t *word)
{
    return json_string_length(word) == strlen(json_string_value(word));
}

static bool check_argv(const json_t *argv, struct failure *f)
{
    const char *program = json_string_value(json_array_get(argv, 0));

    for (size_t i = 0; i < json_array_size(argv); i++)
        if (!is_word(json_array_get(argv, i)))
            return failure_say(f, "exec: %zu: expected no NUL in it", i);
    if (!program || !process_can_run(program))
        return failure_say(f, "exec: expected first the absolute path of a "
                              "program that can be run");
    return true;
}

/* Unless said a subscription runs as long as somebody wants to hear it. */
static bool read_limit(const json_t *ms, bool is_streaming, uint64_t *ret_ns,
                       struct failure *f)
{
    json_int_t number = json_integer_value(ms);

    *ret_ns = is_streaming ? NEVER : BOUNDS_TIMEOUT_NS;
    if (!ms)
        return true;
    *ret_ns = (uint64_t)number * NS_PER_MS;
    return (number > 0 && number <= LIMIT_MS_MAX) ||
           failure_say(f, "timeout_ms: expected 1 to %d", LIMIT_MS_MAX);
}

/* {"exec": [program, words…], "timeout_ms": n} */
static bool read_program(const json_t *object, struct ops *o,
                         struct registration *r, struct failure *f)
{
    const json_t *argv, *timeout;
    const struct value_field fields[] = {
        {"exec", VALUE_STRINGS, true, &argv},
        {"timeout_ms", VALUE_INTEGER, false, &timeout},
    };
    struct strings words;
    struct exec_program program = {
        .argv = &words, .is_streaming = r->spec.op_type == SPEC_SUBSCRIPTION};

    if (!value_fields(object, fields, 2, f) || !check_argv(argv, f) ||
        !read_limit(timeout, program.is_streaming, &program.limit_ns, f))
        return failure_wrap(f, "behaviour: ");
    words = value_strings(argv);
    r->handler = stage_play(o->stage, exec_handler(o->exec, &program));
    strings_clear(&words);
    return true;
}

/* ------------------------------------------------------------- a peer's */

/* [SE-8] What is out of reach would never be found. */
static bool is_within_reach(const json_t *forward, const struct registration *r)
{
    const json_t *peer = json_object_get(forward, "peer");
    struct peer_ref who = {.id = {NULL, 0}};

    if (json_is_string(peer))
        who.id = value_string(peer);
    return scoped_env_allows(
        &r->scoped_env, who,
        value_string(json_object_get(forward, "operation")));
}

/* [OC-6] {"forward": {"peer": id, "operation": name}}; without `peer` it is
 * whoever serves it. */
static bool read_forward(const json_t *object, struct ops *o,
                         struct registration *r, struct failure *f)
{
    struct assemble_behaviour named = {.forward = NULL};
    const struct value_field fields[] = {
        {"forward", VALUE_OBJECT, true, &named.forward}};
    json_t *name = json_string("conf/forward");
    bool is_good;

    named.name = name;
    is_good = value_fields(object, fields, 1, f) &&
              assemble_handler(&named, o->stage, &o->registry, r, f) &&
              (is_within_reach(named.forward, r) ||
               failure_say(f, "forward: expected an operation that scoped_env "
                              "has within reach"));
    json_decref(name);
    return is_good || failure_wrap(f, "behaviour: ");
}

/* ------------------------------------------------------------- an operation */

static bool read_behaviour(const struct assemble_behaviour *behaviour,
                           struct ops *o, struct registration *r,
                           struct failure *f)
{
    if (behaviour->forward)
        return failure_say(f, "forward: expected within a behaviour");
    if (!json_is_object(behaviour->name))
        return assemble_handler(behaviour, o->stage, &o->registry, r, f);
    return json_object_get(behaviour->name, "forward")
               ? read_forward(behaviour->name, o, r, f)
               : read_program(behaviour->name, o, r, f);
}

static bool is_schema(const json_t *member)
{
    return !member || json_is_object(member) || json_is_boolean(member);
}

static bool check_schemas(const json_t *operation, struct failure *f)
{
    static const char *const names[] = {"input_schema", "output_schema"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!is_schema(json_object_get(operation, names[i])))
            return failure_say(f, "%s: expected an object, true or false",
                               names[i]);
    return true;
}

static bool read_secret(const json_t *path, json_t **ret, struct failure *f)
{
    struct buf secret;
    bool is_good;

    if (!json_is_string(path) || !is_word(path))
        return failure_say(f, "expected the path of a file");
    buf_init(&secret, BOUNDS_FILE_MAX);
    is_good = files_read_token(json_string_value(path), &secret, f);
    if (is_good) {
        *ret = json_stringn((const char *)secret.data, secret.len);
        is_good = *ret ||
                  failure_say(f, "%s: expected UTF-8", json_string_value(path));
    }
    buf_wipe(&secret);
    return is_good;
}

/* [CP-4] Puts in the place of each path what its file holds; the tree is wiped
 * when it is given back. */
static bool fetch_secrets(json_t *operation, struct failure *f)
{
    json_t *secrets = json_object_get(operation, "capabilities"), *path;
    const char *name;

    json_object_foreach(secrets, name, path)
    {
        json_t *secret = NULL;

        if (!read_secret(path, &secret, f))
            return failure_wrap(f, "capabilities: %.60s: ", name);
        json_object_set_new(secrets, name, secret);
    }
    return true;
}

static bool read_operation(json_t *operation, struct ops *o, struct failure *f)
{
    struct assemble_behaviour behaviour;
    struct registration r;

    if (!check_schemas(operation, f) || !fetch_secrets(operation, f) ||
        !assemble_registration(operation, &behaviour, &r, f))
        return false;
    if (read_behaviour(&behaviour, o, &r, f))
        return registry_add_take(&o->registry, &r, f);
    registry_drop(&r);
    return false;
}

/* ------------------------------------------------------------- the file */

static bool read_list(json_t *list, struct ops *o, struct failure *f)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!read_operation(json_array_get(list, i), o, f))
            return failure_wrap(f, "operation %zu: ", i);
    return true;
}

static bool read_file(const char *path, struct ops *o, struct failure *f)
{
    const json_t *list;
    const struct value_field fields[] = {
        {"operations", VALUE_LIST, true, &list}};
    json_t *tree = files_read_tree(path, f);
    bool is_good;

    if (!tree)
        return false;
    is_good = value_fields(tree, fields, 1, f) &&
              assemble_discovery(o->stage, &o->registry, f) &&
              read_list(json_object_get(tree, "operations"), o, f);
    if (!is_good)
        failure_wrap(f, "%.120s: ", path);
    json_decref(tree);
    return is_good;
}

bool ops_load(const char *path, struct loop *loop, struct ops *ret,
              struct failure *ret_failure)
{
    *ret = (struct ops){
        .stage = stage_new(&(struct stage_report){NULL, NULL, NULL}),
        .exec = exec_new(loop),
    };
    return path ? read_file(path, ret, ret_failure)
                : assemble_all(ret->stage, &ret->registry, ret_failure);
}

void ops_clear(struct ops *o)
{
    exec_free(o->exec);
    registry_clear(&o->registry);
    stage_free(o->stage);
    *o = (struct ops){.stage = NULL};
}

void ops_tell(struct ops *o, void (*answered)(void *self), void *self)
{
    exec_tell(o->exec, answered, self);
}

json_t *ops_counts(const struct ops *o)
{
    json_t *counts = json_object();

    for (struct table_entry *e = table_first(&o->registry.by_name); e;
         e = table_next(e))
        json_object_setn_new(counts, (const char *)e->key.data, e->key.len,
                             json_integer(0));
    json_object_update_new(counts, stage_runs(o->stage));
    return counts;
}
