/* SPDX-License-Identifier: MIT */
/* See identity.h. Nothing here decides anything: access.c does. */
#include "ref/model/identity.h"
#include "ref/base/jstring.h"
#include "ref/base/xalloc.h"

static void add_resource(struct identity *who, struct slice type,
                         struct strings values)
{
    who->resources = xalloc_grow(who->resources, who->resource_count + 1,
                                 sizeof *who->resources);
    who->resources[who->resource_count++] = (struct identity_resource){
        slice_make(xalloc_copy(type), type.len), values};
}

bool identity_read_resources(const json_t *map, struct identity *ret)
{
    const char *type;
    json_t *values;

    if (!json_is_object(map))
        return false;
    json_object_foreach((json_t *)(uintptr_t)map, type, values)
    {
        if (!value_is_strings(values))
            return false;
    }
    json_object_foreach((json_t *)(uintptr_t)map, type, values)
    {
        add_resource(ret, slice_of(type), value_strings(values));
    }
    return true;
}

bool identity_read(const json_t *object, struct identity *ret)
{
    const json_t *id = json_object_get(object, "id");
    const json_t *scopes = json_object_get(object, "scopes");
    const json_t *resources = json_object_get(object, "resources");
    struct identity who = {.resources = NULL};

    if (!json_is_string(id) || !value_is_strings(scopes) ||
        !identity_read_resources(resources, &who))
        return false;
    who.id = value_string(id);
    who.id.data = (const uint8_t *)xalloc_copy(who.id);
    who.scopes = value_strings(scopes);
    *ret = who;
    return true;
}

bool identity_parse(struct slice text, struct identity *ret)
{
    struct failure ignored;
    json_t *tree = value_parse(text, &ignored);
    bool is_good = tree && identity_read(tree, ret);

    json_decref(tree);
    return is_good;
}

static bool print_strings(const struct strings *s, struct buf *out)
{
    bool fits = buf_add(out, slice_of("["));

    for (size_t i = 0; fits && i < s->count; i++)
        fits = buf_add(out, slice_of(i ? "," : "")) &&
               jstring_quote(out, s->items[i]);
    return fits && buf_add(out, slice_of("]"));
}

bool identity_print(const struct identity *who, struct buf *out)
{
    bool fits = buf_add(out, slice_of("{\"id\":")) &&
                jstring_quote(out, who->id) &&
                buf_add(out, slice_of(",\"scopes\":")) &&
                print_strings(&who->scopes, out) &&
                buf_add(out, slice_of(",\"resources\":{"));

    for (size_t i = 0; fits && i < who->resource_count; i++)
        fits = buf_add(out, slice_of(i ? "," : "")) &&
               jstring_quote(out, who->resources[i].type) &&
               buf_add(out, slice_of(":")) &&
               print_strings(&who->resources[i].values, out);
    return fits && buf_add(out, slice_of("}}"));
}

const struct strings *identity_resource(const struct identity *who,
                                        struct slice type)
{
    for (size_t i = 0; i < who->resource_count; i++)
        if (slice_equal(who->resources[i].type, type))
            return &who->resources[i].values;
    return NULL;
}

struct identity *identity_copy(const struct identity *from)
{
    struct identity *copy;

    if (!from)
        return NULL;
    copy = xalloc(1, sizeof *copy);
    copy->id = slice_make(xalloc_copy(from->id), from->id.len);
    copy->scopes = strings_copy(&from->scopes);
    for (size_t i = 0; i < from->resource_count; i++)
        add_resource(copy, from->resources[i].type,
                     strings_copy(&from->resources[i].values));
    return copy;
}

void identity_clear(struct identity *who)
{
    xalloc_free((void *)(uintptr_t)who->id.data);
    strings_clear(&who->scopes);
    for (size_t i = 0; i < who->resource_count; i++) {
        xalloc_free((void *)(uintptr_t)who->resources[i].type.data);
        strings_clear(&who->resources[i].values);
    }
    xalloc_free(who->resources);
    *who = (struct identity){.resources = NULL};
}

void identity_free(struct identity *who)
{
    if (!who)
        return;
    identity_clear(who);
    xalloc_free(who);
}
