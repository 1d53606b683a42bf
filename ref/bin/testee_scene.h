/* SPDX-License-Identifier: MIT */
/* The verbs that L1 and L2 share, but for calls: setting the scene, releasing,
 * keeping books. */
#ifndef REF_BIN_TESTEE_SCENE_H
#define REF_BIN_TESTEE_SCENE_H

#include "ref/bin/testee.h"

struct testee_verbs testee_scene_verbs(void);

#endif
