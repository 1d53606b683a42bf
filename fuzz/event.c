/* SPDX-License-Identifier: MIT */
/* See event.h. */
#include "fuzz/event.h"

#include "conformance/json.h"

/* The members of the payload that somebody asks for. */
static void read_payload(struct arena *arena, const struct json *payload,
                         struct event *e)
{
    const struct json *tree, *output;

    e->is_empty = json_is(payload, JSON_OBJECT) &&
                  slice_equal(payload->source, slice_of("{}"));
    if (e->is_empty || !json_is(payload, JSON_OBJECT) ||
        !json_parse_shallow(arena, payload->source, JSON_DEPTH_MAX, &tree,
                            NULL))
        return;
    (void)json_get_text(json_find(tree, "operationId"), &e->operation);
    (void)json_get_text(json_find(tree, "code"), &e->code);
    output = json_find(tree, "output");
    if (output)
        e->output = output->source;
}

struct event event_read(struct arena *arena, struct slice body)
{
    struct event e = {.why = NULL};
    struct json_error error;
    const struct json *tree, *payload;

    if (!json_parse_shallow(arena, body, JSON_DEPTH_MAX, &tree, &error)) {
        e.why = error.why;
        return e;
    }
    payload = json_find(tree, "payload");
    if (!json_get_text(json_find(tree, "type"), &e.type) ||
        !json_get_text(json_find(tree, "id"), &e.id) || !payload)
        e.why = "it lacks type, id or payload";
    else
        read_payload(arena, payload, &e);
    return e;
}

bool event_is(const struct event *e, const char *type)
{
    const struct slice prefix = slice_of("call.");

    return slice_starts(e->type, prefix) &&
           slice_equal(slice_skip(e->type, prefix.len), slice_of(type));
}
