/* SPDX-License-Identifier: MIT */
/*
 * Two endpoints and a wire between them, in memory, with a clock that is a
 * number: `dialler` dials, `acceptor` listens. Each side polls its connection
 * whenever there is something and keeps a record; an echoing side sends back
 * what comes. Datagrams take `delay_ns`, unless the wire is cut or the test
 * says otherwise.
 *
 * One pair at a time; pair_begin() and pair_end() are made for setup and
 * teardown.
 */
#ifndef REF_TEST_PAIR_H
#define REF_TEST_PAIR_H

#include "ref/quic/endpoint.h"
#include "ref/test/t.h"

#include <netinet/in.h>

#define PAIR_MS 1000000ull
#define PAIR_S (1000 * PAIR_MS)
#define PAIR_DELAY (1 * PAIR_MS)
#define PAIR_FLIGHT_MAX 4096 /* datagrams on the wire */
#define PAIR_STREAMS 1024    /* whose numbers are recorded */

struct pair_side {
    struct endpoint *endpoint;
    struct address address;
    struct tls_key *key;
    struct quic *quic;        /* the one that is recorded */
    int opened_count;         /* QUIC_OPENED */
    int closed_count;         /* QUIC_CLOSED */
    struct quic_event closed; /* the last of them */
    struct quic_event reset;  /* the last QUIC_RESET */
    struct quic_event stop;   /* the last QUIC_STOPPED */
    int reset_count, stop_count, writable_count, credit_count;
    int stream_closed_count, fin_count;
    uint64_t received;                /* bytes of data, all streams */
    uint64_t checksum;                /* of them, in the order they came */
    int64_t stream;                   /* of the last data */
    bool is_echo;                     /* sends back, and grants streams again */
    bool is_hoarding;                 /* consumes nothing */
    bool is_unread[PAIR_STREAMS / 4]; /* nor anything of this stream */
    bool is_writable[PAIR_STREAMS / 4]; /* QUIC_WRITABLE came for it */
    bool refuses;                       /* what its verifier says */
    int asked_count;                    /* how often that was asked */
    struct buf owed[PAIR_STREAMS / 4];  /* echo that did not fit yet */
    bool owes_fin[PAIR_STREAMS / 4];
};

struct pair_flight {
    uint64_t at_ns;
    struct pair_side *to;
    struct address from;
    size_t len;
    uint8_t bytes[1500];
};

static struct pair {
    struct pair_side dialler, acceptor;
    uint64_t now_ns;
    uint64_t delay_ns;       /* of a datagram; PAIR_DELAY at first */
    uint64_t chance;         /* state of the seeded entropy */
    struct quic_config dial; /* what the next dial uses */
    struct pair_flight flights[PAIR_FLIGHT_MAX];
    size_t flight_count;
    uint64_t sent_count;  /* datagrams */
    uint64_t lost_count;  /* of them */
    int strange_count;    /* that say they are from where their side is not */
    uint64_t lose_one_in; /* 0: none is lost */
    bool is_cut;          /* all are */
} pair;

static inline void pair_fill(void *self, uint8_t *bytes, size_t len)
{
    (void)self;
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)t_random(&pair.chance);
}

static inline struct entropy_source pair_entropy(void)
{
    return (struct entropy_source){pair_fill, NULL};
}

static inline struct address pair_address(uint16_t port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct address a = {.len = sizeof in};

    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    memcpy(a.bytes, &in, sizeof in);
    return a;
}

static inline struct tls_key *pair_key(uint8_t byte)
{
    uint8_t seed[TLS_SEED_LEN];
    struct failure failure;
    struct tls_key *key;

    memset(seed, byte, sizeof seed);
    key = tls_key_new(seed, &failure);
    assert_non_null(key);
    return key;
}

static inline bool pair_accept(void *self, enum tls_peer_kind kind,
                               struct slice der)
{
    struct pair_side *side = self;

    assert_int_equal(kind, TLS_PEER_RAW_KEY);
    assert_int_equal(der.len, TLS_SPKI_LEN);
    side->asked_count++;
    return !side->refuses;
}

static inline struct quic_config pair_config(struct pair_side *side)
{
    struct quic_config config = quic_config_default(pair_entropy());

    config.key = side->key;
    config.verifier = (struct tls_verifier){pair_accept, side};
    return config;
}

/* The acceptor anew, with that config. */
static inline void pair_listen(const struct quic_config *config)
{
    struct endpoint_config e = {.defaults = *config,
                                .local = pair.acceptor.address,
                                .is_listening = true};

    endpoint_free(pair.acceptor.endpoint);
    pair.acceptor.endpoint = endpoint_new(&e);
}

static inline int pair_begin(void **state)
{
    struct endpoint_config e = {.is_listening = false};
    struct quic_config listen;

    (void)state;
    memset(&pair, 0, sizeof pair);
    pair.now_ns = PAIR_S;
    pair.delay_ns = PAIR_DELAY;
    pair.dialler.address = pair_address(1111);
    pair.acceptor.address = pair_address(2222);
    pair.dialler.key = pair_key(1);
    pair.acceptor.key = pair_key(2);
    pair.dial = pair_config(&pair.dialler);
    for (size_t i = 0; i < PAIR_STREAMS / 4; i++)
        buf_init(&pair.acceptor.owed[i], 64 << 20);
    e.defaults = pair.dial;
    e.local = pair.dialler.address;
    pair.dialler.endpoint = endpoint_new(&e);
    listen = pair_config(&pair.acceptor);
    pair_listen(&listen);
    return 0;
}

static inline int pair_end(void **state)
{
    (void)state;
    endpoint_free(pair.dialler.endpoint);
    endpoint_free(pair.acceptor.endpoint);
    tls_key_free(pair.dialler.key);
    tls_key_free(pair.acceptor.key);
    for (size_t i = 0; i < PAIR_STREAMS / 4; i++)
        buf_clear(&pair.acceptor.owed[i]);
    return 0;
}

static inline void pair_dial(void)
{
    struct failure failure;

    pair.dialler.quic =
        endpoint_dial(pair.dialler.endpoint, &pair.acceptor.address, &pair.dial,
                      pair.now_ns, &failure);
    assert_non_null(pair.dialler.quic);
}

/* --------------------------------------------------------------- the sides */

/* Sends back what is owed on the stream, as far as there is room. */
static inline void pair_pay(struct pair_side *side, int64_t stream)
{
    size_t i = (size_t)stream / 4;
    struct buf *owed = &side->owed[i];
    size_t n =
        quic_write(side->quic, stream, buf_slice(owed), side->owes_fin[i]);

    quic_consumed(side->quic, stream, n);
    buf_consume(owed, n);
}

static inline void pair_on_data(struct pair_side *side,
                                const struct quic_event *event)
{
    for (size_t i = 0; i < event->bytes.len; i++)
        side->checksum = side->checksum * 31 + event->bytes.data[i];
    side->received += event->bytes.len;
    side->fin_count += event->fin;
    side->stream = event->stream;
    if (side->is_echo) {
        size_t i = (size_t)event->stream / 4;

        buf_put_slice(&side->owed[i], event->bytes);
        side->owes_fin[i] = event->fin;
        pair_pay(side, event->stream);
    } else if (!side->is_hoarding && !side->is_unread[event->stream / 4]) {
        quic_consumed(side->quic, event->stream, event->bytes.len);
    }
}

static inline void pair_on_event(struct pair_side *side,
                                 const struct quic_event *event)
{
    switch (event->kind) {
    case QUIC_OPENED:
        side->opened_count++;
        break;
    case QUIC_DATA:
        pair_on_data(side, event);
        break;
    case QUIC_RESET:
        side->reset = *event;
        side->reset_count++;
        break;
    case QUIC_STOPPED:
        side->stop = *event;
        side->stop_count++;
        break;
    case QUIC_WRITABLE:
        side->writable_count++;
        side->is_writable[event->stream / 4] = true;
        if (side->is_echo)
            pair_pay(side, event->stream);
        break;
    case QUIC_CREDIT:
        side->credit_count++;
        break;
    case QUIC_STREAM_CLOSED:
        side->stream_closed_count++;
        if (side->is_echo)
            quic_grant_streams(side->quic, 1);
        break;
    case QUIC_CLOSED:
        side->closed = *event;
        side->closed_count++;
        break;
    }
}

/* Nobody is left where a side was before. */
static inline bool pair_is_lost(const struct datagram *d,
                                const struct pair_side *to)
{
    return pair.is_cut || !address_equal(&d->to, &to->address) ||
           (pair.lose_one_in && t_below(&pair.chance, pair.lose_one_in) == 0);
}

/* One turn of a side, as endpoint.h tells an owner to take it. */
static inline void pair_turn(struct pair_side *side, struct pair_side *other)
{
    struct datagram d;
    struct quic_event event;
    struct quic *q;

    endpoint_advance(side->endpoint, pair.now_ns);
    while ((q = endpoint_accepted(side->endpoint)))
        side->quic = q;
    while ((q = endpoint_ready(side->endpoint)))
        while (quic_poll(q, &event))
            if (q == side->quic)
                pair_on_event(side, &event);
    while (endpoint_send(side->endpoint, &d, pair.now_ns)) {
        struct pair_flight *f = &pair.flights[pair.flight_count];

        pair.sent_count++;
        pair.strange_count += !address_equal(&d.from, &side->address);
        if (pair_is_lost(&d, other)) {
            pair.lost_count++;
            continue;
        }
        assert_true(pair.flight_count < PAIR_FLIGHT_MAX);
        assert_true(d.bytes.len <= sizeof f->bytes);
        *f = (struct pair_flight){.at_ns = pair.now_ns + pair.delay_ns,
                                  .to = other,
                                  .from = side->address,
                                  .len = d.bytes.len};
        memcpy(f->bytes, d.bytes.data, d.bytes.len);
        pair.flight_count++;
    }
}

static inline void pair_deliver(void)
{
    size_t due = 0;

    while (due < pair.flight_count && pair.flights[due].at_ns <= pair.now_ns) {
        struct pair_flight *f = &pair.flights[due++];

        endpoint_receive(f->to->endpoint, &f->from,
                         slice_make(f->bytes, f->len), pair.now_ns);
    }
    pair.flight_count -= due;
    memmove(pair.flights, pair.flights + due,
            pair.flight_count * sizeof *pair.flights);
}

static inline uint64_t pair_next_ns(void)
{
    uint64_t a = endpoint_deadline(pair.dialler.endpoint);
    uint64_t b = endpoint_deadline(pair.acceptor.endpoint);
    uint64_t next = a < b ? a : b;

    if (pair.flight_count && pair.flights[0].at_ns < next)
        next = pair.flights[0].at_ns;
    return next > pair.now_ns ? next : pair.now_ns;
}

/* Lets `ns` pass. */
static inline void pair_run(uint64_t ns)
{
    uint64_t end_ns = pair.now_ns + ns;
    uint64_t stalled = 0;

    for (;;) {
        uint64_t next;

        pair_deliver();
        pair_turn(&pair.dialler, &pair.acceptor);
        pair_turn(&pair.acceptor, &pair.dialler);
        next = pair_next_ns();
        if (next > end_ns)
            break;
        stalled = next == pair.now_ns ? stalled + 1 : 0;
        assert_true(stalled < 10000);
        pair.now_ns = next;
    }
    pair.now_ns = end_ns;
}

/* Dials and lets the handshake happen; both sides must come through. */
static inline void pair_open(void)
{
    pair_dial();
    pair_run(PAIR_S);
    assert_int_equal(pair.dialler.opened_count, 1);
    assert_int_equal(pair.acceptor.opened_count, 1);
    assert_int_equal(pair.dialler.closed_count, 0);
}

static inline void pair_closed_is(const struct pair_side *side,
                                  enum quic_layer layer, uint64_t code,
                                  enum quic_by by)
{
    assert_int_equal(side->closed_count, 1);
    assert_int_equal(side->closed.layer, layer);
    assert_int_equal(side->closed.code, code);
    assert_int_equal(side->closed.by, by);
}

#endif
