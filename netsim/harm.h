/* SPDX-License-Identifier: MIT */
/*
 * What peers that lie may not do to others (INVARIANT_HARMLESS): whatever they
 * are up to, what honest nodes ask each other is answered, and connections
 * stay.
 */
#ifndef NETSIM_HARM_H
#define NETSIM_HARM_H

#include "netsim/ask.h"

/* The end of a question that is no lie was told. */
void harm_check_end(const struct ask *a);

/* One end of that tie is gone. */
void harm_check_closed(const struct tie *t);

#endif
