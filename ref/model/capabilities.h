/* SPDX-License-Identifier: MIT */
/*
 * The secrets that a handler may use: named, given at registration by whoever
 * assembles the node [CP-4], handed to a handler after the last check, wiped
 * when freed. There is deliberately no function that prints one
 * [CP-1, CP-2, CP-7, FR-14]; names may be told, values only to
 * capabilities_get().
 */
#ifndef REF_MODEL_CAPABILITIES_H
#define REF_MODEL_CAPABILITIES_H

#include "ref/base/slice.h"

struct capabilities;

/* An empty set. Owned by the caller. */
struct capabilities *capabilities_new(void);

/* Adds a secret under a name. False when the name is taken, or when the
 * secret is none (secret.h). */
bool capabilities_add(struct capabilities *c, struct slice name,
                      struct slice secret);

/* How many there are, and the name of each, borrowed. NULL has none. */
size_t capabilities_count(const struct capabilities *c);
struct slice capabilities_name(const struct capabilities *c, size_t i);

/* The secret itself, borrowed: the one place it is exposed. Data NULL when
 * there is none of that name. */
struct slice capabilities_get(const struct capabilities *c, struct slice name);

/* A copy that shares nothing; NULL for NULL. */
struct capabilities *capabilities_copy(const struct capabilities *c);

/* Wipes and frees. NULL is fine. */
void capabilities_free(struct capabilities *c);

#endif
