/* SPDX-License-Identifier: MIT */
/* See quic_core.h. */
#include "ref/quic/quic_core.h"

#define CRYPTO_ERROR_FIRST 0x100u /* RFC 9001, 4.8: 0x100 and a TLS alert */
#define CRYPTO_ERROR_LAST 0x1ffu
#define MS UINT64_C(1000000)
#define HURRY_NS MS
#define ACK_DELAY_NS (25 * MS) /* RFC 9000 18.2, when a peer names no other */

static const char *const layer_names[] = {
    [QUIC_LAYER_APP] = "app",
    [QUIC_LAYER_TRANSPORT] = "transport",
    [QUIC_LAYER_TLS] = "tls",
    [QUIC_LAYER_IDLE] = "idle",
};

static const char *const by_names[] = {
    [QUIC_BY_US] = "us",
    [QUIC_BY_THEM] = "them",
    [QUIC_BY_LOST] = "lost",
};

void quic_core_touch(struct quic *q)
{
    q->is_changed = true;
    q->host.wake(q->host.self);
}

/* Long enough for the answer to the last PING to come: with one of them always
 * on its way, nothing would ever be flushed. A peer may put off the answer to a
 * single one, but not to a second: over a short way the next one is in time for
 * that, and over a long one each has to wait for its own. */
static uint64_t hurry_ns(const struct quic *q)
{
    ngtcp2_conn_info info;
    uint64_t twice_ns;

    ngtcp2_conn_get_conn_info(q->conn, &info);
    twice_ns = 2 * (info.latest_rtt > info.smoothed_rtt ? info.latest_rtt
                                                        : info.smoothed_rtt);
    if (!info.latest_rtt || twice_ns < HURRY_NS)
        return HURRY_NS;
    return twice_ns < ACK_DELAY_NS / 2 ? twice_ns : twice_ns + ACK_DELAY_NS;
}

void quic_core_hurry(struct quic *q)
{
    ngtcp2_conn_set_keep_alive_timeout(q->conn, hurry_ns(q));
}

void quic_core_push(struct quic *q, const struct quic_event *event)
{
    quic_queue_push(&q->events, event);
}

void quic_core_open(struct quic *q)
{
    struct quic_event opened = {.kind = QUIC_OPENED, .stream = -1};

    assert(q->phase == QUIC_PHASE_BEGUN);
    q->phase = QUIC_PHASE_OPEN;
    q->was_opened = true;
    quic_queue_push_first(&q->events, &opened);
    trace(&q->trace, q->now_ns, "quic open %s",
          q->is_dialler ? "dialler" : "acceptor");
}

void quic_core_end(struct quic *q, enum quic_layer layer, uint64_t code,
                   enum quic_by by, enum quic_phase next)
{
    struct quic_event closed = {.kind = QUIC_CLOSED,
                                .stream = -1,
                                .layer = layer,
                                .code = code,
                                .by = by};

    assert(quic_core_is_alive(q) && next > QUIC_PHASE_OPEN);
    if (q->phase == QUIC_PHASE_BEGUN)
        quic_queue_clear(&q->events);
    q->phase = next;
    q->ready = (struct queue){.first = NULL};
    quic_stream_clear(&q->table);
    quic_core_push(q, &closed);
    trace(&q->trace, q->now_ns, "quic closed by %s, %s %llu", by_names[by],
          layer_names[layer], (unsigned long long)code);
}

static bool is_crypto(const ngtcp2_ccerr *error)
{
    return error->type == NGTCP2_CCERR_TYPE_TRANSPORT &&
           error->error_code >= CRYPTO_ERROR_FIRST &&
           error->error_code <= CRYPTO_ERROR_LAST;
}

enum quic_layer quic_core_layer(const ngtcp2_ccerr *error)
{
    if (error->type == NGTCP2_CCERR_TYPE_APPLICATION)
        return QUIC_LAYER_APP;
    return is_crypto(error) ? QUIC_LAYER_TLS : QUIC_LAYER_TRANSPORT;
}

uint64_t quic_core_code(const ngtcp2_ccerr *error)
{
    return is_crypto(error) ? error->error_code - CRYPTO_ERROR_FIRST
                            : error->error_code;
}

struct address quic_core_address(const ngtcp2_addr *addr)
{
    struct address a = {.len = (uint32_t)addr->addrlen};

    assert(a.len <= ADDRESS_LEN_MAX);
    memcpy(a.bytes, addr->addr, a.len);
    return a;
}

struct quic_stream *quic_core_add(struct quic *q, int64_t id)
{
    struct quic_stream *s = quic_stream_add(&q->table, id);

    s->ready = (struct queue_entry){.queue = &q->ready, .owner = s};
    return s;
}

void quic_core_ready(struct quic_stream *s)
{
    if (!s->is_blocked && quic_stream_is_pending(s))
        queue_enter(&s->ready);
}

uint64_t quic_core_window(const struct quic *q, const struct quic_stream *s)
{
    return ngtcp2_conn_get_max_stream_data_left(q->conn, s->id);
}

void quic_core_mute(struct quic_stream *s)
{
    queue_leave(&s->ready);
    quic_stream_end(s);
}

void quic_core_drop(struct quic *q, struct quic_stream *s)
{
    queue_leave(&s->ready);
    quic_stream_remove(&q->table, s);
}
