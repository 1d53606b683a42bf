/* SPDX-License-Identifier: MIT */
/* See from_jsonschema.h. */
#include "ref/rules/from_jsonschema.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

struct from_jsonschema {
    struct spec spec; /* owned */
    json_t *schema;   /* owned */
};

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    struct call_error error;
    struct buf message;

    (void)self;
    (void)input;
    buf_init(&message, BOUNDS_BODY_MAX);
    error = dispatch_not_found(context->operation, &message);
    handler_fail(call, &error);
    buf_clear(&message);
}

/* A subscription of which nothing will come is asked for nothing. */
static void pull(void *self, struct handler_call call)
{
    (void)self;
    (void)call;
}

/* A description of its own, so that it may be imported again. */
static struct spec describe(const struct from_jsonschema *f)
{
    json_t *tree = spec_tree(&f->spec);
    const struct spec_members members = {
        .name = json_object_get(tree, "name"),
        .op_type = json_object_get(tree, "op_type"),
        .access = json_object_get(tree, "access_control"),
        .input_schema = f->schema,
        .output_schema = json_object_get(tree, "output_schema"),
        .error_schemas = json_object_get(tree, "error_schemas"),
    };
    struct failure ignored;
    struct spec copy = {.input_schema = NULL};
    bool is_good = spec_read(&members, &copy, &ignored);

    assert(is_good); /* it was read before */
    copy.visibility = SPEC_INTERNAL;
    json_decref(tree);
    return copy;
}

static void import(void *self, struct operation_adapter_waiter waiter)
{
    const struct from_jsonschema *f = self;
    struct registry operations = {.is_sealed = false};
    struct operation_adapter_outcome outcome = {.is_ok = true,
                                                .operations = &operations};
    struct registration r = {.provenance = REGISTRY_FROM_JSONSCHEMA,
                             .handler = {.start = start}};
    struct failure failure;

    if (!json_is_object(f->schema)) {
        operation_adapter_fail(waiter, OPERATION_ADAPTER_SCHEMA_PARSE,
                               slice_of("schema must be a JSON object"));
        return;
    }
    r.spec = describe(f);
    r.handler.pull = r.spec.op_type == SPEC_SUBSCRIPTION ? pull : NULL;
    if (registry_add_take(&operations, &r, &failure))
        waiter.tell(waiter.self, &outcome);
    else
        operation_adapter_fail(waiter, OPERATION_ADAPTER_SCHEMA_PARSE,
                               slice_of(failure.sentence));
    registry_clear(&operations);
}

struct from_jsonschema *from_jsonschema_new(struct spec *spec,
                                            const json_t *schema)
{
    struct from_jsonschema *f = xalloc(1, sizeof *f);

    f->spec = *spec;
    f->schema = json_deep_copy(schema);
    *spec = (struct spec){.input_schema = NULL};
    return f;
}

void from_jsonschema_free(struct from_jsonschema *f)
{
    if (!f)
        return;
    spec_clear(&f->spec);
    json_decref(f->schema);
    xalloc_free(f);
}

struct operation_adapter from_jsonschema_adapter(struct from_jsonschema *f)
{
    return (struct operation_adapter){import, f};
}
