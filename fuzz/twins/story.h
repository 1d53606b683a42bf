/* SPDX-License-Identifier: MIT */
/*
 * What twins live through, step by step, as an input decides: what they say to
 * each other on streams, when they give up, how time goes by, what befalls each
 * datagram, and what strangers send: any bytes, or what was overheard, as it
 * was or changed, from here or from elsewhere.
 */
#ifndef FUZZ_TWINS_STORY_H
#define FUZZ_TWINS_STORY_H

#include "fuzz/feed.h"
#include "fuzz/twins/twins.h"

#define STORY_STREAMS 16  /* that a side may open, unless terms differ */
#define STORY_WINDOW 3000 /* likewise */

struct story {
    struct feed feed;   /* the input */
    struct twins twins; /* begun and ended by whoever tells it */
    uint32_t steps_max; /* what the input says behind them is not done */
    bool may_end;       /* somebody may close, fall silent for good, or do what
                           the connection does not get over */
    bool is_disturbed;  /* somebody may not get through */
};

/* Takes all steps; then the weather is fair, everybody says that he is done,
 * and all that was said has to be heard. */
void story_live(struct story *story);

/* The last part of it. */
void story_calm(struct story *story);

#endif
