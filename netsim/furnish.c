/* SPDX-License-Identifier: MIT */
/* Trees of JSON are built and read by the loaders that programs use, so that a
 * world is made of what could stand in files. */
#include "netsim/furnish.h"

#include <stdarg.h>
#include <stdio.h>

#include "ref/model/token.h"
#include "ref/rules/discovery.h"

/* --------------------------------------------------------------- words */

__attribute__((format(printf, 1, 2))) static struct furnish_text
text(const char *format, ...)
{
    struct furnish_text t;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(t.text, sizeof t.text, format, args);
    va_end(args);
    return t;
}

struct furnish_text furnish_name(uint32_t name)
{
    return text("o/%u", name);
}

struct furnish_text furnish_peer(uint32_t at)
{
    return text("p%u", at);
}

struct furnish_text furnish_resource(uint32_t resource)
{
    return text("r%u", resource);
}

struct furnish_text furnish_token(const struct cast *cast, uint32_t at)
{
    return text("token-%llx-%u", (unsigned long long)cast->seed, at);
}

struct furnish_text furnish_secret(const struct cast *cast, uint32_t at,
                                   uint32_t name)
{
    return text(FURNISH_SECRET "%llx-%u-%u", (unsigned long long)cast->seed, at,
                name);
}

struct furnish_text furnish_authority(uint32_t at, uint32_t name)
{
    return text("a%u-%u", at, name);
}

uint32_t furnish_number(struct slice name)
{
    if (name.len != 3 || name.data[0] != 'o' || name.data[1] != '/' ||
        name.data[2] < '0' || name.data[2] >= '0' + CAST_NAMES)
        return CAST_NAMES;
    return (uint32_t)(name.data[2] - '0');
}

/* --------------------------------------------------------------- rights */

static json_t *words(char letter, uint32_t mask)
{
    json_t *list = json_array();

    for (uint32_t i = 0; mask >> i; i++)
        if (mask >> i & 1)
            json_array_append_new(list,
                                  json_string(text("%c%u", letter, i).text));
    return list;
}

static uint32_t mask_of(const struct strings *list)
{
    uint32_t mask = 0;

    for (size_t i = 0; list && i < list->count; i++)
        mask |= 1u << (list->items[i].data[1] - '0');
    return mask;
}

struct cast_rights furnish_rights(const struct identity *who)
{
    struct cast_rights r;

    r.scopes = mask_of(&who->scopes);
    r.actions = mask_of(identity_resource(who, slice_of("t")));
    return r;
}

/* The members that peers and authorities have in common. */
static json_t *rights_tree(const struct cast_rights *r)
{
    json_t *tree = json_object(), *resources = json_object();

    json_object_set_new(resources, "t", words('x', r->actions));
    json_object_set_new(tree, "scopes", words('s', r->scopes));
    json_object_set_new(tree, "resources", resources);
    return tree;
}

static struct identity *authority(uint32_t at, uint32_t name,
                                  const struct cast_rights *r)
{
    struct identity who = {.resources = NULL}, *copy;
    json_t *tree = rights_tree(r);
    bool is_read;

    json_object_set_new(tree, "id",
                        json_string(furnish_authority(at, name).text));
    is_read = identity_read(tree, &who);
    assert(is_read);
    (void)is_read;
    json_decref(tree);
    copy = identity_copy(&who);
    identity_clear(&who);
    return copy;
}

/* --------------------------------------------------------------- operations */

static json_t *access_of(const struct cast_op *op)
{
    json_t *tree = json_object();

    json_object_set_new(tree, "required_scopes", words('s', op->scopes));
    if (op->has_any)
        json_object_set_new(tree, "required_scopes_any", words('s', op->any));
    if (op->has_action) {
        json_object_set_new(tree, "resource_type", json_string("t"));
        json_object_set_new(tree, "resource_action",
                            json_string(text("x%u", op->action).text));
    }
    return tree;
}

static json_t *error_schemas(void)
{
    json_t *list = json_array(), *error = json_object();

    json_object_set_new(error, "code", json_string("OUCH"));
    json_array_append_new(list, error);
    return list;
}

static json_t *spec_of(const struct cast_op *op, uint32_t name)
{
    json_t *tree = json_object(), *schema = json_object();

    json_object_set_new(tree, "name", json_string(furnish_name(name).text));
    json_object_set_new(tree, "access", access_of(op));
    json_object_set_new(tree, "error_schemas", error_schemas());
    json_object_set_new(
        tree, "op_type",
        json_string(op->is_stream ? "subscription" : "mutation"));
    json_object_set_new(tree, "visibility",
                        json_string(op->is_internal ? "internal" : "external"));
    if (op->is_named)
        json_object_set_new(tree, "resource_id_path", json_string("$.id"));
    if (op->is_checked) {
        json_t *required = json_array();

        json_array_append_new(required, json_string("must"));
        json_object_set_new(schema, "required", required);
    }
    json_object_set_new(tree, "input_schema", schema);
    return tree;
}

static struct handler offer_of(const struct cast_op *op)
{
    const struct furnish_text name = furnish_name(op->offer_name);
    const struct furnish_text peer = furnish_peer(op->offer_peer);
    struct peer_ref ref = {slice_of(peer.text)};

    if (op->offer_peer == CAST_ANY)
        ref.id = slice_make(NULL, 0);
    return forward_offer(ref, slice_of(name.text),
                         op->is_stream ? SPEC_SUBSCRIPTION : SPEC_QUERY);
}

static struct registration registration_of(const struct cast *cast, uint32_t at,
                                           uint32_t name)
{
    const struct cast_op *op = &cast->nodes[at].ops[name];
    const struct furnish_text secret = furnish_secret(cast, at, name);
    struct registration r = {.is_remote_safe = op->is_safe};
    struct value_field fields[SPEC_FIELDS];
    json_t *tree = spec_of(op, name);
    struct spec_members m;
    struct failure f;
    bool is_read;

    spec_fields(&m, fields);
    is_read = value_fields(tree, fields, SPEC_FIELDS, &f) &&
              spec_read(&m, &r.spec, &f);
    assert(is_read);
    (void)is_read;
    json_decref(tree);
    r.capabilities = capabilities_new();
    (void)capabilities_add(r.capabilities, slice_of("key"),
                           slice_of(secret.text));
    for (uint32_t i = 0; i < CAST_NAMES; i++)
        if (op->reach >> i & 1)
            strings_add(&r.scoped_env.allowed, slice_of(furnish_name(i).text));
    if (op->has_authority)
        r.authority = authority(at, name, &op->authority);
    return r;
}

void furnish_registry(const struct cast *cast, uint32_t at,
                      struct handler (*handler)(void *self, uint32_t name),
                      void *self, struct registry *ret)
{
    struct failure f;
    bool is_good = discovery_register(ret, &f);

    for (uint32_t name = 0; name < CAST_NAMES; name++) {
        const struct cast_op *op = &cast->nodes[at].ops[name];
        struct registration r;

        if (!op->exists)
            continue;
        r = registration_of(cast, at, name);
        r.handler = op->is_offer ? offer_of(op) : handler(self, name);
        is_good = registry_add_take(ret, &r, &f) && is_good;
    }
    assert(is_good);
    (void)is_good;
}

/* --------------------------------------------------------------- peers */

static json_t *peer_tree(const struct cast *cast, uint32_t whom,
                         const struct cast_rights *rights,
                         const struct strings *keys)
{
    json_t *tree = rights_tree(rights), *list = json_array();
    const struct furnish_text token = furnish_token(cast, whom);
    const struct token_hash hash = token_hash_of(slice_of(token.text));

    for (size_t i = 0; i < keys->count; i++)
        json_array_append_new(list, value_new_string(keys->items[i]));
    json_object_set_new(tree, "peer_id", json_string(furnish_peer(whom).text));
    json_object_set_new(tree, "fingerprints", list);
    json_object_set_new(tree, "auth_token_hash",
                        value_new_string(token_hash_slice(&hash)));
    return tree;
}

void furnish_policy(const struct cast *cast, uint32_t at, uint32_t version,
                    const struct strings *keys, struct auth_policy *ret)
{
    json_t *list = json_array(), *tree = json_object();
    struct cast_rights rights;
    struct failure f;
    bool is_read;

    for (uint32_t whom = 0; whom < cast->node_count; whom++)
        if (cast_knows(cast, at, whom, version, &rights))
            json_array_append_new(list,
                                  peer_tree(cast, whom, &rights, &keys[whom]));
    json_object_set_new(tree, "peers", list);
    is_read = auth_policy_read(tree, ret, &f);
    assert(is_read);
    (void)is_read;
    json_decref(tree);
}

void furnish_owners(const struct cast *cast, uint32_t at, struct ownership *ret)
{
    for (uint32_t i = 0; i < CAST_RESOURCES; i++) {
        const uint32_t owner = cast_owner(cast, at, i);
        struct failure f;

        if (owner != CAST_NOBODY)
            (void)ownership_record(ret, slice_of(furnish_peer(owner).text),
                                   slice_of("t"),
                                   slice_of(furnish_resource(i).text), &f);
    }
}
