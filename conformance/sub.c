/* SPDX-License-Identifier: MIT */
/* Nothing is kept of a subscription: frames and events are, and are asked. */
#include "conformance/sub.h"

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/conn.h"

#define SHOWN_MAX 300

/* --- we subscribe */

const char *sub_send(struct conn *c, const char *operation, const char *input)
{
    return ask_send(c, operation, input, "");
}

/* The next frame of that id, which must be of that type. */
static const struct stream_frame *next_of(struct conn *c, const char *id,
                                          const char *type)
{
    const struct stream_frame *f = ask_next(c, id, type);
    struct slice body = slice_head(
        f->raw.body, f->raw.body.len < SHOWN_MAX ? f->raw.body.len : SHOWN_MAX);

    if (!ask_is(f, type))
        scene_stop(c->scene, VERDICT_FAIL,
                   scene_text(c->scene, "%s of %s", type, id),
                   scene_text(c->scene, "%.*s", (int)body.len,
                              (const char *)body.data));
    return f;
}

static void must_be_empty(struct conn *c, const struct stream_frame *f)
{
    scene_require(c->scene,
                  json_is(f->payload, JSON_OBJECT) && f->payload->count == 0,
                  "the payload {}", "another payload");
}

const struct json *sub_item(struct conn *c, const char *id)
{
    return json_find(next_of(c, id, "call.responded")->payload, "output");
}

void sub_completed(struct conn *c, const char *id)
{
    must_be_empty(c, next_of(c, id, "call.completed"));
}

const struct ask_outcome *sub_error(struct conn *c, const char *id)
{
    return ask_read_error(c->scene, next_of(c, id, "call.error"));
}

size_t sub_seen(struct conn *c, const char *id)
{
    size_t count = 0;

    for (const struct stream *st = c->streams; st; st = st->next) {
        for (const struct stream_frame *f = st->frames; f; f = f->next)
            count += !f->is_taken && !ask_is(f, "call.requested") &&
                     slice_equal(f->raw.id, slice_of(id));
    }
    if (count == 0)
        c->scene->has_missed = true;
    return count;
}

void sub_abort(struct conn *c, const char *id)
{
    struct stream *st = stream_open(c);

    stream_send_frame(st, "call.aborted", id, "{}");
    stream_fin(st);
}

void sub_aborted(struct conn *c, const char *id)
{
    must_be_empty(c, next_of(c, id, "call.aborted"));
}

/* --- they subscribe */

const char *sub_begin(struct conn *c, const char *operation, const char *input,
                      const char *more)
{
    return ask_say(c, "subscribe", operation, input, more);
}

void sub_give(const struct ask_request *r, const char *output)
{
    struct scene *s = r->stream->conn->scene;

    stream_send_frame(r->stream, "call.responded", r->id,
                      scene_text(s, "{\"output\":%s}", output));
}

void sub_complete(const struct ask_request *r)
{
    ask_finish(r, "call.completed", "{}");
}

void sub_fail(const struct ask_request *r, const char *code, bool is_retryable,
              const char *details)
{
    ask_fail(r, code, is_retryable, details);
}

const struct json *sub_received(struct scene *s, const char *sub, size_t nth)
{
    return json_find(scene_wait_event(s, "item", "id", sub, nth), "output");
}

size_t sub_count(struct scene *s, const char *sub)
{
    return scene_count_events(s, "item", "id", sub);
}

/* --- what the testee is told */

static void tell(struct conn *c, const char *op, const char *call,
                 const char *more)
{
    (void)scene_verb(c->scene, op,
                     scene_text(c->scene, "\"conn\":\"%s\",\"id\":\"%s\"%s",
                                c->name, call, more));
}

void sub_take(struct scene *s, struct conn *c, const char *sub, size_t items)
{
    tell(c, "take", sub, scene_text(s, ",\"items\":%zu", items));
}

void sub_abort_theirs(struct conn *c, const char *call)
{
    tell(c, "abort", call, "");
}

void sub_drop(struct conn *c, const char *sub)
{
    tell(c, "drop_interest", sub, "");
}

/* --- how it ended */

static enum sub_how how_it_ended(struct scene *s, const struct json *end)
{
    const struct json *ev = json_find(end, "ev");
    const struct json *how = json_find(end, "how");

    if (json_is_text(ev, "result"))
        return SUB_RESULT;
    if (json_is_text(ev, "error"))
        return SUB_ERROR;
    if (json_is_text(how, "completed"))
        return SUB_COMPLETED;
    if (!json_is_text(how, "aborted"))
        scene_stop(s, VERDICT_FAIL, "an end that is `completed` or `aborted`",
                   "another `how`");
    return SUB_ABORTED;
}

const struct sub_end *sub_ended(struct scene *s, const char *call)
{
    const struct json *event = ask_wait_end(s, call, "an end");
    struct sub_end *end = arena_new(&s->arena, 1, sizeof *end);

    end->how = how_it_ended(s, event);
    if (end->how == SUB_RESULT || end->how == SUB_ERROR)
        end->outcome = ask_read_end(s, event);
    return end;
}
