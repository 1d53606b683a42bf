/* SPDX-License-Identifier: MIT */
/*
 * Streams and the frames on them. Bytes become frames as soon as they come, so
 * that bytes that are none are blamed on the testee wherever the case is.
 */
#include "conformance/stream.h"

#include <inttypes.h>

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/hex.h"
#include "conformance/names.h"
#include "conformance/secrets.h"

static struct stream *add_stream(struct conn *c, int64_t number, bool is_ours)
{
    struct stream *st = arena_new(&c->scene->arena, 1, sizeof *st);

    if (c->newest)
        c->newest->next = st;
    else
        c->streams = st;
    c->newest = st;
    if (!c->live)
        c->live = st;
    st->conn = c;
    st->number = number;
    st->is_ours = is_ours;
    raw_reader_init(&st->reader, RAW_BODY_MAX);
    buf_init(&st->unsent, (size_t)2 * RAW_BODY_MAX);
    return st;
}

/* --- what we do */

struct stream *stream_open(struct conn *c)
{
    struct stream *st = add_stream(c, -1, true);

    c->scene->transport->open_stream(st);
    return st;
}

struct conn *stream_conn(const struct stream *st)
{
    return st->conn;
}

void stream_send(struct stream *st, struct slice bytes)
{
    st->conn->scene->transport->send(st, bytes, false);
}

void stream_send_fin(struct stream *st, struct slice bytes)
{
    st->conn->scene->transport->send(st, bytes, true);
}

void stream_fin(struct stream *st)
{
    stream_send_fin(st, slice_of(""));
}

void stream_send_frame(struct stream *st, const char *type, const char *id,
                       const char *payload)
{
    struct buf b;

    ask_by_hand(st->conn->scene, slice_of(payload));
    buf_init(&b, RAW_BODY_MAX);
    raw_put(&b, slice_of(type), slice_of(id), slice_of(payload));
    stream_send(st, buf_slice(&b));
    buf_clear(&b);
}

void stream_reset(struct stream *st, uint64_t code)
{
    st->conn->scene->transport->reset(st, code);
}

void stream_stop(struct stream *st, uint64_t code)
{
    st->conn->scene->transport->stop(st, code);
}

void stream_window(struct stream *st, uint64_t bytes)
{
    struct scene *s = st->conn->scene;

    st->window += bytes;
    (void)scene_send(s, "window",
                     scene_text(s,
                                "\"conn\":\"%s\",\"stream\":%" PRId64
                                ",\"bytes\":%" PRIu64,
                                st->conn->name, st->number, bytes));
}

void stream_hold(struct stream *st)
{
    st->is_held = true;
    st->conn->scene->transport->govern(st);
}

void stream_go_on(struct stream *st)
{
    st->is_held = false;
    st->conn->scene->transport->govern(st);
}

uint64_t stream_room(const struct stream *st)
{
    uint64_t held = st->sent > st->consumed ? st->sent - st->consumed : 0;

    if (st->conn->scene->instance->axes.lvl == LVL_L2)
        return st->unsent.len ? 0 : BACKSTAGE_WINDOW;
    return held < BACKSTAGE_WINDOW ? BACKSTAGE_WINDOW - held : 0;
}

/* --- what they do */

static struct stream *find_from(struct stream *st, int64_t number)
{
    while (st && st->number != number)
        st = st->next;
    return st;
}

/* Mostly it is the newest, or one that is not over. */
struct stream *stream_find(struct conn *c, int64_t number)
{
    struct stream *st;

    if (c->newest && c->newest->number == number)
        return c->newest;
    st = find_from(stream_first_live(c), number);
    return st ? st : find_from(c->streams, number);
}

static struct stream *add_theirs(struct conn *c, int64_t number)
{
    c->opened_count++;
    if (number > c->opened_highest)
        c->opened_highest = number;
    return add_stream(c, number, false);
}

static struct stream *get_stream(struct conn *c, int64_t number)
{
    bool is_theirs = (number & 1) == (c->dial == DIAL_US ? 1 : 0);
    bool is_new = is_theirs && number > c->opened_highest;
    struct stream *st = is_new ? NULL : stream_find(c, number);

    if (!st && is_theirs)
        st = add_theirs(c, number);
    if (!st)
        scene_blame(c->scene, VERDICT_FAIL,
                    scene_text(c->scene,
                               "stream %" PRId64 ", which is not the testee's "
                               "to open",
                               number));
    return st;
}

void stream_on_open(struct conn *c, int64_t number)
{
    (void)get_stream(c, number);
}

static struct slice spared(const struct stream_frame *f)
{
    struct slice token = {0};

    if (slice_equal(f->raw.type, slice_of("call.requested")))
        (void)json_get_text(json_find(f->payload, "auth_token"), &token);
    return token;
}

static void keep_frame(struct stream *st, const struct raw_frame *raw)
{
    struct scene *s = st->conn->scene;
    struct stream_frame *f = arena_new(&s->arena, 1, sizeof *f);

    f->raw.type = arena_copy(&s->arena, raw->type);
    f->raw.id = arena_copy(&s->arena, raw->id);
    f->raw.payload = arena_copy(&s->arena, raw->payload);
    f->raw.body = arena_copy(&s->arena, raw->body);
    f->stream = st;
    (void)json_parse(&s->arena, f->raw.payload, JSON_DEPTH_MAX, &f->payload,
                     NULL);
    if (st->last)
        st->last->next = f;
    else
        st->frames = f;
    st->last = f;
    stage_look_for_secrets(s, f->raw.body, spared(f), "a frame");
    if (s->testee->hello.has_random_ids &&
        slice_equal(f->raw.type, slice_of("call.requested")))
        transcript_random_id(&s->transcript, f->raw.id);
}

static void read_frames(struct stream *st)
{
    struct scene *s = st->conn->scene;
    struct raw_frame raw;
    enum raw_got got;

    while ((got = raw_reader_next(&st->reader, &s->arena, &raw)) == RAW_FRAME)
        keep_frame(st, &raw);
    if (got == RAW_REFUSED)
        scene_blame(
            s, VERDICT_FAIL,
            scene_text(s, "bytes that are no frame: %s", st->reader.why));
}

static void count_written(struct stream *st, size_t len)
{
    st->written += len;
    if (!st->is_governed)
        return;
    if (len > st->window)
        scene_blame(st->conn->scene, VERDICT_FAIL,
                    "more bytes on a stream than its window admits");
    st->window -= len < st->window ? len : st->window;
}

void stream_on_data(struct conn *c, int64_t number, struct slice bytes,
                    bool fin)
{
    struct stream *st = get_stream(c, number);

    if (!st)
        return;
    if ((st->has_fin && bytes.len > 0) || st->was_reset)
        scene_blame(c->scene, VERDICT_FAIL, "bytes behind the end of a stream");
    count_written(st, bytes.len);
    raw_reader_add(&st->reader, bytes);
    read_frames(st);
    st->has_fin = st->has_fin || fin;
}

void stream_on_hex(struct conn *c, int64_t number, struct slice hex, bool fin)
{
    uint8_t *bytes = arena_new(&c->scene->arena, hex.len / 2 + 1, 1);
    size_t len = hex.len / 2;

    if (!hex_read(hex, bytes, len))
        scene_blame(c->scene, VERDICT_FAIL,
                    "bytes that are not lower-case hexadecimal");
    stream_on_data(c, number, slice_make(bytes, len), fin);
}

void stream_on_reset(struct conn *c, int64_t number)
{
    struct stream *st = get_stream(c, number);

    if (st)
        st->was_reset = true;
}

void stream_on_stop(struct conn *c, int64_t number)
{
    struct stream *st = get_stream(c, number);

    if (st)
        st->was_stopped = true;
}

void stream_on_consumed(struct conn *c, int64_t number,
                        const struct json *event)
{
    struct stream *st = stream_find(c, number);
    uint64_t bytes = 0;

    (void)json_get_u64(json_find(event, "bytes"), &bytes);
    if (st)
        st->consumed += bytes;
}

/* --- waiting for it */

static struct stream *find_unaccepted(struct conn *c)
{
    struct stream *st = c->streams;

    while (st && (st->is_ours || st->is_accepted))
        st = st->next;
    return st;
}

static bool has_unaccepted(void *what)
{
    return find_unaccepted(what) != NULL;
}

struct stream *stream_accept(struct conn *c)
{
    struct stream *st;

    scene_step(c->scene);
    if (!scene_await(c->scene, has_unaccepted, c))
        scene_stop(c->scene, VERDICT_FAIL, "a stream that the testee opens",
                   "none");
    st = find_unaccepted(c);
    st->is_accepted = true;
    return st;
}

static struct stream_frame *first_untaken(const struct stream *st)
{
    struct stream_frame *f = st->frames;

    while (f && f->is_taken)
        f = f->next;
    return f;
}

/* Ended by the testee, with nothing on it that was not taken. */
static bool is_over(const struct stream *st)
{
    return (st->has_fin || st->was_reset) && !first_untaken(st);
}

struct stream *stream_first_live(struct conn *c)
{
    while (c->live && is_over(c->live))
        c->live = c->live->next;
    return c->live;
}

static bool has_frame_or_end(void *what)
{
    const struct stream *st = what;

    return first_untaken(st) || st->has_fin || st->was_reset;
}

static const char *how_it_stands(struct stream *st)
{
    const struct stream_frame *f = first_untaken(st);

    if (f)
        return scene_text(st->conn->scene, "a frame %.*s", (int)f->raw.type.len,
                          (const char *)f->raw.type.data);
    return st->was_reset ? "the stream was reset"
           : st->has_fin ? "the stream ended"
                         : "nothing came";
}

const struct stream_frame *stream_poll(struct stream *st)
{
    struct stream_frame *f = first_untaken(st);

    if (f)
        f->is_taken = true;
    else
        st->conn->scene->has_missed = true;
    return f;
}

const struct stream_frame *stream_next(struct stream *st)
{
    struct scene *s = st->conn->scene;

    scene_step(s);
    (void)scene_await(s, has_frame_or_end, st);
    if (!first_untaken(st))
        scene_stop(s, VERDICT_FAIL, "a frame on the stream", how_it_stands(st));
    return stream_poll(st);
}

void stream_wait_fin(struct stream *st)
{
    struct scene *s = st->conn->scene;

    scene_step(s);
    (void)scene_await(s, has_frame_or_end, st);
    if (!st->has_fin || first_untaken(st))
        scene_stop(s, VERDICT_FAIL, "the end of the stream", how_it_stands(st));
}

static bool has_ended(void *what)
{
    const struct stream *st = what;

    return st->has_fin || st->was_reset;
}

void stream_wait_end(struct stream *st)
{
    struct scene *s = st->conn->scene;

    scene_step(s);
    if (!scene_await(s, has_ended, st))
        scene_stop(s, VERDICT_FAIL, "the end of the stream", how_it_stands(st));
}

bool stream_has_fin(const struct stream *st)
{
    return st->has_fin;
}

bool stream_was_reset(const struct stream *st)
{
    return st->was_reset;
}

bool stream_was_stopped(const struct stream *st)
{
    return st->was_stopped;
}

uint64_t stream_written(const struct stream *st)
{
    return st->written;
}

uint64_t stream_consumed(const struct stream *st)
{
    return st->consumed;
}
