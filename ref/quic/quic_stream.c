/* SPDX-License-Identifier: MIT */
/*
 * Bytes lie in chunks, and a byte never moves: ngtcp2 does not copy what it
 * sends, it points into the chunks until the peer has acknowledged them. A
 * chunk is freed when the last of its bytes is; a reset stream keeps its
 * chunks until it is closed.
 *
 *     acked <= sent <= written <= acked + ROOM
 */
#include "ref/quic/quic_stream.h"
#include "ref/base/xalloc.h"

/* Bytes of one stream that may wait for acknowledgement: enough to fill a
 * fast path, little enough that a hundred stalled streams are no burden. */
#define ROOM (256u * 1024)

#define CHUNK_MIN 1024u        /* a call and a little: small calls share one */
#define CHUNK_MAX (64 * 1024u) /* memory comes back in pieces of this size */

struct quic_stream_chunk {
    struct quic_stream_chunk *next; /* owned: younger bytes */
    size_t len;                     /* bytes in use */
    size_t capacity;                /* bytes of room */
    size_t acked;                   /* bytes the peer has */
    size_t sent;                    /* bytes that were sent */
    uint8_t bytes[];
};

static struct quic_stream_chunk *chunk_new(size_t want)
{
    size_t capacity = want < CHUNK_MIN   ? CHUNK_MIN
                      : want > CHUNK_MAX ? CHUNK_MAX
                                         : want;
    struct quic_stream_chunk *c = xalloc(1, sizeof *c + capacity);

    c->capacity = capacity;
    return c;
}

/* A chunk with room, for `want` more bytes. */
static struct quic_stream_chunk *chunk_for(struct quic_stream *s, size_t want)
{
    struct quic_stream_chunk *c = s->newest;

    if (c && c->len < c->capacity)
        return c;
    c = chunk_new(want);
    if (s->newest)
        s->newest->next = c;
    else
        s->oldest = c;
    if (!s->current || s->current->sent == s->current->capacity)
        s->current = c;
    return s->newest = c;
}

static void append(struct quic_stream *s, struct slice bytes)
{
    while (bytes.len) {
        struct quic_stream_chunk *c = chunk_for(s, bytes.len);
        size_t room = c->capacity - c->len;
        size_t n = bytes.len < room ? bytes.len : room;

        memcpy(c->bytes + c->len, bytes.data, n);
        c->len += n;
        bytes = slice_skip(bytes, n);
    }
}

size_t quic_stream_write(struct quic_stream *s, struct slice bytes, bool fin)
{
    size_t room = ROOM - (size_t)(s->written - s->acked);
    size_t n = bytes.len < room ? bytes.len : room;

    if (s->is_over || s->wants_fin)
        return 0;
    append(s, slice_head(bytes, n));
    s->written += n;
    s->wants_fin = fin && n == bytes.len;
    s->is_short = n < bytes.len;
    return n;
}

bool quic_stream_is_pending(const struct quic_stream *s)
{
    return !s->is_over &&
           (s->sent < s->written || (s->wants_fin && !s->is_fin_sent));
}

bool quic_stream_is_unacked(const struct quic_stream *s)
{
    return quic_stream_is_pending(s) || (!s->is_over && s->acked < s->written);
}

struct slice quic_stream_unsent(const struct quic_stream *s, bool *ret_fin)
{
    const struct quic_stream_chunk *c = s->current;
    struct slice unsent = {NULL, 0};

    if (c)
        unsent = slice_make(c->bytes + c->sent, c->len - c->sent);
    *ret_fin = s->wants_fin && s->sent + unsent.len == s->written;
    return unsent;
}

void quic_stream_sent(struct quic_stream *s, size_t len, bool fin)
{
    struct quic_stream_chunk *c = s->current;

    if (c) {
        assert(len <= c->len - c->sent);
        c->sent += len;
        if (c->sent == c->len && c->next)
            s->current = c->next;
    }
    s->sent += len;
    s->is_fin_sent = s->is_fin_sent || fin;
    assert(s->sent <= s->written);
}

/* Frees the chunks that are done with: acknowledged, and full or superseded. */
static void shed(struct quic_stream *s)
{
    struct quic_stream_chunk *c;

    while ((c = s->oldest) && c->acked == c->len) {
        s->oldest = c->next;
        if (s->current == c)
            s->current = c->next;
        if (s->newest == c)
            s->newest = NULL;
        xalloc_free(c);
    }
}

bool quic_stream_acked(struct quic_stream *s, uint64_t len)
{
    bool is_told;

    s->acked += len;
    assert(s->acked <= s->sent);
    for (struct quic_stream_chunk *c = s->oldest; len; c = c->next) {
        uint64_t rest = c->len - c->acked;
        uint64_t n = len < rest ? len : rest;

        c->acked += (size_t)n;
        len -= n;
    }
    shed(s);
    is_told = s->is_short && s->written - s->acked <= ROOM / 2;
    if (is_told)
        s->is_short = false;
    return is_told;
}

/* -------------------------------------------------------------- the table */

/* The two lowest bits of a number say whose and which kind. */
static size_t bucket_of(int64_t id)
{
    return (size_t)(id >> 2) % QUIC_STREAM_BUCKETS;
}

static void destroy(struct quic_stream *s)
{
    while (s->oldest) {
        struct quic_stream_chunk *c = s->oldest;

        s->oldest = c->next;
        xalloc_free(c);
    }
    xalloc_free(s);
}

struct quic_stream *quic_stream_add(struct quic_stream_table *t, int64_t id)
{
    struct quic_stream *s = xalloc(1, sizeof *s);

    assert(!quic_stream_find(t, id));
    s->id = id;
    s->next = t->buckets[bucket_of(id)];
    t->buckets[bucket_of(id)] = s;
    t->count++;
    return s;
}

struct quic_stream *quic_stream_find(const struct quic_stream_table *t,
                                     int64_t id)
{
    struct quic_stream *s = t->buckets[bucket_of(id)];

    while (s && s->id != id)
        s = s->next;
    return s;
}

void quic_stream_remove(struct quic_stream_table *t, struct quic_stream *s)
{
    struct quic_stream **at = &t->buckets[bucket_of(s->id)];

    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    t->count--;
    destroy(s);
}

void quic_stream_clear(struct quic_stream_table *t)
{
    for (size_t i = 0; i < QUIC_STREAM_BUCKETS; i++)
        while (t->buckets[i])
            quic_stream_remove(t, t->buckets[i]);
    assert(t->count == 0);
}

bool quic_stream_any_unacked(const struct quic_stream_table *t)
{
    for (size_t i = 0; i < QUIC_STREAM_BUCKETS; i++)
        for (struct quic_stream *s = t->buckets[i]; s; s = s->next)
            if (quic_stream_is_unacked(s) &&
                !(s->is_blocked && s->acked == s->sent))
                return true;
    return false;
}
