/* SPDX-License-Identifier: MIT */
/* The verbs of L0: decode and encode. */
#ifndef REF_BIN_TESTEE_CODEC_H
#define REF_BIN_TESTEE_CODEC_H

#include "ref/bin/testee.h"

struct testee_verbs testee_codec_verbs(void);

#endif
