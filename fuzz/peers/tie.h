/* SPDX-License-Identifier: MIT */
/* Two ports tied together: what one does, the other hears, when it arrives. */
#ifndef FUZZ_PEERS_TIE_H
#define FUZZ_PEERS_TIE_H

#include "fuzz/peers/port.h"

/* From now on. */
void tie(struct port *a, struct port *b);

/* Both do all that they want to, all that is on its way arrives, and there is
 * room everywhere. Was there anything? `p` is either of the two. */
bool tie_carry(struct port *p);

/* That stream of `p` is gone, for both. */
void tie_lose(struct port *p, struct port_stream *s);

#endif
