/* SPDX-License-Identifier: MIT */
/*
 * The side of a connection that an endpoint sees: it is made, fed with
 * datagrams and with time, asked for datagrams, and freed. Time never goes
 * back. For endpoint.c alone.
 */
#ifndef REF_QUIC_QUIC_WIRE_H
#define REF_QUIC_QUIC_WIRE_H

#include "ref/quic/quic_core.h"

/* Bytes of the names we give ourselves: 18 of chance, so that a packet finds
 * its connection by its name alone and nobody guesses one. */
#define QUIC_WIRE_CID_LEN 18

/* Bytes of the largest datagram we send. QUIC's own minimum passes anywhere. */
#define QUIC_WIRE_DATAGRAM_MAX 1200

/* What a new connection begins with. */
struct quic_wire_start {
    const struct quic_config *config; /* borrowed for the call */
    struct quic_host host;            /* who holds it */
    struct address local;             /* where we are */
    struct address remote;            /* where they are */
    uint64_t now_ns;                  /* when */
};

/* A connection that we begin. NULL and a sentence when TLS refuses. Names it
 * is addressed by are told to the host at once. */
struct quic *quic_wire_dial(const struct quic_wire_start *start,
                            struct failure *ret_failure);

/* A connection that begins with the packet `initial`, as ngtcp2_accept() has
 * read its header. The packet is still to be fed to it. */
struct quic *quic_wire_accept(const struct quic_wire_start *start,
                              const ngtcp2_pkt_hd *initial,
                              struct failure *ret_failure);

/* Frees it, in whatever phase. NULL is fine. */
void quic_wire_free(struct quic *q);

/* A datagram that is addressed to it. */
void quic_wire_receive(struct quic *q, const struct address *from,
                       struct slice bytes, uint64_t now_ns);

/* Its deadline has come. */
void quic_wire_expire(struct quic *q, uint64_t now_ns);

/* Writes the next datagram into `bytes` and its length; false when there is
 * none for now. */
bool quic_wire_send(struct quic *q, uint8_t bytes[QUIC_WIRE_DATAGRAM_MAX],
                    size_t *ret_len, struct address *ret_to, uint64_t now_ns);

/* True when it has something to be polled. */
bool quic_wire_has_events(const struct quic *q);

/* True once the handshake has succeeded, whatever came after. */
bool quic_wire_was_opened(const struct quic *q);

/* True when it has ended; true when it needs its memory no more either. */
bool quic_wire_is_over(const struct quic *q);
bool quic_wire_is_gone(const struct quic *q);

/* The `self` of its host. */
void *quic_wire_holder(const struct quic *q);

#endif
