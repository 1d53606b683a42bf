/* SPDX-License-Identifier: MIT */
/* See catalogue.h. */
#include "fuzz/peers/catalogue.h"

#include <stdio.h>

#include "fuzz/broken.h"
#include "fuzz/peers/stock.h"

#define TEXT_MAX 1024 /* bytes of one answer */

static const char *const names[CATALOGUE_NAMES] = {
    "o/0", "o/1", "o/2", "o/3", "a/c", "peer/o/0", "services/list", "o"};

struct slice catalogue_name(uint32_t name)
{
    return slice_of(names[name]);
}

/* ------------------------------------------------------------- the input */

static struct catalogue_entry entry_of(struct feed *f)
{
    struct catalogue_entry e = {.op = gate_feed(f)};

    e.op.exists = true;
    e.name = e.op.reach % CATALOGUE_NAMES;
    e.is_mutation = e.op.is_safe;
    return e;
}

bool catalogue_wants(const struct catalogue *c, uint32_t entry)
{
    const uint32_t name = c->entries[entry].name;

    return !slice_starts(catalogue_name(name), slice_of("services/")) &&
           (!c->has_filter || (c->filter >> name & 1));
}

static uint32_t count_wanted(const struct catalogue *c)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < c->count; i++)
        count += catalogue_wants(c, i);
    return count;
}

static bool has_namesakes(const struct catalogue *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        for (uint32_t k = 0; k < i && catalogue_wants(c, i); k++)
            if (c->entries[k].name == c->entries[i].name)
                return true;
    return false;
}

/* Where nothing is wanted no schema is asked for that could be wrong, and who
 * has two of one name is wrong enough. */
static void place_fault(struct catalogue *c, uint32_t wish)
{
    const uint32_t wanted = count_wanted(c);

    c->at = wish % (wanted + 1);
    if (has_namesakes(c))
        c->fault = CATALOGUE_FINE;
    else if (c->fault <= CATALOGUE_NAMELESS)
        c->at = 0;
    else if (c->fault <= CATALOGUE_NO_SCHEMA && wanted == 0)
        c->fault = CATALOGUE_FINE;
    else if (c->fault <= CATALOGUE_NO_SCHEMA && c->at == 0)
        c->at = 1;
}

void catalogue_feed(struct catalogue *c, struct feed *f)
{
    const uint32_t how = feed_byte(f), filter = how & 2 ? feed_byte(f) : 0,
                   fault = feed_byte(f);

    *c = (struct catalogue){.prefix = how & 1 ? STOCK_PREFIX : "",
                            .has_filter = (how & 2) != 0,
                            .filter = filter,
                            .fault = (fault & 31) % CATALOGUE_FAULTS,
                            .count = (how >> 2) % (CATALOGUE_MAX + 1)};
    for (uint32_t i = 0; i < c->count; i++)
        c->entries[i] = entry_of(f);
    place_fault(c, fault >> 5);
}

/* ------------------------------------------------------------- foretelling */

/* [AD-3, FC-7] */
bool catalogue_end(const struct catalogue *c, enum operation_adapter_error *ret)
{
    *ret = OPERATION_ADAPTER_DISCOVERY_FAILED;
    switch (c->fault) {
    case CATALOGUE_FINE:
        *ret = OPERATION_ADAPTER_SAME_PEER_COLLISION;
        return !has_namesakes(c);
    case CATALOGUE_NO_LIST:
    case CATALOGUE_NAMELESS:
    case CATALOGUE_TYPELESS:
    case CATALOGUE_NEW_TYPE:
    case CATALOGUE_BAD_ACCESS:
    case CATALOGUE_NO_SCHEMA:
        *ret = OPERATION_ADAPTER_SCHEMA_PARSE;
        break;
    case CATALOGUE_FORBIDDEN:
        *ret = OPERATION_ADAPTER_UNAUTHORIZED;
        break;
    case CATALOGUE_TIMEOUT:
    case CATALOGUE_LATE:
    case CATALOGUE_LOST:
        *ret = OPERATION_ADAPTER_TRANSPORT;
        break;
    default:
        break;
    }
    return false;
}

/* Does the input {"name":NAME} ask for that one? */
static bool is_for(struct slice input, uint32_t name)
{
    char text[40];

    (void)snprintf(text, sizeof text, "{\"name\":\"%s\"}", names[name]);
    return slice_equal(input, slice_of(text));
}

uint32_t catalogue_ask(struct catalogue *c, const struct event *request)
{
    uint32_t question = 0;

    if (!c->is_list_asked) {
        c->is_list_asked = true;
        broken_unless(
            slice_equal(request->operation, slice_of("/services/list")), "FC-6",
            "an import begins with something else");
        return 0;
    }
    broken_unless(slice_equal(request->operation, slice_of("/services/schema")),
                  "FC-6", "an import asks for more than list and schemas");
    for (uint32_t i = 0; i < c->count; i++) {
        if (!catalogue_wants(c, i))
            continue;
        question++;
        if (c->entries[i].is_asked ||
            !is_for(request->input, c->entries[i].name))
            continue;
        c->entries[i].is_asked = true;
        return question;
    }
    broken_unless(false, "FC-2", "a schema is asked for that is not wanted");
    return 0;
}

/* ------------------------------------------------------------- saying it */

struct text {
    char *at;
    size_t room, len;
};

static void put(struct text *t, const char *words)
{
    const size_t len = strlen(words);

    assert(len <= t->room - t->len);
    memcpy(t->at + t->len, words, len);
    t->len += len;
}

static void put_bits(struct text *t, const char *const words[2], uint32_t bits)
{
    put(t, "[");
    if (bits & 1)
        put(t, words[0]);
    put(t, bits == 3 ? "," : "");
    if (bits & 2)
        put(t, words[1]);
    put(t, "]");
}

/* Who asks for nothing may say so in three ways. */
static void put_access(struct text *t, const struct catalogue_entry *e)
{
    static const char *const scopes[2] = {"\"s0\"", "\"s1\""};
    const struct gate_op *op = &e->op;

    if (!op->scopes && !op->has_any && !op->has_action && op->is_checked) {
        put(t, op->has_errors ? ",\"access_control\":null" : "");
        return;
    }
    put(t, ",\"access_control\":{\"more\":1,\"required_scopes\":");
    put_bits(t, scopes, op->scopes);
    if (op->has_any) {
        put(t, ",\"required_scopes_any\":");
        put_bits(t, scopes, op->any);
    }
    if (op->has_action)
        put(t, op->action ? ",\"resource_type\":\"t\",\"resource_action\":"
                            "\"x1\""
                          : ",\"resource_type\":\"t\",\"resource_action\":"
                            "\"x0\"");
    put(t, "}");
}

static const char *kind_of(const struct catalogue_entry *e)
{
    return e->op.is_feed    ? "subscription"
           : e->is_mutation ? "mutation"
                            : "query";
}

const char *catalogue_kind(const struct catalogue *c, uint32_t entry)
{
    return kind_of(&c->entries[entry]);
}

static void put_type(struct text *t, const struct catalogue_entry *e,
                     enum catalogue_fault fault)
{
    if (fault == CATALOGUE_TYPELESS)
        return;
    put(t, ",\"op_type\":\"");
    put(t, fault == CATALOGUE_NEW_TYPE ? "stream" : kind_of(e));
    put(t, "\"");
}

/* Whatever it is called: the list says the name that counts. */
static void put_schema(struct text *t, const struct catalogue_entry *e,
                       enum catalogue_fault fault)
{
    const struct gate_op *op = &e->op;

    if (fault == CATALOGUE_NO_SCHEMA) {
        put(t, op->is_feed ? "[]" : "7");
        return;
    }
    put(t, "{\"name\":\"z\"");
    put_type(t, e, fault);
    put(t, op->is_internal ? ",\"visibility\":\"external\"" : "");
    if (fault == CATALOGUE_BAD_ACCESS)
        put(t, op->is_feed ? ",\"access_control\":7"
                           : ",\"access_control\":{\"required_scopes\":7}");
    else
        put_access(t, e);
    put(t, op->is_checked ? ",\"input_schema\":{\"required\":[\"must\"]}" : "");
    put(t, op->has_errors ? ",\"error_schemas\":[7,{\"code\":\"INTERNAL\"},"
                            "{\"code\":\"OUCH\"}]"
                          : "");
    put(t, "}");
}

/* Somebody without a name stands behind the others. */
static void put_list(struct text *t, const struct catalogue *c)
{
    if (c->fault == CATALOGUE_NO_LIST) {
        put(t, c->count & 1 ? "{}" : "{\"operations\":{}}");
        return;
    }
    put(t, "{\"operations\":[");
    for (uint32_t i = 0; i < c->count; i++) {
        put(t, i ? ",{\"name\":\"" : "{\"name\":\"");
        put(t, names[c->entries[i].name]);
        put(t, "\",\"op_type\":\"query\"}");
    }
    if (c->fault == CATALOGUE_NAMELESS) {
        put(t, c->count ? "," : "");
        put(t, c->count & 1 ? "{}" : "{\"name\":7}");
    }
    put(t, "]}");
}

struct slice catalogue_answer(const struct catalogue *c, uint32_t question)
{
    static char text[TEXT_MAX];
    struct text t = {text, sizeof text, 0};
    uint32_t at = 0;

    put(&t, "{\"output\":");
    if (question == 0)
        put_list(&t, c);
    for (uint32_t i = 0; i < c->count && question > 0; i++) {
        at += catalogue_wants(c, i);
        if (at != question)
            continue;
        put_schema(&t, &c->entries[i],
                   c->at == question ? c->fault : CATALOGUE_FINE);
        break;
    }
    put(&t, "}");
    return slice_make(text, t.len);
}

/* ------------------------------------------------------------- the judge */

static bool is_list_of(const struct strings *list, uint32_t bits)
{
    static const char *const scopes[GATE_SCOPES] = {"s0", "s1"};
    size_t at = 0;

    for (uint32_t i = 0; i < GATE_SCOPES; i++)
        if (bits >> i & 1)
            if (at == list->count ||
                !slice_equal(list->items[at++], slice_of(scopes[i])))
                return false;
    return at == list->count;
}

static bool is_access_of(const struct access *a, const struct gate_op *op)
{
    const char *const action = op->action ? "x1" : "x0";

    return is_list_of(&a->required_scopes, op->scopes) &&
           a->has_any == op->has_any &&
           is_list_of(&a->required_scopes_any, op->has_any ? op->any : 0) &&
           slice_equal(a->resource_type, slice_of(op->has_action ? "t" : "")) &&
           slice_equal(a->resource_action,
                       slice_of(op->has_action ? action : ""));
}

static enum spec_op_type type_of(const struct catalogue_entry *e)
{
    return e->op.is_feed    ? SPEC_SUBSCRIPTION
           : e->is_mutation ? SPEC_MUTATION
                            : SPEC_QUERY;
}

static void judge(const struct catalogue_entry *e, const struct spec *s)
{
    const json_t *must =
        json_array_get(json_object_get(s->input_schema, "required"), 0);
    const json_t *ouch = json_array_get(s->error_schemas, 0);

    broken_unless(s->op_type == type_of(e), "FC-1",
                  "an import is of another kind than its peer says");
    broken_unless(s->visibility == SPEC_INTERNAL, "VI-6",
                  "an import that is not internal");
    broken_unless(is_access_of(&s->access, &e->op), "FW-13",
                  "an import without the access control of its peer");
    broken_unless((must != NULL) == e->op.is_checked, "FC-1",
                  "an import without the schema of its peer");
    broken_unless(
        json_array_size(s->error_schemas) == e->op.has_errors &&
            (!ouch || slice_equal(value_string(json_object_get(ouch, "code")),
                                  slice_of("OUCH"))),
        "ES-4", "an import does not declare what its peer does");
}

/* Its name here. */
static bool is_called(const struct catalogue *c, uint32_t entry,
                      struct slice name)
{
    char text[40];

    (void)snprintf(text, sizeof text, "%s%s%s", c->prefix,
                   c->prefix[0] ? "/" : "", names[c->entries[entry].name]);
    return slice_equal(name, slice_of(text));
}

void catalogue_judge(const struct catalogue *c, const struct registry *imported)
{
    uint32_t found = 0;

    for (struct table_entry *e = table_first(&imported->by_name); e;
         e = table_next(e)) {
        const struct registration *r = e->value;
        uint32_t i = 0;

        while (i < c->count &&
               !(catalogue_wants(c, i) && is_called(c, i, r->spec.name)))
            i++;
        broken_unless(i < c->count, "FC-3",
                      "something is imported that is not wanted, or not "
                      "called so: %.*s",
                      (int)r->spec.name.len, (const char *)r->spec.name.data);
        judge(&c->entries[i], &r->spec);
        found++;
    }
    broken_unless(found == count_wanted(c), "FC-1",
                  "%u operations are imported, and %u wanted", found,
                  count_wanted(c));
}
