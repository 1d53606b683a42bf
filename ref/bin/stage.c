/* SPDX-License-Identifier: MIT */
/*
 * A handler never differs by its operation's name, only by its behaviour, and
 * what it does is said in its input. Each behaviour is one small function in
 * the table at the end; enter() stands before all of them, so that nothing can
 * happen in a handler that was not reported first.
 */
#include "ref/bin/stage.h"
#include "ref/base/bounds.h"
#include "ref/base/digest.h"
#include "ref/base/xalloc.h"
#include "ref/rules/discovery.h"

struct act; /* one behaviour, see the table */

/* One registration's handler: which behaviour, on which stage. */
struct player {
    struct stage *stage;   /* borrowed */
    const struct act *act; /* static */
    struct handler inner;  /* of the protocol's own operations */
    struct player *next;   /* of the stage's */
};

/* A conf/hold that waits. */
struct held {
    struct slice tag;         /* owned */
    struct handler_call call; /* to be answered */
    struct held *next;
};

struct stage {
    struct stage_report report; /* to whom */
    struct table runs;          /* operation -> size_t, owned */
    struct table counts;        /* key of conf/count -> size_t, owned */
    struct held *held;          /* owned, oldest first */
    struct player *players;     /* owned */
};

/* What a behaviour is called with: all borrowed until it returns. */
struct scene {
    struct player *player;
    const struct context *context;
    struct slice text;   /* the input as it came */
    const json_t *input; /* the same as a tree, NULL when it has none */
    struct handler_call call;
};

struct act {
    const char *name;
    void (*play)(const struct scene *s); /* NULL: the protocol's own */
    struct handler (*own)(const struct registry *registry);
    bool needs_tree; /* does it look into its input? */
};

static size_t increase(struct table *t, struct slice key)
{
    size_t *n = table_find(t, key);

    if (!n) {
        n = xalloc(1, sizeof *n);
        table_add(t, key, n);
    }
    return ++*n;
}

static void clear_counts(struct table *t)
{
    for (struct table_entry *e = table_first(t); e; e = table_next(e))
        xalloc_free(e->value);
    table_clear(t);
}

/* ------------------------------------------------------------- answers */

static void answer(const struct scene *s, json_t *output)
{
    struct buf text;

    buf_init(&text, BOUNDS_BODY_MAX);
    if (value_print(output, &text))
        handler_respond(s->call, buf_slice(&text));
    buf_clear(&text);
    json_decref(output);
}

static void refuse_input(const struct scene *s, const char *why)
{
    const struct call_error e =
        call_error_make(CALL_ERROR_INVALID_INPUT, slice_of(why));

    handler_fail(s->call, &e);
}

/* The member of that name when it is a string; else the call is refused. */
static bool get_string(const struct scene *s, const char *name,
                       struct slice *ret)
{
    const json_t *member = json_object_get(s->input, name);

    if (!json_is_string(member)) {
        refuse_input(s, "a member that has to be a string is none");
        return false;
    }
    *ret = value_string(member);
    return true;
}

/* ------------------------------------------------------------- behaviours */

static void play_echo(const struct scene *s)
{
    handler_respond(s->call, s->text);
}

static void play_fail(const struct scene *s)
{
    const json_t *retryable = json_object_get(s->input, "retryable");
    const json_t *details = json_object_get(s->input, "details");
    struct call_error e = {.retryable = json_is_true(retryable)};
    struct buf text;

    if (!get_string(s, "code", &e.code) ||
        !get_string(s, "message", &e.message))
        return;
    if (!json_is_boolean(retryable)) {
        refuse_input(s, "retryable has to be true or false");
        return;
    }
    buf_init(&text, BOUNDS_BODY_MAX);
    if (details && value_print(details, &text))
        e.details = buf_slice(&text);
    handler_fail(s->call, &e);
    buf_clear(&text);
}

static json_t *hex_tree(struct slice bytes)
{
    struct buf text;
    json_t *tree;

    buf_init(&text, 2 * bytes.len);
    buf_put_hex(&text, bytes);
    tree = value_new_string(buf_slice(&text));
    buf_clear(&text);
    return tree;
}

static void play_sink(const struct scene *s)
{
    uint8_t digest[DIGEST_LEN];
    struct slice data;
    json_t *output;

    if (!get_string(s, "data", &data))
        return;
    digest_sha256(data, digest);
    output = json_object();
    json_object_set_new(output, "length", json_integer((json_int_t)data.len));
    json_object_set_new(output, "sha256",
                        hex_tree(slice_make(digest, sizeof digest)));
    answer(s, output);
}

static void play_count(const struct scene *s)
{
    struct slice key;
    size_t n;

    if (!get_string(s, "key", &key))
        return;
    n = increase(&s->player->stage->counts, key);
    answer(s, json_pack("{s:I}", "count", (json_int_t)n));
}

static void play_hold(const struct scene *s)
{
    struct held **end = &s->player->stage->held;
    struct slice tag;

    if (!get_string(s, "tag", &tag))
        return;
    while (*end)
        end = &(*end)->next;
    *end = xalloc(1, sizeof **end);
    (*end)->tag = slice_make(xalloc_copy(tag), tag.len);
    (*end)->call = s->call;
}

/* The one who waits for the answer of a conf/callback. */
struct callback {
    struct handler_call call; /* to be answered with it */
};

static void answer_callback(void *self, const struct pending_outcome *outcome)
{
    struct callback *waiting = self;
    struct buf text;

    buf_init(&text, 2 * (size_t)BOUNDS_BODY_MAX);
    if (outcome->is_ok) {
        buf_put(&text, "{\"output\":");
        buf_put_slice(&text, outcome->output);
    } else {
        buf_put(&text, "{\"error\":");
        (void)call_error_print(&outcome->error, &text);
    }
    buf_put(&text, "}");
    handler_respond(waiting->call, buf_slice(&text));
    buf_clear(&text);
    xalloc_free(waiting);
}

static void play_callback(const struct scene *s)
{
    const json_t *input = json_object_get(s->input, "input");
    struct client_request request = {.input = slice_of("null")};
    struct callback *waiting;
    struct buf text;

    if (!get_string(s, "operation", &request.operation))
        return;
    buf_init(&text, BOUNDS_BODY_MAX);
    if (input && value_print(input, &text))
        request.input = buf_slice(&text);
    waiting = xalloc(1, sizeof *waiting);
    waiting->call = s->call;
    node_call(s->context->origin, &request,
              (struct pending_waiter){answer_callback, waiting});
    buf_clear(&text);
}

json_t *stage_identity(const struct identity *who)
{
    json_t *tree, *scopes;

    if (!who)
        return json_null();
    scopes = json_array();
    for (size_t i = 0; i < who->scopes.count; i++)
        json_array_append_new(scopes, value_new_string(who->scopes.items[i]));
    tree = json_object();
    json_object_set_new(tree, "id", value_new_string(who->id));
    json_object_set_new(tree, "scopes", scopes);
    return tree;
}

static json_t *claim_tree(const struct identity *who)
{
    struct failure ignored;
    struct buf text;
    json_t *tree = NULL;

    buf_init(&text, BOUNDS_BODY_MAX);
    if (who && identity_print(who, &text))
        tree = value_parse(buf_slice(&text), &ignored);
    buf_clear(&text);
    return tree ? tree : json_null();
}

static void play_identity(const struct scene *s)
{
    json_t *output = json_object();

    json_object_set_new(output, "identity",
                        stage_identity(s->context->identity));
    json_object_set_new(output, "forwarded_for",
                        claim_tree(s->context->forwarded_for));
    answer(s, output);
}

/* The closed list. */
static const struct act acts[] = {
    {"conf/echo", play_echo, NULL, false},
    {"conf/fail", play_fail, NULL, true},
    {"conf/sink", play_sink, NULL, true},
    {"conf/count", play_count, NULL, true},
    {"conf/hold", play_hold, NULL, true},
    {"conf/callback", play_callback, NULL, true},
    {"conf/unsafe", play_count, NULL, true},
    {"conf/identity", play_identity, NULL, false},
    {"conf/guarded", play_echo, NULL, false},
    {"conf/hidden", play_echo, NULL, false},
    {"services/list", NULL, discovery_list, false},
    {"services/schema", NULL, discovery_schema, false},
};

#define ACTS (sizeof acts / sizeof *acts)

/* ------------------------------------------------------------- handlers */

static json_t *names_tree(const struct capabilities *c)
{
    json_t *names = json_array();

    for (size_t i = 0; i < capabilities_count(c); i++)
        json_array_append_new(names, value_new_string(capabilities_name(c, i)));
    return names;
}

/* The witness. Names of capabilities are told, never their texts [CP-2]. */
static void enter(struct stage *stage, const struct context *context)
{
    const struct stage_report *r = &stage->report;
    json_t *event;

    (void)increase(&stage->runs, context->operation);
    if (!r->entered)
        return;
    event = json_object();
    json_object_set_new(event, "ev", json_string("handler_entered"));
    json_object_set_new(
        event, "conn",
        json_string(r->connection(r->self, context->origin.serial)));
    json_object_set_new(event, "operation",
                        value_new_string(context->operation));
    json_object_set_new(event, "id", value_new_string(context->request_id));
    json_object_set_new(event, "identity", stage_identity(context->identity));
    json_object_set_new(event, "forwarded_for",
                        claim_tree(context->forwarded_for));
    json_object_set_new(event, "capabilities",
                        names_tree(context->capabilities));
    r->entered(r->self, event);
}

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    struct player *p = self;
    struct failure ignored;
    json_t *tree = NULL;
    struct scene scene = {p, context, input, NULL, call};

    enter(p->stage, context);
    if (p->inner.start) {
        p->inner.start(p->inner.self, context, input, call);
        return;
    }
    if (p->act->needs_tree)
        tree = value_parse(input, &ignored);
    scene.input = tree;
    p->act->play(&scene);
    json_decref(tree);
}

static void forget_held(struct stage *s, uint64_t serial)
{
    struct held **at = &s->held;

    while (*at && (*at)->call.serial != serial)
        at = &(*at)->next;
    if (*at) {
        struct held *h = *at;

        *at = h->next;
        xalloc_free((void *)(uintptr_t)h->tag.data);
        xalloc_free(h);
    }
}

/* Nobody waits for the answer any more. */
static void stop(void *self, struct handler_call call)
{
    struct player *p = self;

    forget_held(p->stage, call.serial);
}

bool stage_handler(struct stage *s, struct slice behaviour,
                   const struct registry *registry, struct handler *ret)
{
    const struct act *act = acts;
    struct player *p;

    while (act < acts + ACTS && !slice_equal(slice_of(act->name), behaviour))
        act++;
    if (act == acts + ACTS)
        return false;
    p = xalloc(1, sizeof *p);
    p->stage = s;
    p->act = act;
    if (act->own)
        p->inner = act->own(registry);
    p->next = s->players;
    s->players = p;
    *ret = (struct handler){start, stop, p};
    return true;
}

/* ------------------------------------------------------------- the stage */

struct stage *stage_new(const struct stage_report *report)
{
    struct stage *s = xalloc(1, sizeof *s);

    s->report = *report;
    return s;
}

void stage_free(struct stage *s)
{
    if (!s)
        return;
    while (s->held)
        forget_held(s, s->held->call.serial);
    while (s->players) {
        struct player *p = s->players;

        s->players = p->next;
        xalloc_free(p);
    }
    clear_counts(&s->runs);
    clear_counts(&s->counts);
    xalloc_free(s);
}

static struct held *take_held(struct stage *s, struct slice tag)
{
    struct held **at = &s->held, *h;

    while (*at && !slice_equal((*at)->tag, tag))
        at = &(*at)->next;
    h = *at;
    if (h)
        *at = h->next;
    return h;
}

size_t stage_release(struct stage *s, struct slice tag)
{
    size_t released = 0;
    struct held *h;

    while ((h = take_held(s, tag))) {
        json_t *output = json_object();
        struct scene scene = {.call = h->call};

        json_object_set_new(output, "tag", value_new_string(h->tag));
        answer(&scene, output);
        xalloc_free((void *)(uintptr_t)h->tag.data);
        xalloc_free(h);
        released++;
    }
    return released;
}

size_t stage_held(const struct stage *s)
{
    size_t count = 0;

    for (const struct held *h = s->held; h; h = h->next)
        count++;
    return count;
}

json_t *stage_runs(const struct stage *s)
{
    json_t *runs = json_object();

    for (struct table_entry *e = table_first(&s->runs); e; e = table_next(e)) {
        const size_t *n = e->value;

        json_object_setn_new(runs, (const char *)e->key.data, e->key.len,
                             json_integer((json_int_t)*n));
    }
    return runs;
}
