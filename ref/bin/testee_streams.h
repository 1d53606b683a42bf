/* SPDX-License-Identifier: MIT */
/* The verbs of L1: the harness is the transport and the clock. */
#ifndef REF_BIN_TESTEE_STREAMS_H
#define REF_BIN_TESTEE_STREAMS_H

#include "ref/bin/testee.h"

struct testee_verbs testee_streams_verbs(void);

/* Everything the connections want done is done. */
void testee_streams_pump(struct testee *t);

#endif
