/* SPDX-License-Identifier: MIT */
/*
 * What the reference reads as a tree: access, identities, policies, reaches,
 * sealed secrets, specifications, and input schemas with values beside them.
 * What has a written form is written, read and written again, the same.
 */
#include "fuzz/readers/parser_tree.h"

#include "fuzz/broken.h"
#include "fuzz/readers/policy_check.h"
#include "fuzz/readers/schema_check.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"
#include "ref/model/encrypted_data.h"
#include "ref/model/schema.h"
#include "ref/model/scoped_env.h"
#include "ref/model/spec.h"
#include "ref/model/token.h"
#include "ref/rules/from_jsonschema.h"
#include "ref/state/auth_policy.h"
#include "ref/state/credentials.h"

/* ------------------------------------------------- access, identity */

PARSER_FORM(access, "access", "AC-4");

static void run_access(struct slice input)
{
    struct access a, again;

    if (parser_round(&access_form, input, &a, &again))
        access_clear(&a);
}

static bool is_list_of_strings(const json_t *v)
{
    bool is_good = json_is_array(v);

    for (size_t i = 0; i < json_array_size(v); i++)
        is_good = is_good && json_is_string(json_array_get(v, i));
    return is_good;
}

/* [RQ-6] All three, of their kinds; whatever else is there. */
static bool is_identity(const json_t *tree)
{
    const json_t *resources = json_object_get(tree, "resources");
    bool is_good = json_is_object(resources) &&
                   json_is_string(json_object_get(tree, "id")) &&
                   is_list_of_strings(json_object_get(tree, "scopes"));
    const char *type;
    json_t *list;

    json_object_foreach((json_t *)(uintptr_t)resources, type, list)
    {
        is_good = is_good && is_list_of_strings(list);
    }
    return is_good;
}

static json_t *identity_tree_of(const struct identity *who)
{
    struct buf text;
    json_t *tree;

    buf_init(&text, SIZE_MAX);
    (void)identity_print(who, &text);
    tree = parser_tree(buf_slice(&text));
    buf_clear(&text);
    return tree;
}

static void run_identity(struct slice input)
{
    json_t *tree = parser_tree(input), *written;
    struct identity who, again;
    bool is_read = identity_parse(input, &who), is_good = is_identity(tree);

    broken_unless(is_read == is_good, "RQ-6", "%s identity is %s",
                  is_good ? "a good" : "no", is_read ? "taken" : "refused");
    if (is_read) {
        written = identity_tree_of(&who);
        broken_unless(identity_read(written, &again), "PI-1",
                      "what was printed is not read again");
        parser_expect_same(written, identity_tree_of(&again), "PI-1",
                           "identity");
        identity_clear(&again);
        identity_clear(&who);
    }
    json_decref(tree);
}

/* ------------------------------------------------- who is known */

/* A policy on the first line, somebody's token or key behind it. */
static void run_policy(struct slice input)
{
    struct slice word, line = parser_first_line(input, &word);
    json_t *tree = parser_tree(line);
    struct failure why = {""};
    struct auth_policy p;

    if (!tree)
        return;
    if (auth_policy_read(tree, &p, &why)) {
        policy_check_peers(&p, tree);
        policy_check_word(&p, tree, word, 999);
        policy_check_word(&p, tree, word, 1000);
        auth_policy_clear(&p);
    } else {
        parser_expect_sentence(&why, "policy");
    }
    json_decref(tree);
}

/* ------------------------------------------------- reach, secrets */

static void run_reach(struct slice input)
{
    json_t *tree = parser_tree(input);
    struct failure why = {""};
    struct scoped_env env;

    if (!tree)
        return;
    if (scoped_env_read(tree, &env, &why)) {
        struct scoped_env narrow = scoped_env_narrow(&env, &env);
        const struct peer_ref anybody = {.id = {NULL, 0}};

        for (size_t i = 0; i < env.allowed.count; i++)
            broken_unless(
                scoped_env_allows(&narrow, anybody, env.allowed.items[i]),
                "SE-3", "what is allowed is out of reach");
        scoped_env_clear(&narrow);
        scoped_env_clear(&env);
    } else {
        parser_expect_sentence(&why, "scoped_env");
    }
    json_decref(tree);
}

static void check_kept(const struct encrypted_data *sealed)
{
    struct credentials store = {.by_provider = {.count = 0}};
    struct failure why = {""};

    broken_unless(credentials_put(&store, slice_of("p"), sealed, &why), "IP-9",
                  "it is not kept: %s", why.sentence);
    parser_expect_same(
        encrypted_data_tree(sealed),
        encrypted_data_tree(credentials_get(&store, slice_of("p"))), "IP-9",
        "a credential");
    credentials_clear(&store);
}

PARSER_FORM(encrypted_data, "encrypted data", "IP-10");

static void run_sealed(struct slice input)
{
    struct encrypted_data sealed, again;

    if (!parser_round(&encrypted_data_form, input, &sealed, &again))
        return;
    check_kept(&sealed);
    encrypted_data_clear(&sealed);
}

/* ------------------------------------------------- specifications */

static bool read_spec(const json_t *tree, void *ret, struct failure *why)
{
    struct value_field fields[SPEC_FIELDS];
    struct spec_members members;

    spec_fields(&members, fields);
    return value_fields(tree, fields, SPEC_FIELDS, why) &&
           spec_read(&members, ret, why);
}

/* [OS-4] As in a file: the namespace goes along, and is no member that one may
 * write; and what a file calls access has another name for callers. */
static json_t *write_spec(const void *spec)
{
    json_t *written = spec_tree(spec);

    json_object_set(written, "access",
                    json_object_get(written, "access_control"));
    json_object_del(written, "access_control");
    json_object_del(written, "namespace");
    return written;
}

static void clear_spec(void *spec)
{
    spec_clear(spec);
}

static void run_spec(struct slice input)
{
    static const struct parser_form form = {"specification", "OS-1", read_spec,
                                            write_spec, clear_spec};
    struct spec s, again;

    if (parser_round(&form, input, &s, &again))
        spec_clear(&s);
}

/* How often, and what, an adapter told of the operation that is described. */
struct described {
    struct slice name;
    uint32_t told;
    bool is_absent;
};

static void told_absent(void *self, uint64_t serial,
                        const struct handler_answer *answer)
{
    struct described *d = self;

    (void)serial;
    d->is_absent = answer->saying == HANDLER_ERROR &&
                   slice_equal(answer->error->code, slice_of("NOT_FOUND"));
}

/* [AD-7] It is there, and whoever calls it is told that it is not. */
static void told_described(void *self,
                           const struct operation_adapter_outcome *outcome)
{
    struct described *d = self;
    struct handler_desk desk = {told_absent, d};
    const struct context context = {.operation = d->name};
    const struct registration *r;

    d->told++;
    if (!outcome->is_ok)
        return;
    r = registry_find(outcome->operations, d->name);
    broken_unless(r && r->spec.visibility == SPEC_INTERNAL, "AD-6",
                  "what is described is not told of as an internal operation");
    r->handler.start(r->handler.self, &context, slice_of("null"),
                     (struct handler_call){&desk, 1});
    broken_unless(d->is_absent, "AD-7", "what is only described is run");
}

/* A specification on the first line, a schema of its input behind it. */
static void run_described(struct slice input)
{
    struct slice rest, line = parser_first_line(input, &rest);
    json_t *tree = parser_tree(line), *schema = parser_tree(rest);
    struct from_jsonschema *adapter;
    struct operation_adapter a;
    struct described d = {.told = 0};
    struct failure why = {""};
    struct spec s;

    if (tree && schema && read_spec(tree, &s, &why)) {
        d.name = slice_make(xalloc_copy(s.name), s.name.len);
        adapter = from_jsonschema_new(&s, schema);
        a = from_jsonschema_adapter(adapter);
        a.import(a.self, (struct operation_adapter_waiter){told_described, &d});
        broken_unless(d.told == 1, "AD-1", "an adapter tells %u times", d.told);
        from_jsonschema_free(adapter);
        xalloc_free((void *)(uintptr_t)d.name.data);
    }
    json_decref(schema);
    json_decref(tree);
}

/* A schema on the first line, values on those behind it. */
static void run_schema(struct slice input)
{
    struct slice rest, line = parser_first_line(input, &rest);
    json_t *schema = parser_tree(line), *value;
    struct failure why = {""};

    if (!schema)
        return;
    if (!schema_check_form(schema, &why)) {
        parser_expect_sentence(&why, "schema");
        rest = slice_make(NULL, 0);
    }
    while (rest.len > 0) {
        line = parser_first_line(rest, &rest);
        value = parser_tree(line);
        if (value)
            schema_check_value(schema, value);
        json_decref(value);
    }
    json_decref(schema);
}

const struct parser parser_values[] = {
    {"access", run_access},
    {"identity", run_identity},
    {"peer book and API keys", run_policy},
    {"scoped_env", run_reach},
    {"encrypted_data, kept", run_sealed},
    {"specification", run_spec},
    {"input schema and values", run_schema},
    {"described operation", run_described},
    {NULL, NULL},
};
