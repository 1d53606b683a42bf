/* SPDX-License-Identifier: MIT */
/* See storm.h. */
#include "fuzz/twins/storm.h"
#include "netsim/berth.h"
#include "ref/base/agenda.h"

#define NOBODY 9 /* a node that there is not */

/* What becomes of a datagram, by a byte modulo 16; all others arrive. */
enum { LOST = 8, TWICE, LATE, FLIPPED, CUT, LONGER, ELSEWHERE, HARMED_TWIN };

void storm_begin(struct storm *s)
{
    s->feed = NULL;
    s->count = s->sent = s->harmed = 0;
    s->hash = 0;
    for (uint8_t i = 0; i < STORM_FLIGHTS; i++)
        s->order[i] = i;
}

/* Its place is the one behind all that arrive before it, or with it. */
static struct storm_flight *
take_off(struct storm *s, const struct storm_flight *f, uint64_t at_ns)
{
    struct storm_flight *copy;
    uint8_t place;
    size_t i = s->count;

    if (i == STORM_FLIGHTS)
        return NULL;
    place = s->order[i];
    for (; i && s->flights[s->order[i - 1]].at_ns > at_ns; i--)
        s->order[i] = s->order[i - 1];
    s->order[i] = place;
    s->count++;
    copy = &s->flights[place];
    copy->at_ns = at_ns;
    copy->from = f->from;
    copy->to = f->to;
    copy->is_fair = false;
    copy->len = f->len;
    memcpy(copy->bytes, f->bytes, f->len);
    return copy;
}

static void flip(struct storm_flight *f, struct feed *feed)
{
    const uint32_t at = feed_below(feed, STORM_LEN_MAX);
    const uint8_t bits = feed_byte(feed);

    f->bytes[at % f->len] ^= bits ? bits : 1;
}

static void lengthen(struct storm_flight *f, struct feed *feed)
{
    struct slice more = feed_piece(feed);

    more = slice_head(more, more.len < STORM_LEN_MAX - f->len
                                ? more.len
                                : STORM_LEN_MAX - f->len);
    memcpy(f->bytes + f->len, more.data, more.len);
    f->len += more.len;
}

/* The flight is there already, and the byte says what befalls it. */
static void befall(struct storm *s, struct storm_flight *f, uint8_t what)
{
    switch (what) {
    case FLIPPED:
        flip(f, s->feed);
        break;
    case CUT:
        f->len = 1 + feed_below(s->feed, STORM_LEN_MAX) % f->len;
        break;
    case LONGER:
        lengthen(f, s->feed);
        break;
    case ELSEWHERE:
        f->from = storm_nowhere(feed_byte(s->feed));
        break;
    default:
        break;
    }
}

/* Up to 4 s late, most of them little. */
static uint64_t lateness(struct feed *feed)
{
    const uint64_t how = feed_byte(feed);

    return (1 + (how & 15)) * STORM_DELAY_NS << (how >> 6) * 3 >> 1;
}

static void meet(struct storm *s, const struct storm_flight *sent,
                 uint64_t now_ns)
{
    const uint8_t what = feed_byte(s->feed) % 16;
    uint64_t at_ns = now_ns + STORM_DELAY_NS;
    struct storm_flight *f;

    s->harmed += what >= LOST;
    if (what == LOST)
        return;
    if (what == HARMED_TWIN && (f = take_off(s, sent, at_ns)))
        flip(f, s->feed);
    if (what == LATE)
        at_ns += lateness(s->feed);
    f = take_off(s, sent, at_ns);
    if (!f)
        return;
    f->is_fair = what < LOST;
    befall(s, f, what);
    if (what == TWICE)
        (void)take_off(s, sent, at_ns + lateness(s->feed));
}

static struct storm_flight *remember(struct storm *s, const struct datagram *d)
{
    const uint32_t latest = STORM_PAST - STORM_FIRST;
    struct storm_flight *f =
        &s->past[s->sent < STORM_PAST
                     ? s->sent
                     : STORM_FIRST + (s->sent - STORM_FIRST) % latest];

    assert(d->bytes.len && d->bytes.len <= STORM_LEN_MAX);
    s->sent++;
    f->from = d->from;
    f->to = d->to;
    f->len = d->bytes.len;
    memcpy(f->bytes, d->bytes.data, f->len);
    s->hash = slice_hash(d->bytes, s->hash + f->len);
    return f;
}

void storm_send(struct storm *s, const struct datagram *d, uint64_t now_ns)
{
    const struct storm_flight *sent = remember(s, d);
    struct storm_flight *f;

    if (s->feed && !feed_is_over(s->feed)) {
        meet(s, sent, now_ns);
        return;
    }
    f = take_off(s, sent, now_ns + STORM_DELAY_NS);
    s->harmed += !f;
    if (f)
        f->is_fair = true;
}

const struct storm_flight *storm_arrived(struct storm *s, uint64_t now_ns)
{
    const uint8_t place = s->order[0];

    if (storm_next_ns(s) > now_ns)
        return NULL;
    s->count--;
    memmove(s->order, s->order + 1, s->count);
    s->order[s->count] = place;
    return &s->flights[place];
}

uint64_t storm_next_ns(const struct storm *s)
{
    return s->count ? s->flights[s->order[0]].at_ns : NEVER;
}

const struct storm_flight *storm_overheard(const struct storm *s,
                                           uint32_t which)
{
    const uint32_t there = s->sent < STORM_PAST ? s->sent : STORM_PAST;

    return there ? &s->past[which % there] : NULL;
}

struct address storm_nowhere(uint32_t which)
{
    return berth_address((struct berth){NOBODY, which & 3, BERTH_FIRST});
}
