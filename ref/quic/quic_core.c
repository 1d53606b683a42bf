/* SPDX-License-Identifier: MIT */
/* See quic_core.h. */
#include "ref/quic/quic_core.h"

#define CRYPTO_ERROR_FIRST 0x100u /* RFC 9001, 4.8: 0x100 and a TLS alert */
#define CRYPTO_ERROR_LAST 0x1ffu

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
