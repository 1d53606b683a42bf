/* SPDX-License-Identifier: MIT */
/* See schema_check.h. A long double holds every integer of 64 bits here. */
#include "fuzz/readers/schema_check.h"

#include <float.h>

#include "fuzz/broken.h"
#include "ref/base/bounds.h"
#include "ref/model/schema.h"

_Static_assert(LDBL_MANT_DIG >= 64, "integers are compared exactly");

static long double number(const json_t *v)
{
    return json_is_integer(v) ? (long double)json_integer_value(v)
                              : (long double)json_real_value(v);
}

static bool is_same(const json_t *a, const json_t *b)
{
    const char *name;
    json_t *member;

    if (json_is_number(a) && json_is_number(b))
        return !(number(a) < number(b)) && !(number(a) > number(b));
    if (json_typeof(a) != json_typeof(b))
        return false;
    if (json_is_string(a))
        return slice_equal(value_string(a), value_string(b));
    if (json_array_size(a) != json_array_size(b) ||
        json_object_size(a) != json_object_size(b))
        return false;
    for (size_t i = 0; i < json_array_size(a); i++)
        if (!is_same(json_array_get(a, i), json_array_get(b, i)))
            return false;
    json_object_foreach((json_t *)(uintptr_t)a, name, member)
    {
        const json_t *other = json_object_get(b, name);

        if (!other || !is_same(member, other))
            return false;
    }
    return true;
}

/* What is that large has no places behind the point. */
static bool is_whole(long double n)
{
    return n >= 0x1p63L || n <= -0x1p63L || n == (long double)(int64_t)n;
}

static bool is_of(const char *type, const json_t *v)
{
    switch (type[0]) {
    case 'a':
        return json_is_array(v);
    case 'b':
        return json_is_boolean(v);
    case 'i':
        return json_is_number(v) && is_whole(number(v));
    case 'o':
        return json_is_object(v);
    case 's':
        return json_is_string(v);
    default:
        return type[2] == 'l' ? json_is_null(v) : json_is_number(v);
    }
}

static bool has_type(const json_t *types, const json_t *v)
{
    bool has = json_is_string(types) && is_of(json_string_value(types), v);

    for (size_t i = 0; i < json_array_size(types); i++)
        has |= is_of(json_string_value(json_array_get(types, i)), v);
    return has;
}

static bool is_listed(const json_t *list, const json_t *v)
{
    bool has = false;

    for (size_t i = 0; i < json_array_size(list); i++)
        has |= is_same(json_array_get(list, i), v);
    return has;
}

static long double characters(const json_t *string)
{
    const char *at = json_string_value(string);
    long double count = 0;

    for (size_t i = 0; i < json_string_length(string); i++)
        count += ((unsigned char)at[i] & 0xc0) != 0x80;
    return count;
}

/* Between what `low` and `high` name, if the schema has them. */
static bool is_between(const json_t *schema, const char *low, const char *high,
                       long double size)
{
    const json_t *least = json_object_get(schema, low),
                 *most = json_object_get(schema, high);

    return (!least || size >= number(least)) && (!most || size <= number(most));
}

static bool fits_number(const json_t *schema, long double n)
{
    const json_t *above = json_object_get(schema, "exclusiveMinimum"),
                 *below = json_object_get(schema, "exclusiveMaximum");

    return is_between(schema, "minimum", "maximum", n) &&
           (!above || n > number(above)) && (!below || n < number(below));
}

static bool fits(const json_t *schema, const json_t *v);

static bool fits_list(const json_t *schema, const json_t *list)
{
    const json_t *items = json_object_get(schema, "items");

    for (size_t i = 0; items && i < json_array_size(list); i++)
        if (!fits(items, json_array_get(list, i)))
            return false;
    return is_between(schema, "minItems", "maxItems",
                      (long double)json_array_size(list));
}

static bool fits_object(const json_t *schema, const json_t *object)
{
    const json_t *required = json_object_get(schema, "required"),
                 *properties = json_object_get(schema, "properties"),
                 *others = json_object_get(schema, "additionalProperties");
    const char *name;
    json_t *member;

    for (size_t i = 0; i < json_array_size(required); i++) {
        const json_t *text = json_array_get(required, i);

        /* no member that was read has a NUL in its name */
        if (strlen(json_string_value(text)) != json_string_length(text) ||
            !json_object_get(object, json_string_value(text)))
            return false;
    }
    json_object_foreach((json_t *)(uintptr_t)object, name, member)
    {
        const json_t *own = json_object_get(properties, name);

        if ((own && !fits(own, member)) ||
            (!own && others && !fits(others, member)))
            return false;
    }
    return true;
}

static bool fits(const json_t *schema, const json_t *v)
{
    const json_t *type = json_object_get(schema, "type"),
                 *list = json_object_get(schema, "enum"),
                 *one = json_object_get(schema, "const");

    if (json_is_boolean(schema))
        return json_is_true(schema);
    if ((type && !has_type(type, v)) || (list && !is_listed(list, v)) ||
        (one && !is_same(one, v)))
        return false;
    if (json_is_number(v))
        return fits_number(schema, number(v));
    if (json_is_string(v))
        return is_between(schema, "minLength", "maxLength", characters(v));
    return json_is_array(v)    ? fits_list(schema, v)
           : json_is_object(v) ? fits_object(schema, v)
                               : true;
}

/* ------------------------------------------------- a schema alone */

/* What may stand behind each keyword, as a letter (stands): all there are. */
static const char *const keywords[][2] = {
    {"type", "t"},       {"enum", "l"},
    {"const", "*"},      {"minimum", "n"},
    {"maximum", "n"},    {"exclusiveMinimum", "n"},
    {"minLength", "c"},  {"exclusiveMaximum", "n"},
    {"maxLength", "c"},  {"minItems", "c"},
    {"maxItems", "c"},   {"required", "r"},
    {"properties", "p"}, {"additionalProperties", "s"},
    {"items", "s"},      {"$schema", "*"},
    {"$id", "*"},        {"$comment", "*"},
    {"title", "*"},      {"description", "*"},
    {"default", "*"},    {"examples", "*"},
    {"deprecated", "*"}, {"readOnly", "*"},
    {"writeOnly", "*"},  {"format", "*"},
};

static char letter_of(const char *keyword)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(keywords[i][0], keyword) == 0)
            return keywords[i][1][0];
    return '-';
}

static bool is_type(const json_t *v)
{
    static const char *const types[] = {
        "null", "boolean", "integer", "number", "string", "array", "object"};

    for (size_t i = 0; json_is_string(v) && i < 7; i++)
        if (slice_equal(value_string(v), slice_of(types[i])))
            return true;
    return false;
}

static bool all_are(bool (*is)(const json_t *), const json_t *list)
{
    bool all = json_is_array(list);

    for (size_t i = 0; all && i < json_array_size(list); i++)
        all = is(json_array_get(list, i));
    return all;
}

static bool is_string(const json_t *v)
{
    return json_is_string(v);
}

static bool is_schema(const json_t *v, size_t levels);

static bool are_schemas(const json_t *properties, size_t levels)
{
    const char *name;
    json_t *member;

    json_object_foreach((json_t *)(uintptr_t)properties, name, member)
    {
        if (!is_schema(member, levels))
            return false;
    }
    return json_is_object(properties);
}

static bool stands(char letter, const json_t *v, size_t levels)
{
    switch (letter) {
    case 't':
        return is_type(v) || (all_are(is_type, v) && json_array_size(v));
    case 'l':
        return json_is_array(v);
    case 'n':
        return json_is_number(v);
    case 'c':
        return json_is_number(v) && number(v) >= 0 && is_whole(number(v));
    case 'r':
        return all_are(is_string, v);
    case 'p':
        return are_schemas(v, levels);
    case 's':
        return is_schema(v, levels);
    default:
        return letter == '*';
    }
}

/* With so many others inside each other, at most. */
static bool is_schema(const json_t *v, size_t levels)
{
    const char *name;
    json_t *given;

    if (json_is_boolean(v))
        return true;
    if (!json_is_object(v) || levels == 0)
        return false;
    json_object_foreach((json_t *)(uintptr_t)v, name, given)
    {
        if (!stands(letter_of(name), given, levels - 1))
            return false;
    }
    return true;
}

bool schema_check_form(const json_t *schema, struct failure *ret_failure)
{
    bool is_taken = schema_check(schema, ret_failure),
         is_right = is_schema(schema, BOUNDS_DEPTH_MAX);

    broken_unless(is_taken == is_right, "OC-2", "%s schema is %s: %s",
                  is_right ? "a" : "no", is_taken ? "taken" : "refused",
                  is_taken ? "" : ret_failure->sentence);
    return is_taken;
}

/* ------------------------------------------------- a schema and a value */

void schema_check_value(const json_t *schema, const json_t *value)
{
    bool is_allowed, is_right = fits(schema, value);
    struct buf why;

    buf_init(&why, BOUNDS_NAME_ECHO_MAX);
    is_allowed = schema_allows(schema, value, &why);
    broken_unless(is_allowed == is_right, "OC-2", "a value is %s: %.*s",
                  is_allowed ? "allowed" : "refused", (int)why.len,
                  why.len ? (const char *)why.data : "");
    broken_unless(is_allowed == (why.len == 0), "OC-2",
                  "it is refused without a word, or allowed with one");
    broken_unless(is_right || !schema_is_open(schema), "OC-2",
                  "a schema that refuses is called open");
    buf_clear(&why);
}
