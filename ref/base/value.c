/* SPDX-License-Identifier: MIT */
/* See value.h. The table of kinds is the one place that says what a file, a
 * verb or an input may hold and how we complain about it. */
#include "ref/base/value.h"
#include "ref/base/bounds.h"
#include "ref/base/wipe.h"
#include "ref/base/xalloc.h"

/* jansson does not say how much it frees, so the size stands in front. */
union header {
    size_t size;
    max_align_t alignment;
};

static void *wiping_malloc(size_t size)
{
    union header *h = xalloc(1, sizeof *h + size);

    h->size = size;
    return h + 1;
}

static void wiping_free(void *memory)
{
    union header *h = memory;

    if (!h)
        return;
    h--;
    wipe(memory, h->size);
    xalloc_free(h);
}

void value_setup(uint32_t seed)
{
    json_set_alloc_funcs(wiping_malloc, wiping_free);
    json_object_seed(seed ? seed : 1);
}

/* How much of what jansson says we say: it goes on to repeat what stands there,
 * which may be a secret. */
static int told_len(const char *text)
{
    return (int)slice_find(slice_of(text), slice_of(" near "));
}

/* Behind the string whose first quote stands at `at`. */
static size_t string_end(struct slice text, size_t at)
{
    for (at++; at < text.len && text.data[at] != '"'; at++)
        if (text.data[at] == '\\')
            at++;
    return at + 1;
}

/* Each but the first stands behind a bracket or a comma. */
size_t value_count(struct slice text)
{
    size_t count = 1;

    for (size_t at = 0; at < text.len;) {
        uint8_t byte = text.data[at];

        count += byte == ',' || byte == '[' || byte == '{';
        at = byte == '"' ? string_end(text, at) : at + 1;
    }
    return count;
}

json_t *value_parse(struct slice text, struct failure *ret_failure)
{
    json_error_t error;
    json_t *tree;

    if (value_count(text) > BOUNDS_VALUES_MAX) {
        failure_say(ret_failure, "more values than are looked into");
        return NULL;
    }

    /* jansson overlooks one behind a number or a word */
    if (text.len && memchr(text.data, '\0', text.len)) {
        failure_say(ret_failure, "not JSON: a raw NUL");
        return NULL;
    }
    tree = json_loadb(text.len ? (const char *)text.data : "", text.len,
                      JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!tree)
        failure_say(ret_failure, "line %d: not JSON: %.*s", error.line,
                    told_len(error.text), error.text);
    return tree;
}

static int append(const char *bytes, size_t len, void *out)
{
    return buf_add(out, slice_make(bytes, len)) ? 0 : -1;
}

bool value_print(const json_t *tree, struct buf *out)
{
    return json_dump_callback(tree, append, out,
                              JSON_COMPACT | JSON_SORT_KEYS |
                                  JSON_ENCODE_ANY) == 0;
}

struct slice value_string(const json_t *string)
{
    return slice_make(json_string_value(string), json_string_length(string));
}

json_t *value_new_string(struct slice bytes)
{
    json_t *string =
        json_stringn(bytes.len ? (const char *)bytes.data : "", bytes.len);

    assert(string);
    return string;
}

bool value_is_strings(const json_t *v)
{
    if (!json_is_array(v))
        return false;
    for (size_t i = 0; i < json_array_size(v); i++)
        if (!json_is_string(json_array_get(v, i)))
            return false;
    return true;
}

static bool is_any(const json_t *v)
{
    return v != NULL;
}

static bool is_string(const json_t *v)
{
    return json_is_string(v);
}

static bool is_string_or_null(const json_t *v)
{
    return json_is_string(v) || json_is_null(v);
}

static bool is_strings_or_null(const json_t *v)
{
    return json_is_null(v) || value_is_strings(v);
}

static bool is_integer(const json_t *v)
{
    return json_is_integer(v) && json_integer_value(v) >= 0;
}

static bool is_bool(const json_t *v)
{
    return json_is_boolean(v);
}

static bool is_list(const json_t *v)
{
    return json_is_array(v);
}

static bool is_object(const json_t *v)
{
    return json_is_object(v);
}

static const struct {
    bool (*fits)(const json_t *v);
    const char *words;
} kinds[] = {
    [VALUE_ANY] = {is_any, "a value"},
    [VALUE_STRING] = {is_string, "a string"},
    [VALUE_STRING_OR_NULL] = {is_string_or_null, "a string or null"},
    [VALUE_STRINGS] = {value_is_strings, "a list of strings"},
    [VALUE_STRINGS_OR_NULL] = {is_strings_or_null, "a list of strings or null"},
    [VALUE_INTEGER] = {is_integer, "a whole number, not negative"},
    [VALUE_BOOL] = {is_bool, "true or false"},
    [VALUE_LIST] = {is_list, "a list"},
    [VALUE_OBJECT] = {is_object, "an object"},
};

static bool is_known(const char *name, const struct value_field *fields,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return true;
    return false;
}

static bool all_known(const json_t *object, const struct value_field *fields,
                      size_t count, struct failure *ret_failure)
{
    const char *name;
    json_t *member;

    json_object_foreach((json_t *)(uintptr_t)object, name, member)
    {
        if (!is_known(name, fields, count))
            return failure_say(ret_failure, "%.60s: no such member is known",
                               name);
    }
    return true;
}

bool value_fields(const json_t *object, const struct value_field *fields,
                  size_t count, struct failure *ret_failure)
{
    if (!json_is_object(object))
        return failure_say(ret_failure, "expected an object");
    for (size_t i = 0; i < count; i++) {
        const struct value_field *f = &fields[i];
        const json_t *member = json_object_get(object, f->name);

        *f->ret = member;
        if (!member && f->is_required)
            return failure_say(ret_failure, "%s: missing, expected %s", f->name,
                               kinds[f->kind].words);
        if (member && !kinds[f->kind].fits(member))
            return failure_say(ret_failure, "%s: expected %s", f->name,
                               kinds[f->kind].words);
    }
    return all_known(object, fields, count, ret_failure);
}

struct strings value_strings(const json_t *list)
{
    struct strings s = {NULL, 0};

    for (size_t i = 0; i < json_array_size(list); i++)
        strings_add(&s, value_string(json_array_get(list, i)));
    return s;
}
