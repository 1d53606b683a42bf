/* SPDX-License-Identifier: MIT */
/* See story.h. */
#include "fuzz/twins/story.h"
#include "fuzz/broken.h"

#define MS 1000000ull
#define S (1000 * MS)
#define ALIVE_CALM_NS (20 * S) /* until all that was said is heard, and … */
#define LOST_CALM_NS (200 * S) /* … when somebody spoke to where nobody was */
#define PACE_NS (100 * MS)     /* of looking, at most */
#define SELDOM 0xff            /* a byte on which a connection ends */

/* ------------------------------------------------------------- streams */

static void open_stream(struct story *story)
{
    const uint32_t side = feed_byte(&story->feed) & 1;
    int64_t id;

    if (story->twins.ledger.opened[side] < LEDGER_STREAMS &&
        story->twins.sides[side].quic &&
        quic_open(story->twins.sides[side].quic, &id))
        ledger_opened(&story->twins.ledger, side, id);
}

/* A stream that this side may speak of; NULL: none, or nobody to speak. */
static struct ledger_stream *stream_of(struct story *story, uint32_t side,
                                       uint32_t which)
{
    return story->twins.sides[side].quic
               ? ledger_pick(&story->twins.ledger, side, which)
               : NULL;
}

static void say(struct story *story, uint32_t side, struct ledger_stream *s,
                size_t len, bool fin)
{
    struct ledger_half *h = &s->says[side];
    const struct slice bytes = ledger_text(s, side, len);
    size_t taken;

    if (!ledger_may_write(s, side))
        return;
    taken = quic_write(story->twins.sides[side].quic, s->id, bytes, fin);
    broken_unless(taken <= bytes.len, "FR-4", "%zu bytes taken of %zu", taken,
                  bytes.len);
    h->written += (uint32_t)taken;
    h->shorts += taken < bytes.len;
    h->is_finished = fin && taken == bytes.len;
}

static void write_stream(struct story *story)
{
    const uint32_t how = feed_byte(&story->feed), len = feed_byte(&story->feed);
    struct ledger_stream *s = stream_of(story, how & 1, how >> 4);

    if (s)
        say(story, how & 1, s, how & 8 ? len * 64 : len, (how & 6) == 6);
}

static void finish_stream(struct story *story)
{
    const uint32_t how = feed_byte(&story->feed);
    struct ledger_stream *s = stream_of(story, how & 1, how / 2);

    if (s)
        say(story, how & 1, s, 0, true);
}

/* A code of any length that QUIC writes it in. */
static uint64_t code_of(uint32_t byte)
{
    return (uint64_t)byte << (byte & 3) * 10;
}

static void reset_stream(struct story *story)
{
    const uint32_t how = feed_byte(&story->feed),
                   code = feed_byte(&story->feed);
    struct ledger_stream *s = stream_of(story, how & 1, how / 2);
    struct ledger_half *h = s ? &s->says[how & 1] : NULL;

    if (!h || h->is_reset || h->heard_stop)
        return;
    /* ngtcp2 0.12 never ends a stream whose first word is its end (quic.h). */
    if (!s->is_known[!(how & 1)] && !(story->may_end && code == SELDOM))
        return;
    h->is_reset = true;
    h->reset_code = code_of(code);
    quic_reset(story->twins.sides[how & 1].quic, s->id, h->reset_code);
}

static void stop_stream(struct story *story)
{
    const uint32_t how = feed_byte(&story->feed),
                   code = feed_byte(&story->feed);
    struct ledger_stream *s = stream_of(story, how & 1, how / 2);
    struct ledger_half *h = s ? &s->says[!(how & 1)] : NULL;

    if (!h || h->is_stopped)
        return;
    h->is_stopped = true;
    h->stop_code = code_of(code);
    quic_stop(story->twins.sides[how & 1].quic, s->id, h->stop_code);
}

static void consume(struct story *story)
{
    const uint32_t how = feed_byte(&story->feed), len = feed_byte(&story->feed);
    struct ledger_stream *s = stream_of(story, how & 1, how / 2);

    if (s)
        twins_consume(&story->twins, how & 1, s, 16 * len);
}

/* ------------------------------------------------------------- strangers */

static size_t write_over(struct story *story, uint8_t *bytes, size_t len,
                         size_t at)
{
    const struct slice piece = feed_piece(&story->feed);
    size_t fits = at < STORM_LEN_MAX ? STORM_LEN_MAX - at : 0;

    fits = piece.len < fits ? piece.len : fits;
    if (fits)
        memcpy(bytes + at, piece.data, fits);
    return at + fits > len ? at + fits : len;
}

/* What a stranger sends: bytes of the input; what was overheard, as it was,
 * changed somewhere, or its head alone; and perhaps as long as a first
 * datagram has to be. */
static size_t forge(struct story *story, uint32_t how,
                    uint8_t bytes[STORM_LEN_MAX])
{
    enum { HEAD_LEN = 24, FIRST_LEN = 1200 };
    const struct storm_flight *heard =
        how & 3 ? storm_overheard(&story->twins.storm, feed_byte(&story->feed))
                : NULL;
    size_t len = 0;

    if (heard) {
        len = (how & 3) == 3 && heard->len > HEAD_LEN ? HEAD_LEN : heard->len;
        memcpy(bytes, heard->bytes, len);
    }
    if ((how & 3) == 3)
        len = write_over(story, bytes, len, len);
    else if ((how & 3) != 1)
        len =
            write_over(story, bytes, len, heard ? feed_byte(&story->feed) : 0);
    if (how & 4 && len < FIRST_LEN) {
        memset(bytes + len, 0, FIRST_LEN - len);
        len = FIRST_LEN;
    }
    return len;
}

static void inject(struct story *story)
{
    const uint32_t how = feed_byte(&story->feed), side = how >> 7;
    const struct address from = how & 0x40 ? story->twins.sides[!side].address
                                           : storm_nowhere(how >> 4);
    uint8_t bytes[STORM_LEN_MAX] = {0}; /* what is left out, too */
    const size_t len = forge(story, how, bytes);

    story->is_disturbed = true;
    twins_strike(&story->twins, side, &from, slice_make(bytes, len));
}

/* ------------------------------------------------------------- the world */

static void carry(struct story *story)
{
    twins_run(&story->twins, 4 * MS);
}

static void carry_on(struct story *story)
{
    twins_run(&story->twins, 60 * MS);
}

/* Nobody comes from two places in bad weather where all goes on after it: with
 * ngtcp2 0.12 that ends many a connection. */
static void storm(struct story *story)
{
    if (story->may_end || !story->twins.wanders)
        story->twins.storm.feed = &story->feed;
    twins_run(&story->twins, 2 * MS);
    story->twins.storm.feed = NULL;
}

/* Mostly little; so long that nobody is there any more only where that may be,
 * and seldom. */
static void wait(struct story *story)
{
    static const uint64_t spans[] = {MS, 30 * MS, 300 * MS, 3 * S};
    const uint32_t how = feed_byte(&story->feed);

    if (how == SELDOM && story->may_end)
        twins_run(&story->twins, 2 * TWINS_IDLE_NS);
    else
        twins_run(&story->twins, spans[how & 3]);
    story->is_disturbed = story->is_disturbed || (how & 3) > 1;
}

/* Pings, for a while. */
static void hurry(struct story *story, uint32_t side)
{
    struct twin *us = &story->twins.sides[side];

    if (us->quic)
        quic_hurry(us->quic, true);
    twins_run(&story->twins, 4 * MS);
    if (us->quic)
        quic_hurry(us->quic, false);
}

/* The dialler is seen somewhere else. Or somebody pings while it is silent. Or,
 * where nobody comes after them, grants streams or closes. */
static void turn_about(struct story *story)
{
    const uint32_t how = feed_byte(&story->feed), side = how & 1;
    struct quic *q = story->twins.sides[side].quic;

    story->is_disturbed = true;
    if (how >= SELDOM - 1 && story->may_end)
        twins_close(&story->twins, side, code_of(feed_byte(&story->feed)));
    else if (how >= SELDOM - 3 && story->may_end && q)
        quic_grant_streams(q, 1 + (how >> 1 & 3));
    else if (how >> 4 == 4 && q)
        quic_keep_alive(q, true);
    else if (how >> 4 == 5)
        hurry(story, side);
    else if (how < 0x20)
        twins_move(&story->twins);
}

/* How somebody listens: at once and to all, and whether at all. */
static void listen_so(struct story *story)
{
    const uint32_t how = feed_byte(&story->feed);

    story->twins.sides[how & 1].is_greedy = (how & 2) != 0;
    story->twins.sides[how & 1].is_deaf = (how & 12) == 12;
}

static void step(struct story *story)
{
    static void (*const steps[])(struct story *) = {
        open_stream,   open_stream,  write_stream, write_stream, write_stream,
        finish_stream, reset_stream, stop_stream,  consume,      carry,
        carry,         carry_on,     storm,        storm,        inject,
        inject,        wait,         turn_about,   listen_so,
    };

    steps[feed_byte(&story->feed) % (sizeof steps / sizeof *steps)](story);
}

/* ------------------------------------------------------------- the end */

/* Everybody says that he is done, and listens to the end. */
static void wind_up(struct story *story, uint32_t side)
{
    struct twin *us = &story->twins.sides[side];

    us->is_greedy = true;
    if (us->quic)
        quic_keep_alive(us->quic, false);
    for (uint32_t opener = 0; opener < 2 && us->quic; opener++) {
        for (uint32_t i = 0; i < story->twins.ledger.opened[opener]; i++) {
            struct ledger_stream *s = &story->twins.ledger.streams[opener][i];

            if (!s->is_known[side] || s->is_closed[side])
                continue;
            twins_consume(&story->twins, side, s, SIZE_MAX);
            say(story, side, s, 0, true);
        }
    }
}

/* Two who are together, or may come to be. */
static bool is_alive(const struct story *story)
{
    for (uint32_t side = 0; side < 2; side++)
        if (story->twins.sides[side].is_over ||
            story->twins.sides[side].has_closed)
            return false;
    return story->twins.sides[TWINS_DIALLER].quic;
}

/* Each probe that is lost doubles the time to the next one: whoever spoke to
 * where nobody is any more may be silent for as long as the story was. */
void story_calm(struct story *story)
{
    const uint64_t end_ns =
        story->twins.now_ns +
        (story->twins.has_wandered ? LOST_CALM_NS : ALIVE_CALM_NS);
    uint64_t span_ns = 4 * MS;

    while (is_alive(story) && !twins_are_calm(&story->twins) &&
           story->twins.now_ns < end_ns) {
        wind_up(story, TWINS_DIALLER);
        wind_up(story, TWINS_ACCEPTOR);
        twins_run(&story->twins, span_ns);
        if (!twins_are_in_touch(&story->twins))
            hurry(story, TWINS_DIALLER);
        span_ns = span_ns < PACE_NS ? 2 * span_ns : span_ns;
    }
    if (twins_are_together(&story->twins) && !twins_limp(&story->twins))
        ledger_check_calm(&story->twins.ledger);
}

void story_live(struct story *story)
{
    for (uint32_t i = 0; i < story->steps_max && !feed_is_over(&story->feed);
         i++)
        step(story);
    story->feed.rest.len = 0;
    for (uint32_t side = 0; side < 2; side++)
        story->twins.sides[side].is_deaf = false;
    story_calm(story);
}
