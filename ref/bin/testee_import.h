/* SPDX-License-Identifier: MIT */
/* The verb of L1 and L2 with which the testee takes over what the harness
 * serves it. */
#ifndef REF_BIN_TESTEE_IMPORT_H
#define REF_BIN_TESTEE_IMPORT_H

#include "ref/bin/testee.h"

struct testee_verbs testee_import_verbs(void);

#endif
