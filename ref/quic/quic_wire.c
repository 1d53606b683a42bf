/* SPDX-License-Identifier: MIT */
/*
 * Datagrams and times in, datagrams out; how a connection begins and how it
 * ends on the wire.
 *
 * Sending. Streams with something to say stand in a queue; each in turn fills
 * what is left of the packet, and the one that a full packet interrupts goes
 * to the end of the queue. A stream that its own window holds up leaves the
 * queue until the peer widens it; when it is the connection's window, all stay
 * and are asked again next time, since ngtcp2 does not tell when that one
 * widens.
 *
 * The pacer is told of a burst only after the handshake. Before, it would go
 * by a guessed round trip of a third of a second and hold back the dialler's
 * last flight, and so its first call.
 *
 * Ending. Who closes writes one farewell and keeps it for a while, to repeat
 * it to a peer that missed it; who was told, or lost the other, is silent.
 */
#include "ref/quic/quic_wire.h"
#include "ref/base/xalloc.h"
#include "ref/quic/quic_hooks.h"

/* Bytes all streams together may have on the way. It is given back on arrival,
 * so it only bounds one round trip; streams bound what is kept. No window grows
 * by itself: ngtcp2 is given none to grow to. */
#define CONNECTION_WINDOW (64ull * 1024 * 1024)

/* Unidirectional streams are no part of the protocol. A peer that opens some
 * is humoured, not served: it gets no more than these. */
#define UNI_STREAMS 3
#define UNI_WINDOW (64ull * 1024)

/* QUIC datagrams, likewise: any size is announced, so that none is an error. */
#define DATAGRAM_FRAME_MAX 65535

#define STOPS_MAX (512u * 1024) /* of one packet: 20 thousand of 3 bytes */

#define PTO_COUNT 3 /* RFC 9000, 10.2: how long to linger after the end */

/* --------------------------------------------------------------- beginning */

static ngtcp2_addr addr_of(const struct address *a)
{
    return (ngtcp2_addr){(ngtcp2_sockaddr *)(void *)(uintptr_t)a->bytes,
                         (ngtcp2_socklen)a->len};
}

static ngtcp2_path path_of(const struct address *local,
                           const struct address *remote)
{
    return (ngtcp2_path){.local = addr_of(local), .remote = addr_of(remote)};
}

/* The path's MTU is not looked for: there is nothing above what is sent. But
 * ngtcp2 must not be told so in words (`no_pmtud`): when a peer comes back to
 * where it was before that other place was proven, it begins to look all the
 * same, and asserts that it may. */
static ngtcp2_settings
settings_of(struct quic *q, const struct quic_config *config, uint64_t now_ns)
{
    ngtcp2_settings settings;

    ngtcp2_settings_default(&settings);
    settings.initial_ts = now_ns;
    settings.rand_ctx = quic_hooks_chance(&q->entropy);
    settings.handshake_timeout = config->handshake_timeout_ns
                                     ? config->handshake_timeout_ns
                                     : COMPAT_HANDSHAKE_TIMEOUT_NONE;
    settings.max_tx_udp_payload_size = QUIC_WIRE_DATAGRAM_MAX;
    return settings;
}

static ngtcp2_transport_params params_of(const struct quic_config *config)
{
    ngtcp2_transport_params params;

    ngtcp2_transport_params_default(&params);
    params.initial_max_stream_data_bidi_local = config->stream_window;
    params.initial_max_stream_data_bidi_remote = config->stream_window;
    params.initial_max_stream_data_uni = UNI_WINDOW;
    params.initial_max_data = CONNECTION_WINDOW;
    params.initial_max_streams_bidi = config->streams_max;
    params.initial_max_streams_uni = UNI_STREAMS;
    params.max_idle_timeout = config->idle_timeout_ns;
    params.max_datagram_frame_size = DATAGRAM_FRAME_MAX;
    return params;
}

static ngtcp2_cid cid_new(struct quic *q)
{
    ngtcp2_cid cid = {.datalen = QUIC_WIRE_CID_LEN};

    entropy_fill(&q->entropy, cid.data, cid.datalen);
    return cid;
}

static struct quic *quic_new(const struct quic_wire_start *start,
                             bool is_dialler, struct failure *ret_failure)
{
    const struct quic_config *config = start->config;
    struct tls_config tls = {.key = config->key,
                             .verifier = config->verifier,
                             .trust = config->trust,
                             .wanted = config->wanted,
                             .alpn = config->alpn,
                             .is_server = !is_dialler};
    struct quic *q = xalloc(1, sizeof *q);

    q->host = start->host;
    q->entropy = config->entropy;
    q->trace = config->trace;
    q->local = start->local;
    q->now_ns = start->now_ns;
    q->keep_alive_ns = config->keep_alive_ns;
    q->is_dialler = is_dialler;
    q->is_changed = true;
    buf_init(&q->farewell, QUIC_WIRE_DATAGRAM_MAX);
    buf_init(&q->stops, STOPS_MAX);
    q->tls = tls_new(&tls, ret_failure);
    if (q->tls)
        return q;
    quic_wire_free(q);
    return NULL;
}

/* The end of the beginning, whoever began. */
static struct quic *wed(struct quic *q, int code, const ngtcp2_cid *own,
                        struct failure *ret_failure)
{
    if (code) {
        (void)failure_say(ret_failure, "QUIC: %s", ngtcp2_strerror(code));
        quic_wire_free(q);
        return NULL;
    }
    tls_attach(q->tls, q->conn);
    if (q->keep_alive_ns)
        ngtcp2_conn_set_keep_alive_timeout(q->conn, q->keep_alive_ns);
    q->host.route(q->host.self, slice_make(own->data, own->datalen));
    return q;
}

struct quic *quic_wire_dial(const struct quic_wire_start *start,
                            struct failure *ret_failure)
{
    struct quic *q = quic_new(start, true, ret_failure);
    ngtcp2_path path = path_of(&start->local, &start->remote);
    ngtcp2_transport_params params = params_of(start->config);
    ngtcp2_settings settings;
    ngtcp2_cid theirs, own;
    int code;

    if (!q)
        return NULL;
    settings = settings_of(q, start->config, start->now_ns);
    theirs = cid_new(q);
    own = cid_new(q);
    code = ngtcp2_conn_client_new(&q->conn, &theirs, &own, &path,
                                  NGTCP2_PROTO_VER_V1, quic_hooks(), &settings,
                                  &params, NULL, q);
    return wed(q, code, &own, ret_failure);
}

struct quic *quic_wire_accept(const struct quic_wire_start *start,
                              const ngtcp2_pkt_hd *initial,
                              struct failure *ret_failure)
{
    struct quic *q = quic_new(start, false, ret_failure);
    ngtcp2_path path = path_of(&start->local, &start->remote);
    ngtcp2_transport_params params = params_of(start->config);
    ngtcp2_settings settings;
    ngtcp2_cid own;
    int code;

    if (!q)
        return NULL;
    settings = settings_of(q, start->config, start->now_ns);
    compat_original_dcid(&params, &initial->dcid);
    own = cid_new(q);
    code = ngtcp2_conn_server_new(&q->conn, &initial->scid, &own, &path,
                                  initial->version, quic_hooks(), &settings,
                                  &params, NULL, q);
    if (!code)
        q->host.route(q->host.self,
                      slice_make(initial->dcid.data, initial->dcid.datalen));
    return wed(q, code, &own, ret_failure);
}

void quic_wire_free(struct quic *q)
{
    if (!q)
        return;
    ngtcp2_conn_del(q->conn);
    tls_free(q->tls);
    quic_stream_clear(&q->table);
    quic_queue_clear(&q->events);
    buf_clear(&q->farewell);
    buf_clear(&q->stops);
    xalloc_free(q);
}

/* It is later, or as late, as it was. */
static void tell_time(struct quic *q, uint64_t now_ns)
{
    assert(now_ns >= q->now_ns);
    q->now_ns = now_ns;
}

/* ------------------------------------------------------------------ ending */

static uint64_t lingering(const struct quic *q)
{
    return q->now_ns + PTO_COUNT * ngtcp2_conn_get_pto(q->conn);
}

/* The peer has closed, or has forgotten us. */
static void end_by_peer(struct quic *q)
{
    ngtcp2_ccerr error = compat_peer_close(q->conn);

    q->gone_ns = lingering(q);
    quic_core_end(q, quic_core_layer(&error), quic_core_code(&error),
                  q->is_reset_by_peer ? QUIC_BY_LOST : QUIC_BY_THEM,
                  QUIC_PHASE_ENDING);
}

/* We cannot go on, and say why. */
static void end_by_us(struct quic *q, int code)
{
    uint8_t alert = ngtcp2_conn_get_tls_alert(q->conn);
    ngtcp2_ccerr *error = &q->farewell_error;

    ngtcp2_ccerr_default(error);
    if (code == NGTCP2_ERR_CRYPTO && alert)
        ngtcp2_ccerr_set_tls_alert(error, alert, NULL, 0);
    else
        ngtcp2_ccerr_set_liberr(error, code, NULL, 0);
    quic_core_end(q, quic_core_layer(error), quic_core_code(error), QUIC_BY_US,
                  QUIC_PHASE_CLOSING);
}

/* What an error of ngtcp2's means for the connection. */
static void end(struct quic *q, int code)
{
    switch (code) {
    case NGTCP2_ERR_DRAINING:
        end_by_peer(q);
        break;
    case NGTCP2_ERR_IDLE_CLOSE:
    case NGTCP2_ERR_HANDSHAKE_TIMEOUT:
        quic_core_end(q, QUIC_LAYER_IDLE, 0, QUIC_BY_LOST, QUIC_PHASE_GONE);
        break;
    case NGTCP2_ERR_DROP_CONN:
    case NGTCP2_ERR_RETRY:
        quic_core_end(q, QUIC_LAYER_TRANSPORT, 0, QUIC_BY_LOST,
                      QUIC_PHASE_GONE);
        break;
    case NGTCP2_ERR_RECV_VERSION_NEGOTIATION:
        quic_core_end(q, QUIC_LAYER_TRANSPORT, 0, QUIC_BY_THEM,
                      QUIC_PHASE_GONE);
        break;
    default:
        end_by_us(q, code);
    }
}

/* Writes the farewell and keeps it. */
static bool farewell_write(struct quic *q, uint8_t *bytes, size_t *ret_len,
                           ngtcp2_path *path)
{
    ngtcp2_ssize len = ngtcp2_conn_write_connection_close(
        q->conn, path, NULL, bytes, QUIC_WIRE_DATAGRAM_MAX, &q->farewell_error,
        q->now_ns);

    if (len <= 0) {
        q->phase = QUIC_PHASE_GONE;
        return false;
    }
    *ret_len = (size_t)len;
    buf_put_slice(&q->farewell, slice_make(bytes, *ret_len));
    q->gone_ns = lingering(q);
    q->phase = QUIC_PHASE_ENDING;
    return true;
}

static bool farewell_repeat(struct quic *q, uint8_t *bytes, size_t *ret_len,
                            ngtcp2_path *path)
{
    if (!q->owes_farewell)
        return false;
    q->owes_farewell = false;
    ngtcp2_path_copy(path, ngtcp2_conn_get_path(q->conn));
    memcpy(bytes, q->farewell.data, q->farewell.len);
    *ret_len = q->farewell.len;
    return true;
}

/* A packet that came too late. Ever fewer of them are answered, so that two
 * ends cannot keep each other talking. */
static void farewell_ask(struct quic *q)
{
    q->late_count++;
    if (q->farewell.len && (q->late_count & (q->late_count - 1)) == 0)
        q->owes_farewell = true;
}

/* ----------------------------------------------------------------- sending */

/* One stream's answer to the packet being written. */
struct turn {
    struct quic_stream *stream; /* whose turn; NULL: nobody's */
    bool fin;                   /* a FIN was offered behind the bytes */
    size_t offered;             /* bytes */
};

static ngtcp2_ssize write_turn(struct quic *q, struct turn *turn,
                               uint8_t *bytes, ngtcp2_path *path)
{
    struct slice unsent = {NULL, 0};
    uint32_t flags = NGTCP2_WRITE_STREAM_FLAG_NONE;
    ngtcp2_ssize taken = -1, len;
    ngtcp2_vec vec;

    if (turn->stream) {
        unsent = quic_stream_unsent(turn->stream, &turn->fin);
        flags = NGTCP2_WRITE_STREAM_FLAG_MORE;
        if (turn->fin)
            flags |= NGTCP2_WRITE_STREAM_FLAG_FIN;
    }
    vec = (ngtcp2_vec){(uint8_t *)(uintptr_t)unsent.data, unsent.len};
    len = ngtcp2_conn_writev_stream(q->conn, path, NULL, bytes,
                                    QUIC_WIRE_DATAGRAM_MAX, &taken, flags,
                                    turn->stream ? turn->stream->id : -1, &vec,
                                    unsent.len ? 1 : 0, q->now_ns);
    if (turn->stream && taken >= 0)
        quic_stream_sent(turn->stream, (size_t)taken,
                         turn->fin && (size_t)taken == unsent.len);
    return len;
}

/* To the end of the queue, if it has more to say. */
static void yield(struct quic_stream *s)
{
    queue_leave(&s->ready);
    quic_core_ready(s);
}

/* Fills one packet. Its length; 0 when there is none to be sent now; negative
 * when the connection cannot go on. */
static ngtcp2_ssize write_packet(struct quic *q, uint8_t *bytes,
                                 ngtcp2_path *path)
{
    bool is_full = false;

    for (;;) {
        struct turn turn = {.stream = is_full ? NULL : queue_first(&q->ready)};
        ngtcp2_ssize len = write_turn(q, &turn, bytes, path);

        switch (len) {
        case NGTCP2_ERR_WRITE_MORE:
            if (!quic_stream_is_pending(turn.stream))
                queue_leave(&turn.stream->ready);
            break;
        case NGTCP2_ERR_STREAM_DATA_BLOCKED:
            is_full = ngtcp2_conn_get_max_data_left(q->conn) == 0;
            if (is_full)
                break;
            turn.stream->is_blocked = true;
            queue_leave(&turn.stream->ready);
            break;
        case NGTCP2_ERR_STREAM_SHUT_WR:
        case NGTCP2_ERR_STREAM_NOT_FOUND:
            quic_core_mute(turn.stream);
            break;
        default:
            if (turn.stream && len > 0)
                yield(turn.stream);
            return len;
        }
    }
}

/* Has any packet been acknowledged yet? */
static bool knows_its_rtt(struct quic *q)
{
    ngtcp2_conn_info info;

    if (q->has_rtt)
        return true;
    ngtcp2_conn_get_conn_info(q->conn, &info);
    q->has_rtt = info.latest_rtt != 0;
    return q->has_rtt;
}

/* A pause for the sake of the path, before more is sent. One that is so short
 * that ngtcp2 does not keep it, it would still have us wake up for: told what
 * time it is, it forgets it. Without that every small call costs a timer. */
static void pause_after(struct quic *q)
{
    ngtcp2_conn_update_pkt_tx_time(q->conn, q->now_ns);
    if (ngtcp2_conn_get_expiry(q->conn) <= q->now_ns + COMPAT_PAUSE_MIN_NS)
        quic_wire_expire(q, q->now_ns);
}

/* Nothing more for now. Pacing begins once there is a round trip to pace by:
 * before, it would take the first guess of 333 ms and hold the first call. */
static void rest(struct quic *q)
{
    bool is_paced =
        q->is_bursting && q->phase == QUIC_PHASE_OPEN && knows_its_rtt(q);

    q->is_changed = q->is_bursting = false;
    if (is_paced)
        pause_after(q);
}

static bool alive_send(struct quic *q, uint8_t *bytes, size_t *ret_len,
                       ngtcp2_path *path)
{
    ngtcp2_ssize len = write_packet(q, bytes, path);

    if (len > 0) {
        *ret_len = (size_t)len;
        q->is_bursting = true;
        return true;
    }
    if (len < 0)
        end(q, (int)len);
    else
        rest(q);
    return false;
}

bool quic_wire_send(struct quic *q, uint8_t bytes[QUIC_WIRE_DATAGRAM_MAX],
                    size_t *ret_len, struct address *ret_to, uint64_t now_ns)
{
    ngtcp2_path_storage storage;
    bool is_sent = false;

    ngtcp2_path_storage_zero(&storage);
    tell_time(q, now_ns);
    if (quic_core_is_alive(q))
        is_sent = alive_send(q, bytes, ret_len, &storage.path);
    if (!is_sent && q->phase == QUIC_PHASE_CLOSING)
        is_sent = farewell_write(q, bytes, ret_len, &storage.path);
    else if (!is_sent && q->phase == QUIC_PHASE_ENDING)
        is_sent = farewell_repeat(q, bytes, ret_len, &storage.path);
    if (is_sent)
        *ret_to = quic_core_address(&storage.path.remote);
    return is_sent;
}

/* ----------------------------------------------------- receiving, and time */

void quic_wire_receive(struct quic *q, const struct address *from,
                       struct slice bytes, uint64_t now_ns)
{
    ngtcp2_path path = path_of(&q->local, from);
    int code;

    tell_time(q, now_ns);
    if (!quic_core_is_alive(q)) {
        farewell_ask(q);
        return;
    }
    code = quic_hooks_read(q, &path, bytes);
    if (code)
        end(q, code);
    else if (q->is_hurried)
        quic_core_hurry(q);
}

void quic_wire_expire(struct quic *q, uint64_t now_ns)
{
    int code;

    tell_time(q, now_ns);
    if (!quic_core_is_alive(q)) {
        if (q->phase == QUIC_PHASE_ENDING && now_ns >= q->gone_ns)
            q->phase = QUIC_PHASE_GONE;
        return;
    }
    code = ngtcp2_conn_handle_expiry(q->conn, now_ns);
    if (code)
        end(q, code);
}

bool quic_wire_has_events(const struct quic *q)
{
    return q->phase != QUIC_PHASE_BEGUN && q->events.first;
}

bool quic_wire_was_opened(const struct quic *q)
{
    return q->was_opened;
}

bool quic_wire_is_over(const struct quic *q)
{
    return !quic_core_is_alive(q);
}

bool quic_wire_is_gone(const struct quic *q)
{
    return q->phase == QUIC_PHASE_GONE;
}

void *quic_wire_holder(const struct quic *q)
{
    return q->host.self;
}
