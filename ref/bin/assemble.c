/* SPDX-License-Identifier: MIT */
/* See assemble.h. The members of a specification are read by model/spec; here
 * come those that belong to offering it. */
#include "ref/bin/assemble.h"
#include "ref/base/xalloc.h"

static const char conformance_operations[] =
    "[{\"name\":\"conf/echo\"},"
    " {\"name\":\"conf/fail\"},"
    " {\"name\":\"conf/sink\",\"op_type\":\"mutation\"},"
    " {\"name\":\"conf/count\",\"op_type\":\"mutation\"},"
    " {\"name\":\"conf/hold\"},"
    " {\"name\":\"conf/callback\"},"
    " {\"name\":\"conf/own\",\"op_type\":\"mutation\"},"
    " {\"name\":\"conf/panic\"},"
    " {\"name\":\"conf/source\",\"op_type\":\"subscription\"},"
    " {\"name\":\"conf/compose\"},"
    " {\"name\":\"conf/unsafe\",\"op_type\":\"mutation\","
    "  \"remote_safe\":false},"
    " {\"name\":\"conf/identity\"},"
    " {\"name\":\"conf/guarded\","
    "  \"access\":{\"required_scopes\":[\"conf:guarded\"]}},"
    " {\"name\":\"conf/hidden\",\"visibility\":\"internal\"},"
    " {\"name\":\"services/list-peers\"}]";

static const char discovery_operations[] = "[{\"name\":\"services/list\"},"
                                           " {\"name\":\"services/schema\"}]";

/* [CP-4] from whoever assembles the node, and only here. */
static bool read_capabilities(const json_t *object, struct registration *r,
                              struct failure *f)
{
    const char *name;
    json_t *secret;

    if (!object)
        return true;
    r->capabilities = capabilities_new();
    json_object_foreach((json_t *)(uintptr_t)object, name, secret)
    {
        if (!json_is_string(secret))
            return failure_say(f, "capabilities: %.60s: expected a string",
                               name);
        if (!capabilities_add(r->capabilities, slice_of(name),
                              value_string(secret)))
            return failure_say(f,
                               "capabilities: %.60s: expected a secret, not "
                               "what is printed instead of one",
                               name);
    }
    return true;
}

/* [CO-1, CO-2] {"label","scopes","resources"}: as whom its handler composes;
 * unless said, as nobody. */
static bool read_authority(const json_t *object, struct registration *r,
                           struct failure *f)
{
    const json_t *label, *scopes, *resources;
    const struct value_field fields[] = {
        {"label", VALUE_STRING, true, &label},
        {"scopes", VALUE_STRINGS, false, &scopes},
        {"resources", VALUE_OBJECT, false, &resources},
    };
    struct identity *who;

    if (!object)
        return true;
    if (!value_fields(object, fields, 3, f))
        return failure_wrap(f, "authority: ");
    who = r->authority = xalloc(1, sizeof *who);
    who->id = value_string(label);
    who->id.data = (const uint8_t *)xalloc_copy(who->id);
    who->scopes = value_strings(scopes);
    return !resources || identity_read_resources(resources, who) ||
           failure_say(f, "authority: resources: expected lists of strings");
}

/* {"peer": id or null, "operation": name}; no peer is null. */
static bool read_forward(const json_t *object, struct stage *stage,
                         struct registration *r, struct failure *f)
{
    const json_t *peer, *operation;
    const struct value_field fields[] = {
        {"peer", VALUE_STRING_OR_NULL, false, &peer},
        {"operation", VALUE_STRING, true, &operation},
    };
    struct peer_ref ref = {.id = {NULL, 0}}; /* null: any */

    if (!object)
        return failure_say(f, "forward: missing, and conf/forward needs it");
    if (!value_fields(object, fields, 2, f))
        return failure_wrap(f, "forward: ");
    if (json_is_string(peer))
        ref.id = value_string(peer);
    r->handler = stage_play(
        stage, forward_offer(ref, value_string(operation), r->spec.op_type));
    return true;
}

bool assemble_handler(const struct assemble_behaviour *behaviour,
                      struct stage *stage, const struct registry *registry,
                      struct registration *r, struct failure *ret_failure)
{
    struct slice name = value_string(behaviour->name);

    if (!json_is_string(behaviour->name))
        return failure_say(ret_failure, "behaviour: expected a string");
    if (slice_equal(name, slice_of("conf/forward")))
        return read_forward(behaviour->forward, stage, r, ret_failure);
    if (behaviour->forward)
        return failure_say(ret_failure, "forward: conf/forward alone knows it");
    return stage_handler(stage, name, registry, &r->handler) ||
           failure_say(ret_failure, "behaviour: %.*s is none that is known",
                       (int)(name.len < 60 ? name.len : 60), name.data);
}

bool assemble_registration(const json_t *description,
                           struct assemble_behaviour *ret_behaviour,
                           struct registration *ret,
                           struct failure *ret_failure)
{
    struct spec_members spec;
    const json_t *remote_safe, *capabilities, *scoped_env, *authority;
    struct value_field fields[SPEC_FIELDS + 6] = {
        [SPEC_FIELDS] = {"behaviour", VALUE_ANY, true, &ret_behaviour->name},
        {"forward", VALUE_OBJECT, false, &ret_behaviour->forward},
        {"remote_safe", VALUE_BOOL, false, &remote_safe},
        {"capabilities", VALUE_OBJECT, false, &capabilities},
        {"scoped_env", VALUE_OBJECT, false, &scoped_env},
        {"authority", VALUE_OBJECT, false, &authority},
    };
    struct registration r = {.capabilities = NULL};

    spec_fields(&spec, fields);
    if (!value_fields(description, fields, SPEC_FIELDS + 6, ret_failure))
        return false;
    r.is_remote_safe = json_is_true(remote_safe); /* [LG-1] unless said: no */
    if (!read_capabilities(capabilities, &r, ret_failure) ||
        (scoped_env &&
         !scoped_env_read(scoped_env, &r.scoped_env, ret_failure) &&
         !failure_wrap(ret_failure, "scoped_env: ")) ||
        !read_authority(authority, &r, ret_failure) ||
        !spec_read(&spec, &r.spec, ret_failure)) {
        registry_drop(&r);
        return false;
    }
    *ret = r;
    return true;
}

bool assemble_operation(const json_t *description, struct stage *stage,
                        struct registry *registry, struct failure *ret_failure)
{
    struct assemble_behaviour behaviour;
    struct registration r;

    if (!assemble_registration(description, &behaviour, &r, ret_failure))
        return false;
    if (!assemble_handler(&behaviour, stage, registry, &r, ret_failure)) {
        registry_drop(&r);
        return false;
    }
    return registry_add_take(registry, &r, ret_failure);
}

/* Such an operation behaves as it is called, and is remote-safe. */
static bool assemble_one(json_t *description, struct stage *stage,
                         struct registry *registry, struct failure *f)
{
    json_object_set(description, "behaviour",
                    json_object_get(description, "name"));
    if (!json_object_get(description, "remote_safe"))
        json_object_set_new(description, "remote_safe", json_true());
    return assemble_operation(description, stage, registry, f);
}

static bool assemble_list(json_t *list, struct stage *stage,
                          struct registry *registry, struct failure *f)
{
    bool is_good = list != NULL;

    for (size_t i = 0; is_good && i < json_array_size(list); i++)
        is_good = assemble_one(json_array_get(list, i), stage, registry, f);
    return is_good;
}

/* conf/compose may compose whatever is in the list. */
static void allow_all(json_t *list)
{
    json_t *names = json_array(), *compose = NULL;

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *description = json_array_get(list, i);
        json_t *name = json_object_get(description, "name");

        json_array_append(names, name);
        if (slice_equal(value_string(name), slice_of("conf/compose")))
            compose = description;
    }
    json_object_set_new(compose, "scoped_env",
                        json_pack("{s:o}", "allowed", names));
}

bool assemble_discovery(struct stage *stage, struct registry *registry,
                        struct failure *ret_failure)
{
    json_t *list = value_parse(slice_of(discovery_operations), ret_failure);
    bool is_good = assemble_list(list, stage, registry, ret_failure);

    json_decref(list);
    return is_good;
}

bool assemble_all(struct stage *stage, struct registry *registry,
                  struct failure *ret_failure)
{
    json_t *list = value_parse(slice_of(conformance_operations), ret_failure);
    json_t *discovery =
        value_parse(slice_of(discovery_operations), ret_failure);
    bool is_good;

    json_array_extend(list, discovery);
    allow_all(list);
    is_good = assemble_list(list, stage, registry, ret_failure);
    json_decref(discovery);
    json_decref(list);
    return is_good;
}
