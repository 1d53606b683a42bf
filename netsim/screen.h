/* SPDX-License-Identifier: MIT */
/*
 * Where people watch a campaign. On a terminal one line is rewritten in place
 * and everything else is printed above it; into a pipe go whole lines, and of
 * the progress only a few.
 */
#ifndef NETSIM_SCREEN_H
#define NETSIM_SCREEN_H

#include <stdio.h>

#include "ref/base/slice.h"

struct screen {
    FILE *out;          /* borrowed */
    bool is_tty;        /* a line may be rewritten */
    bool has_colour;    /* colours are wanted */
    unsigned columns;   /* of the terminal; 0: 80 */
    bool has_live_line; /* one stands there and is in the way */
    uint64_t told_ns;   /* when progress was told last */
};

/* Whole lines; what begins with FAIL is red. */
void screen_say(struct screen *s, struct slice text);

/* Is it time for a word about the progress? */
bool screen_is_due(const struct screen *s, uint64_t now_ns);

/* How far it is; one line, without its end. */
void screen_progress(struct screen *s, struct slice line, uint64_t now_ns);

#endif
