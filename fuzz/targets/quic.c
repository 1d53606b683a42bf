/* SPDX-License-Identifier: MIT */
/*
 * Datagrams against two real endpoints of ours, ngtcp2 and GnuTLS and all,
 * which are together already: a story (story.h) on a connection that is there.
 * A handshake costs as much as a hundred stories; it has a target of its own
 * (handshake.c).
 *
 * What is heard is what was said (ledger.h); nothing ends the connection;
 * strangers change nothing of this. Behind each story the connection has to be
 * as new (twins.h): calm, no stream open, as many to be opened, the path not
 * slow. Else it is thrown away, as it is after LIFE_MAX stories; the next one
 * begins a life, always the same one.
 *
 * What remains different on an older connection: numbers of packets and
 * streams, ids of connections, where windows of the whole connection end, what
 * is overheard, how much chance was drawn, and how wide and fast the path is
 * thought to be. No promise depends on any of it. What is heard does where the
 * path's speed decides which datagram a storm meets: in one story of a hundred
 * (fuzz/test/quic_target_test.c). What breaks only at some age breaks again
 * with the inputs before it (life.h).
 */
#include "fuzz/broken.h"
#include "fuzz/target.h"
#include "fuzz/twins/life.h"
#include "fuzz/twins/story.h"

static struct story story = {.steps_max = 24}; /* and the next input */
static bool is_there;                          /* a connection that is as new */

static void meet(void)
{
    const struct twins_terms terms = {.is_patient = true,
                                      .streams_max = STORY_STREAMS,
                                      .window = STORY_WINDOW};

    twins_begin(&story.twins, &terms);
    story_calm(&story);
    is_there = twins_are_as_new(&story.twins);
    broken_unless(is_there, "CC-4", "two who trust each other do not meet");
    life_begin();
}

static void run(struct slice input)
{
    struct twins *t = &story.twins;
    uint32_t how;

    story.feed = (struct feed){input};
    how = feed_byte(&story.feed);
    if (!is_there)
        meet();
    life_goes_on(input);
    for (uint32_t side = 0; side < 2; side++)
        t->sides[side].is_greedy = !(how >> 4 & 1 << side);
    story_live(&story);
    twins_remember(t, (uint32_t)life_age() - 1);
    is_there = life_age() < LIFE_MAX && twins_are_as_new(t);
    if (is_there)
        twins_turn_page(t);
    else
        twins_part(t);
}

/* Whoever is there is forgotten. */
static void setup(void)
{
    twins_setup();
    if (is_there)
        twins_end(&story.twins);
    is_there = false;
}

const struct target target_quic = {
    .name = "quic",
    .promise = "Whatever befalls datagrams and whatever strangers send, what "
               "is heard on a stream is what was said there, nothing ends a "
               "connection, and nothing is kept for a stranger.",
    .rules = "AL-6 AU-11 CC-4 CC-10 CC-13 CN-3 CN-6 FL-5 FR-4 IR-1 SM-1 SM-2 "
             "SM-9 SM-18 SM-25 SM-26 SM-27 SU-9 SU-10 TO-1",
    .setup = setup,
    .run = run,
};
