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
    if (slice_starts(slice_of(operation), slice_of("services/")) ||
        strcmp(operation, "conf/compose") == 0)
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

const struct stream_frame *ask_next(struct conn *c, const char *id,
                                    const char *wanted)
{
    struct scene *s = c->scene;
    struct search search = {c, slice_of(id), false};
    struct stream_frame *f;

    scene_step(s);
    (void)scene_await(s, is_found_or_closed, &search);
    f = find_frame(&search);
    if (!f)
        scene_stop(s, VERDICT_FAIL, scene_text(s, "%s of %s", wanted, id),
                   c->closed ? "the connection was closed" : "none came");
    f->is_taken = true;
    return f;
}

bool ask_is(const struct stream_frame *f, const char *type)
{
    return slice_equal(f->raw.type, slice_of(type));
}

const struct ask_outcome *ask_read_error(struct scene *s,
                                         const struct stream_frame *f)
{
    struct ask_outcome *o = arena_new(&s->arena, 1, sizeof *o);
    struct raw_call_error error;
    const char *why;

    if (!raw_call_error(&s->arena, f->raw.payload, &error, &why))
        scene_stop(
            s, VERDICT_FAIL, "a call.error with its members",
            scene_text(s, "%s: %s", why, scene_string(s, f->raw.payload)));
    o->code = error.code;
    o->message = error.message;
    o->is_retryable = error.is_retryable;
    o->details = error.details;
    return o;
}

const struct ask_outcome *ask_answer(struct conn *c, const char *id)
{
    struct scene *s = c->scene;
    const struct stream_frame *f = ask_next(c, id, "an answer");
    struct ask_outcome *o = arena_new(&s->arena, 1, sizeof *o);

    if (ask_is(f, "call.error"))
        return ask_read_error(s, f);
    if (!ask_is(f, "call.responded"))
        scene_stop(s, VERDICT_FAIL, "call.responded or call.error",
                   scene_string(s, f->raw.type));
    o->is_ok = true;
    o->output = json_find(f->payload, "output");
    return o;
}

/* --- they call */

const char *ask_say(struct conn *c, const char *verb, const char *operation,
                    const char *input, const char *more)
{
    struct scene *s = c->scene;
    const char *call = scene_text(s, "call-%u", ++s->calls);

    (void)scene_send(s, verb,
                     scene_text(s,
                                "\"conn\":\"%s\",\"id\":\"%s\",\"operation\":"
                                "\"%s\",\"input\":%s%s%s",
                                c->name, call, operation, input,
                                *more ? "," : "", more));
    return call;
}

const char *ask_begin(struct conn *c, const char *operation, const char *input,
                      const char *more)
{
    return ask_say(c, "call", operation, input, more);
}

static const struct ask_request *read_request(struct scene *s,
                                              struct stream_frame *f)
{
    struct ask_request *r = arena_new(&s->arena, 1, sizeof *r);

    f->is_taken = true;
    f->stream->is_accepted = true;
    r->stream = f->stream;
    r->id = scene_string(s, f->raw.id);
    r->payload = f->payload;
    r->input = json_find(f->payload, "input");
    r->forwarded_for = json_find(f->payload, "forwarded_for");
    if (!json_get_text(json_find(f->payload, "operationId"), &r->operation))
        scene_stop(s, VERDICT_FAIL, "a request with its operationId",
                   scene_string(s, f->raw.payload));
    r->name = scene_string(s, raw_name(r->operation));
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

const struct ask_request *ask_take_of(struct conn *c, const char *operation)
{
    const struct ask_request *r = ask_take(c);

    scene_require(c->scene, strcmp(r->name, operation) == 0,
                  scene_text(c->scene, "a request for %s", operation),
                  scene_text(c->scene, "one for %s", r->name));
    return r;
}

bool ask_is_called(struct conn *c)
{
    const struct search search = {.conn = c, .is_request = true};

    return find_frame(&search) != NULL;
}

static struct conn *first_called(struct scene *s)
{
    struct conn *c = s->conns;

    while (c && !ask_is_called(c))
        c = c->next;
    return c;
}

static bool is_any_called(void *what)
{
    return first_called(what) != NULL;
}

const struct ask_request *ask_take_anywhere(struct scene *s)
{
    (void)scene_await(s, is_any_called, s);
    if (!first_called(s))
        scene_stop(s, VERDICT_FAIL, "a request of the testee's, anywhere",
                   "none came");
    return ask_take(first_called(s));
}

struct conn *ask_conn(const struct ask_request *r)
{
    return r->stream->conn;
}

struct either {
    struct search answer;  /* the one thing */
    struct search request; /* the other */
};

static bool is_either(void *what)
{
    struct either *e = what;

    return is_found_or_closed(&e->answer) || is_found(&e->request);
}

bool ask_is_called_before(struct conn *c, const char *id)
{
    struct either e = {{c, slice_of(id), false}, {.conn = c, .is_request = 1}};

    (void)scene_await(c->scene, is_either, &e);
    return !is_found_or_closed(&e.answer) && is_found(&e.request);
}

void ask_finish(const struct ask_request *r, const char *type,
                const char *payload)
{
    stream_send_frame(r->stream, type, r->id, payload);
    stream_fin(r->stream);
}

void ask_respond(const struct ask_request *r, const char *output)
{
    struct scene *s = r->stream->conn->scene;

    ask_finish(r, "call.responded", scene_text(s, "{\"output\":%s}", output));
}

void ask_fail(const struct ask_request *r, const char *code, bool is_retryable,
              const char *details)
{
    struct scene *s = r->stream->conn->scene;

    ask_finish(r, "call.error",
               scene_text(s,
                          "{\"code\":\"%s\",\"message\":\"as asked\","
                          "\"retryable\":%s%s%s}",
                          code, is_retryable ? "true" : "false",
                          details ? ",\"details\":" : "",
                          details ? details : ""));
}

/* --- how it ended */

static const struct json *find_end(struct scene *s, const char *call)
{
    static const char *const ends[] = {"result", "error", "end"};
    const struct json *end = NULL;

    for (size_t i = 0; i < sizeof ends / sizeof ends[0] && !end; i++)
        end = scene_find_event(s, ends[i], "id", call, 0);
    return end;
}

bool ask_has_result(struct scene *s, const char *call)
{
    scene_settle(s);
    return find_end(s, call) != NULL;
}

struct waiting_call {
    struct scene *scene; /* whose */
    const char *call;    /* our word for it */
};

static bool has_ended(void *what)
{
    const struct waiting_call *w = what;

    return find_end(w->scene, w->call) != NULL;
}

const struct json *ask_wait_end(struct scene *s, const char *call,
                                const char *wanted)
{
    struct waiting_call w = {s, call};

    scene_step(s);
    if (!scene_await(s, has_ended, &w))
        scene_stop(s, VERDICT_FAIL, scene_text(s, "%s of %s", wanted, call),
                   "none");
    return find_end(s, call);
}

const struct ask_outcome *ask_read_end(struct scene *s, const struct json *end)
{
    struct ask_outcome *o = arena_new(&s->arena, 1, sizeof *o);

    o->is_ok = json_is_text(json_find(end, "ev"), "result");
    o->output = json_find(end, "output");
    (void)json_get_text(json_find(end, "code"), &o->code);
    (void)json_get_text(json_find(end, "message"), &o->message);
    (void)json_get_bool(json_find(end, "retryable"), &o->is_retryable);
    o->details = json_find(end, "details");
    return o;
}

const struct ask_outcome *ask_result(struct scene *s, const char *call)
{
    const struct json *end = ask_wait_end(s, call, "a result or error");

    if (json_is_text(json_find(end, "ev"), "end"))
        scene_stop(s, VERDICT_FAIL,
                   scene_text(s, "a result or error of %s", call),
                   scene_string(s, end->source));
    return ask_read_end(s, end);
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
