/* SPDX-License-Identifier: MIT */
/*
 * See schema.h. Two walks that ask the table of keywords: over a schema alone,
 * and over a schema beside a value.
 *
 * No keyword holds one value against two schemas, so a walk meets each part of
 * a value once. It goes down with the schema, whose depth was checked.
 */
#include "ref/model/schema.h"
#include "ref/base/bounds.h"
#include "ref/model/keyword.h"

enum {
    PLACE_NAME_MAX = 64 /* bytes of one name in a sentence */
};

/* Where a walk has come to: the way from the root, which is NULL. */
struct place {
    const struct place *outer;
    const char *name; /* of a member; NULL: an item */
    size_t index;     /* of that item */
};

static bool put(struct buf *out, const char *text)
{
    return buf_add(out, slice_cut(slice_of(text), PLACE_NAME_MAX));
}

static bool put_index(struct buf *out, size_t index)
{
    if (!buf_reserve(out, 20))
        return false;
    buf_put_u64(out, index);
    return true;
}

/* The way ends early where there is no room for all of it. */
static bool put_place(struct buf *out, const struct place *at)
{
    return !at || (put_place(out, at->outer) && put(out, "/") &&
                   (at->name ? put(out, at->name) : put_index(out, at->index)));
}

static void put_at(struct buf *out, const struct place *at)
{
    if (at && put(out, " at "))
        (void)put_place(out, at);
}

bool schema_is_open(const json_t *schema)
{
    const char *name;
    json_t *given;

    json_object_foreach((json_t *)(uintptr_t)schema, name, given)
    {
        const struct keyword *k = keyword_find(name);

        if (!k || !k->is_annotation)
            return false;
    }
    return json_is_object(schema) || json_is_true(schema);
}

/* ------------------------------------------------------- a schema alone */

/* "minLength: expected a number at /properties/a" */
static bool refuse(const char *keyword, const char *words,
                   const struct place *at, struct failure *ret_failure)
{
    struct buf text;

    buf_init(&text, sizeof ret_failure->sentence - 1);
    (void)put(&text, keyword);
    (void)put(&text, words);
    put_at(&text, at);
    failure_say(ret_failure, "%.*s", (int)text.len, (const char *)text.data);
    buf_clear(&text);
    return false;
}

static bool check(const json_t *schema, const struct place *at, size_t levels,
                  struct failure *ret_failure);

static bool check_keyword(const char *name, const json_t *given,
                          const struct place *at, struct failure *ret_failure)
{
    const struct keyword *k = keyword_find(name);
    struct failure expected;

    if (!k)
        return refuse(name, ": a keyword that is not supported", at,
                      ret_failure);
    if (!k->takes || k->takes(given))
        return true;
    failure_say(&expected, ": expected %s", k->expected);
    return refuse(name, expected.sentence, at, ret_failure);
}

/* The schema that a keyword has for what is further inside; NULL: none. */
static bool check_inner(const json_t *schema, const char *name,
                        const struct place *at, size_t levels,
                        struct failure *ret_failure)
{
    const json_t *given = json_object_get(schema, name);
    struct place in = {at, name, 0};

    return !given || check(given, &in, levels, ret_failure);
}

static bool check_properties(const json_t *properties, const struct place *at,
                             size_t levels, struct failure *ret_failure)
{
    const struct place in = {at, "properties", 0};
    const char *name;
    json_t *given;

    json_object_foreach((json_t *)(uintptr_t)properties, name, given)
    {
        const struct place member = {&in, name, 0};

        if (!check(given, &member, levels, ret_failure))
            return false;
    }
    return true;
}

/* `levels` of schemas in schemas are left. */
static bool check(const json_t *schema, const struct place *at, size_t levels,
                  struct failure *ret_failure)
{
    const char *name;
    json_t *given;

    if (json_is_boolean(schema))
        return true;
    if (!json_is_object(schema))
        return refuse("", "expected a schema: an object, true or false", at,
                      ret_failure);
    if (levels == 0)
        return refuse("", "too many schemas inside each other", at,
                      ret_failure);
    json_object_foreach((json_t *)(uintptr_t)schema, name, given)
    {
        if (!check_keyword(name, given, at, ret_failure))
            return false;
    }
    levels--;
    return check_properties(json_object_get(schema, "properties"), at, levels,
                            ret_failure) &&
           check_inner(schema, "additionalProperties", at, levels,
                       ret_failure) &&
           check_inner(schema, "items", at, levels, ret_failure);
}

bool schema_check(const json_t *schema, struct failure *ret_failure)
{
    return check(schema, NULL, BOUNDS_DEPTH_MAX, ret_failure);
}

/* ----------------------------------------------- a schema beside a value */

/* "does not fit the schema: required (name) at /a" */
static bool deny(const char *keyword, const char *member,
                 const struct place *at, struct buf *why)
{
    struct buf text;

    if (!why)
        return false;
    buf_init(&text, BOUNDS_NAME_ECHO_MAX);
    (void)put(&text, "does not fit the schema: ");
    (void)put(&text, keyword);
    if (member)
        (void)(put(&text, " (") && put(&text, member) && put(&text, ")"));
    put_at(&text, at);
    (void)buf_add(why, buf_slice(&text));
    buf_clear(&text);
    return false;
}

static bool allows(const json_t *schema, const json_t *value,
                   const struct place *at, struct buf *why);

static bool allows_itself(const json_t *schema, const json_t *value,
                          const struct place *at, struct buf *why)
{
    for (size_t i = 0; i < keyword_count; i++) {
        const struct keyword *k = &keywords[i];
        const json_t *given = json_object_get(schema, k->name);

        if (given && k->fits && !k->fits(given, value))
            return deny(k->name, NULL, at, why);
    }
    return true;
}

static bool has_required(const json_t *schema, const json_t *object,
                         const struct place *at, struct buf *why)
{
    const json_t *required = json_object_get(schema, "required");

    for (size_t i = 0; i < json_array_size(required); i++) {
        const json_t *name = json_array_get(required, i);

        if (!json_object_getn(object, json_string_value(name),
                              json_string_length(name)))
            return deny("required", json_string_value(name), at, why);
    }
    return true;
}

static bool allows_properties(const json_t *properties, const json_t *object,
                              const struct place *at, struct buf *why)
{
    const char *name;
    json_t *inner;

    json_object_foreach((json_t *)(uintptr_t)properties, name, inner)
    {
        const json_t *member = json_object_get(object, name);
        const struct place in = {at, name, 0};

        if (member && !allows(inner, member, &in, why))
            return false;
    }
    return true;
}

/* The name of such a member is the caller's, and nobody repeats it [HF-5]. */
static bool allows_others(const json_t *schema, const json_t *object,
                          const struct place *at, struct buf *why)
{
    const json_t *properties = json_object_get(schema, "properties");
    const json_t *inner = json_object_get(schema, "additionalProperties");
    const struct place in = {at, "*", 0};
    const char *name;
    json_t *member;

    if (!inner)
        return true;
    json_object_foreach((json_t *)(uintptr_t)object, name, member)
    {
        if (json_object_get(properties, name))
            continue;
        if (json_is_false(inner))
            return deny("additionalProperties", NULL, at, why);
        if (!allows(inner, member, &in, why))
            return false;
    }
    return true;
}

static bool allows_items(const json_t *schema, const json_t *list,
                         const struct place *at, struct buf *why)
{
    const json_t *inner = json_object_get(schema, "items");

    for (size_t i = 0; inner && i < json_array_size(list); i++) {
        const struct place in = {at, NULL, i};

        if (!allows(inner, json_array_get(list, i), &in, why))
            return false;
    }
    return true;
}

static bool allows(const json_t *schema, const json_t *value,
                   const struct place *at, struct buf *why)
{
    if (json_is_boolean(schema))
        return json_is_true(schema) || deny("false", NULL, at, why);
    if (!allows_itself(schema, value, at, why))
        return false;
    if (json_is_array(value))
        return allows_items(schema, value, at, why);
    return !json_is_object(value) ||
           (has_required(schema, value, at, why) &&
            allows_properties(json_object_get(schema, "properties"), value, at,
                              why) &&
            allows_others(schema, value, at, why));
}

bool schema_allows(const json_t *schema, const json_t *value,
                   struct buf *ret_why)
{
    return allows(schema, value, NULL, ret_why);
}
