/* SPDX-License-Identifier: MIT */
/*
 * One question decides what is shown: would a call on this connection, for
 * this identity, be let through for some input? It is asked of dispatch, so
 * that listing and calling cannot drift apart [LG-8, SL-3]. What is not shown
 * is answered as if it did not exist [SS-3, SS-4]; what is not an operation
 * cannot be shown at all [SD-4].
 */
#include "ref/rules/discovery.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

#include <stdlib.h>

static void respond(struct handler_call call, json_t *output)
{
    struct buf text;

    buf_init(&text, BOUNDS_BODY_MAX);
    if (value_print(output, &text)) {
        handler_respond(call, buf_slice(&text));
    } else {
        const struct call_error e = call_error_make(
            CALL_ERROR_INTERNAL, slice_of("the list is too long"));

        handler_fail(call, &e);
    }
    buf_clear(&text);
    json_decref(output);
}

static int by_name(const void *left, const void *right)
{
    const struct registration *const *a = left, *const *b = right;

    return slice_compare((*a)->spec.name, (*b)->spec.name);
}

typedef bool is_shown(const struct registration *operation,
                      const struct context *context);

/* The shown operations in order of their names. The list is the caller's. */
static const struct registration **shown(const struct registry *registry,
                                         const struct context *context,
                                         is_shown *shows, size_t *ret_count)
{
    const struct registration **list =
        xalloc(registry->by_name.count, sizeof *list);
    size_t count = 0;

    for (struct table_entry *e = table_first(&registry->by_name); e;
         e = table_next(e))
        if (shows(e->value, context)) /* [SL-2, SL-3, SL-5, VI-3] */
            list[count++] = e->value;
    qsort(list, count, sizeof *list, by_name);
    *ret_count = count;
    return list;
}

/* [SL-1] Those of `registry` that are shown there, in the form of a list. */
static json_t *entries(const struct registry *registry,
                       const struct context *context, is_shown *shows)
{
    json_t *operations = json_array();
    size_t count;
    const struct registration **list = shown(registry, context, shows, &count);

    for (size_t i = 0; i < count; i++)
        json_array_append_new(operations, spec_entry_tree(&list[i]->spec));
    xalloc_free(list);
    return operations;
}

static void start_list(void *self, const struct context *context,
                       struct slice input, struct handler_call call)
{
    json_t *output = json_object();

    (void)input; /* ignored, whatever it is */
    json_object_set_new(output, "operations",
                        entries(self, context, dispatch_allows));
    respond(call, output);
}

/* [LP-3] who has nothing to show is left out. */
static void add_peer(json_t *peers, struct slice id, json_t *operations)
{
    json_t *entry = json_object();

    json_object_set_new(entry, "peer_id", value_new_string(id));
    json_object_set_new(entry, "operations", operations); /* [LP-4] */
    if (json_array_size(operations) > 0)
        json_array_append(peers, entry);
    json_decref(entry);
}

static void start_list_peers(void *self, const struct context *context,
                             struct slice input, struct handler_call call)
{
    const struct overlays *served = context->layers.peers;
    json_t *peers = json_array(), *output = json_object();

    (void)input;
    add_peer(peers, slice_of("local"), /* [LP-2] */
             entries(self, context, dispatch_allows));
    /* [LP-5] an import is called by nobody from the wire, so what is asked is
     * whether its peer's own access would let this caller through */
    for (const struct overlay *o = served ? served->first : NULL; o;
         o = o->next)
        add_peer(peers, o->peer,
                 entries(overlay_serving(o), context, dispatch_lets));
    json_object_set_new(output, "peers", peers); /* [LP-1] */
    respond(call, output);
}

static void fail_not_found(struct handler_call call, struct slice name)
{
    struct call_error error;
    struct buf message;

    buf_init(&message, BOUNDS_BODY_MAX);
    error = dispatch_not_found(name, &message);
    handler_fail(call, &error);
    buf_clear(&message);
}

static void answer_schema(const struct registry *registry,
                          const struct context *context, struct slice path,
                          struct handler_call call)
{
    struct slice name = spec_name_of(path); /* [OS-7] */
    const struct registration *operation =
        registry_find(registry, name); /* [SS-5] */

    if (operation && dispatch_allows(operation, context))
        respond(call, spec_tree(&operation->spec)); /* [SS-1] */
    else
        fail_not_found(call, name); /* [EC-11a, SS-3] */
}

static void start_schema(void *self, const struct context *context,
                         struct slice input, struct handler_call call)
{
    struct failure ignored;
    json_t *tree = value_parse(input, &ignored);
    const json_t *name = json_object_get(tree, "name");

    if (json_is_string(name)) {
        answer_schema(self, context, value_string(name), call);
    } else {
        const struct call_error e =
            call_error_make(CALL_ERROR_INVALID_INPUT, /* [SS-2] */
                            slice_of("missing required field: name"));

        handler_fail(call, &e);
    }
    json_decref(tree);
}

static struct handler tell_of(const struct registry *registry,
                              void (*start)(void *, const struct context *,
                                            struct slice, struct handler_call))
{
    return (struct handler){.start = start,
                            .self = (void *)(uintptr_t)registry};
}

struct handler discovery_list(const struct registry *registry)
{
    return tell_of(registry, start_list);
}

struct handler discovery_schema(const struct registry *registry)
{
    return tell_of(registry, start_schema);
}

struct handler discovery_list_peers(const struct registry *registry)
{
    return tell_of(registry, start_list_peers);
}

/* [SD-1] */
static bool add(struct registry *registry, const char *name,
                struct handler handler, struct failure *ret_failure)
{
    struct registration r = {.spec = spec_plain(slice_of(name)),
                             .handler = handler,
                             .is_remote_safe = true};

    return registry_add_take(registry, &r, ret_failure);
}

/* [SD-3] in the very registry that they show. */
bool discovery_register(struct registry *registry, struct failure *ret_failure)
{
    return add(registry, "services/list", discovery_list(registry),
               ret_failure) &&
           add(registry, "services/schema", discovery_schema(registry),
               ret_failure);
}
