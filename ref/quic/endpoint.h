/* SPDX-License-Identifier: MIT */
/*
 * Many QUIC connections at one address, still without a system call: somebody
 * brings datagrams and says what time it is, and carries away what is to be
 * sent. An endpoint dials, accepts, or both.
 *
 * The owner's turn, after anything happened (datagrams received, time passed,
 * something written):
 *
 *     endpoint_advance(e, now);
 *     while ((q = endpoint_accepted(e)))   remember q (quic_set_user)
 *     while ((q = endpoint_ready(e)))      while (quic_poll(q, &event)) ...
 *     while (endpoint_send(e, &d, now))    send d
 *     arm a timer for endpoint_deadline(e)
 *
 * Drain the socket into endpoint_receive() first, then take one turn: the
 * connections then answer once for everything that arrived. `now` may be read
 * once or for each step, but never goes back.
 */
#ifndef REF_QUIC_ENDPOINT_H
#define REF_QUIC_ENDPOINT_H

#include "ref/quic/address.h"
#include "ref/quic/quic.h"

struct endpoint;

struct endpoint_config {
    struct quic_config defaults; /* for connections that come in; its entropy
                                    and trace are the endpoint's own, too */
    struct address local;        /* where we are */
    bool is_listening;           /* lets others in; needs `defaults.key` */
};

/* A datagram to be sent. */
struct datagram {
    struct address from; /* where from */
    struct address to;   /* where to */
    struct slice bytes;  /* borrowed until the next endpoint_* call */
};

/* An endpoint without connections. Never NULL; the caller owns it. */
struct endpoint *endpoint_new(const struct endpoint_config *config);

/* Gives everything back, connections too, without a word to anybody: close and
 * send first if the peers shall know. NULL is fine. */
void endpoint_free(struct endpoint *e);

/* A datagram has arrived. Whatever it is, it is no error of ours. */
void endpoint_receive(struct endpoint *e, const struct address *from,
                      struct slice bytes, uint64_t now_ns);

/* The next datagram to be sent. False when there is none for now. */
bool endpoint_send(struct endpoint *e, struct datagram *ret_datagram,
                   uint64_t now_ns);

/* When time alone will make it act; NEVER when it will not. 0 while there is
 * something to be sent. */
uint64_t endpoint_deadline(const struct endpoint *e);

/* It is now `now_ns`: does what was due. */
void endpoint_advance(struct endpoint *e, uint64_t now_ns);

/* Who comes in from now on is shown this key; borrowed, as the one before it
 * still is by connections that were made with it. For one that listens. */
void endpoint_set_key(struct endpoint *e, const struct tls_key *key);

/* Begins a connection. The endpoint owns it; the caller gives it back with
 * endpoint_release(). NULL and a sentence when TLS refuses. */
struct quic *endpoint_dial(struct endpoint *e, const struct address *to,
                           const struct quic_config *config, uint64_t now_ns,
                           struct failure *ret_failure);

/* The next connection that came in and finished its handshake, or NULL. To be
 * given back with endpoint_release() as those that were dialled. Those that
 * fail before are never seen. */
struct quic *endpoint_accepted(struct endpoint *e);

/* A connection with events to be polled, or NULL. The same one again until it
 * has been polled empty; never one that endpoint_accepted() still holds. */
struct quic *endpoint_ready(struct endpoint *e);

/* The caller will not touch the connection again. One that is not closed yet
 * is closed with code 0. */
void endpoint_release(struct endpoint *e, struct quic *q);

/* How many connections there are, those that wind up or begin included. */
size_t endpoint_count(const struct endpoint *e);

/* How many came in, tried a handshake and failed (refused keys included). */
uint64_t endpoint_refused_count(const struct endpoint *e);

#endif
