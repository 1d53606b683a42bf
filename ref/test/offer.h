/* SPDX-License-Identifier: MIT */
/*
 * Operations for tests: one line of JSON, whether a dialled peer may see it,
 * and a handler. For the tests of floor 2 and above.
 */
#ifndef REF_TEST_OFFER_H
#define REF_TEST_OFFER_H

#include "ref/state/registry.h"
#include "ref/test/t.h"

/* What `spec` describes, not yet registered. The caller's. */
static inline struct registration offer_make(const char *spec,
                                             struct handler handler)
{
    json_t *tree = t_tree(spec);
    struct registration r = {.handler = handler};
    struct value_field fields[SPEC_FIELDS];
    struct spec_members m;
    struct failure f;

    spec_fields(&m, fields);
    if (!value_fields(tree, fields, SPEC_FIELDS, &f) ||
        !spec_read(&m, &r.spec, &f))
        fail_msg("%s: %s", spec, f.sentence);
    json_decref(tree);
    return r;
}

/* Registers it as it is. */
static inline void offer_take(struct registry *registry, struct registration *r)
{
    struct failure f;

    if (!registry_add_take(registry, r, &f))
        fail_msg("%s", f.sentence);
}

/* Registers it, with one secret "key" that nobody may hear of. */
static inline void offer(struct registry *registry, const char *spec,
                         bool is_remote_safe, struct handler handler)
{
    struct registration r = offer_make(spec, handler);

    r.is_remote_safe = is_remote_safe;
    r.capabilities = capabilities_new();
    capabilities_add(r.capabilities, slice_of("key"), slice_of("hush-4711"));
    offer_take(registry, &r);
}

/* Registers it as one whose handler may compose those operations, as the
 * identity of that text, or as nobody (NULL). The names end with NULL. */
static inline void offer_composer(struct registry *registry, const char *spec,
                                  const char *authority,
                                  const char *const names[],
                                  struct handler handler)
{
    struct registration r = offer_make(spec, handler);
    struct identity who = {.resources = NULL};

    for (; *names; names++)
        strings_add(&r.scoped_env.allowed, slice_of(*names));
    if (authority) {
        assert_true(identity_parse(slice_of(authority), &who));
        r.authority = identity_copy(&who);
        identity_clear(&who);
    }
    offer_take(registry, &r);
}

/* A handler that must not be run. */
static inline void offer_start_never(void *self, const struct context *context,
                                     struct slice input,
                                     struct handler_call call)
{
    (void)self;
    (void)context;
    (void)input;
    (void)call;
    fail_msg("a handler was run that must not be");
}

static const struct handler offer_never = {.start = offer_start_never};

#endif
