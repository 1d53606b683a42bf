/* SPDX-License-Identifier: MIT */
/* What a step of a script does in a world, if there is something for it to act
 * on; if not, it does nothing. */
#ifndef NETSIM_DEED_H
#define NETSIM_DEED_H

#include "netsim/script.h"
#include "netsim/world.h"

void deed_do(struct world *w, const struct step *s);

/* Ways that were closed are open again, and the weather is clear. */
void deed_clear_weather(struct world *w);

/* Everybody asks everybody he has a connection with for a list. */
void deed_ask_around(struct world *w);

/* Gives the memory back. */
void deed_clear(struct world *w);

#endif
