/* SPDX-License-Identifier: MIT */
/*
 * One question after the other [FC-6]: the list, then the schema of each
 * operation that is wanted. What was learned is put together apart from what is
 * in use, and takes its place at the end or not at all [FC-10].
 *
 * The peer's word is taken for what an operation is, and for nothing else: what
 * is not understood of it is left out where the rules allow that, and ends the
 * import where they do not. Members that nobody knows are ignored.
 */
#include "ref/session/from_call.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

struct from_call {
    struct commons *commons; /* borrowed */
    uint64_t connection;     /* of the peer */
    struct slice prefix;     /* owned */
    struct strings filter;   /* owned … */
    bool has_filter;         /* … if there is one */
    struct strings names;    /* owned: the peer's, that are wanted */
    size_t at;               /* the one that is asked for now */
    size_t byte_count;       /* of all schemas so far … */
    size_t value_count;      /* … and of all that is in them */
    struct registry fresh;   /* owned: what was learned */
    struct operation_adapter_waiter waiter; /* told once */
};

static void from_call_free(struct from_call *f)
{
    xalloc_free((void *)(uintptr_t)f->prefix.data);
    strings_clear(&f->filter);
    strings_clear(&f->names);
    registry_clear(&f->fresh);
    xalloc_free(f);
}

static struct connection *connection_of(const struct from_call *f)
{
    return commons_connection(f->commons, f->connection);
}

/* ------------------------------------------------------------- endings */

static void fail(struct from_call *f, enum operation_adapter_error error,
                 const char *message)
{
    struct operation_adapter_waiter waiter = f->waiter;

    from_call_free(f);
    operation_adapter_fail(waiter, error, slice_of(message));
}

/* [AD-3] A question was answered with an error, or by nobody. */
static void fail_asking(struct from_call *f, const struct call_error *error)
{
    const struct connection *c = connection_of(f);

    if (!c || c->is_closed)
        fail(f, OPERATION_ADAPTER_TRANSPORT, "the connection is gone");
    else if (slice_equal(error->code, slice_of("TIMEOUT")))
        fail(f, OPERATION_ADAPTER_TRANSPORT, "the peer did not answer in time");
    else if (slice_equal(error->code, slice_of("FORBIDDEN")))
        fail(f, OPERATION_ADAPTER_UNAUTHORIZED,
             "the peer does not let us ask what it serves");
    else
        fail(f, OPERATION_ADAPTER_DISCOVERY_FAILED,
             "the peer does not say what it serves");
}

static void finish(struct from_call *f)
{
    struct connection *c = connection_of(f);
    const struct operation_adapter_outcome outcome = {
        .is_ok = true, .operations = &c->imported};
    struct operation_adapter_waiter waiter = f->waiter;

    connection_import_take(c, &f->fresh);
    from_call_free(f);
    waiter.tell(waiter.self, &outcome);
}

/* ------------------------------------------------------------- one schema */

/* The errors that can be declared here: one without a code, or with one of the
 * protocol's own, is left out. */
static json_t *readable_errors(const json_t *list)
{
    static const char *const members[] = {"code", "description", "schema",
                                          "http_status"};
    json_t *good = json_array();

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *given = json_array_get(list, i);
        const json_t *code = json_object_get(given, "code");
        json_t *error;

        if (!json_is_string(code) || call_error_is_protocol(value_string(code)))
            continue;
        error = json_object();
        for (size_t m = 0; m < sizeof members / sizeof *members; m++)
            json_object_set(error, members[m],
                            json_object_get(given, members[m]));
        json_array_append_new(good, error);
    }
    return good;
}

/* The four members that there are, as the peer has them. What is no object says
 * something that is not understood, and must not pass for nothing. */
static json_t *known_access(json_t *given)
{
    static const char *const members[] = {"required_scopes",
                                          "required_scopes_any",
                                          "resource_type", "resource_action"};
    json_t *access;

    if (given && !json_is_object(given) && !json_is_null(given))
        return json_incref(given);
    access = json_object();
    for (size_t m = 0; m < sizeof members / sizeof *members; m++)
        json_object_set(access, members[m], json_object_get(given, members[m]));
    return access;
}

/* [FC-3] prefix, slash, the peer's name; or that alone. */
static json_t *local_name(const struct from_call *f, struct slice name)
{
    json_t *string;
    struct buf text;

    buf_init(&text, BOUNDS_BODY_MAX);
    if (f->prefix.len > 0) {
        (void)buf_add(&text, f->prefix);
        (void)buf_add(&text, slice_of("/"));
    }
    (void)buf_add(&text, name);
    string = value_new_string(buf_slice(&text));
    buf_clear(&text);
    return string;
}

/* [ES-4, FW-13] The specification here: the peer's under our name, [VI-4, VI-6]
 * internal whatever the peer says. [OT-3] Its type has to be known. */
static bool read_spec(const struct from_call *f, struct slice name,
                      const json_t *schema, struct spec *ret)
{
    json_t *local = local_name(f, name), *internal = json_string("internal");
    json_t *access = known_access(json_object_get(schema, "access_control"));
    json_t *errors = readable_errors(json_object_get(schema, "error_schemas"));
    const struct spec_members members = {
        .name = local,
        .op_type = json_object_get(schema, "op_type"),
        .visibility = internal,
        .access = access,
        .input_schema = json_object_get(schema, "input_schema"),
        .output_schema = json_object_get(schema, "output_schema"),
        .error_schemas = errors,
    };
    struct failure ignored;
    bool is_good =
        json_is_string(members.op_type) && spec_read(&members, ret, &ignored);

    json_decref(local);
    json_decref(internal);
    json_decref(access);
    json_decref(errors);
    return is_good;
}

static void ask_next(struct from_call *f);

/* [HR-3, CP-8] A leaf: no authority, no reach, no secrets. */
static void add(struct from_call *f, struct spec *spec)
{
    struct registration r = {.spec = *spec, .provenance = REGISTRY_FROM_CALL};
    struct failure ignored;

    if (registry_find(&f->fresh, spec->name)) { /* [FC-7] */
        spec_clear(spec);
        fail(f, OPERATION_ADAPTER_SAME_PEER_COLLISION,
             "the peer serves two operations of one name");
        return;
    }
    r.handler = forward_import(f->commons, f->connection, f->names.items[f->at],
                               spec->op_type);
    if (!registry_add_take(&f->fresh, &r, &ignored)) {
        fail(f, OPERATION_ADAPTER_SCHEMA_PARSE, "a schema cannot be taken");
        return;
    }
    f->at++;
    ask_next(f);
}

/* Is there room for one schema more? */
static bool has_room(struct from_call *f, struct slice schema)
{
    f->byte_count += schema.len;
    f->value_count += value_count(schema);
    return f->byte_count <= BOUNDS_IMPORT_BYTES_MAX &&
           f->value_count <= BOUNDS_VALUES_MAX;
}

static void tell_schema(void *self, const struct pending_outcome *outcome)
{
    struct from_call *f = self;
    struct failure ignored;
    struct spec spec;
    json_t *tree;
    bool is_good;

    if (!outcome->is_ok) {
        fail_asking(f, &outcome->error);
        return;
    }
    if (!has_room(f, outcome->output)) {
        fail(f, OPERATION_ADAPTER_DISCOVERY_FAILED, "too much to import");
        return;
    }
    tree = value_parse(outcome->output, &ignored);
    is_good = read_spec(f, f->names.items[f->at], tree, &spec);
    json_decref(tree);
    if (is_good)
        add(f, &spec);
    else
        fail(f, OPERATION_ADAPTER_SCHEMA_PARSE,
             "a schema of the peer's cannot be read");
}

/* ------------------------------------------------------------- asking */

/* The peer sees the names under which it listed them. */
static void ask_schema(struct from_call *f, struct connection *c)
{
    json_t *name = value_new_string(f->names.items[f->at]);
    json_t *tree = json_object();
    struct buf input;

    buf_init(&input, BOUNDS_BODY_MAX);
    json_object_set_new(tree, "name", name);
    (void)value_print(tree, &input);
    json_decref(tree);
    (void)client_call(
        c,
        &(struct client_request){.operation = slice_of("services/schema"),
                                 .input = buf_slice(&input)},
        (struct pending_waiter){tell_schema, NULL, f});
    buf_clear(&input);
}

static void ask_next(struct from_call *f)
{
    struct connection *c = connection_of(f);

    if (!c || c->is_closed)
        fail(f, OPERATION_ADAPTER_TRANSPORT, "the connection is gone");
    else if (f->at < f->names.count)
        ask_schema(f, c);
    else
        finish(f);
}

/* [FC-9] How to discover a peer is no service of its that anybody imports. */
static bool is_wanted(const struct from_call *f, struct slice name)
{
    return !slice_starts(name, slice_of("services/")) &&
           (!f->has_filter || strings_has(&f->filter, name));
}

/* Is the list one? What is wanted of it is kept, in its order. */
static bool read_list(struct from_call *f, const json_t *tree)
{
    const json_t *list = json_object_get(tree, "operations");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *name = json_object_get(json_array_get(list, i), "name");

        if (!json_is_string(name))
            return false;
        if (is_wanted(f, value_string(name)))
            strings_add(&f->names, value_string(name));
    }
    return json_is_array(list);
}

static void tell_list(void *self, const struct pending_outcome *outcome)
{
    struct from_call *f = self;
    struct failure ignored;
    json_t *tree;
    bool is_good;

    if (!outcome->is_ok) {
        fail_asking(f, &outcome->error);
        return;
    }
    tree = value_parse(outcome->output, &ignored);
    is_good = read_list(f, tree);
    json_decref(tree);
    if (!is_good)
        fail(f, OPERATION_ADAPTER_SCHEMA_PARSE,
             "the peer's list cannot be read");
    else if (f->names.count > BOUNDS_IMPORT_MAX)
        fail(f, OPERATION_ADAPTER_DISCOVERY_FAILED, "too much to import");
    else
        ask_next(f);
}

void from_call_import(struct connection *c, const struct from_call_terms *terms,
                      struct operation_adapter_waiter waiter)
{
    struct from_call *f = xalloc(1, sizeof *f);

    f->commons = c->commons;
    f->connection = c->serial;
    f->prefix = slice_make(xalloc_copy(terms->prefix), terms->prefix.len);
    f->has_filter = terms->filter != NULL;
    if (terms->filter)
        f->filter = strings_copy(terms->filter);
    f->waiter = waiter;
    (void)client_call(
        c,
        &(struct client_request){.operation = slice_of("services/list"),
                                 .input = slice_of("{}")},
        (struct pending_waiter){tell_list, NULL, f});
}
