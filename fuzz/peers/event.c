/* SPDX-License-Identifier: MIT */
/* See event.h. */
#include "fuzz/peers/event.h"

#include "conformance/json.h"

static struct slice text_of(const struct json *tree, const char *name)
{
    const struct json *member = json_find(tree, name);

    return member ? member->source : slice_make(NULL, 0);
}

/* The members of the payload that somebody asks for. */
static void read_payload(const struct json *payload, struct event *e)
{
    e->payload = payload->source;
    e->is_empty = json_is(payload, JSON_OBJECT) &&
                  slice_equal(payload->source, slice_of("{}"));
    if (e->is_empty || !json_is(payload, JSON_OBJECT))
        return;
    (void)json_get_text(json_find(payload, "operationId"), &e->operation);
    (void)json_get_text(json_find(payload, "code"), &e->code);
    (void)json_get_text(json_find(payload, "auth_token"), &e->token);
    e->has_retryable =
        json_get_bool(json_find(payload, "retryable"), &e->is_retryable);
    e->details = text_of(payload, "details");
    e->input = text_of(payload, "input");
    e->claim = text_of(payload, "forwarded_for");
    e->output = text_of(payload, "output");
    e->members = payload->count;
}

struct event event_read(struct arena *arena, struct slice body)
{
    struct event e = {.why = NULL};
    struct json_error error;
    const struct json *tree, *payload;

    if (!json_parse_shallow(arena, body, JSON_DEPTH_MAX, 2, &tree, &error)) {
        e.why = error.why;
        return e;
    }
    payload = json_find(tree, "payload");
    if (!json_get_text(json_find(tree, "type"), &e.type) ||
        !json_get_text(json_find(tree, "id"), &e.id) || !payload)
        e.why = "it lacks type, id or payload";
    else
        read_payload(payload, &e);
    return e;
}

bool event_is(const struct event *e, const char *type)
{
    const struct slice prefix = slice_of("call.");

    return slice_starts(e->type, prefix) &&
           slice_equal(slice_skip(e->type, prefix.len), slice_of(type));
}
