/* SPDX-License-Identifier: MIT */
/*
 * Who is let in, from the first datagram on. There are two sorts of inputs. In
 * one somebody dials with a pin, or an authority and a name, and reaches
 * somebody who shows this or that (meeting.h). The other is a whole life of
 * twins (twins.h), with its terms: they may know each other or not, and have
 * any story (story.h), in any weather, while strangers send what they like.
 *
 * It is foretold who may be let in; nothing but those who close it, and
 * silence, ends a connection, and each side is told once. When the weather is
 * fair again all that was said is heard, no connection of a stranger is left,
 * and when both have gone there is nothing left at all.
 */
#include "fuzz/broken.h"
#include "fuzz/target.h"
#include "fuzz/twins/meeting.h"
#include "fuzz/twins/story.h"

static struct story story = {.steps_max = 400, .may_end = true};

static struct twins_terms terms_of(uint32_t who, uint32_t how)
{
    struct twins_terms terms = {.is_nobody = (how & 1) != 0,
                                .streams_max = STORY_STREAMS,
                                .window = STORY_WINDOW};

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

static bool may_be(const struct twins_terms *terms)
{
    const bool is_known = !terms->is_nobody;

    return !terms->speaks_otherwise && !terms->refuses[TWINS_DIALLER] &&
           !terms->is_stolen[TWINS_ACCEPTOR] &&
           !(is_known && terms->refuses[TWINS_ACCEPTOR]) &&
           !(is_known && terms->is_stolen[TWINS_DIALLER]);
}

static void live(uint32_t who)
{
    const struct twins_terms terms = terms_of(who, feed_byte(&story.feed));
    struct twins *t = &story.twins;

    story.is_disturbed = false;
    twins_begin(t, &terms);
    story_live(&story);
    twins_remember(t, 0);
    broken_unless(story.is_disturbed || t->storm.harmed ||
                      twins_are_together(t) == may_be(&terms),
                  "CC-4", "nothing came between two, and they are %s",
                  may_be(&terms) ? "not together" : "together");
    twins_part(t);
}

static void run(struct slice input)
{
    uint32_t who;

    story.feed = (struct feed){input};
    who = feed_byte(&story.feed);
    if (who & 1)
        meeting_run(&story.feed);
    else
        live(who);
}

static void setup(void)
{
    twins_setup();
    meeting_setup();
}

const struct target target_handshake = {
    .name = "handshake",
    .promise = "Whatever befalls datagrams and whatever strangers send, only "
               "who proves an accepted key or name is let in, each side is "
               "told once of the end, and nothing is left behind.",
    .rules = "AL-6 AU-11 CC-4 CC-8 CC-9 CC-10 CC-13 CN-3 CN-6 FL-5 FR-4 IR-1 "
             "SM-1 SM-2 SM-9 SM-18 SM-25 SM-26 SM-27 SU-9 SU-10 TO-1",
    .setup = setup,
    .run = run,
};
