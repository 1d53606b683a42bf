/* SPDX-License-Identifier: MIT */
/*
 * Calls, in pieces and whole. Answers are told apart by id and accepted on any
 * stream of the connection: no document binds them to the request's own.
 */
#include "conformance/ask.h"

#include <inttypes.h>
#include <stdlib.h>

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/conn.h"
#include "conformance/names.h"

bool ask_counted(struct scene *s, uint64_t *ret_count)
{
    const struct ask_outcome *o;

    if (s->counting.is_blind || !names_find(s, slice_of("conf/count")))
        return false;
    o = ask_them(s->conns, "conf/count", "{" NAMES_KEY "}");
    if (!json_get_u64(json_find(o->output, "count"), ret_count) ||
        *ret_count <= s->counting.asked)
        scene_stop(s, VERDICT_FAIL, "conf/count to count this question",
                   "another answer");
    *ret_count -= ++s->counting.asked;
    return true;
}

/* --- we call */

const char *ask_payload(struct scene *s, const char *operation,
                        const char *input, const char *more)
{
    if (slice_starts(slice_of(operation), slice_of("services/")))
        ask_by_hand(s, slice_of(input));
    more = names_with_token(s, more);
    return scene_text(s, "{\"operationId\":\"/%s\",\"input\":%s%s%s}",
                      names_there(s, operation),
                      names_with_key(s, operation, input), *more ? "," : "",
                      more);
}

static struct slice frame_of(struct scene *s, const char *id,
                             const char *payload)
{
    struct slice frame;
    struct buf b;

    buf_init(&b, RAW_BODY_MAX);
    raw_put(&b, slice_of("call.requested"), slice_of(id), slice_of(payload));
    frame = arena_copy(&s->arena, buf_slice(&b));
    buf_clear(&b);
    return frame;
}

struct slice ask_frame(struct scene *s, const char *id, const char *operation,
                       const char *input)
{
    return frame_of(s, id, ask_payload(s, operation, input, ""));
}

const char *ask_send_on(struct stream *st, const char *operation,
                        const char *input, const char *more)
{
    struct scene *s = st->conn->scene;
    const char *id = scene_id(s);

    stream_send(st, frame_of(s, id, ask_payload(s, operation, input, more)));
    return id;
}

const char *ask_send(struct conn *c, const char *operation, const char *input,
                     const char *more)
{
    struct scene *s = c->scene;
    const char *id = scene_id(s);

    stream_send_fin(stream_open(c),
                    frame_of(s, id, ask_payload(s, operation, input, more)));
    return id;
}

struct search {
    struct conn *conn; /* where */
    struct slice id;   /* whose */
    bool is_request;   /* a request of theirs, whatever its id */
};

static bool fits(const struct search *search, const struct stream_frame *f)
{
    bool is_request = slice_equal(f->raw.type, slice_of("call.requested"));

    if (f->is_taken || is_request != search->is_request)
        return false;
    return search->is_request ? !f->stream->is_ours
                              : slice_equal(f->raw.id, search->id);
}

static struct stream_frame *find_frame(const struct search *search)
{
    for (struct stream *st = stream_first_live(search->conn); st;
         st = st->next) {
        for (struct stream_frame *f = st->frames; f; f = f->next) {
            if (fits(search, f))
                return f;
        }
    }
    return NULL;
}

static bool is_found(void *what)
{
    return find_frame(what) != NULL;
}

static bool is_found_or_closed(void *what)
{
    const struct search *search = what;

    return is_found(what) || search->conn->closed || *search->conn->end;
}

bool ask_round_trip(struct conn *c)
{
    const char *id = ask_send(c, "conf/is-anybody-there", "null", "");
    struct search search = {c, slice_of(id), false};
    struct stream_frame *f;

    (void)scene_await(c->scene, is_found_or_closed, &search);
    f = find_frame(&search);
    if (f)
        f->is_taken = true;
    return f != NULL;
}

static void read_error(struct scene *s, const struct stream_frame *f,
                       struct ask_outcome *o)
{
    struct raw_call_error error;
    const char *why;

    if (!raw_call_error(&s->arena, f->raw.payload, &error, &why))
        scene_stop(s, VERDICT_FAIL, "a call.error with its members",
                   scene_text(s, "%s: %.*s", why, (int)f->raw.payload.len,
                              (const char *)f->raw.payload.data));
    o->code = error.code;
    o->message = error.message;
    o->is_retryable = error.is_retryable;
    o->details = error.details;
}

const struct ask_outcome *ask_answer(struct conn *c, const char *id)
{
    struct scene *s = c->scene;
    struct search search = {c, slice_of(id), false};
    struct ask_outcome *o = arena_new(&s->arena, 1, sizeof *o);
    struct stream_frame *f;

    scene_step(s);
    (void)scene_await(s, is_found_or_closed, &search);
    f = find_frame(&search);
    if (!f)
        scene_stop(s, VERDICT_FAIL, scene_text(s, "an answer to %s", id),
                   c->closed ? "the connection was closed" : "none came");
    f->is_taken = true;
    o->is_ok = slice_equal(f->raw.type, slice_of("call.responded"));
    if (o->is_ok)
        o->output = json_find(f->payload, "output");
    else if (slice_equal(f->raw.type, slice_of("call.error")))
        read_error(s, f, o);
    else
        scene_stop(s, VERDICT_FAIL, "call.responded or call.error",
                   scene_text(s, "%.*s", (int)f->raw.type.len,
                              (const char *)f->raw.type.data));
    return o;
}

/* --- they call */

const char *ask_begin(struct conn *c, const char *operation, const char *input,
                      const char *more)
{
    struct scene *s = c->scene;
    const char *call = scene_text(s, "call-%u", ++s->calls);

    (void)scene_send(s, "call",
                     scene_text(s,
                                "\"conn\":\"%s\",\"id\":\"%s\",\"operation\":"
                                "\"%s\",\"input\":%s%s%s",
                                c->name, call, operation, input,
                                *more ? "," : "", more));
    return call;
}

/* Bytes of any kind as a C string, for names that cases compare. */
static const char *as_text(struct scene *s, struct slice bytes)
{
    return (const char *)arena_copy(&s->arena, bytes).data;
}

static const struct ask_request *read_request(struct scene *s,
                                              struct stream_frame *f)
{
    struct ask_request *r = arena_new(&s->arena, 1, sizeof *r);

    f->is_taken = true;
    f->stream->is_accepted = true;
    r->stream = f->stream;
    r->id = as_text(s, f->raw.id);
    r->payload = f->payload;
    r->input = json_find(f->payload, "input");
    if (!json_get_text(json_find(f->payload, "operationId"), &r->operation))
        scene_stop(s, VERDICT_FAIL, "a request with its operationId",
                   as_text(s, f->raw.payload));
    r->name = as_text(s, raw_name(r->operation));
    return r;
}

const struct ask_request *ask_take(struct conn *c)
{
    struct scene *s = c->scene;
    struct search search = {.conn = c, .is_request = true};

    scene_step(s);
    if (!scene_await(s, is_found, &search))
        scene_stop(s, VERDICT_FAIL, "a request of the testee's", "none came");
    return read_request(s, find_frame(&search));
}

static void answer(const struct ask_request *r, const char *type,
                   const char *payload)
{
    stream_send_frame(r->stream, type, r->id, payload);
    stream_fin(r->stream);
}

void ask_respond(const struct ask_request *r, const char *output)
{
    struct scene *s = r->stream->conn->scene;

    answer(r, "call.responded", scene_text(s, "{\"output\":%s}", output));
}

static const char *printed(struct scene *s, const struct json *v)
{
    return v ? as_text(s, v->source) : "null";
}

void ask_fail(const struct ask_request *r, const char *code, bool is_retryable,
              const char *details)
{
    struct scene *s = r->stream->conn->scene;

    answer(r, "call.error",
           scene_text(s,
                      "{\"code\":\"%s\",\"message\":\"as asked\","
                      "\"retryable\":%s%s%s}",
                      code, is_retryable ? "true" : "false",
                      details ? ",\"details\":" : "", details ? details : ""));
}

static void serve_sink(const struct ask_request *r)
{
    struct scene *s = r->stream->conn->scene;
    struct slice data = {0};
    char hash[TRANSCRIPT_HASH_LEN];

    (void)json_get_text(json_find(r->input, "data"), &data);
    transcript_digest(data, hash);
    ask_respond(
        r, scene_text(s, "{\"length\":%zu,\"sha256\":\"%s\"}", data.len, hash));
}

void ask_serve(const struct ask_request *r)
{
    struct scene *s = r->stream->conn->scene;
    const struct json *details = json_find(r->input, "details");
    struct slice code = slice_of("INVALID_INPUT");
    bool is_retryable = false;

    if (strcmp(r->name, "conf/echo") == 0) {
        ask_respond(r, printed(s, r->input));
    } else if (strcmp(r->name, "conf/sink") == 0) {
        serve_sink(r);
    } else if (strcmp(r->name, "conf/fail") == 0) {
        (void)json_get_text(json_find(r->input, "code"), &code);
        (void)json_get_bool(json_find(r->input, "retryable"), &is_retryable);
        ask_fail(r, as_text(s, code), is_retryable,
                 details ? printed(s, details) : NULL);
    } else {
        ask_fail(r, "NOT_FOUND", false, NULL);
    }
}

static const struct json *find_result(struct scene *s, const char *call)
{
    const struct json *result = scene_find_event(s, "result", "id", call, 0);

    return result ? result : scene_find_event(s, "error", "id", call, 0);
}

bool ask_has_result(struct scene *s, const char *call)
{
    scene_settle(s);
    return find_result(s, call) != NULL;
}

struct waiting_call {
    struct scene *scene; /* whose */
    const char *call;    /* our word for it */
};

static bool is_ended(void *what)
{
    const struct waiting_call *w = what;

    return find_result(w->scene, w->call) != NULL;
}

const struct ask_outcome *ask_result(struct scene *s, const char *call)
{
    struct waiting_call w = {s, call};
    struct ask_outcome *o = arena_new(&s->arena, 1, sizeof *o);
    const struct json *end;

    scene_step(s);
    if (!scene_await(s, is_ended, &w))
        scene_stop(s, VERDICT_FAIL,
                   scene_text(s, "a result or error of %s", call), "neither");
    end = find_result(s, call);
    o->is_ok = json_is_text(json_find(end, "ev"), "result");
    o->output = json_find(end, "output");
    (void)json_get_text(json_find(end, "code"), &o->code);
    (void)json_get_text(json_find(end, "message"), &o->message);
    (void)json_get_bool(json_find(end, "retryable"), &o->is_retryable);
    o->details = json_find(end, "details");
    return o;
}

/* --- whole calls */

const struct ask_outcome *ask_them(struct conn *c, const char *operation,
                                   const char *input)
{
    return ask_answer(c, ask_send(c, operation, input, ""));
}

const struct ask_outcome *ask_us(struct conn *c, const char *operation,
                                 const char *input)
{
    const char *call = ask_begin(c, operation, input, "");

    ask_serve(ask_take(c));
    return ask_result(c->scene, call);
}

/* Both requests are on their way before either is answered. */
static const struct ask_outcome *ask_both(struct conn *c, const char *operation,
                                          const char *input)
{
    struct scene *s = c->scene;
    const char *call = ask_begin(c, operation, input, "");
    const char *id = ask_send(c, operation, input, "");
    const struct ask_outcome *ours = ask_answer(c, id);
    const struct ask_outcome *theirs;

    ask_serve(ask_take(c));
    theirs = ask_result(s, call);
    scene_step(s);
    scene_require(s,
                  ours->is_ok == theirs->is_ok &&
                      (ours->is_ok ? json_same(ours->output, theirs->output)
                                   : slice_equal(ours->code, theirs->code)),
                  "both calls to end alike", "different ends");
    return ours;
}

const struct ask_outcome *ask(struct scene *s, const char *operation,
                              const char *input)
{
    struct conn *c = scene_conn(s);

    switch (s->instance->axes.caller) {
    case CALLER_THEM:
        return ask_us(c, operation, input);
    case CALLER_BOTH:
        return ask_both(c, operation, input);
    default:
        return ask_them(c, operation, input);
    }
}
