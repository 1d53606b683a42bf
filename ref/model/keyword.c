/* SPDX-License-Identifier: MIT */
/* See keyword.h. The table stands at the end; above it are the questions that
 * its lines ask, first of a schema's author, then of a value. */
#include "ref/model/keyword.h"
#include "ref/base/number.h"

/* ------------------------------------------------------------ equality */

static bool is_equal(const json_t *a, const json_t *b);

static bool is_equal_list(const json_t *a, const json_t *b)
{
    if (json_array_size(a) != json_array_size(b))
        return false;
    for (size_t i = 0; i < json_array_size(a); i++)
        if (!is_equal(json_array_get(a, i), json_array_get(b, i)))
            return false;
    return true;
}

static bool is_equal_object(const json_t *a, const json_t *b)
{
    const char *name;
    json_t *member;

    if (json_object_size(a) != json_object_size(b))
        return false;
    json_object_foreach((json_t *)(uintptr_t)a, name, member)
    {
        if (!is_equal(member, json_object_get(b, name)))
            return false;
    }
    return true;
}

/* The same JSON, however its numbers are written and its members ordered.
 * NULL is nothing's equal. */
static bool is_equal(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return number_order(a, b) == 0;
    if (json_is_array(a) && json_is_array(b))
        return is_equal_list(a, b);
    if (json_is_object(a) && json_is_object(b))
        return is_equal_object(a, b);
    return json_equal(a, b);
}

/* --------------------------------------- may a keyword have this value? */

static bool is_number(const json_t *given)
{
    return json_is_number(given);
}

static bool is_count(const json_t *given)
{
    return json_is_number(given) && number_is_whole(given) &&
           number_order_count(0, given) <= 0;
}

static bool is_list(const json_t *given)
{
    return json_is_array(given);
}

static bool is_object(const json_t *given)
{
    return json_is_object(given);
}

static bool is_null(const json_t *value)
{
    return json_is_null(value);
}

static bool is_boolean(const json_t *value)
{
    return json_is_boolean(value);
}

static bool is_string(const json_t *value)
{
    return json_is_string(value);
}

static bool is_integer(const json_t *value)
{
    return json_is_number(value) && number_is_whole(value);
}

static const struct {
    const char *name;
    bool (*is)(const json_t *value);
} types[] = {{"null", is_null},       {"boolean", is_boolean},
             {"integer", is_integer}, {"number", is_number},
             {"string", is_string},   {"array", is_list},
             {"object", is_object}};

enum { TYPE_COUNT = sizeof types / sizeof *types };

/* Which type has that name; TYPE_COUNT: none. */
static size_t type_find(const json_t *name)
{
    size_t i = 0;

    while (i < TYPE_COUNT &&
           !slice_equal(value_string(name), slice_of(types[i].name)))
        i++;
    return i;
}

static bool is_type(const json_t *given)
{
    return json_is_string(given) && type_find(given) < TYPE_COUNT;
}

static bool is_type_or_types(const json_t *given)
{
    if (is_type(given))
        return true;
    for (size_t i = 0; i < json_array_size(given); i++)
        if (!is_type(json_array_get(given, i)))
            return false;
    return json_array_size(given) > 0;
}

/* ----------------------------------------- does a value fit a keyword? */

static bool has_type(const json_t *given, const json_t *value)
{
    if (json_is_string(given))
        return types[type_find(given)].is(value);
    for (size_t i = 0; i < json_array_size(given); i++)
        if (has_type(json_array_get(given, i), value))
            return true;
    return false;
}

static bool is_among(const json_t *given, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(given); i++)
        if (is_equal(json_array_get(given, i), value))
            return true;
    return false;
}

static bool is_at_least(const json_t *given, const json_t *value)
{
    return !json_is_number(value) || number_order(value, given) >= 0;
}

static bool is_at_most(const json_t *given, const json_t *value)
{
    return !json_is_number(value) || number_order(value, given) <= 0;
}

static bool is_above(const json_t *given, const json_t *value)
{
    return !json_is_number(value) || number_order(value, given) > 0;
}

static bool is_below(const json_t *given, const json_t *value)
{
    return !json_is_number(value) || number_order(value, given) < 0;
}

/* Code points, each of which has one byte that continues no other. */
static size_t length(const json_t *string)
{
    struct slice utf8 = value_string(string);
    size_t count = 0;

    for (size_t i = 0; i < utf8.len; i++)
        count += (utf8.data[i] & 0xc0) != 0x80;
    return count;
}

static bool is_long_enough(const json_t *given, const json_t *value)
{
    return !json_is_string(value) ||
           number_order_count(length(value), given) >= 0;
}

static bool is_short_enough(const json_t *given, const json_t *value)
{
    return !json_is_string(value) ||
           number_order_count(length(value), given) <= 0;
}

static bool has_enough(const json_t *given, const json_t *value)
{
    return !json_is_array(value) ||
           number_order_count(json_array_size(value), given) >= 0;
}

static bool has_few_enough(const json_t *given, const json_t *value)
{
    return !json_is_array(value) ||
           number_order_count(json_array_size(value), given) <= 0;
}

/* ---------------------------------------------------------- the keywords */

#define NUMBER is_number, "a number"
#define COUNT is_count, "a whole number, not negative"
#define ANYTHING NULL, NULL

const struct keyword keywords[] = {
    {"type", is_type_or_types, "a type or a list of types", has_type, false},
    {"enum", is_list, "a list", is_among, false},
    {"const", ANYTHING, is_equal, false},
    {"minimum", NUMBER, is_at_least, false},
    {"maximum", NUMBER, is_at_most, false},
    {"exclusiveMinimum", NUMBER, is_above, false},
    {"exclusiveMaximum", NUMBER, is_below, false},
    {"minLength", COUNT, is_long_enough, false},
    {"maxLength", COUNT, is_short_enough, false},
    {"minItems", COUNT, has_enough, false},
    {"maxItems", COUNT, has_few_enough, false},
    /* these walk further (schema.c) */
    {"required", value_is_strings, "a list of strings", NULL, false},
    {"properties", is_object, "an object", NULL, false},
    {"additionalProperties", ANYTHING, NULL, false},
    {"items", ANYTHING, NULL, false},
    /* these are for people */
    {"$schema", ANYTHING, NULL, true},
    {"$id", ANYTHING, NULL, true},
    {"$comment", ANYTHING, NULL, true},
    {"title", ANYTHING, NULL, true},
    {"description", ANYTHING, NULL, true},
    {"default", ANYTHING, NULL, true},
    {"examples", ANYTHING, NULL, true},
    {"deprecated", ANYTHING, NULL, true},
    {"readOnly", ANYTHING, NULL, true},
    {"writeOnly", ANYTHING, NULL, true},
    {"format", ANYTHING, NULL, true},
};

const size_t keyword_count = sizeof keywords / sizeof *keywords;

const struct keyword *keyword_find(const char *name)
{
    for (size_t i = 0; i < keyword_count; i++)
        if (strcmp(keywords[i].name, name) == 0)
            return &keywords[i];
    return NULL;
}
