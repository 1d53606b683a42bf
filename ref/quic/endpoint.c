/* SPDX-License-Identifier: MIT */
/*
 * An endpoint holds its connections as members. Beside the queue of ALL a
 * member stands in up to three more, so that nobody looks at connections to
 * which nothing happened:
 *
 * - TOUCHED: something came, was due or was asked; it may have a packet to
 *   send. endpoint_send() works this queue off, and only there members leave
 *   it, get their next deadline, and are freed when they are done with.
 * - READY: has events, and an owner to poll them.
 * - FRESH: came in, finished its handshake, and nobody has asked for it yet.
 *
 * A member is done with when its connection is gone and its owner has given it
 * back, or never had it.
 */
#include "ref/quic/endpoint.h"
#include "ref/base/agenda.h"
#include "ref/base/queue.h"
#include "ref/base/xalloc.h"
#include "ref/quic/quic_wire.h"
#include "ref/quic/routes.h"

/* Connections that came in and have not finished their handshake: each costs
 * some 60 kB and a signature, and a stranger may start any number of them.
 * Beyond it first packets are dropped, and come again. */
#define HALF_OPEN_MAX 1024

/* Connections in all: a bound, not a plan. */
#define MEMBERS_MAX 65536

/* Answers to packets of unknown versions that wait to be sent, and the room of
 * one: two connection ids of 255 bytes, and a list. */
#define NOTICES_MAX 16
#define NOTICE_LEN_MAX 600

enum { ALL, TOUCHED, READY, FRESH, QUEUES };

struct member {
    struct quic *quic;             /* owned */
    struct endpoint *endpoint;     /* borrowed: whose it is */
    struct route *routes;          /* borrowed from the table: its ids */
    struct agenda_entry entry;     /* its deadline */
    struct queue_entry in[QUEUES]; /* its places there */
    bool is_half_open;             /* came in, handshake under way */
    bool is_owned;                 /* the owner has it */
};

struct notice {
    struct address to;             /* where to */
    uint8_t bytes[NOTICE_LEN_MAX]; /* what */
    size_t len;                    /* of that */
};

/* What every turn looks at comes first, and lies together. */
struct endpoint {
    struct queue queues[QUEUES];         /* of members; ALL are owned */
    struct agenda agenda;                /* owned: deadlines of members */
    struct routes routes;                /* owned: id -> member */
    size_t notice_count;                 /* of them to be sent */
    size_t member_count;                 /* all */
    size_t half_open_count;              /* of them, handshake under way */
    uint64_t refused_count;              /* came in and never opened */
    bool is_listening;                   /* lets others in */
    struct address local;                /* where we are */
    uint8_t out[QUIC_WIRE_DATAGRAM_MAX]; /* what was handed out last */
    struct quic_config defaults;         /* for those who come in */
    struct notice notices[NOTICES_MAX];  /* stateless answers */
};

/* ------------------------------------------------------------- the members */

/* A handshake that came to its end is counted, once. */
static void judge_half_open(struct member *m)
{
    bool was_opened = quic_wire_was_opened(m->quic);

    if (!m->is_half_open || !(was_opened || quic_wire_is_over(m->quic)))
        return;
    m->is_half_open = false;
    m->endpoint->half_open_count--;
    if (was_opened)
        queue_enter(&m->in[FRESH]);
    else
        m->endpoint->refused_count++;
}

/* Something happened to it: whoever has to look at it will. */
static void touch(struct member *m)
{
    judge_half_open(m);
    if (m->is_owned && quic_wire_has_events(m->quic))
        queue_enter(&m->in[READY]);
    queue_enter(&m->in[TOUCHED]);
}

static void on_wake(void *self)
{
    touch(self);
}

static void on_route(void *self, struct slice cid)
{
    struct member *m = self;

    routes_add(&m->endpoint->routes, cid, m, &m->routes);
}

static void on_forget(void *self, struct slice cid)
{
    struct member *m = self;

    routes_remove(&m->endpoint->routes, cid, &m->routes);
}

static struct member *member_new(struct endpoint *e)
{
    struct member *m = xalloc(1, sizeof *m);

    m->endpoint = e;
    m->entry.owner = m;
    for (int which = 0; which < QUEUES; which++)
        m->in[which] =
            (struct queue_entry){.queue = &e->queues[which], .owner = m};
    queue_enter(&m->in[ALL]);
    e->member_count++;
    return m;
}

static void member_free(struct member *m)
{
    struct endpoint *e = m->endpoint;

    quic_wire_free(m->quic);
    for (int which = 0; which < QUEUES; which++)
        queue_leave(&m->in[which]);
    agenda_set(&e->agenda, &m->entry, NEVER);
    routes_remove_all(&e->routes, &m->routes);
    e->member_count--;
    e->half_open_count -= m->is_half_open;
    xalloc_free(m);
}

static struct quic_wire_start start_of(struct member *m,
                                       const struct quic_config *config,
                                       const struct address *remote,
                                       uint64_t now_ns)
{
    return (struct quic_wire_start){
        .config = config,
        .host = {on_wake, on_route, on_forget, m},
        .local = config->from.len ? config->from : m->endpoint->local,
        .remote = *remote,
        .now_ns = now_ns,
    };
}

/* --------------------------------------------------------------- receiving */

static void notice_version(struct endpoint *e, const struct address *to,
                           const ngtcp2_version_cid *packet)
{
    static const uint32_t versions[] = {NGTCP2_PROTO_VER_V1};
    struct notice *notice = &e->notices[e->notice_count];
    uint8_t chance;
    ngtcp2_ssize len;

    if (e->notice_count == NOTICES_MAX)
        return;
    entropy_fill(&e->defaults.entropy, &chance, 1);
    len = ngtcp2_pkt_write_version_negotiation(
        notice->bytes, sizeof notice->bytes, chance, packet->scid,
        packet->scidlen, packet->dcid, packet->dcidlen, versions, 1);
    if (len <= 0)
        return;
    notice->to = *to;
    notice->len = (size_t)len;
    e->notice_count++;
}

/* A member for a packet nobody knows, if it may begin a connection. */
static struct member *admit(struct endpoint *e, const struct address *from,
                            struct slice bytes, uint64_t now_ns)
{
    struct quic_wire_start start;
    struct failure failure;
    ngtcp2_pkt_hd initial;
    struct member *m;

    if (!e->is_listening || e->half_open_count >= HALF_OPEN_MAX ||
        e->member_count >= MEMBERS_MAX)
        return NULL;
    if (ngtcp2_accept(&initial, bytes.data, bytes.len))
        return NULL;
    m = member_new(e);
    start = start_of(m, &e->defaults, from, now_ns);
    m->quic = quic_wire_accept(&start, &initial, &failure);
    if (!m->quic) {
        trace(&e->defaults.trace, now_ns, "%s", failure.sentence);
        member_free(m);
        return NULL;
    }
    m->is_half_open = true;
    e->half_open_count++;
    return m;
}

/* What ngtcp2 makes of a datagram's head. It asserts that there is one, and an
 * empty datagram is as good as any other to somebody who means harm. */
static int decode(struct slice bytes, ngtcp2_version_cid *ret_packet)
{
    if (!bytes.len)
        return NGTCP2_ERR_INVALID_ARGUMENT;
    return ngtcp2_pkt_decode_version_cid(ret_packet, bytes.data, bytes.len,
                                         QUIC_WIRE_CID_LEN);
}

void endpoint_receive(struct endpoint *e, const struct address *from,
                      struct slice bytes, uint64_t now_ns)
{
    ngtcp2_version_cid packet;
    struct member *m;
    int code = decode(bytes, &packet);

    if (code == NGTCP2_ERR_VERSION_NEGOTIATION && e->is_listening)
        notice_version(e, from, &packet);
    if (code)
        return;
    m = routes_find(&e->routes, slice_make(packet.dcid, packet.dcidlen));
    if (!m && packet.version)
        m = admit(e, from, bytes, now_ns);
    if (!m)
        return;
    quic_wire_receive(m->quic, from, bytes, now_ns);
    touch(m);
}

/* ------------------------------------------------------- sending, and time */

static bool is_done_with(const struct member *m)
{
    return quic_wire_is_gone(m->quic) && !m->is_owned && !m->in[FRESH].is_in;
}

/* It has nothing to send now. What sending brought about is looked at as well:
 * a connection may have come to its end over it. */
static void settle(struct member *m)
{
    touch(m);
    queue_leave(&m->in[TOUCHED]);
    if (is_done_with(m))
        member_free(m);
    else
        agenda_set(&m->endpoint->agenda, &m->entry, quic_deadline(m->quic));
}

static void notice_send(struct endpoint *e, struct datagram *ret_datagram)
{
    struct notice *notice = &e->notices[--e->notice_count];

    ret_datagram->from = e->local;
    ret_datagram->to = notice->to;
    ret_datagram->bytes = slice_make(notice->bytes, notice->len);
}

bool endpoint_send(struct endpoint *e, struct datagram *ret_datagram,
                   uint64_t now_ns)
{
    struct member *m;
    size_t len;

    if (e->notice_count) {
        notice_send(e, ret_datagram);
        return true;
    }
    while ((m = queue_first(&e->queues[TOUCHED]))) {
        if (quic_wire_send(m->quic, e->out, &len, &ret_datagram->to, now_ns)) {
            ret_datagram->from = quic_local(m->quic);
            ret_datagram->bytes = slice_make(e->out, len);
            return true;
        }
        settle(m);
    }
    return false;
}

uint64_t endpoint_deadline(const struct endpoint *e)
{
    if (queue_first(&e->queues[TOUCHED]) || e->notice_count)
        return 0;
    return agenda_next_ns(&e->agenda);
}

void endpoint_advance(struct endpoint *e, uint64_t now_ns)
{
    struct member *m;

    while ((m = agenda_take(&e->agenda, now_ns))) {
        quic_wire_expire(m->quic, now_ns);
        touch(m);
    }
}

/* --------------------------------------------------------------- the owner */

struct endpoint *endpoint_new(const struct endpoint_config *config)
{
    struct endpoint *e = xalloc(1, sizeof *e);

    assert(config->defaults.key || !config->is_listening);
    assert(!config->defaults.from.len);
    e->defaults = config->defaults;
    e->local = config->local;
    e->is_listening = config->is_listening;
    entropy_fill(&e->defaults.entropy, (uint8_t *)&e->routes.key,
                 sizeof e->routes.key);
    return e;
}

void endpoint_free(struct endpoint *e)
{
    struct member *m;

    if (!e)
        return;
    while ((m = queue_first(&e->queues[ALL])))
        member_free(m);
    routes_clear(&e->routes);
    agenda_clear(&e->agenda);
    xalloc_free(e);
}

void endpoint_set_key(struct endpoint *e, const struct tls_key *key)
{
    assert(key && e->is_listening);
    e->defaults.key = key;
}

struct quic *endpoint_dial(struct endpoint *e, const struct address *to,
                           const struct quic_config *config, uint64_t now_ns,
                           struct failure *ret_failure)
{
    struct member *m = member_new(e);
    struct quic_wire_start start = start_of(m, config, to, now_ns);

    m->quic = quic_wire_dial(&start, ret_failure);
    if (!m->quic) {
        member_free(m);
        return NULL;
    }
    m->is_owned = true;
    touch(m);
    return m->quic;
}

struct quic *endpoint_accepted(struct endpoint *e)
{
    struct member *m = queue_first(&e->queues[FRESH]);

    if (!m)
        return NULL;
    queue_leave(&m->in[FRESH]);
    m->is_owned = true;
    touch(m);
    return m->quic;
}

struct quic *endpoint_ready(struct endpoint *e)
{
    struct member *m;

    while ((m = queue_first(&e->queues[READY]))) {
        if (m->is_owned && quic_wire_has_events(m->quic))
            return m->quic;
        queue_leave(&m->in[READY]);
    }
    return NULL;
}

void endpoint_release(struct endpoint *e, struct quic *q)
{
    struct member *m = quic_wire_holder(q);

    assert(m->endpoint == e && m->is_owned);
    (void)e;
    m->is_owned = false;
    quic_close(q, 0);
    touch(m);
}

size_t endpoint_count(const struct endpoint *e)
{
    return e->member_count;
}

uint64_t endpoint_refused_count(const struct endpoint *e)
{
    return e->refused_count;
}
