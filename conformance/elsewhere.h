/* SPDX-License-Identifier: MIT */
/*
 * A file that another program of ours has written: a finding of alksim, which
 * lives whole worlds of the reference. The judge contains no reference, so it
 * only knows where to send somebody who brings one.
 */
#ifndef CONFORMANCE_ELSEWHERE_H
#define CONFORMANCE_ELSEWHERE_H

#include "conformance/arena.h"
#include "ref/base/failure.h"

#define ELSEWHERE_FORMAT "alksim-finding/1"

/* Is it one? Of what cannot be read: no. */
bool elsewhere_is_world(const char *path);

/* Becomes the alksim that stands beside this program, or else in the PATH, and
 * has it replay the file. Returns only when there is none: false and a
 * sentence. */
bool elsewhere_replay(const char *path, struct failure *ret_failure);

#endif
