/* SPDX-License-Identifier: MIT */
/* See acts.h. Each behaviour is one small function in the table at the end. */
#include "ref/bin/acts.h"
#include "ref/base/bounds.h"
#include "ref/base/digest.h"
#include "ref/base/xalloc.h"
#include "ref/rules/discovery.h"

void acts_answer(struct handler_call call, json_t *output)
{
    struct buf text;

    buf_init(&text, BOUNDS_BODY_MAX);
    if (value_print(output, &text))
        handler_respond(call, buf_slice(&text));
    buf_clear(&text);
    json_decref(output);
}

static void refuse_input(const struct acts_scene *s, const char *why)
{
    const struct call_error e =
        call_error_make(CALL_ERROR_INVALID_INPUT, slice_of(why));

    handler_fail(s->call, &e);
}

/* The member of that name when it is a string; else the call is refused. */
static bool get_string(const struct acts_scene *s, const char *name,
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

json_t *acts_identity(const struct identity *who)
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

json_t *acts_claim(const struct identity *who)
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

static void play_echo(const struct acts_scene *s)
{
    handler_respond(s->call, s->text);
}

static void play_fail(const struct acts_scene *s)
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

static void play_sink(const struct acts_scene *s)
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
    acts_answer(s->call, output);
}

static void play_count(const struct acts_scene *s)
{
    struct slice key;
    size_t n;

    if (!get_string(s, "key", &key))
        return;
    n = s->props->count(s->props->self, key);
    acts_answer(s->call, json_pack("{s:I}", "count", (json_int_t)n));
}

static void play_hold(const struct acts_scene *s)
{
    struct slice tag;

    if (get_string(s, "tag", &tag))
        s->props->hold(s->props->self, tag, s->call);
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

static void play_callback(const struct acts_scene *s)
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

static void play_identity(const struct acts_scene *s)
{
    json_t *output = json_object();

    json_object_set_new(output, "identity",
                        acts_identity(s->context->identity));
    json_object_set_new(output, "forwarded_for",
                        acts_claim(s->context->forwarded_for));
    acts_answer(s->call, output);
}

/* The closed list. */
static const struct acts_act acts[] = {
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

const struct acts_act *acts_find(struct slice name)
{
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (slice_equal(slice_of(acts[i].name), name))
            return &acts[i];
    return NULL;
}
