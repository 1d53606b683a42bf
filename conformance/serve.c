/* SPDX-License-Identifier: MIT */
/*
 * We as the callee: what the behaviours do that a mirrored case calls here.
 * What the testee asks for is what a case made it ask for; what does not fit is
 * INVALID_INPUT.
 */
#include "conformance/ask.h"

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/sub.h"

#define ITEMS_MAX 100000u
#define DATA_MAX (BACKSTAGE_WINDOW / 2)
#define ENVELOPE_ROOM 4096u /* an item without its data */

static struct scene *scene_of(const struct ask_request *r)
{
    return r->stream->conn->scene;
}

static const char *printed(struct scene *s, const struct json *v)
{
    return v ? scene_string(s, v->source) : "null";
}

static void refuse(const struct ask_request *r)
{
    ask_fail(r, "INVALID_INPUT", false, NULL);
}

static void serve_echo(const struct ask_request *r)
{
    ask_respond(r, printed(scene_of(r), r->input));
}

static void serve_sink(const struct ask_request *r)
{
    struct slice data = {0};
    char hash[TRANSCRIPT_HASH_LEN];

    (void)json_get_text(json_find(r->input, "data"), &data);
    transcript_digest(data, hash);
    ask_respond(r, scene_text(scene_of(r), "{\"length\":%zu,\"sha256\":\"%s\"}",
                              data.len, hash));
}

/* As it is told: {code, retryable, details?}. */
static void fail_with(const struct ask_request *r, const struct json *error)
{
    struct scene *s = scene_of(r);
    const struct json *details = json_find(error, "details");
    struct slice code = slice_of("INVALID_INPUT");
    bool is_retryable = false;

    (void)json_get_text(json_find(error, "code"), &code);
    (void)json_get_bool(json_find(error, "retryable"), &is_retryable);
    ask_fail(r, scene_string(s, code), is_retryable,
             details ? printed(s, details) : NULL);
}

static void serve_fail(const struct ask_request *r)
{
    fail_with(r, r->input);
}

/* --- conf/source */

struct room {
    const struct stream *stream; /* where */
    uint64_t len;                /* how much is wanted */
};

static bool has_room(void *what)
{
    const struct room *room = what;

    return stream_room(room->stream) >= room->len;
}

static void give(const struct ask_request *r, uint64_t i, const char *data,
                 size_t len)
{
    struct scene *s = scene_of(r);
    struct room room = {r->stream, len + ENVELOPE_ROOM};

    if (!scene_await(s, has_room, &room))
        scene_stop(s, VERDICT_FAIL, "a testee that takes the items",
                   scene_text(s, "no room for item %u", (unsigned)i));
    sub_give(
        r, len ? scene_text(s, "{\"i\":%u,\"data\":\"%s\"}", (unsigned)i, data)
               : scene_text(s, "{\"i\":%u}", (unsigned)i));
}

/* {items, size?}, and no tag: nobody could release it here. */
static bool read_source(const struct json *input, uint64_t *ret_items,
                        uint64_t *ret_size)
{
    const struct json *size = json_find(input, "size");

    *ret_size = 0;
    return json_get_u64(json_find(input, "items"), ret_items) &&
           *ret_items <= ITEMS_MAX && (!size || json_get_u64(size, ret_size)) &&
           *ret_size <= DATA_MAX && !json_find(input, "tag");
}

static void serve_source(const struct ask_request *r)
{
    const struct json *error = json_find(r->input, "error");
    uint64_t items;
    uint64_t size;
    char *data;

    if (!read_source(r->input, &items, &size)) {
        refuse(r);
        return;
    }
    data = arena_new(scene_arena(scene_of(r)), (size_t)size + 1, 1);
    memset(data, 'x', (size_t)size);
    for (uint64_t i = 0; i < items; i++)
        give(r, i, data, (size_t)size);
    if (error)
        fail_with(r, error);
    else
        sub_complete(r);
}

/* --- conf/callback */

static const char *outcome_text(struct scene *s, const struct ask_outcome *o)
{
    if (o->is_ok)
        return scene_text(s, "{\"output\":%s}", printed(s, o->output));
    return scene_text(s, "{\"error\":{\"code\":\"%s\",\"retryable\":%s}}",
                      scene_string(s, o->code),
                      o->is_retryable ? "true" : "false");
}

static void serve_callback(const struct ask_request *r)
{
    struct scene *s = scene_of(r);
    struct slice operation;
    const char *id;

    if (!json_get_text(json_find(r->input, "operation"), &operation)) {
        refuse(r);
        return;
    }
    id = ask_send(r->stream->conn, scene_string(s, operation),
                  printed(s, json_find(r->input, "input")), "");
    while (ask_is_called_before(r->stream->conn, id))
        ask_serve(ask_take(r->stream->conn));
    ask_respond(r, outcome_text(s, ask_answer(r->stream->conn, id)));
}

/* --- which is which */

static const struct behaviour {
    const char *name; /* of the operation as well */
    void (*serve)(const struct ask_request *r);
} behaviours[] = {
    {"conf/echo", serve_echo},         {"conf/sink", serve_sink},
    {"conf/fail", serve_fail},         {"conf/source", serve_source},
    {"conf/callback", serve_callback},
};

void ask_serve(const struct ask_request *r)
{
    for (size_t i = 0; i < sizeof behaviours / sizeof behaviours[0]; i++) {
        if (strcmp(r->name, behaviours[i].name) == 0) {
            behaviours[i].serve(r);
            return;
        }
    }
    ask_fail(r, "NOT_FOUND", false, NULL);
}
