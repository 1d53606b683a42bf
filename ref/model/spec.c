/* SPDX-License-Identifier: MIT */
/*
 * See spec.h. Names are opaque [OS-8]: compared byte for byte, never decoded,
 * folded or cleaned up [OP-8]. A name is a path without its first slash, and
 * only that one slash is ever taken away [OP-5].
 */
#include "ref/model/spec.h"
#include "ref/base/xalloc.h"
#include "ref/model/call_error.h"

static const char *const op_types[] = {
    [SPEC_QUERY] = "query",
    [SPEC_MUTATION] = "mutation",
    [SPEC_SUBSCRIPTION] = "subscription",
};

static const char *const visibilities[] = {
    [SPEC_EXTERNAL] = "external",
    [SPEC_INTERNAL] = "internal",
};

struct slice spec_name_of(struct slice path)
{
    /* [OP-2, OP-4] with a slash or without, [OP-7] however many segments */
    return slice_skip(path, path.len > 0 && path.data[0] == '/');
}

struct slice spec_namespace_of(struct slice name)
{
    const uint8_t *slash = name.len ? memchr(name.data, '/', name.len) : NULL;

    return slash ? slice_head(name, (size_t)(slash - name.data)) : name;
}

/* Which of `count` words the member says, or `count`; absent is the first. */
static size_t choose(const json_t *member, const char *const words[],
                     size_t count)
{
    size_t i = 0;

    while (member && i < count &&
           !slice_equal(value_string(member), slice_of(words[i])))
        i++;
    return i;
}

void spec_fields(struct spec_members *m, struct value_field ret[SPEC_FIELDS])
{
    const struct value_field fields[SPEC_FIELDS] = {
        {"name", VALUE_STRING, true, &m->name},
        {"op_type", VALUE_STRING, false, &m->op_type},
        {"visibility", VALUE_STRING, false, &m->visibility},
        {"access", VALUE_OBJECT, false, &m->access},
        {"input_schema", VALUE_ANY, false, &m->input_schema},
        {"output_schema", VALUE_ANY, false, &m->output_schema},
        {"error_schemas", VALUE_LIST, false, &m->error_schemas},
        {"resource_id_path", VALUE_STRING_OR_NULL, false, &m->resource_id_path},
    };

    memcpy(ret, fields, sizeof fields);
}

static json_t *copy_or(const json_t *member, json_t *otherwise)
{
    if (!member)
        return otherwise;
    json_decref(otherwise);
    return json_deep_copy(member);
}

static bool check_name(const json_t *name, struct failure *ret_failure)
{
    struct slice text = value_string(name);

    if (text.len == 0 || text.data[0] == '/') /* [OS-5] */
        return failure_say(ret_failure, "name: expected an operation's name "
                                        "without a slash in front");
    return true;
}

#define HTTP_STATUS_MAX 65535 /* it has 16 bits */

/* [ED-2] a number of 16 bits, or null; it may also be left out. */
static bool check_status(const json_t *status, struct failure *ret_failure)
{
    json_int_t number = json_integer_value(status);

    if (!status || json_is_null(status) ||
        (json_is_integer(status) && number >= 0 && number <= HTTP_STATUS_MAX))
        return true;
    return failure_say(ret_failure, "error_schemas: http_status: expected a "
                                    "number of at most 16 bits, or null");
}

/* [ED-1, ED-2] a declared error in its full form. */
static bool read_error(const json_t *given, json_t *list,
                       struct failure *ret_failure)
{
    const json_t *code, *description, *schema, *status;
    const struct value_field fields[] = {
        {"code", VALUE_STRING, true, &code},
        {"description", VALUE_STRING, false, &description},
        {"schema", VALUE_ANY, false, &schema},
        {"http_status", VALUE_ANY, false, &status},
    };
    json_t *full;

    if (!value_fields(given, fields, sizeof fields / sizeof *fields,
                      ret_failure))
        return failure_wrap(ret_failure, "error_schemas: ");
    if (call_error_is_protocol(value_string(code))) /* [EC-3, ES-6] */
        return failure_say(ret_failure, "error_schemas: code: expected one of "
                                        "the operation's own");
    if (!check_status(status, ret_failure))
        return false;
    full = json_object();
    json_object_set_new(full, "code", json_deep_copy(code));
    json_object_set_new(full, "description",
                        copy_or(description, json_string("")));
    json_object_set_new(full, "schema", copy_or(schema, json_object()));
    json_object_set_new(full, "http_status", copy_or(status, json_null()));
    json_array_append_new(list, full);
    return true;
}

static bool read_errors(const json_t *given, struct spec *ret,
                        struct failure *ret_failure)
{
    ret->error_schemas = json_array();
    for (size_t i = 0; i < json_array_size(given); i++)
        if (!read_error(json_array_get(given, i), ret->error_schemas,
                        ret_failure))
            return false;
    return true;
}

static bool read_access(const json_t *given, struct spec *ret,
                        struct failure *ret_failure)
{
    return !given || access_read(given, &ret->access, ret_failure) ||
           failure_wrap(ret_failure, "access: ");
}

static bool check_path(const json_t *path, struct failure *ret_failure)
{
    return !json_is_string(path) ||
           resource_path_is_valid(value_string(path)) ||
           failure_say(ret_failure, "resource_id_path: expected a path that "
                                    "begins with \"$\"");
}

static struct slice own(const json_t *string)
{
    struct slice text = slice_make(NULL, 0);

    if (!json_is_string(string))
        return text;
    text = value_string(string);
    return slice_make(xalloc_copy(text), text.len);
}

bool spec_read(const struct spec_members *m, struct spec *ret,
               struct failure *ret_failure)
{
    size_t op_type = choose(m->op_type, op_types, 3);
    size_t visibility = choose(m->visibility, visibilities, 2);
    struct spec s = {.op_type = (enum spec_op_type)op_type,
                     .visibility = (enum spec_visibility)visibility};

    if (!check_name(m->name, ret_failure) ||
        !check_path(m->resource_id_path, ret_failure))
        return false;
    if (op_type == 3)
        return failure_say(ret_failure, "op_type: expected query, mutation or "
                                        "subscription");
    if (visibility == 2)
        return failure_say(ret_failure,
                           "visibility: expected external or internal");
    if (!read_access(m->access, &s, ret_failure) ||
        !read_errors(m->error_schemas, &s, ret_failure)) {
        spec_clear(&s);
        return false;
    }
    s.name = own(m->name);
    s.resource_id_path = own(m->resource_id_path);
    s.input_schema = copy_or(m->input_schema, json_object()); /* [OS-2] */
    s.output_schema = copy_or(m->output_schema, json_object());
    *ret = s;
    return true;
}

struct spec spec_plain(struct slice name)
{
    assert(name.len > 0 && name.data[0] != '/');
    return (struct spec){
        .name = slice_make(xalloc_copy(name), name.len),
        .input_schema = json_object(),
        .output_schema = json_object(),
        .error_schemas = json_array(),
    };
}

bool spec_declares(const struct spec *s, struct slice code)
{
    for (size_t i = 0; i < json_array_size(s->error_schemas); i++) {
        const json_t *declared = json_array_get(s->error_schemas, i);

        if (slice_equal(value_string(json_object_get(declared, "code")), code))
            return true;
    }
    return false;
}

void spec_clear(struct spec *s)
{
    xalloc_free((void *)(uintptr_t)s->name.data);
    json_decref(s->input_schema);
    json_decref(s->output_schema);
    json_decref(s->error_schemas);
    access_clear(&s->access);
    xalloc_free((void *)(uintptr_t)s->resource_id_path.data);
    *s = (struct spec){.input_schema = NULL};
}

json_t *spec_entry_tree(const struct spec *s)
{
    json_t *tree = json_object();

    json_object_set_new(tree, "name", value_new_string(s->name));
    json_object_set_new(tree, "namespace",
                        value_new_string(spec_namespace_of(s->name)));
    json_object_set_new(tree, "op_type", json_string(op_types[s->op_type]));
    return tree;
}

json_t *spec_tree(const struct spec *s)
{
    json_t *tree = spec_entry_tree(s);

    json_object_set_new(tree, "visibility",
                        json_string(visibilities[s->visibility]));
    json_object_set(tree, "input_schema", s->input_schema);
    json_object_set(tree, "output_schema", s->output_schema);
    json_object_set(tree, "error_schemas", s->error_schemas); /* [ES-4] */
    json_object_set_new(tree, "access_control", access_tree(&s->access));
    return tree;
}
