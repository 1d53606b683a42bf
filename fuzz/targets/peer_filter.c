/* SPDX-License-Identifier: MIT */
/*
 * A small registry, a connection with its terms, and a caller: what may it call
 * and what is it shown? truth() is the table of the specification. A refusal
 * because of the filter or the visibility has to be, byte by byte, that of an
 * operation that is not there, from dispatch and from services/schema; and an
 * operation is listed exactly when some input gets through.
 */
#include "fuzz/broken.h"
#include "fuzz/feed.h"
#include "fuzz/target.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"
#include "ref/rules/discovery.h"
#include "ref/state/ownership.h"

#define NAMES 4 /* that may be there; as many are asked for */
#define IDS 2   /* of resources of one type */

/* An operation as the input makes it. */
struct op {
    bool exists, is_internal, is_safe, is_stream;
    bool wants_scope, wants_resource, names_it;
};

struct world {
    struct op ops[NAMES];
    struct peer_filter_terms terms;
    bool is_known, has_scope, has_resource; /* the caller */
    bool is_kept;                           /* who owns what … */
    bool owns[IDS];                         /* … and does the caller? */
    bool is_composed; /* asked by a handler, not from the wire */
    struct registry registry;
    struct ownership book;
    struct access_owners owners;
    struct identity who;
    struct context context;
};

/* ------------------------------------------------- what is true */

enum answer { RUNS, NOT_FOUND, FORBIDDEN, WRONG_TYPE };

static const struct {
    const char *input;
    int id; /* that it names; IDS: none */
} inputs[] = {{"{\"id\":\"0\"}", 0}, {"{\"id\":\"1\"}", 1}, {"{}", IDS}};

#define INPUTS (sizeof inputs / sizeof *inputs)

static bool is_seen(const struct world *w, const struct op *op)
{
    return op->exists && (op->is_safe || !w->terms.is_dialled ||
                          w->terms.is_trusted || w->terms.is_peer_graph);
}

static bool passes(const struct world *w, const struct op *op, int id)
{
    if (!op->wants_scope && !op->wants_resource)
        return true;
    if (!w->is_known || (op->wants_scope && !w->has_scope))
        return false;
    if (!op->wants_resource)
        return true;
    if (!w->is_kept)
        return w->has_resource;
    if (!op->names_it)
        return w->owns[0] || w->owns[1];
    return id < IDS && w->owns[id];
}

static enum answer truth(const struct world *w, const struct op *op, int id)
{
    if (!is_seen(w, op) || (op->is_internal && !w->is_composed))
        return NOT_FOUND;
    if (!passes(w, op, id))
        return FORBIDDEN;
    return op->is_stream && w->is_composed ? WRONG_TYPE : RUNS;
}

/* [SL-2, SL-3] Is there an input with which it runs from the wire? */
static bool is_listed(const struct world *w, const struct op *op)
{
    bool is_let = false;

    for (size_t i = 0; i < INPUTS; i++)
        is_let |= passes(w, op, inputs[i].id);
    return is_let && is_seen(w, op) && !op->is_internal;
}

/* ------------------------------------------------- a world is made */

static struct slice name_of(size_t i)
{
    static const char *const names[NAMES] = {"a/b", "a", "A/b", "services/x"};

    return slice_of(names[i]);
}

static struct slice own(const char *text)
{
    return slice_make(xalloc_copy(slice_of(text)), strlen(text));
}

/* The operations are asked about and never run. */
static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    (void)self, (void)context, (void)input, (void)call;
    broken_unless(false, "CK-3", "a handler was run by a check");
}

static void pull(void *self, struct handler_call call)
{
    (void)self, (void)call;
    broken_unless(false, "CK-3", "a handler was run by a check");
}

static void add(struct world *w, size_t i)
{
    const struct op *op = &w->ops[i];
    struct registration r = {.spec = spec_plain(name_of(i)),
                             .handler = {.start = start},
                             .is_remote_safe = op->is_safe};
    struct failure why = {""};
    bool is_added;

    if (op->is_internal)
        r.spec.visibility = SPEC_INTERNAL;
    if (op->is_stream) {
        r.spec.op_type = SPEC_SUBSCRIPTION;
        r.handler.pull = pull;
    }
    if (op->wants_scope)
        strings_add(&r.spec.access.required_scopes, slice_of("s"));
    if (op->wants_resource)
        r.spec.access.resource_type = own("t");
    if (op->names_it)
        r.spec.resource_id_path = own("$.id");
    is_added = registry_add_take(&w->registry, &r, &why);
    broken_unless(is_added, "OS-8", "%s", why.sentence);
}

static void take_op(struct world *w, struct feed *f, size_t i)
{
    uint8_t bits = feed_byte(f);

    w->ops[i] = (struct op){.exists = bits & 1,
                            .is_internal = bits & 2,
                            .is_safe = bits & 4,
                            .is_stream = bits & 8,
                            .wants_scope = bits & 16,
                            .wants_resource = bits & 32,
                            .names_it = bits & 64};
    if (w->ops[i].exists)
        add(w, i);
}

static void take_caller(struct world *w, struct feed *f)
{
    uint8_t bits = feed_byte(f);

    w->is_known = bits & 1;
    w->has_scope = bits & 2;
    w->has_resource = bits & 4;
    w->is_kept = bits & 8;
    w->owns[0] = bits & 16;
    w->owns[1] = bits & 32;
    w->is_composed = bits & 64;
    w->who.id = own("alice");
    if (w->has_scope)
        strings_add(&w->who.scopes, slice_of("s"));
    if (w->has_resource) {
        w->who.resources = xalloc(1, sizeof *w->who.resources);
        w->who.resource_count = 1;
        w->who.resources[0].type = own("t");
        strings_add(&w->who.resources[0].values, slice_of("read"));
    }
    for (int i = 0; i < IDS && w->is_kept; i++) {
        struct failure ignored;

        (void)ownership_record(&w->book, slice_of(w->owns[i] ? "alice" : "bob"),
                               slice_of("t"), slice_of(i ? "1" : "0"),
                               &ignored);
    }
}

static void draw(void *self, uint8_t *bytes, size_t len)
{
    (void)self;
    memset(bytes, 0x5a, len);
}

static void make(struct world *w, struct feed *f)
{
    static const struct entropy_source entropy = {draw, NULL};
    struct failure why = {""};
    uint8_t bits = feed_byte(f);

    *w = (struct world){
        .terms = {.is_dialled = bits & 1,
                  .is_trusted = bits & 2,
                  .is_peer_graph = bits & 4},
    };
    ownership_init(&w->book, &entropy);
    w->owners = ownership_owners(&w->book);
    take_caller(w, f);
    for (size_t i = 0; i < NAMES; i++)
        take_op(w, f, i);
    if (!discovery_register(&w->registry, &why))
        broken_unless(false, "SD-1", "%s", why.sentence);
    registry_seal(&w->registry);
    w->context = (struct context){
        .identity = w->is_known ? &w->who : NULL,
        .owners = w->is_kept ? &w->owners : NULL,
        .filter = peer_filter_of(w->terms),
        .is_internal = w->is_composed,
    };
}

static void unmake(struct world *w)
{
    registry_clear(&w->registry);
    ownership_clear(&w->book);
    identity_clear(&w->who);
}

/* ------------------------------------------------- asking dispatch */

static bool is_same_error(const struct call_error *a,
                          const struct call_error *b)
{
    return slice_equal(a->code, b->code) &&
           slice_equal(a->message, b->message) &&
           a->retryable == b->retryable && slice_equal(a->details, b->details);
}

/* What is said of an operation of that name that is nowhere. */
static bool is_as_absent(const struct context *context,
                         const struct call_error *error)
{
    struct buf scratch;
    struct call_error absent;
    bool is_same;

    buf_init(&scratch, BOUNDS_BODY_MAX);
    is_same =
        !dispatch_check(NULL, context, slice_of("null"), &scratch, &absent) &&
        is_same_error(error, &absent);
    buf_clear(&scratch);
    return is_same;
}

static void check_call(const struct world *w, size_t i, size_t input)
{
    static const char *const codes[] = {[NOT_FOUND] = "NOT_FOUND",
                                        [FORBIDDEN] = "FORBIDDEN",
                                        [WRONG_TYPE] =
                                            "INVALID_OPERATION_TYPE"};
    enum answer wanted = truth(w, &w->ops[i], inputs[input].id);
    struct context context = w->context;
    struct call_error error;
    struct buf scratch;
    bool is_let;

    buf_init(&scratch, BOUNDS_BODY_MAX);
    context.operation = name_of(i);
    is_let = dispatch_check(registry_find(&w->registry, name_of(i)), &context,
                            slice_of(inputs[input].input), &scratch, &error);
    broken_unless(is_let == (wanted == RUNS), "LG-3", "operation %zu %s", i,
                  is_let ? "is run" : "is refused");
    if (!is_let) {
        broken_unless(slice_equal(error.code, slice_of(codes[wanted])), "CK-2",
                      "%.*s instead of %s", (int)error.code.len,
                      (const char *)error.code.data, codes[wanted]);
        broken_unless(wanted != NOT_FOUND || is_as_absent(&context, &error),
                      "LG-5", "what is hidden is told from what is absent");
    }
    buf_clear(&scratch);
}

/* ------------------------------------------------- asking discovery */

/* What a handler said. */
struct told {
    struct buf text; /* its output, or the payload of the error */
    bool is_error;
    int count; /* how often */
};

static void take_told(void *self, uint64_t serial,
                      const struct handler_answer *answer)
{
    struct told *told = self;

    (void)serial;
    told->count++;
    told->is_error = answer->saying != HANDLER_OUTPUT;
    buf_reset(&told->text);
    if (told->is_error)
        (void)call_error_print(answer->error, &told->text);
    else
        (void)buf_add(&told->text, answer->output);
}

/* The contents of `told` are the caller's. */
static void ask(const struct world *w, const char *operation,
                struct slice input, struct told *told)
{
    const struct registration *r =
        registry_find(&w->registry, slice_of(operation));
    struct handler_desk desk = {take_told, told};

    *told = (struct told){.is_error = false};
    buf_init(&told->text, BOUNDS_BODY_MAX);
    r->handler.start(r->handler.self, &w->context, input,
                     (struct handler_call){&desk, 1});
    broken_unless(told->count == 1, "SD-1", "%s answers %d times", operation,
                  told->count);
}

static bool is_in(const json_t *operations, struct slice name)
{
    for (size_t i = 0; i < json_array_size(operations); i++) {
        const json_t *entry = json_array_get(operations, i);

        if (slice_equal(value_string(json_object_get(entry, "name")), name))
            return true;
    }
    return false;
}

static void check_list(const struct world *w)
{
    size_t count = 2; /* discovery itself is open and safe */
    struct failure why = {""};
    const json_t *operations;
    struct told told;
    json_t *tree;

    ask(w, "services/list", slice_of("null"), &told);
    tree = value_parse(buf_slice(&told.text), &why);
    operations = json_object_get(tree, "operations");
    broken_unless(!told.is_error && operations, "SL-1", "no list: %s",
                  why.sentence);
    for (size_t i = 0; i < NAMES; i++) {
        bool is_wanted = is_listed(w, &w->ops[i]);

        count += is_wanted;
        broken_unless(is_in(operations, name_of(i)) == is_wanted, "LG-8",
                      "operation %zu is %slisted", i, is_wanted ? "not " : "");
    }
    broken_unless(json_array_size(operations) == count, "SL-2",
                  "something else is listed");
    json_decref(tree);
    buf_clear(&told.text);
}

/* The whole answer about a name that is nowhere. */
static void put_absent(struct slice name, struct buf *out)
{
    buf_put(out, "{\"code\":\"NOT_FOUND\",\"message\":\"operation not found: ");
    buf_put_slice(out, name);
    buf_put(out, "\",\"retryable\":false}");
}

static void check_schema(const struct world *w, size_t i)
{
    struct buf text;
    struct told told;

    buf_init(&text, BOUNDS_BODY_MAX);
    buf_put(&text, "{\"name\":\"/");
    buf_put_slice(&text, name_of(i));
    buf_put(&text, "\"}");
    ask(w, "services/schema", buf_slice(&text), &told);
    broken_unless(told.is_error != is_listed(w, &w->ops[i]), "SS-4",
                  "the schema of operation %zu is %s", i,
                  told.is_error ? "refused" : "shown");
    buf_reset(&text);
    put_absent(name_of(i), &text);
    broken_unless(!told.is_error ||
                      slice_equal(buf_slice(&told.text), buf_slice(&text)),
                  "SS-4", "what is not shown is told from what is absent");
    buf_clear(&told.text);
    buf_clear(&text);
}

static void run(struct slice input)
{
    struct feed feed = {input};
    struct world w;

    make(&w, &feed);
    for (size_t i = 0; i < NAMES; i++) {
        for (size_t k = 0; k < INPUTS; k++)
            check_call(&w, i, k);
        check_schema(&w, i);
    }
    check_list(&w);
    unmake(&w);
}

static void setup(void)
{
    value_setup(1);
}

const struct target target_peer_filter = {
    .name = "peer_filter",
    .promise = "What a connection may not see is not there, byte by byte, and "
               "what is listed is what can be called.",
    .rules = "LG-3 LG-5 LG-8 CK-2 CK-3 OS-8 SD-1 SL-1 SL-2 SS-4",
    .setup = setup,
    .run = run,
};
