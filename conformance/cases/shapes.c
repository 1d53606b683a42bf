/* SPDX-License-Identifier: MIT */
/* Nothing here decides what is right but through the checks of verify.h. */
#include "conformance/cases/shapes.h"

#define BYSTANDER "{\"tag\":\"bystander\"}"

struct slice shapes_join(struct scene *s, struct slice a, struct slice b)
{
    uint8_t *both = arena_new(scene_arena(s), a.len + b.len + 1, 1);

    if (a.len)
        memcpy(both, a.data, a.len);
    if (b.len)
        memcpy(both + a.len, b.data, b.len);
    return slice_make(both, a.len + b.len);
}

struct slice shapes_lie(struct scene *s, uint32_t len, struct slice body)
{
    const uint8_t prefix[RAW_PREFIX_LEN] = {(uint8_t)(len >> 24),
                                            (uint8_t)(len >> 16),
                                            (uint8_t)(len >> 8), (uint8_t)len};

    return shapes_join(s, slice_make(prefix, sizeof prefix), body);
}

struct slice shapes_frame(struct scene *s, struct slice body)
{
    ask_by_hand(s, body);
    return shapes_lie(s, (uint32_t)body.len, body);
}

const char *shapes_text(struct scene *s, struct slice bytes)
{
    return scene_string(s, bytes);
}

const char *shapes_string(struct scene *s, size_t len)
{
    char *text = arena_new(scene_arena(s), len + 3, 1);

    memset(text, 'a', len + 2);
    text[0] = '"';
    text[len + 1] = '"';
    return text;
}

static const char *escaped(struct scene *s, const char *id)
{
    const char *text = "";

    for (; *id; id++)
        text = scene_text(s, "%s\\u%04x", text, (unsigned)(unsigned char)*id);
    return text;
}

static const char *piece(struct scene *s, char mark, const char *id,
                         const char *operation)
{
    bool is_answer = scene_axes(s).caller == CALLER_THEM;
    const char *payload =
        is_answer ? "{\"output\":{\"n\":1}}"
                  : ask_payload(s, operation, "{\"n\":1,\"key\":\"k\"}", "");

    switch (mark) {
    case 'T':
        return is_answer ? "\"call.responded\"" : "\"call.requested\"";
    case 'I':
        return scene_text(s, "\"%s\"", id);
    case 'E':
        return scene_text(s, "\"%s\"", escaped(s, id));
    case 'P':
        return payload;
    default: /* the same without its braces */
        return shapes_text(s, slice_make(payload + 1, strlen(payload) - 2));
    }
}

struct slice shapes_body(struct scene *s, const char *pattern, const char *id,
                         const char *operation)
{
    struct slice body = slice_of("");

    while (*pattern) {
        size_t plain = strcspn(pattern, "@");

        body = shapes_join(s, body, slice_make(pattern, plain));
        pattern += plain;
        if (!*pattern)
            break;
        body =
            shapes_join(s, body, slice_of(piece(s, pattern[1], id, operation)));
        pattern += 2;
    }
    return body;
}

const struct ask_outcome *shapes_ended_soon(struct scene *s, const char *call)
{
    scene_settle(s);
    if (scene_axes(s).lvl == LVL_L1 && !ask_has_result(s, call))
        scene_advance(s, 2 * SHAPES_S);
    return ask_result(s, call);
}

static void refused_answer(struct scene *s, shapes_make *make)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "{\"n\":1}", "");
    const struct ask_request *r = ask_take(c);

    stream_send(r->stream, make(s, r->id));
    verify_error(s, shapes_ended_soon(s, call), "INTERNAL", false);
    shapes_ended_once(s, call);
    verify_alive(c);
}

void shapes_refused(struct scene *s, shapes_make *make)
{
    struct conn *c = scene_conn(s);
    struct slice refused;
    struct slice behind;
    struct stream *st;

    if (scene_axes(s).caller == CALLER_THEM) {
        refused_answer(s, make);
        return;
    }
    refused = make(s, scene_id(s));
    behind = ask_frame(s, scene_id(s), "conf/count", "{\"key\":\"k\"}");
    st = stream_open(c);
    stream_send(st, shapes_join(s, refused, behind));
    verify_silence(st);
    verify_entered(s, "conf/count", 0);
    verify_open(c);
    verify_alive(c);
}

void shapes_ended_once(struct scene *s, const char *call)
{
    size_t ends = 0;

    scene_settle(s);
    ends = scene_count_events(s, "result", "id", call) +
           scene_count_events(s, "error", "id", call) +
           scene_count_events(s, "end", "id", call);
    verify_that(s, ends == 1, "exactly one end of the call", "%zu ends", ends);
}

void shapes_told_error(struct scene *s, const struct ask_outcome *o,
                       const char *code, bool is_retryable)
{
    const struct json *error = json_find(o->output, "error");

    verify_that(s, json_is_text(json_find(error, "code"), code),
                scene_text(s, "the error %s in the handler", code),
                "another end");
    verify_same(s, "retryable in the handler", json_find(error, "retryable"),
                is_retryable ? "true" : "false");
}

void shapes_release(struct scene *s, const char *tag, size_t held)
{
    const struct json *answer =
        scene_try_verb(s, "release", scene_text(s, "\"tag\":\"%s\"", tag));
    uint64_t released = 0;

    (void)json_get_u64(json_find(answer, "released"), &released);
    verify_that(s, released == held, "every held handler released",
                "%u released", (unsigned)released);
}

void shapes_none_held(struct scene *s, const char *tag)
{
    const struct json *answer;

    scene_settle(s);
    answer = scene_try_verb(s, "release", scene_text(s, "\"tag\":\"%s\"", tag));
    verify_that(s, json_find(answer, "fail") != NULL, "nobody left to release",
                "somebody was there");
}

void shapes_wait_held(struct scene *s, size_t count)
{
    (void)scene_wait_event(s, "handler_entered", "operation", "conf/hold",
                           count - 1);
}

void shapes_wait_entered(struct scene *s, const char *id)
{
    (void)scene_wait_event(s, "handler_entered", "id", id, 0);
}

const struct json *shapes_listing(struct conn *c, const char *more)
{
    struct scene *s = conn_scene(c);
    const char *id = ask_send(c, "services/list", "{}", more);
    const struct ask_outcome *o = ask_answer(c, id);
    const struct json *list = json_find(o->output, "operations");

    verify_that(s, o->is_ok && json_is(list, JSON_ARRAY),
                "an output with the list `operations`", "%s",
                o->is_ok ? "another output" : "an error");
    return list;
}

const struct json *shapes_listed(const struct json *list, const char *name)
{
    const struct json *item = list ? list->first : NULL;

    while (item && !json_is_text(json_find(item, "name"), name))
        item = item->next;
    return item;
}

void shapes_peer_a(struct scene *s, const char *scopes)
{
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-a",
                                       .key = STAGE_KEY_A,
                                       .scopes = scopes});
}

struct conn *shapes_open_a(struct scene *s)
{
    return conn_open(s, &(struct conn_how){.key = STAGE_KEY_A});
}

const char *shapes_with_token(struct scene *s, const char *token)
{
    return scene_text(s, "\"auth_token\":\"%s\"", token);
}

void shapes_verify_told(struct conn *c, const char *more, const char *identity)
{
    struct scene *s = conn_scene(c);
    const char *id = ask_send(c, "conf/identity", "null", more);
    const struct ask_outcome *o = ask_answer(c, id);
    const struct json *told = json_find(
        scene_wait_event(s, "handler_entered", "id", id, 0), "identity");

    verify_that(s, o->is_ok, "an output", "an error");
    verify_same(s, "the identity", json_find(o->output, "identity"), identity);
    verify_same(s, "the identity at the witness", told, identity);
}

void shapes_give_item(struct conn *c, const char *id, size_t i)
{
    struct scene *s = conn_scene(c);

    scene_settle(s);
    shapes_release(s, "t", 1);
    verify_same(s, "the item", sub_item(c, id),
                scene_text(s, "{\"i\":%zu}", i));
}

const char *shapes_begin_bystander(struct conn *c)
{
    const char *id = ask_send(c, "conf/hold", BYSTANDER, "");

    shapes_wait_entered(conn_scene(c), id);
    return id;
}

void shapes_verify_bystander(struct conn *c, const char *id)
{
    struct scene *s = conn_scene(c);

    shapes_release(s, "bystander", 1);
    verify_output(s, ask_answer(c, id), BYSTANDER);
    verify_conn_silence(c);
}

/* Its first bytes go before the stream is held, so that there is one. */
const char *shapes_stall(struct stream *st)
{
    struct conn *c = stream_conn(st);
    struct scene *s = conn_scene(c);
    const char *id = scene_id(s);
    struct slice frame = ask_frame(
        s, id, "conf/source",
        scene_text(s, "{\"items\":%d,\"size\":10000}", SHAPES_STALLED));

    stream_send(st, slice_head(frame, 10));
    stream_hold(st);
    stream_send(st, slice_skip(frame, 10));
    shapes_wait_entered(s, id);
    return id;
}

size_t shapes_take_rest(struct stream *st, const char *id)
{
    struct scene *s = conn_scene(stream_conn(st));
    const struct stream_frame *f;
    size_t count = 0;
    size_t before;

    do {
        before = count;
        scene_settle(s);
        for (; (f = stream_poll(st)); count++)
            verify_frame(s, f, "call.responded", id, NULL);
    } while (count > before);
    return count;
}

const char *shapes_compose(struct scene *s, const char *operation,
                           const char *input, const char *more)
{
    return scene_text(s, "{\"operation\":\"%s\",\"input\":%s%s}", operation,
                      input, more);
}

const char *shapes_nest(struct scene *s, size_t depth, const char *operation,
                        const char *input)
{
    for (; depth > 0; depth--) {
        input = shapes_compose(s, operation, input, "");
        operation = "conf/compose";
    }
    return input;
}
