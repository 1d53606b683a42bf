/* SPDX-License-Identifier: MIT */
/*
 * L1: streams are verbs, and what the testee does stands in the answers. When
 * all verbs are answered, nothing more will happen by itself; that is why
 * waiting can fail at once and why silence is proven. (L0 uses the waiting
 * alone.)
 */
#include <inttypes.h>

#include "conformance/backstage.h"
#include "conformance/body.h"
#include "conformance/json_out.h"
#include "conformance/stage.h"
#include "conformance/stream.h"

/* Bytes of one verb; twice as many in hexadecimal, well below a line. */
#define PIECE_BYTES (1024u * 1024)

static void virtual_open(struct conn *c, const struct conn_how *how)
{
    struct scene *s = c->scene;
    const char *fingerprint = "null";
    enum stage_key key = how->key;
    bool is_dialled = c->dial == DIAL_THEM;

    if (key != STAGE_KEY_NONE || is_dialled)
        fingerprint = scene_text(s, "\"%s\"", stage_fingerprint(s, key));
    (void)scene_send(
        s, "open_conn",
        scene_text(s,
                   "\"conn\":\"%s\",\"dialer\":\"%s\",\"peer_fingerprint\":%s,"
                   "\"trusted_peer\":%s",
                   c->name, case_side_name(c->dial), fingerprint,
                   how->is_trusted ? "true" : "false"));
    c->is_up = true;
}

static void virtual_open_stream(struct stream *st)
{
    struct conn *c = st->conn;

    st->number = c->next_stream;
    c->next_stream += 4;
}

static void send_piece(struct stream *st, struct slice bytes, bool fin)
{
    struct scene *s = st->conn->scene;
    struct json_out out;
    struct buf b;

    buf_init(&b, bytes.len * 2 + 512);
    json_out_begin(&out, &b);
    json_out_text(&out, "conn", slice_of(st->conn->name));
    json_out_u64(&out, "stream", (uint64_t)st->number);
    json_out_hex(&out, "hex", bytes);
    if (fin)
        json_out_bool(&out, "fin", true);
    json_out_end(&out);
    (void)testee_send(s->testee, "stream_data",
                      slice_make(b.data + 1, b.len - 2));
    buf_clear(&b);
}

static void virtual_send(struct stream *st, struct slice bytes, bool fin)
{
    st->sent += bytes.len;
    while (bytes.len > PIECE_BYTES) {
        send_piece(st, slice_head(bytes, PIECE_BYTES), false);
        bytes = slice_skip(bytes, PIECE_BYTES);
    }
    send_piece(st, bytes, fin);
}

static void send_code(struct stream *st, const char *op, uint64_t code)
{
    struct scene *s = st->conn->scene;

    (void)scene_send(s, op,
                     scene_text(s,
                                "\"conn\":\"%s\",\"stream\":%" PRId64
                                ",\"code\":%" PRIu64,
                                st->conn->name, st->number, code));
}

static void virtual_reset(struct stream *st, uint64_t code)
{
    send_code(st, "stream_reset", code);
}

static void virtual_stop(struct stream *st, uint64_t code)
{
    send_code(st, "stop_sending", code);
}

/* --- the testee's window, on streams that were held once */

/* Gives back what came on a stream, as a receiver does that takes it. */
static bool refill(struct stream *st)
{
    if (!st->is_governed || st->is_held || st->has_fin || st->was_reset ||
        st->conn->closed || st->window > BACKSTAGE_WINDOW / 2)
        return false;
    stream_window(st, BACKSTAGE_WINDOW - st->window);
    return true;
}

static bool refill_all(struct scene *s)
{
    bool has_any = false;

    if (!s->governed)
        return false;
    for (struct conn *c = s->conns; c; c = c->next) {
        for (struct stream *st = stream_first_live(c); st; st = st->next)
            has_any = refill(st) || has_any;
    }
    return has_any;
}

/* What the testee wrote before belongs to no window. */
static void virtual_govern(struct stream *st)
{
    struct scene *s = st->conn->scene;

    if (!st->is_held || st->is_governed)
        return;
    scene_settle(s);
    st->is_governed = true;
    s->governed++;
    stream_window(st, 0);
    scene_settle(s);
}

static void virtual_drop(struct conn *c)
{
    (void)scene_send(c->scene, "conn_lost",
                     scene_text(c->scene, "\"conn\":\"%s\"", c->name));
}

static bool virtual_wait(struct scene *s, uint64_t deadline_ns)
{
    bool is_quiet = !refill_all(s) && !s->testee->queue;

    (void)deadline_ns;
    testee_drain(s->testee);
    return !is_quiet;
}

static void virtual_settle(struct scene *s)
{
    do
        testee_drain(s->testee);
    while (s->testee->trouble == TESTEE_WELL && refill_all(s));
}

static void virtual_end(struct scene *s)
{
    (void)s;
}

const struct transport virtual_transport = {
    .open = virtual_open,
    .open_stream = virtual_open_stream,
    .send = virtual_send,
    .reset = virtual_reset,
    .stop = virtual_stop,
    .govern = virtual_govern,
    .drop = virtual_drop,
    .wait = virtual_wait,
    .settle = virtual_settle,
    .end = virtual_end,
};
