/* SPDX-License-Identifier: MIT */
/*
 * What we have to say on one stream: bytes from the moment the owner wrote
 * them until the peer has acknowledged them. And the table of a connection's
 * streams. Knows no packets; quic_wire asks it for bytes, quic_hooks tells it
 * what has been acknowledged.
 *
 * Room. Each stream has a little that is its own, so that none can take the
 * last from another. More comes out of what all streams of the connection
 * share, and only for bytes that the peer's window admits: those leave without
 * the peer's application doing anything, so nothing shared is held for ever by
 * a stream that nobody reads.
 */
#ifndef REF_QUIC_QUIC_STREAM_H
#define REF_QUIC_QUIC_STREAM_H

#include "ref/base/queue.h"

/* Bytes that may wait for acknowledgement. */
#define QUIC_STREAM_OWN (16u * 1024)  /* each stream's own: any call */
#define QUIC_STREAM_MAX (256u * 1024) /* one stream's: fills a fast path */
#define QUIC_STREAM_SHARED                                                     \
    (1024u * 1024) /* beyond their own, of all streams                         \
                    */

struct quic_stream_chunk;
struct quic_stream_table;

struct quic_stream {
    int64_t id;                        /* QUIC's number */
    struct quic_stream_table *table;   /* borrowed: it stands in */
    struct quic_stream *next;          /* in the table's bucket */
    struct queue_entry ready;          /* among those with a word */
    struct quic_stream_chunk *oldest;  /* owned: first byte not acknowledged */
    struct quic_stream_chunk *newest;  /* where writes go; NULL when empty */
    struct quic_stream_chunk *current; /* where the next unsent byte is */
    uint64_t acked;                    /* stream offset: all before is there */
    uint64_t sent;                     /* stream offset: all before was sent */
    uint64_t written;                  /* stream offset: end of what we have */
    bool wants_fin;                    /* a FIN comes behind it all */
    bool is_fin_sent;                  /* and is on its way */
    bool is_blocked;                   /* the peer's window is full */
    bool is_short;                     /* a write was cut: owe WRITABLE */
    bool is_over;                      /* nothing is sent here any more */
};

/* Takes as many bytes as there is room for, and the FIN when that is all of
 * them. Returns how many. `window`: bytes behind those that were sent which the
 * peer admits. A stream that was short has bytes under way, so that something
 * always comes back for it. */
size_t quic_stream_write(struct quic_stream *s, struct slice bytes, bool fin,
                         uint64_t window);

/* True when a write was short and is worth trying again: once for each. */
bool quic_stream_has_room_again(struct quic_stream *s, uint64_t window);

/* Nothing more will be sent: what was not begun is forgotten. */
void quic_stream_end(struct quic_stream *s);

/* True when there are bytes or a FIN that were never sent. */
bool quic_stream_is_pending(const struct quic_stream *s);

/* True when bytes or a FIN were written that are not known to be there. */
bool quic_stream_is_unacked(const struct quic_stream *s);

/* The next unsent bytes that lie together. They stay where they are until they
 * are acknowledged. `ret_fin`: the FIN comes right behind them. */
struct slice quic_stream_unsent(const struct quic_stream *s, bool *ret_fin);

/* So many of them were sent; `fin`: and the FIN. */
void quic_stream_sent(struct quic_stream *s, size_t len, bool fin);

/* So many more are there. */
void quic_stream_acked(struct quic_stream *s, uint64_t len);

#define QUIC_STREAM_BUCKETS 64 /* a hundred streams are usual, 4096 many */

/* A connection's streams by number. All-zero is an empty table. */
struct quic_stream_table {
    struct quic_stream *buckets[QUIC_STREAM_BUCKETS]; /* owned chains */
    size_t count;                                     /* streams */
    size_t shared; /* bytes beyond their streams' own */
};

/* A new stream in the table, which owns it. */
struct quic_stream *quic_stream_add(struct quic_stream_table *t, int64_t id);

/* The stream of that number, or NULL. */
struct quic_stream *quic_stream_find(const struct quic_stream_table *t,
                                     int64_t id);

/* Takes the stream out and frees it, unsent bytes and all. */
void quic_stream_remove(struct quic_stream_table *t, struct quic_stream *s);

/* Frees every stream. */
void quic_stream_clear(struct quic_stream_table *t);

/* True when some stream has bytes or a FIN not known to be there, other than
 * those that the peer's window keeps back. */
bool quic_stream_any_unacked(const struct quic_stream_table *t);

#endif
