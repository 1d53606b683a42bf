/* SPDX-License-Identifier: MIT */
/* See stock.h. */
#include "fuzz/stock.h"

#include <stdio.h>

#include "ref/base/xalloc.h"
#include "ref/model/token.h"

static struct auth_policy policy;
static json_t *must_schema; /* what checked operations ask for */
static struct identity *composers[GATE_KNOWN];
static char keys[GATE_KNOWN][80], tokens[GATE_KNOWN][20];

/* ------------------------------------------------------------- who is who */

const struct auth_policy *stock_policy(void)
{
    return &policy;
}

struct slice stock_key(uint32_t who)
{
    return who < GATE_KNOWN ? slice_of(keys[who]) : slice_make(NULL, 0);
}

struct slice stock_token(uint32_t who)
{
    return who < GATE_KNOWN ? slice_of(tokens[who]) : slice_make(NULL, 0);
}

struct slice stock_claim(void)
{
    return slice_of("{\"id\":\"p15\",\"scopes\":[\"s0\",\"s1\"],"
                    "\"resources\":{\"t\":[\"x0\",\"x1\"]}}");
}

static json_t *words(char letter, uint32_t bits)
{
    json_t *list = json_array();

    for (uint32_t i = 0; bits >> i; i++)
        if (bits >> i & 1)
            json_array_append_new(list, json_sprintf("%c%u", letter, i));
    return list;
}

static json_t *somebody(uint32_t who, const char *id)
{
    return json_pack("{s:o,s:o,s:{s:o}}", id, json_sprintf("p%u", who),
                     "scopes", words('s', who & ((1u << GATE_SCOPES) - 1)),
                     "resources", "t", words('x', who >> GATE_SCOPES));
}

static json_t *peer(uint32_t who)
{
    const struct token_hash hash = token_hash_of(stock_token(who));
    json_t *tree = somebody(who, "peer_id");

    json_object_set_new(tree, "fingerprints",
                        json_pack("[o]", value_new_string(stock_key(who))));
    json_object_set_new(tree, "auth_token_hash",
                        value_new_string(token_hash_slice(&hash)));
    return tree;
}

static void add_composer(uint32_t who)
{
    json_t *tree = somebody(who, "id");
    struct identity identity;

    if (identity_read(tree, &identity)) {
        composers[who] = identity_copy(&identity);
        identity_clear(&identity);
    }
    json_decref(tree);
}

void stock_setup(void)
{
    json_t *list, *tree;
    struct failure f;
    bool is_read;

    value_setup(1);
    list = json_array();
    for (uint32_t who = 0; who < GATE_KNOWN; who++) {
        (void)snprintf(keys[who], sizeof *keys, "ed25519:%064x", who);
        (void)snprintf(tokens[who], sizeof *tokens, "token-%u", who);
        json_array_append_new(list, peer(who));
        add_composer(who);
    }
    tree = json_pack("{s:o}", "peers", list);
    is_read = auth_policy_read(tree, &policy, &f);
    assert(is_read);
    (void)is_read;
    json_decref(tree);
    must_schema = json_pack("{s:[s]}", "required", "must");
}

/* ------------------------------------------------------------- operations */

struct slice stock_name(uint32_t op)
{
    static const char *const own[] = {"o/0", "o/1", "o/2", "o/3", "o/4", "o/5"};
    static char name[24];

    if (op <= GATE_OPS)
        return slice_of(own[op]);
    (void)snprintf(name, sizeof name, STOCK_PREFIX "/o/%u", op - GATE_OPS - 1);
    return slice_of(name);
}

uint32_t stock_op_of(struct slice name)
{
    if (name.len > 0 && name.data[0] == '/')
        name = slice_skip(name, 1);
    if (name.len != 3 || name.data[0] != 'o' || name.data[1] != '/' ||
        name.data[2] < '0' || name.data[2] >= '0' + GATE_OPS)
        return GATE_OPS;
    return (uint32_t)(name.data[2] - '0');
}

static void set_access(struct access *access, const struct gate_op *op)
{
    static const char *const scopes[] = {"s0", "s1"};

    for (uint32_t i = 0; i < GATE_SCOPES; i++) {
        if (op->scopes >> i & 1)
            strings_add(&access->required_scopes, slice_of(scopes[i]));
        if (op->has_any && op->any >> i & 1)
            strings_add(&access->required_scopes_any, slice_of(scopes[i]));
    }
    access->has_any = op->has_any;
    if (!op->has_action)
        return;
    access->resource_type = slice_make(xalloc_copy(slice_of("t")), 1);
    access->resource_action =
        slice_make(xalloc_copy(slice_of(op->action ? "x1" : "x0")), 2);
}

struct identity *stock_composer(uint32_t who)
{
    return who == GATE_NOBODY ? NULL : identity_copy(composers[who]);
}

static void set_composing(struct registration *r, const struct gate_op *op)
{
    char name[32];

    for (uint32_t i = 0; i < GATE_OPS; i++)
        if (op->reach >> i & 1)
            strings_add(&r->scoped_env.allowed, stock_name(i));
    r->authority = stock_composer(op->composer);
    if (!op->is_offer)
        return;
    (void)snprintf(name, sizeof name, STOCK_PREFIX "/o/%u", op->offered);
    strings_add(&r->scoped_env.allowed, slice_of(name));
    r->handler = forward_offer((struct peer_ref){slice_make(NULL, 0)},
                               slice_of(name), r->spec.op_type);
}

struct registration stock_op(const struct gate_op *op, uint32_t which,
                             struct handler handler)
{
    struct registration r = {.spec = spec_plain(stock_name(which)),
                             .handler = handler,
                             .is_remote_safe = op->is_safe};

    r.spec.op_type = op->is_feed ? SPEC_SUBSCRIPTION : SPEC_QUERY;
    r.spec.visibility = op->is_internal ? SPEC_INTERNAL : SPEC_EXTERNAL;
    set_access(&r.spec.access, op);
    if (op->is_checked) {
        json_decref(r.spec.input_schema);
        r.spec.input_schema = json_incref(must_schema);
    }
    if (op->has_errors)
        json_array_append_new(r.spec.error_schemas,
                              json_pack("{s:s}", "code", "OUCH"));
    r.capabilities = capabilities_new();
    (void)capabilities_add(r.capabilities, slice_of("key"),
                           slice_of(STOCK_SECRET "x"));
    set_composing(&r, op);
    return r;
}
