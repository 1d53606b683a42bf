/* SPDX-License-Identifier: MIT */
/*
 * What the reference reads as a tree: access, identities, policies, reaches,
 * sealed secrets, specifications, and input schemas with values beside them.
 * What has a written form is written, read and written again, the same.
 */
#include "fuzz/parser.h"

#include "fuzz/broken.h"
#include "fuzz/schema_check.h"
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

/* The tree of an input, or NULL and a sentence that was looked at. */
static json_t *tree_of(struct slice input)
{
    struct failure why = {""};
    json_t *tree = value_parse(input, &why);

    if (!tree)
        parser_expect_sentence(&why, "JSON");
    return tree;
}

/* Takes both. */
static void expect_same_take(json_t *first, json_t *again, const char *rule,
                             const char *form)
{
    struct buf one, other;

    buf_init(&one, SIZE_MAX);
    buf_init(&other, SIZE_MAX);
    broken_unless(value_print(first, &one) && value_print(again, &other) &&
                      slice_equal(buf_slice(&one), buf_slice(&other)),
                  rule, "%s: %.*s is read again as %.*s", form, (int)one.len,
                  (const char *)one.data, (int)other.len,
                  (const char *)other.data);
    buf_clear(&one);
    buf_clear(&other);
    json_decref(first);
    json_decref(again);
}

/* ------------------------------------------------- access, identity */

static void run_access(struct slice input)
{
    json_t *tree = tree_of(input), *written;
    struct failure why = {""};
    struct access a, again;

    if (!tree)
        return;
    if (access_read(tree, &a, &why)) {
        written = access_tree(&a);
        broken_unless(access_read(written, &again, &why), "AC-4",
                      "access is not read again: %s", why.sentence);
        expect_same_take(written, access_tree(&again), "AC-4", "access");
        access_clear(&again);
        access_clear(&a);
    } else {
        parser_expect_sentence(&why, "access");
    }
    json_decref(tree);
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
    tree = tree_of(buf_slice(&text));
    buf_clear(&text);
    return tree;
}

static void run_identity(struct slice input)
{
    json_t *tree = tree_of(input), *written;
    struct identity who, again;
    bool is_read = identity_parse(input, &who), is_good = is_identity(tree);

    broken_unless(is_read == is_good, "RQ-6", "%s identity is %s",
                  is_good ? "a good" : "no", is_read ? "taken" : "refused");
    if (is_read) {
        written = identity_tree_of(&who);
        broken_unless(identity_read(written, &again), "PI-1",
                      "what was printed is not read again");
        expect_same_take(written, identity_tree_of(&again), "PI-1", "identity");
        identity_clear(&again);
        identity_clear(&who);
    }
    json_decref(tree);
}

/* ------------------------------------------------- who is known */

/* [IP-2] Of the first enabled entry that lists it. */
static const struct identity *first_with(const struct peerbook *b,
                                         struct slice fingerprint)
{
    for (size_t i = 0; i < b->count; i++)
        for (size_t k = 0; k < b->entries[i].fingerprints.count; k++)
            if (b->entries[i].is_enabled &&
                slice_equal(b->entries[i].fingerprints.items[k], fingerprint))
                return &b->entries[i].identity;
    return NULL;
}

/* [IP-3, IP-6] Whoever is there and has the token, before any key. */
static const struct identity *peer_with(const struct peerbook *b,
                                        struct slice hash)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->entries[i].is_enabled &&
            slice_equal(b->entries[i].token_hash, hash))
            return &b->entries[i].identity;
    return NULL;
}

/* [IP-4, IP-5] The first whose prefix fits decides. */
static const struct identity *key_with(const struct apikeys *k,
                                       struct slice token, struct slice hash,
                                       uint64_t now_s)
{
    for (size_t i = 0; i < k->count; i++) {
        const struct apikeys_entry *e = &k->entries[i];
        const struct slice prefix = e->identity.id;

        if (prefix.len > 8 || prefix.len > token.len ||
            memcmp(prefix.data, token.data, prefix.len) != 0)
            continue;
        return token.len >= 4 && memcmp(token.data, "alk_", 4) == 0 &&
                       slice_equal(e->hash, hash) && now_s < e->expires_at_s
                   ? &e->identity
                   : NULL;
    }
    return NULL;
}

static void check_token(const struct auth_policy *p, struct slice token,
                        uint64_t now_s)
{
    const struct token_hash hash = token_hash_of(token);
    const struct slice text = token_hash_slice(&hash);
    const struct identity *peer = peer_with(&p->peers, text),
                          *key = key_with(&p->keys, token, text, now_s),
                          *found = auth_policy_by_token(p, token, now_s);

    broken_unless(!peer || found == peer, "IP-3",
                  "a peer's token is somebody else's");
    broken_unless(peer || found == key, "IP-4", "a key is %s",
                  key ? "not known" : "known that is none");
}

static void check_peers(const struct auth_policy *p)
{
    const struct peerbook *b = &p->peers;

    for (size_t i = 0; i < b->count; i++) {
        const struct peerbook_entry *e = &b->entries[i];

        for (size_t k = 0; k < e->fingerprints.count; k++) {
            struct slice f = e->fingerprints.items[k];

            broken_unless(auth_policy_by_fingerprint(p, f) == first_with(b, f),
                          "IP-2", "a key is somebody else's");
        }
        for (size_t k = 0; k < i; k++)
            broken_unless(
                !slice_equal(e->identity.id, b->entries[k].identity.id), "PI-7",
                "one id twice");
    }
}

/* A policy on the first line, somebody's token behind it. */
static void run_policy(struct slice input)
{
    struct slice token, line = parser_first_line(input, &token);
    json_t *tree = tree_of(line);
    struct failure why = {""};
    struct auth_policy p;

    if (!tree)
        return;
    if (auth_policy_read(tree, &p, &why)) {
        check_peers(&p);
        check_token(&p, token, 999);
        check_token(&p, token, 1000);
        auth_policy_clear(&p);
    } else {
        parser_expect_sentence(&why, "policy");
    }
    json_decref(tree);
}

/* ------------------------------------------------- reach, secrets */

static void run_reach(struct slice input)
{
    json_t *tree = tree_of(input);
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
    expect_same_take(
        encrypted_data_tree(sealed),
        encrypted_data_tree(credentials_get(&store, slice_of("p"))), "IP-9",
        "a credential");
    credentials_clear(&store);
}

static void run_sealed(struct slice input)
{
    json_t *tree = tree_of(input), *written;
    struct encrypted_data sealed, again;
    struct failure why = {""};

    if (!tree)
        return;
    if (encrypted_data_read(tree, &sealed, &why)) {
        written = encrypted_data_tree(&sealed);
        broken_unless(encrypted_data_read(written, &again, &why), "IP-10",
                      "it is not read again: %s", why.sentence);
        expect_same_take(written, encrypted_data_tree(&again), "IP-10",
                         "encrypted data");
        check_kept(&sealed);
        encrypted_data_clear(&again);
        encrypted_data_clear(&sealed);
    } else {
        parser_expect_sentence(&why, "encrypted data");
    }
    json_decref(tree);
}

/* ------------------------------------------------- specifications */

static bool read_spec(const json_t *tree, struct spec *ret, struct failure *why)
{
    struct value_field fields[SPEC_FIELDS];
    struct spec_members members;

    spec_fields(&members, fields);
    return value_fields(tree, fields, SPEC_FIELDS, why) &&
           spec_read(&members, ret, why);
}

/* [OS-4] The namespace goes along, and is no member that one may write; and
 * what a file calls access has another name for callers. */
static void check_spec(const struct spec *s)
{
    json_t *written = spec_tree(s);
    struct failure why = {""};
    struct spec again;

    json_object_set(written, "access",
                    json_object_get(written, "access_control"));
    json_object_del(written, "access_control");
    json_object_del(written, "namespace");
    broken_unless(read_spec(written, &again, &why), "OS-1",
                  "a specification is not read again: %s", why.sentence);
    json_decref(written);
    expect_same_take(spec_tree(s), spec_tree(&again), "OS-1", "specification");
    spec_clear(&again);
}

static void run_spec(struct slice input)
{
    json_t *tree = tree_of(input);
    struct failure why = {""};
    struct spec s;

    if (!tree)
        return;
    if (read_spec(tree, &s, &why)) {
        check_spec(&s);
        spec_clear(&s);
    } else {
        parser_expect_sentence(&why, "specification");
    }
    json_decref(tree);
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
    json_t *tree = tree_of(line), *schema = tree_of(rest);
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
    json_t *schema = tree_of(line), *value;
    struct failure why = {""};

    if (!schema)
        return;
    if (!schema_check(schema, &why)) {
        parser_expect_sentence(&why, "schema");
        rest = slice_make(NULL, 0);
    }
    while (rest.len > 0) {
        line = parser_first_line(rest, &rest);
        value = tree_of(line);
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
