/* SPDX-License-Identifier: MIT */
/*
 * One QUIC connection, without I/O: the owner opens streams, writes, and polls
 * for what happened; an endpoint (endpoint.h) makes connections and ferries
 * their datagrams. No clock, no socket, no randomness of its own.
 *
 * An event is polled, never called back. Nothing is reported twice, nothing
 * after QUIC_CLOSED. Streams are bidirectional; what a peer sends on
 * unidirectional streams or in QUIC datagrams is swallowed.
 *
 * Windows. A peer may have `streams_max` streams open at first and gets more
 * only by quic_grant_streams(): a stream that closes is not replaced by
 * itself. A stream's receive window comes back only by quic_consumed().
 *
 * Room. What was written lies here until the peer has acknowledged it: 16 KiB
 * of each stream always, and 1 MiB more of all streams together, of which a
 * stream that the peer does not read keeps nothing. So no stream can stop
 * another one, and a thousand that are not read cost 16 KiB each and a little.
 *
 * Every function but quic_poll() and quic_user() may be called with a stream
 * that has ended already, or on a connection that has: nothing happens then.
 */
#ifndef REF_QUIC_QUIC_H
#define REF_QUIC_QUIC_H

#include "ref/base/entropy.h"
#include "ref/base/trace.h"
#include "ref/quic/address.h"
#include "ref/quic/tls.h"

struct quic;

struct quic_config {
    const struct tls_key *key;    /* borrowed for the connection's life; NULL:
                                     show nothing (a dialler only) */
    struct tls_verifier verifier; /* asked about the peer's key */
    struct tls_trust trust;       /* its name is copied, its roots borrowed
                                     for the connection's life */
    enum tls_peer_kind wanted;    /* what the peer is asked for; NONE: either */
    struct slice alpn;            /* with commas between, if several; borrowed
                                     for the endpoint's life */
    struct address from;          /* where a dialler begins; empty: where its
                                     endpoint is */
    struct entropy_source entropy; /* ids, tokens, challenges */
    struct trace_sink trace;       /* who listens, if anybody */
    uint64_t idle_timeout_ns;      /* of silence, then lost; 0: never */
    uint64_t handshake_timeout_ns; /* then lost; 0: never */
    uint64_t keep_alive_ns;        /* of silence, then a PING; 0: none */
    uint64_t streams_max;          /* streams the peer may open at first */
    uint64_t stream_window;        /* bytes a stream may have unconsumed */
};

/* Sensible numbers (30 s idle, 10 s handshake, no keep-alive, 256 streams,
 * 512 KiB) and "alknet/call"; key, verifier and trace are empty. */
struct quic_config quic_config_default(struct entropy_source entropy);

enum quic_event_kind {
    QUIC_OPENED,        /* the handshake is over and the peer has proven what
                           it showed: quic_peer_kind(). First of all events but
                           CLOSED. A dialler is told once the acceptor has
                           confirmed, so the acceptor has accepted our key */
    QUIC_DATA,          /* stream, bytes, fin; a stream of the peer's begins
                           with its first DATA, or with its RESET or STOPPED.
                           (With ngtcp2 0.12 one that begins with a reset is
                           never heard of.) */
    QUIC_RESET,         /* stream, code: the peer ended its sending half */
    QUIC_STOPPED,       /* stream, code: the peer wants no more from us; our
                           half has been reset with that code already */
    QUIC_WRITABLE,      /* stream: room again, after a write that was short */
    QUIC_CREDIT,        /* we may open more streams than before */
    QUIC_STREAM_CLOSED, /* stream: both halves are over and acknowledged */
    QUIC_CLOSED,        /* layer, code, by: the last event */
};

enum quic_layer {
    QUIC_LAYER_APP,       /* `code` is the application's */
    QUIC_LAYER_TRANSPORT, /* `code` is QUIC's (RFC 9000, 20.1) */
    QUIC_LAYER_TLS,       /* `code` is a TLS alert */
    QUIC_LAYER_IDLE,      /* nobody closed it: silence; `code` is 0 */
};

enum quic_by {
    QUIC_BY_US,   /* we closed: because we were asked, or had to */
    QUIC_BY_THEM, /* the peer closed */
    QUIC_BY_LOST, /* nobody did: silence, or a peer that forgot us */
};

struct quic_event {
    enum quic_event_kind kind; /* says which fields below mean something */
    int64_t stream;            /* QUIC's stream number */
    struct slice bytes;        /* borrowed until the next quic_poll() */
    bool fin;                  /* no bytes after these; they may be none */
    uint64_t code;             /* of a reset, a stop or a close */
    enum quic_layer layer;     /* whose code it is */
    enum quic_by by;           /* who ended it */
};

/* Opens a stream: the number is QUIC's, and the peer learns of it with the
 * first byte or FIN. False before QUIC_OPENED and when the peer has given no
 * more credit (QUIC_CREDIT follows when it does). */
bool quic_open(struct quic *q, int64_t *ret_stream);

/* How many streams quic_open() would still give. */
uint64_t quic_streams_left(const struct quic *q);

/* Takes a copy of as many bytes as there is room for and says how many; when
 * some were left, QUIC_WRITABLE says when to go on. `fin` ends our half, and
 * counts only when all bytes were taken: an empty write with `fin` always is.
 * On a stream whose sending half is over it takes nothing, and nothing
 * follows. */
size_t quic_write(struct quic *q, int64_t stream, struct slice bytes, bool fin);

/* Ends our sending half at once; what was not acknowledged may be lost. */
void quic_reset(struct quic *q, int64_t stream, uint64_t code);

/* Tells the peer to send no more; no QUIC_DATA follows for the stream, not even
 * what had come and was not polled. */
void quic_stop(struct quic *q, int64_t stream, uint64_t code);

/* So many bytes of QUIC_DATA are done with: the peer may send as many more. */
void quic_consumed(struct quic *q, int64_t stream, size_t len);

/* The peer may open `count` more streams. */
void quic_grant_streams(struct quic *q, uint64_t count);

/* Sends PINGs into a long silence (as `keep_alive_ns` says, or 10 s), or
 * ceases to. */
void quic_keep_alive(struct quic *q, bool is_on);

/* While it is on, a PING goes out into every millisecond of silence, or on a
 * long way when the answer to the last one has had the time to come. A peer may
 * sit on an acknowledgement for 25 ms, but not on that of a second packet: so
 * quic_is_flushed() comes true as soon as it can. */
void quic_hurry(struct quic *q, bool is_on);

/* Closes with an application code; QUIC_CLOSED (by us) follows behind what has
 * arrived already. What the peer has not acknowledged may be lost. */
void quic_close(struct quic *q, uint64_t code);

/* The next thing that happened. False when there is nothing more; the borrowed
 * bytes of the event before are gone either way. */
bool quic_poll(struct quic *q, struct quic_event *ret_event);

/* What the peer has shown, and proven since QUIC_OPENED. Borrowed. */
enum tls_peer_kind quic_peer_kind(const struct quic *q);
struct slice quic_peer_der(const struct quic *q);

/* True when all we wrote, finished, reset and stopped has been sent and
 * acknowledged as far as the peer's windows let it go, or will never be because
 * the connection is gone. */
bool quic_is_flushed(const struct quic *q);

/* Where we are. And where the peer was seen last: it may move while the
 * connection lasts. */
struct address quic_local(const struct quic *q);
struct address quic_remote(const struct quic *q);

/* True for the connections that we dialled. */
bool quic_is_dialler(const struct quic *q);

/* Streams that are not closed yet, both sides' together. */
size_t quic_stream_count(const struct quic *q);

/* The owner's pointer; NULL until it is set. */
void quic_set_user(struct quic *q, void *user);
void *quic_user(const struct quic *q);

/* When time alone will make it act; NEVER when it will not. */
uint64_t quic_deadline(const struct quic *q);

#endif
