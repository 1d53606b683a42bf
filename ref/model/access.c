/* SPDX-License-Identifier: MIT */
/*
 * The check is a list, and access_check() is that list: read it from the end
 * of this file with registry section 2.2 beside it. Each step is one leaf that
 * either passes or says what was missing.
 *
 * What is not asked about: the caller's id [AC-9], who it claims to speak for
 * [AC-8, FF-2], and anything but exact equality of words [AC-7].
 */
#include "ref/model/access.h"
#include "ref/base/xalloc.h"

static bool deny(struct buf *why, const char *words, struct slice word)
{
    (void)buf_add(why, slice_of(words));
    (void)buf_add(why, word);
    return false;
}

static bool has_required(const struct access *a, const struct identity *who,
                         struct buf *why)
{
    for (size_t i = 0; i < a->required_scopes.count; i++)
        if (!strings_has(&who->scopes, a->required_scopes.items[i]))
            return deny(
                why, "missing required scope: ", a->required_scopes.items[i]);
    return true;
}

static bool has_any(const struct access *a, const struct identity *who,
                    struct buf *why)
{
    if (!a->has_any)
        return true;
    for (size_t i = 0; i < a->required_scopes_any.count; i++)
        if (strings_has(&who->scopes, a->required_scopes_any.items[i]))
            return true;
    (void)buf_add(why, slice_of("missing required scope (any of: "));
    for (size_t i = 0; i < a->required_scopes_any.count; i++)
        (void)deny(why, i ? ", " : "", a->required_scopes_any.items[i]);
    return deny(why, ")", slice_make(NULL, 0));
}

static bool has_resource_type(const struct access *a,
                              const struct identity *who, struct buf *why)
{
    const struct strings *held = identity_resource(who, a->resource_type);

    if (a->resource_action.data ? held && strings_has(held, a->resource_action)
                                : held && held->count > 0)
        return true;
    (void)deny(why, "missing resource: ", a->resource_type);
    if (a->resource_action.data)
        (void)deny(why, "/", a->resource_action);
    return false;
}

static bool has_resource_action(const struct access *a,
                                const struct identity *who, struct buf *why)
{
    for (size_t i = 0; i < who->resource_count; i++)
        if (strings_has(&who->resources[i].values, a->resource_action))
            return true;
    return deny(why, "missing resource action: ", a->resource_action);
}

/* [OW-1] Ownership decides instead of the identity's resources. [RP-5] Who does
 * not say which resource it is about says nothing that could be allowed. */
static bool is_owner(const struct access *a, const struct identity *who,
                     struct access_resource resource, struct buf *why)
{
    const struct access_owners *owners = resource.owners;

    if (!resource.is_named)
        return owners->owns_any(owners->self, who, a->resource_type) ||
               deny(why, "no owned resources of type: ", a->resource_type);
    if (!resource.id.data)
        return deny(why, "no resource is named, of type: ", a->resource_type);
    return owners->owns(owners->self, who, a->resource_type, resource.id,
                        a->resource_action) ||
           deny(why, "not owner of that resource of type: ", a->resource_type);
}

static bool has_resource(const struct access *a, const struct identity *who,
                         struct access_resource resource, struct buf *why)
{
    if (a->resource_type.data && resource.owners)
        return is_owner(a, who, resource, why);
    if (a->resource_type.data)
        return has_resource_type(a, who, why);
    return !a->resource_action.data || has_resource_action(a, who, why);
}

bool access_is_restricted(const struct access *a)
{
    return a->required_scopes.count > 0 || a->has_any ||
           a->resource_type.data || a->resource_action.data;
}

/* [AC-5] the steps, in their order. */
bool access_check(const struct access *a, const struct identity *who,
                  struct access_resource resource, struct buf *ret_why)
{
    if (!access_is_restricted(a))
        return true;
    if (!who) /* [AU-7] */
        return deny(ret_why, "authentication required", slice_make(NULL, 0));
    return has_required(a, who, ret_why) && has_any(a, who, ret_why) &&
           has_resource(a, who, resource, ret_why);
}

static struct slice own_text(const json_t *string)
{
    struct slice text = slice_make(NULL, 0);

    if (!json_is_string(string))
        return text;
    text = value_string(string);
    return slice_make(xalloc_copy(text), text.len);
}

bool access_read(const json_t *object, struct access *ret,
                 struct failure *ret_failure)
{
    const json_t *scopes, *any, *type, *action;
    const struct value_field fields[] = {
        {"required_scopes", VALUE_STRINGS, false, &scopes},
        {"required_scopes_any", VALUE_STRINGS_OR_NULL, false, &any},
        {"resource_type", VALUE_STRING_OR_NULL, false, &type},
        {"resource_action", VALUE_STRING_OR_NULL, false, &action},
    };

    if (!value_fields(object, fields, sizeof fields / sizeof *fields,
                      ret_failure))
        return false;
    *ret = (struct access){
        .required_scopes = value_strings(scopes),
        .required_scopes_any = value_strings(any),
        .has_any = json_is_array(any),
        .resource_type = own_text(type),
        .resource_action = own_text(action),
    };
    return true;
}

static json_t *strings_tree(const struct strings *s)
{
    json_t *list = json_array();

    for (size_t i = 0; i < s->count; i++)
        json_array_append_new(list, value_new_string(s->items[i]));
    return list;
}

static json_t *text_tree(struct slice text)
{
    return text.data ? value_new_string(text) : json_null();
}

json_t *access_tree(const struct access *a)
{
    json_t *tree = json_object();

    json_object_set_new(tree, "required_scopes",
                        strings_tree(&a->required_scopes));
    json_object_set_new(tree, "required_scopes_any",
                        a->has_any ? strings_tree(&a->required_scopes_any)
                                   : json_null());
    json_object_set_new(tree, "resource_type", text_tree(a->resource_type));
    json_object_set_new(tree, "resource_action", text_tree(a->resource_action));
    return tree;
}

void access_clear(struct access *a)
{
    strings_clear(&a->required_scopes);
    strings_clear(&a->required_scopes_any);
    xalloc_free((void *)(uintptr_t)a->resource_type.data);
    xalloc_free((void *)(uintptr_t)a->resource_action.data);
    *a = (struct access){.has_any = false};
}
