/* SPDX-License-Identifier: MIT */
/* [ID-3] Request ids: UUIDs of version 4 in their usual spelling. */
#ifndef REF_BASE_UUID_H
#define REF_BASE_UUID_H

#include "ref/base/buf.h"
#include "ref/base/entropy.h"

#define UUID_LEN 36 /* characters */

/* Appends a new one, made of that entropy: nobody can guess it, and two nodes
 * that call each other will not meet in one [ID-4]. */
void uuid_put(struct buf *out, const struct entropy_source *entropy);

#endif
