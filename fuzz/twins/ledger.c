/* SPDX-License-Identifier: MIT */
/* See ledger.h. */
#include "fuzz/twins/ledger.h"
#include "fuzz/broken.h"

#define STARTS 4096 /* places in the text where a half may begin */

static uint8_t text[STARTS + LEDGER_LEN_MAX];

void ledger_setup(void)
{
    uint32_t x = 1;

    for (size_t i = 0; i < sizeof text; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        text[i] = (uint8_t)x;
    }
}

void ledger_open_book(struct ledger *l, uint64_t window)
{
    memset(l, 0, sizeof *l);
    l->window = window;
}

void ledger_turn_page(struct ledger *l)
{
    for (uint32_t side = 0; side < 2; side++) {
        memset(l->streams[side], 0, l->opened[side] * sizeof *l->streams[side]);
        l->before[side] += l->opened[side];
        l->opened[side] = 0;
    }
}

void ledger_opened(struct ledger *l, uint32_t side, int64_t id)
{
    struct ledger_stream *s = &l->streams[side][l->opened[side]];

    broken_unless(id == (l->before[side] + l->opened[side]) * 4 + side, "SM-2",
                  "the stream opened next is %lld", (long long)id);
    s->id = id;
    s->is_known[side] = true;
    l->opened[side]++;
}

struct ledger_stream *ledger_pick(struct ledger *l, uint32_t side,
                                  uint32_t which)
{
    const uint32_t all = l->opened[0] + l->opened[1];

    for (uint32_t i = 0; i < all; i++) {
        const uint32_t at = (which + i) % all, opener = at >= l->opened[0];
        struct ledger_stream *s =
            &l->streams[opener][opener ? at - l->opened[0] : at];

        if (s->is_known[side] && !s->is_closed[side])
            return s;
    }
    return NULL;
}

bool ledger_may_write(const struct ledger_stream *s, uint32_t side)
{
    const struct ledger_half *h = &s->says[side];

    return !h->is_finished && !h->is_reset && !h->heard_stop;
}

/* A half's own piece of the text; neighbours begin far from each other. */
static const uint8_t *text_of(const struct ledger_stream *s, uint32_t side)
{
    return text + ((uint64_t)s->id * 2 + side) * 509 % STARTS;
}

struct slice ledger_text(const struct ledger_stream *s, uint32_t side,
                         size_t len)
{
    const uint32_t from = s->says[side].written, left = LEDGER_LEN_MAX - from;

    return slice_make(text_of(s, side) + from, len < left ? len : left);
}

struct ledger_stream *ledger_find(struct ledger *l, int64_t id)
{
    const uint32_t opener = id & 1;
    const int64_t at = id / 4 - l->before[opener];

    broken_unless(!(id & 2) && id >= 0, "SM-1", "stream %lld is told of",
                  (long long)id);
    broken_unless(at >= 0 && at < l->opened[opener], "SM-2",
                  "stream %lld was opened by nobody", (long long)id);
    return &l->streams[opener][at];
}

static void hear_data(const struct ledger *l, struct ledger_stream *s,
                      uint32_t side, const struct quic_event *e)
{
    struct ledger_half *h = &s->says[!side];

    broken_unless(!h->heard_end && !h->heard_reset, "FL-5",
                  "%zu bytes behind the end", e->bytes.len);
    broken_unless(!h->is_stopped, "SM-26", "%zu bytes that are not wanted",
                  e->bytes.len);
    broken_unless(e->bytes.len <= h->written - h->heard, "FR-4",
                  "%zu bytes of %u that were written", h->heard + e->bytes.len,
                  h->written);
    broken_unless(!e->bytes.len || memcmp(text_of(s, !side) + h->heard,
                                          e->bytes.data, e->bytes.len) == 0,
                  "SM-9", "bytes at %u that were not written there", h->heard);
    h->heard += (uint32_t)e->bytes.len;
    broken_unless(h->heard - h->consumed <= l->window, "SU-10",
                  "%u bytes lie there", h->heard - h->consumed);
    broken_unless(!e->fin || (h->is_finished && h->heard == h->written), "FL-5",
                  "an end behind %u bytes of %u", h->heard, h->written);
    h->heard_end = e->fin;
}

/* Who was asked to stop has reset with the code of that. */
static void hear_reset(struct ledger_stream *s, uint32_t side, uint64_t code)
{
    struct ledger_half *h = &s->says[!side];

    broken_unless((h->is_reset && code == h->reset_code) ||
                      (h->is_stopped && code == h->stop_code),
                  "SM-27", "a reset by nobody, %llu", (unsigned long long)code);
    broken_unless(!h->heard_reset, "SM-27", "a second reset");
    h->heard_reset = true;
}

static void hear_stop(struct ledger_stream *s, uint32_t side, uint64_t code)
{
    struct ledger_half *h = &s->says[side];

    broken_unless(h->is_stopped && code == h->stop_code, "SM-27",
                  "a stop by nobody, %llu", (unsigned long long)code);
    broken_unless(!h->heard_stop, "SM-27", "a second stop");
    h->heard_stop = true;
}

static void hear_close(struct ledger_stream *s, uint32_t side)
{
    const struct ledger_half *ours = &s->says[side], *theirs = &s->says[!side];

    broken_unless(ours->is_finished || ours->is_reset || ours->heard_stop,
                  "SM-18", "a stream closed under what we say");
    broken_unless(theirs->heard_end || theirs->heard_reset ||
                      theirs->is_stopped,
                  "SM-18", "a stream closed before we have heard its end");
    s->is_closed[side] = true;
}

static void hear_room(struct ledger_stream *s, uint32_t side)
{
    struct ledger_half *h = &s->says[side];

    broken_unless(h->shorts, "SU-9", "room for nobody who waits for it");
    h->shorts--;
}

void ledger_hear(struct ledger *l, uint32_t side, const struct quic_event *e)
{
    struct ledger_stream *s = ledger_find(l, e->stream);

    broken_unless(!s->is_closed[side], "SM-18",
                  "news of a stream that is over");
    s->is_known[side] = true;
    switch (e->kind) {
    case QUIC_DATA:
        hear_data(l, s, side, e);
        break;
    case QUIC_RESET:
        hear_reset(s, side, e->code);
        break;
    case QUIC_STOPPED:
        hear_stop(s, side, e->code);
        break;
    case QUIC_WRITABLE:
        hear_room(s, side);
        break;
    case QUIC_STREAM_CLOSED:
        hear_close(s, side);
        break;
    default:
        assert(false); /* not an event of a stream */
    }
}

static void check_half(const struct ledger_half *h)
{
    if (h->is_reset || h->is_stopped || !h->is_finished)
        return;
    broken_unless(h->heard == h->written && h->heard_end, "SM-25",
                  "%u bytes of %u, and %s end, when all is calm", h->heard,
                  h->written, h->heard_end ? "the" : "no");
}

void ledger_check_calm(const struct ledger *l)
{
    for (uint32_t opener = 0; opener < 2; opener++)
        for (uint32_t i = 0; i < l->opened[opener]; i++)
            for (uint32_t side = 0; side < 2; side++)
                check_half(&l->streams[opener][i].says[side]);
}

static uint64_t hash_number(uint64_t hash, uint64_t number)
{
    return slice_hash(slice_make(&number, sizeof number), hash);
}

uint64_t ledger_hash(const struct ledger *l)
{
    uint64_t hash = 1;

    for (uint32_t opener = 0; opener < 2; opener++) {
        for (uint32_t i = 0; i < l->opened[opener]; i++) {
            const struct ledger_stream *s = &l->streams[opener][i];

            for (uint32_t side = 0; side < 2; side++) {
                const struct ledger_half *h = &s->says[side];

                hash = hash_number(hash, h->written);
                hash = hash_number(hash, h->heard);
                hash = hash_number(hash, h->heard_end + 2u * h->heard_reset +
                                             4u * h->heard_stop +
                                             8u * s->is_closed[side]);
            }
        }
        hash = hash_number(hash, l->opened[opener]);
    }
    return hash;
}
