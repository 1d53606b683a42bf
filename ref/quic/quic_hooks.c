/* SPDX-License-Identifier: MIT */
/*
 * ngtcp2's callbacks. Each writes down what has happened and returns; none
 * calls the owner, none ends the connection. Cryptography is ngtcp2's helper's
 * own; chance is ours, so that a seeded source gives the same packets again.
 *
 * The window of the whole connection is given back as bytes arrive; that of a
 * stream only when the owner has consumed them (quic.c). What comes on
 * unidirectional streams is swallowed and both windows are given back.
 *
 * A STOP_SENDING is read out of the decrypted packet (quic_frames.h), but told
 * only when ngtcp2 has read the packet as well: the stream may begin in it.
 */
#include "ref/quic/quic_hooks.h"
#include "ref/quic/quic_frames.h"

#include <ngtcp2/ngtcp2_crypto.h>

static void tell(struct quic *q, enum quic_event_kind kind, int64_t stream,
                 uint64_t code)
{
    struct quic_event event = {.kind = kind, .stream = stream, .code = code};

    quic_core_push(q, &event);
}

/* ----------------------------------------------------------- the handshake */

/* An acceptor knows all there is to know. */
static int on_completed(ngtcp2_conn *conn, void *user)
{
    struct quic *q = user;

    (void)conn;
    if (!q->is_dialler)
        quic_core_open(q);
    return 0;
}

/* A dialler is through before the acceptor has judged its key; that the
 * acceptor has, it confirms. */
static int on_confirmed(ngtcp2_conn *conn, void *user)
{
    struct quic *q = user;

    (void)conn;
    if (q->is_dialler)
        quic_core_open(q);
    return 0;
}

static int on_stateless_reset(ngtcp2_conn *conn,
                              const ngtcp2_pkt_stateless_reset *reset,
                              void *user)
{
    struct quic *q = user;

    (void)conn, (void)reset;
    q->is_reset_by_peer = true;
    return 0;
}

/* ------------------------------------------------------------ STOP_SENDING */

/* Whose packet is being read: decryption is not told. */
static _Thread_local struct quic *reading;

static int on_decrypt(uint8_t *plain, const ngtcp2_crypto_aead *aead,
                      const ngtcp2_crypto_aead_ctx *context,
                      const uint8_t *cipher, size_t len, const uint8_t *nonce,
                      size_t nonce_len, const uint8_t *head, size_t head_len)
{
    struct quic_frames_stop stop;
    struct slice rest;
    int code = ngtcp2_crypto_decrypt_cb(plain, aead, context, cipher, len,
                                        nonce, nonce_len, head, head_len);

    if (code || !reading)
        return code;
    rest = slice_make(plain, len - aead->max_overhead);
    while (quic_frames_next_stop(&rest, &stop))
        (void)buf_add(&reading->stops, slice_make(&stop, sizeof stop));
    return 0;
}

static void tell_stop(struct quic *q, const struct quic_frames_stop *stop)
{
    struct quic_stream *s = quic_stream_find(&q->table, stop->stream);

    if (!s || s->is_over)
        return;
    quic_core_mute(s);
    tell(q, QUIC_STOPPED, stop->stream, stop->code);
}

int quic_hooks_read(struct quic *q, const ngtcp2_path *path,
                    struct slice packet)
{
    struct quic_frames_stop stop;
    int code;

    reading = q;
    code = ngtcp2_conn_read_pkt(q->conn, path, NULL, packet.data, packet.len,
                                q->now_ns);
    reading = NULL;
    for (size_t at = 0; at < q->stops.len && !code; at += sizeof stop) {
        memcpy(&stop, q->stops.data + at, sizeof stop);
        tell_stop(q, &stop);
    }
    buf_reset(&q->stops);
    return code;
}

/* ----------------------------------------------------------------- streams */

static int on_stream_open(ngtcp2_conn *conn, int64_t id, void *user)
{
    struct quic *q = user;

    if (ngtcp2_is_bidi_stream(id)) /* [SM-1] */
        return ngtcp2_conn_set_stream_user_data(conn, id, quic_core_add(q, id));
    return 0;
}

static int on_data(ngtcp2_conn *conn, uint32_t flags, int64_t id,
                   uint64_t offset, const uint8_t *data, size_t len, void *user,
                   void *stream)
{
    struct quic_event event = {
        .kind = QUIC_DATA,
        .stream = id,
        .bytes = slice_make(data, len),
        .fin = (flags & NGTCP2_STREAM_DATA_FLAG_FIN) != 0,
    };

    (void)offset;
    ngtcp2_conn_extend_max_offset(conn, len);
    if (!stream)
        return ngtcp2_conn_extend_max_stream_offset(conn, id, len);
    if (len || event.fin)
        quic_core_push(user, &event);
    return 0;
}

static int on_stream_close(ngtcp2_conn *conn, uint32_t flags, int64_t id,
                           uint64_t code, void *user, void *stream)
{
    (void)flags, (void)code;
    (void)conn;
    if (!stream)
        return 0;
    quic_core_drop(user, stream);
    tell(user, QUIC_STREAM_CLOSED, id, 0);
    return 0;
}

/* Of a stream that begins with its reset, ngtcp2 0.12 keeps nothing and gives
 * its credit back by itself: for the owner there never was one. */
static int on_reset(ngtcp2_conn *conn, int64_t id, uint64_t final_size,
                    uint64_t code, void *user, void *stream)
{
    (void)conn, (void)final_size;
    if (stream)
        tell(user, QUIC_RESET, id, code);
    return 0;
}

/* Either may make room: bytes that are there, and a window that is wider. */
static void tell_room(struct quic *q, struct quic_stream *s)
{
    if (quic_stream_has_room_again(s, quic_core_window(q, s)))
        tell(q, QUIC_WRITABLE, s->id, 0);
}

static int on_acked(ngtcp2_conn *conn, int64_t id, uint64_t offset,
                    uint64_t len, void *user, void *stream)
{
    struct quic_stream *s = stream;

    (void)conn, (void)id, (void)offset;
    if (!s)
        return 0;
    quic_stream_acked(s, len);
    tell_room(user, s);
    return 0;
}

/* The peer has consumed something: the stream may go on. */
static int on_window(ngtcp2_conn *conn, int64_t id, uint64_t offset_max,
                     void *user, void *stream)
{
    struct quic_stream *s = stream;

    (void)conn, (void)id, (void)offset_max;
    if (!s)
        return 0;
    s->is_blocked = false;
    quic_core_ready(s);
    tell_room(user, s);
    return 0;
}

static int on_credit(ngtcp2_conn *conn, uint64_t streams_max, void *user)
{
    struct quic *q = user;

    (void)conn, (void)streams_max;
    if (q->was_opened && !quic_queue_ends_with(&q->events, QUIC_CREDIT))
        tell(q, QUIC_CREDIT, -1, 0);
    return 0;
}

/* ------------------------------------------------------- names and chance */

static void on_rand(uint8_t *bytes, size_t len, const ngtcp2_rand_ctx *chance)
{
    entropy_fill(chance->native_handle, bytes, len);
}

static int on_challenge(ngtcp2_conn *conn, uint8_t *bytes, void *user)
{
    struct quic *q = user;

    (void)conn;
    entropy_fill(&q->entropy, bytes, NGTCP2_PATH_CHALLENGE_DATALEN);
    return 0;
}

static int on_new_name(ngtcp2_conn *conn, ngtcp2_cid *cid, uint8_t *token,
                       size_t len, void *user)
{
    struct quic *q = user;

    (void)conn;
    cid->datalen = len;
    entropy_fill(&q->entropy, cid->data, len);
    entropy_fill(&q->entropy, token, NGTCP2_STATELESS_RESET_TOKENLEN);
    q->host.route(q->host.self, slice_make(cid->data, len));
    return 0;
}

static int on_old_name(ngtcp2_conn *conn, const ngtcp2_cid *cid, void *user)
{
    struct quic *q = user;

    (void)conn;
    q->host.forget(q->host.self, slice_make(cid->data, cid->datalen));
    return 0;
}

ngtcp2_rand_ctx quic_hooks_chance(struct entropy_source *entropy)
{
    return (ngtcp2_rand_ctx){.native_handle = entropy};
}

const ngtcp2_callbacks *quic_hooks(void)
{
    static const ngtcp2_callbacks callbacks = {
        .client_initial = ngtcp2_crypto_client_initial_cb,
        .recv_client_initial = ngtcp2_crypto_recv_client_initial_cb,
        .recv_crypto_data = ngtcp2_crypto_recv_crypto_data_cb,
        .encrypt = ngtcp2_crypto_encrypt_cb,
        .decrypt = on_decrypt,
        .hp_mask = ngtcp2_crypto_hp_mask_cb,
        .recv_retry = ngtcp2_crypto_recv_retry_cb,
        .update_key = ngtcp2_crypto_update_key_cb,
        .delete_crypto_aead_ctx = ngtcp2_crypto_delete_crypto_aead_ctx_cb,
        .delete_crypto_cipher_ctx = ngtcp2_crypto_delete_crypto_cipher_ctx_cb,
        .version_negotiation = ngtcp2_crypto_version_negotiation_cb,
        .handshake_completed = on_completed,
        .handshake_confirmed = on_confirmed,
        .recv_stateless_reset = on_stateless_reset,
        .stream_open = on_stream_open,
        .recv_stream_data = on_data,
        .stream_close = on_stream_close,
        .stream_reset = on_reset,
        .acked_stream_data_offset = on_acked,
        .extend_max_stream_data = on_window,
        .extend_max_local_streams_bidi = on_credit,
        .rand = on_rand,
        .get_path_challenge_data = on_challenge,
        .get_new_connection_id = on_new_name,
        .remove_connection_id = on_old_name,
    };

    return &callbacks;
}
