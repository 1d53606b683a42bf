/* SPDX-License-Identifier: MIT */
/* The verbs of L2: a real endpoint on loopback, and the loop it lives in. */
#ifndef REF_BIN_TESTEE_UDP_H
#define REF_BIN_TESTEE_UDP_H

#include "ref/bin/testee.h"

struct testee_verbs testee_udp_verbs(void);

/* From now on there is a loop, which calls `read(self)` whenever there is
 * something on standard input and verbs may be carried out. */
void testee_udp_open(struct testee *t, void (*read)(void *self), void *self);

/* Waits for a line or a datagram, and does what follows. */
void testee_udp_wait(struct testee *t);

/* Ferries, sends what is to be sent, sets the timer. Without a loop, nothing.
 */
void testee_udp_turn(struct testee *t);

/* Sockets are closed, and nothing is told any more: a testee_reset() follows.
 * Without a loop, nothing. */
void testee_udp_reset(struct testee *t);

/* The same, and the loop is gone. */
void testee_udp_close(struct testee *t);

#endif
