/* SPDX-License-Identifier: MIT */
/* See scoped_env.h. A name that is allowed is allowed of everybody, and a pin
 * takes nothing from it [SE-5]; a name that is only pinned is there for whoever
 * asks for that very peer [SE-4]. */
#include "ref/model/scoped_env.h"

bool scoped_env_read(const json_t *object, struct scoped_env *ret,
                     struct failure *ret_failure)
{
    const json_t *allowed, *pinned;
    const struct value_field fields[] = {
        {"allowed", VALUE_STRINGS, false, &allowed},
        {"pinned", VALUE_STRINGS, false, &pinned},
    };

    if (!value_fields(object, fields, sizeof fields / sizeof *fields,
                      ret_failure))
        return false;
    *ret = (struct scoped_env){
        .allowed = value_strings(allowed),
        .pinned = value_strings(pinned),
    };
    return true;
}

/* [SE-7] No id of a peer has a slash in it, so the first one ends it. */
static bool is_pin(struct slice pin, struct slice peer, struct slice name)
{
    return pin.len == peer.len + 1 + name.len && pin.data[peer.len] == '/' &&
           slice_equal(slice_head(pin, peer.len), peer) &&
           slice_equal(slice_skip(pin, peer.len + 1), name);
}

static bool is_pinned(const struct scoped_env *env, struct slice peer,
                      struct slice name)
{
    for (size_t i = 0; i < env->pinned.count; i++)
        if (is_pin(env->pinned.items[i], peer, name))
            return true;
    return false;
}

bool scoped_env_allows(const struct scoped_env *env, struct peer_ref peer,
                       struct slice name)
{
    return strings_has(&env->allowed, name) ||
           (!peer_ref_is_any(peer) && is_pinned(env, peer.id, name));
}

static struct strings in_both(const struct strings *one,
                              const struct strings *other)
{
    struct strings both = {.items = NULL};

    for (size_t i = 0; i < one->count; i++)
        if (strings_has(other, one->items[i]))
            strings_add(&both, one->items[i]);
    return both;
}

struct scoped_env scoped_env_narrow(const struct scoped_env *env,
                                    const struct scoped_env *wanted)
{
    return (struct scoped_env){
        .allowed = in_both(&env->allowed, &wanted->allowed),
        .pinned = in_both(&env->pinned, &wanted->pinned),
    };
}

bool scoped_env_is_empty(const struct scoped_env *env)
{
    return env->allowed.count == 0 && env->pinned.count == 0;
}

void scoped_env_clear(struct scoped_env *env)
{
    strings_clear(&env->allowed);
    strings_clear(&env->pinned);
}
