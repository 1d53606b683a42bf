/* SPDX-License-Identifier: MIT */
/*
 * The inside of a connection, for the four files that share it: quic (what the
 * owner asks), quic_hooks (what ngtcp2 tells), quic_wire (datagrams and time)
 * and this, which knows what they have in common: the life of a connection,
 * the queue of events, the queue of streams with something to say.
 *
 *     BEGUN -> OPEN -> CLOSING -> ENDING -> GONE
 *
 * Any may be skipped, none is returned to. quic_core_end() is the one way out
 * of BEGUN and OPEN, so that CLOSED is said exactly once.
 */
#ifndef REF_QUIC_QUIC_CORE_H
#define REF_QUIC_QUIC_CORE_H

#include "ref/base/buf.h"
#include "ref/quic/address.h"
#include "ref/quic/compat.h"
#include "ref/quic/quic.h"
#include "ref/quic/quic_queue.h"
#include "ref/quic/quic_stream.h"

/* What a connection asks of the endpoint that holds it. A seam. */
struct quic_host {
    void (*wake)(void *self);                     /* there is work for us */
    void (*route)(void *self, struct slice cid);  /* is addressed to us */
    void (*forget)(void *self, struct slice cid); /* is not, from now on */
    void *self;                                   /* the endpoint's own */
};

enum quic_phase {
    QUIC_PHASE_BEGUN,   /* handshake */
    QUIC_PHASE_OPEN,    /* streams */
    QUIC_PHASE_CLOSING, /* over; the farewell is still to be written */
    QUIC_PHASE_ENDING,  /* over; late packets are answered or ignored */
    QUIC_PHASE_GONE,    /* nothing will ever happen again */
};

/* What every packet looks at comes first, and lies together. */
struct quic {
    ngtcp2_conn *conn;              /* owned */
    uint64_t now_ns;                /* the last time we were told */
    enum quic_phase phase;          /* where in life */
    bool is_dialler;                /* who began */
    bool was_opened;                /* was ever OPEN */
    bool is_changed;                /* asked for something not yet sent */
    bool is_bursting;               /* sent something, pacer not told yet */
    bool has_rtt;                   /* has been acknowledged something */
    bool is_reset_by_peer;          /* a stateless reset came */
    bool is_hurried;                /* PINGs go out as quic_core_hurry() says */
    bool owes_farewell;             /* say it again */
    struct queue ready;             /* of streams with a word */
    struct quic_queue events;       /* to be polled */
    struct buf stops;               /* STOP_SENDINGs of the packet read */
    struct address local;           /* where we are */
    struct quic_host host;          /* who holds us */
    void *user;                     /* the owner's */
    struct quic_stream_table table; /* streams that are not closed */
    uint64_t keep_alive_ns;         /* how long a silence we would break */
    struct tls *tls;                /* owned */
    struct entropy_source entropy;  /* from the config */
    struct trace_sink trace;        /* from the config */
    ngtcp2_ccerr farewell_error;    /* why we close; while CLOSING */
    struct buf farewell;            /* the last packet, while ENDING */
    uint64_t gone_ns;               /* when ENDING is over */
    uint32_t late_count;            /* packets that came while ENDING */
};

/* True while streams and packets make sense. */
static inline bool quic_core_is_alive(const struct quic *q)
{
    return q->phase <= QUIC_PHASE_OPEN;
}

/* The owner asked for something: it will have to be sent. */
void quic_core_touch(struct quic *q);

/* How often PINGs go out while it is hurried, by what is known of the way:
 * asked again with each packet, for the way may turn out longer. */
void quic_core_hurry(struct quic *q);

/* The handshake is over: OPENED, before all that was queued. */
void quic_core_open(struct quic *q);

/* It is over: CLOSED, behind what was queued; streams are freed. `next` is
 * CLOSING, ENDING or GONE. Not from within ngtcp2's callbacks. */
void quic_core_end(struct quic *q, enum quic_layer layer, uint64_t code,
                   enum quic_by by, enum quic_phase next);

/* The error that ngtcp2 has named, in our words. */
enum quic_layer quic_core_layer(const ngtcp2_ccerr *error);
uint64_t quic_core_code(const ngtcp2_ccerr *error);

/* A new stream in the table, which owns it. */
struct quic_stream *quic_core_add(struct quic *q, int64_t id);

/* Puts the stream among those with something to say, if it has something and
 * may. */
void quic_core_ready(struct quic_stream *s);

/* Bytes of the stream, behind those that were sent, which the peer admits. */
uint64_t quic_core_window(const struct quic *q, const struct quic_stream *s);

/* Our half of the stream is over: it has nothing to say any more. */
void quic_core_mute(struct quic_stream *s);

/* A closed stream leaves the table and the queue. */
void quic_core_drop(struct quic *q, struct quic_stream *s);

/* An address of ngtcp2's, in our words. */
struct address quic_core_address(const ngtcp2_addr *addr);

/* Queues an event; the bytes are copied. */
void quic_core_push(struct quic *q, const struct quic_event *event);

#endif
