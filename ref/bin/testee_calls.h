/* SPDX-License-Identifier: MIT */
/* The verbs of L1 and L2 that make the testee ask. */
#ifndef REF_BIN_TESTEE_CALLS_H
#define REF_BIN_TESTEE_CALLS_H

#include "ref/bin/testee.h"

struct testee_verbs testee_calls_verbs(void);

#endif
