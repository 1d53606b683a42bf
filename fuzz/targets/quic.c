/* SPDX-License-Identifier: MIT */
/*
 * Datagrams against two real endpoints of ours, ngtcp2 and GnuTLS and all. The
 * input decides what they say to each other on streams, when they give up, how
 * time goes by, what befalls each datagram, and what strangers send: any bytes,
 * or what was overheard, as it was or changed, from here or from elsewhere.
 *
 * It is foretold who may be let in; what is heard is what was said (ledger.h);
 * nothing but those who close it, and silence, ends a connection, and each side
 * is told once; strangers change nothing of this. When the weather is fair
 * again all that was said is heard, no stream is left, no connection of a
 * stranger, and when both have gone there is nothing left at all.
 *
 * There are two sorts of inputs, by the first byte. One in sixteen is a whole
 * life, with its terms, from the first datagram on. The others are stories on a
 * connection that is there: a handshake costs as much as many stories. Behind
 * each the connection has to be as new (twins.h): calm, no stream open, as many
 * to be opened, the path not slow. Else it is thrown away, and so it is after
 * AGE_MAX stories; the next one begins a life, always the same one.
 *
 * What remains different on an older connection: numbers of packets and
 * streams, ids of connections, where windows of the whole connection end, what
 * is overheard, how much chance was drawn, and how wide and fast the path is
 * thought to be. No promise depends on any of it. What is heard does where the
 * path's speed decides which datagram a storm meets: in one story of a hundred
 * (fuzz/test/quic_target_test.c). What breaks only at some age breaks again
 * with the files before it; there are fewer than AGE_MAX.
 */
#include "fuzz/broken.h"
#include "fuzz/target.h"
#include "fuzz/twins.h"

#define AGE_MAX 256
#define STEPS_MAX 400
#define STREAMS 16  /* that a side may open, unless terms differ */
#define WINDOW 3000 /* likewise */
#define MS 1000000ull
#define S (1000 * MS)
#define ALIVE_CALM_NS (20 * S)  /* until all that was said is heard */
#define DEAD_CALM_NS (1000 * S) /* until nothing is left, on a slow path */
#define SELDOM 0xff        /* a byte on which a connection dies, or changes */
#define PACE_NS (100 * MS) /* of looking, at most */

static struct feed feed;
static struct twins twins;
static bool is_there;     /* a connection that is as new */
static uint32_t age;      /* stories it has told */
static bool is_disturbed; /* somebody may not get through */

/* ------------------------------------------------------------- streams */

static void open_stream(void)
{
    const uint32_t side = feed_byte(&feed) & 1;
    int64_t id;

    if (twins.ledger.opened[side] < LEDGER_STREAMS && twins.sides[side].quic &&
        quic_open(twins.sides[side].quic, &id))
        ledger_opened(&twins.ledger, side, id);
}

/* A stream that this side may speak of; NULL: none, or nobody to speak. */
static struct ledger_stream *stream_of(uint32_t side, uint32_t which)
{
    return twins.sides[side].quic ? ledger_pick(&twins.ledger, side, which)
                                  : NULL;
}

static void say(uint32_t side, struct ledger_stream *s, size_t len, bool fin)
{
    struct ledger_half *h = &s->says[side];
    const struct slice bytes = ledger_text(s, side, len);
    size_t taken;

    if (!ledger_may_write(s, side))
        return;
    taken = quic_write(twins.sides[side].quic, s->id, bytes, fin);
    broken_unless(taken <= bytes.len, "FR-4", "%zu bytes taken of %zu", taken,
                  bytes.len);
    h->written += (uint32_t)taken;
    h->shorts += taken < bytes.len;
    h->is_finished = fin && taken == bytes.len;
}

static void write_stream(void)
{
    const uint32_t how = feed_byte(&feed), len = feed_byte(&feed);
    struct ledger_stream *s = stream_of(how & 1, how >> 4);

    if (s)
        say(how & 1, s, how & 8 ? len * 64 : len, (how & 6) == 6);
}

static void finish_stream(void)
{
    const uint32_t how = feed_byte(&feed);
    struct ledger_stream *s = stream_of(how & 1, how / 2);

    if (s)
        say(how & 1, s, 0, true);
}

/* A code of any length that QUIC writes it in. */
static uint64_t code_of(uint32_t byte)
{
    return (uint64_t)byte << (byte & 3) * 10;
}

static void reset_stream(void)
{
    const uint32_t how = feed_byte(&feed), code = feed_byte(&feed);
    struct ledger_stream *s = stream_of(how & 1, how / 2);
    struct ledger_half *h = s ? &s->says[how & 1] : NULL;

    if (!h || h->is_reset || h->heard_stop)
        return;
    /* ngtcp2 0.12 never ends a stream whose first word is its end (quic.h), so
     * that the connection has to be thrown away. */
    if (!s->is_known[!(how & 1)] && code < SELDOM)
        return;
    h->is_reset = true;
    h->reset_code = code_of(code);
    quic_reset(twins.sides[how & 1].quic, s->id, h->reset_code);
}

static void stop_stream(void)
{
    const uint32_t how = feed_byte(&feed), code = feed_byte(&feed);
    struct ledger_stream *s = stream_of(how & 1, how / 2);
    struct ledger_half *h = s ? &s->says[!(how & 1)] : NULL;

    if (!h || h->is_stopped)
        return;
    h->is_stopped = true;
    h->stop_code = code_of(code);
    quic_stop(twins.sides[how & 1].quic, s->id, h->stop_code);
}

static void consume(void)
{
    const uint32_t how = feed_byte(&feed), len = feed_byte(&feed);
    struct ledger_stream *s = stream_of(how & 1, how / 2);

    if (s)
        twins_consume(&twins, how & 1, s, 16 * len);
}

/* ------------------------------------------------------------- strangers */

static size_t write_over(uint8_t *bytes, size_t len, size_t at)
{
    const struct slice piece = feed_piece(&feed);
    size_t fits = at < STORM_LEN_MAX ? STORM_LEN_MAX - at : 0;

    fits = piece.len < fits ? piece.len : fits;
    if (fits)
        memcpy(bytes + at, piece.data, fits);
    return at + fits > len ? at + fits : len;
}

/* What a stranger sends: bytes of the input; what was overheard, as it was,
 * changed somewhere, or its head alone; and perhaps as long as a first
 * datagram has to be. */
static size_t forge(uint32_t how, uint8_t bytes[STORM_LEN_MAX])
{
    enum { HEAD_LEN = 24, FIRST_LEN = 1200 };
    const struct storm_flight *heard =
        how & 3 ? storm_overheard(&twins.storm, feed_byte(&feed)) : NULL;
    size_t len = 0;

    if (heard) {
        len = (how & 3) == 3 && heard->len > HEAD_LEN ? HEAD_LEN : heard->len;
        memcpy(bytes, heard->bytes, len);
    }
    if ((how & 3) == 3)
        len = write_over(bytes, len, len);
    else if ((how & 3) != 1)
        len = write_over(bytes, len, heard ? feed_byte(&feed) : 0);
    if (how & 4 && len < FIRST_LEN) {
        memset(bytes + len, 0, FIRST_LEN - len);
        len = FIRST_LEN;
    }
    return len;
}

static void inject(void)
{
    const uint32_t how = feed_byte(&feed), side = how >> 7;
    const struct address from =
        how & 0x40 ? twins.sides[!side].address : storm_nowhere(how >> 4);
    uint8_t bytes[STORM_LEN_MAX];
    const size_t len = forge(how, bytes);

    is_disturbed = true;
    twins_strike(&twins, side, &from, slice_make(bytes, len));
}

/* ------------------------------------------------------------- the world */

static void carry(void)
{
    twins_run(&twins, 4 * MS);
}

static void carry_on(void)
{
    twins_run(&twins, 60 * MS);
}

static void storm(void)
{
    twins.storm.feed = &feed;
    twins_run(&twins, 2 * MS);
    twins.storm.feed = NULL;
}

/* Mostly little; so long that nobody is there any more only seldom. */
static void wait(void)
{
    static const uint64_t spans[] = {MS, 30 * MS, 300 * MS, 3 * S};
    const uint32_t how = feed_byte(&feed);

    if (how == SELDOM)
        twins_run(&twins, 2 * TWINS_IDLE_NS);
    else
        twins_run(&twins, spans[how & 3]);
    is_disturbed = is_disturbed || how == SELDOM || (how & 3) > 1;
}

/* Pings, for a while. */
static void hurry(uint32_t side)
{
    struct twin *us = &twins.sides[side];

    if (us->quic)
        quic_hurry(us->quic, true);
    twins_run(&twins, 4 * MS);
    if (us->quic)
        quic_hurry(us->quic, false);
}

/* The dialler is seen somewhere else. Or somebody grants streams, pings while
 * it is silent, or closes. */
static void turn_about(void)
{
    const uint32_t how = feed_byte(&feed), side = how & 1;
    struct quic *q = twins.sides[side].quic;

    is_disturbed = true;
    if (how >= SELDOM - 1)
        twins_close(&twins, side, code_of(feed_byte(&feed)));
    else if (how >= SELDOM - 3 && q)
        quic_grant_streams(q, 1 + (how >> 1 & 3));
    else if (how >> 4 == 4 && q)
        quic_keep_alive(q, true);
    else if (how >> 4 == 5)
        hurry(side);
    else if (how < 0x20)
        twins_move(&twins);
}

/* How somebody listens: at once and to all, and whether at all. */
static void listen_so(void)
{
    const uint32_t how = feed_byte(&feed);

    twins.sides[how & 1].is_greedy = (how & 2) != 0;
    twins.sides[how & 1].is_deaf = (how & 12) == 12;
}

static void step(void)
{
    static void (*const steps[])(void) = {
        open_stream,   open_stream,  write_stream, write_stream, write_stream,
        finish_stream, reset_stream, stop_stream,  consume,      carry,
        carry,         carry_on,     storm,        storm,        inject,
        inject,        wait,         turn_about,   listen_so,
    };

    steps[feed_byte(&feed) % (sizeof steps / sizeof *steps)]();
}

/* ------------------------------------------------------------- the end */

/* Everybody says that he is done, and listens to the end. */
static void wind_up(uint32_t side)
{
    struct twin *us = &twins.sides[side];

    us->is_greedy = true;
    if (us->quic)
        quic_keep_alive(us->quic, false);
    for (uint32_t opener = 0; opener < 2 && us->quic; opener++) {
        for (uint32_t i = 0; i < twins.ledger.opened[opener]; i++) {
            struct ledger_stream *s = &twins.ledger.streams[opener][i];

            if (!s->is_known[side] || s->is_closed[side])
                continue;
            twins_consume(&twins, side, s, SIZE_MAX);
            say(side, s, 0, true);
        }
    }
}

/* Two who are together, or may come to be. */
static bool is_alive(void)
{
    for (uint32_t side = 0; side < 2; side++)
        if (twins.sides[side].is_over || twins.sides[side].has_closed)
            return false;
    return twins.sides[TWINS_DIALLER].quic;
}

static void calm(void)
{
    const uint64_t end_ns = twins.now_ns + ALIVE_CALM_NS;
    uint64_t span_ns = 4 * MS;

    while (is_alive() && !twins_are_calm(&twins) && twins.now_ns < end_ns) {
        wind_up(TWINS_DIALLER);
        wind_up(TWINS_ACCEPTOR);
        /* Nobody finds one who has moved before he says something. */
        if (twins.has_wandered)
            hurry(TWINS_DIALLER);
        twins_run(&twins, span_ns);
        span_ns = span_ns < PACE_NS ? 2 * span_ns : span_ns;
    }
    if (twins_are_together(&twins))
        ledger_check_calm(&twins.ledger);
}

/* Both go, and are forgotten. */
static void part(void)
{
    const struct twin *them = &twins.sides[TWINS_ACCEPTOR];
    const bool are_together = twins_are_together(&twins);

    twins_close(&twins, TWINS_DIALLER, 7);
    twins_run(&twins, DEAD_CALM_NS);
    twins_check_gone(&twins);
    broken_unless(!are_together || them->end.by == QUIC_BY_THEM, "CN-6",
                  "a farewell in fair weather is not heard");
    twins_end(&twins);
    is_there = false;
}

/* ------------------------------------------------------------- the story */

static struct twins_terms terms_of(uint32_t who, uint32_t how)
{
    struct twins_terms terms = {
        .is_nobody = (how & 1) != 0, .streams_max = STREAMS, .window = WINDOW};

    if (how & 2)
        terms.streams_max = how >> 4;
    if (how & 4)
        terms.window = 100 + (how >> 4) * 80;
    /* Most of them trust each other. */
    if (who & 0x80) {
        terms.is_stolen[who >> 4 & 1] = (who & 0x60) == 0;
        terms.refuses[who >> 4 & 1] = (who & 0x60) == 0x20;
        terms.speaks_otherwise = (who & 0x60) == 0x40;
    }
    return terms;
}

static void live(void)
{
    for (int i = 0; i < STEPS_MAX && !feed_is_over(&feed); i++)
        step();
    feed.rest.len = 0;
    for (uint32_t side = 0; side < 2; side++)
        twins.sides[side].is_deaf = false;
    calm();
}

static bool may_be(const struct twins_terms *terms)
{
    const bool is_known = !terms->is_nobody;

    return !terms->speaks_otherwise && !terms->refuses[TWINS_DIALLER] &&
           !terms->is_stolen[TWINS_ACCEPTOR] &&
           !(is_known && terms->refuses[TWINS_ACCEPTOR]) &&
           !(is_known && terms->is_stolen[TWINS_DIALLER]);
}

static void live_whole(uint32_t who)
{
    const struct twins_terms terms = terms_of(who, feed_byte(&feed));

    if (is_there)
        twins_end(&twins);
    is_disturbed = false;
    twins_begin(&twins, &terms);
    live();
    twins_remember(&twins, 0);
    broken_unless(is_disturbed || twins.storm.harmed ||
                      twins_are_together(&twins) == may_be(&terms),
                  "CC-4", "nothing came between two, and they are %s",
                  may_be(&terms) ? "not together" : "together");
    part();
}

static void meet(void)
{
    const struct twins_terms terms = {.streams_max = STREAMS, .window = WINDOW};

    twins_begin(&twins, &terms);
    calm();
    is_there = twins_are_as_new(&twins);
    broken_unless(is_there, "CC-4", "two who trust each other do not meet");
    age = 0;
}

static void tell_a_story(uint32_t how)
{
    if (!is_there)
        meet();
    for (uint32_t side = 0; side < 2; side++)
        twins.sides[side].is_greedy = !(how >> 4 & 1 << side);
    twins.turns = 0;
    twins.has_wandered = false;
    live();
    twins_remember(&twins, age);
    is_there = ++age < AGE_MAX && twins_are_as_new(&twins);
    if (!is_there)
        part();
    else
        ledger_turn_page(&twins.ledger);
}

static void run(struct slice input)
{
    uint32_t how;

    feed = (struct feed){input};
    how = feed_byte(&feed);
    if ((how & 15) == 15)
        live_whole(how);
    else
        tell_a_story(how);
}

const struct target target_quic = {
    .name = "quic",
    .promise = "Whatever befalls datagrams and whatever strangers send, only "
               "who proves an accepted key is let in, what is heard on a "
               "stream is what was said there, each side is told once of the "
               "end, and nothing is kept for a stranger.",
    .rules = "AL-6 AU-11 CC-4 CC-10 CC-13 CN-3 CN-6 FL-5 FR-4 IR-1 SM-1 SM-2 "
             "SM-9 SM-18 SM-25 SM-26 SM-27 SU-9 SU-10 TO-1",
    .setup = twins_setup,
    .run = run,
};
