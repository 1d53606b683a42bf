/* SPDX-License-Identifier: MIT */
/*
 * Where the values of a JSON text stand, so that they can be replaced. Nobody
 * is judged here: of a text that is broken, as many of them are, whatever can
 * be told apart is found.
 */
#ifndef FUZZ_MUTATOR_VALUES_H
#define FUZZ_MUTATOR_VALUES_H

#include "ref/base/slice.h"

#define VALUES_MAX 128 /* what comes behind them is not looked at */

struct value {
    struct slice name; /* of a member, with its quotes; empty: it is none */
    struct slice text; /* from the first to the last of its bytes */
    size_t in;         /* the value around it; its own place: nothing is */
};

/* Writes them in the order in which they begin, the outermost first, and
 * returns how many. All slices are borrowed from the text. */
size_t values_find(struct slice text, struct value found[static VALUES_MAX]);

/* The one of that name inside the first; `count`: there is none. */
size_t values_member(const struct value *found, size_t count, const char *name);

/* A member with its name, anything else as it is. */
struct slice values_whole(const struct value *v);

#endif
