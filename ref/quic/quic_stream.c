/* SPDX-License-Identifier: MIT */
/*
 * Bytes lie in chunks, and a byte never moves: ngtcp2 does not copy what it
 * sends, it points into the chunks until the peer has acknowledged them. A
 * chunk is freed when the last of its bytes is; a reset stream keeps what it
 * has sent until it is closed, for nobody says when ngtcp2 is done with it.
 *
 *     acked <= sent <= written <= acked + QUIC_STREAM_MAX
 */
#include "ref/quic/quic_stream.h"
#include "ref/base/xalloc.h"

/* The least: a call and a little, so that small calls share one. With its head
 * it stays within what allocators keep at hand. The most: memory comes back in
 * pieces of this size. */
#define CHUNK_MIN 960u
#define CHUNK_MAX QUIC_STREAM_OWN

/* How much has to be free for another try: most of what is its own, or so much
 * that it is worth the while. The first always comes, the second keeps a fast
 * path full. */
#define AGAIN_OWN (QUIC_STREAM_OWN / 2)
#define AGAIN_MUCH (QUIC_STREAM_MAX / 4)

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

static size_t unacked(const struct quic_stream *s)
{
    return (size_t)(s->written - s->acked);
}

/* Of so many, those that are not the stream's own. */
static size_t beyond_own(size_t len)
{
    return len > QUIC_STREAM_OWN ? len - QUIC_STREAM_OWN : 0;
}

/* The stream holds more or less: the table's sum follows. */
static void account(struct quic_stream *s, size_t unacked_before)
{
    s->table->shared -= beyond_own(unacked_before);
    s->table->shared += beyond_own(unacked(s));
    assert(s->table->shared <= QUIC_STREAM_SHARED);
}

/* Bytes the stream may take. */
static size_t room(const struct quic_stream *s, uint64_t window)
{
    size_t held = unacked(s), unsent = (size_t)(s->written - s->sent);
    size_t own = held < QUIC_STREAM_OWN ? QUIC_STREAM_OWN - held : 0;
    size_t more = own + QUIC_STREAM_SHARED - s->table->shared;
    uint64_t admitted = window > unsent ? window - unsent : 0;

    if (more > QUIC_STREAM_MAX - held)
        more = QUIC_STREAM_MAX - held;
    if (more > admitted)
        more = (size_t)admitted;
    return more > own ? more : own;
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

size_t quic_stream_write(struct quic_stream *s, struct slice bytes, bool fin,
                         uint64_t window)
{
    size_t most = room(s, window), before = unacked(s);
    size_t n = bytes.len < most ? bytes.len : most;

    if (s->is_over || s->wants_fin)
        return 0;
    append(s, slice_head(bytes, n));
    s->written += n;
    account(s, before);
    s->wants_fin = fin && n == bytes.len;
    s->is_short = n < bytes.len;
    assert(!s->is_short || unacked(s) > 0);
    return n;
}

bool quic_stream_has_room_again(struct quic_stream *s, uint64_t window)
{
    if (!s->is_short || s->is_over ||
        (unacked(s) > AGAIN_OWN && room(s, window) < AGAIN_MUCH))
        return false;
    s->is_short = false;
    return true;
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

void quic_stream_acked(struct quic_stream *s, uint64_t len)
{
    size_t before = unacked(s);

    s->acked += len;
    assert(s->acked <= s->sent);
    account(s, before);
    for (struct quic_stream_chunk *c = s->oldest; len; c = c->next) {
        uint64_t rest = c->len - c->acked;
        uint64_t n = len < rest ? len : rest;

        c->acked += (size_t)n;
        len -= n;
    }
    shed(s);
}

static void free_chunks(struct quic_stream_chunk *c)
{
    while (c) {
        struct quic_stream_chunk *next = c->next;

        xalloc_free(c);
        c = next;
    }
}

/* What ngtcp2 has seen a byte of, it may look at again. */
void quic_stream_end(struct quic_stream *s)
{
    size_t before = unacked(s);
    struct quic_stream_chunk *c = s->current;

    s->is_over = true;
    s->written = s->sent;
    account(s, before);
    if (!c)
        return;
    free_chunks(c->next);
    c->next = NULL;
    c->len = c->sent;
    s->newest = c;
    shed(s);
}

/* -------------------------------------------------------------- the table */

/* The two lowest bits of a number say whose and which kind. */
static size_t bucket_of(int64_t id)
{
    return (size_t)(id >> 2) % QUIC_STREAM_BUCKETS;
}

struct quic_stream *quic_stream_add(struct quic_stream_table *t, int64_t id)
{
    struct quic_stream *s = xalloc(1, sizeof *s);

    assert(!quic_stream_find(t, id));
    s->id = id;
    s->table = t;
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
    t->shared -= beyond_own(unacked(s));
    free_chunks(s->oldest);
    xalloc_free(s);
}

void quic_stream_clear(struct quic_stream_table *t)
{
    for (size_t i = 0; i < QUIC_STREAM_BUCKETS; i++)
        while (t->buckets[i])
            quic_stream_remove(t, t->buckets[i]);
    assert(t->count == 0 && t->shared == 0);
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
