/* SPDX-License-Identifier: MIT */
/*
 * Peers that lie. Such a node is like any other underneath; but now and then
 * it does something behind the back of its own connection that the reference
 * never does: it says what no frame is, answers what nobody asked, answers
 * twice or too late, says far too much, or neither reads nor speaks.
 *
 * Whoever asks a liar may be told anything, though once and in time. Nobody
 * else may come to harm.
 */
#ifndef NETSIM_LIAR_H
#define NETSIM_LIAR_H

#include "netsim/ask.h"
#include "netsim/script.h"

/* Does the mischief of that step, if there is a liar to do it. */
void liar_do(struct world *w, const struct step *s);

/* Has that place lied by now? */
bool liar_has_lied(const struct place *p);

/* May the end of that question be a lie? Whoever it goes to may have lied, or
 * whoever asked, or somebody it may have been passed on to. */
bool liar_may_have_said(const struct ask *a);

/* The weather has cleared: what liars have begun, they end. */
void liar_clear_weather(struct world *w);

/* Gives the memory back. */
void liar_clear(struct world *w);

#endif
