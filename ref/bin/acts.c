/* SPDX-License-Identifier: MIT */
/* See acts.h. Each behaviour is one small function in the table at the end. */
#include "ref/bin/acts.h"
#include "ref/base/bounds.h"
#include "ref/base/digest.h"
#include "ref/rules/discovery.h"

#include <stdlib.h>

/* ------------------------------------------------------------- inputs */

/* The member of that name when it is a string; else the call is refused. */
static bool get_string(struct part *p, const char *name, struct slice *ret)
{
    const json_t *member = json_object_get(p->input, name);

    if (!json_is_string(member)) {
        part_refuse(p, "a member that has to be a string is none");
        return false;
    }
    *ret = value_string(member);
    return true;
}

/* The same where it may be left out, which leaves `ret` alone. */
static bool get_string_if_any(struct part *p, const char *name,
                              struct slice *ret)
{
    return !json_object_get(p->input, name) || get_string(p, name, ret);
}

/* Takes that step, first waiting for the release of the tag, if the input has
 * one. */
static void go_on(struct part *p, part_step *step)
{
    struct slice tag = {NULL, 0};

    if (!get_string_if_any(p, "tag", &tag))
        return;
    if (tag.data)
        part_hold(p, tag, step);
    else
        step(p);
}

/* What it has to call, by `operation` and `input`; the text of the latter goes
 * to `text`, which the caller clears. */
static bool get_request(struct part *p, struct slice *ret_operation,
                        struct slice *ret_input, struct buf *text)
{
    const json_t *input = json_object_get(p->input, "input");

    buf_init(text, BOUNDS_BODY_MAX);
    if (!get_string(p, "operation", ret_operation))
        return false;
    *ret_input =
        input && value_print(input, text) ? buf_slice(text) : slice_of("null");
    return true;
}

/* A call.error from {"code","message","retryable","details"?}, the text of the
 * details in `text`, which the caller clears. */
static bool get_error(const json_t *from, struct call_error *ret,
                      struct buf *text)
{
    const json_t *code = json_object_get(from, "code");
    const json_t *message = json_object_get(from, "message");
    const json_t *retryable = json_object_get(from, "retryable");
    const json_t *details = json_object_get(from, "details");

    buf_init(text, BOUNDS_BODY_MAX);
    if (!json_is_string(code) || !json_is_string(message) ||
        !json_is_boolean(retryable))
        return false;
    *ret = (struct call_error){.code = value_string(code),
                               .message = value_string(message),
                               .retryable = json_is_true(retryable)};
    if (details && value_print(details, text))
        ret->details = buf_slice(text);
    return true;
}

/* ------------------------------------------------------------- identities */

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

/* ------------------------------------------------------------- one answer */

static void play_echo(const struct acts_scene *s)
{
    part_respond(s->part, s->text);
}

/* Fails with the error that is described there. */
static void fail_as(struct part *p, const json_t *description)
{
    struct call_error e;
    struct buf text;

    if (get_error(description, &e, &text))
        part_fail(p, &e);
    else
        part_refuse(p, "expected an error: code and message, strings, and "
                       "retryable, true or false");
    buf_clear(&text);
}

static void play_fail(const struct acts_scene *s)
{
    fail_as(s->part, s->part->input);
}

static void play_panic(const struct acts_scene *s)
{
    part_break_down(s->part);
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

    if (!get_string(s->part, "data", &data))
        return;
    digest_sha256(data, digest);
    output = json_object();
    json_object_set_new(output, "length", json_integer((json_int_t)data.len));
    json_object_set_new(output, "sha256",
                        hex_tree(slice_make(digest, sizeof digest)));
    part_answer(s->part, output);
}

static void count(struct part *p)
{
    size_t n = tally_count(&p->parts->counts,
                           value_string(json_object_get(p->input, "key")));

    part_answer(p, json_pack("{s:I}", "count", (json_int_t)n));
}

static void play_count(const struct acts_scene *s)
{
    struct slice key;

    if (get_string(s->part, "key", &key))
        go_on(s->part, count);
}

static void tell_tag(struct part *p)
{
    part_answer(p, json_pack("{s:O}", "tag", json_object_get(p->input, "tag")));
}

static void play_hold(const struct acts_scene *s)
{
    struct slice tag;

    if (get_string(s->part, "tag", &tag))
        part_hold(s->part, tag, tell_tag);
}

static void play_identity(const struct acts_scene *s)
{
    json_t *output = json_object();

    json_object_set_new(output, "identity",
                        acts_identity(s->context->identity));
    json_object_set_new(output, "forwarded_for",
                        acts_claim(s->context->forwarded_for));
    part_answer(s->part, output);
}

/* ------------------------------------------------------------- owning */

static int by_text(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* {"owns": the ids of that type that it owns now, sorted} */
static void tell_owned(struct part *p, const struct identity *who,
                       struct slice type)
{
    struct access_owners book = ownership_owners(p->parts->ownership);
    struct strings ids = book.owned(book.self, who, type);
    json_t *list = json_array();

    if (ids.count)
        qsort(ids.items, ids.count, sizeof *ids.items, by_text);
    for (size_t i = 0; i < ids.count; i++)
        json_array_append_new(list, value_new_string(ids.items[i]));
    strings_clear(&ids);
    part_answer(p, json_pack("{s:o}", "owns", list));
}

/* What is to be owned, or no more. */
static bool get_resource(struct part *p, struct slice *ret_type,
                         struct slice *ret_id, bool *ret_revoke)
{
    const json_t *revoke = json_object_get(p->input, "revoke");

    if (!get_string(p, "resource_type", ret_type) ||
        !get_string(p, "resource_id", ret_id))
        return false;
    *ret_revoke = json_is_true(revoke);
    if (revoke && !json_is_boolean(revoke))
        part_refuse(p, "revoke: expected true or false");
    return !revoke || json_is_boolean(revoke);
}

static void own(struct part *p, const struct identity *who)
{
    struct ownership *book = p->parts->ownership;
    struct slice type, id;
    struct failure f;
    bool must_revoke;

    if (!get_resource(p, &type, &id, &must_revoke))
        return;
    if (must_revoke ? ownership_revoke(book, type, id, &f)
                    : ownership_record(book, who->id, type, id, &f))
        tell_owned(p, who, type);
    else
        part_fail_with(p, CALL_ERROR_INTERNAL, f.sentence);
}

static void play_own(const struct acts_scene *s)
{
    if (!s->context->identity)
        part_refuse(s->part, "nobody cannot own anything");
    else if (!s->part->parts->ownership)
        part_fail_with(s->part, CALL_ERROR_INTERNAL,
                       "who owns what is not kept here");
    else
        own(s->part, s->context->identity);
}

/* ------------------------------------------------------------- asking */

static void play_callback(const struct acts_scene *s)
{
    struct client_request request = {.auth_token = {NULL, 0}};
    struct buf text;

    if (get_request(s->part, &request.operation, &request.input, &text))
        part_call(s->part, &request);
    buf_clear(&text);
}

/* [AB-5] The policy that is asked for; none: that of its own call. */
static bool get_policy(struct part *p, struct composing_request *ret)
{
    static const char *const names[] = {
        [CALLTREE_ABORT_DEPENDENTS] = "abort-dependents",
        [CALLTREE_CONTINUE_RUNNING] = "continue-running"};
    struct slice name = {NULL, 0};

    if (!get_string_if_any(p, "policy", &name))
        return false;
    ret->has_policy = name.data != NULL;
    for (unsigned i = 0; ret->has_policy && i < 2; i++)
        if (slice_equal(name, slice_of(names[i]))) {
            ret->policy = (enum calltree_policy)i;
            return true;
        }
    if (ret->has_policy)
        part_refuse(p, "policy: expected abort-dependents or "
                       "continue-running");
    return !ret->has_policy;
}

static void compose(struct part *p)
{
    struct composing_request request = {.has_policy = false};
    struct buf text;

    if (get_request(p, &request.operation, &request.input, &text) &&
        get_string_if_any(p, "peer", &request.peer.id) &&
        get_policy(p, &request))
        part_compose(p, &request);
    buf_clear(&text);
}

/* What it has to do is looked at before it waits. */
static void play_compose(const struct acts_scene *s)
{
    struct composing_request unused;
    struct slice operation;

    if (get_string(s->part, "operation", &operation) &&
        get_string_if_any(s->part, "peer", &unused.peer.id) &&
        get_policy(s->part, &unused))
        go_on(s->part, compose);
}

/* ------------------------------------------------------------- a stream */

static bool is_error(const json_t *description)
{
    struct call_error unused;
    struct buf text;
    bool is_good = get_error(description, &unused, &text);

    buf_clear(&text);
    return is_good;
}

static bool check_source(const json_t *input, struct failure *f)
{
    const json_t *items, *size, *tag, *error, *insists;
    const struct value_field fields[] = {
        {"items", VALUE_INTEGER, true, &items},
        {"size", VALUE_INTEGER, false, &size},
        {"tag", VALUE_STRING, false, &tag},
        {"error", VALUE_OBJECT, false, &error},
        {"insists", VALUE_BOOL, false, &insists},
    };

    if (!value_fields(input, fields, sizeof fields / sizeof *fields, f))
        return false;
    if (size && json_integer_value(size) > (json_int_t)BOUNDS_BODY_MAX)
        return failure_say(f, "size: no frame is as long");
    return !error || is_error(error) || failure_say(f, "error: it is none");
}

/* Looks at its input, and waits to be asked. */
static void play_source(const struct acts_scene *s)
{
    struct failure f;

    if (check_source(s->part->input, &f))
        s->part->wait = PART_ROOM;
    else
        part_refuse(s->part, f.sentence);
}

static void give_item(struct part *p)
{
    const json_t *size = json_object_get(p->input, "size");
    json_t *item = json_pack("{s:I}", "i", p->step++);
    size_t len = (size_t)json_integer_value(size);
    struct buf data;

    buf_init(&data, len);
    while (data.len < len)
        buf_put_byte(&data, 'x');
    if (size)
        json_object_set_new(item, "data", value_new_string(buf_slice(&data)));
    buf_clear(&data);
    part_item(p, item);
}

static void end_source(struct part *p)
{
    const json_t *error = json_object_get(p->input, "error");

    if (!error) {
        part_complete(p);
        return;
    }
    fail_as(p, error);
    if (json_is_true(json_object_get(p->input, "insists"))) {
        give_item(p); /* [SU-5] nobody may see this, nor the next */
        part_complete(p);
    }
}

static void step_source(struct part *p)
{
    if (p->step < json_integer_value(json_object_get(p->input, "items")))
        give_item(p);
    else
        end_source(p);
}

static void pull_source(struct part *p)
{
    go_on(p, step_source);
}

/* ------------------------------------------------------------- all of them */

/* The closed list. */
static const struct acts_act acts[] = {
    {"conf/echo", play_echo, NULL, NULL, false},
    {"conf/fail", play_fail, NULL, NULL, true},
    {"conf/sink", play_sink, NULL, NULL, true},
    {"conf/count", play_count, NULL, NULL, true},
    {"conf/hold", play_hold, NULL, NULL, true},
    {"conf/callback", play_callback, NULL, NULL, true},
    {"conf/panic", play_panic, NULL, NULL, false},
    {"conf/source", play_source, pull_source, NULL, true},
    {"conf/compose", play_compose, NULL, NULL, true},
    {"conf/own", play_own, NULL, NULL, true},
    {"conf/unsafe", play_count, NULL, NULL, true},
    {"conf/identity", play_identity, NULL, NULL, false},
    {"conf/guarded", play_echo, NULL, NULL, false},
    {"conf/hidden", play_echo, NULL, NULL, false},
    {"services/list", NULL, NULL, discovery_list, false},
    {"services/schema", NULL, NULL, discovery_schema, false},
    {"services/list-peers", NULL, NULL, discovery_list_peers, false},
};

const struct acts_act *acts_find(struct slice name)
{
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (slice_equal(slice_of(acts[i].name), name))
            return &acts[i];
    return NULL;
}
