/* SPDX-License-Identifier: MIT */
/*
 * What the owner of a connection may ask of it. Everything here only writes
 * down a wish and wakes the endpoint; packets are made in quic_wire.c, news
 * arrive in quic_hooks.c, and quic_core.h holds what the three share.
 */
#include "ref/quic/quic.h"
#include "ref/quic/quic_wire.h"

#define MS 1000000ull
#define S (1000 * MS)

#define IDLE_NS (30 * S)       /* as long as a call waits by default */
#define HANDSHAKE_NS (10 * S)  /* a second packet lost three times over */
#define KEEP_ALIVE_NS (10 * S) /* well within the idle timeout of others */

/* Calls and subscriptions that may wait at the same time, a stream each; times
 * what each may send unread, this is all that a peer can make us hold. */
#define STREAMS 256
#define STREAM_WINDOW (512 * 1024ull)

struct quic_config quic_config_default(struct entropy_source entropy)
{
    return (struct quic_config){
        .alpn = slice_of("alknet/call"), /* [AL-1, AL-2, AL-5, CC-2, SY-4] */
        .entropy = entropy,
        .idle_timeout_ns = IDLE_NS,
        .handshake_timeout_ns = HANDSHAKE_NS,
        .streams_max = STREAMS,
        .stream_window = STREAM_WINDOW,
    };
}

/* The stream, as long as it may be spoken of. */
static struct quic_stream *stream_of(const struct quic *q, int64_t stream)
{
    return quic_core_is_alive(q) ? quic_stream_find(&q->table, stream) : NULL;
}

bool quic_open(struct quic *q, int64_t *ret_stream)
{
    struct quic_stream *s;
    int64_t id;

    if (q->phase != QUIC_PHASE_OPEN)
        return false;
    if (ngtcp2_conn_open_bidi_stream(q->conn, &id, NULL))
        return false;
    s = quic_core_add(q, id);
    (void)ngtcp2_conn_set_stream_user_data(q->conn, id, s);
    *ret_stream = id;
    return true;
}

uint64_t quic_streams_left(const struct quic *q)
{
    return q->phase == QUIC_PHASE_OPEN
               ? ngtcp2_conn_get_streams_bidi_left(q->conn)
               : 0;
}

size_t quic_write(struct quic *q, int64_t stream, struct slice bytes, bool fin)
{
    struct quic_stream *s = stream_of(q, stream);
    size_t taken;

    if (!s)
        return 0;
    taken = quic_stream_write(s, bytes, fin, quic_core_window(q, s));
    if (quic_stream_is_pending(s)) {
        quic_core_ready(s);
        quic_core_touch(q);
    }
    return taken;
}

void quic_reset(struct quic *q, int64_t stream, uint64_t code)
{
    struct quic_stream *s = stream_of(q, stream);

    if (!s || s->is_over)
        return;
    quic_core_mute(s);
    (void)ngtcp2_conn_shutdown_stream_write(q->conn, COMPAT_STREAM_FLAGS stream,
                                            code);
    quic_core_touch(q);
}

void quic_stop(struct quic *q, int64_t stream, uint64_t code)
{
    quic_queue_drop_data(&q->events, stream); /* of one that is over, too */
    if (!stream_of(q, stream))
        return;
    (void)ngtcp2_conn_shutdown_stream_read(q->conn, COMPAT_STREAM_FLAGS stream,
                                           code);
    quic_core_touch(q);
}

void quic_consumed(struct quic *q, int64_t stream, size_t len)
{
    if (!len || !stream_of(q, stream))
        return;
    (void)ngtcp2_conn_extend_max_stream_offset(q->conn, stream, len);
    quic_core_touch(q);
}

void quic_grant_streams(struct quic *q, uint64_t count)
{
    if (!count || !quic_core_is_alive(q))
        return;
    ngtcp2_conn_extend_max_streams_bidi(q->conn, (size_t)count);
    quic_core_touch(q);
}

static void ping_after(struct quic *q, uint64_t silence_ns)
{
    if (!quic_core_is_alive(q))
        return;
    ngtcp2_conn_set_keep_alive_timeout(q->conn, silence_ns);
    quic_core_touch(q);
}

void quic_keep_alive(struct quic *q, bool is_on)
{
    uint64_t after_ns = q->keep_alive_ns ? q->keep_alive_ns : KEEP_ALIVE_NS;

    ping_after(q, is_on ? after_ns : COMPAT_KEEP_ALIVE_OFF);
}

void quic_hurry(struct quic *q, bool is_on)
{
    q->is_hurried = is_on;
    if (!is_on)
        ping_after(q,
                   q->keep_alive_ns ? q->keep_alive_ns : COMPAT_KEEP_ALIVE_OFF);
    else if (quic_core_is_alive(q)) {
        quic_core_hurry(q);
        quic_core_touch(q);
    }
}

void quic_close(struct quic *q, uint64_t code)
{
    if (!quic_core_is_alive(q))
        return;
    ngtcp2_ccerr_default(&q->farewell_error);
    ngtcp2_ccerr_set_application_error(&q->farewell_error, code, NULL, 0);
    quic_core_end(q, QUIC_LAYER_APP, code, QUIC_BY_US, QUIC_PHASE_CLOSING);
    quic_core_touch(q);
}

bool quic_poll(struct quic *q, struct quic_event *ret_event)
{
    if (q->phase == QUIC_PHASE_BEGUN)
        return false;
    return quic_queue_poll(&q->events, ret_event);
}

enum tls_peer_kind quic_peer_kind(const struct quic *q)
{
    return tls_peer_kind(q->tls);
}

struct slice quic_peer_der(const struct quic *q)
{
    return tls_peer_der(q->tls);
}

/* Nothing we know of waits to be sent, and no packet that asks for an
 * acknowledgement is on its way. */
bool quic_is_flushed(const struct quic *q)
{
    ngtcp2_conn_info info;

    if (!quic_core_is_alive(q))
        return q->phase != QUIC_PHASE_CLOSING;
    if (q->is_changed || quic_stream_any_unacked(&q->table))
        return false;
    ngtcp2_conn_get_conn_info(q->conn, &info);
    return info.bytes_in_flight == 0;
}

struct address quic_local(const struct quic *q)
{
    return q->local;
}

struct address quic_remote(const struct quic *q)
{
    return quic_core_address(&ngtcp2_conn_get_path(q->conn)->remote);
}

bool quic_is_dialler(const struct quic *q)
{
    return q->is_dialler;
}

size_t quic_stream_count(const struct quic *q)
{
    return q->table.count;
}

void quic_set_user(struct quic *q, void *user)
{
    q->user = user;
}

void *quic_user(const struct quic *q)
{
    return q->user;
}

uint64_t quic_deadline(const struct quic *q)
{
    switch (q->phase) {
    case QUIC_PHASE_BEGUN:
    case QUIC_PHASE_OPEN:
        return ngtcp2_conn_get_expiry(q->conn);
    case QUIC_PHASE_CLOSING:
        return 0;
    case QUIC_PHASE_ENDING:
        return q->owes_farewell ? 0 : q->gone_ns;
    case QUIC_PHASE_GONE:
        break;
    }
    return NEVER;
}
