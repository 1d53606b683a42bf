/* SPDX-License-Identifier: MIT */
/* See stock.h. */
#include "fuzz/peers/stock.h"

#include <stdio.h>

#include "ref/base/xalloc.h"
#include "ref/model/token.h"

static struct auth_policy policy, policy_later;
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

const struct auth_policy *stock_policy_later(void)
{
    return &policy_later;
}

bool stock_is_known_later(uint32_t who)
{
    return (who & 1) != 0;
}

uint32_t stock_rights_later(uint32_t who)
{
    return who ^ (GATE_KNOWN - 1);
}

struct slice stock_api_key(void)
{
    return slice_of(STOCK_KEY_NAME "-and-what-follows");
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

static json_t *scopes_of(uint32_t rights)
{
    return words('s', rights & ((1u << GATE_SCOPES) - 1));
}

static json_t *somebody(uint32_t who, uint32_t rights, const char *id)
{
    return json_pack("{s:o,s:o,s:{s:o}}", id, json_sprintf("p%u", who),
                     "scopes", scopes_of(rights), "resources", "t",
                     words('x', rights >> GATE_SCOPES));
}

static json_t *peer(uint32_t who, uint32_t rights)
{
    const struct token_hash hash = token_hash_of(stock_token(who));
    json_t *tree = somebody(who, rights, "peer_id");

    json_object_set_new(tree, "fingerprints",
                        json_pack("[o]", value_new_string(stock_key(who))));
    json_object_set_new(tree, "auth_token_hash",
                        value_new_string(token_hash_slice(&hash)));
    return tree;
}

static void add_composer(uint32_t who)
{
    json_t *tree = somebody(who, who, "id");
    struct identity identity;

    if (identity_read(tree, &identity)) {
        composers[who] = identity_copy(&identity);
        identity_clear(&identity);
    }
    json_decref(tree);
}

static json_t *api_key(void)
{
    const struct token_hash hash = token_hash_of(stock_api_key());

    return json_pack("{s:s,s:o,s:o,s:i}", "prefix", STOCK_KEY_NAME, "hash",
                     value_new_string(token_hash_slice(&hash)), "scopes",
                     scopes_of(STOCK_KEY_RIGHTS), "expires_at",
                     (int)STOCK_KEY_ENDS_S);
}

/* Those peers, and the key. */
static void read_policy(json_t *peers, struct auth_policy *ret)
{
    json_t *tree =
        json_pack("{s:o,s:[o]}", "peers", peers, "api_keys", api_key());
    struct failure f;
    bool is_read = auth_policy_read(tree, ret, &f);

    assert(is_read);
    (void)is_read;
    json_decref(tree);
}

void stock_setup(void)
{
    json_t *now, *later;

    value_setup(1);
    now = json_array();
    later = json_array();
    for (uint32_t who = 0; who < GATE_KNOWN; who++) {
        (void)snprintf(keys[who], sizeof *keys, "ed25519:%064x", who);
        (void)snprintf(tokens[who], sizeof *tokens, "token-%u", who);
        json_array_append_new(now, peer(who, who));
        if (stock_is_known_later(who))
            json_array_append_new(later, peer(who, stock_rights_later(who)));
        add_composer(who);
    }
    read_policy(now, &policy);
    read_policy(later, &policy_later);
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

static void count(void *self, uint8_t *bytes, size_t len)
{
    uint32_t *drawn = self;

    memset(bytes, 0, len);
    for (size_t i = 0; i < len && i < sizeof *drawn; i++)
        bytes[i] = (uint8_t)(*drawn >> 8 * i);
    ++*drawn;
}

struct entropy_source stock_ids(uint32_t *drawn)
{
    return (struct entropy_source){count, drawn};
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
