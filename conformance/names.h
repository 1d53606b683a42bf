/* SPDX-License-Identifier: MIT */
/*
 * What a node as it is calls our operations, and whom it knows. A testee has
 * them under our names; a node that was there before us has those that it has,
 * under names of its own.
 */
#ifndef CONFORMANCE_NAMES_H
#define CONFORMANCE_NAMES_H

#include "ref/base/slice.h"

struct scene;

/* A request that is written by hand, or what else speaks of operations in a
 * text, is not for a node that has them under other names, or wants a token in
 * each request: ends the body as not applicable there. */
void ask_by_hand(struct scene *s, struct slice text);

/* The same of one operation whose name the case compares. */
void ask_by_name(struct scene *s, const char *operation);

/* --- for the engine */

/* The key that is counted, as cases write it into an input. */
#define NAMES_KEY "\"key\":\"k\""

/* Its name for an operation of ours, or NULL when it has none. */
const char *names_find(struct scene *s, struct slice name);

/* The name by which an operation is called. What is neither ours nor the
 * protocol's is none of our business: ends the body as not applicable. */
const char *names_there(struct scene *s, const char *operation);

/* Further members of a request, and among them the token that it wants. */
const char *names_with_token(struct scene *s, const char *more);

/* The input of an operation that counts, with this scene's own key in it. */
const char *names_with_key(struct scene *s, const char *operation,
                           const char *input);

#endif
