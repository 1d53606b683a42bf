/* SPDX-License-Identifier: MIT */
/*
 * Somebody dials, as the daemon does (ref/quic/adapter.h): with a pin, or with
 * an authority, a name and a date, or with nothing. Whom he reaches shows keys
 * and certificates of all sorts, and can sign for them or not. Who is taken is
 * foretold from what was wanted and what is shown, in a few lines; fingerprints
 * are the judge's.
 *
 * There is no weather here: what a handshake makes of it is what targets/
 * handshake.c asks the twins.
 */
#ifndef FUZZ_TWINS_MEETING_H
#define FUZZ_TWINS_MEETING_H

#include "fuzz/feed.h"

/* Once. */
void meeting_setup(void);

/* One meeting, as the input decides. */
void meeting_run(struct feed *feed);

#endif
